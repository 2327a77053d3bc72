package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// How an alert is pursued that nobody has taken.
const (
	chaseEach = 30 * time.Minute

	// chaseAgain is when it is tried again that nobody could be told.
	chaseAgain = time.Minute

	// pagerTime is how long it may take to tell somebody; shorter than a timer's lease,
	// so that two instances do not tell the same.
	pagerTime = 20 * time.Second
)

// Pager reaches staff who are not at the desk. What it sends says nothing of anybody.
type Pager interface {
	// Untaken tells that alerts wait that nobody has taken.
	Untaken(ctx context.Context, p ProviderID, u Untaken) error
	// Overdue tells each member of staff, once a day, how much of theirs is overdue. It
	// is called every morning, and again after a failure.
	Overdue(ctx context.Context, p ProviderID) error
}

// Untaken is what a Pager tells of alerts. Step is 1 for the first time, for which the
// address for alerts is written to; from 2 on those who lead are told as well, from 3 on
// the guardians.
type Untaken struct {
	Step   int
	Number int
	Since  time.Time // of the oldest
}

// untilChased is how long an alert may wait to be taken. When nobody is at the desk it
// does not wait.
func (p *provider) untilChased(now time.Time) time.Duration {
	local := now.In(p.Calendar.Location)
	if p.Staffed != (Hours{}) && (!p.Calendar.isWorkingDay(local) || p.Staffed.left(local) == 0) {
		return 0
	}
	return withinDanger
}

// chase tells somebody of an alert that nobody has taken, before it is committed that
// they were told: who dies in between tells twice, and not never.
func (b *Bot) chase(ctx context.Context, l TimerLease) error {
	p, err := b.provider(l.Provider)
	if err != nil {
		return err
	}
	t := Turn{Provider: p.ID, ID: TurnID(randomID()), Timer: &l}
	tasks, err := b.alertsOf(ctx, p, l.Timer)
	if err != nil {
		return fmt.Errorf("chase: %w", err)
	}
	u := untaken(tasks)
	next := Timer{Kind: Chase, Case: l.Timer.Case, Conversation: l.Timer.Conversation, Tries: l.Timer.Tries + 1, After: chaseEach}
	switch {
	case u.Number > 0:
		u.Step = next.Tries
		if err := b.page(ctx, p, u); err != nil {
			next.Tries, next.After = l.Timer.Tries, chaseAgain
		}
		t.Ops = []Op{SetTimer{next}}
	case len(tasks) == 0 && l.Timer.Conversation != "":
		if t, err = b.follow(ctx, p, l, t); err != nil {
			return fmt.Errorf("chase: %w", err)
		}
	}
	_, err = b.commit(ctx, t)
	return err
}

// alertsOf are the alerts that a timer was set for, as far as nobody has ended them.
func (b *Bot) alertsOf(ctx context.Context, p *provider, t Timer) ([]StaffTask, error) {
	record := string(t.Case)
	if record == "" {
		record = string(t.Conversation)
	}
	return b.moves.Tasks(ctx, p.ID, []string{record + "/" + string(Danger), record + "/" + string(ConfirmedDanger)})
}

func untaken(tasks []StaffTask) (u Untaken) {
	for _, t := range tasks {
		if t.Owner != "" {
			continue
		}
		if u.Number++; u.Since.IsZero() || t.At.Before(u.Since) {
			u.Since = t.At
		}
	}
	return u
}

// follow goes on with the conversation that an alert moved to with its person.
func (b *Bot) follow(ctx context.Context, p *provider, l TimerLease, t Turn) (Turn, error) {
	v, err := b.store.LookupID(ctx, p.ID, l.Timer.Conversation)
	if errors.As(err, new(*Unreadable)) {
		return t, nil
	}
	if to := v.Conversation.MovedTo; err == nil && to != "" {
		t.Ops = []Op{SetTimer{Timer{Kind: Chase, Conversation: to, Tries: l.Timer.Tries}}}
	}
	return t, err
}

// page tells somebody, and the operator's log in any case.
func (b *Bot) page(ctx context.Context, p *provider, u Untaken) error {
	b.count("danger untaken")
	b.log.LogAttrs(ctx, slog.LevelError, "an alert of danger has not been taken at the desk",
		slog.String("provider", string(p.ID)), slog.Int("told", u.Step))
	if b.pager == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, pagerTime)
	defer cancel()
	err := b.pager.Untaken(ctx, p.ID, u)
	if err != nil {
		b.log.LogAttrs(ctx, slog.LevelError, "nobody could be told of an alert", slog.String("provider", string(p.ID)), slog.String("error", err.Error()))
	}
	return err
}

// RejectTaken is the code of a task that somebody else has taken.
const RejectTaken = "taken"

// Take makes a staff task somebody's, who sees to it. Of two who take it at once one
// gets it, and the other is told who.
func (b *Bot) Take(ctx context.Context, id ProviderID, task string, by By) error {
	done, err := b.staffTask(ctx, id, task, by, "take a task", func(t StaffTask, now time.Time) ([]Op, error) {
		t.Owner, t.OwnedBy, t.Taken = by.Member, by.Name, now
		return []Op{AddTask{t}}, nil
	})
	if err == nil && done.Owner != "" && done.Owner != by.Member {
		return &Rejection{RejectTaken, done.OwnedBy + " has taken this already."}
	}
	return err
}

// FinishTask ends a staff task that was seen to, also one about which there is no case.
// What was done stands on the timeline of the case, else in the audit log.
func (b *Bot) FinishTask(ctx context.Context, id ProviderID, task string, by By, how string) error {
	if how = strings.TrimSpace(how); how == "" {
		return &Rejection{RejectEmpty, "Say in a few words what was done about it."}
	}
	tasks, err := b.moves.Tasks(ctx, id, []string{task})
	if err != nil {
		return err
	}
	if len(tasks) == 1 {
		sent, err := b.isSent(ctx, id, tasks[0])
		if err != nil {
			return err
		}
		if sent {
			return b.finish(ctx, id, tasks[0], by, how)
		}
	}
	by.Reason = how
	_, err = b.staffTask(ctx, id, task, by, "finish a task", func(StaffTask, time.Time) ([]Op, error) { return []Op{EndTask{task}}, nil })
	return err
}

// isSent tells whether there is a case that a task is about. What came up in a draft
// waits for its person to send it.
func (b *Bot) isSent(ctx context.Context, id ProviderID, t StaffTask) (bool, error) {
	if t.Case != "" || t.Draft == "" {
		return t.Case != "", nil
	}
	c, _, err := b.store.Case(ctx, id, t.Draft)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil && c.Status != Draft, err
}

// staffTask makes a turn of an act on a task, once for each state of it: it tells what
// the task was before, where somebody else has acted on it.
func (b *Bot) staffTask(ctx context.Context, id ProviderID, task string, by By, did string, do func(StaffTask, time.Time) ([]Op, error)) (StaffTask, error) {
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	if _, err := b.provider(id); err != nil {
		return StaffTask{}, err
	}
	for range maxConflicts {
		tasks, err := b.moves.Tasks(ctx, id, []string{task})
		if err != nil {
			return StaffTask{}, fmt.Errorf("read a task: %w", err)
		}
		if len(tasks) == 0 {
			return StaffTask{}, &Rejection{RejectNoCase, "This was done already, or is not there any more."}
		}
		t := tasks[0]
		if did == "take a task" && t.Owner != "" {
			return t, nil
		}
		now := b.now()
		ops, err := do(t, now)
		if err != nil {
			return t, err
		}
		ops = append(ops, Audit{AuditRecord{At: now, Member: by.Member, Did: did, Case: t.Case, Reason: by.Reason}})
		// Whoever acts on the same state of it makes the same turn, which is done once.
		state := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d/%s", did, t.ID, t.At.UnixNano(), t.Owner))
		turn := Turn{Provider: id, ID: TurnID(hex.EncodeToString(state[:])), Ops: ops}
		if _, err = b.commit(ctx, turn); errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil {
			return t, err
		}
		after, err := b.moves.Tasks(ctx, id, []string{task})
		if err != nil || len(after) == 0 {
			return t, err
		}
		return after[0], nil
	}
	return StaffTask{}, ErrConflict
}
