package bot

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// morningAgain is when it is tried again that staff could not be told.
const morningAgain = 10 * time.Minute

// BeginMornings has staff told each morning what is overdue. Every start may call it:
// a Pager tells each of them once a day.
func (b *Bot) BeginMornings(ctx context.Context) error {
	if b.pager == nil {
		return nil
	}
	for _, p := range b.providers {
		t := Turn{Provider: p.ID, ID: TurnID(randomID()), Ops: []Op{SetTimer{Timer{Kind: Morning, Conversation: everyMorning}}}}
		if _, err := b.commit(ctx, t); err != nil {
			return fmt.Errorf("have staff told what is overdue: %w", err)
		}
	}
	return nil
}

// everyMorning is the record of the timer, of which a provider has one.
const everyMorning = ConversationID("desk")

// morning tells staff what is overdue, on working days.
func (b *Bot) morning(ctx context.Context, l TimerLease) error {
	p, err := b.provider(l.Provider)
	if err != nil {
		return err
	}
	now := b.now()
	local := now.In(p.Calendar.Location)
	next := Timer{Kind: Morning, Conversation: everyMorning, After: at(local, 1, morningHour).Sub(now)}
	if today := at(local, 0, morningHour); today.After(now) {
		next.After = today.Sub(now)
	} else if b.pager != nil && p.Calendar.isWorkingDay(local) {
		ctx, cancel := context.WithTimeout(ctx, pagerTime)
		defer cancel()
		if err := b.pager.Overdue(ctx, p.ID); err != nil {
			b.log.LogAttrs(ctx, slog.LevelError, "staff could not be told what is overdue", slog.String("provider", string(p.ID)), slog.String("error", err.Error()))
			next.After = morningAgain
		}
	}
	_, err = b.commit(ctx, Turn{Provider: p.ID, ID: TurnID(randomID()), Timer: &l, Ops: []Op{SetTimer{next}}})
	return err
}
