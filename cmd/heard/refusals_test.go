package main_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"heard/channels/channelstest"
)

// Strangers get nothing in, whatever they send, and an operator sees that they
// tried.
func TestStrangersAreRefused(t *testing.T) {
	w := newWorld(t)
	p := w.start(t)
	elsewhere := channelstest.NewTwilio("AC0001", "auth") // what the real stand-in heard of would rightly be listed
	defer elsewhere.Close()
	form := elsewhere.Text("+447700900100", smsFrom, "complain")
	tests := map[string]struct {
		request func() (*http.Request, error)
		status  int
		counted string
	}{
		"Twilio, wrong signature": {func() (*http.Request, error) {
			return w.forged(form, func(r *http.Request) { r.Header.Set("X-Twilio-Signature", "AAAA") })
		}, http.StatusForbidden, `way="twilio"`},
		"Twilio, no signature": {func() (*http.Request, error) {
			return w.forged(form, func(r *http.Request) { r.Header.Del("X-Twilio-Signature") })
		}, http.StatusForbidden, `reason="signature"`},
		"Twilio, another text": {func() (*http.Request, error) {
			return w.forged(form, func(r *http.Request) {
				body := strings.Replace(form.Encode(), "complain", "other", 1)
				r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
			})
		}, http.StatusForbidden, `reason="signature"`},
		"Twilio, malformed": {func() (*http.Request, error) {
			return w.forged(form, func(r *http.Request) {
				r.Body, r.ContentLength = io.NopCloser(strings.NewReader("%zz")), 3
			})
		}, http.StatusBadRequest, `reason="malformed",way="twilio"`},
		"Twilio, too large": {func() (*http.Request, error) {
			big := url.Values{"Body": {strings.Repeat("x", 70<<10)}, "From": {"+447700900100"}, "To": {smsFrom}, "MessageSid": {"SM1"}}
			return w.twilio.Request(context.Background(), w.twilio.Public+"/twilio", big)
		}, http.StatusRequestEntityTooLarge, `reason="too large",way="twilio"`},
		"Telegram, wrong secret": {func() (*http.Request, error) {
			return channelstest.TelegramRequest(context.Background(), w.telegram.Address+"/telegram", "wrong", w.telegram.Text(1, "complain"))
		}, http.StatusForbidden, `reason="secret",way="telegram"`},
		"Telegram, no secret": {func() (*http.Request, error) {
			return channelstest.TelegramRequest(context.Background(), w.telegram.Address+"/telegram", "", w.telegram.Text(1, "complain"))
		}, http.StatusForbidden, `reason="secret",way="telegram"`},
		"Telegram, malformed": {func() (*http.Request, error) {
			return w.telegramBody([]byte("{"))
		}, http.StatusBadRequest, `reason="malformed",way="telegram"`},
		"Telegram, too large": {func() (*http.Request, error) {
			return w.telegramBody(bytes.Repeat([]byte("x"), 2<<20))
		}, http.StatusRequestEntityTooLarge, `reason="too large",way="telegram"`},
		"status, wrong signature": {func() (*http.Request, error) {
			r, err := http.NewRequest(http.MethodPost, w.twilio.Address+"/twilio/status?task=x", strings.NewReader("MessageStatus=delivered"))
			if err == nil {
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			return r, err
		}, http.StatusForbidden, `reason="signature",way="twilio status"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			req, err := tt.request()
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close() // only the status counts
			if resp.StatusCode != tt.status {
				t.Errorf("answered %s, want %d", resp.Status, tt.status)
			}
			if m := w.metrics(t, p); !strings.Contains(m, tt.counted) {
				t.Errorf("not counted: %s is not in\n%s", tt.counted, m)
			}
		})
	}
	w.nothingStored(t)
	p.stop(t)
}

// forged is a webhook of Twilio's, changed after it was signed.
func (w *world) forged(form url.Values, change func(*http.Request)) (*http.Request, error) {
	r, err := w.twilio.Request(context.Background(), w.twilio.Public+"/twilio", form)
	if err == nil {
		change(r)
	}
	return r, err
}

func (w *world) telegramBody(body []byte) (*http.Request, error) {
	r, err := http.NewRequest(http.MethodPost, w.telegram.Address+"/telegram", bytes.NewReader(body))
	if err == nil {
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", "secret")
	}
	return r, err
}

func (w *world) metrics(t *testing.T, p *process) string {
	t.Helper()
	resp, err := http.Get("http://" + p.address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }() // read to its end
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// nothingStored sees that no conversation was made and nothing was sent.
func (w *world) nothingStored(t *testing.T) {
	t.Helper()
	if sent := len(w.twilio.Sent("")) + len(w.telegram.Sent("")); sent != 0 {
		t.Errorf("%d messages were sent to strangers", sent)
	}
	if n := w.conversations(t); n != 0 {
		t.Errorf("%d conversations were stored", n)
	}
}

// conversations counts those in the store.
func (w *world) conversations(t *testing.T) int {
	t.Helper()
	return strings.Count(w.redisCommand(t, "KEYS", "*"), "{"+provider+"}:c:")
}

// A store that does not answer: nothing is said to be taken. When it is back,
// Telegram repeats and Twilio's list brings in what its webhook could not, once
// and in order.
func TestStoreIsAway(t *testing.T) {
	w := newWorld(t)
	p := w.start(t)
	ctx, cancel := context.WithTimeout(t.Context(), longEnough)
	defer cancel()
	sms, telegram := w.byTwilio("sms", "+447700900100", smsFrom), w.byTelegram("telegram", 7)
	for _, one := range []*person{sms, telegram} {
		for _, turn := range before()[:4] {
			if err := one.take(ctx, turn); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.settled(t, p, 8)
	if n := w.conversations(t); n != 2 {
		t.Fatalf("%d conversations are stored, want 2", n)
	}
	w.redis.Kill()
	forms := []url.Values{
		w.twilio.Text("+447700900100", smsFrom, "last Tuesday"),
		w.twilio.Text("+447700900100", smsFrom, "Nobody came."),
		w.twilio.Text("+447700900100", smsFrom, "Not once."),
	}
	for i, form := range forms {
		if status, err := w.twilio.Deliver(ctx, form); err != nil || status != http.StatusServiceUnavailable {
			t.Fatalf("message %d with the store away: status %d, error %v", i, status, err)
		}
	}
	update := w.telegram.Text(7, "last Tuesday")
	if status, err := w.telegram.Deliver(ctx, update); err != nil || status != http.StatusServiceUnavailable {
		t.Fatalf("Telegram with the store away: status %d, error %v", status, err)
	}
	w.redis.Restart()
	w.await(t, "the store is back", func() bool { return w.isReady(p) })
	if status, err := w.telegram.Deliver(ctx, update); err != nil || status != http.StatusOK {
		t.Fatalf("Telegram repeats: status %d, error %v", status, err)
	}
	telegram.count++
	if got, err := telegram.heard(ctx, telegram.count); err != nil || !strings.Contains(got[telegram.count-1].text, "tell us what happened") {
		t.Fatalf("Telegram's person heard %v, error %v", got, err)
	}
	got, err := sms.heard(ctx, sms.count+2) // the next question, and one thank-you for the two parts of the story
	if err != nil || !strings.Contains(got[sms.count].text, "tell us what happened") || !strings.Contains(got[sms.count+1].text, "we have kept that") {
		t.Fatalf("the list did not bring the texts in: %v, error %v", got, err)
	}
	sms.count += 2
	if err := sms.take(ctx, turn{"send now", "^It is sent"}); err != nil {
		t.Fatal(err)
	}
	p.stop(t)
}

func (w *world) isReady(p *process) bool {
	resp, err := http.Get("http://" + p.address + "/readyz")
	if err != nil {
		return false
	}
	_ = resp.Body.Close() // only the status counts
	return resp.StatusCode == http.StatusOK
}

// redisCommand asks the store something, in its own protocol.
func (w *world) redisCommand(t *testing.T, args ...string) string {
	t.Helper()
	conn, err := net.Dial("tcp", w.redis.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }() // the answer was read
	request := fmt.Sprintf("*%d\r\n", len(args))
	for _, a := range args {
		request += fmt.Sprintf("$%d\r\n%s\r\n", len(a), a)
	}
	if _, err := io.WriteString(conn, request+"*1\r\n$4\r\nQUIT\r\n"); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}
