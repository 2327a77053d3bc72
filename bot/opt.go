package bot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"heard/channels"
)

// opted notes that the person left or came back. STOP that is older than the
// last word on it changes nothing. Where the channel does not hold messages back
// by itself, whoever writes again has come back.
func (w *work) opted(in channels.Inbound, late bool) {
	switch {
	case in.Opt == channels.OptOut, in.Opt == channels.OptIn:
		if before(in, w.conv.OptAt, w.conv.OptSeq) {
			break
		}
		w.conv.OptAt, w.conv.OptSeq = in.At, in.Seq
		if in.Opt == channels.OptOut {
			w.conv.Slip = slipped(in.Text)
			w.leave()
		} else {
			w.comeBack()
		}
	case w.conv.Left && !late && !in.Edit && in.Channel != channels.SMS:
		w.conv.OptAt, w.conv.OptSeq = in.At, in.Seq
		w.comeBack()
	}
	if in.Opt == channels.OptOut {
		// Not on the case: an anonymous one would show at once who left.
		w.write(nil, Entry{ID: newEntryID(), At: w.now, Kind: Said, Text: w.words, From: in.ID})
	}
}

// backTime is how long after they came back a refusal of the provider may still be of
// before: clocks differ, and receipts are late. One that is not comes again with the
// next message.
const backTime = time.Minute

// OptedOut notes that a provider refuses messages to a conversation because the
// person left: what STOP would have done, learnt late. began is when the message that
// it refused was sent; false: they have come back since, and it may go again.
func (b *Bot) OptedOut(ctx context.Context, id ProviderID, conversation ConversationID, began time.Time) (left bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	p, err := b.provider(id)
	if err != nil {
		return false, err
	}
	turn := TurnID(randomID())
	for range maxConflicts {
		v, err := b.store.LookupID(ctx, id, conversation)
		if err != nil {
			return false, fmt.Errorf("note an opt-out: %w", err)
		}
		switch c := &v.Conversation; {
		case c.Version == 0, c.Left:
			return true, nil
		case c.OptAt.After(began.Add(-backTime)):
			return false, nil
		}
		w := newWork(p, v, b.now(), turn)
		w.leave()
		if _, err := b.commit(ctx, w.turn()); !errors.Is(err, ErrConflict) {
			return err == nil, err
		}
	}
	return false, ErrConflict
}

// leave notes an opt-out: no message goes to the person, the case goes on, and
// staff learn it.
func (w *work) leave() {
	w.conv.Left = true
	switch c := w.current; {
	case c == nil:
	case c.Status == Draft && w.conv.Slip:
		w.slippedFrom(c)
	default:
		w.unreachable(c)
	}
	for _, ref := range w.otherCases() {
		w.op(SetTimer{Timer{Kind: Gone, Case: ref}}) // its own turn reads it, and sees what it may say
	}
	w.refusesTexts()
}

// otherCases are those that the person has sent besides the one that the conversation
// has, and that are not closed.
func (w *work) otherCases() []CaseRef {
	var refs []CaseRef
	for _, o := range w.conv.Cases {
		if !o.Sent.IsZero() && !o.Closed && (w.current == nil || o.Ref != w.current.Ref) {
			refs = append(refs, o.Ref)
		}
	}
	return refs
}

// slipped tells whether a word stops all messages that people send for other reasons:
// to leave a question, or the phone.
func slipped(text string) bool {
	return slices.Contains([]string{"CANCEL", "END", "QUIT"}, strings.ToUpper(strings.TrimSpace(text)))
}

// slippedFrom asks staff to see whether somebody who has begun to tell something wanted
// to stop. It says nothing of the draft, which nobody sees; the number is there for
// whom they let know who they are.
func (w *work) slippedFrom(c *Case) {
	t := StaffTask{
		ID: w.conv.taskID(PersonLeft), Kind: PersonLeft, Conv: w.conv.ID, At: w.now, Due: w.now.Add(withinDay),
		Text: "Somebody who has begun to tell us something, and not sent it, wrote " + slipWords + " " +
			"Call or write to them, if they said that we may know who they are.",
	}
	if !c.anonymous() {
		t.Phone = w.number()
	}
	w.op(AddTask{t})
}

// slipWords end the sentence of a task.
const slipWords = "CANCEL, END or QUIT. The network takes that for STOP, so no message reaches them, and it may not have been meant so."

// number is that of the person's phone; empty: the channel has none.
func (w *work) number() string {
	number, _ := channels.Phone(w.conv.Address)
	return string(number)
}

// comeBack notes that the person may be written to again, and tells them what
// happened meanwhile.
func (w *work) comeBack() {
	if !w.conv.Left {
		return
	}
	if w.conv.Slip {
		w.op(EndTask{w.conv.taskID(PersonLeft)})
	}
	w.conv.Left, w.conv.Slip = false, false
	if w.current != nil {
		w.reachable(w.current)
	}
	for _, ref := range w.otherCases() {
		w.op(EndTask{string(ref) + "/" + string(PersonLeft)})
		w.op(DropTimer{Timer{Kind: Gone, Case: ref}.ID()})
		w.op(SetTimer{Timer{Kind: News, Case: ref}}) // where nothing waits it changes nothing
	}
}

// reachable takes back that the person of a case gets no messages.
func (w *work) reachable(c *Case) {
	w.op(EndTask{c.taskID(PersonLeft)})
	w.op(DropTimer{Timer{Kind: Gone, Case: c.Ref}.ID()})
	w.wakeFor(c)
}

// unreachable tells staff that the person of a case gets no messages. Those of
// an anonymous case learn only later, at random, and not why: else they could
// join the case with who left.
func (w *work) unreachable(c *Case) {
	switch {
	case c.Status == Draft:
	case c.anonymous():
		w.op(SetTimer{c.gone()})
	default:
		w.op(AddTask{c.leftBy(&w.conv, w.now)})
	}
}

// gone is the timer by which the staff of an anonymous case learn that its person
// cannot be reached.
func (c *Case) gone() Timer {
	return Timer{Kind: Gone, Case: c.Ref, Tries: 1, After: 2*time.Hour + rand.N(8*time.Hour)}
}

// leftBy is the task of a case whose person gets no messages any more.
func (c *Case) leftBy(conv *Conversation, now time.Time) StaffTask {
	t := StaffTask{ID: c.taskID(PersonLeft), Kind: PersonLeft, Case: c.Ref, At: now, Due: now.Add(withinDay)}
	switch anonymous := c.anonymous(); {
	case anonymous && conv.Slip:
		t.Text = "The person wrote " + slipWords + " Their case goes on."
	case anonymous:
		t.Text = "The person cannot be reached by message. Their case goes on."
	case conv.Slip:
		number, _ := channels.Phone(conv.Address)
		t.Text, t.Phone = "The person wrote "+slipWords+" Their case goes on. Call or write to them.", string(number)
	default:
		t.Text = "The person opted out of messages. Their case goes on: reach them another way."
	}
	return t
}

func (c *Case) taskID(kind StaffTaskKind) string { return string(c.Ref) + "/" + string(kind) }

func (c *Conversation) taskID(kind StaffTaskKind) string { return string(c.ID) + "/" + string(kind) }
