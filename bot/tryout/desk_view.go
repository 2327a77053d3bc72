package tryout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"heard/bot"
	"heard/channels"
	"heard/flows"
)

// How much of the desk is read for one page.
const (
	casesShown = 20
	tasksShown = 50
)

// deskView is the desk as its template reads it.
type deskView struct {
	By      string
	Tour    tour
	Tasks   []taskView
	Cases   []caseLink // newest first
	Case    *caseView  // nil: there is none
	Update  form
	Outcome form
	Down    bool // the store did not answer: only the forms are true
}

// form is one box of the desk.
type form struct {
	Action string
	Words  string // what was typed and not taken
	Error  string // beside the field
}

// caseLink is a case to choose.
type caseLink struct {
	Ref     bot.CaseRef
	Channel string
	Status  string
	At      time.Time
	Chosen  bool
}

// caseView is one case as staff see it.
type caseView struct {
	Ref     bot.CaseRef
	Channel string
	Status  string
	Stage   string
	Due     time.Time // zero: nothing is promised
	Overdue bool
	Closed  time.Time // zero: it is not
	Handler string
	Privacy privacyView
	Draft   bool // shown for one reason: danger
	Words   []lineView
	Answers []answerView
	Outcome *outcomeView
	History []lineView
}

type privacyView struct{ Label, Means string }

type answerView struct {
	Label, Value string
	Withheld     bool // it tells who the person is, and they did not choose to be named
}

// lineView is one line of the timeline.
type lineView struct {
	At     time.Time
	What   string
	By     string // staff; empty: the person, or the bot
	Text   string
	Media  []string
	Danger bool
	ours   bool // said by staff
}

type outcomeView struct {
	Offered, Read time.Time
	Answer        string
}

// taskView is something to be done.
type taskView struct {
	Ref    bot.CaseRef
	What   string
	Text   string
	Phone  string // to call the person on, who gave it for that
	Words  string // what they wrote, where it must be read now
	Due    time.Time
	Danger bool
	Open   bool // the case can be looked at
}

// errNoCase says that a case is not there, or not for staff to see.
var errNoCase = errors.New("no such case")

// desk reads the desk with one case open: the one asked for, else the newest.
func (c *Page) desk(ctx context.Context, asked bot.CaseRef) (*deskView, error) {
	v := &deskView{By: c.o.By}
	tasks, err := c.o.Desk.StaffTasks(ctx, c.o.Provider, tasksShown)
	if err != nil {
		return nil, err
	}
	v.Tasks = tasksOf(tasks)
	refs, err := c.o.Desk.Cases(ctx, c.o.Provider, 0, casesShown)
	if err != nil {
		return nil, err
	}
	if asked == "" && len(refs) > 0 {
		asked = refs[0]
	}
	if v.Cases, err = c.links(ctx, refs, asked); err != nil {
		return nil, err
	}
	one, err := c.read(ctx, asked, tasks)
	if err != nil {
		return nil, err
	}
	v.Tour = tourOf(one)
	if one == nil {
		return v, nil
	}
	if v.Case, err = c.caseOf(ctx, one); err != nil {
		return nil, err
	}
	v.Update.Action = "/try/cases/" + string(one.Ref) + "/updates"
	v.Outcome.Action = "/try/cases/" + string(one.Ref) + "/outcome"
	return v, nil
}

// read reads the case to be shown; nil: none was asked for. A draft is shown
// only while a task tells of danger in it.
func (c *Page) read(ctx context.Context, ref bot.CaseRef, tasks []bot.StaffTask) (*bot.Case, error) {
	if ref == "" {
		return nil, nil
	}
	one, err := c.o.Desk.ReadCase(ctx, c.o.Provider, ref)
	if errors.Is(err, bot.ErrNotFound) {
		return nil, errNoCase
	}
	if err != nil {
		return nil, err
	}
	danger := func(t bot.StaffTask) bool { return t.Kind == bot.Danger && t.Case == ref }
	if one.Status == bot.Draft && !slices.ContainsFunc(tasks, danger) {
		return nil, errNoCase
	}
	return one, nil
}

func (c *Page) links(ctx context.Context, refs []bot.CaseRef, chosen bot.CaseRef) ([]caseLink, error) {
	var links []caseLink
	for _, ref := range refs {
		one, err := c.o.Desk.ReadCase(ctx, c.o.Provider, ref)
		if errors.Is(err, bot.ErrNotFound) {
			continue // erased since it was listed
		}
		if err != nil {
			return nil, err
		}
		links = append(links, caseLink{
			Ref: ref, Channel: channelName(one.Channel), Status: statusName(one.Status), At: one.Opened, Chosen: ref == chosen,
		})
	}
	return links, nil
}

// tasksOf puts danger first, and keeps the order of the rest: soonest due first.
func tasksOf(tasks []bot.StaffTask) []taskView {
	views := make([]taskView, 0, len(tasks))
	for _, t := range tasks {
		views = append(views, taskView{
			Ref: t.Case, What: taskName(t.Kind), Text: t.Text, Phone: t.Phone, Words: t.Words, Due: t.Due,
			Danger: t.Kind == bot.Danger || t.Kind == bot.ConfirmedDanger, Open: t.Case != "",
		})
	}
	slices.SortStableFunc(views, func(a, b taskView) int {
		switch {
		case a.Danger == b.Danger:
			return 0
		case a.Danger:
			return -1
		}
		return 1
	})
	return views
}

func (c *Page) caseOf(ctx context.Context, one *bot.Case) (*caseView, error) {
	entries, err := c.o.Desk.Timeline(ctx, c.o.Provider, one)
	if err != nil {
		return nil, err
	}
	v := &caseView{
		Ref: one.Ref, Channel: channelName(one.Channel), Status: statusName(one.Status), Stage: stageName(one.Stage),
		Due: one.Due, Overdue: one.Status == bot.Open && !one.Due.IsZero() && c.o.Now().After(one.Due),
		Closed: closedAt(one), Handler: one.Handler, Privacy: privacyOf(one.Privacy), Draft: one.Status == bot.Draft,
	}
	if o := one.Outcome; !o.Offered.IsZero() {
		v.Outcome = &outcomeView{Offered: o.Offered, Read: o.Read, Answer: c.optionName("verdict", verdictOf(o.Answer), o.Answer)}
	}
	v.Answers = c.answersOf(one)
	for _, e := range entries {
		if e.Kind == bot.Said && !c.withheld(one, e.Field) && one.TellsStory(e) {
			v.Words = append(v.Words, lineView{At: e.At, Text: e.Text, Media: mediaNames(e.Media)})
			continue
		}
		v.History = append(v.History, c.line(one, e))
	}
	for _, m := range one.History {
		v.History = append(v.History, lineView{At: m.At, What: stageMoved(m)})
	}
	slices.SortStableFunc(v.History, func(a, b lineView) int { return a.At.Compare(b.At) })
	return v, nil
}

// closedAt is when a case was closed; zero where it is open, also again.
func closedAt(c *bot.Case) time.Time {
	if c.Status != bot.Closed {
		return time.Time{}
	}
	return c.Closed
}

// line is an entry of the timeline in words.
func (c *Page) line(one *bot.Case, e bot.Entry) lineView {
	l := lineView{At: e.At, What: entryName(e.Kind), By: e.By, Text: e.Text, Media: mediaNames(e.Media), Danger: e.Kind == bot.Alerted}
	l.ours = e.Kind == bot.Told || e.Kind == bot.Found
	switch {
	case e.Kind == bot.Alerted:
		l.Text = ""
	case e.Kind == bot.Said && e.Field == "privacy":
		l.What, l.Text = "The person chose who may know them", privacyOf(e.Text).Label
	case c.withheld(one, e.Field):
		l.Text, l.Media = withheldWords, nil
	case e.Kind == bot.Said && e.Field != "":
		l.What = c.propertyName(e.Field)
	}
	return l
}

// answersOf lists the answers in the order asked. What is shown elsewhere is left
// out: privacy in a line of its own, the verdict with the outcome.
func (c *Page) answersOf(one *bot.Case) []answerView {
	var answers []answerView
	for _, f := range one.Fields {
		if f.Name == "privacy" || f.Name == "verdict" || f.Value == "" {
			continue
		}
		a := answerView{Label: c.propertyName(f.Name), Value: c.optionName(f.Name, f.Value, f.Value)}
		if c.withheld(one, f.Name) {
			a.Value, a.Withheld = withheldWords, true
		}
		answers = append(answers, a)
	}
	return answers
}

// withheldWords stand where something tells who the person is.
const withheldWords = "kept, not shown: the person did not choose to be named"

// withheld tells whether a property says who somebody is that chose not to be
// named. One that is not declared is taken for such.
func (c *Page) withheld(one *bot.Case, property string) bool {
	if one.Privacy == bot.PrivacyNamed || property == "" {
		return false
	}
	if c.o.Flows == nil {
		return property == "name" || property == "phone"
	}
	f, ok := c.o.Flows.FieldOfProperty(property)
	return !ok || f.Privacy == "identity"
}

// propertyName is what was asked, in words.
func (c *Page) propertyName(property string) string {
	if c.o.Flows != nil {
		if f, ok := c.o.Flows.FieldOfProperty(property); ok && f.Label != "" {
			return f.Label
		}
	}
	return spelled(property)
}

// optionName is an option as the person saw it; otherwise says what there is
// without one.
func (c *Page) optionName(property, option, otherwise string) string {
	if c.o.Flows != nil {
		if f, ok := c.o.Flows.FieldOfProperty(property); ok {
			if label, ok := c.o.Flows.OptionLabel(f.Name, option); ok {
				return label
			}
		}
	}
	return otherwise
}

func mediaNames(media []flows.Media) []string {
	var names []string
	for _, m := range media {
		names = append(names, cmp.Or(mediaName(m.Kind), "a file"))
	}
	return names
}

// channelName is the channel as people call it.
func channelName(c channels.Channel) string {
	switch c {
	case channels.SMS:
		return "SMS"
	case channels.WhatsApp:
		return "WhatsApp"
	case channels.Telegram:
		return "Telegram"
	}
	return fmt.Sprint(c)
}
