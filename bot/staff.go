package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Rejection is a mistake of who asked for something: Code is for programs, the
// sentence for people.
type Rejection struct {
	Code     string
	Sentence string
}

// Error is the sentence.
func (r *Rejection) Error() string { return r.Sentence }

// The codes of rejections.
const (
	RejectEmpty    = "empty"
	RejectNoCase   = "no case"
	RejectNotReady = "not ready"
	RejectDied     = "died"
	RejectLate     = "late"
)

// Acknowledgement is the first that a person hears from those who handle their case.
type Acknowledgement struct {
	Handler string    // who handles it, as the person reads it
	Member  MemberID  // who that is, whose the case becomes; empty: it stays whose it was
	Decides string    // what they may decide themselves, in words that end a sentence; may be empty
	Words   string    // may be empty
	Due     time.Time // when the person hears next; zero: in 20 working days
}

// Acknowledge tells the person who handles their case, what they may decide, and
// when there is more.
func (b *Bot) Acknowledge(ctx context.Context, id ProviderID, ref CaseRef, by By, a Acknowledgement) error {
	return b.staff(ctx, id, ref, by, "acknowledge", func(w *work) error {
		if strings.TrimSpace(a.Handler) == "" {
			return &Rejection{RejectEmpty, "Say who handles the case."}
		}
		if err := w.mayTell(); err != nil {
			return err
		}
		c := w.subject
		if a.Member != "" {
			if err := w.assign(by, a.Member); err != nil {
				return err
			}
		}
		c.Handler, c.Decides = strings.TrimSpace(a.Handler), strings.TrimSpace(a.Decides)
		w.tellNews(noticeAcknowledged, Entry{Kind: Told, Text: strings.TrimSpace(a.Words), By: by.Name})
		w.promise(c, a.Due)
		return nil
	})
}

// ProposeLater asks the person to agree to a later date, before the one that was
// promised has passed.
func (b *Bot) ProposeLater(ctx context.Context, id ProviderID, ref CaseRef, by By, due time.Time, words string) error {
	return b.staff(ctx, id, ref, by, "propose a later date", func(w *work) error {
		c := w.subject
		switch {
		case !w.now.Before(c.Due):
			return &Rejection{RejectLate, "The day that was promised has passed, so more time cannot be agreed. Write an update that says so, with a new day."}
		case !due.After(c.Due):
			return &Rejection{RejectNotReady, "The new day is not later than the one that was promised."}
		case strings.TrimSpace(words) == "":
			return &Rejection{RejectEmpty, "Say why more time is needed: the person reads it."}
		}
		if err := w.mayTell(); err != nil {
			return err
		}
		c.withdrawNotices(noticeExtension)
		c.Proposed = due
		w.dated(by, "The person is asked to agree to "+w.day(due)+" in place of "+w.day(c.Due)+".", words)
		w.tellNews(noticeExtension, Entry{Kind: Told, Text: strings.TrimSpace(words), By: by.Name})
		return nil
	})
}

// Did tells the people of cases what was done because of them: "you said, we did".
// A reference that is none is passed over; the error names how many there were.
func (b *Bot) Did(ctx context.Context, id ProviderID, refs []CaseRef, by By, words string) error {
	missed := 0
	for _, ref := range refs {
		err := b.staff(ctx, id, ref, by.again(ref), "say what was done", func(w *work) error { return w.tell(noticeWeDid, Entry{Kind: Told, Text: words, By: by.Name}) })
		if errors.As(err, new(*Rejection)) {
			missed++
		} else if err != nil {
			return err
		}
	}
	if missed > 0 {
		return &Rejection{RejectNoCase, fmt.Sprintf("%d of %d could not be told.", missed, len(refs))}
	}
	return nil
}

// Died notes that the person a case is about has died. In the same commit nothing
// automatic is left that could reach them; what was to be told to somebody else
// waits until it is released.
func (b *Bot) Died(ctx context.Context, id ProviderID, ref CaseRef, by By) error {
	return b.staff(ctx, id, ref, by, "note a death", func(w *work) error {
		c := w.subject
		if c.Died.IsZero() {
			w.died(c, by.Name)
		}
		if c.ownCare() {
			c.Pending = nil
		}
		if len(c.Pending) > 0 {
			w.task(ReleaseNews, withinDay, "There is news for the person who complained, and the person it is about has died. Read it, and release it or take it back.")
		}
		return nil
	})
}

// ConfirmWithdrawal ends a case that its person took back, once a person has
// confirmed it with them.
func (b *Bot) ConfirmWithdrawal(ctx context.Context, id ProviderID, ref CaseRef, by By) error {
	return b.staff(ctx, id, ref, by, "confirm a withdrawal", func(w *work) error {
		c := w.subject
		switch c.Status {
		case Open:
		case Draft:
			return &Rejection{RejectNotReady, "The person has not sent this yet, so there is nothing to take back."}
		default:
			return &Rejection{RejectNotReady, "This case is over, so there is nothing to take back."}
		}
		w.change(c)
		c.close(w.now)
		c.Status = Withdrawn
		c.withdrawNotices(noticeAfterSending)
		w.op(Append{Case: c, Entry: Entry{ID: newEntryID(), At: w.now, Kind: Noted, By: by.Name, Text: strings.TrimSpace("Taken back by the person, and confirmed with them. " + by.Reason)}})
		w.op(EndTask{c.taskID(AskedWithdraw)})
		w.op(EndTask{c.taskID(Acknowledge)})
		w.op(EndTask{c.taskID(NoNewsYet)})
		w.survey(c, noticeAfterWithdrawal, afterWithdrawal)
		return nil
	})
}

// Release lets the news of a case go that waits after a death.
func (b *Bot) Release(ctx context.Context, id ProviderID, ref CaseRef, by By) error {
	return b.staff(ctx, id, ref, by, "release news", func(w *work) error {
		c := w.subject
		w.change(c)
		for i := range c.Pending {
			c.Pending[i].Held = false
		}
		w.op(EndTask{c.taskID(ReleaseNews)})
		w.wakeFor(c)
		return nil
	})
}

// Update tells the person of a case something, in the words of the staff: Tell, with
// nothing but them.
func (b *Bot) Update(ctx context.Context, id ProviderID, ref CaseRef, by By, words string) error {
	return b.Tell(ctx, id, ref, by, Telling{Words: words})
}

// tell puts words on the timeline and leaves a notice; the conversation is woken
// to tell it. The person hears again by a new day.
func (w *work) tell(kind string, e Entry) error {
	if e.Text = strings.TrimSpace(e.Text); e.Text == "" {
		return &Rejection{RejectEmpty, "Write what the person should read."}
	}
	if err := w.mayTell(); err != nil {
		return err
	}
	c := w.subject
	if c.Handler == "" {
		c.Handler = e.By
	}
	w.tellNews(kind, e)
	if c.Status == Open {
		w.promise(c, time.Time{})
	}
	return nil
}

// mayTell tells why the person of a case cannot be told anything.
func (w *work) mayTell() error {
	switch c := w.subject; {
	case c.Status == Draft:
		return &Rejection{RejectNotReady, "The person has not sent this yet, so it cannot be answered."}
	case c.WriterDied():
		return &Rejection{RejectDied, "The person who wrote this has died. Write to their family another way."}
	}
	return nil
}

// tellNews puts an entry on the timeline and leaves a notice of it.
func (w *work) tellNews(kind string, e Entry) {
	c := w.subject
	w.change(c)
	e.ID, e.At = newEntryID(), w.now
	w.op(Append{Case: c, Entry: e})
	w.op(EndTask{c.taskID(Acknowledge)})
	w.op(EndTask{c.taskID(ReadReply)})
	w.op(EndTask{c.taskID(NoNewsYet)})
	if c.Acknowledged.IsZero() {
		c.Acknowledged = w.now
	}
	if kind == noticeOutcome {
		c.Wait = nil
	}
	held := !c.Died.IsZero()
	c.Pending = append(c.Pending, Notice{Kind: kind, Entry: e.ID, Held: held})
	if held {
		w.task(ReleaseNews, withinDay, "There is news for the person who complained, and the person it is about has died. Read it, and release it or take it back.")
		return
	}
	w.wakeFor(c)
}
