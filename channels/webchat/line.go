package webchat

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"heard/channels"
)

// Line is our end of one channel: what the person writes to, and what
// dispatch sends on.
type Line struct {
	Channel channels.Channel
	Sender  channels.Sender // "try-sms", "try-whatsapp", "try-telegram"
	phones  *Phones
}

// Line is the one line of a channel.
func (p *Phones) Line(c channels.Channel) *Line {
	return &Line{Channel: c, Sender: senderOf(c), phones: p}
}

func senderOf(c channels.Channel) channels.Sender { return channels.Sender("try-" + c) }

// Send puts a message on the person's phone, shown as the channel would. While a
// message of that person is being taken in on this channel it waits, so that an
// answer never stands above what it answers. The error is always a
// *channels.SendError.
func (l *Line) Send(ctx context.Context, out channels.Outbound) (channels.Sent, error) {
	var sent channels.Sent
	one := l.phones.at(l.Channel, out.Address)
	if one == nil || out.Sender != l.Sender {
		return sent, &channels.SendError{Code: "gone", Sentence: "The browser this person wrote from is not known any more: the try-out keeps nothing for long."}
	}
	text, options, how := show(l.Channel, out.Text, out.Options)
	text, long := channels.Whole(text, channels.CapabilitiesOf(l.Channel).TextLimit)
	if long != nil {
		return sent, long
	}
	if !one.begin(ctx, l.Channel) {
		return sent, &channels.SendError{Retry: true, Code: "busy", Sentence: "A message of this person is being taken in; it is sent again by itself."}
	}
	defer one.end(l.Channel)
	if !out.Deadline.IsZero() && l.phones.now().After(out.Deadline) {
		return sent, &channels.SendError{Retry: true, Code: "late", Sentence: "There was no time left to send it; it is sent again by itself."}
	}
	m := message{Channel: l.Channel, From: fromProvider, Text: text, Options: options, Shown: how, task: out.Task}
	sent.IDs = []string{strconv.FormatInt(l.phones.add(one, m).Number, 10)}
	return sent, nil
}

// Find looks for this very message on the phone.
func (l *Line) Find(_ context.Context, out channels.Outbound, since time.Time) ([]string, error) {
	one := l.phones.at(l.Channel, out.Address)
	if one == nil {
		return nil, nil
	}
	var ids []string
	chat, _ := l.phones.chat(one, l.Channel)
	for _, m := range chat {
		if m.From == fromProvider && m.task == out.Task && !m.At.Before(since) {
			ids = append(ids, strconv.FormatInt(m.Number, 10))
		}
	}
	return ids, nil
}

// begin takes the right to add to a chat; false: ctx ended first.
func (one *person) begin(ctx context.Context, c channels.Channel) bool {
	select {
	case one.turns[c] <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (one *person) end(c channels.Channel) { <-one.turns[c] }

// show says how a channel shows options: as far as it can by itself, else as
// numbers in the text. SMS has them in the text already.
func show(c channels.Channel, text string, offered []channels.Option) (string, []option, shown) {
	if len(offered) == 0 || c == channels.SMS {
		return text, nil, ""
	}
	how := kindOf(offered, channels.CapabilitiesOf(c))
	if c == channels.Telegram {
		how = asKeyboard
	}
	if how == "" {
		return numbered(text, offered), nil, ""
	}
	options := make([]option, len(offered))
	for i, o := range offered {
		options[i] = option{Label: o.Label, Data: o.Data}
	}
	return text, options, how
}

// kindOf measures labels in UTF-16 units, as WhatsApp does.
func kindOf(options []channels.Option, c channels.Capabilities) shown {
	longest := 0
	for _, o := range options {
		longest = max(longest, len(utf16.Encode([]rune(o.Label))))
	}
	switch {
	case len(options) <= c.Buttons && longest <= c.ButtonLabel:
		return asButtons
	case len(options) <= c.List && longest <= c.ListLabel:
		return asList
	}
	return ""
}

func numbered(text string, options []channels.Option) string {
	var b strings.Builder
	b.WriteString(text)
	for i, o := range options {
		fmt.Fprintf(&b, "\n%d. %s", i+1, o.Label)
	}
	return b.String()
}
