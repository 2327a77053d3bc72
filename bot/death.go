package bot

import "slices"

// died has nothing automatic go out about a case any more, and holds what was to be
// told until staff release it. The commit that notes the death does it all.
func (w *work) died(c *Case, by string) {
	w.change(c)
	c.Died = w.now
	c.Pending = slices.DeleteFunc(c.Pending, func(n Notice) bool { return n.Entry == "" })
	for i := range c.Pending {
		c.Pending[i].Held = true
	}
	w.op(Append{Case: c, Entry: Entry{ID: newEntryID(), At: w.now, Kind: Noted, By: by, Text: "The person it is about has died."}})
	w.op(DropTimer{Timer{Kind: News, Case: c.Ref}.ID()})
	for _, conversation := range []ConversationID{w.conv.ID, c.Patient} {
		if conversation != "" {
			w.op(CancelPrompts{conversation})
			w.op(DropTimer{Timer{Kind: Nudge, Conversation: conversation}.ID()})
			w.op(DropTimer{Timer{Kind: Consult, Conversation: conversation}.ID()})
		}
	}
}

// toldOfDeath notes a death that the person tells of.
func (w *work) toldOfDeath(c *Case) {
	if !c.Died.IsZero() {
		return
	}
	w.died(c, "")
	if c.Status == Draft {
		return
	}
	w.task(ReleaseNews, withinDay, "The person tells that who it is about has died. Nothing goes to them by itself now: write to them, and release what waits.")
}

// ownCare tells whether who complains is who it is about.
func (c *Case) ownCare() bool { return c.field("about") == "me" }

// WriterDied tells whether who wrote it has died, so that nobody can be written to.
func (c *Case) WriterDied() bool { return !c.Died.IsZero() && c.ownCare() }
