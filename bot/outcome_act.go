package bot

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
)

// SaveOutcome keeps the draft of a case's outcome. A change takes away a signature
// that it had.
func (b *Bot) SaveOutcome(ctx context.Context, id ProviderID, ref CaseRef, by By, a Answered) error {
	a = a.plain()
	if all := a.long(); len(all) > 0 {
		return lackError(all)
	}
	return b.staff(ctx, id, ref, by, "save an outcome", func(w *work) error {
		c := w.subject
		if c.Status == Draft {
			return &Rejection{RejectNotReady, "The person has not sent this yet, so it cannot be answered."}
		}
		d := OutcomeDraft{By: by.Name, At: w.now, Answered: a}
		if was := c.Draft; was != nil {
			d.Authors = was.Authors
			if !was.changes(a) {
				return nil
			}
		}
		if !slices.Contains(d.Authors, by.Member) {
			d.Authors = append(slices.Clone(d.Authors), by.Member)
		}
		w.change(c)
		c.Draft = &d
		if !w.signed(c) {
			w.op(EndTask{c.taskID(SignOutcome)})
		}
		return nil
	})
}

// DropOutcome throws the draft of a case's outcome away.
func (b *Bot) DropOutcome(ctx context.Context, id ProviderID, ref CaseRef, by By) error {
	return b.staff(ctx, id, ref, by, "drop an outcome", func(w *work) error {
		c := w.subject
		w.change(c)
		c.Draft = nil
		w.op(EndTask{c.taskID(SignOutcome)})
		return nil
	})
}

// AskSignature asks another person to sign the draft, which must be whole.
func (b *Bot) AskSignature(ctx context.Context, id ProviderID, ref CaseRef, by By) error {
	return b.staff(ctx, id, ref, by, "ask for a signature", func(w *work) error {
		d, err := w.whole()
		if err != nil {
			return err
		}
		d.Asked = w.now
		w.task(SignOutcome, withinDays, "An outcome is written and waits for the signature of a second person. Read it, and sign it or say what to change.")
		return nil
	})
}

// SignOutcome signs the draft, as another person than those who wrote it.
func (b *Bot) SignOutcome(ctx context.Context, id ProviderID, ref CaseRef, by By) error {
	return b.staff(ctx, id, ref, by, "sign an outcome", func(w *work) error {
		d, err := w.whole()
		if err != nil {
			return err
		}
		if slices.Contains(d.Authors, by.Member) {
			return &Rejection{RejectOwnWork, "You wrote some of this yourself. Another person must sign it."}
		}
		d.Signed, d.Signer = w.now, by.Name
		w.op(EndTask{w.subject.taskID(SignOutcome)})
		w.note(by, "The outcome is signed.")
		return nil
	})
}

// RejectOwnWork is the code of a second signature by who wrote it.
const RejectOwnWork = "own work"

// whole is a copy of the draft that is written back, if nothing is missing in it.
func (w *work) whole() (*OutcomeDraft, error) {
	c := w.subject
	if err := w.mayTell(); err != nil {
		return nil, err
	}
	if c.Draft == nil {
		return nil, &Rejection{RejectEmpty, "Nothing of the outcome is written yet."}
	}
	wish := strings.TrimSpace(c.field("put_right")) != ""
	if err := lackError(c.Draft.lacks(c.AnswerPoints(), wish, w.p.ombudsmen(), w.today())); err != nil {
		return nil, err
	}
	d := *c.Draft
	w.change(c)
	c.Draft = &d
	return &d, nil
}

// ombudsmen are those that the person of a case can go to.
func (p *provider) ombudsmen() []string {
	return slices.Sorted(maps.Keys(p.Flows.Ombudsmen(p.Nation)))
}

// today is when the day began, as days are written: without a time of day or a place.
func (w *work) today() time.Time {
	y, m, d := w.now.In(w.p.Calendar.Location).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// signed tells whether the draft has the signatures that it needs.
func (w *work) signed(c *Case) bool {
	return !w.p.SecondSignature || c.Draft != nil && !c.Draft.Signed.IsZero()
}

// OfferOutcome offers the draft to the person, in the manner that they chose. points
// are their own words, one a point. It goes in the place of an outcome that was not
// told yet; a case that was closed goes on until they have answered.
func (b *Bot) OfferOutcome(ctx context.Context, id ProviderID, ref CaseRef, by By, points []string) error {
	return b.staff(ctx, id, ref, by, "offer an outcome", func(w *work) error {
		d, err := w.whole()
		if err != nil {
			return err
		}
		c := w.subject
		if len(points) > len(d.Findings) {
			return lackError(d.lacks(len(points), false, w.p.ombudsmen(), w.today()))
		}
		if !w.signed(c) {
			return &Rejection{RejectNotReady, "A second person must sign this before it is offered. Ask for their signature."}
		}
		a := d.with(points)
		e := Entry{Kind: Found, Text: a.Opening, By: by.Name, Outcome: &a, Written: a.Written, Translator: a.Translator}
		a.Written, a.Translator = "", "" // once on the timeline
		if err := w.offer(e); err != nil {
			return err
		}
		c.Draft = nil
		c.Outcome.Findings, c.Outcome.Ombudsman = a.kinds(), a.Ombudsman
		w.promised(c, a)
		return nil
	})
}

// with is the outcome with the words of the points that it answers.
func (a Answered) with(points []string) Answered {
	a.Findings = slices.Clone(a.Findings)
	for i := range a.Findings {
		if i < len(points) {
			a.Findings[i].Point = points[i]
		}
	}
	return a
}

// Resolve offers the person an outcome of a few words, in place of one that was not
// told yet. A case that was closed goes on until they have answered.
func (b *Bot) Resolve(ctx context.Context, id ProviderID, ref CaseRef, by By, words string) error {
	return b.staff(ctx, id, ref, by, "offer an outcome", func(w *work) error {
		return w.offer(Entry{Kind: Found, Text: words, By: by.Name})
	})
}
