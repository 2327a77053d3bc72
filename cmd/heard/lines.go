package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"heard/bot"
	"heard/bot/dispatch"
	"heard/channels"
	"heard/channels/telegram"
	"heard/channels/twilio"
	"heard/config"
)

// lines are the numbers and the bot of one provider.
type lines struct {
	provider bot.ProviderID
	twilio   *twilio.Client   // nil: none
	telegram *telegram.Client // nil: none
	webhook  bool             // Telegram calls; else it is polled

	botName atomic.Value // Telegram's, a string; none before we have asked
}

// webhooks is where a provider's webhooks are, below the public address.
func webhooks(p string) string { return "/webhooks/" + p }

func newLines(c config.Config, p config.Provider) (*lines, error) {
	l := &lines{provider: bot.ProviderID(p.ID)}
	public := strings.TrimRight(c.PublicURL, "/") + webhooks(p.ID)
	var failed error
	if t := p.Twilio; t != nil {
		var err error
		l.twilio, err = twilio.New(twilio.Config{
			AccountSID: t.AccountSID, AuthToken: t.AuthToken, SMSFrom: t.SMSFrom, WhatsAppFrom: t.WhatsAppFrom,
			APIURL: t.APIURL, PublicURL: public,
		})
		failed = errors.Join(failed, err)
	}
	if t := p.Telegram; t != nil {
		secret := ""
		if t.WebhookSecret != nil {
			secret, l.webhook = *t.WebhookSecret, true
		}
		var err error
		l.telegram, err = telegram.New(telegram.Config{Token: t.Token, WebhookSecret: secret, APIURL: t.APIURL, PublicURL: public})
		failed = errors.Join(failed, err)
	}
	return l, failed
}

// senders adds the provider's lines to those that the dispatcher sends on.
func (l *lines) senders(all map[dispatch.Line]dispatch.Sender) {
	if l.twilio != nil {
		for _, pair := range l.twilio.Senders() {
			all[dispatch.Line{Provider: l.provider, Channel: pair.Channel, Sender: pair.Sender}] = l.twilio
		}
	}
	if l.telegram != nil {
		all[dispatch.Line{Provider: l.provider, Channel: channels.Telegram, Sender: l.telegram.Sender()}] = l.telegram
	}
}

// media are where the files that people send are fetched.
func (l *lines) media() map[channels.Channel]bot.MediaSource {
	all := map[channels.Channel]bot.MediaSource{}
	if l.twilio != nil {
		all[channels.SMS], all[channels.WhatsApp] = l.twilio, l.twilio
	}
	if l.telegram != nil {
		all[channels.Telegram] = l.telegram
	}
	return all
}

// ways are how people can write to the provider. The links bring along a code to go
// on by; on a phone number it is typed.
func (l *lines) ways() []bot.Way {
	var all []bot.Way
	if l.twilio != nil {
		for _, pair := range l.twilio.Senders() {
			number := strings.TrimPrefix(string(pair.Sender), "whatsapp:")
			way := bot.Way{Channel: pair.Channel, Sender: pair.Sender, Text: "SMS: " + number, Reach: "SMS: " + number}
			if pair.Channel == channels.WhatsApp {
				way.Reach = "WhatsApp: https://wa.me/" + strings.TrimPrefix(number, "+")
				way.Text = way.Reach + "?text=MOVE%20{code}"
			}
			all = append(all, way)
		}
	}
	if name, ok := l.botName.Load().(string); ok {
		reach := "Telegram: https://t.me/" + name
		all = append(all, bot.Way{Channel: channels.Telegram, Sender: l.telegram.Sender(), Text: reach + "?start=m_{code}", Reach: reach})
	}
	return all
}

func (l *lines) learnName(ctx context.Context) error {
	name, err := l.telegram.BotName(ctx)
	if err == nil && name != "" {
		l.botName.Store(name)
	}
	return err
}

// inboxes are what is fetched: Twilio's list, which is its inbox, and a bot that
// is polled.
func (l *lines) inboxes() []dispatch.Inbox {
	var all []dispatch.Inbox
	if l.twilio != nil {
		for _, pair := range l.twilio.Senders() {
			all = append(all, dispatch.Inbox{Provider: l.provider, Sender: pair.Sender, Lister: l.twilio})
		}
	}
	if l.telegram != nil && !l.webhook {
		all = append(all, dispatch.Inbox{Provider: l.provider, Sender: l.telegram.Sender(), Poller: l.telegram})
	}
	return all
}

// handle puts the provider's webhooks on the mux.
func (l *lines) handle(mux *http.ServeMux, h *house) error {
	base := "POST " + webhooks(string(l.provider))
	take := func(ctx context.Context, in channels.Inbound) error { return h.receive(ctx, l.provider, in) }
	if l.twilio != nil {
		mux.Handle(base+"/twilio", l.twilio.Webhook(take, h.metrics.refused("twilio")))
		mux.Handle(base+"/twilio/status", l.twilio.StatusWebhook(h.receipt(l.provider), h.metrics.refused("twilio status")))
	}
	if l.telegram != nil && l.webhook {
		webhook, err := l.telegram.Webhook(take, h.metrics.refused("telegram"))
		if err != nil {
			return err
		}
		mux.Handle(base+"/telegram", webhook)
	}
	return nil
}

// receipt notes what a provider tells of a message that was sent.
func (h *house) receipt(p bot.ProviderID) func(context.Context, channels.Receipt) error {
	return func(ctx context.Context, r channels.Receipt) error {
		h.metrics.receipt(r.Status)
		return h.bot.Receipt(ctx, p, r)
	}
}

// announcePause is how long a refused announcement waits before the next.
const announcePause = 30 * time.Second

// announce tells Telegram whether it calls or is polled, and asks what our bot is
// called.
func (l *lines) announce(ctx context.Context, log *slog.Logger) {
	if l.telegram == nil {
		return
	}
	tell := l.telegram.DeleteWebhook
	if l.webhook {
		tell = l.telegram.SetWebhook
	}
	for {
		err := tell(ctx)
		if err == nil {
			err = l.learnName(ctx)
		}
		if err == nil || ctx.Err() != nil {
			return
		}
		log.LogAttrs(ctx, slog.LevelWarn, "Telegram was not told how updates come",
			slog.String("provider", string(l.provider)), slog.String("error", err.Error()))
		select {
		case <-ctx.Done():
			return
		case <-time.After(announcePause):
		}
	}
}
