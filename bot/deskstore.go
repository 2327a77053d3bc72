package bot

import (
	"context"
	"time"
)

// DeskStore is what the staff's pages read. It is made without the closed keys: no
// way leads from a case to a person through it.
type DeskStore interface {
	// Cases lists the references of cases that were sent, newest first.
	Cases(ctx context.Context, p ProviderID, offset, limit int) ([]CaseRef, error)
	// ReadCase reads a case for staff.
	ReadCase(ctx context.Context, p ProviderID, ref CaseRef) (*Case, error)
	// Timeline reads the entries of a case, oldest first, but for Guarded ones.
	Timeline(ctx context.Context, p ProviderID, c *Case) ([]Entry, error)
	// StaffTasks lists what is to be done, soonest due first.
	StaffTasks(ctx context.Context, p ProviderID, limit int) ([]StaffTask, error)
	// Changes counts the commits that changed anything that staff see.
	Changes(ctx context.Context, p ProviderID) (uint64, error)
}

// DeskFeed tells what changed, so that a list of all cases is kept without reading
// them all again.
type DeskFeed interface {
	// Changed names what was written, made or ended since a count of changes; 0:
	// everything that there is.
	Changed(ctx context.Context, p ProviderID, since uint64) (Changed, error)
	// ReadCases reads cases. One that is gone, or a draft, is left out.
	ReadCases(ctx context.Context, p ProviderID, refs []CaseRef) ([]*Case, error)
	// ReadTasks reads staff tasks. One that is done is left out.
	ReadTasks(ctx context.Context, p ProviderID, ids []string) ([]StaffTask, error)
}

// CaseWalk comes by all cases that were sent, whatever comes in meanwhile.
type CaseWalk interface {
	// WalkCases lists references, oldest first, after a mark, and the mark of the last.
	// None: that was all.
	WalkCases(ctx context.Context, p ProviderID, after CaseMark, limit int) ([]CaseRef, CaseMark, error)
}

// CaseMark is how far a walk has come. The zero mark is the beginning.
type CaseMark struct {
	At  int64 // when the case was sent, ms
	Ref CaseRef
}

// Changed is what was written up to a count of changes.
type Changed struct {
	To    uint64
	All   bool // a case was erased: whatever was read before is to be read again
	Cases []CaseRef
	Tasks []string // ids of staff tasks
}

// Drawers keep the desk's own records: members, sessions, tokens. Each drawer is
// named; its records are sealed whole, and written over only at the version they
// were read with.
type Drawers interface {
	// Drawn reads one. ErrNotFound, also once its time is over.
	Drawn(ctx context.Context, p ProviderID, drawer, id string) (Drawn, error)
	// Drawer reads all of a drawer, by id.
	Drawer(ctx context.Context, p ProviderID, drawer string) ([]Drawn, error)
	// Put writes one over the version that it was read with; 0: it must not exist.
	// ErrConflict. It is gone after keep; 0: it stays.
	Put(ctx context.Context, p ProviderID, drawer string, d Drawn, keep time.Duration) error
	// Drop removes one, whatever its version.
	Drop(ctx context.Context, p ProviderID, drawer, id string) error
}

// Drawn is one record of a drawer.
type Drawn struct {
	ID      string // stands in the store as it is: nothing about anybody
	Version uint64 // as read
	Data    []byte // as its owner encodes it
}

// AuditLog is the chain of what was looked at and done. Acts on cases are added by
// their own turns.
type AuditLog interface {
	// Audit appends a line.
	Audit(ctx context.Context, p ProviderID, r AuditRecord) error
	// AuditTrail reads lines in order, at most limit, from a number, which begins at 1.
	AuditTrail(ctx context.Context, p ProviderID, from, limit int) ([]AuditLine, error)
	// AuditEnd is the number of the newest line and its hash; 0: there is none.
	AuditEnd(ctx context.Context, p ProviderID) (number int, hash string, err error)
}

// AuditLine is a line as it is stored. Hash is that of the line before it and of
// this one's content, in hex: who changes a line breaks the chain from there on.
type AuditLine struct {
	Number int
	Hash   string
	Record AuditRecord
	Broken bool // its hash is not that of what it follows and holds
}

// AnswerStore is what people answered to the statements, by month ("2026-11"), in an
// order that says nothing of when. No person is in it.
type AnswerStore interface {
	Answers(ctx context.Context, p ProviderID, month string) ([]StatementAnswer, error)
	// Counts are how often each statement was asked, and that is known to have arrived.
	Counts(ctx context.Context, p ProviderID, month string) ([]StatementCount, error)
}
