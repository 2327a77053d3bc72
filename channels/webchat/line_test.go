package webchat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"heard/channels"
)

// An answer never stands above what it answers, however fast it is.
func TestAnAnswerStandsBelow(t *testing.T) {
	p, in, b := start(t)
	sent := make(chan error, 1)
	in.while = func(m channels.Inbound) {
		began := make(chan struct{})
		go func() {
			close(began)
			_, err := p.Line(channels.SMS).Send(context.Background(), outbound(p.Line(channels.SMS), m, "answer"))
			sent <- err
		}()
		<-began
	}
	for range 50 {
		b.post("sms", url.Values{"text": {"question"}})
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
	}
	for i, m := range b.chat("sms").Messages {
		if want := []from{fromPerson, fromProvider}[i%2]; m.From != want {
			t.Fatalf("line %d is the %s's, want the %s's", i, m.From, want)
		}
	}
}

// Each channel shows options as it can, and what is tapped comes back as it was
// sent out.
func TestOptionsAreShownAsTheChannelCan(t *testing.T) {
	few := []channels.Option{{Label: "Me", Data: "d1"}, {Label: "Someone I care for", Data: "d2"}}
	seven := append([]channels.Option{}, few...)
	for i := range 5 {
		seven = append(seven, channels.Option{Label: fmt.Sprint("More ", i), Data: fmt.Sprint("m", i)})
	}
	eleven := append(append([]channels.Option{}, seven...), make([]channels.Option, 4)...)
	for name, at := range map[string]struct {
		channel channels.Channel
		options []channels.Option
		how     shown
		text    string
	}{
		"SMS has them in its text": {channels.SMS, few, "", "Who?"},
		"WhatsApp has buttons":     {channels.WhatsApp, few, asButtons, "Who?"},
		"WhatsApp has a list":      {channels.WhatsApp, seven, asList, "Who?"},
		"WhatsApp has no more":     {channels.WhatsApp, eleven, "", "Who?\n1. Me\n2. Someone I care for"},
		"a label is too long":      {channels.WhatsApp, []channels.Option{{Label: strings.Repeat("x", 25), Data: "d"}}, "", "Who?\n1. xxx"},
		"Telegram has a keyboard":  {channels.Telegram, seven, asKeyboard, "Who?"},
	} {
		t.Run(name, func(t *testing.T) {
			p, in, b := start(t)
			b.post(string(at.channel), url.Values{"text": {"hello"}})
			l := p.Line(at.channel)
			if _, err := l.Send(t.Context(), outbound(l, in.taken[0], "Who?", at.options...)); err != nil {
				t.Fatal(err)
			}
			m := b.chat(string(at.channel)).Messages[1]
			if m.Shown != at.how || !strings.HasPrefix(m.Text, at.text) {
				t.Errorf("shown as %q with the text %q", m.Shown, m.Text)
			}
			if at.how == "" {
				if len(m.Options) > 0 {
					t.Error("there are buttons too")
				}
				return
			}
			if w := b.post(string(at.channel), url.Values{"choice": {"d2"}}); w.Code != http.StatusCreated {
				t.Fatalf("a tap: status %d", w.Code)
			}
			if got := in.taken[1]; got.Choice != "d2" || got.Text != "" {
				t.Errorf("taken as the choice %q and the text %q", got.Choice, got.Text)
			}
			if tap := b.chat(string(at.channel)).Messages[2]; tap.Text != "Someone I care for" || tap.Tapped != m.Number {
				t.Errorf("the phone shows %q of line %d", tap.Text, tap.Tapped)
			}
		})
	}
}

// What cannot be sent says why in the dispatcher's terms.
func TestSendRefusals(t *testing.T) {
	clock := time.Now()
	p := New(func() time.Time { return clock }, nil)
	in := &intake{}
	b := &browser{TB: t, handler: p.Handler(in.take)}
	b.post("sms", url.Values{"text": {"hello"}})
	l := p.Line(channels.SMS)
	good := outbound(l, in.taken[0], "answer")
	gone, stolen, empty, late := good, good, good, good
	gone.Address, stolen.Address, empty.Text, late.Deadline = "sms:nobody", "whatsapp:x", " ", clock.Add(-time.Second)
	for name, at := range map[string]struct {
		out  channels.Outbound
		want channels.SendError
	}{
		"gone": {gone, channels.SendError{Code: "gone"}}, "another channel's": {stolen, channels.SendError{Code: "gone"}},
		"empty": {empty, channels.SendError{Code: "empty"}}, "late": {late, channels.SendError{Code: "late", Retry: true}},
	} {
		_, err := l.Send(t.Context(), at.out)
		var e *channels.SendError
		if !errors.As(err, &e) || e.Code != at.want.Code || e.Retry != at.want.Retry || e.Sentence == "" {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), string(at.out.Address)) {
			t.Errorf("%s: the error tells the address", name)
		}
	}
	one := p.at(channels.SMS, good.Address)
	one.begin(t.Context(), channels.SMS)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var e *channels.SendError
	if _, err := l.Send(ctx, good); !errors.As(err, &e) || !e.Retry || e.Code != "busy" {
		t.Errorf("while a message is taken in: %v", err)
	}
	one.end(channels.SMS)
}

// A send in doubt is found, and no other.
func TestWhatWasSentIsFound(t *testing.T) {
	p, in, b := start(t)
	b.post("sms", url.Values{"text": {"hello"}})
	l := p.Line(channels.SMS)
	out := outbound(l, in.taken[0], strings.Repeat("word ", 300))
	sent, err := l.Send(t.Context(), out)
	if err != nil || len(sent.IDs) != 1 {
		t.Fatalf("sent %v, error %v", sent.IDs, err)
	}
	found, err := l.Find(t.Context(), out, time.Now().Add(-time.Minute))
	if err != nil || fmt.Sprint(found) != fmt.Sprint(sent.IDs) {
		t.Errorf("found %v, want %v (%v)", found, sent.IDs, err)
	}
	if found, _ = l.Find(t.Context(), out, time.Now().Add(time.Minute)); len(found) != 0 {
		t.Error("what was sent before counts")
	}
	out.Task = "task-2"
	if found, _ = l.Find(t.Context(), out, time.Now().Add(-time.Minute)); len(found) != 0 {
		t.Error("another message counts")
	}
	m := b.chat("sms").Messages[1]
	if m.Note != fmt.Sprintf("sms %d", len(m.Text)) || b.chat("sms").Messages[0].Note != "" {
		t.Error("the cost does not stand below what we sent, and only there")
	}
}
