package bot

import (
	"context"
	"strings"

	"heard/flows"
)

// PreviewOutcome is what the person of a case reads if its draft is offered, message
// by message, on their channel and in their language, as the flow says it: the notice
// first, and then, when they choose to read it, the rest. points are their own words.
// A draft that lacks something is told as OfferOutcome would.
func (b *Bot) PreviewOutcome(ctx context.Context, id ProviderID, c *Case, points []string) ([]Message, error) {
	p, err := b.provider(id)
	if err != nil {
		return nil, err
	}
	w := &work{p: p, now: b.now(), conv: Conversation{Channel: c.Channel}}
	w.about(c)
	d, err := w.whole()
	if err != nil {
		return nil, err
	}
	a := d.with(points)
	w.subject.Outcome.Ombudsman = a.Ombudsman
	n := flows.Notice{Kind: noticeOutcome, Case: string(c.Ref), ID: "preview"}
	w.notice = &n
	facts := w.facts()
	facts.Case.News, facts.Case.Waiting = strings.TrimSpace(a.Opening), nil
	a.tell(&facts.Case)
	st := flows.State{Language: c.Language, Case: string(c.Ref)}
	for _, ev := range []flows.Event{{Kind: flows.Happened, Notice: n}, {Kind: flows.Message, Text: "1"}} {
		ev.Channel, ev.Facts = flows.Channel(c.Channel), facts
		next, effects, err := b.step(ctx, p, st, ev, w.now)
		if err != nil {
			return nil, err
		}
		for _, e := range effects {
			if s, ok := e.(flows.Send); ok {
				w.say(message(s), s.Alone)
			}
		}
		st, w.alone = next, true
	}
	return w.sends, nil
}
