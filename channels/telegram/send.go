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

// Send sends one message, in parts where it is too long for one, in order and
// none before the one in front was taken. Options are an inline keyboard below
// the last part. There is no parse mode: what a person or a handler wrote is
// never markup. The error is always a *channels.SendError; the IDs returned
// beside it are of the parts that went out.
func (c *Client) Send(ctx context.Context, out channels.Outbound) (channels.Sent, error) {
	var sent channels.Sent
	if out.Sender != c.sender {
		return sent, &channels.SendError{Code: "sender", Sentence: "The bot this would be sent from is not in the configuration any more. Check telegram.token."}
	}
	parts := channels.Split(out.Text, channels.CapabilitiesOf(channels.Telegram).TextLimit)
	if len(parts) == 0 {
		return sent, &channels.SendError{Code: "empty", Sentence: "There is no text to send."}
	}
	for i := out.SkipParts; i < len(parts); i++ {
		params := &bot.SendMessageParams{ChatID: string(out.Address), Text: parts[i]}
		if i == len(parts)-1 && len(out.Options) > 0 {
			params.ReplyMarkup = keyboardOf(out.Options)
		}
		id, err := c.sendPart(ctx, params, out.Deadline)
		if err != nil {
			err.SentParts = i
			return sent, err
		}
		sent.IDs = append(sent.IDs, id)
	}
	return sent, nil
}

func (c *Client) sendPart(ctx context.Context, params *bot.SendMessageParams, deadline time.Time) (string, *channels.SendError) {
	attempt := &channels.Attempt{Deadline: deadline, Now: c.now}
	ctx, cancel := watched(ctx, attempt)
	defer cancel()
	message, err := c.bot.SendMessage(ctx, params)
	if err != nil {
		return "", sendError(attempt, err)
	}
	return strconv.Itoa(message.ID), nil
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
