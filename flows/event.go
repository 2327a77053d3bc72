package flows

import "time"

// EventKind is what happened.
type EventKind int

// The kinds of event.
const (
	Message  EventKind = iota // the person wrote, tapped or sent a file
	Late                      // a message older than the last one: kept, never an answer
	Silence                   // the time for the next reminder of visit Visit has come
	Happened                  // something happened to the case: Notice says what
)

// Event is one thing that happens to a conversation, with all that Step may
// need to know of the world.
type Event struct {
	Kind     EventKind
	Channel  Channel
	Text     string // a shared position is text too, in degrees
	Choice   string // the data of a tapped option, as Step put it out
	Start    string // the code of a deep link
	Media    []Media
	Other    string // a kind that cannot be kept: "sticker", "contact"
	Help     bool   // HELP or INFO in the channel's own words
	Returned bool   // the person opted in again: what was open is asked again

	Visit  uint32 // Silence
	Notice Notice // Happened
	Asked  bool   // Happened: the person just asked for it, so it is told at once

	Facts Facts
}

// Media is a file that came with a message.
type Media struct {
	Kind string `cbor:"1,keyasint"` // "photo", "voice", "audio", "video", "document"
	Ref  string `cbor:"2,keyasint"` // opaque
	Type string `cbor:"3,keyasint,omitempty"`
	Size int64  `cbor:"4,keyasint,omitempty"`
	File string `cbor:"5,keyasint,omitempty"` // our own name of it, once it is fetched; opaque
}

// Facts are what the world tells a flow: who the provider is, what the case is.
// A fact that is empty makes `{name|fallback}` use its fallback.
type Facts struct {
	Provider   string
	PublicName string           // neutral, for messages that nobody just asked for
	Guardian   Words            // who acts if care suffers for a complaint
	Deputy     Words            // who acts where the complaint is about the guardian
	Hours      Words            // when people read
	Alerted    bool             // of late the person used words that may mean danger, which the team was shown
	NewRef     string           // the reference that a draft gets, if this turn begins one
	NewDue     func() time.Time // by when a case is acknowledged that is sent now; days are counted only where a turn tells it
	Seed       uint64           // orders the statements that this person is asked
	Kind       string           // of the provider: "nhs", "council", "care_home", "gp"; empty: "nhs"
	Nation     string           // the provider's jurisdiction; empty: "england"
	Texts      bool             // the person may be asked, once, whether a text may go where WhatsApp does not reach them
	Cases      []CaseBrief      // of this person, sent and not closed, oldest first; empty: only Case is known
	Asked      []string         // statements that were asked about the case before
	Case       CaseFacts

	// Slip is "spent" where the person tried too many codes of a slip to have another
	// looked at.
	Slip string

	// Reach is how anybody can write to the provider, a line for each address, to be
	// passed on; empty: that is not known. It is a function because few turns ask; nil:
	// the same.
	Reach func() string

	// Moving tells the code to go on elsewhere that this turn gives, if it gives one
	// (ABCD-EFG7), and the provider's other addresses, a line each, which bring the
	// code along; none where this channel is all. It tells the same each time. It is a
	// function because few turns ask; nil: there is neither.
	Moving func() (code, ways string)

	// Others is told that the step looked at Cases, or at whether something waits and
	// nothing of its own case does. A caller that did not read the person's other
	// cases, since few steps ask, reads them then and takes the step again. May be nil.
	Others func()
}

// Words are something that people are told, by language; those under "" are for every
// language that has none of its own.
type Words map[string]string

func (w Words) in(language string) string {
	if text := w[language]; text != "" {
		return text
	}
	return w[""]
}

// CaseFacts are what is known of the case the conversation is about.
type CaseFacts struct {
	Ref     string
	Stage   Stage
	Status  string // "draft", "open", "withdrawn", "transferred", "closed"
	Handler string
	Decides string    // what the handler may decide
	Due     time.Time // the next date promised
	News    string    // the words of the notice under way, or else of Waiting
	Overdue bool      // Due has passed
	Waiting *Notice   // what the case has to tell and was not told yet; nil: nothing

	// Where nothing of this case waits, Waiting may be of another of Facts.Cases.
	// WaitingDue says that Waiting may be told by itself, once nothing is asked.
	WaitingDue bool

	About    string    // the answer to "who is this about": "me", "other", "group"
	WhyYou   string    // and to "why are you telling us for them"
	Proposed time.Time // the later date that is proposed; zero: none
	Findings []Finding // of the outcome under way, a point each; empty: News is all

	Considered string // how the person's wish was considered in that outcome
	Signatory  string // who answers for it
	Ombudsman  string // who looks at the case next, as Kind; empty: the one for Kind
}

// CaseBrief is what a person needs to know one of their cases from another.
type CaseBrief struct {
	Ref     string
	Sent    time.Time
	Due     time.Time // the next date promised; zero: not known
	Overdue bool      // Due has passed
}

// Finding is what was found of one point of a complaint. Without a kind it is told in
// Words alone.
type Finding struct {
	Point    string // the person's own words
	Kind     string // "upheld", "partly upheld", "not upheld", "withdrawn", "none possible", "for another body"
	Words    string // what was found
	Apology  string
	Body     string // who else it is for
	Actions  []FindingAction
	NoAction string // why nothing is to be done
}

// FindingAction is something that is done because of a finding.
type FindingAction struct {
	What, Owner string
	Due         time.Time
}
