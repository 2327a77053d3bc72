package desk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"heard/bot"
	"heard/bot/hooks"
)

// Webhooks are those of a provider, and how far there is to come.
type Webhooks struct {
	All  []hooks.Hook
	Last uint64 // number of the newest event
}

// Webhooks lists them. Nobody needs their secrets, which are left out.
func (d *Desk) Webhooks(ctx context.Context, who Who) (w Webhooks, err error) {
	if err := who.need(ManageStaff); err != nil {
		return w, err
	}
	if w.All, err = hooks.List(ctx, d.o.Store, d.o.Provider.ID); err != nil {
		return w, err
	}
	for i := range w.All {
		w.All[i].Secret, w.All[i].Before = "", ""
	}
	w.Last, err = d.o.Store.LastEvent(ctx, d.o.Provider.ID)
	return w, err
}

// AddWebhook has an address told what happens from now on, and returns the secret by
// which it knows who tells it, this once. One inside a network is for who runs heard to
// add, at the terminal.
func (d *Desk) AddWebhook(ctx context.Context, who Who, address string, kinds []bot.CaseEventKind) (h hooks.Hook, err error) {
	if err := who.need(ManageStaff); err != nil {
		return h, err
	}
	if err := knownEvents(kinds); err != nil {
		return h, err
	}
	if h, err = hooks.New(address, kinds, false, d.o.Now()); err != nil {
		return h, bad("url", strings.ToUpper(err.Error()[:1])+err.Error()[1:]+".")
	}
	return h, hooks.Add(ctx, d.o.Store, d.o.Provider.ID, who.Member, h)
}

// knownEvents refuses events that there are not, and none at all.
func knownEvents(kinds []bot.CaseEventKind) error {
	if len(kinds) == 0 {
		return bad("events", "Choose at least one event.")
	}
	for _, k := range kinds {
		if !slices.Contains(bot.CaseEventKinds(), k) {
			return bad("events", "There is no such event.")
		}
	}
	return nil
}

// ChooseEvents says what a webhook is told from now on.
func (d *Desk) ChooseEvents(ctx context.Context, who Who, id string, kinds []bot.CaseEventKind) error {
	return d.webhook(who, func() error {
		if err := knownEvents(kinds); err != nil {
			return err
		}
		return hooks.Choose(ctx, d.o.Store, d.o.Provider.ID, who.Member, id, kinds, d.o.Now())
	})
}

// RotateWebhook gives a webhook another secret, and returns it this once.
func (d *Desk) RotateWebhook(ctx context.Context, who Who, id string) (secret string, err error) {
	err = d.webhook(who, func() error {
		secret, err = hooks.Rotate(ctx, d.o.Store, d.o.Provider.ID, who.Member, id, d.o.Now())
		return err
	})
	return secret, err
}

// PauseWebhook has a webhook told nothing until it goes on.
func (d *Desk) PauseWebhook(ctx context.Context, who Who, id string, paused bool) error {
	return d.webhook(who, func() error {
		return hooks.Pause(ctx, d.o.Store, d.o.Provider.ID, who.Member, id, paused, d.o.Now())
	})
}

// TellAgain tells a webhook an event that was given up.
func (d *Desk) TellAgain(ctx context.Context, who Who, id string, number uint64) error {
	return d.webhook(who, func() error {
		return hooks.Again(ctx, d.o.Store, d.o.Provider.ID, who.Member, id, number, d.o.Now)
	})
}

// TestWebhook sends a message that tells of nothing.
func (d *Desk) TestWebhook(ctx context.Context, who Who, id string) error {
	return d.webhook(who, func() error {
		all, err := hooks.List(ctx, d.o.Store, d.o.Provider.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(h hooks.Hook) bool { return h.ID == id })
		if i < 0 {
			return bot.ErrNotFound
		}
		if err := d.noted(ctx, who, "test a webhook", id); err != nil {
			return err
		}
		if err := hooks.Test(ctx, d.o.Provider.ID, all[i], d.o.Now()); err != nil {
			return &bot.Rejection{Code: hooks.RejectNotTaken, Sentence: "The test message was not taken: " + err.Error() + "."}
		}
		return nil
	})
}

// RemoveWebhook tells an address nothing any more.
func (d *Desk) RemoveWebhook(ctx context.Context, who Who, id string) error {
	return d.webhook(who, func() error {
		return hooks.Remove(ctx, d.o.Store, d.o.Provider.ID, who.Member, id, d.o.Now())
	})
}

// webhook does something to one, if who asks may.
func (d *Desk) webhook(who Who, do func() error) error {
	if err := who.need(ManageStaff); err != nil {
		return err
	}
	err := do()
	if errors.Is(err, bot.ErrNotFound) {
		return &bot.Rejection{Code: bot.RejectNoCase, Sentence: "This webhook is not there any more."}
	}
	return err
}
