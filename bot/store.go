package bot

import (
	"context"
	"time"

	"heard/channels"
)

// Store is what a turn needs of the store. redisstore implements it and passes
// storetest's suite.
type Store interface {
	// Lookup reads what a message from this address meets, in one round trip. A
	// conversation that does not exist comes back with Version 0 and its ID set.
	Lookup(ctx context.Context, p ProviderID, c channels.Channel, s channels.Sender, a channels.Address) (View, error)
	// LookupID reads the same for a known conversation.
	LookupID(ctx context.Context, p ProviderID, id ConversationID) (View, error)
	// Case reads a case and the conversation that its handle leads to.
	Case(ctx context.Context, p ProviderID, ref CaseRef) (*Case, ConversationID, error)
	// Cases reads those of several cases that there are and that open, in one round
	// trip.
	Cases(ctx context.Context, p ProviderID, refs []CaseRef) ([]*Case, error)
	// Entry reads one entry of a case's timeline.
	Entry(ctx context.Context, p ProviderID, c *Case, id EntryID) (Entry, error)
	// Commit makes a turn true. ErrConflict, ErrFenced, or an error that leaves
	// open whether it was done; the same Turn may be committed again then.
	Commit(ctx context.Context, t Turn) (Committed, error)
	// TurnDone tells whether a turn without a message was committed, in at least
	// the last day.
	TurnDone(ctx context.Context, p ProviderID, id TurnID) (bool, error)
}

// Moves are what it takes to go on with a conversation at another address.
type Moves interface {
	// Coded is the conversation that a code stands for. ErrNotFound: it stands for
	// none, or no more.
	Coded(ctx context.Context, p ProviderID, code string) (ConversationID, error)
	// Luggage reads what a conversation holds beside its record.
	Luggage(ctx context.Context, p ProviderID, id ConversationID) (Luggage, error)
	// Tasks reads those staff tasks that there are.
	Tasks(ctx context.Context, p ProviderID, ids []string) ([]StaffTask, error)
}

// Luggage is what a conversation holds beside its record and its cases.
type Luggage struct {
	Kept   []Entry   // oldest first
	Unsent []Message // what waits to be said, in order
}

// View is what a message meets: the conversation and the case it is about.
type View struct {
	Conversation Conversation
	Case         *Case // nil: none
}

// FlowStore keeps every version of a flow that was ever published.
type FlowStore interface {
	// PublishFlow stores a version's structure under its hash, for good, its
	// wording beside it (the newest wins), and moves the flow's pointer to it.
	PublishFlow(ctx context.Context, p ProviderID, flow, hash string, structure, wording []byte) error
	// FlowVersion reads a version.
	FlowVersion(ctx context.Context, p ProviderID, hash string) (flow string, structure, wording []byte, err error)
}

// Queue is what dispatch needs: what is due, and how it ended.
type Queue interface {
	// LeaseMessages takes up to max heads of outboxes that are due, but none for
	// the lines that are full. One whose lease was lost is left for so long to who
	// had it, and may know how its sending ended.
	LeaseMessages(ctx context.Context, p ProviderID, max int, left time.Duration, full ...Line) ([]Lease, error)
	// Settle says how a send ended and, where the next message of the same
	// conversation may go, leases that. ErrFenced: somebody else has it.
	Settle(ctx context.Context, l Lease, s Settlement) (*Lease, error)
	// LeaseTimers takes up to max timers that are due.
	LeaseTimers(ctx context.Context, p ProviderID, max int) ([]TimerLease, error)
	// Claimed tells which of the provider's ids belong to a message of ours.
	Claimed(ctx context.Context, p ProviderID, ids []string) ([]bool, error)
}

// Line is one of a provider's numbers or bots.
type Line struct {
	Channel channels.Channel
	Sender  channels.Sender
}

// Receipts follow a message after it was sent.
type Receipts interface {
	// Receipt moves a message's status forward, never back, and settles a send in
	// doubt that turns out to have arrived. Nil: nobody need know of it.
	// ErrNotFound: no message of ours, or one without a task whose id is not stored
	// yet.
	Receipt(ctx context.Context, p ProviderID, r channels.Receipt) (*Delivered, error)
}

// Delivered is what became of a message, where somebody should know.
type Delivered struct {
	Task         TaskID
	Conversation ConversationID
	Case         *Case // that it had news of, or, if it failed, that the conversation is about; nil: none
	Status       channels.Status
	Again        bool // told before: whoever was to note it may have died first

	News    CaseRef  // of which the message has news; empty: of none
	Message *Message // that failed, where the store still has it
}

// Watermarks remember up to when a sender's inbound messages were listed in full.
type Watermarks interface {
	Watermark(ctx context.Context, p ProviderID, s channels.Sender) (time.Time, error)
	MoveWatermark(ctx context.Context, p ProviderID, s channels.Sender, to time.Time) error
	// Seen tells which messages were taken in before. One that was may be missing
	// after 7 days.
	Seen(ctx context.Context, p ProviderID, ids []channels.MessageID) ([]bool, error)
	// Guard takes or renews a fenced lease of a name ("poll:123"), so that one
	// instance does a thing at a time. held is false if another has it.
	Guard(ctx context.Context, p ProviderID, name, instance string, ttl time.Duration) (held bool, err error)
}
