package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"heard/channels"
)

const (
	// maxUpdate is far above what Telegram sends: 4,096 characters and figures.
	maxUpdate = 1 << 20

	// turnLimit is how long a message may take to become durable.
	turnLimit = 5 * time.Second

	secretHeader = "X-Telegram-Bot-Api-Secret-Token"
)

// Webhook takes in updates at POST {PublicURL}/telegram. It answers 200 once
// take has returned nil, and 503 if it failed, which Telegram repeats for a day.
// A tap is answered in the body of the 200, so that the person's button stops
// turning without a request more. It is refused where there is no secret: anyone
// could speak for everyone.
func (c *Client) Webhook(take channels.Take, refused channels.Refused) (http.Handler, error) {
	if c.secret == "" {
		return nil, errors.New("telegram.webhook_secret is missing: without it this bot is polled, and has no webhook")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, ok := c.read(w, r, refused)
		if !ok {
			return
		}
		in, tap, err := c.parse(raw)
		switch {
		case errors.Is(err, errMalformed):
			refuse(w, refused, channels.RefusedMalformed, http.StatusBadRequest)
			return
		case err != nil:
			refused(channels.RefusedIgnored)
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), turnLimit) // who asked may have gone: the message has not
		defer cancel()
		if err := take(ctx, in); err != nil {
			http.Error(w, "not taken; try again", http.StatusServiceUnavailable)
			return
		}
		if tap != "" {
			w.Header().Set("Content-Type", "application/json")
			answer := map[string]string{"method": "answerCallbackQuery", "callback_query_id": tap}
			_ = json.NewEncoder(w).Encode(answer) // a button that turns on is all that is lost
		}
	}), nil
}

// read verifies and reads a request; if it returns false the answer was given.
func (c *Client) read(w http.ResponseWriter, r *http.Request, refused channels.Refused) ([]byte, bool) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, refused, channels.RefusedMalformed, http.StatusMethodNotAllowed)
		return nil, false
	}
	if !same(r.Header.Get(secretHeader), c.secret) {
		refuse(w, refused, channels.RefusedSecret, http.StatusForbidden)
		return nil, false
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		refuse(w, refused, channels.RefusedTooLarge, http.StatusRequestEntityTooLarge)
		return nil, false
	}
	if err != nil {
		refuse(w, refused, channels.RefusedMalformed, http.StatusBadRequest)
		return nil, false
	}
	return raw, true
}

// same compares in a time that tells neither the secret nor its length.
func same(got, want string) bool {
	g, w := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(g[:], w[:]) == 1
}

func refuse(w http.ResponseWriter, refused channels.Refused, reason string, status int) {
	refused(reason)
	http.Error(w, reason, status)
}
