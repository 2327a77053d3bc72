package redisstore

import (
	"context"
	"fmt"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// Embedded is a Redis inside this process, for the try-out and for tests. It
// keeps nothing: with the process everything is gone.
type Embedded struct{ server *miniredis.Miniredis }

// StartEmbedded starts one on a free port of this machine. Run must be called,
// since its clock does not run by itself.
func StartEmbedded() (*Embedded, error) {
	server, err := miniredis.Run()
	if err != nil {
		return nil, fmt.Errorf("embedded store: %w", err)
	}
	return &Embedded{server: server}, nil
}

// URL is where it listens.
func (e *Embedded) URL() string { return "redis://" + e.server.Addr() }

// Run lets its keys expire, and stops it when ctx ends.
func (e *Embedded) Run(ctx context.Context) error {
	defer e.server.Close()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			e.server.FastForward(time.Second)
		}
	}
}
