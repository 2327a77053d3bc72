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
)

// Act is one of the closed list of actions. Each may be done twice: it writes
// the same.
type Act struct {
	Action Action
	Detail string // CallBack: the number; NotUnderstood: the step
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

func (Send) effect()     {}
func (Save) effect()     {}
func (Begin) effect()    {}
func (Keep) effect()     {}
func (Act) effect()      {}
func (NotNow) effect()   {}
func (Done) effect()     {}
func (Remind) effect()   {}
func (Measures) effect() {}
