package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"time"

	"heard/config"
)

// health asks the server on this machine whether it is alive, for a container's
// health check, which has no other program to ask with.
func health(ctx context.Context, p *program) error {
	if err := p.parse(flag.NewFlagSet("health", flag.ContinueOnError), "health"); err != nil {
		return err
	}
	c, _ := config.Load(p.getenv("HEARD_CONFIG"), p.getenv) // what is wrong with the rest is serve's to say
	listen := c.Listen
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return usageError{fmt.Errorf("HEARD_LISTEN: %w", err)}
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("nobody answers: %w", err)
	}
	defer func() { _ = resp.Body.Close() }() // nothing of it is read
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answers %s", resp.Status)
	}
	return nil
}
