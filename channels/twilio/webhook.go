package twilio

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"heard/channels"
)

const (
	// maxForm is far above what Twilio sends: 1,600 characters and some names.
	maxForm = 64 << 10

	// turnLimit is how long a message may take to become durable. Twilio gives
	// up after fifteen seconds in all, retries included.
	turnLimit = 5 * time.Second

	messagePath = "/twilio"
	statusPath  = "/twilio/status"

	emptyReply = `<?xml version="1.0" encoding="UTF-8"?><Response/>`
)

// Webhook takes in messages of both channels at POST {PublicURL}/twilio. It
// answers 200 with an empty reply once take has returned nil, and 503 if it
// failed: all that is said to a person goes by Send, for an id, a receipt and
// the right order. Set the address at Twilio with "#rc=5&rp=all" behind it, so
// that Twilio repeats what was not answered 200.
func (c *Client) Webhook(take channels.Take, refused channels.Refused) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		form, ok := c.form(w, r, messagePath, refused)
		if !ok {
			return
		}
		in, err := c.parse(form)
		switch {
		case errors.Is(err, errNotOurs):
			refused(channels.RefusedIgnored)
			reply(w)
			return
		case err != nil:
			refuse(w, refused, channels.RefusedMalformed, http.StatusBadRequest)
			return
		}
		in.At = c.firsts.cameFirst(in.ID, in.At)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), turnLimit) // who asked may have gone: the message has not
		defer cancel()
		if err := take(ctx, in); err != nil {
			c.firsts.refused(in.ID, in.At)
			w.Header().Set("Retry-After", "1")
			http.Error(w, "not taken; try again", http.StatusServiceUnavailable)
			return
		}
		reply(w)
	})
}

// form reads and verifies a request; if it returns false the answer was given.
func (c *Client) form(w http.ResponseWriter, r *http.Request, path string, refused channels.Refused) (url.Values, bool) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, refused, channels.RefusedMalformed, http.StatusMethodNotAllowed)
		return nil, false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		refuse(w, refused, channels.RefusedTooLarge, http.StatusRequestEntityTooLarge)
		return nil, false
	}
	var form url.Values
	if err == nil {
		form, err = url.ParseQuery(string(body))
	}
	if err != nil {
		refuse(w, refused, channels.RefusedMalformed, http.StatusBadRequest)
		return nil, false
	}
	if !c.signed(path, r.URL.RawQuery, form, r.Header.Get("X-Twilio-Signature")) {
		refuse(w, refused, channels.RefusedSignature, http.StatusForbidden)
		return nil, false
	}
	return form, true
}

func reply(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = io.WriteString(w, emptyReply) // who hung up asks again, and is known
}

func refuse(w http.ResponseWriter, refused channels.Refused, reason string, status int) {
	refused(reason)
	http.Error(w, reason, status)
}
