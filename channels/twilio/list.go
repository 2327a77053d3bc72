package twilio

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"heard/channels"
)

const (
	pageSize = 200
	// findLimit is how many of the newest messages to one person are looked
	// through for one in doubt; at most one is, and it is minutes old.
	findLimit = 50
	// clockSkew is how far Twilio's clock may be behind ours, its dates' missing
	// fraction of a second included.
	clockSkew = 10 * time.Second
)

// Find looks for a send in doubt: the SIDs of messages to this person from this
// sender, made since then, whose body is that of this one.
// For a template and for buttons, whose body Twilio renders, the text must be
// contained. Newest first.
//
// It does not filter by the date of sending, which a queued message does not
// have yet.
func (c *Client) Find(ctx context.Context, out channels.Outbound, since time.Time) ([]string, error) {
	p, failed := c.part(out)
	if failed != nil {
		return nil, failed
	}
	query := url.Values{"To": {c.to(out)}, "From": {string(out.Sender)}, "PageSize": {strconv.Itoa(findLimit)}}
	page, err := c.page(ctx, query)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, m := range page.Messages {
		recent := date(m.DateCreated).After(since.Add(-clockSkew))
		if m.Sid != nil && recent && sameBody(value(m.Body), p, out.Template != nil) {
			found = append(found, *m.Sid)
		}
	}
	return found, nil
}

// sameBody says whether a listed body is that of a part. The body of an approved
// template is not known here: any message of that moment may be it.
func sameBody(body string, p part, template bool) bool {
	switch {
	case template:
		return true
	case len(p.options) > 0:
		return strings.HasPrefix(body, p.text)
	default:
		return body == p.text
	}
}

// span is how much of a list is held at once.
const span = 5 * time.Minute

// List hands over the messages that came in for a sender since then, oldest
// first. An error means that nothing is known of what is missing, and
// that a watermark must stay where it is. It stops at yield's first error. What
// was tapped is here a text, the label: the list does not tell more.
func (c *Client) List(ctx context.Context, sender channels.Sender, since time.Time, yield func(channels.Inbound) error) error {
	channel, ours := c.channelOf(sender)
	if !ours {
		return &channels.SendError{Code: "sender", Sentence: "This number is not in the configuration."}
	}
	before := map[string]bool{} // handed over of the span before: the two meet in a second
	for last := false; !last; since = since.Add(span) {
		query := url.Values{
			"To": {string(sender)}, "DateSent>": {since.UTC().Format(time.RFC3339)}, "PageSize": {strconv.Itoa(pageSize)},
		}
		if last = since.Add(span).After(c.now()); !last {
			query.Set("DateSent<", since.Add(span).UTC().Format(time.RFC3339))
		}
		messages, err := c.listSpan(ctx, query)
		if err != nil {
			return err
		}
		handed := make(map[string]bool, len(messages))
		for _, m := range messages {
			if handed[*m.Sid] = true; before[*m.Sid] {
				continue
			}
			if err := yield(listed(m, channel, sender)); err != nil {
				return err
			}
		}
		before = handed
	}
	return nil
}

// listSpan is what a query lists of what came in, oldest first. Twilio lists the
// newest first, so all of its pages are read.
func (c *Client) listSpan(ctx context.Context, query url.Values) ([]api.ApiV2010Message, error) {
	var newestFirst []api.ApiV2010Message
	for query != nil {
		page, err := c.page(ctx, query)
		if err != nil {
			return nil, err
		}
		for _, m := range page.Messages {
			if value(m.Direction) == "inbound" && m.Sid != nil && m.From != nil {
				newestFirst = append(newestFirst, kept(m))
			}
		}
		query = next(page)
	}
	slices.Reverse(newestFirst)
	return newestFirst, nil
}

// kept is what a long list has to keep of a message.
func kept(m api.ApiV2010Message) api.ApiV2010Message {
	return api.ApiV2010Message{Sid: m.Sid, From: m.From, Body: m.Body, NumMedia: m.NumMedia, DateSent: m.DateSent, DateCreated: m.DateCreated}
}

// page reads one page of messages.
func (c *Client) page(ctx context.Context, query url.Values) (*api.ListMessageResponse, error) {
	call, cancel := c.call(ctx, time.Time{})
	defer cancel()
	call.query = query
	page, err := call.service().PageMessage(nil, "", "")
	if err != nil || call.attempt.Status >= 300 {
		return nil, sendError(&call.attempt, err)
	}
	return page, nil
}

// next is the query of the page behind this one; nil: it was the last.
func next(page *api.ListMessageResponse) url.Values {
	u, err := url.Parse(value(page.NextPageUri))
	if err != nil || u.RawQuery == "" {
		return nil
	}
	return u.Query()
}

// listed is a message of the list as the webhook would have brought it, but for its
// files.
func listed(m api.ApiV2010Message, channel channels.Channel, sender channels.Sender) channels.Inbound {
	in := channels.Inbound{
		ID: messageID(*m.Sid), Channel: channel, Sender: sender, Address: channels.Address(*m.From),
		At: date(m.DateSent), Text: strings.ToValidUTF8(value(m.Body), "\uFFFD"),
	}
	if in.At.IsZero() {
		in.At = date(m.DateCreated)
	}
	in.Opt = opt("", in.Text)
	if n := value(m.NumMedia); n != "" && n != "0" {
		in.Unlisted = true
		return in
	}
	return complete(in, "")
}

// Files looks up the files of a listed message. Those that Twilio does not have any
// more hold up nothing: the rest of the message comes without them.
func (c *Client) Files(ctx context.Context, in channels.Inbound) (channels.Inbound, error) {
	call, cancel := c.call(ctx, time.Time{})
	defer cancel()
	page, err := call.service().PageMedia(strings.TrimPrefix(string(in.ID), "tw:"), nil, "", "")
	if err != nil || call.attempt.Status >= 300 {
		if call.attempt.Status != http.StatusNotFound {
			return in, sendError(&call.attempt, err)
		}
		page = &api.ListMediaResponse{}
	}
	in.Unlisted = false
	for _, m := range page.MediaList {
		if uri := strings.TrimSuffix(value(m.Uri), ".json"); uri != "" {
			in.Media = append(in.Media, mediaOf(c.api.String()+uri, value(m.ContentType)))
		}
	}
	return complete(in, ""), nil
}

// date reads Twilio's RFC 2822 dates; the zero time where there is none.
func date(s *string) time.Time {
	at, _ := time.Parse(time.RFC1123Z, value(s))
	return at
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
