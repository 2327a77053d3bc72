package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"heard/bot"
	"heard/channels"
	"heard/flows"
)

// Store is all that a store must be, but for the desk's side.
type Store interface {
	bot.Store
	bot.FlowStore
	bot.Queue
	bot.Receipts
	bot.Moves
	bot.Watermarks
}

// Desk is all that the desk's side must be.
type Desk interface {
	bot.DeskStore
	bot.DeskFeed
	bot.Drawers
	bot.AuditLog
	bot.EventLog
	bot.CaseWalk
}

// Fixture is a store to be tested, empty, and what the suite needs to see of it.
type Fixture struct {
	Store    Store
	Desk     Desk
	Provider bot.ProviderID
	Lease    time.Duration // how long its leases last
	Clock    *Clock        // the store's clock

	Dump    func(testing.TB) map[string]string                   // everything that is stored, by key
	Trips   func() int64                                         // round trips to the store so far
	Kept    func(bot.ConversationID) ([]bot.Entry, error)        // what is kept with a conversation
	Aside   func(bot.ConversationID) ([]bot.Message, error)      // messages that were given up
	Answers func(month string) ([]bot.StatementAnswer, error)    // the answer store
	Paced   func(testing.TB, map[channels.Channel]float64) Store // the same store, with a pace
}

// Clock is a clock that only the test moves.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock starts at a Monday morning.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)} }

// Now reads the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves it.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is a fixture with the words that tests are written in.
type world struct {
	Fixture
	t   *testing.T
	ctx context.Context
}

const (
	ours     = channels.Sender("+447700900999")
	daughter = channels.Address("+447700900123")
	neighbor = channels.Address("+447700900456")
)

func (w *world) turn(ops ...bot.Op) bot.Turn {
	return bot.Turn{Provider: w.Provider, ID: bot.TurnID(rand.Text()), Ops: ops}
}

// commit commits a turn that must succeed.
func (w *world) commit(ops ...bot.Op) []bot.Lease {
	w.t.Helper()
	return w.committed(w.turn(ops...)).Leases
}

func (w *world) committed(t bot.Turn) bot.Committed {
	w.t.Helper()
	done, err := w.Store.Commit(w.ctx, t)
	if err != nil {
		w.t.Fatalf("commit: %v", err)
	}
	return done
}

func (w *world) lookup(a channels.Address) bot.View {
	w.t.Helper()
	v, err := w.Store.Lookup(w.ctx, w.Provider, channels.SMS, ours, a)
	if err != nil {
		w.t.Fatalf("look up: %v", err)
	}
	return v
}

// begin writes a conversation that did not exist.
func (w *world) begin(a channels.Address) *bot.Conversation {
	w.t.Helper()
	c := w.lookup(a).Conversation
	c.Session = []byte("session")
	w.commit(bot.PutConversation{Conversation: &c})
	return &c
}

// draft begins a case on a conversation.
func (w *world) draft(conv *bot.Conversation) *bot.Case {
	w.t.Helper()
	c := &bot.Case{Ref: bot.CaseRef("H-" + rand.Text()[:6]), Status: bot.Draft, Handle: bot.Handle(rand.Text()), Received: w.Clock.Now()}
	conv.Case, conv.Handle = c.Ref, c.Handle
	w.commit(bot.PutConversation{Conversation: conv}, bot.PutCase{Case: c, Conversation: conv.ID})
	return c
}

func (w *world) open(c *bot.Case) {
	w.t.Helper()
	c.Status, c.Opened = bot.Open, w.Clock.Now()
	w.commit(bot.PutCase{Case: c})
}

func message(text string) bot.Message {
	return bot.Message{Task: bot.TaskID(rand.Text()), Text: text, Purpose: flows.Reply}
}

func say(c *bot.Conversation, text string) bot.Enqueue {
	return bot.Enqueue{Conversation: c.ID, Message: message(text)}
}

func (w *world) lease(most int) []bot.Lease {
	w.t.Helper()
	leases, err := w.Store.LeaseMessages(w.ctx, w.Provider, most, 0)
	if err != nil {
		w.t.Fatalf("lease messages: %v", err)
	}
	return leases
}

func (w *world) timers() []bot.TimerLease {
	w.t.Helper()
	leases, err := w.Store.LeaseTimers(w.ctx, w.Provider, 100)
	if err != nil {
		w.t.Fatalf("lease timers: %v", err)
	}
	return leases
}

func (w *world) settle(l bot.Lease, s bot.Settlement) *bot.Lease {
	w.t.Helper()
	next, err := w.Store.Settle(w.ctx, l, s)
	if err != nil {
		w.t.Fatalf("settle: %v", err)
	}
	return next
}

func (w *world) accept(l bot.Lease, ids ...string) *bot.Lease {
	w.t.Helper()
	return w.settle(l, bot.Settlement{Result: bot.Accepted, IDs: ids})
}

// receipt tells whether the message is now known not to arrive, for the first time.
func (w *world) receipt(r channels.Receipt) bool {
	w.t.Helper()
	d := w.delivered(r)
	return d != nil && d.Status == channels.StatusUndelivered && !d.Again
}

func (w *world) delivered(r channels.Receipt) *bot.Delivered {
	w.t.Helper()
	d, err := w.Store.Receipt(w.ctx, w.Provider, r)
	if err != nil {
		w.t.Fatalf("receipt: %v", err)
	}
	return d
}

// only is the single lease that a test expects, with this text.
func (w *world) only(leases []bot.Lease, text string) bot.Lease {
	w.t.Helper()
	if len(leases) != 1 || leases[0].Message.Text != text {
		w.t.Fatalf("leased %q, want only %q", texts(leases), text)
	}
	return leases[0]
}

func (w *world) none(leases []bot.Lease, why string) {
	w.t.Helper()
	if len(leases) != 0 {
		w.t.Fatalf("%s, but %q was leased", why, texts(leases))
	}
}

func texts(leases []bot.Lease) []string {
	var all []string
	for _, l := range leases {
		all = append(all, l.Message.Text)
	}
	return all
}

func (w *world) must(err, want error, why string) {
	w.t.Helper()
	if !errors.Is(err, want) {
		w.t.Fatalf("%s: got error %v, want %v", why, err, want)
	}
}

// unchanged runs what must write nothing at all.
func (w *world) unchanged(do func()) {
	w.t.Helper()
	before := fmt.Sprint(w.Dump(w.t))
	do()
	if after := fmt.Sprint(w.Dump(w.t)); after != before {
		w.t.Fatal("something was written by a turn that was refused")
	}
}

// hidden checks that none of the words stands anywhere in the store, key or value.
func (w *world) hidden(words ...string) {
	w.t.Helper()
	for key, value := range w.Dump(w.t) {
		for _, word := range words {
			if strings.Contains(key, word) || strings.Contains(value, word) {
				w.t.Fatalf("something private stands in clear under a key that begins %.12q", key)
			}
		}
	}
}
