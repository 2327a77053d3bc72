package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"heard/config"
)

// serve runs the real thing, with a configuration file.
func serve(ctx context.Context, p *program) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	file := flags.String("config", p.getenv("HEARD_CONFIG"), "the configuration `file`; HEARD_CONFIG names it too")
	if err := p.parse(flags, "serve [-config heard.yaml]"); err != nil {
		return err
	}
	if len(p.args) > 0 {
		return usageError{fmt.Errorf("serve takes no %q: name the configuration with -config", p.args[0])}
	}
	c, err := config.Load(*file, p.getenv)
	if err != nil {
		return usageError{err}
	}
	if p.getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	log := slog.New(slog.NewJSONHandler(p.err, nil))
	all, err := linesOf(c)
	if err != nil {
		return usageError{err}
	}
	h, err := build(ctx, plan{config: c, lines: all, log: log})
	if err != nil {
		return err
	}
	if err := h.openDesks(ctx, c, nil); err != nil {
		return errors.Join(err, h.close())
	}
	h.openPrograms()
	if h.embedded != nil {
		log.LogAttrs(ctx, slog.LevelWarn, "redis is embedded: NOTHING IS KEPT when this process ends")
	}
	return h.run(ctx, &server{listen: c.Listen, started: func(address string) {
		log.LogAttrs(ctx, slog.LevelInfo, "serving", slog.String("listen", address))
		if p.started != nil {
			p.started(address)
		}
	}})
}

// gcPercent is how much the heap may grow between two collections. What lives long
// is a few MB, so the usual 100 would collect dozens of times a second under load,
// a twentieth of all the time, to save 20 MB. GOGC sets another.
const gcPercent = 250

// routes puts everything that is reached by HTTP on the mux.
func (h *house) routes(p plan) {
	h.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "alive") })
	h.mux.HandleFunc("GET /readyz", h.ready)
	h.mux.Handle("GET /metrics", h.metrics.handler())
	for _, l := range p.lines {
		if err := l.handle(h.mux, h); err != nil {
			panic(err) // the configuration was checked
		}
	}
}

// readyTime is how long the store may take to say that it is there.
const readyTime = time.Second

// ready tells whether messages can be taken: the store answers and keeps.
func (h *house) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTime)
	defer cancel()
	if err := h.store.Ready(ctx); err != nil {
		http.Error(w, "the store does not answer", http.StatusServiceUnavailable)
		return
	}
	if err := h.store.CheckDurability(ctx, h.options.Durability); err != nil {
		http.Error(w, "the store does not keep what it is told: its settings were changed", http.StatusServiceUnavailable)
		return
	}
	_, _ = fmt.Fprintln(w, "ready")
}
