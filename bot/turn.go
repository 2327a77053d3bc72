package bot

import (
	"errors"
	"time"

	"heard/channels"
)

// Turn is everything that one message, wake-up or act of staff changes. It is
// committed by one script: all of it, or nothing.
//
// Every record that is put must still have the version it was read with, and so
// must every record in Expect, which was read to decide. Appends and tasks have
// no version.
type Turn struct {
	Provider ProviderID
	ID       TurnID
	Message  channels.MessageID // empty: no inbound message; else done once in at least 7 days
	Expect   []Expect
	Ops      []Op
	Timer    *TimerLease // the timer that woke this turn: ended with it, fenced by its token
}

// Expect says that a record must still be at the version it was read with; 0:
// it must not exist.
type Expect struct {
	Conversation ConversationID // one of the two
	Case         CaseRef
	Version      uint64
}

// Op is one change of a turn.
type Op interface{ op() }

// PutConversation writes a conversation over the version it was read with.
type PutConversation struct{ Conversation *Conversation }

// PutCase writes a case over the version it was read with, and keeps the index
// of cases in step with its status. A new case (version 0) gets its key and the
// link from its handle to Conversation in the same commit.
type PutCase struct {
	Case         *Case
	Conversation ConversationID // new cases only
}

// EraseCase removes a case for good: record, key, timeline, handle and tasks.
type EraseCase struct{ Case *Case }

// Append adds an entry to a case's timeline.
type Append struct {
	Case  *Case
	Entry Entry
}

// Remove takes an entry out of a draft's timeline: the person deleted what they
// said last.
type Remove struct {
	Case  *Case
	Entry EntryID
}

// CancelPrompts takes out of a conversation's outbox what nobody asked for and
// nobody began to send.
type CancelPrompts struct{ Conversation ConversationID }

// KeepWith adds an entry to what is kept with a conversation: words that belong
// to no case, or a message that was put aside.
type KeepWith struct {
	Conversation ConversationID
	Entry        Entry
}

// EraseKept removes what is kept with a conversation, and what was or is to be
// said to it: messages given up and messages that nobody began to send. They may
// quote the person.
type EraseKept struct{ Conversation ConversationID }

// Enqueue puts a message at the end of a conversation's outbox; help goes before
// everything that is not being sent yet.
type Enqueue struct {
	Conversation ConversationID
	Message      Message
}

// SetCode lets who sends Code go on with a conversation, once, for a while. It takes
// the place of the code that the conversation had. The store keeps an HMAC of it.
type SetCode struct {
	Code         string
	Conversation ConversationID
	For          time.Duration
}

// UseCode ends a code, which must still be good, and stand for Conversation.
type UseCode struct {
	Code         string
	Conversation ConversationID
}

// Relink has a case's handle lead to another conversation.
type Relink struct {
	Handle       Handle
	Conversation ConversationID
}

// Vacate is EraseKept of a conversation whose things go elsewhere in this turn: what
// waits to be said there must be what was read, in order.
type Vacate struct {
	Conversation ConversationID
	Unsent       []TaskID
}

// SetTimer writes a timer, over one with the same ID.
type SetTimer struct{ Timer Timer }

// DropTimer removes a timer.
type DropTimer struct{ ID TimerID }

// AddTask writes a staff task, over one with the same ID.
type AddTask struct{ Task StaffTask }

// MoveTask writes a staff task in the place of another one.
type MoveTask struct {
	From string // its ID
	Task StaffTask
}

// EndTask removes a staff task.
type EndTask struct{ ID string }

// AddAnswers puts answers to statements into their own store.
type AddAnswers struct{ Answers []StatementAnswer }

// Audit appends a line to the audit log.
type Audit struct{ Record AuditRecord }

// CountAsked counts a statement that is put to a person. Answer is left empty.
type CountAsked struct{ Of StatementAnswer }

func (Audit) op()           {}
func (CountAsked) op()      {}
func (PutConversation) op() {}
func (PutCase) op()         {}
func (EraseCase) op()       {}
func (Append) op()          {}
func (Remove) op()          {}
func (CancelPrompts) op()   {}
func (KeepWith) op()        {}
func (EraseKept) op()       {}
func (Enqueue) op()         {}
func (SetCode) op()         {}
func (UseCode) op()         {}
func (Relink) op()          {}
func (Vacate) op()          {}
func (SetTimer) op()        {}
func (DropTimer) op()       {}
func (AddTask) op()         {}
func (MoveTask) op()        {}
func (EndTask) op()         {}
func (AddAnswers) op()      {}

// Committed is what a commit tells.
type Committed struct {
	Duplicate bool    // the message was done before, by another turn: nothing was written
	Leases    []Lease // heads of outboxes that were free: this instance sends them now
}

// Lease is the right to send one message until Deadline. Token fences it: who
// settles with an old token is refused.
type Lease struct {
	Provider     ProviderID
	Conversation ConversationID
	Token        int64
	Deadline     time.Time // by this machine's monotonic clock
	Attempt      int       // 1 for the first
	Doubt        time.Time // when an earlier attempt began whose end nobody knows; zero: none

	Channel channels.Channel
	Sender  channels.Sender
	Address channels.Address
	LastAt  time.Time // the person's last message: WhatsApp's window
	Left    bool      // opted out: must not be sent
	Closed  time.Time // when WhatsApp last said that its window was closed; zero: never
	Parked  int       // how many messages wait for that window
	Case    CaseRef   // what the conversation is about, for the task of staff; may be empty
	Message Message

	// Unreadable: what is stored does not open. Message has its Task only.
	Unreadable bool
}

// TimerLease is the right to run one due timer until Deadline.
type TimerLease struct {
	Provider ProviderID
	Timer    Timer
	Token    int64
	Deadline time.Time

	// Unreadable: what is stored does not open. Timer has its ID only.
	Unreadable bool
}

// Settlement is how a send ended.
type Settlement struct {
	Result   SendResult
	IDs      []string      // Accepted: the provider's ids
	After    time.Duration // Again, InDoubt: not before
	AllChats bool          // After holds for everybody on this sender, not for this person only
	Unscoped bool          // so it does once two people are told of it at the same time
	Sentence string        // SetAside: for staff; empty: no task, since they learn it another way
	Code     string
	Closed   bool   // WhatsApp said that its window is closed
	Keep     bool   // Accepted: to be kept until it has arrived, since WhatsApp may still say so
	Knock    TaskID // Parked: under which a template was sent, whose ids are IDs; empty: none
}

// SendResult is how a send can end.
type SendResult int

// The results of a send.
const (
	Accepted SendResult = iota // the provider has it: the next message may go
	Again                      // try again after a while; those behind it wait
	InDoubt                    // the provider may have it: look before trying again
	SetAside                   // given up: a task for staff, and the next message may go
	Untried                    // not begun: it counts as no attempt, and whoever leases it next begins
	Parked                     // waits until the person writes again; those behind it may go
	Opened                     // not begun: what is parked goes before it
)

// ClockSet is the error by which leasing timers tells that the store's clock was
// set, and by how much. What was not due yet is as far off as before.
type ClockSet time.Duration

// Error says by how much.
func (c ClockSet) Error() string { return "the store's clock was set by " + time.Duration(c).String() }

// Unreadable is what the store answers where a record that is needed is there and
// cannot be opened: it was damaged, or its key is gone. Trying again does not help.
type Unreadable struct {
	Conversation ConversationID
	Version      uint64 // of the conversation, as it is stored
}

// Error does not tell whose record it is.
func (*Unreadable) Error() string { return "a record cannot be opened" }

// The store's answers that callers act on. Every other error means that the
// store did not do it, or that nobody knows.
var (
	ErrConflict = errors.New("a record was changed by somebody else: read and step again")
	ErrFenced   = errors.New("the lease passed to somebody else")
	ErrNotFound = errors.New("no such record")
)
