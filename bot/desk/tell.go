package desk

import (
	"context"
	"slices"
	"time"

	"heard/bot"
)

// Tell tells the person something, as Update does, with what else is known of it.
func (d *Desk) Tell(ctx context.Context, who Who, ref bot.CaseRef, f Form, t bot.Telling) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		return d.o.Bot.Tell(ctx, d.o.Provider.ID, ref, by, t)
	})
}

// TakeBack takes back what was planned and not told yet.
func (d *Desk) TakeBack(ctx context.Context, who Who, ref bot.CaseRef, f Form, entry bot.EntryID) error {
	return d.act(ctx, who, ref, Answer, f, func(by bot.By) error {
		return d.o.Bot.TakeBack(ctx, d.o.Provider.ID, ref, by, entry)
	})
}

// Reach tells how the person of a case that is shown can be written to.
func (d *Desk) Reach(ctx context.Context, v *View) (bot.Reach, error) {
	return d.o.Bot.Reach(ctx, d.o.Provider.ID, v.Ref, v.wrote())
}

// wrote is when the person wrote last, as far as the page shows.
func (v *View) wrote() (at time.Time) {
	theirs := []bot.EntryKind{bot.Said, bot.AlsoSaid, bot.Replied, bot.Asked}
	for _, l := range slices.Concat(v.Story, v.Timeline) {
		if slices.Contains(theirs, l.Kind) && l.By == "" && l.At.After(at) {
			at = l.At
		}
	}
	return at
}

// planned marks what on the timeline waits to be told, or was taken back before.
func (v *View) planned(pending []bot.Notice) {
	for i := range v.Timeline {
		l := &v.Timeline[i]
		for _, n := range pending {
			if n.Entry != "" && n.Entry == l.ID {
				l.Waits, l.Planned = true, time.Time{}
				if n.Planned {
					l.Planned = n.NotBefore
				}
			}
		}
		l.TakenBack = slices.ContainsFunc(v.Timeline, func(o Line) bool { return o.Kind == bot.Noted && o.Of != "" && o.Of == l.ID })
	}
}
