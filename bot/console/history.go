package console

import (
	"strings"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

// historyLine is one thing that was said or done, as a page shows it.
type historyLine struct {
	desk.Line
	What   string
	About  []string // the points that an update is about, in the person's words
	Files  []fileLink
	Inside bool // for staff only

	Findings []foundLine // of an outcome, one a point
	Signed   string      // who answers for it
	Wish     string      // how what they asked for was considered
	Read     time.Time   // when the person opened it; zero: not yet, or it was another
}

// foundLine is what was found of one point.
type foundLine struct {
	Point   string // in the person's words
	Finding string
	Said    []string // what was found, the apology, what else
	Actions []string
}

// fileLink is something that the person sent.
type fileLink struct {
	Name  string
	Path  string // where it is opened; empty: it cannot be
	Image bool   // shown on the page
	Sound bool   // played on the page
	Hint  string // what to know before it is opened
}

func (p *pages) history(one *desk.View, lines []desk.Line) (all []historyLine) {
	for _, l := range lines {
		h := historyLine{Line: l, What: entryName(l.Kind), Files: p.filesOf(one, l), Inside: forStaff(l.Kind)}
		if l.Kind == bot.Said && l.Label != "" {
			h.What = l.Label
		}
		for _, n := range l.About {
			if n >= 1 && n <= len(one.Points) && len(one.Points) > 1 {
				h.About = append(h.About, pointLabel(n-1, one.Points[n-1]))
			}
		}
		if l.Outcome != nil {
			p.outcomeLine(&h, lines)
		}
		all = append(all, h)
	}
	return all
}

// outcomeLine adds to an outcome what it says point by point, and when it was read.
func (p *pages) outcomeLine(h *historyLine, lines []desk.Line) {
	h.Signed, h.Wish = h.Outcome.Signatory, h.Outcome.Considered
	for _, f := range h.Outcome.Findings {
		one := foundLine{Point: f.Point, Finding: findingName(f.Kind)}
		for _, text := range []string{f.Body, f.Words, f.Apology, f.NoAction} {
			if text != "" {
				one.Said = append(one.Said, text)
			}
		}
		for _, a := range f.Actions {
			one.Actions = append(one.Actions, a.What+" By whom: "+a.Owner+", by "+a.Due.Format("2 January 2006")+".")
		}
		h.Findings = append(h.Findings, one)
	}
	for _, l := range lines {
		if l.Kind == bot.WasRead && l.Of == h.ID {
			h.Read = l.At
		}
	}
}

// filesOf are the files of a line.
func (p *pages) filesOf(one *desk.View, l desk.Line) (all []fileLink) {
	for _, m := range l.Media {
		f := fileLink{Name: mediaName(m.Kind)}
		if f.Name == "" {
			f.Name = "a file"
		}
		if m.File != "" {
			f.Path = p.root + "/cases/" + string(one.Ref) + "/files/" + m.File
			f.Image, f.Sound = m.Kind == "photo" || m.Kind == "sticker", m.Kind == "voice" || m.Kind == "audio"
		}
		switch tells := f.Path != "" && !one.Known() && desk.Tells(m); {
		case tells && (f.Image || strings.HasPrefix(m.Type, "image/")):
			f.Path, f.Image, f.Hint = "", false, "It may say where it was taken and by whom, and that cannot be taken out of it, so it is kept and not shown."
		case tells:
			f.Hint = "It may say who sent it. Open it only if you must."
		}
		all = append(all, f)
	}
	return all
}

// forStaff tells whether an entry is for staff alone, and never sent.
func forStaff(k bot.EntryKind) bool {
	switch k {
	case bot.Noted, bot.Clocked, bot.AskedOf, bot.Stated:
		return true
	}
	return false
}
