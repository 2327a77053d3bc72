package webchat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"heard/channels"
)

// intake is what the phones hand their messages to.
type intake struct {
	mu    sync.Mutex
	fail  error
	taken []channels.Inbound
	while func(channels.Inbound) // runs before a message counts as taken
}

func (i *intake) take(_ context.Context, in channels.Inbound) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.while != nil {
		i.while(in)
	}
	if i.fail == nil {
		i.taken = append(i.taken, in)
	}
	return i.fail
}

// browser is one person's, with their cookie.
type browser struct {
	testing.TB
	handler http.Handler
	cookie  *http.Cookie
}

func (b *browser) do(r *http.Request) *httptest.ResponseRecorder {
	b.Helper()
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookie = c
	}
	return w
}

func (b *browser) post(channel string, form url.Values) *httptest.ResponseRecorder {
	b.Helper()
	r := httptest.NewRequest(http.MethodPost, "/"+channel+"/messages", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b *browser) chat(channel string) chat {
	b.Helper()
	w := b.do(httptest.NewRequest(http.MethodGet, "/"+channel+"/messages", nil))
	var c chat
	if err := json.NewDecoder(w.Body).Decode(&c); err != nil {
		b.Fatal(err)
	}
	return c
}

func start(t testing.TB) (*Phones, *intake, *browser) {
	t.Helper()
	p, in := New(time.Now, func(c channels.Channel, text string) string { return fmt.Sprintf("%s %d", c, len(text)) }), &intake{}
	return p, in, &browser{TB: t, handler: p.Handler(in.take)}
}

func outbound(l *Line, to channels.Inbound, text string, options ...channels.Option) channels.Outbound {
	return channels.Outbound{Task: "task-1", Sender: l.Sender, Address: to.Address, Text: text, Options: options}
}

// Each browser is a person of its own on each channel, and nobody can be guessed
// from another.
func TestABrowserIsOnePersonOnEachChannel(t *testing.T) {
	p, in, b := start(t)
	other := &browser{TB: t, handler: b.handler}
	for _, c := range []string{"sms", "whatsapp", "telegram"} {
		b.post(c, url.Values{"text": {"first"}})
		b.post(c, url.Values{"text": {"second"}})
		other.post(c, url.Values{"text": {"from elsewhere"}})
	}
	addresses, ids := map[channels.Address]int{}, map[channels.MessageID]bool{}
	for _, m := range in.taken {
		addresses[m.Address]++
		ids[m.ID] = true
		if !strings.HasPrefix(string(m.Address), string(m.Channel)+":") || m.Sender != p.Line(m.Channel).Sender || m.At.IsZero() {
			t.Errorf("taken on %q from %q at %v", m.Channel, m.Sender, m.At)
		}
	}
	if len(addresses) != 6 || len(ids) != 9 {
		t.Errorf("%d addresses and %d ids, want 6 and 9", len(addresses), len(ids))
	}
	if c := b.cookie; !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || len(c.Value) < 20 || c.Path != "/" {
		t.Error("another site, or a script, could use the cookie")
	}
	if got := len(other.chat("sms").Messages); got != 1 {
		t.Errorf("another browser sees %d messages, want its own", got)
	}
}

// Every text arrives as it was written.
func TestTextArrivesWhole(t *testing.T) {
	_, in, b := start(t)
	for name, text := range map[string]string{
		"emoji": "👩‍👧 ok", "right to left": "שלום \u202eabc", "zero": "a\x00b", "lines": "a\r\n\nb\t", "long": strings.Repeat("ŵ", 10_000),
		"markup": "<b>&amp;{{.}}</b>", "padded": "  a  ", "separators": "a\u2028b",
	} {
		t.Run(name, func(t *testing.T) {
			for kind, send := range map[string]func() *httptest.ResponseRecorder{
				"form": func() *httptest.ResponseRecorder { return b.post("telegram", url.Values{"text": {text}}) },
				"JSON": func() *httptest.ResponseRecorder {
					body, err := json.Marshal(said{Text: text})
					if err != nil {
						t.Fatal(err)
					}
					r := httptest.NewRequest(http.MethodPost, "/telegram/messages", strings.NewReader(string(body)))
					r.Header.Set("Content-Type", "application/json; charset=utf-8")
					return b.do(r)
				},
			} {
				in.taken = nil
				if w := send(); w.Code != http.StatusCreated || len(in.taken) != 1 || in.taken[0].Text != text {
					t.Errorf("%s: status %d, %d taken", kind, w.Code, len(in.taken))
				}
				if m := b.chat("telegram").Messages; m[len(m)-1].Text != text {
					t.Errorf("%s: the phone shows something else", kind)
				}
			}
		})
	}
	in.taken = nil
	if b.post("sms", url.Values{"text": {"a\xff\xfeb"}}); len(in.taken) != 1 || in.taken[0].Text != "a\uFFFDb" {
		t.Error("bytes that are no text are not replaced")
	}
}

// What cannot be taken is refused with a reason, and nothing is handed on.
func TestRefusals(t *testing.T) {
	_, in, b := start(t)
	raw := func(kind, body string) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/sms/messages", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		return r
	}
	form := "application/x-www-form-urlencoded"
	foreign := raw(form, "text=x")
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	for name, at := range map[string]struct {
		r    *http.Request
		want int
	}{
		"empty":           {raw(form, "text=+%0A"), 400},
		"nothing":         {raw(form, ""), 400},
		"bad escape":      {raw(form, "text=%zz"), 400},
		"bad JSON":        {raw("application/json", `{"text":`), 400},
		"wrong type":      {raw("application/json", `{"text":7}`), 400},
		"no type":         {raw("", "text=x"), 415},
		"too large":       {raw(form, "text="+strings.Repeat("x", maxBody)), 413},
		"unknown tap":     {raw(form, "choice=made-up"), 400},
		"tap and text":    {raw(form, "choice=a&text=b"), 400},
		"unknown media":   {raw(form, "media=x-ray"), 400},
		"photo by SMS":    {raw(form, "media=photo"), 422},
		"long key":        {raw(form, "text=x&key="+strings.Repeat("k", maxKey+1)), 400},
		"another site":    {foreign, 403},
		"unknown channel": {httptest.NewRequest(http.MethodPost, "/fax/messages", nil), 404},
		"wrong method":    {httptest.NewRequest(http.MethodPut, "/sms/messages", nil), 405},
	} {
		w := b.do(at.r)
		if w.Code != at.want {
			t.Errorf("%s: status %d, want %d", name, w.Code, at.want)
		}
		if at.want < 500 && at.want >= 400 && at.want != 403 && at.want != 404 && at.want != 405 && !strings.Contains(w.Body.String(), `"error":"`) {
			t.Errorf("%s: no reason is given", name)
		}
	}
	if len(in.taken) > 0 || len(b.chat("sms").Messages) > 0 {
		t.Errorf("%d were taken, %d are shown", len(in.taken), len(b.chat("sms").Messages))
	}
}

// A message that was not taken is not on the phone; sent again under its key it
// is the same message, and taken once.
func TestSentAgainIsTheSameMessage(t *testing.T) {
	_, in, b := start(t)
	var ids []channels.MessageID
	in.while = func(m channels.Inbound) { ids = append(ids, m.ID) }
	in.fail = errors.New("the store does not answer")
	form := url.Values{"text": {"Nobody came"}, "key": {"k1"}}
	if w := b.post("sms", form); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "still here") {
		t.Errorf("status %d, want 503 and a sentence", w.Code)
	}
	if got := len(b.chat("sms").Messages); got != 0 {
		t.Errorf("%d messages on the phone, want none", got)
	}
	in.fail = nil
	for range 3 {
		if w := b.post("sms", form); w.Code != http.StatusCreated {
			t.Errorf("status %d, want 201", w.Code)
		}
	}
	if len(ids) != 2 || ids[0] != ids[1] || len(in.taken) != 1 {
		t.Errorf("handed on %d times under the same id: %v; taken %d times", len(ids), ids, len(in.taken))
	}
	if got := len(b.chat("sms").Messages); got != 1 {
		t.Errorf("%d messages on the phone, want one", got)
	}
}

// Photos reach WhatsApp and Telegram; each has a reference of its own.
func TestAPhotoIsMadeUp(t *testing.T) {
	_, in, b := start(t)
	b.post("whatsapp", url.Values{"media": {"photo"}})
	b.post("telegram", url.Values{"media": {"photo"}, "text": {"the drip"}})
	if len(in.taken) != 2 || len(in.taken[0].Media) != 1 || in.taken[1].Text != "the drip" {
		t.Fatalf("%d taken", len(in.taken))
	}
	first, second := in.taken[0].Media[0], in.taken[1].Media[0]
	if first.Kind != "photo" || first.Ref == "" || first.Ref == second.Ref {
		t.Errorf("media %q of kind %q", first.Ref, first.Kind)
	}
}

// STOP does here what it does at Twilio, and only where Twilio is.
func TestWordsOfTheNetwork(t *testing.T) {
	_, in, b := start(t)
	for _, at := range []struct {
		channel, text string
		want          channels.Opt
	}{
		{"sms", "stop ", channels.OptOut}, {"whatsapp", "START", channels.OptIn}, {"sms", "Help", channels.OptHelp},
		{"sms", "yes", ""}, {"sms", "stop it", ""}, {"telegram", "STOP", ""},
	} {
		in.taken = nil
		b.post(at.channel, url.Values{"text": {at.text}})
		if got := in.taken[0].Opt; got != at.want {
			t.Errorf("%q on %s is %q, want %q", at.text, at.channel, got, at.want)
		}
	}
	m := b.chat("sms").Messages
	if m[1].From != fromNetwork || !strings.Contains(m[1].Text, "START") {
		t.Error("who sent STOP is not told how to come back")
	}
}

// However many come and however much they write, memory is bounded: the oldest
// goes.
func TestTheOldestGoes(t *testing.T) {
	clock := time.Now()
	p := New(func() time.Time { clock = clock.Add(time.Second); return clock }, nil)
	in := &intake{}
	h := p.Handler(in.take)
	first := &browser{TB: t, handler: h}
	for i := range maxMessages + 5 {
		first.post("sms", url.Values{"text": {fmt.Sprint(i)}})
	}
	if m := first.chat("sms").Messages; len(m) != maxMessages || m[0].Text != "5" {
		t.Errorf("%d messages from %q on", len(m), m[0].Text)
	}
	second := &browser{TB: t, handler: h}
	second.chat("sms")
	for range maxPeople - 1 {
		first.chat("sms") // comes back again and again
		(&browser{TB: t, handler: h}).chat("sms")
	}
	if len(p.people) != maxPeople {
		t.Errorf("%d people, want %d", len(p.people), maxPeople)
	}
	if got := len(first.chat("sms").Messages); got != maxMessages {
		t.Errorf("who was just here has %d messages left", got)
	}
	before := second.cookie.Value
	if second.chat("sms"); second.cookie.Value == before {
		t.Error("who was not here for longest is still known")
	}
}

// No form makes the phones panic, and a text that is taken is the text that was
// sent.
func FuzzSaid(f *testing.F) {
	f.Add("application/json", `{"text":"a\u0000b","key":"k"}`)
	f.Add("application/json", `{"choice":"d","text":"x"}`)
	f.Add("application/x-www-form-urlencoded", "text=%F0%9F%91%A9%00&media=photo")
	f.Add("application/x-www-form-urlencoded", "text=%ff%fe;&key="+strings.Repeat("k", 70))
	f.Add("multipart/form-data; boundary=", "--\r\n")
	f.Fuzz(func(t *testing.T, kind, body string) {
		_, in, b := start(t)
		r := httptest.NewRequest(http.MethodPost, "/telegram/messages", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		w := b.do(r)
		if (w.Code == http.StatusCreated) != (len(in.taken) == 1) {
			t.Fatalf("status %d, %d taken", w.Code, len(in.taken))
		}
		for _, m := range in.taken {
			if strings.TrimSpace(m.Text) == "" && len(m.Media) == 0 || m.ID == "" {
				t.Error("an empty message was taken")
			}
			if strings.ToValidUTF8(m.Text, "") != m.Text {
				t.Error("what is no text was taken")
			}
		}
		if _, err := io.ReadAll(w.Body); err != nil {
			t.Fatal(err)
		}
	})
}
