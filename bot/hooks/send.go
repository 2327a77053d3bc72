package hooks

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"heard/bot"
)

// sendTime is how long an address may take to answer.
const sendTime = 15 * time.Second

// message is what is sent. It names no person and quotes nobody.
type message struct {
	Kind string    `json:"type"`
	At   time.Time `json:"timestamp"`
	Data data      `json:"data"`
}

type data struct {
	Provider  bot.ProviderID `json:"provider"`
	Reference bot.CaseRef    `json:"reference,omitempty"`
	Version   uint64         `json:"version,omitempty"`
}

// TestKind is the kind of a message that is sent to see whether it arrives.
const TestKind = "heard.test"

// Test sends a message that tells of nothing, once.
func Test(ctx context.Context, p bot.ProviderID, h Hook, now time.Time) error {
	return h.send(ctx, "evt_"+string(p)+"_test_"+strconv.FormatInt(now.Unix(), 10), message{TestKind, now.UTC(), data{Provider: p}}, now)
}

// tell sends an event.
func (h *Hook) tell(ctx context.Context, p bot.ProviderID, e bot.CaseEvent, now time.Time) error {
	id := "evt_" + string(p) + "_" + strconv.FormatUint(e.Number, 10) // the same each time, so that it can be known again
	return h.send(ctx, id, message{string(e.Kind), e.At.UTC(), data{p, e.Case, e.Version}}, now)
}

// notTaken is an answer other than 2xx.
type notTaken struct {
	status int
	after  time.Duration // Retry-After; 0: it did not say
}

func (n *notTaken) Error() string { return fmt.Sprintf("the answer was %d", n.status) }

// send posts a message, and is done when the answer is 2xx. Its errors are fixed
// phrases: an address may hold a secret.
func (h *Hook) send(ctx context.Context, id string, m message, now time.Time) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write a message: %w", err)
	}
	signature, err := h.sign(id, now, body)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(h.patience, sendTime))
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return errors.New("the address is none")
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("User-Agent", "heard-webhooks/1")
	q.Header.Set("Webhook-Id", id)
	q.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	q.Header.Set("Webhook-Signature", signature)
	client := h.client()
	defer client.CloseIdleConnections()
	res, err := client.Do(q)
	switch {
	case errors.As(err, new(refused)):
		return errors.New("the address is inside a network, and the webhook was not added as private")
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("no answer came in time")
	case err != nil:
		return errors.New("the address could not be reached")
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // its words do not matter
	_ = res.Body.Close()
	if res.StatusCode < 200 || res.StatusCode > 299 {
		seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		return &notTaken{res.StatusCode, time.Duration(max(seconds, 0)) * time.Second}
	}
	return nil
}

// sign is the signature of Standard Webhooks, version 1: two while a secret is changed.
func (h *Hook) sign(id string, now time.Time, body []byte) (string, error) {
	one, err := signWith(h.Secret, id, now, body)
	if err != nil || h.Before == "" || !now.Before(h.BeforeUntil) {
		return one, err
	}
	before, err := signWith(h.Before, id, now, body)
	return one + " " + before, err
}

func signWith(secret, id string, now time.Time, body []byte) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil || len(key) == 0 {
		return "", errors.New("the secret of the webhook is none")
	}
	sum := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(sum, "%s.%d.%s", id, now.Unix(), body) // never fails
	return "v1," + base64.StdEncoding.EncodeToString(sum.Sum(nil)), nil
}

// client goes where the hook may go, by no proxy that the environment names, and
// follows nobody elsewhere.
func (h *Hook) client() *http.Client {
	dial := &net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error { return h.mayDial(address) }}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: dial.DialContext, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, TLSHandshakeTimeout: 5 * time.Second, ForceAttemptHTTP2: true,
			MaxResponseHeaderBytes: 32 << 10, DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
