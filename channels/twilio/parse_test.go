package twilio

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"heard/channels"
	"heard/channels/channelstest"
)

// taken is what a webhook makes of a request.
func taken(t *testing.T, client *Client, r *http.Request) channels.Inbound {
	t.Helper()
	var in []channels.Inbound
	w := httptest.NewRecorder()
	client.Webhook(func(_ context.Context, m channels.Inbound) error {
		in = append(in, m)
		return nil
	}, func(string) {}).ServeHTTP(w, r)
	if w.Code != http.StatusOK || len(in) != 1 {
		t.Fatalf("status %d, taken %d times", w.Code, len(in))
	}
	return in[0]
}

// What is read wrong here is answered wrong, or kept as an empty message.
func TestKindsOfMessage(t *testing.T) {
	fake, client := stand(t)
	client.now = func() time.Time { return time.Unix(1_800_000_000, 0) }
	with := func(form url.Values, pairs ...string) url.Values {
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		return form
	}
	photo := fake.Media(waPerson, ourWhatsApp, "my ward", "image/jpeg", "JPEG")
	for name, c := range map[string]struct {
		form url.Values
		want channels.Inbound
	}{
		"a button":   {fake.Tap(waPerson, ourWhatsApp, "17.other", "Someone I care for"), channels.Inbound{Choice: "17.other"}},
		"a list row": {fake.Pick(waPerson, ourWhatsApp, "17.ward", "Ward 6"), channels.Inbound{Choice: "17.ward"}},
		"a photo with words": {photo, channels.Inbound{Text: "my ward",
			Media: []channels.Media{{Kind: "photo", Ref: photo.Get("MediaUrl0"), Type: "image/jpeg"}}}},
		"a voice note": {with(fake.Text(waPerson, ourWhatsApp, ""), "NumMedia", "1", "MediaUrl0", "https://api.twilio.com/x", "MediaContentType0", "audio/ogg; codecs=opus"),
			channels.Inbound{Media: []channels.Media{{Kind: "voice", Ref: "https://api.twilio.com/x", Type: "audio/ogg; codecs=opus"}}}},
		"two files": {with(fake.Text(waPerson, ourWhatsApp, ""), "NumMedia", "2", "MediaUrl0", "https://api.twilio.com/x", "MediaContentType0", "application/pdf", "MediaUrl1", "https://api.twilio.com/y", "MediaContentType1", "video/mp4"),
			channels.Inbound{Media: []channels.Media{{Kind: "document", Ref: "https://api.twilio.com/x", Type: "application/pdf"}, {Kind: "video", Ref: "https://api.twilio.com/y", Type: "video/mp4"}}}},
		"a place": {with(fake.Position(waPerson, ourWhatsApp, 51.5, -0.12, "Maple Ward"), "Address", "Hospital Road"),
			channels.Inbound{Text: "Maple Ward, Hospital Road", Location: &channels.Location{Latitude: 51.5, Longitude: -0.12}}},
		"a place nowhere": {with(fake.Text(waPerson, ourWhatsApp, "here"), "Latitude", "NaN", "Longitude", "1"), channels.Inbound{Text: "here"}},
		"a place beyond":  {with(fake.Text(waPerson, ourWhatsApp, "here"), "Latitude", "1", "Longitude", "181"), channels.Inbound{Text: "here"}},
		"a sticker":       {with(fake.Text(waPerson, ourWhatsApp, ""), "MessageType", "sticker"), channels.Inbound{Other: "sticker"}},
		"nothing":         {fake.Text(waPerson, ourWhatsApp, " \n"), channels.Inbound{Other: "empty"}},
		"more files than there are": {with(fake.Text(waPerson, ourWhatsApp, "x"), "NumMedia", "2000000000"),
			channels.Inbound{Text: "x"}},
		"fewer than none":     {with(fake.Text(waPerson, ourWhatsApp, "x"), "NumMedia", "-1"), channels.Inbound{Text: "x"}},
		"what Twilio decided": {with(fake.Text(waPerson, ourWhatsApp, "arrêt"), "OptOutType", "STOP"), channels.Inbound{Text: "arrêt", Opt: channels.OptOut}},
	} {
		got := taken(t, client, request(fake, c.form))
		want := c.want
		want.ID, want.Channel, want.Sender = channels.MessageID("tw:"+c.form.Get("MessageSid")), channels.WhatsApp, ourWhatsApp
		want.Address, want.At = waPerson, time.Unix(1_800_000_000, 0)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, want)
		}
	}
}

// STOP must stop, and YES must stay an answer.
func TestTwilioWords(t *testing.T) {
	fake, client := stand(t)
	for text, want := range map[string]channels.Opt{
		"STOP": channels.OptOut, " stop\n": channels.OptOut, "StopAll": channels.OptOut, "unsubscribe": channels.OptOut, "end": channels.OptOut,
		"QUIT": channels.OptOut, "cancel": channels.OptOut, "revoke": channels.OptOut, "optout": channels.OptOut,
		"START": channels.OptIn, "unstop": channels.OptIn, "help": channels.OptHelp, "INFO": channels.OptHelp,
		"yes": "", "stop it": "", "please help": "", "the end": "", "": "",
	} {
		in := taken(t, client, request(fake, fake.Text(person, ourSMS, text)))
		if in.Opt != want {
			t.Errorf("%q: opt %q, want %q", text, in.Opt, want)
		}
		if in.Text != text {
			t.Errorf("%q: the text was not kept", text)
		}
	}
	form := fake.Text(person, ourSMS, "Yes")
	form.Set("OptOutType", "START")
	if in := taken(t, client, request(fake, form)); in.Opt != "" {
		t.Error("YES was taken for START although a question may be open")
	}
}

// A genuine message that is refused is lost: Twilio signs in several ways.
func TestSpellingsOfASignature(t *testing.T) {
	fake, client := stand(t)
	form := fake.Text(person, ourSMS, "hello")
	form["Repeated"] = []string{"b", "a", "b"}
	form["AddedTomorrow"] = []string{"x"}
	for name, signed := range map[string]string{
		"as configured":       public + "/twilio",
		"with the overrides":  public + "/twilio#rc=5&rp=all",
		"with the https port": strings.Replace(public, ".org", ".org:443", 1) + "/twilio",
	} {
		r := request(fake, form)
		r.Host = "10.0.0.1:8080" // behind a proxy
		r.Header.Set("X-Twilio-Signature", fake.Sign(signed, form))
		w := httptest.NewRecorder()
		client.Webhook(func(context.Context, channels.Inbound) error { return nil }, func(string) {}).ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("%s: status %d", name, w.Code)
		}
		if got := w.Body.String(); got != emptyReply {
			t.Errorf("%s: Twilio would text the person %q", name, got)
		}
	}
}

// A receipt that is misread tells staff that a message arrived, or hides that it
// did not.
func TestStatus(t *testing.T) {
	fake, client := stand(t)
	if _, err := client.Send(t.Context(), channels.Outbound{Task: "Task_1-x", Sender: ourSMS, Address: person, Text: "hello"}); err != nil {
		t.Fatal(err)
	}
	message := fake.Sent(person)[0]
	var got []channels.Receipt
	var counted []string
	fail := false
	h := client.StatusWebhook(func(_ context.Context, r channels.Receipt) error {
		if fail {
			return fmt.Errorf("the store is down")
		}
		got = append(got, r)
		return nil
	}, func(reason string) { counted = append(counted, reason) })
	server := httptest.NewServer(http.StripPrefix("/webhooks/stmarys", h))
	t.Cleanup(server.Close)
	fake.Address = server.URL + "/webhooks/stmarys"
	post := func(status, code string) int {
		answer, err := fake.Status(t.Context(), message, status, code)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}

	for word, want := range map[string]channels.Status{
		"queued": channels.StatusQueued, "sending": channels.StatusQueued, "sent": channels.StatusSent, "delivered": channels.StatusDelivered,
		"read": channels.StatusRead, "undelivered": channels.StatusUndelivered, "failed": channels.StatusUndelivered, "canceled": channels.StatusUndelivered,
	} {
		got = nil
		if answer := post(word, "30003"); answer != http.StatusOK || len(got) != 1 {
			t.Fatalf("%s: answered %d, %d receipts", word, answer, len(got))
		}
		if r := got[0]; r.Status != want || r.Task != "Task_1-x" || r.ID != message.SID || r.Code != "30003" || r.At.IsZero() {
			t.Errorf("%s: %+v", word, r)
		}
	}
	got = nil
	if answer := post("a-status-of-tomorrow", ""); answer != http.StatusOK || got != nil {
		t.Errorf("a status of tomorrow: answered %d, %d receipts", answer, len(got))
	}
	fail = true
	if answer := post("sent", ""); answer != http.StatusServiceUnavailable {
		t.Errorf("with the store down: answered %d", answer)
	}
	message.StatusCallback = strings.Replace(message.StatusCallback, "Task_1", "Task_2", 1)
	form := url.Values{"MessageSid": {message.SID}, "MessageStatus": {"delivered"}}
	r, err := fake.Request(t.Context(), message.StatusCallback, form)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Twilio-Signature", fake.Sign(public+"/twilio/status?task=Task_1-x", form))
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != http.StatusForbidden || counted[len(counted)-1] != channels.RefusedSignature {
		t.Errorf("another task's receipt was taken: %d", w.Code)
	}
}

// Staff act on the sentence: it must say what happened, by the table that failed
// requests have, and promise no later try, since there is none.
func TestAFailureIsToldInPlainWords(t *testing.T) {
	for code, want := range map[string]channels.Receipt{
		"30003": {Sentence: "The phone is off"},
		"63024": {Sentence: "a landline"},
		"21610": {Sentence: "has sent STOP", OptOut: true},
		"63016": {Sentence: "over 24 hours ago", Window: true},
		"63007": {Sentence: "Check the settings"},
		"30001": {Sentence: "look up its code 30001 at Twilio"}, // a full queue: of a request, it would be tried again
		"12345": {Sentence: "look up its code 12345 at Twilio"},
		"":      {Sentence: "does not say why"},
		"+4477": {Sentence: "look up its code 4477 at Twilio"},
		"<b>":   {Sentence: "does not say why"},
	} {
		r := channels.Receipt{Code: code}
		explain(&r)
		if !strings.Contains(r.Sentence, want.Sentence) || strings.Contains(r.Sentence, "by itself") || r.OptOut != want.OptOut || r.Window != want.Window {
			t.Errorf("%s: %+v", code, r)
		}
	}
}

// A setting that is missing must be found at the start, by its name.
func TestNewNamesTheSetting(t *testing.T) {
	good := Config{AccountSID: account, AuthToken: token, SMSFrom: ourSMS, PublicURL: public}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for setting, spoil := range map[string]func(*Config){
		"twilio.auth_token":  func(c *Config) { c.AuthToken = "" },
		"twilio.account_sid": func(c *Config) { c.AccountSID = "AC 1" },
		"twilio.sms_from":    func(c *Config) { c.SMSFrom = "" },
		"twilio.api_url":     func(c *Config) { c.APIURL = "api.twilio.com" },
		"public_url":         func(c *Config) { c.PublicURL = "" },
	} {
		c := good
		spoil(&c)
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), setting) {
			t.Errorf("%s: %v", setting, err)
		} else if strings.Contains(err.Error(), token) {
			t.Errorf("%s: the error holds the token", setting)
		}
	}
}

// FuzzWebhook looks for a form that panics, that is taken unsigned, or that
// becomes a message without anything in it.
func FuzzWebhook(f *testing.F) {
	fake := channelstest.NewTwilio(account, token)
	fake.Close() // its signature is all that is needed
	client, err := New(Config{AccountSID: account, AuthToken: token, SMSFrom: ourSMS, WhatsAppFrom: "+447700900001", PublicURL: public})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("MessageSid=SM1&From=%2B447700900123&To=%2B447700900000&Body=hello", "", "")
	f.Add("MessageSid=SM1&From=whatsapp%3A%2B447700900123&To=whatsapp%3A%2B447700900001&Latitude=NaN&Longitude=1", "a=b", "AAAA")
	f.Add("MessageSid=SM1&MessageSid=SM2&From=x&To=%2B447700900000&NumMedia=99999999999999999999&MediaUrl0=%00", "bodySHA256=x", "=")
	f.Add("Body=%ff%fe&MessageSid=%00&From=%ff&To=%2B447700900000&OptOutType=%ff", "%zz", "\xff")
	f.Add(";;;=%", "#", "")
	f.Fuzz(func(t *testing.T, body, query, signature string) {
		var in []channels.Inbound
		h := client.Webhook(func(_ context.Context, m channels.Inbound) error {
			in = append(in, m)
			return nil
		}, func(string) {})
		serve := func(signature string) int {
			r := httptest.NewRequest(http.MethodPost, "http://any.example/", strings.NewReader(body))
			r.URL.RawQuery = query
			r.Header["X-Twilio-Signature"] = []string{signature}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w.Code
		}
		form, _ := url.ParseQuery(body)
		address := public + "/twilio"
		if query != "" {
			address += "?" + query
		}
		genuine := fake.Sign(address, form)
		if code := serve(signature); signature != genuine && (code < 400 || len(in) > 0) {
			t.Fatalf("unsigned, and answered %d, taken %d times", code, len(in))
		}
		switch code := serve(genuine); code {
		case http.StatusOK, http.StatusBadRequest, http.StatusForbidden, http.StatusRequestEntityTooLarge:
		default:
			t.Fatalf("answered %d", code)
		}
		for _, m := range in {
			if m.ID == "tw:" || m.Address == "" || m.Text+m.Choice+m.Other == "" && m.Media == nil && m.Location == nil {
				t.Fatal("an empty message was taken")
			}
		}
	})
}
