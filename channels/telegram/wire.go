package telegram

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot"

	"heard/channels"
)

// settingPause is how long a bot rests whose token Telegram refuses: a person
// has to act.
const settingPause = 15 * time.Minute

// attemptKey finds the Attempt that watches a request in its context.
type attemptKey struct{}

// watched is a context for one request.
func watched(ctx context.Context, attempt *channels.Attempt) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithValue(ctx, attemptKey{}, attempt), callLimit)
}

// wire is the HTTP client under the library. It follows no redirects, and its
// errors name no address.
type wire struct{ client *Client }

// Do makes one request of the library.
func (w wire) Do(req *http.Request) (*http.Response, error) {
	attempt, _ := req.Context().Value(attemptKey{}).(*channels.Attempt)
	if attempt == nil {
		attempt = new(channels.Attempt)
	}
	return attempt.RoundTrip(w.client.transport, req)
}

// sendError is what a failed request means. Telegram's limits are for a chat and for
// the bot, and its 429 does not say which was reached. Telegram has no codes beyond HTTP's:
// only its description tells a block from a passing 403.
func sendError(a *channels.Attempt, err error) *channels.SendError {
	if a.Status == 0 {
		return a.NoAnswer(err)
	}
	if slow := new(bot.TooManyRequestsError); errors.As(err, &slow) {
		after := max(time.Duration(min(slow.RetryAfter, 3600))*time.Second, a.RetryAfter)
		return &channels.SendError{Retry: true, After: after, Unscoped: true, Code: "429", Sentence: "Telegram asks us to send more slowly; it is sent again by itself."}
	}
	e := byStatus(a.Status, err)
	e.Code = strconv.Itoa(a.Status)
	if e.Retry {
		e.After = max(e.After, a.RetryAfter)
	}
	return e
}

func byStatus(status int, err error) *channels.SendError {
	switch {
	case status < 300:
		return &channels.SendError{Retry: true, InDoubt: true, Sentence: "Telegram took the message, but its answer cannot be read."}
	case status == http.StatusForbidden && left(err):
		return &channels.SendError{OptOut: true, Sentence: "The person has blocked the bot, or has left Telegram. Reach them another way."}
	case status == http.StatusForbidden:
		return &channels.SendError{Retry: true, Sentence: "Telegram does not let us write to this chat now; it is sent again by itself."}
	case status == http.StatusUnauthorized, status == http.StatusNotFound:
		return &channels.SendError{Retry: true, After: settingPause, AllChats: true, Sentence: "Telegram refuses our bot. Check the setting telegram.token."}
	case status == http.StatusTooManyRequests:
		return &channels.SendError{Retry: true, Unscoped: true, Sentence: "Telegram asks us to send more slowly; it is sent again by itself."}
	case status == http.StatusGatewayTimeout, status == http.StatusRequestTimeout:
		return &channels.SendError{Retry: true, InDoubt: true, Sentence: "Telegram did not answer in time."}
	case status >= 500:
		return &channels.SendError{Retry: true, Sentence: "Telegram has a fault; it is sent again by itself."}
	default:
		return &channels.SendError{Sentence: "Telegram refuses this message: the chat may be gone. Reach the person another way."}
	}
}

// left says whether a 403 is the person's own doing.
func left(err error) bool {
	if !errors.Is(err, bot.ErrorForbidden) {
		return false
	}
	said := strings.ToLower(err.Error())
	return strings.Contains(said, "blocked by the user") || strings.Contains(said, "user is deactivated") ||
		strings.Contains(said, "can't initiate conversation")
}
