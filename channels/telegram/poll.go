package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/go-telegram/bot"

	"heard/channels"
)

const (
	pollWait  = 50 * time.Second // how long Telegram holds a poll open
	pollLimit = pollWait + 10*time.Second
	pauseMin  = 100 * time.Millisecond
	pauseMax  = 10 * time.Second
)

// Poll takes in updates until ctx ends, and returns its error. Telegram is told
// that it has an update only by the request after the one whose updates were all
// taken or put aside: an update that is not taken comes again, and so do those
// behind it, after a pause that grows to ten seconds. One poller a bot at a time;
// the caller holds the lease. It returns early, with a *channels.SendError, only
// when Telegram refuses the token. polled is told how each request ended, nil for an
// answer: while all fail nobody who writes is heard.
func (c *Client) Poll(ctx context.Context, take channels.Take, refused channels.Refused, polled func(error)) error {
	var offset int64
	var pause time.Duration
	for {
		updates, err := c.updates(ctx, offset)
		if ctx.Err() == nil {
			polled(err)
		}
		if err == nil {
			offset, err = c.takeAll(ctx, updates, offset, take, refused)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			pause = 0
			continue
		}
		failed := new(channels.SendError)
		if errors.As(err, &failed) && (failed.Code == "401" || failed.Code == "404") {
			return failed
		}
		pause = max(min(max(2*pause, pauseMin), pauseMax), failed.After)
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// takeAll takes updates in order and returns the offset behind the last that
// needs no repetition.
func (c *Client) takeAll(ctx context.Context, updates []json.RawMessage, offset int64, take channels.Take, refused channels.Refused) (int64, error) {
	for _, raw := range updates {
		var id struct {
			ID int64 `json:"update_id"`
		}
		if err := json.Unmarshal(raw, &id); err != nil {
			return offset, err
		}
		in, tap, err := c.parse(raw)
		if err != nil {
			refused(channels.RefusedIgnored)
			offset = id.ID + 1
			continue
		}
		if err := c.takeOne(ctx, in, take); err != nil {
			return offset, err
		}
		offset = id.ID + 1
		if tap != "" {
			c.answer(ctx, tap)
		}
	}
	return offset, nil
}

func (c *Client) takeOne(ctx context.Context, in channels.Inbound, take channels.Take) error {
	ctx, cancel := context.WithTimeout(ctx, turnLimit)
	defer cancel()
	return take(ctx, in)
}

// answer lets a tapped button stop turning. Nothing depends on it.
func (c *Client) answer(ctx context.Context, tap string) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, _ = c.bot.AnswerCallbackQuery(ctx, &bot.AnswerCallbackQueryParams{CallbackQueryID: tap})
}

// updates asks for what waits from offset on; 0: from the first that Telegram
// was not told we have.
func (c *Client) updates(ctx context.Context, offset int64) ([]json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, pollLimit)
	defer cancel()
	body, err := json.Marshal(map[string]any{
		"offset": offset, "timeout": int(pollWait.Seconds()), "allowed_updates": strings.Split(allowed, ","),
	})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.api+"/bot"+c.token+"/getUpdates", bytes.NewReader(body))
	if err != nil {
		return nil, errMalformed // the library's names the token
	}
	req.Header.Set("Content-Type", "application/json")
	var attempt channels.Attempt
	resp, err := attempt.RoundTrip(c.transport, req)
	if err != nil {
		return nil, attempt.NoAnswer(err)
	}
	var answer struct {
		OK         bool              `json:"ok"`
		Result     []json.RawMessage `json:"result"`
		Parameters struct {
			RetryAfter int `json:"retry_after"`
		} `json:"parameters"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || !answer.OK {
		attempt.RetryAfter = max(attempt.RetryAfter, time.Duration(min(answer.Parameters.RetryAfter, 3600))*time.Second)
		return nil, sendError(&attempt, err)
	}
	return answer.Result, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
