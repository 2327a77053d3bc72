package twilio

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"heard/channels"
)

// maxMedia is above what WhatsApp lets a person send (16 MB).
const maxMedia = 20 << 20

var errHost = errors.New("not an address of Twilio's")

// Media opens a file that Twilio holds, with its MIME type. The credentials go
// to the API's host only, and redirects only to where Twilio keeps media. More
// than 20 MB ends in an *http.MaxBytesError while reading, never in a file that
// looks whole. The error is a *channels.SendError, so that it says whether to
// try again.
func (c *Client) Media(ctx context.Context, ref string) (io.ReadCloser, string, error) {
	u, err := url.Parse(ref)
	if err != nil || !c.holdsMedia(u) {
		return nil, "", &channels.SendError{Code: "address", Sentence: "The file is not at Twilio; it was not fetched."}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, "", &channels.SendError{Code: "address", Sentence: "The file's address cannot be read."}
	}
	if u.Host == c.api.Host {
		req.SetBasicAuth(c.accountSID, c.authToken) // net/http drops it when a redirect leaves the host
	}
	client := http.Client{Transport: c.transport, CheckRedirect: c.follow}
	resp, err := client.Do(req)
	if err != nil {
		if errors.Is(err, errHost) {
			return nil, "", &channels.SendError{Code: "address", Sentence: "Twilio sent us elsewhere for the file; it was not fetched."}
		}
		return nil, "", new(channels.Attempt).NoAnswer(err)
	}
	if resp.StatusCode != http.StatusOK {
		_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // so that the connection can be used again
		_ = resp.Body.Close()
		return nil, "", sendError(&channels.Attempt{Status: resp.StatusCode}, nil)
	}
	return http.MaxBytesReader(nil, resp.Body, maxMedia), resp.Header.Get("Content-Type"), nil
}

// RemoveMedia removes a file at Twilio, which keeps it until then. One that is not
// there, or not under the API's address, is no error. The error is a
// *channels.SendError.
func (c *Client) RemoveMedia(ctx context.Context, ref string) error {
	u, err := url.Parse(ref)
	if err != nil || u.Scheme != c.api.Scheme || u.Host != c.api.Host {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, u.String(), nil)
	if err != nil {
		return nil
	}
	req.SetBasicAuth(c.accountSID, c.authToken)
	attempt := new(channels.Attempt)
	resp, err := attempt.RoundTrip(c.transport, req)
	if err != nil {
		return attempt.NoAnswer(err)
	}
	_ = resp.Body.Close() // it was read
	if resp.StatusCode/100 == 2 || resp.StatusCode == http.StatusNotFound {
		return nil
	}
	return sendError(attempt, nil)
}

func (c *Client) follow(req *http.Request, via []*http.Request) error {
	if len(via) > 3 || !c.holdsMedia(req.URL) {
		return errHost
	}
	return nil
}

// holdsMedia is the list of hosts that may be asked for a file.
func (c *Client) holdsMedia(u *url.URL) bool {
	if u.Scheme == c.api.Scheme && u.Host == c.api.Host {
		return true
	}
	if u.Scheme != "https" || u.User != nil || u.Port() != "" {
		return false
	}
	host := u.Hostname()
	return host == "api.twilio.com" || strings.HasSuffix(host, ".twiliocdn.com") ||
		host == "s3-external-1.amazonaws.com" && strings.HasPrefix(u.Path, "/media.twiliocdn.com/")
}
