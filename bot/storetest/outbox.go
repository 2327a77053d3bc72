package storetest

import (
	"time"

	"heard/bot"
	"heard/channels"
	"heard/flows"
)

func fifo(w *world) {
	conv := w.begin(daughter)
	l := w.only(w.commit(say(conv, "1"), say(conv, "2"), say(conv, "3")), "1")
	if l.Address != daughter || l.Sender != ours || l.Channel != channels.SMS || l.Attempt != 1 || !l.Doubt.IsZero() {
		w.t.Fatal("a lease does not say where its message goes, or not that it is the first attempt")
	}
	if left := time.Until(l.Deadline); left > w.Lease || left < w.Lease/2 {
		w.t.Fatalf("the lease ends in %v, not within %v", left, w.Lease)
	}
	w.none(w.commit(say(conv, "4")), "one message at a time is under way")
	w.none(w.lease(10), "one message at a time is under way")
	for _, want := range []string{"2", "3", "4"} {
		next := w.accept(l)
		if next == nil || next.Message.Text != want {
			w.t.Fatalf("message %s does not follow", want)
		}
		l = *next
	}
	l2 := w.settle(l, bot.Settlement{Result: bot.Again, After: time.Minute})
	if l2 != nil {
		w.t.Fatal("a message that must wait was leased at once")
	}
	w.none(w.commit(say(conv, "5")), "those behind a message that is tried again wait")
	w.none(w.lease(10), "it is not yet time")
	w.Clock.Advance(time.Minute)
	l = w.only(w.lease(10), "4")
	if l.Attempt != 2 || !l.Doubt.IsZero() {
		w.t.Fatalf("attempt %d in doubt %v, want 2 without", l.Attempt, !l.Doubt.IsZero())
	}
	if next := w.accept(l); next == nil || next.Message.Text != "5" {
		w.t.Fatal("the last message does not follow")
	}
}

func help(c *bot.Conversation, text string) bot.Enqueue {
	q := say(c, text)
	q.Message.Purpose = flows.Help
	return q
}

func helpOvertakes(w *world) {
	conv := w.begin(daughter)
	l := w.only(w.commit(say(conv, "1"), say(conv, "2")), "1")
	w.commit(help(conv, "999"), help(conv, "116 123"))
	for _, want := range []string{"999", "116 123", "2"} {
		next := w.accept(l)
		if next == nil || next.Message.Text != want {
			w.t.Fatalf("%s does not come next", want)
		}
		l = *next
	}
}

func helpOvertakesRetry(w *world) {
	conv := w.begin(daughter)
	w.settle(w.only(w.commit(say(conv, "1")), "1"), bot.Settlement{Result: bot.Again, After: time.Hour})
	l := w.only(w.commit(help(conv, "999")), "999")
	if next := w.accept(l); next != nil {
		w.t.Fatal("a message that must wait was leased at once")
	}
	w.Clock.Advance(time.Hour)
	w.only(w.lease(1), "1")
}

func fencedSettle(w *world) {
	conv := w.begin(daughter)
	old := w.only(w.commit(say(conv, "1"), say(conv, "2")), "1")
	w.Clock.Advance(w.Lease)
	now := w.only(w.lease(1), "1")
	w.unchanged(func() {
		_, err := w.Store.Settle(w.ctx, old, bot.Settlement{Result: bot.Accepted})
		w.must(err, bot.ErrFenced, "an instance that froze and woke up settles over the one that took its place")
	})
	if next := w.accept(now); next == nil || next.Message.Text != "2" {
		w.t.Fatal("the message of the live lease does not end")
	}
}

func settleTwice(w *world) {
	conv := w.begin(daughter)
	l := w.only(w.commit(say(conv, "1"), say(conv, "2")), "1")
	first := w.accept(l, "SM1")
	w.unchanged(func() {
		again := w.accept(l, "SM1")
		if again == nil || again.Token != first.Token || again.Message.Text != "2" {
			w.t.Fatal("an answer was lost, and with it the lease of the next message")
		}
	})
	w.accept(*first)
	if next := w.accept(l, "SM1"); next != nil {
		w.t.Fatal("a message that was sent since is leased again")
	}
}

func lostLease(w *world) {
	conv := w.begin(daughter)
	began := w.Clock.Now()
	w.commit(say(conv, "1"))
	w.Clock.Advance(w.Lease - time.Second)
	w.none(w.lease(10), "the lease still holds")
	w.Clock.Advance(time.Second)
	l := w.only(w.lease(10), "1")
	if l.Attempt != 2 || !l.Doubt.Equal(began) {
		w.t.Fatalf("attempt %d, doubt since the first attempt: %v", l.Attempt, l.Doubt.Equal(began))
	}
	w.Clock.Advance(w.Lease)
	l = w.only(w.lease(10), "1")
	if l.Attempt != 3 || !l.Doubt.Equal(began) {
		w.t.Fatal("after two lost leases the doubt must still begin at the first")
	}
}

// Who had the lease may know that the person has the message.
func leftLease(w *world) {
	left := func() []bot.Lease {
		w.t.Helper()
		leases, err := w.Store.LeaseMessages(w.ctx, w.Provider, 10, 10*time.Second)
		if err != nil {
			w.t.Fatal(err)
		}
		return leases
	}
	lost := w.only(w.commit(say(w.begin(daughter), "1"), say(w.begin(daughter), "2")), "1")
	w.Clock.Advance(w.Lease)
	w.none(left(), "it is left to who had it")
	w.Clock.Advance(9 * time.Second)
	w.none(w.lease(10), "its time has not passed")
	if next := w.accept(lost, "SM1"); next == nil || next.Message.Text != "2" {
		w.t.Fatalf("who had the lease settles late, and nothing goes on: %v", next)
	}
	w.Clock.Advance(w.Lease)
	w.none(left(), "it is left to who had it")
	w.Clock.Advance(10 * time.Second)
	lost = w.only(w.lease(10), "2")
	w.settle(lost, bot.Settlement{Result: bot.InDoubt, After: time.Second})
	w.Clock.Advance(time.Second)
	w.only(left(), "2") // in doubt, and not lost
}

func doubtKeepsStart(w *world) {
	conv := w.begin(daughter)
	began := w.Clock.Now()
	l := w.only(w.commit(say(conv, "1"), say(conv, "2")), "1")
	w.Clock.Advance(10 * time.Second)
	if next := w.settle(l, bot.Settlement{Result: bot.InDoubt, After: time.Minute}); next != nil {
		w.t.Fatal("the next message went while the one before it is in doubt")
	}
	w.Clock.Advance(59 * time.Second)
	w.none(w.lease(10), "the callback may still come")
	w.Clock.Advance(time.Second)
	l = w.only(w.lease(10), "1")
	if !l.Doubt.Equal(began) || l.Attempt != 2 {
		w.t.Fatal("a look-up at the provider needs to know when the attempt in doubt began")
	}
	if next := w.accept(l); next == nil || next.Message.Text != "2" {
		w.t.Fatal("the next message does not follow")
	}
}

func setAside(w *world) {
	conv := w.begin(daughter)
	k := w.draft(conv)
	w.open(k)
	l := w.only(w.commit(say(conv, "1"), say(conv, "2")), "1")
	if l.Case != k.Ref {
		w.t.Fatal("a lease does not say which case its message is about")
	}
	before, _ := w.Desk.Changes(w.ctx, w.Provider)
	next := w.settle(l, bot.Settlement{Result: bot.SetAside, Sentence: "The number is not in use."})
	if next == nil || next.Message.Text != "2" {
		w.t.Fatal("a message that cannot be sent holds up all behind it")
	}
	if after, err := w.Desk.Changes(w.ctx, w.Provider); err != nil || after == before {
		w.t.Fatalf("the desk is not told that a task came: %v", err)
	}
	if kept, err := w.Aside(conv.ID); err != nil || len(kept) != 1 || kept[0].Text != "1" {
		w.t.Fatalf("the words of a message that was given up are lost: %v", err)
	}
	tasks, err := w.Desk.StaffTasks(w.ctx, w.Provider, 10)
	if err != nil || len(tasks) != 1 || tasks[0].Kind != bot.Undelivered || tasks[0].Case != k.Ref || tasks[0].Text == "" {
		w.t.Fatalf("staff are not told of a message that was given up: %d tasks, %v", len(tasks), err)
	}
	conv.Case, conv.Handle = "", ""
	w.commit(bot.PutConversation{Conversation: conv}, bot.EraseCase{Case: k})
	if tasks, _ := w.Desk.StaffTasks(w.ctx, w.Provider, 10); len(tasks) != 0 {
		w.t.Fatal("a task outlives its erased case")
	}
}

func setAsideDraft(w *world) {
	conv := w.begin(daughter)
	k := w.draft(conv)
	w.settle(w.only(w.commit(say(conv, "1")), "1"), bot.Settlement{Result: bot.SetAside, Sentence: "No."})
	tasks, err := w.Desk.StaffTasks(w.ctx, w.Provider, 10)
	if err != nil || len(tasks) != 1 || tasks[0].Case != "" || tasks[0].Conv != conv.ID || tasks[0].ID == string(k.Ref) {
		w.t.Fatalf("a task names a draft, which nobody may see: %v", err)
	}
}

func left(w *world) {
	conv := w.begin(daughter)
	l := w.only(w.commit(say(conv, "1"), say(conv, "2")), "1")
	conv.Left, conv.LastAt = true, w.Clock.Now()
	w.commit(bot.PutConversation{Conversation: conv})
	next := w.accept(l)
	if l.Left || next == nil || !next.Left || !next.LastAt.Equal(conv.LastAt) {
		w.t.Fatal("a message would be sent to a person who asked for none")
	}
}

// eraseKept: what quotes a person goes, also what waits to be sent; what is being
// sent, and what the same turn says to them, does not.
func eraseKept(w *world) {
	conv := w.begin(daughter)
	l := w.only(w.commit(say(conv, "1"), say(conv, "2")), "1")
	l = *w.settle(l, bot.Settlement{Result: bot.SetAside})
	w.commit(say(conv, "3"), bot.KeepWith{Conversation: conv.ID, Entry: bot.Entry{ID: "e", Text: "words"}})
	w.none(w.commit(say(conv, "deleted"), bot.EraseKept{Conversation: conv.ID}), "one message at a time is under way")
	kept, err := w.Kept(conv.ID)
	aside, asideErr := w.Aside(conv.ID)
	if err != nil || asideErr != nil || len(kept)+len(aside) != 0 {
		w.t.Fatalf("%d entries and %d messages outlive their erasure: %v, %v", len(kept), len(aside), err, asideErr)
	}
	if next := w.accept(l); next == nil || next.Message.Text != "deleted" {
		w.t.Fatal("what was to be said before the erasure is said after it, or the person is not told of it")
	}
}

// eraseWaiting: what was to be tried again leaves nothing behind that would send
// another message twice.
func eraseWaiting(w *world) {
	conv := w.begin(daughter)
	q := say(conv, "news")
	q.Message.Purpose = flows.Prompt
	w.settle(w.only(w.commit(q), "news"), bot.Settlement{Result: bot.Again, After: w.Lease / 2})
	l := w.only(w.commit(bot.EraseKept{Conversation: conv.ID}, say(conv, "deleted")), "deleted")
	w.Clock.Advance(w.Lease / 2)
	w.none(w.lease(10), "the message is being sent")
	if next := w.accept(l); next != nil {
		w.t.Fatalf("%s was erased", next.Message.Text)
	}
}

// firstReply: the first turn of a person brings conversation and reply at once.
func firstReply(w *world) {
	conv := w.lookup(daughter).Conversation
	l := w.only(w.commit(say(&conv, "welcome"), bot.PutConversation{Conversation: &conv}), "welcome")
	if l.Address != daughter || l.Attempt != 1 || !l.Doubt.IsZero() {
		w.t.Fatal("a first reply does not know where it goes")
	}
	w.Clock.Advance(w.Lease)
	again := w.only(w.lease(10), "welcome")
	if again.Address != daughter || again.Token == l.Token {
		w.t.Fatal("a first reply whose instance died is not found again, or by the same token")
	}
}
