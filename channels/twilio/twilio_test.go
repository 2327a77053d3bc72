package twilio

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"heard/channels"
	"heard/channels/channelstest"
	"heard/channels/channelsuite"
)

const (
	account = "AC00000000000000000000000000000001"
	token   = "0123456789abcdef0123456789abcdef"
	public  = "https://heard.example.org/webhooks/stmarys"

	ourSMS      = "+447700900000"
	ourWhatsApp = "whatsapp:+447700900001"
	person      = "+447700900123"
	waPerson    = "whatsapp:+447700900123"
)

func stand(t *testing.T) (*channelstest.Twilio, *Client) {
	t.Helper()
	fake := channelstest.NewTwilio(account, token)
	t.Cleanup(fake.Close)
	fake.Public, fake.Address = public, public
	client, err := New(Config{
		AccountSID: account, AuthToken: token, SMSFrom: ourSMS, WhatsAppFrom: strings.TrimPrefix(ourWhatsApp, "whatsapp:"),
		APIURL: fake.URL(), PublicURL: public,
	})
	if err != nil {
		t.Fatal(err)
	}
	return fake, client
}

func request(fake *channelstest.Twilio, form url.Values) *http.Request {
	r, err := fake.Request(context.Background(), public+"/twilio", form)
	if err != nil {
		panic(err) // the address is a constant
	}
	return r
}

func TestSMS(t *testing.T) {
	channelsuite.Run(t, func(t *testing.T) channelsuite.Subject { return subject(t, channels.SMS, ourSMS, person) })
}

func TestWhatsApp(t *testing.T) {
	channelsuite.Run(t, func(t *testing.T) channelsuite.Subject { return subject(t, channels.WhatsApp, ourWhatsApp, waPerson) })
}

func subject(t *testing.T, channel channels.Channel, sender, address string) channelsuite.Subject {
	fake, client := stand(t)
	text := func(body string) *http.Request { return request(fake, fake.Text(address, sender, body)) }
	return channelsuite.Subject{
		Channel: channel, Sender: channels.Sender(sender), Address: channels.Address(address),
		Stand: fake, Secrets: []string{token, account},
		Webhook: client.Webhook, Send: client.Send, Text: text,
		Reason: channels.RefusedSignature, Forged: forgeries(fake, address, sender),
		Malformed: map[string]func() *http.Request{
			"not a form":           func() *http.Request { return raw(fake, "%zz") },
			"a form without a SID": func() *http.Request { return request(fake, url.Values{"From": {address}, "To": {sender}}) },
			"nothing":              func() *http.Request { return request(fake, url.Values{}) },
		},
		TooLarge: func() *http.Request { return text(strings.Repeat("x", 64<<10)) },
		Unknown: map[string]func() *http.Request{
			"another sender": func() *http.Request { return request(fake, fake.Text(address, "+447700900099", "hello")) },
		},
		Refusals: refusals(),
	}
}

func forgeries(fake *channelstest.Twilio, address, sender string) map[string]func() *http.Request {
	signed := func() *http.Request { return request(fake, fake.Text(address, sender, "hello")) }
	return map[string]func() *http.Request{
		"no signature": func() *http.Request {
			r := signed()
			r.Header.Del("X-Twilio-Signature")
			return r
		},
		"another message's signature": func() *http.Request {
			r := signed()
			r.Header.Set("X-Twilio-Signature", fake.Sign(public+"/twilio", url.Values{"Body": {"other"}}))
			return r
		},
		"signed for the host of the request": func() *http.Request {
			form := fake.Text(address, sender, "hello")
			r := request(fake, form)
			r.Host = "evil.example"
			r.Header.Set("X-Twilio-Signature", fake.Sign("https://evil.example/twilio", form))
			return r
		},
		"signed with an empty key": func() *http.Request {
			form := fake.Text(address, sender, "hello")
			r := request(fake, form)
			r.Header.Set("X-Twilio-Signature", (&channelstest.Twilio{}).Sign(public+"/twilio", form))
			return r
		},
		"a query that was not signed": func() *http.Request {
			r := signed()
			r.URL.RawQuery = "task=other"
			return r
		},
		"a body hash in place of the body": func() *http.Request {
			form := fake.Text(address, sender, "hello")
			r := request(fake, form)
			r.URL.RawQuery = "bodySHA256=00"
			r.Header.Set("X-Twilio-Signature", fake.Sign(public+"/twilio?bodySHA256=00", nil))
			return r
		},
	}
}

func raw(fake *channelstest.Twilio, body string) *http.Request {
	r, _ := http.NewRequest(http.MethodPost, public+"/twilio", strings.NewReader(body))
	r.Header.Set("X-Twilio-Signature", fake.Sign(public+"/twilio", nil))
	return r
}

func refusals() []channelsuite.Refusal {
	said := func(status, code int) channelstest.Fault {
		return channelstest.Fault{Status: status, Body: channelstest.TwilioError(status, code, "to "+person+": Sentence number 0")}
	}
	slow := said(429, 20429)
	slow.RetryAfter = "7"
	return []channelsuite.Refusal{
		{Name: "too fast", Fault: slow, Want: channels.SendError{Retry: true, After: 7 * time.Second, AllChats: true, Code: "20429"}},
		{Name: "stopped", Fault: said(400, 21610), Want: channels.SendError{OptOut: true, Code: "21610"}},
		{Name: "outside the window", Fault: said(400, 63016), Want: channels.SendError{Window: true, Code: "63016"}},
		{Name: "no such number", Fault: said(400, 21211), Want: channels.SendError{Code: "21211"}},
		{Name: "a landline", Fault: said(400, 21614), Want: channels.SendError{Code: "21614"}},
		{Name: "a code of tomorrow", Fault: said(400, 99999), Want: channels.SendError{Code: "99999"}},
		{Name: "a fault at Twilio", Fault: said(500, 20500), Want: channels.SendError{Retry: true, InDoubt: true, Code: "20500"}},
		{Name: "a gateway's page", Fault: channelstest.Fault{Status: 502, Body: "<html>" + person}, Want: channels.SendError{Retry: true, InDoubt: true, Code: "502"}},
		{Name: "a gateway that waited in vain", Fault: channelstest.Fault{Status: 504, Body: "<html>"}, Want: channels.SendError{Retry: true, InDoubt: true, Code: "504"}},
		{Name: "a busy service", Fault: channelstest.Fault{Status: 503, RetryAfter: "30"}, Want: channels.SendError{Retry: true, After: 30 * time.Second, Code: "503"}},
		{Name: "a wrong token", Fault: said(401, 20003), Want: channels.SendError{Retry: true, After: settingPause, AllChats: true, Code: "20003"}},
		{Name: "an answer that cannot be read", Fault: channelstest.Fault{Status: 201, Body: "<html>", Taken: true}, Want: channels.SendError{Retry: true, InDoubt: true, Code: "201"}},
		{Name: "a redirect", Fault: channelstest.Fault{Status: 302}, Want: channels.SendError{Code: "302"}},
	}
}
