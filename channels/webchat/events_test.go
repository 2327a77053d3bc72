package webchat

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heard/channels"
)

// page reads a live stream.
type page struct {
	mu     sync.Mutex
	text   bytes.Buffer
	header http.Header
	status int
	stop   context.CancelFunc
	ended  chan struct{}
}

func (p *page) Header() http.Header { return p.header }

func (p *page) WriteHeader(status int) { p.status = status }

func (p *page) Flush() {}

func (p *page) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

// read is what came since the last read.
func (p *page) read() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := p.text.String()
	p.text.Reset()
	return text
}

// open opens a stream of a browser; it runs in a synctest bubble.
func (b *browser) open(query, lastEventID string) *page {
	b.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r := httptest.NewRequest(http.MethodGet, "/events"+query, nil).WithContext(ctx)
	r.AddCookie(b.cookie)
	if lastEventID != "" {
		r.Header.Set("Last-Event-ID", lastEventID)
	}
	p := &page{header: http.Header{}, stop: stop, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		b.handler.ServeHTTP(p, r)
	}()
	synctest.Wait()
	return p
}

// A page that comes back after a break gets what it missed, once; a quiet one
// hears that the stream is alive; one that is closed leaves nothing behind.
func TestEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, in, b := start(t)
		b.post("sms", url.Values{"text": {"first"}})
		b.post("telegram", url.Values{"text": {"second"}})
		live := b.open("?after=1", "")
		if got := live.read(); !strings.Contains(got, "retry: 1000\n") || strings.Contains(got, "first") || !strings.Contains(got, "id: 2\nevent: message\ndata: {") {
			t.Errorf("a new page reads %q", got)
		}
		if live.header.Get("Content-Type") != "text/event-stream" || live.header.Get("Cache-Control") != "no-store" {
			t.Errorf("headers %v", live.header)
		}
		l := p.Line(channels.SMS)
		if _, err := l.Send(context.Background(), outbound(l, in.taken[0], "line one\nline two")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := live.read(); strings.Count(got, "\n") != 4 || !strings.Contains(got, `line one\nline two`) {
			t.Errorf("a message of two lines reads %q", got)
		}
		time.Sleep(heartbeat) // the bubble's own clock
		synctest.Wait()
		if got := live.read(); got != ": still here\n\n" {
			t.Errorf("a quiet stream reads %q", got)
		}
		again := b.open("?after=1", "2")
		if got := again.read(); strings.Contains(got, "second") || !strings.Contains(got, "id: 3\n") {
			t.Errorf("who comes back reads %q", got)
		}
		for _, one := range []*page{live, again} {
			one.stop()
			<-one.ended
		}
		if one := p.known(b.cookie.Value); len(one.streams) != 0 {
			t.Errorf("%d streams are left", len(one.streams))
		}
	})
}

// A page whose person was dropped ends, and comes back as somebody new.
func TestEventsOfSomebodyWhoWasDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _, b := start(t)
		before := b.chat("sms").Person
		live := b.open("", "")
		p.mu.Lock()
		p.dropOldest()
		p.mu.Unlock()
		<-live.ended
		again := b.open("", "1")
		if got := again.read(); !strings.Contains(got, "event: person\n") || strings.Contains(got, before) {
			t.Errorf("who comes back reads %q", got)
		}
		again.stop()
		<-again.ended
	})
}

// One browser cannot take all connections.
func TestStreamsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, _, b := start(t)
		b.chat("sms")
		var pages []*page
		for range maxStreams {
			pages = append(pages, b.open("", ""))
		}
		one := b.open("", "")
		<-one.ended
		if one.status != http.StatusTooManyRequests {
			t.Errorf("status %d, want 429", one.status)
		}
		for _, p := range pages {
			p.stop()
			<-p.ended
		}
	})
}
