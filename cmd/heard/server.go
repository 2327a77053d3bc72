package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"
)

// server is the way in.
type server struct {
	listen  string
	orAny   bool // take any free port of this machine where the port is taken
	started func(address string)

	listener net.Listener
}

// open takes the address, before anything else is started.
func (s *server) open() (err error) {
	s.listener, err = net.Listen("tcp", s.listen)
	if s.orAny && errors.Is(err, syscall.EADDRINUSE) {
		s.listener, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return usageError{fmt.Errorf("listen: %w: choose another address with listen or HEARD_LISTEN", err)}
	}
	return nil
}

// serve answers until ctx ends, then lets requests that are under way end. Live
// pages never end by themselves: they are ended first.
func (s *server) serve(ctx context.Context, h http.Handler, logger *slog.Logger) error {
	live, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	web := &http.Server{
		Handler:           endingLive(live, h),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       20 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          log.New(faults{logger}, "", 0),
	}
	web.RegisterOnShutdown(end)
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(s.listener) }()
	if s.started != nil {
		s.started(s.listener.Addr().String())
	}
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	logger.LogAttrs(ctx, slog.LevelInfo, "stopping")
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	err := web.Shutdown(stop)
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// endingLive ends requests for server-sent events when live does. All others are
// left to end by themselves: a webhook that is cut off is a message lost for a
// while.
func endingLive(live context.Context, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			defer context.AfterFunc(live, cancel)()
			r = r.WithContext(ctx)
		}
		h.ServeHTTP(w, r)
	})
}

// faults logs what net/http says of a handler that panicked, without the address
// it names. All else that it says is about connections that came to nothing.
type faults struct{ log *slog.Logger }

// Write takes one line, or a panic with its stack.
func (f faults) Write(line []byte) (int, error) {
	if _, stack, ok := bytes.Cut(line, []byte("\n")); ok && bytes.HasPrefix(line, []byte("http: panic serving")) {
		f.log.LogAttrs(context.Background(), slog.LevelError, "a handler panicked", slog.String("stack", string(stack)))
	}
	return len(line), nil
}

// onlyHere refuses requests that name another host than this machine: a page
// somewhere else could make a browser here send them.
func onlyHere(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		ip := net.ParseIP(strings.Trim(host, "[]"))
		if host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "the try-out is for this machine: open http://localhost with its port", http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
}
