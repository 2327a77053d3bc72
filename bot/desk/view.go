package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"heard/bot"
	"heard/flows"
)

// View is a case as it may be shown to one member of staff. What they may not know
// is not in it.
type View struct {
	Ref      bot.CaseRef
	Version  uint64
	Mark     uint64 // of CaseMark
	Status   bot.CaseStatus
	Stage    flows.Stage
	Formal   bool
	Channel  string
	Language string

	Received, Opened, Due, Closed, Died time.Time // zero: not
	Overdue                             bool
	DaysLeft                            int // working days until Due; below 0: after it

	Handler  string // as the person reads it
	Assigned bot.MemberID
	Decides  string
	Proposed time.Time // the later date that the person is asked to agree to

	Privacy  string     // bot.PrivacyNamed, ...; never empty
	Hidden   bool       // who the person is may be shown to who gives a reason: Reveal
	Identity []Answered // who they are, where that may be shown

	Story    []Line     // what happened, in their own words and files, in order
	Points   []string   // of the complaint, in their own words; none: it was not divided
	Wish     string     // what would put it right
	Needs    []Answered // large print, an interpreter ...
	Answers  []Answered // all else that they answered
	Consent  bot.Consent
	Outcome  bot.Outcome
	Draft    *bot.OutcomeDraft // of its outcome; nil: none
	Promises []bot.Promise
	Manner   bot.Manner // how the person chose to be told it
	Timeline []Line     // oldest first, without the story
	Tasks    []Item
	Recorded *bot.Recorded // how staff wrote it down; nil: its person sent it
	Links    []bot.CaseRef

	Acknowledged time.Time // zero: not yet
	Wait         *bot.Wait // nil: it goes on
	Statements   []bot.Statement

	Barred []bot.MemberID

	Held   bool // news waits after a death until somebody releases it
	Silent bool // who wrote it has died: nobody can be written to
}

// Answered is what somebody answered, in the words of the question.
type Answered struct {
	Property string
	Label    string
	Value    string
}

// Line is one entry of the timeline.
type Line struct {
	bot.Entry
	Label    string // what was asked, of an answer
	Withheld bool   // it tells who they are, and that may not be shown: there is no text

	Waits     bool      // the person was not told yet
	Planned   time.Time // until then, as staff chose; zero: they are told as soon as may be
	TakenBack bool      // before they were told
}

// Case is a case as one member of staff may see it. Looking is noted in the audit log.
func (d *Desk) Case(ctx context.Context, who Who, ref bot.CaseRef) (*View, error) {
	c, entries, revealed, err := d.look(ctx, who, ref, "open a case")
	if err != nil {
		return nil, err
	}
	tasks, err := d.tasksOf(ctx, who, c)
	if err != nil {
		return nil, err
	}
	v := d.view(c, revealed)
	d.lines(v, c, entries, revealed)
	v.planned(c.Pending)
	v.Tasks, v.Mark = tasks, caseMark(c, tasks)
	if !who.May(GiveOut) {
		v.Barred = nil
	}
	return v, nil
}

// look reads a case with its timeline for somebody, and whether they may see who the
// person is. That it was looked at, and as what, is noted in the audit log.
func (d *Desk) look(ctx context.Context, who Who, ref bot.CaseRef, as string) (c *bot.Case, entries []bot.Entry, revealed bool, err error) {
	if c, err = d.mayRead(ctx, who, ref); err != nil {
		return nil, nil, false, err
	}
	if revealed, err = d.revealed(ctx, who, c); err != nil {
		return nil, nil, false, err
	}
	if err = d.looked(ctx, who, as, ref, ""); err != nil {
		return nil, nil, false, err
	}
	entries, err = d.o.Store.Timeline(ctx, d.o.Provider.ID, c)
	return c, entries, revealed, err
}

// noCase is the one answer for a case that there is not and for one that somebody
// may not see.
func noCase() error {
	return &bot.Rejection{Code: bot.RejectNoCase, Sentence: "There is no case with this reference, or you may not see it."}
}

// mayRead reads a case that who asks may see. Drafts are nobody's to see.
func (d *Desk) mayRead(ctx context.Context, who Who, ref bot.CaseRef) (*bot.Case, error) {
	if !who.May(SeeCases) {
		return nil, noCase()
	}
	c, err := d.o.Store.ReadCase(ctx, d.o.Provider.ID, ref)
	if errors.Is(err, bot.ErrNotFound) || err == nil && !mayShow(who, c) {
		return nil, noCase()
	}
	return c, err
}

// mayShow tells whether a case may be on a page of somebody.
func mayShow(who Who, c *bot.Case) bool {
	return c.Status != bot.Draft && !slices.Contains(c.Barred, who.Member)
}

// privacy is how the person chose to be known: anonymous, where they did not.
func privacy(c *bot.Case) string {
	if c.Privacy == "" {
		return bot.PrivacyAnonymous
	}
	return c.Privacy
}

func (d *Desk) view(c *bot.Case, revealed bool) *View {
	now := d.o.Now()
	v := &View{
		Ref: c.Ref, Version: c.Version, Status: c.Status, Stage: c.Stage, Formal: c.Formal, Channel: string(c.Channel), Language: c.Language,
		Received: c.Received, Opened: c.Opened, Due: c.Due, Closed: c.Closed, Died: c.Died, Overdue: overdue(c, now),
		Handler: c.Handler, Assigned: c.Assigned, Decides: c.Decides, Proposed: c.Proposed, Privacy: privacy(c),
		Acknowledged: c.Acknowledged, Wait: c.Wait, Statements: c.Statements,
		Hidden: c.Privacy == bot.PrivacyConfidential && !revealed, Consent: c.Consent, Outcome: c.Outcome, Links: c.Links, Barred: c.Barred,
		Recorded: c.Recorded, Draft: c.Draft, Promises: c.Promises, Manner: c.Manner(), Silent: c.WriterDied(),
		Held: slices.ContainsFunc(c.Pending, func(n bot.Notice) bool { return n.Held }),
	}
	if c.Status != bot.Closed {
		v.Closed = time.Time{}
	}
	if !c.Due.IsZero() {
		v.DaysLeft = d.o.Provider.Calendar.WorkingDaysUntil(now, c.Due)
	}
	for _, f := range c.Fields {
		d.answer(v, f, revealed)
	}
	return v
}

func overdue(c *bot.Case, now time.Time) bool {
	return c.Status == bot.Open && !c.Due.IsZero() && now.After(c.Due)
}

// answer puts an answer where it belongs.
func (d *Desk) answer(v *View, f bot.Field, revealed bool) {
	if f.Value == "" {
		return
	}
	a := Answered{Property: f.Name, Label: d.Label(f.Name), Value: d.option(f.Name, f.Value)}
	switch {
	case f.Name == "privacy", f.Name == "verdict":
	case d.identifies(f.Name):
		if revealed {
			v.Identity = append(v.Identity, a)
		}
	case f.Name == "put_right":
		v.Wish = f.Value
	case strings.HasPrefix(f.Name, "needs"):
		v.Needs = append(v.Needs, a)
	default:
		v.Answers = append(v.Answers, a)
	}
}

// lines divides the timeline into the story, the points and all else.
func (d *Desk) lines(v *View, c *bot.Case, entries []bot.Entry, revealed bool) {
	for _, e := range entries {
		l := d.line(e, revealed)
		switch {
		case l.Withheld:
			v.Timeline = append(v.Timeline, l)
		case e.Kind == bot.Said && e.Point > 0:
			v.Points = joinPoint(v.Points, e)
		case c.TellsStory(e):
			v.Story = append(v.Story, l)
		default:
			v.Timeline = append(v.Timeline, l)
		}
	}
	if len(v.Points) > 0 && v.Points[0] == "" {
		v.Points[0] = v.told() // what happened is the first point, and not said to it
	}
}

// told is the story in words; empty: it has none.
func (v *View) told() string {
	var story []string
	for _, l := range v.Story {
		if l.Text != "" {
			story = append(story, l.Text)
		}
	}
	return strings.Join(story, "\n")
}

// line is an entry as it may be shown.
func (d *Desk) line(e bot.Entry, revealed bool) Line {
	l := Line{Entry: e}
	if e.Field == "" {
		return l
	}
	l.Label = d.Label(e.Field)
	if d.identifies(e.Field) && !revealed {
		l.Withheld, l.Text, l.Media, l.Shown = true, "", nil, ""
	}
	return l
}

// joinPoint adds what was said to a point, which may take several messages.
func joinPoint(points []string, e bot.Entry) []string {
	for len(points) < e.Point {
		points = append(points, "")
	}
	at := &points[e.Point-1]
	*at = strings.TrimSpace(*at + "\n" + e.Text)
	return points
}

// identifies tells whether a property says who somebody is. One that is not declared
// is taken for such.
func (d *Desk) identifies(property string) bool {
	f, ok := d.o.Provider.Flows.FieldOfProperty(property)
	return !ok || f.Privacy == "identity"
}

// Label is what was asked, in words.
func (d *Desk) Label(property string) string {
	if f, ok := d.o.Provider.Flows.FieldOfProperty(property); ok && f.Staff+f.Label != "" {
		return cmp.Or(f.Staff, f.Label)
	}
	words := strings.ReplaceAll(property, "_", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// option is an option as the person saw it; else the value itself.
func (d *Desk) option(property, value string) string {
	if f, ok := d.o.Provider.Flows.FieldOfProperty(property); ok {
		if label, ok := d.o.Provider.Flows.OptionLabel(f.Name, value); ok {
			return label
		}
	}
	return value
}
