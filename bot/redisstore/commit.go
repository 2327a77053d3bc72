package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"heard/bot"
)

// Commit makes a turn true by one script: all of it, or nothing. Where the turn
// was committed before and only its answer was lost, it answers the same again.
// Where the server has replicas it succeeds only once one of them has the turn.
// After success the records that were put have their new versions.
func (s *Store) Commit(ctx context.Context, t bot.Turn) (done bot.Committed, err error) {
	var e *turnEncoder
	err = s.withRing(ctx, t.Provider, func(ring *keyring) error {
		if e, err = s.encodeTurn(ctx, ring, t); err == nil {
			done, err = s.commit(ctx, ring, t, e)
		}
		return err
	})
	if err != nil && !errors.Is(err, errKeyMissing) { // a message of before that does not open undoes no turn
		return bot.Committed{}, fmt.Errorf("commit: %w", err)
	}
	if !done.Duplicate {
		e.written()
	}
	return done, nil
}

func (s *Store) commit(ctx context.Context, ring *keyring, t bot.Turn, e *turnEncoder) (bot.Committed, error) {
	before := time.Now()
	run := scriptCommit.run
	if s.replicated {
		run = scriptCommit.runReplicated
	}
	answer, err := run(ctx, s.rdb, prefix(t.Provider), e.args...)
	if err != nil {
		return bot.Committed{}, err
	}
	if answer[0] == "duplicate" {
		return bot.Committed{Duplicate: true}, nil
	}
	leases, err := s.openLeases(t.Provider, ring, before, answer[1:], e.own)
	return bot.Committed{Leases: leases}, err
}

// turnEncoder writes a turn as the arguments of the commit script.
type turnEncoder struct {
	store    *Store
	ring     *keyring
	provider bot.ProviderID
	args     []any

	own     ownWords
	cases   map[bot.CaseRef]bool // put by this turn
	sealers map[bot.CaseRef]sealer
	bumps   []bump
	changed bool // staff can see it
	audits  bool // lines of the audit log are among the ops
	tail    auditTail
}

// ownWords is what the turn itself brings: the script does not tell it again.
type ownWords struct {
	conversations []*bot.Conversation
	messages      []*bot.Message
}

func (o ownWords) conversation(id bot.ConversationID) *bot.Conversation {
	for _, c := range o.conversations {
		if c.ID == id {
			return c
		}
	}
	return nil
}

func (o ownWords) message(task bot.TaskID) *bot.Message {
	for _, m := range o.messages {
		if m.Task == task {
			return m
		}
	}
	return nil
}

// bump is a record's version once the commit is done.
type bump struct {
	version *uint64
	to      uint64
}

func (e *turnEncoder) written() {
	for _, b := range e.bumps {
		*b.version = b.to
	}
}

func (s *Store) encodeTurn(ctx context.Context, ring *keyring, t bot.Turn) (*turnEncoder, error) {
	if t.ID == "" || strings.ContainsAny(string(t.ID), " \t\r\n") {
		return nil, fmt.Errorf("a turn needs an id without spaces")
	}
	e := &turnEncoder{
		store: s, ring: ring, provider: t.Provider,
		args:    make([]any, 0, 13+8*(len(t.Ops)+len(t.Expect))),
		cases:   map[bot.CaseRef]bool{},
		sealers: map[bot.CaseRef]sealer{},
	}
	for _, op := range t.Ops {
		e.prepare(op)
	}
	if e.audits {
		var err error
		if e.tail, err = s.auditTail(ctx, t.Provider); err != nil {
			return nil, err
		}
	}
	if err := e.header(t); err != nil {
		return nil, err
	}
	for _, x := range t.Expect {
		if x.Conversation != "" {
			e.add("x", "c", string(x.Conversation), x.Version)
		} else {
			e.add("x", "k", string(x.Case), x.Version)
		}
	}
	for _, op := range t.Ops {
		switch op := op.(type) { // the turn's own words stay
		case bot.EraseKept:
			e.add("f", string(op.Conversation))
		case bot.Vacate:
			e.add("o", string(op.Conversation), joinTasks(op.Unsent), "f", string(op.Conversation))
		}
	}
	for _, op := range t.Ops {
		if err := e.encode(op); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (e *turnEncoder) add(args ...any) { e.args = append(e.args, args...) }

// prepare notes what the turn itself makes, and gives a new case its key, which
// stays the same when the turn is committed again.
func (e *turnEncoder) prepare(op bot.Op) {
	switch op := op.(type) {
	case bot.PutConversation:
		e.own.conversations = append(e.own.conversations, op.Conversation)
	case bot.PutCase:
		e.cases[op.Case.Ref] = true
		if op.Case.Version == 0 && op.Case.Key == nil {
			op.Case.Key = newKey()
		}
		e.changed = e.changed || op.Case.Status != bot.Draft
	case bot.EraseCase:
		e.changed = e.changed || op.Case.Status != bot.Draft
	case bot.Append:
		e.changed = e.changed || op.Case.Status != bot.Draft
	case bot.AddTask, bot.MoveTask, bot.EndTask:
		e.changed = true
	case bot.Audit:
		e.audits = true
	}
}

func (e *turnEncoder) header(t bot.Turn) error {
	mark, keep := turnMark(t.ID), keepTurn
	if t.Message != "" {
		mark, keep = seenMark(e.ring, t.Message), keepMessage
	}
	e.add(e.store.now(), e.store.lease.Milliseconds(), e.store.pace, string(t.ID), mark, keep.Milliseconds(), flag(e.changed))
	if err := e.timer(t); err != nil {
		return err
	}
	e.add(e.ring.sealing)
	return nil
}

// timer says what becomes of the timer that woke the turn.
func (e *turnEncoder) timer(t bot.Turn) error {
	if t.Timer == nil {
		e.add("", "", "", "", "")
		return nil
	}
	id := t.Timer.Timer.ID()
	mode, after, timer := "drop", int64(0), []byte(nil)
	if writes(t.Ops, id) {
		mode = "keep"
	} else if later := t.Timer.Timer.Then; len(later) > 0 {
		next := t.Timer.Timer
		next.Then = later[1:]
		var err error
		if timer, err = e.store.wire.marshal(next); err != nil {
			return err
		}
		mode, after = "again", later[0].Milliseconds()
	}
	e.add(string(id), t.Timer.Token, mode, after, timer)
	return nil
}

// writes tells whether the ops themselves say what becomes of a timer.
func writes(ops []bot.Op, id bot.TimerID) bool {
	for _, op := range ops {
		switch op := op.(type) {
		case bot.SetTimer:
			if op.Timer.ID() == id {
				return true
			}
		case bot.DropTimer:
			if op.ID == id {
				return true
			}
		}
	}
	return false
}

func flag(b bool) string {
	if b {
		return "1"
	}
	return ""
}
