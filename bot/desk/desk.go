package desk

import (
	"context"
	"log/slog"
	"time"

	"heard/bot"
)

// Store is the desk's side of the store.
type Store interface {
	bot.DeskStore
	bot.DeskFeed
	bot.Drawers
	bot.AuditLog
	bot.CaseWalk
	bot.EventLog
	bot.AnswerStore
}

// Options are what a Desk is made of.
type Options struct {
	Store    Store
	Bot      *bot.Bot
	Provider bot.Provider
	Files    FileReader // what people sent; nil: nothing can be opened
	Site     string     // "https://heard.example.org/desk/stmarys", which e-mails lead to
	Urgent   Urgent

	Mail         Mail     // to staff; nil: nobody is written to, and who has no account cannot record
	StaffDomains []string // of the work addresses that may, in small letters

	Passwords *Passwords       // one for all desks of a process; nil: its own
	Now       func() time.Time // nil: the clock
	Log       *slog.Logger     // nil: none
}

// Desk is one provider's desk. It is safe for concurrent use.
type Desk struct {
	o     Options
	index *index
}

// New makes a Desk.
func New(o Options) *Desk {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Passwords == nil {
		o.Passwords = NewPasswords()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Desk{o: o, index: newIndex(o.Store, o.Provider.ID)}
}

// Provider is whose desk it is.
func (d *Desk) Provider() bot.Provider { return d.o.Provider }

// Changes counts what changed that staff can see, for live pages.
func (d *Desk) Changes(ctx context.Context) (uint64, error) {
	return d.o.Store.Changes(ctx, d.o.Provider.ID)
}

// looked notes in the audit log that something was looked at. Where it cannot be
// noted, nothing may be shown.
func (d *Desk) looked(ctx context.Context, who Who, did string, ref bot.CaseRef, reason string) error {
	return d.o.Store.Audit(ctx, d.o.Provider.ID, bot.AuditRecord{
		At: d.o.Now(), Member: who.Member, Did: did, Case: ref, Reason: reason,
	})
}
