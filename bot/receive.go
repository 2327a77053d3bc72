package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"heard/channels"
	"heard/flows"
)

// Receive takes one inbound message: it returns nil once the message and all it
// did are durable, and it is safe to call again with the same message. An error
// is always the store's: a message that cannot be handled is put aside for staff
// instead.
func (b *Bot) Receive(ctx context.Context, id ProviderID, in channels.Inbound) error {
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	p, err := b.provider(id)
	if err != nil {
		return err
	}
	key := addressKey{id, in.Channel, in.Sender, in.Address}
	view, known := b.recent.take(key)
	turn := TurnID(randomID())
	for range maxConflicts {
		if !known {
			if view, err = b.store.Lookup(ctx, id, in.Channel, in.Sender, in.Address); err != nil {
				return fmt.Errorf("receive: %w", err)
			}
		}
		w, err := b.inbound(ctx, p, view, in, turn)
		if err != nil {
			return fmt.Errorf("receive: %w", err)
		}
		done, err := b.commit(ctx, w.turn())
		if errors.Is(err, ErrConflict) {
			known = false
			continue
		}
		if err != nil {
			return fmt.Errorf("receive: %w", err)
		}
		if !done.Duplicate {
			b.recent.put(key, w.view())
		}
		return nil
	}
	return fmt.Errorf("receive: %w", ErrConflict)
}

// inbound makes the turn of a message. An error is the store's.
func (b *Bot) inbound(ctx context.Context, p *provider, view View, in channels.Inbound, turn TurnID) (*work, error) {
	w := newWork(p, view, b.now(), turn)
	w.message = in.ID
	late := w.arrive(in)
	switch {
	case in.Edit:
		w.edited(in)
		return w, nil
	case in.Opt == channels.OptOut:
		w.left(in)
		return w, nil
	}
	st, err := flows.Decode(view.Conversation.Session)
	if err != nil {
		return b.aside(p, view, in, turn, err), nil
	}
	if err := b.subject(ctx, w, &st); err != nil {
		return nil, err
	}
	ev := w.event(in, late)
	if ev.Facts, err = b.factsWithNews(ctx, w, &st); err != nil {
		return nil, err
	}
	next, effects, err := b.step(ctx, p, st, ev, w.now)
	if err == nil {
		err = w.apply(next, effects)
	}
	var store storeError
	if errors.As(err, &store) {
		return nil, err
	}
	if err != nil {
		return b.aside(p, view, in, turn, err), nil
	}
	if in.Opt == channels.OptIn {
		w.conv.Left = false
	}
	return w, nil
}

// arrive notes when the person last wrote; late: the message is older than one
// that was taken before.
func (w *work) arrive(in channels.Inbound) (late bool) {
	if in.Seq != 0 && w.conv.LastSeq != 0 {
		late = in.Seq < w.conv.LastSeq
	} else {
		late = in.At.Before(w.conv.LastAt)
	}
	if !late {
		w.conv.LastAt, w.conv.LastSeq = in.At, in.Seq
	}
	return late
}

// event says in the flows' terms what the person did.
func (w *work) event(in channels.Inbound, late bool) flows.Event {
	ev := flows.Event{
		Kind: flows.Message, Channel: flows.Channel(in.Channel), ID: string(in.ID),
		Text: in.Text, Choice: in.Choice, Start: in.Start, Other: in.Other,
		Help: in.Opt == channels.OptHelp, Returned: in.Opt == channels.OptIn,
	}
	if late {
		ev.Kind = flows.Late
	}
	if ev.Returned {
		ev.Text = ""
	}
	for _, m := range in.Media {
		ev.Media = append(ev.Media, flows.Media{Kind: m.Kind, Ref: m.Ref, Type: m.Type, Size: m.Size})
	}
	if l := in.Location; l != nil {
		ev.Location = true
		ev.Text = joinLines(ev.Text, fmt.Sprintf("%.5f, %.5f", l.Latitude, l.Longitude))
	}
	return ev
}

func joinLines(a, b string) string {
	if a == "" {
		return b
	}
	return a + "\n" + b
}

// subject makes the case that the flow under way is about the work's case, where
// that is not the one the conversation has.
func (b *Bot) subject(ctx context.Context, w *work, st *flows.State) error {
	if st.Notice == nil || w.subject != nil && string(w.subject.Ref) == st.Notice.Case {
		return nil
	}
	c, _, err := b.store.Case(ctx, w.p.ID, CaseRef(st.Notice.Case))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	w.about(c)
	return nil
}

// factsWithNews adds the words of the notice under way, which are on the
// timeline.
func (b *Bot) factsWithNews(ctx context.Context, w *work, st *flows.State) (flows.Facts, error) {
	f := b.facts(w.p, w.subject, w.now)
	if st.Notice == nil || st.Notice.ID == "" || w.subject == nil {
		return f, nil
	}
	e, err := b.store.Entry(ctx, w.p.ID, w.subject, EntryID(st.Notice.ID))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return f, err
	}
	f.Case.News = e.Text
	return f, nil
}

// edited notes that the text of an earlier message was changed. It answers
// nothing.
func (w *work) edited(in channels.Inbound) {
	w.keep(flows.Keep{Kind: flows.KeptEdit, Text: in.Text, Case: string(w.conv.Case)}, in.ID)
}

// left notes that the person opted out: no message goes to them, the case goes
// on, and staff learn it. Those of an anonymous case learn only later, at
// random, that the person cannot be reached.
func (w *work) left(in channels.Inbound) {
	w.keep(flows.Keep{Kind: flows.KeptBeside, Text: in.Text, Case: string(w.conv.Case)}, in.ID)
	w.leave()
}

func (w *work) leave() {
	w.conv.Left = true
	c := w.subject
	if c == nil || c.Status == Draft {
		return
	}
	if c.anonymous() {
		w.op(SetTimer{Timer{Kind: Gone, Case: c.Ref, After: someHours()}})
		return
	}
	w.task(PersonLeft, time.Hour*24, "The person opted out of messages. Their case goes on: reach them another way.")
}

// someHours is between 2 and 10 hours, at random.
func someHours() time.Duration {
	var n time.Duration
	for _, c := range randomID()[:6] {
		n = n*64 + time.Duration(c%64)
	}
	return 2*time.Hour + n%(8*time.Hour/time.Second)*time.Second
}
