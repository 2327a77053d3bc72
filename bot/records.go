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
	MovedTo ConversationID `cbor:"8,keyasint,omitempty"` // tombstone
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
}

// Field is one answer on the case. Value is whole, but for a story, which is on
// the timeline.
type Field struct {
	Name  string `cbor:"1,keyasint"`
	Value string `cbor:"2,keyasint,omitempty"`
}

// Notice is one thing to tell the person, whose words are the entry ID.
type Notice struct {
	Kind  string  `cbor:"1,keyasint"` // the flow that tells it: "update", "outcome", "reflection", "acknowledged"
	Entry EntryID `cbor:"2,keyasint,omitempty"`

	// NotBefore is when the person may first be told; zero: at once.
	NotBefore time.Time `cbor:"3,keyasint,omitempty"`
}

// Outcome is how the matter ended, and what the person said to it.
type Outcome struct {
	Entry   EntryID   `cbor:"1,keyasint,omitempty"` // holds the words
	Offered time.Time `cbor:"2,keyasint,omitempty"`
	Read    time.Time `cbor:"3,keyasint,omitempty"`
	Answer  string    `cbor:"4,keyasint,omitempty"` // "accepted", "later", "disagreed"
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
	Delivery EntryKind = "delivery" // what became of a message about the case
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

	Choice string `cbor:"10,keyasint,omitempty"` // put aside: the data of a tapped option
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
	Waits       StaffTaskKind = "waits" // a message waits until the person writes again

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
	Gone  TimerKind = "left"   // staff learn that an anonymous person cannot be reached
	Fetch TimerKind = "fetch"  // the files of an entry are fetched from the provider
	Burn  TimerKind = "burn"   // the files of an erased case are removed
)

// Timer is something to do later, by the store's clock. Its ID is made of its
// record and kind, so that writing it again replaces it.
type Timer struct {
	Kind         TimerKind       `cbor:"1,keyasint"`
	Conversation ConversationID  `cbor:"2,keyasint,omitempty"` // Nudge
	Case         CaseRef         `cbor:"3,keyasint,omitempty"` // News, Gone
	Visit        uint32          `cbor:"4,keyasint,omitempty"` // void if this has passed
	After        time.Duration   `cbor:"-"`                    // from the commit
	Then         []time.Duration `cbor:"5,keyasint,omitempty"` // Nudge: the later ones, from the commit that set the first

	Entry   EntryID          `cbor:"6,keyasint,omitempty"` // Fetch: whose files
	Channel channels.Channel `cbor:"7,keyasint,omitempty"` // Fetch: from where
	Tries   int              `cbor:"8,keyasint,omitempty"` // Fetch: how often it failed
	Folder  string           `cbor:"9,keyasint,omitempty"` // Burn: what FileFolder named
}

// ID is the timer's record and kind.
func (t Timer) ID() TimerID {
	switch {
	case t.Kind == Fetch:
		return TimerID(string(t.Case) + "/" + string(t.Kind) + "/" + string(t.Entry))
	case t.Kind == Burn:
		return TimerID(t.Folder + "/" + string(t.Kind))
	case t.Case != "":
		return TimerID(string(t.Case) + "/" + string(t.Kind))
	}
	return TimerID(string(t.Conversation) + "/" + string(t.Kind))
}
