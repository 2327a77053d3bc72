package webchat

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	// heartbeat keeps a quiet stream from being taken for a dead one.
	heartbeat = 15 * time.Second

	// writeTime is how long a browser may take to accept what is sent.
	writeTime = 10 * time.Second

	// reconnect is how soon a browser comes back after a break, in milliseconds.
	reconnect = 1000
)

// events streams every message of a person that is newer than ?after, or than
// Last-Event-ID where the browser comes back. It ends with the request.
func (h *handler) events(w http.ResponseWriter, r *http.Request) {
	one := h.person(w, r)
	wake, ok := h.watch(one)
	if !ok {
		http.Error(w, "too many live pages", http.StatusTooManyRequests)
		return
	}
	defer h.unwatch(one, wake)
	after, _ := strconv.ParseInt(cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after")), 10, 64) // none: from the start
	s := newStream(w)
	if s.send("retry: %d\nevent: person\ndata: %s\n\n", reconnect, one.tag) != nil {
		return
	}
	beat := time.NewTicker(h.heartbeat)
	defer beat.Stop()
	for {
		for _, m := range h.since(one, after) {
			data, _ := json.Marshal(m) // strings, numbers and a time: cannot fail
			if s.send("id: %d\nevent: message\ndata: %s\n\n", m.Number, data) != nil {
				return
			}
			after = m.Number
		}
		select {
		case <-wake:
		case <-beat.C:
			if s.send(": still here\n\n") != nil {
				return
			}
		case <-one.gone:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// watch registers a stream to be woken at each message; false: there are enough.
func (p *Phones) watch(one *person) (chan struct{}, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(one.streams) >= maxStreams {
		return nil, false
	}
	wake := make(chan struct{}, 1)
	one.streams[wake] = true
	return wake, true
}

func (p *Phones) unwatch(one *person, wake chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(one.streams, wake)
}

// since lists what a person's phone got after a number, over all channels.
func (p *Phones) since(one *person, after int64) []message {
	p.mu.Lock()
	defer p.mu.Unlock()
	var fresh []message
	for _, chat := range one.chats {
		i, _ := slices.BinarySearchFunc(chat, after+1, func(m message, number int64) int { return cmp.Compare(m.Number, number) })
		fresh = append(fresh, chat[i:]...)
	}
	slices.SortFunc(fresh, func(a, b message) int { return cmp.Compare(a.Number, b.Number) })
	return fresh
}

// stream writes server-sent events.
type stream struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

// newStream begins the answer. The server's limits for a request are lifted: this
// one lasts. Where there are none to lift, that is as well.
func newStream(w http.ResponseWriter) *stream {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	s := &stream{w: w, rc: http.NewResponseController(w)}
	_ = s.rc.SetReadDeadline(time.Time{})
	return s
}

func (s *stream) send(format string, args ...any) error {
	_ = s.rc.SetWriteDeadline(time.Now().Add(writeTime)) // not every writer has one
	if _, err := fmt.Fprintf(s.w, format, args...); err != nil {
		return err
	}
	return s.rc.Flush()
}
