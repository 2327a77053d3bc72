package twilio

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"

	"heard/channels"
)

// callLimit is how long one request may take, whatever its caller allows.
const callLimit = 15 * time.Second

// call is one request to Twilio, and the http.RoundTripper under twilio-go that
// gives it what the library does not know: a context, the base URL, a deadline.
type call struct {
	ctx     context.Context
	client  *Client
	attempt channels.Attempt

	// query replaces that of the library, which strips everything that looks
	// like ".123" from it: WhatsApp's business-scoped user ids do.
	query url.Values
}

func (c *Client) call(ctx context.Context, deadline time.Time) (*call, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	return &call{ctx: ctx, client: c, attempt: channels.Attempt{Deadline: deadline, Now: c.now}}, cancel
}

// service is twilio-go on this call.
func (c *call) service() *api.ApiService {
	httpClient := &http.Client{Transport: c, CheckRedirect: stay}
	library := &client.Client{Credentials: client.NewCredentials(c.client.accountSID, c.client.authToken), HTTPClient: httpClient}
	library.SetAccountSid(c.client.accountSID)
	return api.NewApiServiceWithClient(library)
}

// RoundTrip sends the library's request to the configured address.
func (c *call) RoundTrip(req *http.Request) (*http.Response, error) {
	out := req.Clone(c.ctx)
	out.URL.Scheme, out.URL.Host = c.client.api.Scheme, c.client.api.Host
	out.URL.Path, out.URL.RawPath = c.client.api.Path+req.URL.Path, ""
	out.Host = ""
	if c.query != nil {
		out.URL.RawQuery = c.query.Encode()
	}
	return c.attempt.RoundTrip(c.client.transport, out)
}

// stay keeps a client from following redirects: the API has none, and a POST
// would become a GET.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
