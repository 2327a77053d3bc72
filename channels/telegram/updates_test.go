package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"heard/channels"
)

// received is what a webhook makes of an update, and what it answers.
func received(t *testing.T, c *Client, update any) (channels.Inbound, string) {
	t.Helper()
	var in []channels.Inbound
	w := httptest.NewRecorder()
	hook(t, c)(func(_ context.Context, m channels.Inbound) error {
		in = append(in, m)
		return nil
	}, func(string) {}).ServeHTTP(w, request(update))
	if w.Code != http.StatusOK || len(in) != 1 {
		t.Fatalf("status %d, taken %d times", w.Code, len(in))
	}
	return in[0], w.Body.String()
}

// What is read wrong here is answered wrong, or kept as an empty message.
func TestKindsOfUpdate(t *testing.T) {
	fake, client := stand(t)
	type fields = map[string]any
	document := func(id string) fields { return fields{"file_id": id, "mime_type": "application/pdf", "file_size": 9} }
	place := fields{"latitude": 51.5, "longitude": -0.12}
	sent := func(f fields) map[string]any {
		f["date"] = 1_800_000_000
		return fake.Message(person, f)
	}
	files := func(kind, id string) channels.Inbound {
		return channels.Inbound{Media: []channels.Media{{Kind: kind, Ref: id, Type: "application/pdf", Size: 9}}}
	}
	for name, c := range map[string]struct {
		update map[string]any
		want   channels.Inbound
	}{
		"a photo: the largest": {sent(fields{"caption": "my ward", "photo": []fields{{"file_id": "small"}, {"file_id": "large", "file_size": 9}}}),
			channels.Inbound{Text: "my ward", Media: []channels.Media{{Kind: "photo", Ref: "large", Size: 9}}}},
		"a voice note":          {sent(fields{"voice": document("v")}), files("voice", "v")},
		"a sound":               {sent(fields{"audio": document("a")}), files("audio", "a")},
		"a video":               {sent(fields{"video": document("w")}), files("video", "w")},
		"a video note":          {sent(fields{"video_note": document("n")}), files("video", "n")},
		"a document":            {sent(fields{"document": document("d")}), files("document", "d")},
		"a moving picture":      {sent(fields{"animation": document("m"), "document": document("m")}), files("video", "m")},
		"a place":               {sent(fields{"location": place}), channels.Inbound{Location: &channels.Location{Latitude: 51.5, Longitude: -0.12}}},
		"a place with a name":   {sent(fields{"location": place, "venue": fields{"title": "Ward 6", "address": "Hospital Road", "location": place}}), channels.Inbound{Text: "Ward 6, Hospital Road", Location: &channels.Location{Latitude: 51.5, Longitude: -0.12}}},
		"a sticker":             {sent(fields{"sticker": fields{"file_id": "s"}}), channels.Inbound{Other: "sticker"}},
		"a contact":             {sent(fields{"contact": fields{"phone_number": "+447700900124", "first_name": "x"}}), channels.Inbound{Other: "contact"}},
		"a poll":                {sent(fields{"poll": fields{"id": "1"}}), channels.Inbound{Other: "poll"}},
		"a die":                 {sent(fields{"dice": fields{"value": 6}}), channels.Inbound{Other: "dice"}},
		"a deep link":           {sent(fields{"text": "/start ward-6_A"}), channels.Inbound{Start: "ward-6_A"}},
		"a start":               {sent(fields{"text": "/start"}), channels.Inbound{Text: "start"}},
		"no deep link":          {sent(fields{"text": "/start ward 6"}), channels.Inbound{Text: "start ward 6"}},
		"too long a link":       {sent(fields{"text": "/start " + strings.Repeat("x", 65)}), channels.Inbound{Text: "start " + strings.Repeat("x", 65)}},
		"a command":             {sent(fields{"text": "/status@heard_bot"}), channels.Inbound{Text: "status"}},
		"a command with words":  {sent(fields{"text": "/call me"}), channels.Inbound{Text: "call me"}},
		"a slash":               {sent(fields{"text": "/"}), channels.Inbound{Text: "/"}},
		"crafted entities":      {sent(fields{"text": "/x", "entities": []fields{{"type": "bot_command", "offset": -5, "length": 1 << 40}}}), channels.Inbound{Text: "x"}},
		"forwarded from beyond": {sent(fields{"text": "hi", "forward_origin": fields{"type": "tomorrow"}}), channels.Inbound{Text: "hi"}},
		"an edit":               {fake.Update("edited_message", fields{"date": 1, "edit_date": 1_800_000_000, "chat": fields{"id": person, "type": "private"}, "text": "new"}), channels.Inbound{Text: "new", Edit: true}},
	} {
		got, _ := received(t, client, c.update)
		want := c.want
		want.Seq = c.update["update_id"].(int64)
		want.ID, want.Channel = channels.MessageID(fmt.Sprintf("tg:123456:%d", want.Seq)), channels.Telegram
		want.Sender, want.Address, want.At = "123456", "700900123", time.Unix(1_800_000_000, 0).UTC()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, want)
		}
	}
	if in, _ := received(t, client, fake.Blocks(person)); in.Opt != channels.OptOut {
		t.Errorf("a block: %+v", in)
	}
	if in, _ := received(t, client, fake.Unblocks(person)); in.Opt != channels.OptIn {
		t.Errorf("an unblock: %+v", in)
	}
}

// A button that turns for ever looks as if the answer was lost.
func TestTap(t *testing.T) {
	fake, client := stand(t)
	if err := client.SetWebhook(t.Context()); err != nil {
		t.Fatal(err)
	}
	tap := fake.Tap(person, "17.other")
	in, _ := received(t, client, tap)
	if in.Choice != "17.other" || in.Address != "700900123" || time.Since(in.At) > time.Minute || in.Text != "" {
		t.Errorf("%+v", in)
	}
	fail := true
	server := httptest.NewServer(http.StripPrefix("/w", hook(t, client)(func(context.Context, channels.Inbound) error {
		if fail {
			return fmt.Errorf("the store is down")
		}
		return nil
	}, func(string) {})))
	t.Cleanup(server.Close)
	fake.Address = server.URL + "/w"
	for _, want := range []int{http.StatusServiceUnavailable, http.StatusOK} {
		if got, err := fake.Deliver(t.Context(), tap); got != want || err != nil {
			t.Fatalf("answered %d, %v; want %d", got, err, want)
		}
		fail = false
	}
	if got := fake.Answered("tap-" + strings.TrimPrefix(string(in.ID), "tg:123456:")); got != 1 {
		t.Errorf("answered %d times, want once: after the commit", got)
	}
}

// A name that is read can be stored; an anonymous person has none.
func TestNoNameIsKept(t *testing.T) {
	fake, client := stand(t)
	for _, u := range []map[string]any{fake.Text(person, "hi"), fake.Tap(person, "1"), fake.Blocks(person)} {
		in, _ := received(t, client, u)
		if kept, _ := json.Marshal(in); strings.Contains(string(kept), "Must Not Be Kept") || strings.Contains(string(kept), "not_kept") {
			t.Error("a profile name was kept")
		}
	}
}

// A setting that is missing must be found at the start, by its name.
func TestSettings(t *testing.T) {
	for setting, c := range map[string]Config{
		"telegram.token":          {},
		"telegram.token ":         {Token: "secret"},
		"telegram.webhook_secret": {Token: token, WebhookSecret: "not allowed", PublicURL: public},
		"public_url":              {Token: token, WebhookSecret: secret},
		"telegram.api_url":        {Token: token, APIURL: "::"},
	} {
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(setting)) || strings.Contains(err.Error(), token) {
			t.Errorf("%s: %v", setting, err)
		}
	}
	polled, err := New(Config{Token: token})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := polled.Webhook(nil, nil); err == nil {
		t.Error("a webhook without a secret: anyone can speak for everyone")
	}
	if err := polled.SetWebhook(t.Context()); err == nil {
		t.Error("a webhook was set without a secret")
	}
}

// FuzzWebhook looks for an update that panics, that is taken without the secret,
// that makes Telegram repeat it for ever, or that becomes an empty message.
func FuzzWebhook(f *testing.F) {
	client, err := New(Config{Token: token, WebhookSecret: secret, PublicURL: public})
	if err != nil {
		f.Fatal(err)
	}
	private := `"chat":{"id":5,"type":"private"}`
	for _, seed := range []string{
		`{"update_id":1,"message":{` + private + `,"text":"hello"}}`,
		`{"update_id":1,"message":{` + private + `,"text":"/start x","entities":[{"type":"bot_command","offset":9,"length":-1}]}}`,
		`{"update_id":1,"edited_message":{` + private + `,"edit_date":-1,"caption":"\u0000\ud800"}}`,
		`{"update_id":1,"callback_query":{"id":"1","data":"x","message":{` + private + `}}}`,
		`{"update_id":1,"my_chat_member":{` + private + `,"new_chat_member":{"status":"kicked"}}}`,
		`{"update_id":1,"message":{` + private + `,"photo":[],"voice":{},"sticker":null}}`,
		`{"update_id":9e99,"message":[]}`, `{"update_id":1,"message":{"date":"x"}}`, `[`, ``,
	} {
		f.Add([]byte(seed), secret[:3])
	}
	f.Fuzz(func(t *testing.T, body []byte, guess string) {
		var in []channels.Inbound
		h, err := client.Webhook(func(_ context.Context, m channels.Inbound) error {
			in = append(in, m)
			return nil
		}, func(string) {})
		if err != nil {
			t.Fatal(err)
		}
		serve := func(secret string) int {
			r := raw(body)
			r.Header[secretHeader] = []string{secret}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w.Code
		}
		if code := serve(guess); guess != secret && (code != http.StatusForbidden || len(in) > 0) {
			t.Fatalf("without the secret: answered %d, taken %d times", code, len(in))
		}
		switch code := serve(secret); {
		case code == http.StatusOK, code == http.StatusBadRequest, code == http.StatusRequestEntityTooLarge:
		default:
			t.Fatalf("answered %d", code)
		}
		for _, m := range in {
			if m.Address == "" || m.Text+m.Choice+m.Start+m.Other+string(m.Opt) == "" && m.Media == nil && m.Location == nil {
				t.Fatal("an empty message was taken")
			}
		}
	})
}
