package console

import (
	"fmt"
	"strings"

	"heard/bot"
	"heard/bot/desk"
	"heard/channels"
	"heard/flows"
)

// arrival is how an update comes to a person on one channel.
type arrival struct {
	Name     string
	Theirs   bool // the channel that they use
	Template bool // an approved template asks first, in place of First

	First []bubble // that nobody asked for: it says nothing of the matter
	Then  []bubble // when they answer it

	Texts   int    // SMS segments of all of it; 0: it is not billed by them
	Cost    string // of those; empty: that is not set
	Culprit string // the character that makes them shorter; empty: none
}

// bubble is one message as it is seen.
type bubble struct {
	Text    string
	Buttons []string // none: the choices are numbered in the text
}

// arrivals are how a letter arrives: by the flow that tells it, word for word.
func (p *pages) arrivals(one *desk.View, l letter) ([]arrival, error) {
	return p.onEach(l.Reach, func(c channels.Channel) (first, then []bubble, err error) {
		before, after, err := p.rehearse(one, c, l.Words)
		return bubbles(c, bot.Messages(c, before)), bubbles(c, bot.Messages(c, after)), err
	})
}

// onEach shows how something arrives on each channel, the person's own first.
func (p *pages) onEach(reach bot.Reach, arrives func(channels.Channel) (first, then []bubble, err error)) (all []arrival, err error) {
	for _, c := range []channels.Channel{channels.SMS, channels.WhatsApp, channels.Telegram} {
		a := arrival{Name: channelName(c), Theirs: c == reach.Channel, Template: c == reach.Channel && reach.Shut}
		if a.First, a.Then, err = arrives(c); err != nil {
			return nil, err
		}
		if channels.CapabilitiesOf(c).Segments {
			p.price(&a)
		}
		if a.Theirs {
			all = append([]arrival{a}, all...)
		} else {
			all = append(all, a)
		}
	}
	return all, nil
}

// rehearse plays the flow that tells an update, with a person who wants to read it.
func (p *pages) rehearse(one *desk.View, c channels.Channel, words string) (first, then []flows.Send, err error) {
	of := p.desk.Provider()
	play := flows.NewSimulation(of.Flows, flows.Channel(c), one.Language)
	play.Facts.Provider, play.Facts.PublicName = of.Name, of.PublicName
	play.Facts.Case = flows.CaseFacts{Ref: string(one.Ref), Stage: one.Stage, Status: string(one.Status), Handler: one.Handler, Due: one.Due}
	if err := play.Happen("update", words); err != nil {
		return nil, nil, fmt.Errorf("preview: %w", err)
	}
	n := len(play.Said)
	if err := play.Write("1"); err != nil {
		return nil, nil, fmt.Errorf("preview: %w", err)
	}
	return play.Said[:n], play.Said[n:], nil
}

func bubbles(c channels.Channel, said []bot.Message) (all []bubble) {
	for _, m := range said {
		b := bubble{Text: m.Text}
		if channels.CapabilitiesOf(c).Buttons > 0 {
			for _, o := range m.Options {
				b.Buttons = append(b.Buttons, o.Label)
			}
		}
		all = append(all, b)
	}
	return all
}

// price counts what an arrival costs.
func (p *pages) price(a *arrival) {
	var culprits []string
	for _, b := range append(a.First[:len(a.First):len(a.First)], a.Then...) {
		n := flows.CountSMS(b.Text)
		a.Texts += n.Segments
		if n.UCS2 {
			culprits = append(culprits, fmt.Sprintf("%q", n.Culprit))
		}
	}
	a.Culprit = strings.Join(culprits, " and ")
	if pence := p.desk.Provider().SMSPence; pence > 0 {
		a.Cost = fmt.Sprintf("about %.0f p", float64(a.Texts)*pence)
	}
}
