package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"heard/channels"
	"heard/flows"
)

// Receive takes one inbound message: it returns nil once the message and all it
// did are durable, and it is safe to call again with the same message. An error
// is always the store's: a message that cannot be handled is put aside for staff
// instead.
func (b *Bot) Receive(ctx context.Context, id ProviderID, in channels.Inbound) error {
	if end, ends := ctx.Deadline(); !ends || time.Until(end) > turnTime {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, turnTime)
		defer cancel()
	}
	p, err := b.provider(id)
	if err != nil {
		return err
	}
	key := addressKey{id, in.Channel, in.Sender, in.Address}
	view, known := b.recent.take(key)
	turn := TurnID(randomID())
	for range maxConflicts {
		if !known {
			view, err = b.store.Lookup(ctx, id, in.Channel, in.Sender, in.Address)
			if damaged := new(Unreadable); errors.As(err, &damaged) {
				return b.receiveUnread(ctx, p, damaged, in, turn)
			}
			if err != nil {
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
	w, err := b.handled(ctx, p, view, &in, turn)
	var store storeError
	if errors.As(err, &store) {
		return nil, err
	}
	if err != nil {
		return b.aside(ctx, p, view, in, turn, err)
	}
	return w, nil
}

// handled makes the turn of a message that can be handled. Of what opens something it
// takes the code out of the message: whoever reads what is put aside must not have it.
func (b *Bot) handled(ctx context.Context, p *provider, view View, message *channels.Inbound, turn TurnID) (*work, error) {
	*message = saysYes(&view.Conversation, *message)
	in := *message
	w, late := b.arrived(p, view, in, turn)
	if in.Opt == channels.OptOut {
		return w, nil
	}
	st, err := flows.Decode(w.conv.Session)
	if code, is := b.takesCode(w, in); is && err == nil {
		in.Text, in.Start = moveWords[0], ""
		*message = in
		if !b.tooMuch(w, in, st.Language) {
			err = b.moved(ctx, w, st, code)
		}
		w.answered()
	} else if code, is := b.takesSlip(w, in, &st); is && err == nil && !late {
		in.Text, in.Start = slipWord, ""
		*message = in
		if !b.tooMuch(w, in, st.Language) {
			err = b.joined(ctx, w, st, code)
		}
		w.answered()
	} else if err == nil {
		ev := w.event(in, late)
		if ev.Kind == flows.Message && in.Opt == "" && b.tooMuch(w, in, st.Language) {
			ev.Kind = flows.Late
		}
		switch {
		case w.followsHere(in, st, ev):
			err = b.follows(ctx, w, st, ev)
		default:
			if ev.Kind == flows.Message {
				w.hearsMissed()
			}
			err = b.answer(ctx, w, st, ev, in.Edit)
		}
		w.answered()
	}
	return w, err
}

// arrived starts the turn of a message, with what is true however it is
// understood: when the person last wrote, and whether they left or came back.
func (b *Bot) arrived(p *provider, view View, in channels.Inbound, turn TurnID) (w *work, late bool) {
	w = newWork(p, view, b.now(), turn)
	w.message, w.received, w.words = in.ID, w.now, words(in)
	if !in.At.IsZero() && in.At.Before(w.now) {
		w.received = in.At
	}
	w.conv.notToCome(w.now)
	if late = before(in, w.conv.LastAt, w.conv.LastSeq); !late {
		w.conv.LastSeq = in.Seq
		if in.At.After(w.conv.LastAt) {
			w.conv.LastAt = in.At
		}
	}
	w.opted(in, late)
	if w.conv.Resting && !late && !in.Edit && in.Opt == "" {
		w.awakened()
	}
	return w, late
}

// saysYes takes YES for the return that it is to the network: by it Twilio sends
// again to who had sent STOP.
func saysYes(c *Conversation, in channels.Inbound) channels.Inbound {
	if c.Left && in.Channel == channels.SMS && in.Opt == "" && strings.EqualFold(strings.TrimSpace(in.Text), "yes") {
		in.Opt = channels.OptIn
	}
	return in
}

// notToCome takes times back that are still to come: the clock by which they were
// noted was set back since. Else all that the person writes would be late until
// then, and their STOP older than what they said before.
func (c *Conversation) notToCome(now time.Time) {
	for _, at := range []*time.Time{&c.LastAt, &c.OptAt} {
		if at.After(now.Add(clockSkew)) {
			*at = now
		}
	}
}

// clockSkew is how far a provider's clock may be before ours.
const clockSkew = 5 * time.Minute

// answer takes the step that a message asks for.
func (b *Bot) answer(ctx context.Context, w *work, st flows.State, ev flows.Event, edit bool) (err error) {
	defer recovered(&err)
	if err := b.know(ctx, w, &st, &ev); err != nil {
		return err
	}
	if edit {
		return b.edited(ctx, w, st, ev)
	}
	_, err = b.handle(ctx, w, st, ev)
	return err
}

// renumbered is how long a provider may count its updates on: Telegram begins
// anywhere after a week of silence.
const renumbered = 6 * 24 * time.Hour

// before tells whether a message is older than one of that time and number. A
// provider's list knows seconds only.
func before(in channels.Inbound, at time.Time, seq int64) bool {
	if in.Seq != 0 && seq != 0 && in.At.Sub(at) < renumbered {
		return in.Seq < seq
	}
	return in.At.Before(at.Truncate(time.Second))
}

// event says in the flows' terms what the person did. Who left and writes on is
// not answered, so that nothing they write is the answer to a question.
func (w *work) event(in channels.Inbound, late bool) flows.Event {
	ev := flows.Event{
		Kind: flows.Message, Channel: flows.Channel(in.Channel),
		Text: w.words, Choice: in.Choice, Start: in.Start, Media: media(in), Other: in.Other,
		Help: in.Opt == channels.OptHelp, Returned: in.Opt == channels.OptIn,
	}
	if late || in.Edit || w.conv.Left {
		ev.Kind = flows.Late
	}
	if ev.Returned {
		ev.Text = ""
	}
	return ev
}

// words are what a message says, a position in degrees included.
func words(in channels.Inbound) string {
	l := in.Location
	if l == nil {
		return in.Text
	}
	position := fmt.Sprintf("%.5f, %.5f", l.Latitude, l.Longitude)
	if in.Text == "" {
		return position
	}
	return in.Text + "\n" + position
}

func media(in channels.Inbound) []flows.Media {
	var all []flows.Media
	for _, m := range in.Media {
		all = append(all, flows.Media{Kind: m.Kind, Ref: m.Ref, Type: m.Type, Size: m.Size, File: string(newFileID())})
	}
	return all
}

// know reads what the flow under way is about, and gives the event its facts.
func (b *Bot) know(ctx context.Context, w *work, st *flows.State, ev *flows.Event) error {
	w.notice = st.Notice
	if err := b.subject(ctx, w); err != nil {
		return err
	}
	if len(st.Early) > 0 {
		if first := time.Unix(st.Early[0].At, 0); first.Before(w.received) {
			w.received = first
		}
	}
	var err error
	ev.Facts, err = b.factsWithNews(ctx, w)
	return err
}

// subject makes the case of the notice under way the work's, where that is not
// the one the conversation has.
func (b *Bot) subject(ctx context.Context, w *work) error {
	if w.notice == nil || w.subject != nil && string(w.subject.Ref) == w.notice.Case {
		return nil
	}
	if c := w.caseNamed(w.notice.Case); c != nil {
		w.subject = c
		return nil
	}
	c, _, err := b.store.Case(ctx, w.p.ID, CaseRef(w.notice.Case))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return storeError{err}
	}
	w.about(c)
	return nil
}

// factsWithNews adds the words of the notice under way, or else of the one that
// waits, which are on the timeline.
func (b *Bot) factsWithNews(ctx context.Context, w *work) (flows.Facts, error) {
	f := w.facts()
	n := w.notice
	if n == nil {
		n = f.Case.Waiting
	}
	if n == nil || n.ID == "" || w.subject == nil {
		return f, nil
	}
	about := w.subject
	if i := slices.IndexFunc(w.others, func(c *Case) bool { return string(c.Ref) == n.Case }); i >= 0 {
		about = w.others[i]
	}
	e, err := b.store.Entry(ctx, w.p.ID, about, EntryID(n.ID))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return f, storeError{err}
	}
	f.Case.News = e.Text
	e.Outcome.tell(&f.Case)
	return f, nil
}

// edited notes that the text of an earlier message was changed. It answers
// nothing, unless the new words mean danger.
func (b *Bot) edited(ctx context.Context, w *work, st flows.State, ev flows.Event) error {
	note := flows.Keep{Kind: flows.KeptEdit, Text: ev.Text, Case: string(w.conv.Case)}
	next, effects, err := b.step(ctx, w.p, st, ev, w.now)
	if err != nil {
		return err
	}
	w.keep(note, w.message)
	if !slices.ContainsFunc(effects, isAlert) {
		return nil
	}
	return w.apply(next, slices.DeleteFunc(effects, isWords))
}

func isAlert(e flows.Effect) bool {
	a, ok := e.(flows.Act)
	return ok && a.Action == flows.AlertTeam
}

// isWords tells whether an effect keeps the message itself.
func isWords(e flows.Effect) bool {
	switch e.(type) {
	case flows.Keep, flows.Save:
		return true
	}
	return false
}
