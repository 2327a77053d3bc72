package channels

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A sender whose lease ends while it dials must not send: somebody else has the
// message by then, and the person would get it twice.
func TestAttemptWritesNothingAfterItsDeadline(t *testing.T) {
	var got atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); len(body) > 0 {
			got.Add(1)
		}
	}))
	defer server.Close()
	var now atomic.Int64
	attempt := &Attempt{Deadline: time.Unix(100, 0), Now: func() time.Time { return time.Unix(now.Load(), 0) }}
	base := http.DefaultTransport.(*http.Transport).Clone()
	defer base.CloseIdleConnections()
	base.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		now.Store(101) // it took that long
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = attempt.RoundTrip(base, req)
	if err == nil {
		t.Fatal("no error")
	}
	if failed := attempt.NoAnswer(err); failed.InDoubt || !failed.Retry || failed.Code != "late" {
		t.Errorf("%+v", failed)
	}
	if got.Load() != 0 {
		t.Error("the message was sent after the deadline")
	}
}

// A writer that is still on its way when its request was given up must find the
// body closed: the request was already called unsent.
func TestAttemptIsSealedWhenItFailsUnwritten(t *testing.T) {
	var body io.Reader
	attempt := new(Attempt)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://any.example", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = attempt.RoundTrip(roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.ContentLength != 5 {
			t.Error("the length is not told: some providers refuse such a request")
		}
		body = r.Body
		return nil, errors.New("given up")
	}), req)
	if failed := attempt.NoAnswer(err); failed.InDoubt {
		t.Error("in doubt, although nothing was written")
	}
	if n, err := body.Read(make([]byte, 9)); n > 0 || err == nil {
		t.Error("it was written after it had been called unsent")
	}
}

// A question that is late is not worth asking either.
func TestAttemptWithoutABodyIsNotMadeLate(t *testing.T) {
	attempt := &Attempt{Deadline: time.Now().Add(-time.Second)}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://any.example", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = attempt.RoundTrip(roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, errors.New("it was made")
	}), req)
	if attempt.NoAnswer(err).Code != "late" {
		t.Error(err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-7": 0, "soon": 0, "99999999999": time.Hour, "9999999999999999999999": 0,
		"Sun, 01 Nov 2026 12:00:30 GMT": 30 * time.Second, "Sun, 01 Nov 2020 12:00:30 GMT": 0,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}
