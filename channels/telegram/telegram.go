// Package telegram is one Telegram bot: it takes messages in by webhook or by
// polling, and sends.
//
// Sending, files and settings go through go-telegram/bot. Its two ways of taking
// messages in are not used, because both lose them: its webhook answers 200 to
// everything and keeps the update in memory, its polling acknowledges before it
// handles. Its types for updates are not used either: one forwarded message of a
// kind it does not know fails the whole update, and they hold the person's name.
//
// Nothing here logs, and no error holds the token, which is part of every
// address at Telegram.
package telegram

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-telegram/bot"

	"heard/channels"
)

// Config is what a bot needs. The names in errors are those of the configuration
// file.
type Config struct {
	Token         string // from @BotFather: the bot's id, a colon and a secret
	WebhookSecret string // 1 to 256 of A-Z a-z 0-9 _ -; empty: polling
	APIURL        string // empty: https://api.telegram.org

	// PublicURL is the public base of this provider's webhooks, such as
	// https://heard.example.org/webhooks/stmarys. Polling needs none.
	PublicURL string

	Transport http.RoundTripper // nil: one of our own, with enough idle connections
	Now       func() time.Time  // nil: the clock
}

// Client is one bot.
type Client struct {
	bot                   *bot.Bot
	sender                channels.Sender
	token, secret, public string
	api                   string
	transport             http.RoundTripper
	now                   func() time.Time
}

const (
	realAPI     = "https://api.telegram.org"
	webhookPath = "/telegram"

	// callLimit is how long one request may take, whatever its caller allows.
	callLimit = 15 * time.Second

	// allowed are the kinds of update that mean something here. Telegram leaves
	// out my_chat_member unless it is asked for, and with it every block.
	allowed = "message,edited_message,callback_query,my_chat_member"
)

// New checks the configuration and returns a client. It makes no request.
func New(c Config) (*Client, error) {
	id, _, _ := strings.Cut(c.Token, ":")
	c.APIURL = strings.TrimRight(cmp.Or(c.APIURL, realAPI), "/")
	if err := errors.Join(checkToken(c.Token), checkSecret(c), checkURL("telegram.api_url", c.APIURL)); err != nil {
		return nil, err
	}
	client := &Client{
		sender: channels.Sender(id), token: c.Token, secret: c.WebhookSecret, api: c.APIURL,
		public: strings.TrimRight(c.PublicURL, "/"), transport: c.Transport, now: c.Now,
	}
	if client.now == nil {
		client.now = time.Now
	}
	if client.transport == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.MaxIdleConnsPerHost = 64
		client.transport = own
	}
	library, err := bot.New(c.Token, bot.WithSkipGetMe(), bot.WithServerURL(c.APIURL),
		bot.WithHTTPClient(callLimit, wire{client}), bot.WithUpdatesChannelCap(0),
		bot.WithErrorsHandler(func(error) {})) // it would log addresses that hold the token
	if err != nil {
		return nil, errors.New("telegram.token is not accepted")
	}
	client.bot = library
	return client, nil
}

// Sender is the bot's id, as it stands in Inbound.Sender and Outbound.Sender.
func (c *Client) Sender() channels.Sender { return c.sender }

// BotName is the bot's name for deep links: https://t.me/NAME?start=CODE.
func (c *Client) BotName(ctx context.Context) (string, error) {
	attempt := new(channels.Attempt)
	ctx, cancel := watched(ctx, attempt)
	defer cancel()
	me, err := c.bot.GetMe(ctx)
	if err != nil {
		return "", sendError(attempt, err)
	}
	return me.Username, nil
}

// SetWebhook tells Telegram where to post, with which secret and which kinds of
// update. What waits there is kept and posted.
func (c *Client) SetWebhook(ctx context.Context) error {
	if c.secret == "" {
		return errors.New("telegram.webhook_secret is missing: without it this bot is polled")
	}
	attempt := new(channels.Attempt)
	ctx, cancel := watched(ctx, attempt)
	defer cancel()
	_, err := c.bot.SetWebhook(ctx, &bot.SetWebhookParams{
		URL: c.public + webhookPath, SecretToken: c.secret, AllowedUpdates: strings.Split(allowed, ","),
	})
	return settled(attempt, err)
}

// DeleteWebhook makes polling possible. What waits at Telegram is kept.
func (c *Client) DeleteWebhook(ctx context.Context) error {
	attempt := new(channels.Attempt)
	ctx, cancel := watched(ctx, attempt)
	defer cancel()
	_, err := c.bot.DeleteWebhook(ctx, &bot.DeleteWebhookParams{})
	return settled(attempt, err)
}

// settled is nil, or a SendError: never a typed nil.
func settled(attempt *channels.Attempt, err error) error {
	if err != nil {
		return sendError(attempt, err)
	}
	return nil
}

func checkToken(token string) error {
	id, secret, _ := strings.Cut(token, ":")
	if id == "" || secret == "" || strings.Trim(id, "0123456789") != "" || !plain(secret) {
		return errors.New("telegram.token is missing or not a token: copy it from @BotFather, it is a number, a colon and 35 characters")
	}
	return nil
}

func checkSecret(c Config) error {
	if c.WebhookSecret == "" {
		return nil
	}
	if len(c.WebhookSecret) > 256 || !plain(c.WebhookSecret) {
		return errors.New("telegram.webhook_secret may hold 1 to 256 letters, digits, - and _")
	}
	return checkURL("public_url", c.PublicURL)
}

// plain says whether Telegram takes this in a token, secret or address as it is.
func plain(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' && r != '_'
	})
}

func checkURL(setting, value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%s is not an address such as https://heard.example.org", setting)
	}
	return nil
}
