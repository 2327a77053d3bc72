package desk

import (
	"context"
	"errors"
	"strings"
	"time"

	"heard/bot"
)

// How long somebody sees who a confidential case is about, once they said why.
const revealedFor = 8 * time.Hour

// drawerRevealed holds who said why they must know.
const drawerRevealed = "revealed"

// Reveal shows who the person of a confidential case is to one member of staff for
// a working day. The reason is in the audit log. Of an anonymous case there is
// nothing to reveal.
func (d *Desk) Reveal(ctx context.Context, who Who, ref bot.CaseRef, reason string) error {
	if err := who.need(Answer); err != nil {
		return err
	}
	c, err := d.mayRead(ctx, who, ref)
	if err != nil {
		return err
	}
	if c.Privacy != bot.PrivacyConfidential {
		return &bot.Rejection{Code: bot.RejectNotReady, Sentence: "Only of a confidential case can it be shown who the person is."}
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return &bot.Rejection{Code: bot.RejectEmpty, Sentence: "Say why you must know who this is. It is kept in the audit log."}
	}
	if err := d.looked(ctx, who, "reveal who it is", ref, reason); err != nil {
		return err
	}
	r := bot.Drawn{ID: revealedID(who, ref)}
	switch old, err := d.o.Store.Drawn(ctx, d.o.Provider.ID, drawerRevealed, r.ID); {
	case err == nil:
		r.Version = old.Version
	case !errors.Is(err, bot.ErrNotFound):
		return err
	}
	return d.o.Store.Put(ctx, d.o.Provider.ID, drawerRevealed, r, revealedFor)
}

func revealedID(who Who, ref bot.CaseRef) string { return string(who.Member) + "/" + string(ref) }

// revealed tells whether who asks may see who the person is.
func (d *Desk) revealed(ctx context.Context, who Who, c *bot.Case) (bool, error) {
	switch {
	case c.Privacy == bot.PrivacyNamed:
		return true, nil
	case c.Privacy != bot.PrivacyConfidential || who.Member == "":
		return false, nil
	}
	_, err := d.o.Store.Drawn(ctx, d.o.Provider.ID, drawerRevealed, revealedID(who, c.Ref))
	if errors.Is(err, bot.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// ShowPhone shows the number that a person gave to be called on. That it was looked
// at is in the audit log.
func (d *Desk) ShowPhone(ctx context.Context, who Who, name string) (string, error) {
	if err := who.need(Answer); err != nil {
		return "", err
	}
	i, err := d.Task(ctx, who, name)
	if err != nil {
		return "", err
	}
	tasks, err := d.o.Store.ReadTasks(ctx, d.o.Provider.ID, []string{i.Task.ID})
	if err != nil {
		return "", err
	}
	if len(tasks) == 0 || tasks[0].Phone == "" {
		return "", &bot.Rejection{Code: bot.RejectNoCase, Sentence: "There is no number to call any more."}
	}
	if err := d.looked(ctx, who, "see the number to call", tasks[0].About(), ""); err != nil {
		return "", err
	}
	return tasks[0].Phone, nil
}
