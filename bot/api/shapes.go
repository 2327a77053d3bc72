package api

import (
	"time"

	"heard/bot"
	"heard/bot/desk"
)

// Summary is one line about a case.
type Summary struct {
	Reference       string     `json:"reference" example:"H-7K4-MQ2"`
	Status          string     `json:"status" enum:"open,withdrawn,transferred,closed"`
	Stage           string     `json:"stage" doc:"Where the person is: making, informed, outcomes or reflecting"`
	Formal          bool       `json:"formal" doc:"It is a complaint, and the clocks of the law run; else it is a concern"`
	Channel         string     `json:"channel"`
	Language        string     `json:"language,omitempty" doc:"Of the person"`
	Privacy         string     `json:"privacy" enum:"named,confidential,anonymous"`
	Place           string     `json:"place,omitempty" doc:"Where it happened, as the person or the poster said"`
	Assigned        string     `json:"assigned,omitempty" doc:"The member of staff whose case it is"`
	Handler         string     `json:"handler,omitempty" doc:"Their name, as the person reads it"`
	Opened          time.Time  `json:"opened" doc:"When the person sent it"`
	Due             *time.Time `json:"due,omitempty" doc:"The next date that was promised to the person"`
	Overdue         bool       `json:"overdue"`
	WorkingDaysLeft int        `json:"working_days_left" doc:"Until due; below 0 after it"`
}

// Answer is what somebody answered to a question.
type Answer struct {
	Property string `json:"property"`
	Label    string `json:"label" doc:"The question, in words"`
	Value    string `json:"value"`
}

// File is a file that a person sent.
type File struct {
	ID   string `json:"id,omitempty" doc:"Empty: it was not fetched"`
	Kind string `json:"kind" doc:"photo, voice, audio, video or document"`
	Type string `json:"type,omitempty"`
	Size int64  `json:"size,omitempty" doc:"Bytes"`
}

// Line is one entry of a timeline.
type Line struct {
	ID         string       `json:"id"`
	At         time.Time    `json:"at"`
	Kind       string       `json:"kind" doc:"said, also received, reply, update, outcome, note, request, alert, delivery ..."`
	Label      string       `json:"label,omitempty" doc:"The question that the words answer"`
	Text       string       `json:"text,omitempty"`
	By         string       `json:"by,omitempty" doc:"Of staff; else it is the person's, or the bot's"`
	Point      int          `json:"point,omitempty" doc:"Which point of the complaint the words are, from 1"`
	Files      []File       `json:"files,omitempty"`
	Withheld   bool         `json:"withheld" doc:"It tells who the person is, which this token may not see"`
	Outcome    *OutcomeText `json:"outcome,omitempty" doc:"The whole of an outcome that was offered"`
	Written    string       `json:"written,omitempty" doc:"Of a translation: what was written first"`
	Translator string       `json:"translator,omitempty"`
	About      []int        `json:"about,omitempty" doc:"Which points it is about, from 1"`
	Planned    *time.Time   `json:"planned,omitempty" doc:"The person is not told before then"`
}

// Event is something that happened to a case. What it was is read from the case.
type Event struct {
	Kind      string    `json:"type" example:"case.updated"`
	Reference string    `json:"reference"`
	Version   uint64    `json:"version" doc:"Of the case, after it"`
	At        time.Time `json:"at"`
}

// Task is something that staff must see to.
type Task struct {
	ID              string    `json:"id"`
	Kind            string    `json:"kind"`
	Text            string    `json:"text,omitempty" doc:"What is to be done"`
	Words           string    `json:"words,omitempty" doc:"What the person wrote, where it must be read at once"`
	At              time.Time `json:"at"`
	Due             time.Time `json:"due"`
	Danger          bool      `json:"danger"`
	Overdue         bool      `json:"overdue"`
	WorkingDaysLeft int       `json:"working_days_left"`
	Case            *Summary  `json:"case,omitempty" doc:"Left out: there is no case yet"`
}

// Outcome is how a matter ended, and what the person said to it.
type Outcome struct {
	Offered *time.Time   `json:"offered,omitempty"`
	Manner  string       `json:"manner,omitempty" enum:"message,call,letter,meeting" doc:"How it is told, or was"`
	Read    *time.Time   `json:"read,omitempty" doc:"When the person opened it, or was told it"`
	ToldBy  string       `json:"told_by,omitempty" doc:"Who told it, where that was not by message"`
	Answer  string       `json:"answer,omitempty" doc:"accepted, later or disagreed"`
	Text    *OutcomeText `json:"text,omitempty" doc:"What was offered"`
}

// Recorded is how staff wrote a case down.
type Recorded struct {
	How       string     `json:"how" enum:"told,call,letter,e-mail"`
	By        string     `json:"by,omitempty"`
	Joined    *time.Time `json:"joined,omitempty" doc:"When the person gave the code on their slip"`
	Confirmed *time.Time `json:"confirmed,omitempty" doc:"When they said that the words are right"`
}

// Waiting is what a case waits for.
type Waiting struct {
	For   string    `json:"for" enum:"consent,police,coroner,safeguarding,person,body"`
	Since time.Time `json:"since"`
	By    string    `json:"by,omitempty"`
}

// Case is a case as the token may see it.
type Case struct {
	Reference       string      `json:"reference" example:"H-7K4-MQ2"`
	Version         uint64      `json:"version"`
	Status          string      `json:"status" enum:"open,withdrawn,transferred,closed"`
	Stage           string      `json:"stage"`
	Formal          bool        `json:"formal"`
	Channel         string      `json:"channel"`
	Language        string      `json:"language,omitempty"`
	Privacy         string      `json:"privacy" enum:"named,confidential,anonymous"`
	IdentityHidden  bool        `json:"identity_hidden" doc:"Who the person is could be shown to a member of staff who gives a reason"`
	Identity        []Answer    `json:"identity" doc:"Who the person is; empty where that may not be shown"`
	Received        time.Time   `json:"received"`
	Opened          *time.Time  `json:"opened,omitempty"`
	Due             *time.Time  `json:"due,omitempty"`
	Proposed        *time.Time  `json:"proposed,omitempty" doc:"The later date that the person is asked to agree to"`
	Closed          *time.Time  `json:"closed,omitempty"`
	Died            *time.Time  `json:"died,omitempty" doc:"When it was learnt that the person it is about has died"`
	Overdue         bool        `json:"overdue"`
	WorkingDaysLeft int         `json:"working_days_left"`
	Assigned        string      `json:"assigned,omitempty"`
	Handler         string      `json:"handler,omitempty"`
	Decides         string      `json:"decides,omitempty" doc:"What the handler may decide"`
	Story           []Line      `json:"story"`
	Points          []string    `json:"points" doc:"Of the complaint, in the person's words; empty: it was not divided"`
	Wish            string      `json:"wish,omitempty" doc:"What would put it right"`
	Needs           []Answer    `json:"needs" doc:"Large print, an interpreter ..."`
	Answers         []Answer    `json:"answers"`
	Consent         string      `json:"consent,omitempty" doc:"Of the patient, where somebody complains for them: asked, claimed or refused"`
	Acknowledged    *time.Time  `json:"acknowledged,omitempty" doc:"When the person was first told anything"`
	Waits           *Waiting    `json:"waits,omitempty" doc:"Left out: it goes on"`
	Outcome         Outcome     `json:"outcome"`
	DraftBy         string      `json:"draft_by,omitempty" doc:"Who saved the draft of an outcome last; left out: there is none"`
	Actions         []Action    `json:"actions" doc:"What the person was told will be done; an action's number is its place, from 1"`
	Statements      []Statement `json:"statements" doc:"Asked of people outside the team"`
	Recorded        *Recorded   `json:"recorded,omitempty" doc:"Left out: its person sent it"`
	Tasks           []Task      `json:"tasks"`
	Links           []string    `json:"links" doc:"References of cases about the same matter"`
	Barred          []string    `json:"barred" doc:"Members who must not see it; told to tokens with the scope \"give out\""`
}

// when is a time, or nothing.
func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func summaryOf(s desk.Summary) Summary {
	return Summary{
		Reference: string(s.Ref), Status: string(s.Status), Stage: string(s.Stage), Formal: s.Formal, Channel: s.Channel, Language: s.Language, Privacy: s.Privacy,
		Place: s.Place, Assigned: string(s.Assigned), Handler: s.Handler, Opened: s.Opened, Due: when(s.Due), Overdue: s.Overdue, WorkingDaysLeft: s.DaysLeft,
	}
}

func answersOf(all []desk.Answered) []Answer {
	out := make([]Answer, len(all))
	for i, a := range all {
		out[i] = Answer(a)
	}
	return out
}

func linesOf(all []desk.Line) []Line {
	out := make([]Line, len(all))
	for i, l := range all {
		out[i] = Line{ID: string(l.ID), At: l.At, Kind: string(l.Kind), Label: l.Label, Text: l.Text, By: l.By, Point: l.Point, Withheld: l.Withheld}
		out[i].Written, out[i].Translator, out[i].About, out[i].Planned = l.Written, l.Translator, l.About, when(l.Planned)
		if l.Outcome != nil {
			out[i].Outcome = textOf(*l.Outcome)
		}
		for _, m := range l.Media {
			out[i].Files = append(out[i].Files, File{ID: m.File, Kind: m.Kind, Type: m.Type, Size: m.Size})
		}
	}
	return out
}

func taskOf(t bot.StaffTask) Task {
	return Task{ID: desk.TaskName(t), Kind: string(t.Kind), Text: t.Text, Words: t.Words, At: t.At, Due: t.Due}
}

func itemOf(i desk.Item) Task {
	t := taskOf(i.Task)
	t.Danger, t.Overdue, t.WorkingDaysLeft = i.Danger, i.Overdue, i.DaysLeft
	if i.Case != nil {
		s := summaryOf(*i.Case)
		t.Case = &s
	}
	return t
}

func caseOf(v *desk.View) Case {
	c := Case{
		Reference: string(v.Ref), Version: v.Version, Status: string(v.Status), Stage: string(v.Stage), Formal: v.Formal, Channel: v.Channel, Language: v.Language,
		Privacy: v.Privacy, IdentityHidden: v.Hidden, Identity: answersOf(v.Identity), Received: v.Received, Opened: when(v.Opened), Due: when(v.Due),
		Proposed: when(v.Proposed), Closed: when(v.Closed), Died: when(v.Died), Overdue: v.Overdue, WorkingDaysLeft: v.DaysLeft, Assigned: string(v.Assigned),
		Handler: v.Handler, Decides: v.Decides, Story: linesOf(v.Story), Points: append([]string{}, v.Points...), Wish: v.Wish, Needs: answersOf(v.Needs),
		Answers: answersOf(v.Answers), Consent: string(v.Consent), Acknowledged: when(v.Acknowledged), Outcome: outcomeOf(v),
		Actions: []Action{}, Statements: statementsOf(v.Statements), Tasks: []Task{}, Links: []string{}, Barred: []string{},
	}
	if v.Wait != nil {
		c.Waits = &Waiting{string(v.Wait.Reason), v.Wait.Since, v.Wait.By}
	}
	if v.Draft != nil {
		c.DraftBy = v.Draft.By
	}
	if r := v.Recorded; r != nil {
		c.Recorded = &Recorded{string(r.How), r.By, when(r.Joined), when(r.Confirmed)}
	}
	for _, p := range v.Promises {
		c.Actions = append(c.Actions, actionOf(p))
	}
	for _, m := range v.Barred {
		c.Barred = append(c.Barred, string(m))
	}
	for _, t := range v.Tasks {
		c.Tasks = append(c.Tasks, taskOf(t.Task))
	}
	for _, ref := range v.Links {
		c.Links = append(c.Links, string(ref))
	}
	return c
}

// outcomeOf is an outcome with what was offered, which stands on the timeline.
func outcomeOf(v *desk.View) Outcome {
	o := Outcome{Offered: when(v.Outcome.Offered), Read: when(v.Outcome.Read), ToldBy: v.Outcome.ToldBy, Answer: v.Outcome.Answer}
	if v.Outcome.Entry == "" {
		return o
	}
	o.Manner = mannerOf(v.Outcome.Manner)
	for _, l := range v.Timeline {
		if l.ID != v.Outcome.Entry {
			continue
		}
		if o.Text = (&OutcomeText{Opening: l.Text, Signatory: l.By}); l.Outcome != nil {
			o.Text = textOf(*l.Outcome)
		}
	}
	return o
}
