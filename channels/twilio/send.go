package twilio

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"heard/channels"
)

// choiceLimit is how long a text above WhatsApp buttons or a list may be.
const choiceLimit = 1024

// part is one message of a text that was split. Only the last has options.
type part struct {
	text    string
	options []channels.Option
}

// Send sends one message. The error is always a *channels.SendError.
func (c *Client) Send(ctx context.Context, out channels.Outbound) (channels.Sent, error) {
	p, failed := c.part(out)
	if failed != nil {
		return channels.Sent{}, failed
	}
	id, failed := c.sendPart(ctx, out, p)
	if failed != nil {
		return channels.Sent{}, failed
	}
	return channels.Sent{IDs: []string{id}}, nil
}

// part is the text, with its options as the channel shows them.
func (c *Client) part(out channels.Outbound) (part, *channels.SendError) {
	channel, ours := c.channelOf(out.Sender)
	if !ours {
		return part{}, &channels.SendError{Code: "sender", Sentence: "The number this would be sent from is not in the configuration any more. Check twilio.sms_from and twilio.whatsapp_from."}
	}
	if out.Template != nil {
		return part{}, nil
	}
	capable := channels.CapabilitiesOf(channel)
	text, options, limit := out.Text, out.Options, capable.TextLimit
	switch {
	case channel != channels.WhatsApp:
		options = nil // the text numbers them already
	case len(options) > 0 && kindOf(options, capable) == "":
		text, options = numbered(text, options), nil
	case len(options) > 0:
		limit = choiceLimit
	}
	text, failed := channels.Whole(text, limit)
	return part{text, options}, failed
}

// sendPart sends it: with buttons where it has options, and with numbers
// in the text where WhatsApp or the Content API will not have them.
func (c *Client) sendPart(ctx context.Context, out channels.Outbound, p part) (string, *channels.SendError) {
	if out.Template != nil {
		return c.create(ctx, out, content(out.Template.ContentSID, out.Template.Variables))
	}
	if len(p.options) == 0 {
		return c.create(ctx, out, text(p.text))
	}
	if sid, ok := c.choice(ctx, out, p.options); ok {
		id, err := c.create(ctx, out, content(sid, choiceVariables(p)))
		if err == nil || err.Retry || err.OptOut || err.Window || err.InDoubt {
			return id, err
		}
		c.contents.refuse(p.options, c.now())
	}
	return c.create(ctx, out, text(numbered(p.text, p.options)))
}

// create makes one message at Twilio, and returns its SID.
func (c *Client) create(ctx context.Context, out channels.Outbound, fill func(*api.CreateMessageParams)) (string, *channels.SendError) {
	call, cancel := c.call(ctx, out.Deadline)
	defer cancel()
	params := new(api.CreateMessageParams)
	fill(params.SetFrom(string(out.Sender)).SetTo(c.to(out)))
	if out.Task != "" {
		params.SetStatusCallback(c.public + statusPath + "?task=" + out.Task + overrides)
	}
	message, err := call.service().CreateMessage(params)
	if err != nil || call.attempt.Status >= 300 || message.Sid == nil {
		return "", sendError(&call.attempt, err)
	}
	return *message.Sid, nil
}

// to is the address as Twilio wants it: a number that was typed by hand has no
// prefix.
func (c *Client) to(out channels.Outbound) string {
	if out.Sender == c.whatsapp && !strings.HasPrefix(string(out.Address), whatsappPrefix) {
		return whatsappPrefix + string(out.Address)
	}
	return string(out.Address)
}

func text(body string) func(*api.CreateMessageParams) {
	return func(p *api.CreateMessageParams) { p.SetBody(body) }
}

func content(sid string, variables map[string]string) func(*api.CreateMessageParams) {
	return func(p *api.CreateMessageParams) {
		p.SetContentSid(sid)
		if len(variables) > 0 {
			encoded, _ := json.Marshal(variables) // strings alone: cannot fail
			p.SetContentVariables(string(encoded))
		}
	}
}

// numbered is the text with its options below, as on a channel without buttons.
func numbered(text string, options []channels.Option) string {
	var b strings.Builder
	b.WriteString(text)
	for i, o := range options {
		fmt.Fprintf(&b, "\n%d. %s", i+1, o.Label)
	}
	return b.String()
}

// kindOf is how options are shown: as buttons, a list, or "": as numbers.
func kindOf(options []channels.Option, c channels.Capabilities) choiceKind {
	longest := 0
	for _, o := range options {
		if strings.TrimSpace(o.Label) == "" || o.Data == "" {
			return ""
		}
		longest = max(longest, len(utf16.Encode([]rune(o.Label))))
	}
	switch {
	case len(options) <= c.Buttons && longest <= c.ButtonLabel:
		return buttons
	case len(options) <= c.List && longest <= c.ListLabel:
		return list
	}
	return ""
}

// choiceVariables are the values of a choice's content: 1 is the text, then a
// label and its data for each option.
func choiceVariables(p part) map[string]string {
	variables := map[string]string{"1": p.text}
	for i, o := range p.options {
		variables[strconv.Itoa(2*i+2)], variables[strconv.Itoa(2*i+3)] = o.Label, o.Data
	}
	return variables
}
