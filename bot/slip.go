package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"heard/channels"
	"heard/flows"
)

// What a member of staff wrote down for somebody belongs to nobody yet: its case
// leads to a conversation without an address. Who sends the code on the slip makes it
// theirs, from whatever phone: one turn, by which the case leads to them.

// slipTime is how long the code of a slip is good.
const slipTime = 90 * 24 * time.Hour

// slipWord is what a person writes before the code of a slip, in any language.
const slipWord = "SLIP"

// slipStart begins the code of a deep link that carries one.
const slipStart = "s_"

// Slip is what staff hand over. Nobody can tell it again.
type Slip struct {
	Ref  CaseRef
	Code string // as NewMoveCode makes it
}

// NewSlip makes a slip for a case that is to be recorded.
func NewSlip() Slip { return Slip{Ref: NewCaseRef(), Code: NewMoveCode()} }

// ParseSlip reads a message that is the code of a slip and nothing else, as ParseMove
// does. bare: without the word before it, where the code was asked for.
func ParseSlip(text string, bare bool) (code string, ok bool) {
	text = strings.TrimSpace(text)
	if len(text) > len(slipWord) && strings.EqualFold(text[:len(slipWord)], slipWord) {
		if rest := strings.TrimLeft(text[len(slipWord):], " \t\n:,."); len(rest) < len(text)-len(slipWord) {
			return ParseMove(moveWords[0] + " " + rest)
		}
	}
	if !bare {
		return "", false
	}
	return ParseMove(moveWords[0] + " " + text)
}

// takesSlip tells whether a message is the code of a slip.
func (b *Bot) takesSlip(w *work, in channels.Inbound, st *flows.State) (code string, is bool) {
	switch {
	case b.moves == nil || w.conv.Left || in.Opt != "" || in.Edit || in.Choice != "" || len(in.Media) > 0:
		return "", false
	case strings.HasPrefix(in.Start, slipStart):
		return ParseSlip(strings.TrimPrefix(in.Start, slipStart), true)
	case in.Start != "":
		return "", false
	}
	return ParseSlip(in.Text, st.Notice != nil && st.Notice.Kind == noticeRecorded)
}

// joined takes a message that is the code of a slip.
func (b *Bot) joined(ctx context.Context, w *work, st flows.State, code string) (err error) {
	defer recovered(&err)
	w.words = slipWord
	if w.conv.Guesses.tooMany(w.now) {
		return b.wrongSlip(ctx, w, st)
	}
	from, err := b.moves.Coded(ctx, w.p.ID, code)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return storeError{err}
	}
	var v View
	if err == nil {
		if v, err = b.store.LookupID(ctx, w.p.ID, from); err != nil {
			return unlessDamaged(err)
		}
	}
	if v.Case == nil || !v.Conversation.Nobody {
		w.conv.Guesses.Wrong++
		return b.wrongSlip(ctx, w, st)
	}
	w.op(UseCode{Code: code, Conversation: from})
	return b.handOver(ctx, w, st, v)
}

// wrongSlip goes on where the code was asked for; else it says that it was none.
func (b *Bot) wrongSlip(ctx context.Context, w *work, st flows.State) error {
	if st.Notice == nil || st.Notice.Kind != noticeRecorded {
		w.sayMove(w.p.Flows.SlipNoGood, st.Language)
		return nil
	}
	ev := flows.Event{Kind: flows.Message, Channel: flows.Channel(w.conv.Channel), Text: slipWord}
	return b.answer(ctx, w, st, ev, false)
}

// handOver makes a recorded case that of the person who writes here, and shows it to
// them.
func (b *Bot) handOver(ctx context.Context, w *work, st flows.State, v View) error {
	c := w.hold(v.Case)
	w.change(c)
	r := *c.Recorded
	r.Joined = w.now
	c.Recorded = &r
	if !c.anonymous() {
		c.Channel = w.conv.Channel
	}
	w.op(Relink{Handle: c.Handle, Conversation: w.conv.ID})
	w.op(EndTask{c.taskID(NotJoined)})
	w.leaveNobody(v.Conversation)
	w.conv.own(c)
	w.conv.Unwanted = false
	w.conv.Pending = slices.DeleteFunc(slices.Clone(w.conv.Pending), func(n Notice) bool { return n.Kind == noticeRecorded && n.Case == c.Ref })
	if st.Notice != nil && st.Notice.Kind == noticeRecorded {
		st = st.WithoutNotice()
	}
	if st.Language == "" {
		st.Language = c.Language
	}
	if st.Case == "" {
		st.Case, w.current = string(c.Ref), c
	}
	w.subject = c
	if c.Status == Open {
		w.begun(c)
	}
	i := slices.IndexFunc(c.Pending, func(n Notice) bool { return n.Kind == noticeWritten })
	if i < 0 { // it was erased meanwhile
		w.sayMove(w.p.Flows.SlipNoGood, st.Language)
		return nil
	}
	w.wakeFor(c)
	ev := flows.Event{Kind: flows.Happened, Channel: flows.Channel(w.conv.Channel), Notice: c.Pending[i].flow(c.Ref), Asked: true}
	about := st
	about.Notice = &ev.Notice
	if err := b.know(ctx, w, &about, &ev); err != nil {
		return err
	}
	_, err := b.handle(ctx, w, st, ev)
	return err
}

// leaveNobody leaves the conversation without an address, which had the case.
func (w *work) leaveNobody(nobody Conversation) {
	nobody.MovedTo, nobody.Case, nobody.Handle, nobody.Cases = w.conv.ID, "", "", nil
	w.op(PutConversation{&nobody})
}

// confirmed notes that the words that were written down are right.
func (w *work) confirmed(c *Case) {
	if c.Recorded == nil || !c.Recorded.Confirmed.IsZero() {
		return
	}
	w.change(c)
	r := *c.Recorded
	r.Confirmed = w.now
	c.Recorded = &r
	w.op(Append{Case: c, Entry: Entry{ID: newEntryID(), At: w.p.unlinked(c, w.now), Kind: Noted, Text: "The person has read what was written down for them, and says that it is right."}})
}
