package twilio

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"heard/channels"
)

// Buttons and lists on WhatsApp need a content at Twilio, which twilio-go's
// message API only names. All of a content's words can be variables, so one of
// each shape is enough for every message: up to three buttons, up to ten rows.
// They are made when first needed, found again by name after a restart, and
// hold no word of anybody. Only sessions of 24 hours take them, which is where
// options are sent.

// choiceKind is the content type; "": numbers in the text.
type choiceKind string

const (
	buttons choiceKind = "twilio/quick-reply"
	list    choiceKind = "twilio/list-picker"
)

// contentPause is how long numbers are sent after the Content API failed, so
// that an account without it does not pay a request a message.
const contentPause = 10 * time.Minute

// listButton opens a list. It is a sign, not a word: a content has no language.
const listButton = "☰"

// contents are the shapes that exist at Twilio.
type contents struct {
	one sync.Mutex // looks for a shape, or makes it: else many would make the same at once

	mu    sync.Mutex
	sids  map[string]string // by name; at most 13
	retry time.Time         // not before this
}

// choice is the content for so many options; false: send numbers.
func (c *Client) choice(ctx context.Context, out channels.Outbound, options []channels.Option) (string, bool) {
	kind := kindOf(options, channels.CapabilitiesOf(channels.WhatsApp))
	name := contentName(kind, len(options))
	if sid, known := c.contents.get(name, c.now()); known {
		return sid, sid != ""
	}
	c.contents.one.Lock()
	defer c.contents.one.Unlock()
	if sid, known := c.contents.get(name, c.now()); known {
		return sid, sid != ""
	}
	sid, err := c.findContent(ctx, out, name)
	if err == nil && sid == "" {
		sid, err = c.createContent(ctx, out, kind, name, len(options))
	}
	c.contents.put(name, sid, err, c.now())
	return sid, err == nil
}

// get returns the SID, or an empty one while the API is left alone.
func (s *contents) get(name string, now time.Time) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sid, known := s.sids[name]
	return sid, known || now.Before(s.retry)
}

func (s *contents) put(name, sid string, err error, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.retry = now.Add(contentPause)
		return
	}
	if s.sids == nil {
		s.sids = map[string]string{}
	}
	s.sids[name] = sid
}

// refuse forgets a content that Twilio does not take any more: numbers are sent for
// a while, and then it is looked for, or made, anew.
func (s *contents) refuse(options []channels.Option, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sids, contentName(kindOf(options, channels.CapabilitiesOf(channels.WhatsApp)), len(options)))
	s.retry = now.Add(contentPause)
}

// contentName is "heard_quick_reply_3" and the like: with a number for when the
// shape itself changes.
func contentName(kind choiceKind, n int) string {
	if kind == list {
		return fmt.Sprintf("heard_list_picker_%d_v1", n)
	}
	return fmt.Sprintf("heard_quick_reply_%d_v1", n)
}

type contentAnswer struct {
	SID      string          `json:"sid"`
	Name     string          `json:"friendly_name"`
	Contents []contentAnswer `json:"contents"`
	Meta     struct {
		Next string `json:"next_page_url"`
	} `json:"meta"`
}

// findContent looks for a shape that an earlier run made; "": there is none.
func (c *Client) findContent(ctx context.Context, out channels.Outbound, name string) (string, error) {
	for query := "?PageSize=500"; ; {
		answer, err := c.contentAPI(ctx, out.Deadline, http.MethodGet, query, nil)
		if err != nil {
			return "", err
		}
		for _, found := range answer.Contents {
			if found.Name == name {
				return found.SID, nil
			}
		}
		next, err := url.Parse(answer.Meta.Next)
		if err != nil || next.RawQuery == "" || "?"+next.RawQuery == query {
			return "", nil
		}
		query = "?" + next.RawQuery
	}
}

func (c *Client) createContent(ctx context.Context, out channels.Outbound, kind choiceKind, name string, n int) (string, error) {
	body, _ := json.Marshal(shape(kind, name, n)) // strings and maps of them: cannot fail
	answer, err := c.contentAPI(ctx, out.Deadline, http.MethodPost, "", body)
	if err == nil && answer.SID == "" {
		err = byStatus(http.StatusBadGateway)
	}
	return answer.SID, err
}

// shape is the content: every word a variable, numbered as choiceVariables does.
func shape(kind choiceKind, name string, n int) map[string]any {
	variables := map[string]string{"1": "text"}
	var items []map[string]string
	for i := range n {
		label, data := strconv.Itoa(2*i+2), strconv.Itoa(2*i+3)
		variables[label], variables[data] = "label "+label, "data-"+data
		item := map[string]string{"id": "{{" + data + "}}"}
		if kind == list {
			item["item"] = "{{" + label + "}}"
		} else {
			item["type"], item["title"] = "QUICK_REPLY", "{{"+label+"}}"
		}
		items = append(items, item)
	}
	content := map[string]any{"body": "{{1}}"}
	if kind == list {
		content["button"], content["items"] = listButton, items
	} else {
		content["actions"] = items
	}
	return map[string]any{
		"friendly_name": name, "language": "en", "variables": variables,
		"types": map[string]any{string(kind): content},
	}
}

// contentAPI makes one request to the Content API.
func (c *Client) contentAPI(ctx context.Context, deadline time.Time, method, query string, body []byte) (contentAnswer, error) {
	var answer contentAnswer
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.content.String()+"/v1/Content"+query, bytes.NewReader(body))
	if err != nil {
		return answer, err
	}
	req.SetBasicAuth(c.accountSID, c.authToken)
	req.Header.Set("Content-Type", "application/json")
	attempt := channels.Attempt{Deadline: deadline, Now: c.now}
	resp, err := attempt.RoundTrip(c.transport, req)
	if err != nil {
		return answer, attempt.NoAnswer(err)
	}
	if resp.StatusCode >= 300 {
		return answer, sendError(&attempt, nil)
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return answer, byStatus(http.StatusBadGateway)
	}
	return answer, nil
}
