package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// What comes before a day on which the person was promised to hear.
const (
	// askFirst is how many working days before it the handler is asked for one line.
	// No law names a number: two leave a day for who is away on the first.
	askFirst = 2

	// beforeNews is how long before it the person is told, if nobody wrote, that there
	// is no news.
	beforeNews = 24 * time.Hour
)

// promise says when the person hears next; zero: in the usual time, or, while the case
// waits, on the day that they were told then.
func (w *work) promise(c *Case, by time.Time) {
	switch {
	case by.IsZero() && c.Wait != nil && w.now.Before(c.Due):
		by = c.Due
	case by.IsZero():
		by = w.p.Calendar.workingDays(w.now, untilNews)
	}
	c.Due = by
	w.nextNoNews(c)
}

// nextNoNews is for the day that was promised last: first the handler is asked for a
// line, and only if none comes it is said by itself that there is no news. While the
// case waits for somebody nothing is said by itself: the person knows why.
func (w *work) nextNoNews(c *Case) {
	c.withdrawNotices(noticeNoNews)
	if c.Status != Open || c.bereaved() {
		w.op(DropTimer{Timer{Kind: AskLine, Case: c.Ref}.ID()})
		return
	}
	ask, say := w.p.beforeDay(w.now, c.Due)
	if c.Wait == nil {
		w.notify(c, noticeNoNews, say)
	}
	w.op(SetTimer{Timer{Kind: AskLine, Case: c.Ref, After: max(0, ask.Sub(w.now))}})
}

// beforeDay is when the handler is asked before a promised day, and when the person is
// told. Of a day that is too near for both, the time until then is divided.
func (p *provider) beforeDay(now, due time.Time) (ask, say time.Time) {
	ask, say = p.Calendar.workingDaysBefore(due, askFirst), due.Add(-beforeNews)
	if ask.After(now) {
		return ask, say
	}
	return now.Add(due.Sub(now) / 2), due
}

// askLine asks the handler for one line. It is theirs until any update ends it.
func (b *Bot) askLine(ctx context.Context, p *provider, l TimerLease, t Turn) (Turn, error) {
	c, _, err := b.store.Case(ctx, p.ID, l.Timer.Case)
	if errors.Is(err, ErrNotFound) {
		return t, nil
	}
	now := b.now()
	if err != nil || c.Status != Open || c.bereaved() || !now.Before(c.Due) {
		return t, err
	}
	task := StaffTask{
		ID: c.taskID(NoNewsYet), Kind: NoNewsYet, Case: c.Ref, At: now, Due: c.Due,
		Text: "It still waits. Let it go on, or write to the person that it waits and until when.",
	}
	if i := slices.IndexFunc(c.Pending, func(n Notice) bool { return n.Kind == noticeNoNews }); i >= 0 {
		task.Due = c.Pending[i].NotBefore
		task.Text = "Write one line to the person. If none comes, they are told that there is no news."
	}
	t.Expect = []Expect{{Case: c.Ref, Version: c.Version}}
	t.Ops = []Op{AddTask{task}}
	return t, nil
}

// Redate changes the day on which the person was promised to hear, and tells them.
// by.Reason is for the timeline; without words they read a fixed sentence. A later day
// is for who could not keep the first: before it has passed, the person is asked.
func (b *Bot) Redate(ctx context.Context, id ProviderID, ref CaseRef, by By, due time.Time, words string) error {
	return b.staff(ctx, id, ref, by, "change a date", func(w *work) error {
		c := w.subject
		missed := !w.now.Before(c.Due)
		switch {
		case strings.TrimSpace(by.Reason) == "":
			return &Rejection{RejectEmpty, "Say why the day changes. It is kept on the timeline."}
		case c.Status == Open && c.Acknowledged.IsZero():
			return notAcknowledged()
		case !due.After(w.now):
			return &Rejection{RejectLate, "This day has passed. Choose one to come."}
		case due.After(c.Due) && !missed:
			return &Rejection{RejectNotReady, "The day that was promised has not passed. Ask the person to agree to a later one."}
		}
		if err := w.mayChangeClock(); err != nil {
			return err
		}
		w.dated(by, "The promised day was "+w.day(c.Due)+", and is "+w.day(due)+" now.", by.Reason)
		w.tellSentence(by, words, w.p.Flows.DateMoved(c.Language, due, missed))
		c.Proposed = time.Time{}
		c.withdrawNotices(noticeExtension)
		w.promise(c, due)
		return nil
	})
}

func notAcknowledged() error {
	return &Rejection{RejectNotReady, "Acknowledge the complaint first. The law's clock for that does not stop."}
}

// mayChangeClock tells why the dates of a case cannot be changed.
func (w *work) mayChangeClock() error {
	if err := w.mayTell(); err != nil {
		return err
	}
	if w.subject.Status != Open {
		return &Rejection{RejectNotReady, "The case is not open, so no date runs."}
	}
	return nil
}

// tellSentence tells the person what a member of staff wrote, else a sentence.
func (w *work) tellSentence(by By, words, sentence string) {
	if words = strings.TrimSpace(words); words == "" {
		words = sentence
	}
	w.tellNews(noticeUpdate, Entry{Kind: Told, Text: words, By: by.Name})
}

// dated puts on the timeline what became of a date, and why.
func (w *work) dated(by By, text, why string) {
	w.change(w.subject)
	text += " Why: " + strings.TrimSpace(why)
	w.op(Append{Case: w.subject, Entry: Entry{ID: newEntryID(), At: w.now, Kind: Clocked, By: by.Name, Text: text}})
}

// day is a day as staff read it.
func (w *work) day(t time.Time) string {
	return t.In(w.p.Calendar.Location).Format("Monday 2 January 2006")
}
