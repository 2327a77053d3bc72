package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// server is the way in.
type server struct {
	listen  string
	orAny   bool // take any free port where this one is taken
	started func(address string)
}

// serve listens until ctx ends, then lets requests that are under way end. Long
// ones (live pages) end with their own context, which ends first.
func (s *server) serve(ctx context.Context, h http.Handler, log *slog.Logger) error {
	listener, err := net.Listen("tcp", s.listen)
	if err != nil && s.orAny {
		listener, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return usageError{fmt.Errorf("listen: %w: choose another address with listen or HEARD_LISTEN", err)}
	}
	live, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	web := &http.Server{
		Handler:           h,
		BaseContext:       func(net.Listener) context.Context { return live },
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       20 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // its lines name addresses
	}
	web.RegisterOnShutdown(end)
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	if s.started != nil {
		s.started(listener.Addr().String())
	}
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	log.LogAttrs(ctx, slog.LevelInfo, "stopping")
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	err = web.Shutdown(stop)
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
