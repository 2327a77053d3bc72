package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"heard/channels"
	"heard/flows"
)

// Receipt notes what a provider tells of a message that was sent. Most of it moves
// the message's status and nothing else. That news reached its person is noted on
// the timeline of its case, and of what did not arrive staff get a task, so that
// somebody reaches the person another way. It may be called again with the same
// receipt. One about no message of ours is no error: the provider would only
// repeat it.
func (b *Bot) Receipt(ctx context.Context, id ProviderID, r channels.Receipt) error {
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	p, err := b.provider(id)
	if err != nil {
		return err
	}
	d, err := b.receipts.Receipt(ctx, id, r)
	if errors.Is(err, ErrNotFound) || err == nil && d == nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("receipt: %w", err)
	}
	if d.Status == channels.StatusUndelivered && r.OptOut {
		began := b.now().Add(-lateReceipt)
		if left, err := b.OptedOut(ctx, id, d.Conversation, began); left || err != nil {
			return err // staff learn it as of any STOP
		}
	}
	if d.Case != nil && d.Case.Status == Draft {
		d.Case = nil // nobody sees it yet
	}
	if d.Status == channels.StatusUndelivered {
		if texted, err := b.instead(ctx, p, d, r.Sentence); texted || err != nil {
			return err
		}
	}
	for {
		t := p.delivered(d, r, b.now())
		if len(t.Ops) == 0 {
			return nil
		}
		_, err := b.commit(ctx, t)
		if !errors.Is(err, ErrConflict) || d.Case == nil {
			return err
		}
		d.Case = nil // erased meanwhile
	}
}

// lateReceipt is how old a message may be when its receipt comes: who came back in that
// time is not taken for gone by it. Else the next message tells.
const lateReceipt = time.Hour

// delivered is the turn that notes what became of a message. It is done once
// for each message and status, since the provider may tell it again.
func (p *provider) delivered(d *Delivered, r channels.Receipt, now time.Time) Turn {
	t := Turn{
		Provider: p.ID, ID: TurnID(randomID()),
		Message: d.messageID(),
	}
	failed := d.Status == channels.StatusUndelivered
	if d.Case != nil {
		e := Entry{ID: newEntryID(), At: p.unlinked(d.Case, now), Kind: Delivery, Text: deliveryText(d.Status)}
		if failed {
			e.Text += " " + r.Sentence
		}
		t.Ops = append(t.Ops, Append{Case: d.Case, Entry: e})
	}
	if failed {
		t.Ops = append(t.Ops, AddTask{p.undelivered(d, r, now)})
	}
	return t
}

// messageID is what a turn about it is done once for.
func (d *Delivered) messageID() channels.MessageID {
	return channels.MessageID(fmt.Sprintf("receipt:%s:%d", d.Task, d.Status))
}

func deliveryText(s channels.Status) string {
	switch s {
	case channels.StatusDelivered:
		return "A message about this case is on the person's phone."
	case channels.StatusRead:
		return "The person opened a message about this case."
	}
	return "A message to the person did not arrive."
}

// undelivered is the task of a message that did not arrive: about the case, or,
// where staff see none, about the conversation.
func (p *provider) undelivered(d *Delivered, r channels.Receipt, now time.Time) StaffTask {
	t := StaffTask{Kind: Undelivered, At: now, Due: now.Add(withinDay), Text: r.Sentence}
	if d.Case == nil {
		t.ID, t.Conv = string(d.Conversation)+"/"+string(Undelivered), d.Conversation
		return t
	}
	t.ID, t.Case = d.Case.taskID(Undelivered), d.Case.Ref
	t.At = p.unlinked(d.Case, now)
	t.Due = t.At.Add(withinDay)
	return t
}

// unlinked is a time as it may stand on a case. Of one whose person is not named
// the day is all: whoever can look into the provider's own records would find by
// the second whose phone it was.
func (p *provider) unlinked(c *Case, at time.Time) time.Time {
	if c.Privacy == PrivacyNamed {
		return at
	}
	local := at.In(p.Calendar.Location)
	return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, local.Location())
}

// tells is the case that a message of this turn has news of, of which it is noted
// what became of it: one that comes unasked, and the words of an update or an
// outcome. All else answers what the person just wrote, and that they hear.
func (w *work) tells(m Message) CaseRef {
	c := w.subject
	switch {
	case c == nil || c.Status == Draft:
		return ""
	case m.Purpose == flows.Prompt, w.notice != nil && w.notice.Case == string(c.Ref) && w.showed(c):
		return c.Ref
	}
	return ""
}

// showed tells whether this turn shows the words of the notice under way, for the
// first time.
func (w *work) showed(c *Case) bool {
	if w.notice.Told {
		return false
	}
	st, err := flows.Decode(w.conv.Session)
	if err == nil && st.Notice != nil {
		return st.Notice.ID == w.notice.ID && st.Notice.Told
	}
	return !slices.ContainsFunc(c.Pending, func(n Notice) bool { // its flow is done
		return n.Kind == w.notice.Kind && string(n.Entry) == w.notice.ID
	})
}
