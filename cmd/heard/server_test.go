package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// started runs a server and returns its address and a way to stop it that tells
// how it ended.
func started(t *testing.T, h http.Handler, log io.Writer) (address string, stop func() error) {
	t.Helper()
	listening := make(chan string, 1)
	s := &server{listen: "127.0.0.1:0", started: func(a string) { listening <- a }}
	if err := s.open(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.serve(ctx, h, slog.New(slog.NewTextHandler(log, nil))) }()
	return "http://" + <-listening, func() error { cancel(); return <-ended }
}

// A webhook that is being answered when the process is told to stop must be
// answered, or its message is lost for a while; a live page must not hold the
// process up.
func TestStoppingEndsLivePagesAndNothingElse(t *testing.T) {
	inside, finish := make(chan string, 2), make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/webhook", func(w http.ResponseWriter, r *http.Request) {
		inside <- "webhook"
		<-finish
		if r.Context().Err() != nil {
			http.Error(w, "cut off", http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("/events", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush() // the test's client waits for it
		inside <- "events"
		<-r.Context().Done()
		close(finish) // only now may the webhook end
	})
	address, stop := started(t, mux, io.Discard)
	answered := make(chan int, 1)
	go func() {
		resp, err := http.Get(address + "/webhook")
		if err != nil {
			answered <- 0
			return
		}
		_ = resp.Body.Close() // only the status counts
		answered <- resp.StatusCode
	}()
	req, err := http.NewRequest(http.MethodGet, address+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	page, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = page.Body.Close() }() // ended by the server
	<-inside
	<-inside
	if err := stop(); err != nil {
		t.Errorf("did not end well: %v", err)
	}
	if status := <-answered; status != http.StatusOK {
		t.Errorf("the webhook that was under way was answered %d", status)
	}
}

// A panic is seen by the operator, and the caller's address is not in the log.
func TestPanicsAreLogged(t *testing.T) {
	var log strings.Builder
	address, stop := started(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a fault") }), &log)
	if resp, err := http.Get(address); err == nil {
		_ = resp.Body.Close() // the connection is cut instead
		t.Errorf("answered %s", resp.Status)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if got := log.String(); !strings.Contains(got, "a handler panicked") || strings.Contains(got, "panic serving") {
		t.Errorf("the log says %q", got)
	}
}

// Two servers cannot have one address: the second says what to do, and the
// try-out takes another by itself.
func TestTakenAddress(t *testing.T) {
	first := &server{listen: "127.0.0.1:0"}
	if err := first.open(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.listener.Close() }() // the test is over
	taken := first.listener.Addr().String()
	second := &server{listen: taken}
	if err := second.open(); err == nil || !strings.Contains(err.Error(), "HEARD_LISTEN") {
		t.Errorf("error %v", err)
	}
	third := &server{listen: taken, orAny: true}
	if err := third.open(); err != nil {
		t.Fatal(err)
	}
	_ = third.listener.Close() // the test is over
}

// A page somewhere else must not reach the try-out through a browser here.
func TestOnlyHere(t *testing.T) {
	h := onlyHere(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for host, want := range map[string]int{
		"localhost:8080": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200, "localhost": 200,
		"evil.example.org": 421, "evil.example.org:8080": 421, "192.0.2.1:8080": 421, "localhost.evil.example.org": 421,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: answered %d, want %d", host, w.Code, want)
		}
	}
}
