package storetest

import (
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"heard/bot"
)

// changed reads what changed since a count.
func (w *world) changed(since uint64) bot.Changed {
	w.t.Helper()
	c, err := w.Desk.Changed(w.ctx, w.Provider, since)
	if err != nil {
		w.t.Fatalf("what changed: %v", err)
	}
	return c
}

// A case that is missed here is on no handler's list. A draft must be on none.
func feeds(w *world) {
	conv := w.begin(daughter)
	one := w.draft(conv)
	if c := w.changed(0); len(c.Cases) != 0 {
		w.t.Fatalf("a draft is named: %v", c.Cases)
	}
	w.open(one)
	other := w.draft(w.begin(neighbor))
	w.open(other)
	task := bot.StaffTask{ID: string(one.Ref) + "/acknowledge", Kind: bot.Acknowledge, Case: one.Ref, Due: w.Clock.Now()}
	w.commit(bot.AddTask{Task: task})
	all := w.changed(0)
	if len(all.Cases) != 2 || !slices.Equal(all.Tasks, []string{task.ID}) {
		w.t.Fatalf("from the beginning: %+v", all)
	}
	if c := w.changed(all.To); len(c.Cases)+len(c.Tasks) != 0 || c.To != all.To {
		w.t.Fatalf("nothing changed, and it tells %+v", c)
	}
	w.commit(bot.PutCase{Case: one}, bot.EndTask{ID: task.ID})
	later := w.changed(all.To)
	if !slices.Equal(later.Cases, []bot.CaseRef{one.Ref}) || !slices.Equal(later.Tasks, []string{task.ID}) {
		w.t.Fatalf("after one case was written: %+v", later)
	}
	w.commit(bot.EraseCase{Case: other})
	if c := w.changed(later.To); !c.All {
		w.t.Fatalf("after a case was erased: %+v", c)
	}
	draft := w.draft(conv)
	cases, err := w.Desk.ReadCases(w.ctx, w.Provider, []bot.CaseRef{one.Ref, other.Ref, draft.Ref, "H-NONE"})
	if err != nil || len(cases) != 1 || cases[0].Ref != one.Ref || cases[0].Version != one.Version {
		w.t.Errorf("read cases: %v, %v", cases, err)
	}
	tasks, err := w.Desk.ReadTasks(w.ctx, w.Provider, []string{task.ID})
	if err != nil || len(tasks) != 0 {
		w.t.Errorf("a task that is done is read: %v, %v", tasks, err)
	}
}

func (w *world) put(drawer string, d bot.Drawn, keep time.Duration) error {
	return w.Desk.Put(w.ctx, w.Provider, drawer, d, keep)
}

// Two administrators who change one member at once must not undo each other.
func drawers(w *world) {
	record := bot.Drawn{ID: "m1", Data: []byte("Ada writes here")}
	w.must(w.put("members", record, 0), nil, "put a new record")
	w.must(w.put("members", record, 0), bot.ErrConflict, "put it as new again")
	read, err := w.Desk.Drawn(w.ctx, w.Provider, "members", "m1")
	if err != nil || string(read.Data) != "Ada writes here" || read.Version != 1 {
		w.t.Fatalf("read %+v, %v", read, err)
	}
	w.hidden("Ada writes here")
	read.Data = []byte("Bo writes here")
	w.must(w.put("members", read, 0), nil, "write over what was read")
	w.must(w.put("members", read, 0), bot.ErrConflict, "write over what was not read")
	w.must(w.put("members", bot.Drawn{ID: "a0"}, 0), nil, "put another")
	w.must(w.put("others", bot.Drawn{ID: "x"}, 0), nil, "put one elsewhere")
	all, err := w.Desk.Drawer(w.ctx, w.Provider, "members")
	if err != nil || len(all) != 2 || all[0].ID != "a0" || string(all[1].Data) != "Bo writes here" {
		w.t.Fatalf("all of the drawer: %+v, %v", all, err)
	}
	w.must(w.Desk.Drop(w.ctx, w.Provider, "members", "m1"), nil, "drop")
	_, err = w.Desk.Drawn(w.ctx, w.Provider, "members", "m1")
	w.must(err, bot.ErrNotFound, "read what was dropped")
	_, err = w.Desk.Drawn(w.ctx, w.Provider, "members", "")
	w.must(err, bot.ErrNotFound, "read without an id")
}

// Who signed in yesterday and left their desk is not signed in for ever.
func drawnEnds(w *world) {
	w.must(w.put("sessions", bot.Drawn{ID: "s"}, time.Hour), nil, "put for an hour")
	w.Clock.Advance(59 * time.Minute)
	if _, err := w.Desk.Drawn(w.ctx, w.Provider, "sessions", "s"); err != nil {
		w.t.Fatalf("gone before its time: %v", err)
	}
	w.Clock.Advance(2 * time.Minute)
	_, err := w.Desk.Drawn(w.ctx, w.Provider, "sessions", "s")
	w.must(err, bot.ErrNotFound, "read after its time")
	if all, err := w.Desk.Drawer(w.ctx, w.Provider, "sessions"); err != nil || len(all) != 0 {
		w.t.Errorf("listed after its time: %v, %v", all, err)
	}
	w.must(w.put("sessions", bot.Drawn{ID: "s"}, 0), nil, "put anew, after its time")
	w.Clock.Advance(100 * 24 * time.Hour)
	w.must(w.put("sessions", bot.Drawn{ID: "other"}, time.Hour), nil, "put another")
	if _, err := w.Desk.Drawn(w.ctx, w.Provider, "sessions", "s"); err != nil {
		w.t.Errorf("what stays for good is gone: %v", err)
	}
}

func (w *world) trail(from, limit int) []bot.AuditLine {
	w.t.Helper()
	lines, err := w.Desk.AuditTrail(w.ctx, w.Provider, from, limit)
	if err != nil {
		w.t.Fatalf("read the audit log: %v", err)
	}
	return lines
}

// An act without its line, or a line out of its place, would leave a person who
// asks "who looked at my complaint" without an answer.
func auditChain(w *world) {
	c := w.draft(w.begin(daughter))
	w.open(c)
	w.must(w.Desk.Audit(w.ctx, w.Provider, bot.AuditRecord{At: w.Clock.Now(), Member: "m1", Did: "sign in"}), nil, "audit")
	w.commit(bot.PutCase{Case: c}, bot.Audit{Record: bot.AuditRecord{Member: "m1", Did: "update", Case: c.Ref}},
		bot.Audit{Record: bot.AuditRecord{Member: "m1", Did: "assign", Case: c.Ref}})
	stale := *c
	stale.Version = 1
	if _, err := w.Store.Commit(w.ctx, w.turn(bot.PutCase{Case: &stale}, bot.Audit{Record: bot.AuditRecord{Did: "never"}})); !errors.Is(err, bot.ErrConflict) {
		w.t.Fatalf("commit over another's: %v", err)
	}
	lines := w.trail(0, 10)
	if len(lines) != 3 || lines[0].Record.Did != "sign in" || lines[1].Record.Did != "update" || lines[2].Record.Did != "assign" {
		w.t.Fatalf("the log: %+v", lines)
	}
	for i, l := range lines {
		if l.Broken || l.Number != i+1 || len(l.Hash) != 64 {
			w.t.Errorf("line %d: %+v", i+1, l)
		}
	}
	if some := w.trail(2, 1); len(some) != 1 || some[0] != lines[1] {
		w.t.Errorf("from the second line: %+v", some)
	}
	w.hidden("sign in")
}

func auditAtOnce(w *world) {
	const many = 20
	together(many, func(i int) {
		if i%2 == 0 {
			w.must(w.Desk.Audit(w.ctx, w.Provider, bot.AuditRecord{Did: "look"}), nil, "audit")
			return
		}
		for {
			t := w.turn(bot.Audit{Record: bot.AuditRecord{Did: "act"}})
			if _, err := w.Store.Commit(w.ctx, t); !errors.Is(err, bot.ErrConflict) {
				w.must(err, nil, "commit")
				return
			}
		}
	})
	lines := w.trail(1, 2*many)
	broken := slices.ContainsFunc(lines, func(l bot.AuditLine) bool { return l.Broken })
	if len(lines) != many || broken {
		w.t.Errorf("%d lines, broken: %v", len(lines), broken)
	}
}

// A handler who presses the button twice must not tell the person twice.
func turnDone(w *world) {
	t := w.turn(bot.Audit{Record: bot.AuditRecord{Did: "act"}})
	t.ID = bot.TurnID(rand.Text())
	done := func() bool {
		d, err := w.Store.TurnDone(w.ctx, w.Provider, t.ID)
		w.must(err, nil, "look for a turn")
		return d
	}
	if done() {
		w.t.Error("a turn is done before it was committed")
	}
	w.committed(t)
	if !done() {
		w.t.Error("a turn that was committed is not known")
	}
}
