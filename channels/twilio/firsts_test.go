package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"heard/channels"
)

// A message that was refused and comes again behind another one is no answer to the
// question that was asked in between: it is dated by when it came first.
func TestARepeatIsAsOldAsItsFirst(t *testing.T) {
	fake, client := stand(t)
	began := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	now := began
	client.now = func() time.Time { return now }
	fails := true
	var got channels.Inbound
	h := client.Webhook(func(_ context.Context, in channels.Inbound) error {
		got = in
		if fails {
			return errors.New("the store is down")
		}
		return nil
	}, func(string) {})
	post := func(form url.Values) {
		t.Helper()
		h.ServeHTTP(httptest.NewRecorder(), request(fake, form))
	}
	first := fake.Text(person, ourSMS, "Ward 6")
	post(first)
	now = now.Add(2 * time.Second)
	post(first) // and again in vain
	fails = false
	now = now.Add(2 * time.Second)
	post(fake.Text(person, ourSMS, "last Tuesday"))
	if !got.At.Equal(now) {
		t.Errorf("a new message is dated %v", got.At)
	}
	now = now.Add(2 * time.Second)
	post(first)
	if !got.At.Equal(began) {
		t.Errorf("the repeat is dated %v after the first", got.At.Sub(began))
	}
	if len(client.firsts.first) != 0 {
		t.Error("what was taken is remembered")
	}
}

// While the store is down all day what is remembered has a bound.
func TestRefusedMessagesAreForgotten(t *testing.T) {
	var f firsts
	began := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	for i := range 3 * mostFirsts {
		f.refused(channels.MessageID(fmt.Sprint(i)), began.Add(time.Duration(i)*100*time.Millisecond))
	}
	if n := len(f.first); n > mostFirsts || n < 100 {
		t.Errorf("%d are remembered", n)
	}
	last := began.Add(time.Duration(3*mostFirsts-1) * 100 * time.Millisecond)
	if at := f.cameFirst(channels.MessageID(fmt.Sprint(3*mostFirsts-1)), last.Add(time.Hour)); !at.Equal(last) {
		t.Error("the newest is forgotten")
	}
}
