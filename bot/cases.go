package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"heard/flows"
)

// mostCases is how many cases a conversation remembers: as many as a list shows.
// Older ones stay, and are found by their reference.
const mostCases = 10

// own remembers a case that was begun here.
func (c *Conversation) own(k *Case) {
	c.Cases = append(slices.Clone(c.Cases), OwnCase{Ref: k.Ref, Handle: k.Handle})
	if extra := len(c.Cases) - mostCases; extra > 0 {
		c.Cases = c.Cases[extra:]
	}
}

// note brings what the conversation knows of a case up to date.
func (c *Conversation) note(k *Case) {
	i := slices.IndexFunc(c.Cases, func(o OwnCase) bool { return o.Ref == k.Ref })
	if i < 0 {
		return
	}
	closed := k.Status == Closed || k.Status == Withdrawn || k.Status == Transferred
	if c.Cases[i].Sent.Equal(k.Opened) && c.Cases[i].Closed == closed {
		return
	}
	c.Cases = slices.Clone(c.Cases)
	c.Cases[i].Sent, c.Cases[i].Closed = k.Opened, closed
}

// disown forgets a case that is erased.
func (c *Conversation) disown(k *Case) {
	c.Cases = slices.DeleteFunc(slices.Clone(c.Cases), func(o OwnCase) bool { return o.Ref == k.Ref })
}

// isSent tells whether a case was sent and, as far as the conversation knows, is not
// closed.
func (o OwnCase) isSent() bool { return !o.Sent.IsZero() && !o.Closed }

// othersWanted notes that a step asks for the person's other open cases; nil: they
// have none, or they are read.
func (w *work) othersWanted() func() {
	if w.othersRead || w.foreign() {
		return nil
	}
	if !slices.ContainsFunc(w.conv.Cases, func(o OwnCase) bool { return o.isSent() && w.caseNamed(string(o.Ref)) == nil }) {
		return nil
	}
	return func() { w.asksOthers = true }
}

// readOthers reads the other open cases of who has several, to tell how each of them stands.
// They are looked at only: nothing is decided by them.
func (b *Bot) readOthers(ctx context.Context, w *work) (err error) {
	w.othersRead, w.asksOthers = true, false
	var refs []CaseRef
	for _, o := range w.conv.Cases {
		if o.isSent() && w.caseNamed(string(o.Ref)) == nil {
			refs = append(refs, o.Ref)
		}
	}
	if w.others, err = b.store.Cases(ctx, w.p.ID, refs); err != nil {
		return storeError{err}
	}
	return nil
}

// briefs are the person's open cases, oldest first. What staff did since is on the
// case, and not with the conversation.
func (w *work) briefs() []flows.CaseBrief {
	all := make([]flows.CaseBrief, 0, len(w.conv.Cases))
	for _, o := range w.conv.Cases {
		if !o.isSent() {
			continue
		}
		brief := flows.CaseBrief{Ref: string(o.Ref), Sent: o.Sent}
		c := w.caseNamed(string(o.Ref))
		if i := slices.IndexFunc(w.others, func(k *Case) bool { return k.Ref == o.Ref }); i >= 0 {
			c = w.others[i]
		}
		if c != nil {
			if c.Status != Open {
				continue
			}
			brief.Due, brief.Overdue = c.Due, c.overdue(w.now)
		}
		all = append(all, brief)
	}
	return all
}

func (c *Case) overdue(now time.Time) bool {
	return c.Status == Open && !c.Due.IsZero() && now.After(c.Due)
}

// waitsElsewhere is what another of the person's cases has to tell; nil: nothing.
// STATUS is all by which who is never written to first hears of it.
func (w *work) waitsElsewhere() *flows.Notice {
	for _, c := range w.others {
		if i, _ := c.waiting(w.now); i >= 0 {
			n := c.Pending[i].flow(c.Ref)
			return &n
		}
	}
	return nil
}

// hold reads the cases that effects are about, where the turn does not hold them
// yet: a person with several chose one.
func (b *Bot) hold(ctx context.Context, w *work, effects []flows.Effect) error {
	for _, e := range effects {
		ref := caseOf(e)
		if ref == "" || w.caseNamed(ref) != nil || !w.mine(ref) {
			continue
		}
		c, _, err := b.store.Case(ctx, w.p.ID, CaseRef(ref))
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return storeError{err}
		}
		w.hold(c)
	}
	return nil
}

// mine tells whether a case was begun in this conversation: a reference alone
// opens nothing.
func (w *work) mine(ref string) bool {
	return slices.ContainsFunc(w.conv.Cases, func(o OwnCase) bool { return string(o.Ref) == ref })
}

func caseOf(e flows.Effect) string {
	switch e := e.(type) {
	case flows.Act:
		return e.Case
	case flows.Save:
		return e.Case
	case flows.Keep:
		return e.Case
	}
	return ""
}

// on does something about the case of a reference, where the turn holds it, else
// about what is spoken of.
func (w *work) on(ref string, do func() error) error {
	c := w.caseNamed(ref)
	if c == nil || c == w.subject {
		return do()
	}
	before := w.subject
	w.subject = c
	err := do()
	w.subject = before
	return err
}

// spoke remembers where the newest words on the draft are.
func (w *work) spoke(c *Case, e Entry) {
	if c.Status != Draft || e.Kind != Said {
		return
	}
	w.conv.LastSaid = Spoken{Entry: e.ID, Field: e.Field}
	for _, m := range e.Media {
		if m.File != "" {
			w.conv.LastSaid.Files = append(w.conv.LastSaid.Files, FileID(m.File))
		}
	}
}

// deleteLast erases the newest words on the draft, and their files.
func (w *work) deleteLast(field string) {
	c, last := w.current, w.conv.LastSaid
	if c == nil || c.Status != Draft || last.Entry == "" || field != "" && last.Field != field {
		return
	}
	w.op(Remove{Case: c, Entry: last.Entry})
	if len(last.Files) > 0 {
		w.op(DropTimer{Timer{Kind: Fetch, Case: c.Ref, Entry: last.Entry}.ID()})
		if len(c.Key) > 0 {
			w.op(SetTimer{Timer{Kind: Burn, Folder: FileFolder(c), Entry: last.Entry, Files: last.Files, After: burnAfter}})
		}
	}
	w.conv.LastSaid = Spoken{}
}
