package console

import (
	"html/template"
	"net/url"
	"strings"

	"heard/bot"
	"heard/channels"
)

// scanned is one way to write to a provider, with the QR code that begins it.
type scanned struct {
	Channel string // "WhatsApp", "Telegram", "Text message"
	Address string // as people type it: a number, or "@NAME"
	Text    string // what they then send; empty: the link says it
	Picture template.HTML
}

// scans are the ways of a provider with a text that begins the conversation. start is
// the same as a deep link carries it.
func scans(ways []bot.Way, text, start string) ([]scanned, error) {
	var all []scanned
	for _, w := range ways {
		s := scanned{Text: text}
		number := strings.TrimPrefix(string(w.Sender), "whatsapp:")
		link := ""
		switch w.Channel {
		case channels.SMS:
			s.Channel, s.Address = "Text message", shownNumber(number)
			link = "sms:" + number + "?body=" + url.PathEscape(text)
		case channels.WhatsApp:
			s.Channel, s.Address = "WhatsApp", shownNumber(number)
			link = "https://wa.me/" + strings.TrimPrefix(number, "+") + "?text=" + url.QueryEscape(text)
		case channels.Telegram:
			_, name, ok := strings.Cut(w.Reach, "https://t.me/")
			if !ok {
				continue
			}
			s.Channel, s.Address, s.Text = "Telegram", "@"+name, ""
			link = "https://t.me/" + name + "?start=" + start
		default:
			continue
		}
		var err error
		if s.Picture, err = qrSVG(link); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// waysOf are how people can write to the provider of a desk.
func (p *pages) waysOf() []bot.Way {
	if ways := p.desk.Provider().Ways; ways != nil {
		return ways()
	}
	return nil
}

// shownNumber is a number as people here read it: 07700 900123.
func shownNumber(number string) string {
	rest, british := strings.CutPrefix(number, "+44")
	if !british || len(rest) != 10 {
		return number
	}
	return "0" + rest[:4] + " " + rest[4:]
}
