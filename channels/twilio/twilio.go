// Package twilio is SMS and WhatsApp by Twilio: it verifies and reads webhooks,
// sends, tells what became of a message, and lists what Twilio kept while we
// could not be reached.
//
// Sending and listing go through twilio-go, under one http.RoundTripper of ours
// (call), because the library knows no context, no base URL and no deadline,
// drops Retry-After and leaves the bodies of errors unread. Nothing here logs,
// and no error holds a number, a token or a text.
package twilio

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"heard/channels"
)

// Config is what an account needs. The names in New's errors are those of the
// configuration file.
type Config struct {
	AccountSID   string
	AuthToken    string
	SMSFrom      string // E.164, a short code or a name; empty: no SMS
	WhatsAppFrom string // E.164, with or without "whatsapp:"; empty: no WhatsApp

	// APIURL is where Twilio is; empty: the real one. A stand-in serves the
	// Content API at the same address.
	APIURL string

	// PublicURL is the public base of this provider's webhooks, such as
	// https://heard.example.org/webhooks/stmarys. Signatures are made over it:
	// the Host of a request is what the caller says, and proves nothing.
	PublicURL string

	Transport http.RoundTripper // nil: one of our own, with enough idle connections
	Now       func() time.Time  // nil: the clock
}

// Client is one Twilio account with its senders.
type Client struct {
	accountSID, authToken string
	sms, whatsapp         channels.Sender // empty: not in use
	api, content          *url.URL
	public                string
	transport             http.RoundTripper
	now                   func() time.Time
	signer                *signer
	firsts                firsts
	contents              contents
}

// Pair is a channel with our end of it.
type Pair struct {
	Channel channels.Channel
	Sender  channels.Sender
}

const (
	realAPI     = "https://api.twilio.com"
	realContent = "https://content.twilio.com"

	whatsappPrefix = "whatsapp:"
)

// New checks the configuration and returns a client. It makes no request. An
// empty auth token is refused because twilio-go would accept every webhook that
// is signed with an empty key.
func New(c Config) (*Client, error) {
	apiURL, contentURL := c.APIURL, c.APIURL
	if apiURL == "" || strings.TrimRight(apiURL, "/") == realAPI {
		apiURL, contentURL = realAPI, realContent
	}
	api, apiErr := base("twilio.api_url", apiURL)
	content, _ := base("twilio.api_url", contentURL) // the same, or ours
	_, publicErr := base("public_url", c.PublicURL)
	err := errors.Join(
		credential("twilio.account_sid", c.AccountSID),
		credential("twilio.auth_token", c.AuthToken),
		senders(c), apiErr, publicErr,
	)
	if err != nil {
		return nil, err
	}
	client := &Client{
		accountSID: c.AccountSID, authToken: c.AuthToken, signer: newSigner(c.AuthToken),
		sms: channels.Sender(c.SMSFrom), api: api, content: content,
		public: strings.TrimRight(c.PublicURL, "/"), transport: c.Transport, now: c.Now,
	}
	if c.WhatsAppFrom != "" {
		client.whatsapp = channels.Sender(whatsappPrefix + strings.TrimPrefix(c.WhatsAppFrom, whatsappPrefix))
	}
	if client.now == nil {
		client.now = time.Now
	}
	if client.transport == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.MaxIdleConnsPerHost = 64 // else each burst pays for new connections
		client.transport = own
	}
	return client, nil
}

// WhatsApp tells whether the account has a WhatsApp sender. A nil client has none.
func (c *Client) WhatsApp() bool { return c != nil && c.whatsapp != "" }

// Senders are the channels in use, each with our end of it as it stands in
// Inbound.Sender and Outbound.Sender: WhatsApp's has the prefix "whatsapp:", so
// that one number may serve both.
func (c *Client) Senders() []Pair {
	var pairs []Pair
	if c.sms != "" {
		pairs = append(pairs, Pair{channels.SMS, c.sms})
	}
	if c.whatsapp != "" {
		pairs = append(pairs, Pair{channels.WhatsApp, c.whatsapp})
	}
	return pairs
}

// channelOf is the channel of one of our senders.
func (c *Client) channelOf(s channels.Sender) (channels.Channel, bool) {
	for _, p := range c.Senders() {
		if p.Sender == s {
			return p.Channel, true
		}
	}
	return "", false
}

// credential refuses what twilio-go would refuse at each send.
func credential(setting, value string) error {
	if value == "" {
		return fmt.Errorf("%s is missing: copy it from the Twilio console", setting)
	}
	if strings.ContainsFunc(value, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		return fmt.Errorf("%s holds something other than letters and digits: copy it again from the Twilio console", setting)
	}
	return nil
}

func senders(c Config) error {
	if c.SMSFrom == "" && c.WhatsAppFrom == "" {
		return errors.New("twilio.sms_from and twilio.whatsapp_from are both missing: set the number that people write to")
	}
	return nil
}

func base(setting, value string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(value, "/"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%s is not an address such as https://heard.example.org", setting)
	}
	return u, nil
}
