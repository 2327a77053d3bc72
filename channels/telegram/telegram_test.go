package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"heard/channels"
	"heard/channels/channelstest"
	"heard/channels/channelsuite"
)

const (
	token  = "123456:AAExampleExampleExampleExampleExample"
	secret = "a-secret_of-the-webhook"
	public = "https://heard.example.org/webhooks/stmarys"
	person = 700900123
)

func stand(t *testing.T) (*channelstest.Telegram, *Client) {
	t.Helper()
	fake := channelstest.NewTelegram(token)
	t.Cleanup(fake.Close)
	fake.Public, fake.Address = public, public
	client, err := New(Config{Token: token, WebhookSecret: secret, APIURL: fake.URL(), PublicURL: public})
	if err != nil {
		t.Fatal(err)
	}
	return fake, client
}

func request(update any) *http.Request {
	r, err := channelstest.TelegramRequest(context.Background(), public+"/telegram", secret, update)
	if err != nil {
		panic(err) // updates here are maps of plain values
	}
	return r
}

func raw(body []byte) *http.Request {
	r := request(nil)
	again, _ := http.NewRequest(http.MethodPost, r.URL.String(), bytes.NewReader(body))
	again.Header = r.Header
	return again
}

func hook(t *testing.T, c *Client) func(channels.Take, channels.Refused) http.Handler {
	return func(take channels.Take, refused channels.Refused) http.Handler {
		h, err := c.Webhook(take, refused)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
}

func TestTelegram(t *testing.T) {
	channelsuite.Run(t, func(t *testing.T) channelsuite.Subject {
		fake, client := stand(t)
		return channelsuite.Subject{
			Channel: channels.Telegram, Sender: "123456", Address: "700900123",
			Stand: fake, Secrets: []string{token, secret, "AAExample"},
			Webhook: hook(t, client), Send: client.Send,
			Text:   func(text string) *http.Request { return textRequest(fake, text) },
			Reason: channels.RefusedSecret, Forged: forgeries(fake),
			Malformed: map[string]func() *http.Request{
				"not JSON":         func() *http.Request { return raw([]byte(`{"update_id":`)) },
				"nothing":          func() *http.Request { return raw(nil) },
				"no update":        func() *http.Request { return raw([]byte(`{"message":{}}`)) },
				"an id in letters": func() *http.Request { return raw([]byte(`{"update_id":"x"}`)) },
			},
			TooLarge: func() *http.Request { return request(fake.Text(person, strings.Repeat("x", 1<<20))) },
			Unknown:  unknown(fake),
			Refusals: refusals(),
		}
	})
}

// textRequest writes invalid UTF-8 as it is: Marshal would repair it.
func textRequest(fake *channelstest.Telegram, text string) *http.Request {
	if !strings.Contains(text, "\xff") {
		return request(fake.Text(person, text))
	}
	body, _ := json.Marshal(fake.Text(person, "REPLACED"))
	return raw(bytes.Replace(body, []byte("REPLACED"), []byte(text), 1))
}

func forgeries(fake *channelstest.Telegram) map[string]func() *http.Request {
	with := func(secrets ...string) func() *http.Request {
		return func() *http.Request {
			r := request(fake.Text(person, "hello"))
			r.Header.Del(secretHeader)
			for _, s := range secrets {
				r.Header.Add(secretHeader, s)
			}
			return r
		}
	}
	return map[string]func() *http.Request{
		"no secret": with(), "an empty secret": with(""), "another secret": with("another"),
		"the beginning of the secret": with(secret[:5]), "the secret second": with("another", secret),
	}
}

func unknown(fake *channelstest.Telegram) map[string]func() *http.Request {
	group := func(kind string) map[string]any {
		return map[string]any{"chat": map[string]any{"id": -100, "type": kind}, "date": 1, "text": "hello"}
	}
	cases := map[string]any{
		"a group":                  fake.Update("message", group("group")),
		"a supergroup":             fake.Update("message", group("supergroup")),
		"a channel":                fake.Update("channel_post", group("channel")),
		"a tap in a group":         fake.Update("callback_query", map[string]any{"id": "1", "data": "x", "message": group("group")}),
		"a tap below nothing":      fake.Update("callback_query", map[string]any{"id": "1", "data": "x"}),
		"being added to a group":   fake.Update("my_chat_member", map[string]any{"chat": map[string]any{"id": -1, "type": "group"}, "new_chat_member": map[string]any{"status": "member"}}),
		"an inline query":          fake.Update("inline_query", map[string]any{"id": "1"}),
		"a kind of tomorrow":       fake.Update("telepathy", map[string]any{"id": "1"}),
		"a message of tomorrow":    fake.Message(person, map[string]any{"hologram": map[string]any{"id": "1"}}),
		"a pinned message":         fake.Message(person, map[string]any{"pinned_message": map[string]any{"message_id": 1}}),
		"a text that is a number":  fake.Message(person, map[string]any{"text": 5}),
		"a live position, moved":   fake.Update("edited_message", map[string]any{"chat": map[string]any{"id": person, "type": "private"}, "location": map[string]any{"latitude": 1, "longitude": 1}}),
		"an update without a kind": map[string]any{"update_id": 77},
	}
	requests := map[string]func() *http.Request{}
	for name, update := range cases {
		requests[name] = func() *http.Request { return request(update) }
	}
	return requests
}

func refusals() []channelsuite.Refusal {
	said := func(status int, description string, retryAfter int) channelstest.Fault {
		return channelstest.Fault{Status: status, Body: channelstest.TelegramError(status, description+" 700900123 Sentence number 0", retryAfter)}
	}
	return []channelsuite.Refusal{
		{Name: "too fast", Fault: said(429, "Too Many Requests: retry after 7", 7), Want: channels.SendError{Retry: true, After: 7 * time.Second, Unscoped: true, Code: "429"}},
		{Name: "blocked", Fault: said(403, "Forbidden: bot was blocked by the user", 0), Want: channels.SendError{OptOut: true, Code: "403"}},
		{Name: "deactivated", Fault: said(403, "Forbidden: user is deactivated", 0), Want: channels.SendError{OptOut: true, Code: "403"}},
		{Name: "another 403", Fault: said(403, "Forbidden: not now", 0), Want: channels.SendError{Retry: true, Code: "403"}},
		{Name: "no such chat", Fault: said(400, "Bad Request: chat not found", 0), Want: channels.SendError{Code: "400"}},
		{Name: "a wrong token", Fault: said(401, "Unauthorized", 0), Want: channels.SendError{Retry: true, After: settingPause, AllChats: true, Code: "401"}},
		{Name: "a fault at Telegram", Fault: said(500, "Internal Server Error", 0), Want: channels.SendError{Retry: true, Code: "500"}},
		{Name: "a gateway's page", Fault: channelstest.Fault{Status: 502, Body: "<html>700900123"}, Want: channels.SendError{Retry: true, Code: "502"}},
		{Name: "a busy service", Fault: channelstest.Fault{Status: 503, RetryAfter: "30"}, Want: channels.SendError{Retry: true, After: 30 * time.Second, Code: "503"}},
		{Name: "a gateway that waited in vain", Fault: channelstest.Fault{Status: 504}, Want: channels.SendError{Retry: true, InDoubt: true, Code: "504"}},
		{Name: "an answer that cannot be read", Fault: channelstest.Fault{Status: 200, Body: "<html>", Taken: true}, Want: channels.SendError{Retry: true, InDoubt: true, Code: "200"}},
	}
}
