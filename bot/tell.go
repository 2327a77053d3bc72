package bot

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Telling is what staff tell the person of a case.
type Telling struct {
	Words string // as the person reads them
	About []int  // which of their points it is about, from 1; none: it does not say

	// Where it was translated: what was written first, and who put it into the
	// person's language. Both texts are kept.
	Written    string
	Translator string

	// NotBefore is when the person may first be told; zero, or past: at once.
	NotBefore time.Time
}

// planAhead is how far ahead words can be planned where no day was promised.
const planAhead = 28 * 24 * time.Hour

// Tell tells the person of a case something, in the words of the staff. It also
// acknowledges the case, and names who handles it. What is planned for later can be
// taken back until then.
func (b *Bot) Tell(ctx context.Context, id ProviderID, ref CaseRef, by By, t Telling) error {
	return b.staff(ctx, id, ref, by, "update", func(w *work) error {
		planned := t.NotBefore.After(w.now)
		if planned {
			if err := w.mayPlan(t.NotBefore); err != nil {
				return err
			}
		}
		e := Entry{Kind: Told, Text: t.Words, By: by.Name, About: t.About, Written: strings.TrimSpace(t.Written), Translator: strings.TrimSpace(t.Translator)}
		if (e.Written == "") != (e.Translator == "") {
			return &Rejection{RejectEmpty, "What was translated needs both: the words before, and who translated them."}
		}
		if err := w.tell(noticeUpdate, e); err != nil || !planned {
			return err
		}
		c := w.subject
		for i, n := range slices.Backward(c.Pending) {
			if n.Kind == noticeUpdate { // the newest is this one
				c.Pending[i].NotBefore, c.Pending[i].Planned = t.NotBefore, true
				break
			}
		}
		w.wakeFor(c)
		return nil
	})
}

// mayPlan tells why words cannot wait until then: what was promised is kept.
func (w *work) mayPlan(until time.Time) error {
	c := w.subject
	switch {
	case c.Status == Open && !c.Due.IsZero() && until.After(c.Due):
		return &Rejection{RejectLate, "This is after the day by which the person was promised to hear. Send it before, or at once."}
	case until.Sub(w.now) > planAhead:
		return &Rejection{RejectLate, "This is too far ahead: at most four weeks."}
	}
	return nil
}

// TakeBack takes back what was planned and not told yet. That it was stays on the
// timeline.
func (b *Bot) TakeBack(ctx context.Context, id ProviderID, ref CaseRef, by By, entry EntryID) error {
	return b.staff(ctx, id, ref, by, "take back an update", func(w *work) error {
		c := w.subject
		i := slices.IndexFunc(c.Pending, func(n Notice) bool { return n.Entry == entry && n.Planned && n.NotBefore.After(w.now) })
		if i < 0 {
			return &Rejection{RejectNotReady, "This is on its way already, so it cannot be taken back. Write to the person instead."}
		}
		w.change(c)
		c.Pending = slices.Delete(c.Pending, i, i+1)
		w.op(Append{Case: c, Entry: Entry{
			ID: newEntryID(), At: w.now, Kind: Noted, By: by.Name, Of: entry, Text: "Taken back before the person was told. They still hear by the day that was promised.",
		}})
		w.wakeFor(c)
		return nil
	})
}
