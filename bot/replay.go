package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"heard/channels"
	"heard/flows"
)

// Replay sends what was put aside for a person through again, oldest first, each as
// the message that it was: the person is answered, and it counts from the day on which
// it came. What they have written since goes before it, so that it is added to their
// words and never taken for the answer to a later question. Where the fault is still
// there nothing is changed, and the rest waits.
func (b *Bot) Replay(ctx context.Context, id ProviderID, task string, by By) error {
	for {
		left, err := b.replayNext(ctx, id, task, by)
		if err != nil || left == 0 {
			return err
		}
	}
}

// replayNext sends the oldest one through and tells how many are left.
func (b *Bot) replayNext(ctx context.Context, id ProviderID, task string, by By) (left int, err error) {
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	p, err := b.provider(id)
	if err != nil {
		return 0, err
	}
	turn := TurnID(randomID())
	for range maxConflicts {
		tasks, err := b.moves.Tasks(ctx, id, []string{task})
		if err != nil {
			return 0, fmt.Errorf("read a task: %w", err)
		}
		if len(tasks) == 0 {
			return 0, &Rejection{RejectNoCase, "This was done already, or is not there any more."}
		}
		w, err := b.through(ctx, p, tasks[0], turn)
		if err != nil {
			return 0, err
		}
		w.op(Audit{AuditRecord{At: w.now, Member: by.Member, Did: "send a message through again", Reason: by.Reason}})
		switch done, err := b.commit(ctx, w.turn()); {
		case errors.Is(err, ErrConflict):
		case err == nil && done.Duplicate:
			return 0, &Rejection{RejectNotReady, "This message was sent through before."}
		default:
			return len(tasks[0].Aside) - 1, err
		}
	}
	return 0, ErrConflict
}

// through makes the turn of the first message of a task, which it ends or shortens.
func (b *Bot) through(ctx context.Context, p *provider, t StaffTask, turn TurnID) (*work, error) {
	if t.Kind != PutAside || len(t.Aside) == 0 {
		return nil, &Rejection{RejectNotReady, "There is no message here that can be sent through again."}
	}
	v, err := b.store.LookupID(ctx, p.ID, t.Conv)
	if errors.As(err, new(*Unreadable)) {
		return nil, &Rejection{RejectNotReady, "The record of this person still cannot be opened."}
	}
	if err != nil {
		return nil, fmt.Errorf("send a message through again: %w", err)
	}
	bags, err := b.moves.Luggage(ctx, p.ID, t.Conv)
	if err != nil {
		return nil, fmt.Errorf("send a message through again: %w", err)
	}
	kept := func(id EntryID) *Entry {
		if i := slices.IndexFunc(bags.Kept, func(e Entry) bool { return e.ID == id }); i >= 0 {
			return &bags.Kept[i]
		}
		return nil
	}
	w := newWork(p, v, b.now(), turn)
	if e := kept(t.Aside[0]); e != nil { // else its person has had it deleted
		in, was := e.asReceived(&v.Conversation), v.Conversation
		if last := kept(t.Aside[len(t.Aside)-1]); last != nil && !was.LastAt.Truncate(time.Second).After(last.At) {
			v.Conversation.LastAt = in.At // nothing was written since but what waits here behind it
		}
		if w, err = b.handled(ctx, p, v, &in, turn); err != nil {
			return nil, b.stillFails(p, err)
		}
		w.conv.LastAt, w.conv.LastSeq = was.LastAt, was.LastSeq
	}
	if t.Aside = t.Aside[1:]; len(t.Aside) == 0 {
		w.op(EndTask{t.ID})
	} else {
		w.op(AddTask{t})
	}
	return w, nil
}

// stillFails is what staff are told of a message that cannot be handled; the store's
// own errors stay what they are.
func (b *Bot) stillFails(p *provider, cause error) error {
	if errors.As(cause, new(storeError)) {
		return cause
	}
	b.log.LogAttrs(context.Background(), slog.LevelError, "a message was sent through again and cannot be handled yet",
		slog.String("provider", string(p.ID)), slog.String("cause", cause.Error()))
	return &Rejection{RejectNotReady, "It still cannot be handled: the fault is not mended. Answer the person yourself, or try again later."}
}

// asReceived is a message that was put aside as it came. It is not the one that was
// done with, so it has an id of its own.
func (e Entry) asReceived(c *Conversation) channels.Inbound {
	in := channels.Inbound{
		ID: channels.MessageID("again:" + string(e.ID)), Channel: c.Channel, Sender: c.Sender, Address: c.Address,
		At: e.At, Text: e.Text, Choice: e.Choice,
	}
	for _, m := range e.Media {
		in.Media = append(in.Media, asSent(m))
	}
	return in
}

func asSent(m flows.Media) channels.Media {
	return channels.Media{Kind: m.Kind, Ref: m.Ref, Type: m.Type, Size: m.Size}
}
