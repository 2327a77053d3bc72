package channelstest

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What people do, and what Twilio then posts. Each of the makers keeps the
// message in Twilio's list, as the real one does, whether or not it is
// delivered: a message that is not delivered is what reconciliation is for.

// Text is a message that a person writes. The address of WhatsApp is
// "whatsapp:" and a number, on both ends.
func (t *Twilio) Text(from, to, body string) url.Values {
	return t.form(&TwilioMessage{From: from, To: to, Body: body, Inbound: true, At: time.Now()})
}

// Tap is a tap on a WhatsApp button.
func (t *Twilio) Tap(from, to, data, label string) url.Values {
	form := t.Text(from, to, label)
	form.Set("ButtonPayload", data)
	form.Set("ButtonText", label)
	form.Set("MessageType", "button")
	return form
}

// Pick is a choice from a WhatsApp list.
func (t *Twilio) Pick(from, to, data, label string) url.Values {
	form := t.Text(from, to, label)
	form.Set("ListId", data)
	form.Set("ListTitle", label)
	form.Set("MessageType", "interactive")
	return form
}

// Media is a file with a caption, which may be empty.
func (t *Twilio) Media(from, to, caption, contentType, body string) url.Values {
	m := &TwilioMessage{From: from, To: to, Body: caption, Inbound: true, At: time.Now()}
	form := t.form(m)
	file := twilioFile{sid: "ME" + m.SID[2:], contentType: contentType, body: body}
	path := t.mediaPath(m.SID, file.sid)
	t.change(func() {
		m.media = []twilioFile{file}
		t.files[path] = file
	})
	form.Set("NumMedia", "1")
	form.Set("MediaUrl0", t.URL()+path)
	form.Set("MediaContentType0", contentType)
	return form
}

// Position is a shared place on WhatsApp.
func (t *Twilio) Position(from, to string, latitude, longitude float64, label string) url.Values {
	form := t.Text(from, to, "")
	form.Set("Latitude", strconv.FormatFloat(latitude, 'f', -1, 64))
	form.Set("Longitude", strconv.FormatFloat(longitude, 'f', -1, 64))
	form.Set("Label", label)
	return form
}

// form keeps the message and writes what Twilio posts of it.
func (t *Twilio) form(m *TwilioMessage) url.Values {
	t.change(func() { t.keep(m, "SM") })
	return url.Values{
		"AccountSid": {t.AccountSID}, "ApiVersion": {"2010-04-01"}, "Body": {m.Body}, "From": {m.From}, "To": {m.To},
		"MessageSid": {m.SID}, "SmsMessageSid": {m.SID}, "SmsSid": {m.SID}, "SmsStatus": {"received"},
		"NumMedia": {"0"}, "NumSegments": {"1"}, "ProfileName": {"A Name That Must Not Be Kept"},
	}
}

// Deliver posts a message to the program, and returns the status it answered.
func (t *Twilio) Deliver(ctx context.Context, form url.Values) (int, error) {
	return t.post(ctx, t.Public+"/twilio", form)
}

// Status posts what became of a message that was sent.
func (t *Twilio) Status(ctx context.Context, m TwilioMessage, status, code string) (int, error) {
	form := url.Values{
		"AccountSid": {t.AccountSID}, "MessageSid": {m.SID}, "SmsSid": {m.SID}, "From": {m.From}, "To": {m.To},
		"MessageStatus": {status}, "SmsStatus": {status},
	}
	if code != "" {
		form.Set("ErrorCode", code)
	}
	return t.post(ctx, m.StatusCallback, form)
}

func (t *Twilio) post(ctx context.Context, public string, form url.Values) (int, error) {
	req, err := t.Request(ctx, public, form)
	if err != nil {
		return 0, err
	}
	client := t.Client
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// Request is a signed webhook to a public address, on its way to where the
// program really listens.
func (t *Twilio) Request(ctx context.Context, public string, form url.Values) (*http.Request, error) {
	path, ours := strings.CutPrefix(public, t.Public)
	if !ours {
		return nil, fmt.Errorf("the address of a callback is not below %q", t.Public)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.Address+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Twilio-Signature", t.Sign(public, form))
	return req, nil
}

// Sign is Twilio's signature, made here from its description and not with the
// library that checks it: the address, then each name and each of its distinct
// values, in order.
func (t *Twilio) Sign(public string, form url.Values) string {
	var signed strings.Builder
	signed.WriteString(public)
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range slices.Compact(slices.Sorted(slices.Values(form[name]))) {
			signed.WriteString(name + value)
		}
	}
	mac := hmac.New(sha1.New, []byte(t.AuthToken))
	_, _ = io.WriteString(mac, signed.String()) // a hash never fails
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
