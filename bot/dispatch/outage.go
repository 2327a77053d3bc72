package dispatch

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// outage is a time in which something does not answer. It is told once when it
// begins and once when it ends, however often it is asked in between.
type outage struct {
	mu    sync.Mutex
	since time.Time // zero: there is none
}

// begin tells whether an outage begins with this failure.
func (o *outage) begin() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.since.IsZero() {
		return false
	}
	o.since = time.Now()
	return true
}

// end tells how long the outage was that ends with this answer; 0: there was none.
func (o *outage) end() time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.since.IsZero() {
		return 0
	}
	took := time.Since(o.since)
	o.since = time.Time{}
	return max(took, 1)
}

// over logs the end of an outage, if there was one.
func (o *outage) over(ctx context.Context, log *slog.Logger, message string, attrs ...slog.Attr) {
	if took := o.end(); took > 0 {
		log.LogAttrs(ctx, slog.LevelInfo, message, append(attrs, slog.Duration("after", took.Round(time.Millisecond)))...)
	}
}
