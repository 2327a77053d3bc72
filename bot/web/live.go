package web

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

const (
	// heartbeat keeps a quiet stream from being taken for a dead one.
	heartbeat = 15 * time.Second

	// writeTime is how long a browser may take to accept what is sent.
	writeTime = 10 * time.Second
)

// Live is the stream of one page.
type Live struct {
	Changes *Changes

	// Mark is what the page is told when something changed, in place of the count of
	// changes: a page that shows less than all is told nothing while its mark stays
	// the same. nil: the count.
	Mark func(ctx context.Context) (uint64, error)

	// Still tells whether who looks may go on to. It is asked every Recheck; nil: always.
	Still   func(ctx context.Context) bool
	Recheck time.Duration
}

// Stream tells a page that something changed that it shows: "changed" with a number
// and nothing else, "down" while the store does not answer, and "ended" before it ends
// because who looks may no longer. It ends with the request.
func (l Live) Stream(w http.ResponseWriter, r *http.Request) {
	heard, leave := l.Changes.listen()
	defer leave()
	s := newStream(w)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	var recheck <-chan time.Time
	if l.Still != nil {
		every := time.NewTicker(l.Recheck)
		defer every.Stop()
		recheck = every.C
	}
	err := s.send("retry: 1000\n\n")
	for err == nil {
		select {
		case n := <-heard:
			err = l.tell(r.Context(), s, n)
		case <-beat.C:
			err = s.send(": still here\n\n")
		case <-recheck:
			if !l.Still(r.Context()) {
				_ = s.send("event: ended\ndata: ended\n\n") // it ends in any case
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}

// tell sends one piece of news, if the page does not know it.
func (l Live) tell(ctx context.Context, s *stream, n news) error {
	mark, down := n.count, n.down
	if l.Mark != nil && !down {
		of, err := l.Mark(ctx)
		mark, down = of, err != nil
	}
	switch {
	case down:
		s.told = false
		return s.send("event: down\ndata: the store does not answer\n\n")
	case s.told && mark == s.mark:
		return nil
	}
	s.mark, s.told = mark, true
	return s.send("event: changed\ndata: %d\n\n", mark)
}

// stream writes events to one browser.
type stream struct {
	w    http.ResponseWriter
	rc   *http.ResponseController
	mark uint64 // the last that was sent
	told bool
}

func newStream(w http.ResponseWriter) *stream {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // a proxy passes each event on at once
	rc := http.NewResponseController(w)
	_ = rc.SetReadDeadline(time.Time{}) // this request lasts; not every writer has a limit to lift
	return &stream{w: w, rc: rc}
}

func (s *stream) send(format string, args ...any) error {
	_ = s.rc.SetWriteDeadline(time.Now().Add(writeTime))
	if _, err := fmt.Fprintf(s.w, format, args...); err != nil {
		return err
	}
	return s.rc.Flush()
}
