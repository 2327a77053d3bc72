package flows

import "time"

// Effect is one thing that Step wants to be made true, in order, in the same
// commit as the new State.
type Effect interface{ effect() }

// Send is a message to the person.
type Send struct {
	Text     string
	Options  []Shown // numbered in the text already where the channel has no buttons
	Template string  // name of the approved template, for outside the window
	Language string
	Purpose  Purpose
	Step     string // "flow.step" or "phrase.NAME": for tests and figures, never shown
	Alone    bool   // not to be joined with what is said before or after it
}

// Purpose says how a message may be treated by delivery.
type Purpose string

// The purposes.
const (
	Reply  Purpose = "reply"  // the person just wrote
	Help   Purpose = "help"   // urgent help: overtakes
	Prompt Purpose = "prompt" // unprompted: quiet hours hold it, and it says nothing of the matter
)

// Shown is an option as the person sees it.
type Shown struct {
	Label string
	Data  string // at most 64 bytes: visit and option
}

// Save says that an answer was given. The whole value is here, also where the
// State keeps an excerpt only.
type Save struct {
	Field    string
	Property string // the case property of the field; may be empty
	Privacy  string
	Value    string
	Media    []Media
	Shown    string // consent: the words shown
	More     bool   // one more part of a story, not a new value
	Clear    bool   // the field has no value any more: its question is not asked on this path
	Case     string // the case that the flow under way is about; empty: there is none yet
	Day      string // answer kind when: the day that the words mean, YYYY-MM-DD, at best; empty: not known
	Point    int    // answer kind points: which point of the complaint this is, from 1
}

// Begin says that a draft begins, with Facts.NewRef as its reference. It comes
// before everything that is kept on it.
type Begin struct {
	Ref   string
	Since time.Time // when the first words of it came: the clock counts from there
}

// Keep keeps words on the case's timeline that are no answer: what came late,
// beside a question, or in reply to an update.
type Keep struct {
	Kind  KeepKind
	Text  string
	Media []Media
	Case  string // empty: there is no case; keep it with the conversation
}

// KeepKind says what was kept.
type KeepKind string

// What is kept beside answers.
const (
	KeptLate   KeepKind = "also received"
	KeptReply  KeepKind = "reply"  // the handler is told
	KeptBeside KeepKind = "beside" // answers no question
	KeptEdit   KeepKind = "edit"
	KeptIdea   KeepKind = "idea" // a compliment or an idea, for the team
)

// Act is one of the closed list of actions. Each may be done twice: it writes
// the same.
type Act struct {
	Action Action
	Detail string // CallBack, AskConsent: the number; NotUnderstood: the step; DeleteLast: the field
	Case   string // the case that the flow under way is about, which a person with several chose; may be empty
}

// Action names something that a flow may do.
type Action string

// The actions.
const (
	OpenCase      Action = "open case"      // the draft becomes a case, and the clock starts
	DeleteDraft   Action = "delete draft"   // erased at once
	CallBack      Action = "call me"        // a task for staff
	AlertTeam     Action = "alert team"     // danger: a task for staff with its own clock
	SendReply     Action = "send reply"     // the saved reply goes to the handler
	Withdraw      Action = "withdraw"       // the person takes the complaint back
	AcceptOutcome Action = "accept outcome" // the person agrees
	OutcomeLater  Action = "outcome later"  // not yet
	Disagree      Action = "disagree"       // reopen, or the ombudsman
	OpenedOutcome Action = "outcome opened" // the words were shown: the second of the two dates
	NeverAsk      Action = "never ask"      // no statements any more
	NotUnderstood Action = "not understood" // third try: the team is told
	NeedsPerson   Action = "talk to a person"
	AskErasure    Action = "ask erasure" // DELETE after sending: a person answers
	Pause         Action = "pause"       // rest here: nothing is asked again now
	ConfirmDanger Action = "confirm danger"
)

// The actions of the journey after a complaint was begun. Who does them reads
// Act.Case, and does each twice without harm: the second writes the same.
const (
	// DeleteLast erases the newest entry that the person said on the draft (Detail:
	// the field it went to), and its files. Never on a case that was sent.
	DeleteLast Action = "delete last"

	// ToldOfDeath says that the person whom the case is about has died: in the same
	// commit everything unprompted to them is cancelled, and what others are to be
	// told by itself waits until staff release it.
	ToldOfDeath Action = "told of death"

	// MoveCode has the code of Facts.Moving become good for 15 minutes, in the place of an
	// earlier one: who sends it elsewhere goes on there.
	MoveCode Action = "move code"

	// AskConsent asks the patient, whose number is Detail, whether the complainant
	// may act for them, by the notice "consent" in the conversation of that number.
	// It waits for staff where danger was told, and is never sent after a death.
	AskConsent Action = "ask consent"

	ConsentGiven   Action = "consent given"   // by who has the phone: claimed until staff verify it
	ConsentRefused Action = "consent refused" // nothing may be disclosed; staff decide what can be looked at
	NotMe          Action = "not me"          // the number belongs to somebody else: nothing more goes to it

	MakeFormal Action = "make formal" // a concern becomes a complaint: its clocks start from the first message
	PassOn     Action = "pass on"     // a compliment or an idea, saved as the field idea, goes to the team

	KeepQuiet   Action = "keep quiet"    // others read this phone: nothing unprompted goes to it
	FreeToWrite Action = "free to write" // takes KeepQuiet back
	AgreeTexts  Action = "agree texts"   // a text may go to this number where WhatsApp does not reach it
	RefuseTexts Action = "refuse texts"  // it may not

	// What the person chose when care has changed since the complaint.
	TellGuardian Action = "tell guardian" // a task for the guardian; one named in the complaint is passed over
	TellOutside  Action = "tell outside"  // a task to help the person reach somebody outside
	OnlyNote     Action = "only note"     // the words stay on the timeline, without a task
	CareIsWell   Action = "care is well"  // asked, and nothing has changed

	AgreeLater   Action = "agree later"   // the later date that was proposed is agreed: it is the due date now
	RefuseLater  Action = "refuse later"  // it is not: the handler calls or writes before the old date
	AnotherWay   Action = "another way"   // the outcome is to be told in the manner, place and by whom that were saved
	Ombudsman    Action = "to ombudsman"  // disagrees, and goes to the ombudsman rather than have us look again
	ConfirmWords Action = "confirm words" // what staff wrote down for the person is right: the draft may be sent
	Unwanted     Action = "unwanted"      // enrolled, and wants no such messages: no message without being asked again
	StopMessages Action = "stop messages" // as STOP, for a channel on which the network does not take that word
)

// NotNow says that a notice could not be told yet: the person is in the middle
// of something. After is when to try again.
type NotNow struct {
	Notice Notice
	After  time.Duration
	PutOff bool // by the person: it is not to be told by itself before After
}

// Done says that the flow of a notice came to its end: the next may be told.
type Done struct{ Notice Notice }

// Remind asks for the wake-ups of a question: at each time from now, unless the
// visit has passed by then.
type Remind struct {
	Visit uint32
	After []time.Duration
}

// Measures hands over the answers of a finished questionnaire; they leave the
// State in the same step.
type Measures struct {
	Answers []Measured
	Asked   []string
}

// actionNames lists the closed list of actions.
func actionNames() []string {
	var names []string
	for _, a := range []Action{
		OpenCase, DeleteDraft, CallBack, AlertTeam, SendReply, Withdraw, AcceptOutcome, OutcomeLater, Disagree, Pause, ConfirmDanger, AskErasure,
		OpenedOutcome, NeverAsk, NotUnderstood, NeedsPerson, AskConsent, ConsentGiven, ConsentRefused, NotMe, MakeFormal, PassOn,
		KeepQuiet, FreeToWrite, TellGuardian, TellOutside, OnlyNote, CareIsWell, AgreeLater, RefuseLater, AnotherWay, Ombudsman,
		ConfirmWords, Unwanted, StopMessages, ToldOfDeath, MoveCode, AgreeTexts, RefuseTexts,
	} {
		names = append(names, string(a))
	}
	return names
}

// Asked says that a statement is put to the person for the first time in this
// questionnaire. It tells nothing of the answer.
type Asked struct{ Statement string }

func (Send) effect()     {}
func (Asked) effect()    {}
func (Save) effect()     {}
func (Begin) effect()    {}
func (Keep) effect()     {}
func (Act) effect()      {}
func (NotNow) effect()   {}
func (Done) effect()     {}
func (Remind) effect()   {}
func (Measures) effect() {}
