package web

import (
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

// Stream tells a page that something changed that it shows: "changed" with the
// store's count, or "down" while the store does not answer. It ends with the
// request.
func (c *Changes) Stream(w http.ResponseWriter, r *http.Request) {
	heard, leave := c.listen()
	defer leave()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	rc := http.NewResponseController(w)
	_ = rc.SetReadDeadline(time.Time{}) // this request lasts; not every writer has a limit to lift
	send := func(format string, args ...any) error {
		_ = rc.SetWriteDeadline(time.Now().Add(writeTime))
		if _, err := fmt.Fprintf(w, format, args...); err != nil {
			return err
		}
		return rc.Flush()
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	err := send("retry: 1000\n\n")
	for err == nil {
		select {
		case n := <-heard:
			if n.down {
				err = send("event: down\ndata: the store does not answer\n\n")
			} else {
				err = send("id: %d\nevent: changed\ndata: %d\n\n", n.count, n.count)
			}
		case <-beat.C:
			err = send(": still here\n\n")
		case <-r.Context().Done():
			return
		}
	}
}
