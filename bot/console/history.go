package console

import (
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
}

// fileLink is something that the person sent.
type fileLink struct {
	Name  string
	Path  string // where it is opened; empty: it cannot be
	Image bool   // shown on the page
	Sound bool   // played on the page
}

func (p *pages) history(one *desk.View, lines []desk.Line) (all []historyLine) {
	for _, l := range lines {
		h := historyLine{Line: l, What: entryName(l.Kind), Files: p.filesOf(one.Ref, l), Inside: l.Kind == bot.Noted}
		if l.Kind == bot.Said && l.Label != "" {
			h.What = l.Label
		}
		for _, n := range l.About {
			if n >= 2 && n <= len(one.Points) {
				h.About = append(h.About, one.Points[n-1])
			} else if n == 1 && len(one.Points) > 1 {
				h.About = append(h.About, "What happened")
			}
		}
		all = append(all, h)
	}
	return all
}

// filesOf are the files of a line.
func (p *pages) filesOf(ref bot.CaseRef, l desk.Line) (all []fileLink) {
	for _, m := range l.Media {
		f := fileLink{Name: mediaName(m.Kind)}
		if f.Name == "" {
			f.Name = "a file"
		}
		if m.File != "" {
			f.Path = p.root + "/cases/" + string(ref) + "/files/" + m.File
			f.Image, f.Sound = m.Kind == "photo" || m.Kind == "sticker", m.Kind == "voice" || m.Kind == "audio"
		}
		all = append(all, f)
	}
	return all
}
