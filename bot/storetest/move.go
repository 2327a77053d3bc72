package storetest

import (
	"slices"
	"time"

	"heard/bot"
	"heard/flows"
)

// tombstone: somebody else may have the phone now, and must learn nothing by it.
func tombstone(w *world) {
	old, now := w.begin(daughter), w.begin(neighbor)
	w.draft(now)
	old.MovedTo = now.ID
	w.commit(bot.PutConversation{Conversation: old})
	v := w.lookup(daughter)
	if v.Conversation.ID != old.ID || v.Conversation.Address != daughter || v.Conversation.MovedTo != now.ID || v.Case != nil {
		w.t.Fatal("a message from the old address reaches the conversation that moved, whoever has that phone")
	}
	if v, err := w.Store.LookupID(w.ctx, w.Provider, old.ID); err != nil || v.Conversation.ID != old.ID {
		w.t.Fatalf("a tombstone is followed: %v", err)
	}
}

const code = "ABCDEFG7"

func (w *world) give(conv *bot.Conversation) {
	w.t.Helper()
	w.commit(bot.SetCode{Code: code, Conversation: conv.ID, For: 15 * time.Minute})
}

func (w *world) coded(text string, want bot.ConversationID) {
	w.t.Helper()
	got, err := w.Store.Coded(w.ctx, w.Provider, text)
	if want == "" {
		w.must(err, bot.ErrNotFound, "a code that is no good")
		return
	}
	if err != nil || got != want {
		w.t.Fatalf("the code leads to the right conversation: %v, %v", got == want, err)
	}
}

// codeOnce: a code that is read over somebody's shoulder later opens nothing.
func codeOnce(w *world) {
	conv, other := w.begin(daughter), w.begin(neighbor)
	w.give(conv)
	w.coded(code, conv.ID)
	w.coded("ABCDEFG8", "")
	use := bot.UseCode{Code: code, Conversation: conv.ID}
	w.unchanged(func() {
		_, err := w.Store.Commit(w.ctx, w.turn(bot.UseCode{Code: code, Conversation: other.ID}))
		w.must(err, bot.ErrConflict, "a code of somebody else")
		turn := w.turn(use)
		turn.Expect = []bot.Expect{{Case: "H-NONE", Version: 1}}
		_, err = w.Store.Commit(w.ctx, turn)
		w.must(err, bot.ErrConflict, "a refused turn uses the code up")
		_, err = w.Store.Commit(w.ctx, w.turn(bot.SetCode{Code: code, Conversation: other.ID, For: time.Hour}))
		w.must(err, bot.ErrConflict, "two people must not have one code")
	})
	w.commit(use)
	w.coded(code, "")
	w.unchanged(func() {
		_, err := w.Store.Commit(w.ctx, w.turn(use))
		w.must(err, bot.ErrConflict, "a code is used twice")
	})
	w.give(conv)
	w.Clock.Advance(15*time.Minute - time.Millisecond)
	w.coded(code, conv.ID)
	w.Clock.Advance(time.Millisecond)
	w.coded(code, "")
	w.unchanged(func() {
		_, err := w.Store.Commit(w.ctx, w.turn(use))
		w.must(err, bot.ErrConflict, "a code is used after its time")
	})
}

func codeReplaced(w *world) {
	conv := w.begin(daughter)
	w.give(conv)
	w.commit(bot.SetCode{Code: "ABCDEFG8", Conversation: conv.ID, For: 15 * time.Minute})
	w.coded(code, "")
	w.coded("ABCDEFG8", conv.ID)
}

func codeHidden(w *world) {
	w.give(w.begin(daughter))
	w.hidden(code, string(daughter))
}

// movesTask: what staff are to see to is one task, wherever its person goes.
func movesTask(w *world) {
	w.commit(bot.AddTask{Task: bot.StaffTask{ID: "old", Words: "words"}}, bot.AddTask{Task: bot.StaffTask{ID: "other"}})
	tasks, err := w.Store.Tasks(w.ctx, w.Provider, []string{"none", "old"})
	if err != nil || len(tasks) != 1 || tasks[0].ID != "old" || tasks[0].Words != "words" {
		w.t.Fatalf("read %d tasks: %v", len(tasks), err)
	}
	before, _ := w.Desk.Changes(w.ctx, w.Provider)
	tasks[0].ID = "new"
	w.commit(bot.MoveTask{From: "old", Task: tasks[0]})
	if now := w.waitTasks(); len(now) != 2 || !slices.ContainsFunc(now, func(t bot.StaffTask) bool { return t.ID == "new" && t.Words == "words" }) {
		w.t.Fatalf("%d tasks, or not the one that moved", len(now))
	}
	if after, _ := w.Desk.Changes(w.ctx, w.Provider); after == before {
		w.t.Fatal("the desk shows a task that is gone")
	}
}

// relinks: news of a case must follow its person.
func relinks(w *world) {
	old, now := w.begin(daughter), w.begin(neighbor)
	k := w.draft(old)
	w.commit(bot.Relink{Handle: k.Handle, Conversation: now.ID})
	if _, id, err := w.Store.Case(w.ctx, w.Provider, k.Ref); err != nil || id != now.ID {
		w.t.Fatalf("the case leads to its person's new address: %v, %v", id == now.ID, err)
	}
	w.commit(bot.EraseCase{Case: k})
	w.commit(bot.Relink{Handle: k.Handle, Conversation: now.ID})
	w.hidden(string(k.Handle))
}

// waiting leaves messages of each kind waiting in a conversation, one of them under
// way, and returns the lease of that one.
func (w *world) waiting(conv *bot.Conversation) bot.Lease {
	w.t.Helper()
	l := w.only(w.commit(say(conv, "parked"), say(conv, "sent"), say(conv, "1"), say(conv, "2")), "parked")
	next := w.park(l, bot.Settlement{})
	if next == nil || next.Message.Text != "sent" {
		w.t.Fatal("nothing is under way")
	}
	help := say(conv, "help")
	help.Message.Purpose = flows.Help
	w.commit(help, bot.KeepWith{Conversation: conv.ID, Entry: bot.Entry{ID: "e", Text: "words"}})
	return *next
}

// vacates: not one message is lost or said twice, whoever is sending meanwhile.
func vacates(w *world) {
	old, now := w.begin(daughter), w.begin(neighbor)
	l := w.waiting(old)
	bags, err := w.Store.Luggage(w.ctx, w.Provider, old.ID)
	if err != nil || len(bags.Kept) != 1 || bags.Kept[0].Text != "words" {
		w.t.Fatalf("%d entries are kept: %v", len(bags.Kept), err)
	}
	if got := said(bags.Unsent); !slices.Equal(got, []string{"help", "parked", "1", "2"}) {
		w.t.Fatalf("%q wait to be said", got)
	}
	if next := w.accept(l); next == nil || next.Message.Text != "help" {
		w.t.Fatal("the next is not sent")
	} else {
		l = *next
	}
	turn := w.movesOut(old, now, bags)
	w.unchanged(func() {
		_, err := w.Store.Commit(w.ctx, turn)
		w.must(err, bot.ErrConflict, "what was begun to be sent meanwhile would be sent twice")
	})
	if bags, err = w.Store.Luggage(w.ctx, w.Provider, old.ID); err != nil {
		w.t.Fatal(err)
	}
	tasks := len(w.waitTasks())
	done := w.committed(w.movesOut(old, now, bags))
	if got := w.only(done.Leases, "parked"); got.Address != neighbor {
		w.t.Fatal("what waited goes to the old address")
	}
	if len(w.waitTasks()) != tasks-1 {
		w.t.Fatal("staff are to see to a message that goes out by itself now")
	}
	w.drained(done.Leases[0], "1", "2")
	w.drained(l, "gone")
	if bags, err := w.Store.Luggage(w.ctx, w.Provider, old.ID); err != nil || len(bags.Kept)+len(bags.Unsent) != 0 {
		w.t.Fatalf("%d entries and %d messages stay behind: %v", len(bags.Kept), len(bags.Unsent), err)
	}
	w.Clock.Advance(time.Hour)
	w.none(w.lease(10), "all was said")
}

// movesOut is a turn that takes what waits elsewhere.
func (w *world) movesOut(old, now *bot.Conversation, bags bot.Luggage) bot.Turn {
	turn := w.turn(bot.Vacate{Conversation: old.ID, Unsent: tasksOf(bags.Unsent)})
	for _, m := range bags.Unsent {
		turn.Ops = append(turn.Ops, say(now, m.Text))
	}
	turn.Ops = append(turn.Ops, say(old, "gone"))
	return turn
}

// drained sends what follows a lease, which must be these.
func (w *world) drained(l bot.Lease, want ...string) {
	w.t.Helper()
	var got []string
	for next := w.accept(l); next != nil; next = w.accept(*next) {
		got = append(got, next.Message.Text)
	}
	if !slices.Equal(got, want) {
		w.t.Fatalf("%q were sent, want %q", got, want)
	}
}

func vacatesTwice(w *world) {
	old, now := w.begin(daughter), w.begin(neighbor)
	w.waiting(old)
	w.give(old)
	bags, err := w.Store.Luggage(w.ctx, w.Provider, old.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	turn := w.movesOut(old, now, bags)
	turn.Message = "tw:SM1"
	turn.Ops = append(turn.Ops, bot.UseCode{Code: code, Conversation: old.ID})
	first := w.committed(turn)
	w.unchanged(func() {
		if again := w.committed(turn); again.Duplicate || len(again.Leases) != len(first.Leases) {
			w.t.Fatal("our own move, whose answer was lost, is taken for somebody else's")
		}
		other := w.turn(turn.Ops...)
		other.Message = turn.Message
		if !w.committed(other).Duplicate {
			w.t.Fatal("a message that is delivered again moves again")
		}
	})
}

func tasksOf(messages []bot.Message) []bot.TaskID {
	var all []bot.TaskID
	for _, m := range messages {
		all = append(all, m.Task)
	}
	return all
}

func said(messages []bot.Message) []string {
	var all []string
	for _, m := range messages {
		all = append(all, m.Text)
	}
	return all
}
