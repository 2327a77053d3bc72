package telegram

import (
	"context"
	"strconv"
	"time"

	"github.com/go-telegram/bot"

	"heard/channels"
)

// rowLength is how many characters of labels share a row of the keyboard: what a
// narrow phone shows uncut.
const rowLength = 24

// keyboard is an inline keyboard. The library's own type always writes an empty
// copy_text into each button, which then has two purposes; Telegram allows one.
type keyboard struct {
	Rows [][]button `json:"inline_keyboard"`
}

type button struct {
	Text string `json:"text"`
	Data string `json:"callback_data"`
}

// Send sends one message. Options are an inline keyboard below it. There is no parse
// mode: what a person or a handler wrote is never markup. The error is always a
// *channels.SendError.
func (c *Client) Send(ctx context.Context, out channels.Outbound) (channels.Sent, error) {
	if out.Sender != c.sender {
		return channels.Sent{}, &channels.SendError{Code: "sender", Sentence: "The bot this would be sent from is not in the configuration any more. Check telegram.token."}
	}
	text, long := channels.Whole(out.Text, channels.CapabilitiesOf(channels.Telegram).TextLimit)
	if long != nil {
		return channels.Sent{}, long
	}
	params := &bot.SendMessageParams{ChatID: string(out.Address), Text: text}
	if len(out.Options) > 0 {
		params.ReplyMarkup = keyboardOf(out.Options)
	}
	attempt := &channels.Attempt{Deadline: out.Deadline, Now: c.now}
	ctx, cancel := watched(ctx, attempt)
	defer cancel()
	message, err := c.bot.SendMessage(ctx, params)
	if err != nil {
		return channels.Sent{}, sendError(attempt, err)
	}
	return channels.Sent{IDs: []string{strconv.Itoa(message.ID)}}, nil
}

// keyboardOf puts short labels beside each other, and every long one in a row of
// its own.
func keyboardOf(options []channels.Option) keyboard {
	var k keyboard
	used := rowLength
	for _, o := range options {
		length := len([]rune(o.Label))
		if used+length > rowLength {
			k.Rows, used = append(k.Rows, nil), 0
		}
		last := len(k.Rows) - 1
		k.Rows[last] = append(k.Rows[last], button{Text: o.Label, Data: o.Data})
		used += length
	}
	return k
}

// Find knows nothing of a send in doubt: Telegram keeps no list that a bot can
// read, as CapabilitiesOf says.
func (c *Client) Find(context.Context, channels.Outbound, time.Time) ([]string, error) {
	return nil, nil
}
