package bot

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Assign makes a case somebody's; an empty member, nobody's. The person is told with
// what they read next.
func (b *Bot) Assign(ctx context.Context, id ProviderID, ref CaseRef, by By, to MemberID, name string) error {
	return b.staff(ctx, id, ref, by, "assign", func(w *work) error {
		c := w.subject
		if err := w.assign(by, to); err != nil {
			return err
		}
		c.Handler = strings.TrimSpace(name)
		text := "The case is nobody's now."
		if to != "" {
			text = "The case is " + c.Handler + "'s now."
		}
		w.note(by, text)
		return nil
	})
}

// assign makes a case somebody's. Who had it before, and did not give it away, has a task
// that says so: they would go on with it, or leave it at what they know alone.
func (w *work) assign(by By, to MemberID) error {
	c := w.subject
	if slices.Contains(c.Barred, to) && to != "" {
		return &Rejection{RejectNotReady, "This member of staff is kept from this case, so it cannot be theirs."}
	}
	w.change(c)
	if had, name := c.Assigned, c.Handler; had != "" && had != to && had != by.Member {
		w.op(AddTask{StaffTask{
			ID: c.taskID(HandedOver), Kind: HandedOver, Case: c.Ref, At: w.now, Due: w.now.Add(withinHandover), Owner: had, OwnedBy: name, Taken: w.now,
			Text: "This case was yours, and somebody else handles it now. Tell them what they must know.",
		}})
	} else if had != to {
		w.op(EndTask{c.taskID(HandedOver)})
	}
	c.Assigned = to
	return nil
}

// withinHandover is by when who had a case has told what they know.
const withinHandover = 2 * 24 * time.Hour

// Note keeps words for staff on a case. They cannot be sent.
func (b *Bot) Note(ctx context.Context, id ProviderID, ref CaseRef, by By, words string) error {
	return b.staff(ctx, id, ref, by, "note", func(w *work) error {
		if words = strings.TrimSpace(words); words == "" {
			return &Rejection{RejectEmpty, "Write the note."}
		}
		w.note(by, words)
		return nil
	})
}

// note puts a line for staff on the timeline.
func (w *work) note(by By, text string) {
	w.change(w.subject) // whoever acts without having read it is told first
	w.op(Append{Case: w.subject, Entry: Entry{ID: newEntryID(), At: w.now, Kind: Noted, By: by.Name, Text: text}})
}

// RejectUntold is the code of a task that somebody would end without a word to the person
// who waits for it.
const RejectUntold = "untold"

// finish ends a staff task of a case that was seen to, and says on the timeline how. What
// a person waits to hear ends by telling them, and by nothing else.
func (b *Bot) finish(ctx context.Context, id ProviderID, t StaffTask, by By, how string) error {
	return b.staff(ctx, id, t.About(), by, "finish a task", func(w *work) error {
		switch t.Kind {
		case Acknowledge:
			return &Rejection{RejectUntold, "The person waits to hear who handles it. Acknowledge the case: that tells them, and ends this."}
		case KeepPromise:
			return &Rejection{RejectUntold, "People were told that this will be done. Open the action, and write there what was done: everybody whose case led to it is told."}
		}
		w.op(EndTask{t.ID})
		w.note(by, how)
		return nil
	})
}

// Bar keeps a member of staff from a case, because they are named in it, or lets
// them back. It is no longer theirs.
func (b *Bot) Bar(ctx context.Context, id ProviderID, ref CaseRef, by By, member MemberID, barred bool) error {
	return b.staff(ctx, id, ref, by, "bar a member", func(w *work) error {
		c := w.subject
		w.change(c)
		c.Barred = slices.DeleteFunc(c.Barred, func(m MemberID) bool { return m == member })
		if barred {
			c.Barred = append(c.Barred, member)
		}
		if barred && c.Assigned == member {
			c.Assigned, c.Handler = "", ""
		}
		return nil
	})
}

// Link says that two cases are about the same matter, on both.
func (b *Bot) Link(ctx context.Context, id ProviderID, ref CaseRef, by By, other CaseRef) error {
	if ref == other {
		return &Rejection{RejectNotReady, "This is the same case. Write the reference of the other one."}
	}
	if err := b.linkOne(ctx, id, ref, by, other); err != nil {
		return err
	}
	return b.linkOne(ctx, id, other, by.again(other), ref)
}

func (b *Bot) linkOne(ctx context.Context, id ProviderID, ref CaseRef, by By, other CaseRef) error {
	return b.staff(ctx, id, ref, by, "link cases", func(w *work) error {
		c := w.subject
		if slices.Contains(c.Links, other) {
			return nil
		}
		w.change(c)
		c.Links = append(c.Links, other)
		return nil
	})
}
