package twilio

import (
	"context"
	"net/http"
	"strings"

	"heard/channels"
)

// StatusWebhook takes in what became of a message, at
// POST {PublicURL}/twilio/status?task=ID; the task is covered by the signature.
// A status that is not known, or comes twice or late, is acknowledged: whoever
// keeps receipts only ever moves a message forward. An error answers 503.
func (c *Client) StatusWebhook(record func(context.Context, channels.Receipt) error, refused channels.Refused) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		form, ok := c.form(w, r, statusPath, refused)
		if !ok {
			return
		}
		receipt := channels.Receipt{
			Task:   r.URL.Query().Get("task"),
			ID:     firstOf(form.Get("MessageSid"), form.Get("SmsSid")),
			Status: statusOf(firstOf(form.Get("MessageStatus"), form.Get("SmsStatus"))),
			Code:   form.Get("ErrorCode"),
			At:     c.now(),
		}
		if receipt.Status == channels.StatusUndelivered {
			explain(&receipt)
		}
		if receipt.ID == "" {
			refuse(w, refused, channels.RefusedMalformed, http.StatusBadRequest)
			return
		}
		if receipt.Status == channels.StatusUnknown {
			refused(channels.RefusedIgnored)
			reply(w)
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), turnLimit) // who asked may have gone: the message has not
		defer cancel()
		if err := record(ctx, receipt); err != nil {
			http.Error(w, "not taken; try again", http.StatusServiceUnavailable)
			return
		}
		reply(w)
	})
}

// statusOf ranks Twilio's words; StatusUnknown for those that say nothing here.
func statusOf(word string) channels.Status {
	switch strings.ToLower(word) {
	case "accepted", "scheduled", "queued", "sending":
		return channels.StatusQueued
	case "sent":
		return channels.StatusSent
	case "delivered":
		return channels.StatusDelivered
	case "read":
		return channels.StatusRead
	case "undelivered", "failed", "canceled":
		return channels.StatusUndelivered
	}
	return channels.StatusUnknown
}
