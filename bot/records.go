package bot

import (
	"time"

	"heard/channels"
	"heard/flows"
)

// Conversation is one address on one sender, with the session that runs on it.
type Conversation struct {
	ID      ConversationID `cbor:"-"`
	Version uint64         `cbor:"-"` // as read; 0: it does not exist yet

	Channel channels.Channel `cbor:"1,keyasint"`
	Sender  channels.Sender  `cbor:"2,keyasint"`
	Address channels.Address `cbor:"3,keyasint"`

	Session []byte `cbor:"4,keyasint,omitempty"` // flows.State, encoded

	LastAt  time.Time      `cbor:"5,keyasint,omitempty"` // of the newest inbound, by the provider's clock
	LastSeq int64          `cbor:"6,keyasint,omitempty"` // of the newest inbound, by the provider's order
	Left    bool           `cbor:"7,keyasint,omitempty"` // the person opted out
	MovedTo ConversationID `cbor:"8,keyasint,omitempty"` // tombstone: the last that was here went on there
	Case    CaseRef        `cbor:"9,keyasint,omitempty"` // the draft or case that State.Case names

	// Handle is that case's, so that a case that is begun, sent and erased in
	// one conversation needs no look-up.
	Handle Handle `cbor:"10,keyasint,omitempty"`

	// When the person last left or came back, in the same two orders: an older
	// STOP that is fetched late does not silence who has come back since.
	OptAt  time.Time `cbor:"11,keyasint,omitempty"`
	OptSeq int64     `cbor:"12,keyasint,omitempty"`

	AlertAt time.Time `cbor:"13,keyasint,omitempty"` // of the last words of danger: no survey or nudge for a while
	Rush    Rush      `cbor:"14,keyasint,omitzero"`  // how much was answered of late

	// Cases are those that were begun here and are not erased, oldest first.
	Cases []OwnCase `cbor:"15,keyasint,omitempty"`

	Watched  bool     `cbor:"16,keyasint,omitempty"` // others read this phone: nothing unprompted goes to it
	Unwanted bool     `cbor:"17,keyasint,omitempty"` // it belongs to somebody else, or wants nothing unprompted
	Resting  bool     `cbor:"22,keyasint,omitempty"` // wants no more messages until they write again
	LastSaid Spoken   `cbor:"18,keyasint,omitzero"`  // the newest words on the draft
	Pending  []Notice `cbor:"19,keyasint,omitempty"` // what is to be asked here about somebody else's case
	Idea     string   `cbor:"20,keyasint,omitempty"` // a compliment or an idea that is being written
	Guesses  Guesses  `cbor:"21,keyasint,omitzero"`  // at codes to move by
	Slip     bool     `cbor:"26,keyasint,omitempty"` // they left by a word that may not have meant it

	Nobody   bool      `cbor:"30,keyasint,omitempty"` // it has no address: its case was written down by staff, and waits for who has the slip
	Enrolled time.Time `cbor:"31,keyasint,omitempty"` // when it was welcomed, which is done once

	Texts  Texts  `cbor:"23,keyasint,omitempty"` // whether a text may go to this number where WhatsApp does not reach it
	Missed Missed `cbor:"24,keyasint,omitzero"`
	Call   *Call  `cbor:"25,keyasint,omitempty"` // nil: what is held elsewhere stays there
}

// OwnCase is a case as its conversation knows it.
type OwnCase struct {
	Ref    CaseRef   `cbor:"1,keyasint"`
	Handle Handle    `cbor:"2,keyasint"`
	Sent   time.Time `cbor:"3,keyasint,omitempty"` // zero: it is a draft
	Closed bool      `cbor:"4,keyasint,omitempty"`
}

// Spoken is where words of the person are.
type Spoken struct {
	Entry EntryID  `cbor:"1,keyasint,omitempty"`
	Field string   `cbor:"2,keyasint,omitempty"` // the case property they were said to
	Files []FileID `cbor:"3,keyasint,omitempty"`
}

// CaseStatus is a field apart from the stage.
type CaseStatus string

// The statuses of a case.
const (
	Draft       CaseStatus = "draft" // seen by nobody, but for urgent words
	Open        CaseStatus = "open"
	Withdrawn   CaseStatus = "withdrawn"
	Transferred CaseStatus = "transferred"
	Closed      CaseStatus = "closed"
)

// Case is a concern or a complaint. It holds no person and no conversation:
// only a Handle. Everyone is anonymous to staff until they choose "named".
type Case struct {
	Ref     CaseRef `cbor:"-"`
	Version uint64  `cbor:"-"` // as read; 0: it does not exist yet
	Key     []byte  `cbor:"-"` // the case's own data key; the store makes it with the case and wraps it

	Status   CaseStatus       `cbor:"1,keyasint"`
	Stage    flows.Stage      `cbor:"2,keyasint,omitempty"` // moved by bot's stage machine only
	Handle   Handle           `cbor:"3,keyasint"`
	Channel  channels.Channel `cbor:"4,keyasint,omitempty"`
	Language string           `cbor:"5,keyasint,omitempty"`

	Received time.Time `cbor:"6,keyasint"`           // of the first message: the clock counts from its day
	Opened   time.Time `cbor:"7,keyasint,omitempty"` // when the person said send
	Due      time.Time `cbor:"8,keyasint,omitempty"` // the next date that was promised
	Closed   time.Time `cbor:"9,keyasint,omitempty"`

	Handler string     `cbor:"10,keyasint,omitempty"`
	Decides string     `cbor:"11,keyasint,omitempty"` // what the handler may decide
	Fields  []Field    `cbor:"12,keyasint,omitempty"` // answers with a case property, in the order asked
	Privacy string     `cbor:"13,keyasint,omitempty"` // "named", "confidential", "anonymous"; empty is anonymous
	Pending []Notice   `cbor:"14,keyasint,omitempty"` // what the person is to be told
	Asked   []string   `cbor:"15,keyasint,omitempty"` // statements that were asked: a bit each, never the answer
	Outcome Outcome    `cbor:"16,keyasint,omitempty"`
	History []StageLog `cbor:"17,keyasint,omitempty"`

	Surveyed time.Time `cbor:"18,keyasint,omitempty"` // when a survey last ended

	Formal   bool           `cbor:"19,keyasint,omitempty"` // the clocks of the law run; else it is a concern
	Proposed time.Time      `cbor:"20,keyasint,omitempty"` // the later date that the person is asked to agree to
	Consent  Consent        `cbor:"21,keyasint,omitempty"` // of the patient, where somebody else complains for them
	Patient  ConversationID `cbor:"22,keyasint,omitempty"` // whose consent was asked
	Died     time.Time      `cbor:"23,keyasint,omitempty"` // when we learnt that the person it is about has died
	Checked  int            `cbor:"24,keyasint,omitempty"` // how often it was asked whether care has changed

	Recorded *Recorded `cbor:"60,keyasint,omitempty"` // how staff wrote it down; nil: its person sent it

	Assigned MemberID   `cbor:"25,keyasint,omitempty"` // whose case it is; Handler is the name that the person reads
	Barred   []MemberID `cbor:"26,keyasint,omitempty"` // who may not see it: they are named in it
	Links    []CaseRef  `cbor:"27,keyasint,omitempty"` // other cases about the same matter

	Draft    *OutcomeDraft `cbor:"40,keyasint,omitempty"` // of its outcome; nil: none
	Promises []Promise     `cbor:"41,keyasint,omitempty"` // what its people were told will be done, oldest first
	Points   int           `cbor:"42,keyasint,omitempty"` // how many the person named, of which what happened is the first; 0: that is all

	Acknowledged time.Time   `cbor:"50,keyasint,omitempty"` // when its person was first told anything; zero: the law's clock for that runs
	Wait         *Wait       `cbor:"51,keyasint,omitempty"` // nil: it goes on
	Statements   []Statement `cbor:"52,keyasint,omitempty"` // asked of people outside the team, oldest first
}

// Field is one answer on the case. Value is whole, but for a story, which is on
// the timeline.
type Field struct {
	Name  string `cbor:"1,keyasint"`
	Value string `cbor:"2,keyasint,omitempty"`
	Day   string `cbor:"3,keyasint,omitempty"` // of "when": the day that the words mean, 2006-01-02, at best
}

// Notice is one thing to tell the person, whose words are the entry ID.
type Notice struct {
	Kind  string  `cbor:"1,keyasint"` // the flow that tells it: "update", "outcome", "reflection", "acknowledged"
	Entry EntryID `cbor:"2,keyasint,omitempty"`

	// NotBefore is when the person may first be told; zero: at once.
	NotBefore time.Time `cbor:"3,keyasint,omitempty"`

	Held bool    `cbor:"4,keyasint,omitempty"` // somebody has died: it waits until a person releases it
	Case CaseRef `cbor:"5,keyasint,omitempty"` // of a conversation's notices: the case it is about

	// Planned: staff chose NotBefore, so who asks before is not told either.
	Planned bool `cbor:"6,keyasint,omitempty"`
}

// Consent is how far the patient's leave has come.
type Consent string

// The states of consent; empty: it was not asked.
const (
	ConsentAsked   Consent = "asked"
	ConsentClaimed Consent = "claimed" // by who has the phone; staff verify it
	ConsentRefused Consent = "refused"
)

// Outcome is how the matter ended, and what the person said to it.
type Outcome struct {
	Entry   EntryID   `cbor:"1,keyasint,omitempty"` // holds the words
	Offered time.Time `cbor:"2,keyasint,omitempty"`
	Read    time.Time `cbor:"3,keyasint,omitempty"`
	Answer  string    `cbor:"4,keyasint,omitempty"` // "accepted", "later", "disagreed"

	Findings  []FindingKind `cbor:"5,keyasint,omitempty"` // of each point, in order; none: it was not given point by point
	Manner    Manner        `cbor:"6,keyasint,omitempty"` // how it is told
	ToldBy    string        `cbor:"7,keyasint,omitempty"` // who told it, where that was not by message
	Ombudsman string        `cbor:"8,keyasint,omitempty"` // who looks at it next: a kind of the jurisdiction's ombudsmen
}

// StageLog is one move of the stage.
type StageLog struct {
	At   time.Time   `cbor:"1,keyasint"`
	To   flows.Stage `cbor:"2,keyasint"`
	What string      `cbor:"3,keyasint"` // the event of the stage machine
}

// EntryKind says what an entry of a timeline is.
type EntryKind string

// The kinds of entry.
const (
	Said     EntryKind = "said"          // the person's words: story, answers, evidence
	AlsoSaid EntryKind = "also received" // came late
	Replied  EntryKind = "reply"         // the person's answer to the team
	Told     EntryKind = "update"        // the team's words to the person
	Found    EntryKind = "outcome"
	Noted    EntryKind = "note" // for staff only
	Moved    EntryKind = "stage"
	Asked    EntryKind = "request" // CALL ME, withdraw, disagree: something staff must answer
	Alerted  EntryKind = "alert"   // danger words
	Aside    EntryKind = "put aside"

	// Guarded are words about how care changed after the complaint: for whom the
	// person chose, never for those who look into it.
	Guarded  EntryKind = "care"
	Idea     EntryKind = "idea"     // a compliment or an idea
	Delivery EntryKind = "delivery" // what became of a message about the case

	Clocked EntryKind = "date"            // a promised day moved, stopped or went on, and why
	AskedOf EntryKind = "statement asked" // what somebody outside the team was asked
	Stated  EntryKind = "statement"       // their answer: never sent to the person
	WasRead EntryKind = "opened"          // the person read the outcome that Of names
)

// Entry is one line of a case's append-only timeline, or of what is kept with a
// conversation that has no case. It is sealed with the case's key.
type Entry struct {
	ID    EntryID            `cbor:"1,keyasint"`
	At    time.Time          `cbor:"2,keyasint"`
	Kind  EntryKind          `cbor:"3,keyasint"`
	Field string             `cbor:"4,keyasint,omitempty"` // the field that the words answer
	Text  string             `cbor:"5,keyasint,omitempty"`
	Media []flows.Media      `cbor:"6,keyasint,omitempty"`
	By    string             `cbor:"7,keyasint,omitempty"` // staff; empty: the person, or the bot itself
	Shown string             `cbor:"8,keyasint,omitempty"` // consent: the words that were shown
	From  channels.MessageID `cbor:"9,keyasint,omitempty"`

	// Of what staff told: which points it is about, from 1, and, where it was
	// translated, what was written first and who translated it.
	About      []int  `cbor:"30,keyasint,omitempty"`
	Written    string `cbor:"31,keyasint,omitempty"`
	Translator string `cbor:"32,keyasint,omitempty"`

	Of EntryID `cbor:"33,keyasint,omitempty"` // a note: what it took back before the person was told; WasRead: what

	Choice string `cbor:"10,keyasint,omitempty"` // put aside: the data of a tapped option

	Point   int       `cbor:"12,keyasint,omitempty"` // which point of the complaint these words are, from 1
	Outcome *Answered `cbor:"20,keyasint,omitempty"` // the whole of an outcome; nil: Text is all
}

// TellsStory tells whether an entry is what happened, in the person's words: what came
// before they sent it. What they write later is an answer to something else, and is
// never read back to them as their complaint.
func (c *Case) TellsStory(e Entry) bool {
	later := !c.Opened.IsZero() && e.At.After(c.Opened)
	return e.Kind == Said && e.Point == 0 && (e.Field == "" || e.Field == "story") && !later
}

// StaffTask is something that a person on the staff must see to.
type StaffTask struct {
	ID   string         `cbor:"-"` // record and kind: writing one again replaces it
	Kind StaffTaskKind  `cbor:"1,keyasint"`
	Case CaseRef        `cbor:"2,keyasint,omitempty"`
	Conv ConversationID `cbor:"3,keyasint,omitempty"` // where there is no case: put aside, undelivered
	At   time.Time      `cbor:"4,keyasint"`
	Due  time.Time      `cbor:"5,keyasint"`
	Text string         `cbor:"6,keyasint,omitempty"` // a fixed sentence

	// Phone is the number that a person gave to be called on; only who calls them
	// needs it.
	Phone string `cbor:"7,keyasint,omitempty"`

	// Words are what the person wrote, where it must be read at once and may be on
	// no page else: danger, and a message that was put aside.
	Words string `cbor:"8,keyasint,omitempty"`

	Owner   MemberID  `cbor:"9,keyasint,omitempty"`  // who has taken it; empty: nobody
	OwnedBy string    `cbor:"10,keyasint,omitempty"` // their name
	Taken   time.Time `cbor:"11,keyasint,omitempty"`

	// Draft is what the person was writing when this came up. Nobody sees it before it
	// is sent; then it is the case that this is about.
	Draft CaseRef `cbor:"12,keyasint,omitempty"`

	// Aside are the messages that were put aside, as they are kept with the
	// conversation, oldest first: they can be sent through again.
	Aside []EntryID `cbor:"13,keyasint,omitempty"`
}

// About is the case that a task is about; it may be one that was not sent yet. Empty:
// none.
func (t StaffTask) About() CaseRef {
	if t.Case != "" {
		return t.Case
	}
	return t.Draft
}

// StaffTaskKind says what is to be done.
type StaffTaskKind string

// The kinds of staff task.
const (
	Acknowledge StaffTaskKind = "acknowledge"
	ReadReply   StaffTaskKind = "reply"
	CallPerson  StaffTaskKind = "call"
	Danger      StaffTaskKind = "danger"
	Undelivered StaffTaskKind = "undelivered"
	NotReadable StaffTaskKind = "not readable" // a record of the store does not open
	Waits       StaffTaskKind = "waits"        // a message waits until the person writes again

	// ConfirmedDanger is Danger after the person was asked; it does not replace the
	// task that holds the first words.
	ConfirmedDanger StaffTaskKind = "danger now"
	PutAside        StaffTaskKind = "put aside"
	NotUnderstood   StaffTaskKind = "not understood"
	PersonLeft      StaffTaskKind = "left"
	Dispute         StaffTaskKind = "disagrees"
	AskedWithdraw   StaffTaskKind = "withdraw"
	NeedsPerson     StaffTaskKind = "talk to a person"
	AskedErasure    StaffTaskKind = "asks to be deleted"
	FileMissing     StaffTaskKind = "file not kept"
	CareChanged     StaffTaskKind = "care has changed"
	VerifyConsent   StaffTaskKind = "consent"
	ReadIdea        StaffTaskKind = "idea"
	CallBefore      StaffTaskKind = "more time refused"
	ArrangeOutcome  StaffTaskKind = "tell the outcome another way"
	WentToOmbudsman StaffTaskKind = "ombudsman"
	WrongNumber     StaffTaskKind = "wrong number"
	ReleaseNews     StaffTaskKind = "after a death"
	NotJoined       StaffTaskKind = "not reached yet" // it was written down by staff, and its person gave no code yet
	NoNewsYet       StaffTaskKind = "no news yet"     // one line for the person, before it is said by itself that there is none
	AwaitStatement  StaffTaskKind = "statement late"  // somebody outside the team has not answered
	ReadStatement   StaffTaskKind = "statement came"  // they have
	HandedOver      StaffTaskKind = "handed over"     // to who had the case before
)

// StatementAnswer is one answer to one of the 21 statements, without person,
// case or time: a month is all.
type StatementAnswer struct {
	Month     string `cbor:"1,keyasint"` // "2026-11"
	Service   string `cbor:"2,keyasint,omitempty"`
	Channel   string `cbor:"3,keyasint"`
	Language  string `cbor:"4,keyasint"`
	Statement string `cbor:"5,keyasint"`
	Answer    string `cbor:"6,keyasint"`

	// Finding is what was found of the matter, for the statements about its outcome.
	// Empty: it was not decided point by point, or the statement is another.
	Finding FindingKind `cbor:"7,keyasint,omitempty"`
}

// StatementCount is how often a statement was put to people.
type StatementCount struct {
	Of        StatementAnswer // Answer is empty
	Asked     int
	Delivered int // of which their channel told that they arrived; Telegram tells of none
}

// Message is one outgoing message in a conversation's outbox.
type Message struct {
	Task     TaskID            `cbor:"1,keyasint"`
	Text     string            `cbor:"2,keyasint,omitempty"`
	Options  []channels.Option `cbor:"3,keyasint,omitempty"`
	Template string            `cbor:"4,keyasint,omitempty"`
	Language string            `cbor:"5,keyasint,omitempty"`
	Purpose  flows.Purpose     `cbor:"6,keyasint,omitempty"`

	// Case is the case that the message has news of, on whose timeline it is noted
	// what became of it. A mere reply has none.
	Case CaseRef `cbor:"7,keyasint,omitempty"`

	// Once: a code or the like, which must not come twice. Where nobody can say
	// whether it arrived it is not sent again: the person asks for another.
	Once bool `cbor:"8,keyasint,omitempty"`

	// Asks is the statement that it puts to the person, of which it is counted that it
	// arrived; Answer is empty. Nil: none.
	Asks *StatementAnswer `cbor:"9,keyasint,omitempty"`
}

// Unasked tells whether a message comes without the person having just written. It
// says nothing of the matter, so that an approved template may stand in its place:
// the words follow when they answer.
func (m Message) Unasked() bool { return m.Purpose == flows.Prompt }

// TimerKind says what a timer does when it is due.
type TimerKind string

// The kinds of timer.
const (
	Nudge TimerKind = "remind" // a reminder of an open question
	News  TimerKind = "wake"   // the case has something to tell its person

	Consult TimerKind = "ask"   // a conversation is asked something about somebody else's case
	Gone    TimerKind = "left"  // staff learn that a person cannot be reached
	ByText  TimerKind = "text"  // who was not reached gets a text
	Fetch   TimerKind = "fetch" // the files of an entry are fetched from the provider
	Burn    TimerKind = "burn"  // the files of an erased case are removed

	Unfinished TimerKind = "reply"     // an answer to the team was begun, and may never be finished
	AskLine    TimerKind = "line"      // the handler is asked for one line of news
	Await      TimerKind = "statement" // somebody outside the team should have answered
	Chase      TimerKind = "chase"     // an alert that nobody has taken
	Morning    TimerKind = "morning"   // staff are told what is overdue
)

// Timer is something to do later, by the store's clock. Its ID is made of its
// record and kind, so that writing it again replaces it.
type Timer struct {
	Kind         TimerKind       `cbor:"1,keyasint"`
	Conversation ConversationID  `cbor:"2,keyasint,omitempty"` // Nudge, Consult, ByText
	Case         CaseRef         `cbor:"3,keyasint,omitempty"` // News, Gone, ByText
	Visit        uint32          `cbor:"4,keyasint,omitempty"` // void if this has passed
	After        time.Duration   `cbor:"-"`                    // from the commit
	Then         []time.Duration `cbor:"5,keyasint,omitempty"` // Nudge: the later ones, from the commit that set the first

	Entry   EntryID          `cbor:"6,keyasint,omitempty"`  // Fetch: whose files
	Channel channels.Channel `cbor:"7,keyasint,omitempty"`  // Fetch: from where
	Tries   int              `cbor:"8,keyasint,omitempty"`  // Fetch: how often it failed; Chase: how often somebody was told; Gone: 1 once it is time
	Folder  string           `cbor:"9,keyasint,omitempty"`  // Burn: what FileFolder named
	Files   []FileID         `cbor:"10,keyasint,omitempty"` // Burn: those of an entry; none: all
}

// ID is the timer's record and kind.
func (t Timer) ID() TimerID {
	switch {
	case t.Kind == Fetch:
		return TimerID(string(t.Case) + "/" + string(t.Kind) + "/" + string(t.Entry))
	case t.Kind == Burn:
		return TimerID(t.Folder + "/" + string(t.Kind) + "/" + string(t.Entry))
	case t.Case != "" && t.Kind != Consult && t.Kind != ByText:
		return TimerID(string(t.Case) + "/" + string(t.Kind))
	}
	return TimerID(string(t.Conversation) + "/" + string(t.Kind))
}
