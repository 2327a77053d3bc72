package web

import (
	"context"
	"sync"
	"time"
)

const (
	// pollEvery is how often the store is asked whether something changed, and so
	// the most that a page is told in that time.
	pollEvery = 300 * time.Millisecond

	// pollTime is how long one answer may take.
	pollTime = 2 * time.Second
)

// news is what the last look at the store gave.
type news struct {
	count uint64 // of changes
	down  bool   // the store does not answer
}

// Changes watches one counter for any number of listeners. It asks while
// somebody listens, once for all of them: the first starts it, and the last to
// leave stops it and waits for its end.
type Changes struct {
	ask func(context.Context) (uint64, error)

	mu        sync.Mutex
	listeners map[chan news]bool
	last      news
	known     bool // last is of this run
	stop      func()
}

// NewChanges makes one that asks so.
func NewChanges(ask func(context.Context) (uint64, error)) *Changes {
	return &Changes{ask: ask, listeners: map[chan news]bool{}}
}

// listen returns a channel that holds the newest news, if it was not read yet.
// leave ends it.
func (c *Changes) listen() (heard <-chan news, leave func()) {
	ch := make(chan news, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listeners[ch] = true
	if c.known {
		ch <- c.last
	}
	if len(c.listeners) == 1 {
		c.start()
	}
	return ch, func() { c.leave(ch) }
}

// start begins asking; mu is held.
func (c *Changes) start() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	c.stop = func() { cancel(); <-done }
	go func() {
		defer close(done)
		c.poll(ctx)
	}()
}

func (c *Changes) leave(ch chan news) {
	c.mu.Lock()
	delete(c.listeners, ch)
	stop := func() {}
	if len(c.listeners) == 0 {
		stop, c.known = c.stop, false
	}
	c.mu.Unlock()
	stop()
}

func (c *Changes) poll(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		c.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look asks once, and tells everybody if the answer is another than before.
func (c *Changes) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, pollTime)
	defer cancel()
	count, err := c.ask(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	now := news{count: count, down: err != nil}
	if ctx.Err() == context.Canceled || c.known && now == c.last {
		return
	}
	c.last, c.known = now, true
	for ch := range c.listeners {
		select {
		case <-ch: // not read yet: the newest takes its place
		default:
		}
		ch <- now
	}
}
