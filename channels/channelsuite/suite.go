// Package channelsuite is what every channel must do, as tests that each provider's
// package runs on its stand-in.
package channelsuite

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"heard/channels"
	"heard/channels/channelstest"
)

// Stand is what the suite needs of a stand-in.
type Stand interface {
	Fail(...channelstest.Fault)
	Texts(to channels.Address) []string
}

// Subject is one channel under the suite.
type Subject struct {
	Channel channels.Channel
	Sender  channels.Sender
	Address channels.Address // of somebody who may be written to
	Stand   Stand
	Secrets []string // must be in no error: tokens

	Webhook func(channels.Take, channels.Refused) http.Handler
	Send    func(context.Context, channels.Outbound) (channels.Sent, error)

	Text      func(text string) *http.Request // a genuine message, a new one each time
	Forged    map[string]func() *http.Request // must be answered 403, by name
	Reason    string                          // what is counted for them
	Malformed map[string]func() *http.Request // 400
	TooLarge  func() *http.Request            // 413, genuine but for its size
	Unknown   map[string]func() *http.Request // 200, and nothing is taken

	Refusals []Refusal // how the provider says no
}

// Refusal is one way in which a provider refuses a send, and what it must mean.
type Refusal struct {
	Name  string
	Fault channelstest.Fault
	Want  channels.SendError // Sentence is not compared
}

// intake records what a webhook takes and refuses.
type intake struct {
	mu      sync.Mutex
	fail    error
	taken   []channels.Inbound
	refused []string
}

func (i *intake) take(_ context.Context, in channels.Inbound) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.fail != nil {
		return i.fail
	}
	i.taken = append(i.taken, in)
	return nil
}

func (i *intake) refuse(reason string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.refused = append(i.refused, reason)
}

// Run is what every channel must do. subject is made anew for each test.
func Run(t *testing.T, subject func(t *testing.T) Subject) {
	t.Run("a message is taken once, as it was written", func(t *testing.T) { takes(t, subject(t)) })
	t.Run("a message that is not durable is not acknowledged", func(t *testing.T) { repeats(t, subject(t)) })
	t.Run("every text arrives whole", func(t *testing.T) { whole(t, subject(t)) })
	t.Run("nobody else can speak for a person", func(t *testing.T) { forged(t, subject(t)) })
	t.Run("what cannot be read is refused", func(t *testing.T) { unreadable(t, subject(t)) })
	t.Run("what means nothing here is not repeated for ever", func(t *testing.T) { unknown(t, subject(t)) })
	t.Run("a text that is too long is refused whole", func(t *testing.T) { tooLong(t, subject(t)) })
	t.Run("a send that may have been taken is in doubt", func(t *testing.T) { inDoubt(t, subject(t)) })
	t.Run("a send that could not begin is not in doubt", func(t *testing.T) { unreachable(t, subject(t)) })
	t.Run("nothing is written after the deadline", func(t *testing.T) { deadline(t, subject(t)) })
	t.Run("a refusal says what to do, and nothing of the person", func(t *testing.T) { refusals(t, subject(t)) })
}

// do serves one request and returns the status.
func do(h http.Handler, r *http.Request) int {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

func takes(t *testing.T, s Subject) {
	var in intake
	h := s.Webhook(in.take, in.refuse)
	before := time.Now().Add(-time.Minute)
	if got := do(h, s.Text("Nobody came when I rang")); got != http.StatusOK {
		t.Fatalf("status %d, want 200", got)
	}
	if len(in.taken) != 1 {
		t.Fatalf("taken %d times, want once", len(in.taken))
	}
	m := in.taken[0]
	if m.Text != "Nobody came when I rang" || m.Channel != s.Channel || m.Sender != s.Sender || m.Address != s.Address || m.ID == "" {
		t.Errorf("taken as channel %q, sender right: %v, address right: %v, id %q", m.Channel, m.Sender == s.Sender, m.Address == s.Address, m.ID)
	}
	if m.At.Before(before) || m.At.After(time.Now().Add(time.Minute)) {
		t.Errorf("sent at %v, want now", m.At)
	}
	if m.Choice+m.Start+m.Other+string(m.Opt) != "" || m.Media != nil || m.Location != nil || m.Edit {
		t.Error("more was read than was sent")
	}
	if do(h, s.Text("again")); len(in.taken) != 2 || in.taken[1].ID == m.ID {
		t.Error("two messages have one id: the second is lost as a repetition")
	}
	if len(in.refused) > 0 {
		t.Errorf("counted as refused: %v", in.refused)
	}
}

func repeats(t *testing.T, s Subject) {
	in := intake{fail: errors.New("the store is down")}
	h := s.Webhook(in.take, in.refuse)
	r := s.Text("hello")
	again := r.Clone(t.Context())
	again.Body, _ = r.GetBody()
	if got := do(h, r); got != http.StatusServiceUnavailable {
		t.Fatalf("status %d although the store is down: the message is lost, want 503", got)
	}
	in.fail = nil
	if got := do(h, again); got != http.StatusOK || len(in.taken) != 1 {
		t.Fatalf("the repetition: status %d, taken %d times", got, len(in.taken))
	}
}

// texts are what people write, and worse.
func texts() map[string]string {
	return map[string]string{
		"emoji":         "I was left 👩🏽‍🦽 alone 😢",
		"right to left": "تركوني وحدي طوال الليل",
		"Welsh":         "Ni ddaeth neb drwy’r nos, ŵ ŷ â",
		"NUL":           "before\x00after",
		"new lines":     "one\ntwo\r\nthree\tfour",
		"form syntax":   "a=b&c=d+e%20f;g#h?i",
		"markup":        "*bold* <b>&amp;</b> {{1}} {name} [x](y)",
		"long":          strings.Repeat("0123456789", 1000),
	}
}

func whole(t *testing.T, s Subject) {
	for name, text := range texts() {
		var in intake
		if got := do(s.Webhook(in.take, in.refuse), s.Text(text)); got != http.StatusOK || len(in.taken) != 1 {
			t.Errorf("%s: status %d, taken %d times", name, got, len(in.taken))
		} else if in.taken[0].Text != text {
			t.Errorf("%s: the text was changed on its way", name)
		}
	}
	var in intake
	do(s.Webhook(in.take, in.refuse), s.Text("before\xff\xfeafter"))
	if len(in.taken) != 1 {
		t.Fatal("invalid UTF-8: not taken")
	}
	if got := in.taken[0].Text; !strings.HasPrefix(got, "before") || !strings.HasSuffix(got, "after") || !strings.ContainsRune(got, unicode.ReplacementChar) {
		t.Errorf("invalid UTF-8: want it replaced between the words, got %q", got)
	}
}

func forged(t *testing.T, s Subject) {
	for name, request := range s.Forged {
		var in intake
		if got := do(s.Webhook(in.take, in.refuse), request()); got != http.StatusForbidden {
			t.Errorf("%s: status %d, want 403", name, got)
		}
		if len(in.taken) > 0 {
			t.Errorf("%s: taken", name)
		}
		if !slices.Equal(in.refused, []string{s.Reason}) {
			t.Errorf("%s: counted as %q, want once %q", name, in.refused, s.Reason)
		}
	}
}

func unreadable(t *testing.T, s Subject) {
	for name, request := range s.Malformed {
		var in intake
		if got := do(s.Webhook(in.take, in.refuse), request()); got != http.StatusBadRequest {
			t.Errorf("%s: status %d, want 400", name, got)
		}
		if len(in.taken) > 0 || !slices.Equal(in.refused, []string{channels.RefusedMalformed}) {
			t.Errorf("%s: taken %d times, counted as %q", name, len(in.taken), in.refused)
		}
	}
	var in intake
	if got := do(s.Webhook(in.take, in.refuse), s.TooLarge()); got != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: status %d, want 413", got)
	}
	if len(in.taken) > 0 || !slices.Equal(in.refused, []string{channels.RefusedTooLarge}) {
		t.Errorf("too large: taken %d times, counted as %q", len(in.taken), in.refused)
	}
}

func unknown(t *testing.T, s Subject) {
	for name, request := range s.Unknown {
		var in intake
		if got := do(s.Webhook(in.take, in.refuse), request()); got != http.StatusOK {
			t.Errorf("%s: status %d, want 200", name, got)
		}
		if len(in.taken) > 0 || !slices.Equal(in.refused, []string{channels.RefusedIgnored}) {
			t.Errorf("%s: taken %d times, counted as %q", name, len(in.taken), in.refused)
		}
	}
}

// outbound is a message of so many sentences.
func (s Subject) outbound(sentences int) channels.Outbound {
	var b strings.Builder
	for i := range sentences {
		fmt.Fprintf(&b, "Sentence number %d is about the night of the 14th. ", i)
	}
	return channels.Outbound{Task: "task-1", Sender: s.Sender, Address: s.Address, Text: strings.TrimSpace(b.String())}
}

// tooLong: sent in parts, a text comes twice in part where the sending fails between
// them.
func tooLong(t *testing.T, s Subject) {
	_, err := s.Send(t.Context(), s.outbound(300))
	if failed := s.sendError(t, err); failed.Code != "length" || failed.Retry || failed.InDoubt {
		t.Errorf("refused by %+v", failed)
	}
	if parts := s.Stand.Texts(s.Address); len(parts) != 0 {
		t.Errorf("%d messages were sent", len(parts))
	}
}

func inDoubt(t *testing.T, s Subject) {
	for _, taken := range []bool{true, false} {
		s.Stand.Fail(channelstest.Fault{Taken: taken})
		_, err := s.Send(t.Context(), s.outbound(1))
		if failed := s.sendError(t, err); !failed.InDoubt || !failed.Retry {
			t.Errorf("the connection was cut after the request: in doubt %v, retry %v", failed.InDoubt, failed.Retry)
		}
	}
	if got := len(s.Stand.Texts(s.Address)); got != 1 {
		t.Errorf("%d messages, want the one that was taken: something was sent again blindly", got)
	}
}

func unreachable(t *testing.T, s Subject) {
	s.Stand.(interface{ Close() }).Close()
	_, err := s.Send(t.Context(), s.outbound(1))
	if failed := s.sendError(t, err); failed.InDoubt || !failed.Retry {
		t.Errorf("nobody listens: in doubt %v, retry %v", failed.InDoubt, failed.Retry)
	}
}

func deadline(t *testing.T, s Subject) {
	out := s.outbound(1)
	out.Deadline = time.Now().Add(-time.Millisecond)
	_, err := s.Send(t.Context(), out)
	if failed := s.sendError(t, err); failed.InDoubt || !failed.Retry {
		t.Errorf("in doubt %v, retry %v", failed.InDoubt, failed.Retry)
	}
	if got := len(s.Stand.Texts(s.Address)); got != 0 {
		t.Errorf("%d messages were sent by somebody whose lease had ended", got)
	}
}

func refusals(t *testing.T, s Subject) {
	for _, r := range s.Refusals {
		s.Stand.Fail(r.Fault)
		_, err := s.Send(t.Context(), s.outbound(1))
		failed := s.sendError(t, err)
		if failed.Sentence == "" {
			t.Errorf("%s: no sentence for staff", r.Name)
		}
		got := *failed
		got.Sentence = ""
		if got != r.Want {
			t.Errorf("%s:\n got %+v\nwant %+v", r.Name, got, r.Want)
		}
	}
}

// sendError is the failure, checked for what no error may hold.
func (s Subject) sendError(t *testing.T, err error) *channels.SendError {
	t.Helper()
	failed := new(channels.SendError)
	if !errors.As(err, &failed) {
		t.Fatalf("the error is a %T, want a SendError", err)
	}
	shown := fmt.Sprintf("%v %+v", err, *failed)
	for _, secret := range append([]string{string(s.Address), "Sentence number", "http://", "https://"}, s.Secrets...) {
		if strings.Contains(shown, secret) {
			t.Error("the error holds an address, a text or a secret")
		}
	}
	return failed
}
