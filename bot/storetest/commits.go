package storetest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"heard/bot"
	"heard/channels"
)

func duplicate(w *world) {
	conv := w.begin(daughter)
	first := w.turn(say(conv, "hello"))
	first.Message = "tw:SM1"
	w.only(w.committed(first).Leases, "hello")
	again := w.turn(say(conv, "hello"))
	again.Message = "tw:SM1"
	w.unchanged(func() {
		if done := w.committed(again); !done.Duplicate || len(done.Leases) != 0 {
			w.t.Fatal("a message that is delivered again has a second effect")
		}
	})
}

func fiftyAtOnce(w *world) {
	var done, twice atomic.Int64
	together(50, func(int) {
		c := w.lookup(daughter).Conversation
		turn := w.turn(bot.PutConversation{Conversation: &c}, say(&c, "hello"))
		turn.Message = "tw:SM1"
		result, err := w.Store.Commit(w.ctx, turn)
		switch {
		case err != nil && !errors.Is(err, bot.ErrConflict):
			w.t.Errorf("commit: %v", err)
		case result.Duplicate:
			twice.Add(1)
		case err == nil:
			done.Add(1)
		}
	})
	if done.Load() != 1 || twice.Load() != 49 {
		w.t.Fatalf("%d done and %d duplicates of 50 deliveries of one message", done.Load(), twice.Load())
	}
}

// together runs f n times at once.
func together(n int, f func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	all.Wait()
}

func ownCommit(w *world) {
	conv := w.begin(daughter)
	k := &bot.Case{Ref: "H-ABCD", Status: bot.Draft, Handle: "handle"}
	make := func(c bot.Conversation, k bot.Case) (bot.Turn, *bot.Conversation) {
		turn := w.turn(bot.PutConversation{Conversation: &c}, bot.PutCase{Case: &k, Conversation: c.ID}, say(&c, "hello"))
		turn.ID, turn.Message = "turn-1", "tw:SM1"
		return turn, &c
	}
	turn, _ := make(*conv, *k)
	first := w.only(w.committed(turn).Leases, "hello")
	turn, c := make(*conv, *k)
	w.unchanged(func() {
		done := w.committed(turn)
		if done.Duplicate {
			w.t.Fatal("our own commit, whose answer was lost, is taken for somebody else's: the reply is never sent")
		}
		if l := w.only(done.Leases, "hello"); l.Token != first.Token || l.Message.Task != first.Message.Task {
			w.t.Fatal("the commit answers another lease than at first")
		}
	})
	if c.Version != conv.Version+1 {
		w.t.Fatal("the new version is not known to the caller")
	}
	w.accept(first)
	turn, _ = make(*conv, *k)
	w.none(w.committed(turn).Leases, "the message was sent since")
}

func ownCommitOfWaiting(w *world) {
	conv := w.begin(daughter)
	w.settle(w.only(w.commit(say(conv, "1")), "1"), bot.Settlement{Result: bot.Again, After: time.Minute})
	w.Clock.Advance(time.Minute)
	turn := w.turn(say(conv, "2"))
	first := w.only(w.committed(turn).Leases, "1")
	w.unchanged(func() {
		if l := w.only(w.committed(turn).Leases, "1"); l.Token != first.Token || l.Attempt != 2 {
			w.t.Fatal("the commit answers another lease than at first")
		}
	})
}

func ownCommitNoMessage(w *world) {
	conv := w.begin(daughter)
	turn := w.turn(bot.KeepWith{Conversation: conv.ID, Entry: bot.Entry{ID: "1", Text: "once"}})
	w.committed(turn)
	w.committed(turn)
	if kept, _ := w.Kept(conv.ID); len(kept) != 1 {
		w.t.Fatalf("an act of staff, committed again because its answer was lost, was done %d times", len(kept))
	}
}

func conflicts(w *world) {
	conv := w.begin(daughter)
	k := w.draft(conv)
	staleConv, staleCase := *conv, *k
	w.commit(bot.PutConversation{Conversation: conv}, bot.PutCase{Case: k})
	fresh := bot.Case{Ref: k.Ref, Handle: "other", Status: bot.Draft}
	for name, turn := range map[string]bot.Turn{
		"conversation":        w.turn(bot.PutConversation{Conversation: &staleConv}),
		"case":                w.turn(bot.PutCase{Case: &staleCase}),
		"reference taken":     w.turn(bot.PutCase{Case: &fresh, Conversation: conv.ID}),
		"expect case":         {Provider: w.Provider, ID: "x1", Expect: []bot.Expect{{Case: k.Ref, Version: k.Version - 1}}},
		"expect none":         {Provider: w.Provider, ID: "x2", Expect: []bot.Expect{{Case: k.Ref}}},
		"expect conversation": {Provider: w.Provider, ID: "x3", Expect: []bot.Expect{{Conversation: conv.ID, Version: conv.Version + 1}}},
	} {
		w.unchanged(func() {
			_, err := w.Store.Commit(w.ctx, turn)
			w.must(err, bot.ErrConflict, name)
		})
	}
	good := w.turn()
	good.Expect = []bot.Expect{{Case: k.Ref, Version: k.Version}, {Conversation: conv.ID, Version: conv.Version}, {Case: "H-NONE"}}
	w.committed(good)
}

func allOrNothing(w *world) {
	conv := w.begin(daughter)
	k := w.draft(conv)
	w.open(k)
	turn := w.turn(bot.PutConversation{Conversation: conv}, bot.PutCase{Case: k},
		bot.Append{Case: k, Entry: bot.Entry{ID: "e"}}, bot.KeepWith{Conversation: conv.ID},
		say(conv, "hello"), bot.SetTimer{Timer: bot.Timer{Kind: bot.News, Case: k.Ref}},
		bot.DropTimer{ID: "x"}, bot.AddTask{Task: bot.StaffTask{ID: "x"}}, bot.EndTask{ID: "y"},
		bot.AddAnswers{Answers: []bot.StatementAnswer{{Month: "2026-11"}}})
	turn.Message = "tw:SM1"
	turn.Expect = []bot.Expect{{Conversation: "nobody", Version: 7}}
	versions := [2]uint64{conv.Version, k.Version}
	w.unchanged(func() {
		_, err := w.Store.Commit(w.ctx, turn)
		w.must(err, bot.ErrConflict, "one expectation is wrong")
	})
	if versions != [2]uint64{conv.Version, k.Version} {
		w.t.Fatal("a refused turn changed the versions that the caller holds")
	}
	turn.Expect = nil
	w.only(w.committed(turn).Leases, "hello")
}

// onePersonAtOnce: each of several messages reads, and commits again at a
// conflict, as bot does.
func onePersonAtOnce(w *world) {
	const messages = 20
	w.begin(daughter)
	together(messages, func(i int) {
		for {
			c := w.lookup(daughter).Conversation
			c.Session = append(c.Session, 'x')
			turn := w.turn(bot.PutConversation{Conversation: &c}, say(&c, fmt.Sprint(i)))
			turn.Message = channels.MessageID(fmt.Sprint("tw:SM", i))
			_, err := w.Store.Commit(w.ctx, turn)
			if err == nil {
				return
			}
			if !errors.Is(err, bot.ErrConflict) {
				w.t.Errorf("commit: %v", err)
				return
			}
		}
	})
	c := w.lookup(daughter).Conversation
	if len(c.Session) != len("session")+messages {
		w.t.Fatalf("%d of %d messages had their effect", len(c.Session)-len("session"), messages)
	}
	w.Clock.Advance(w.Lease)
	sent := 0
	for leases := w.lease(10); len(leases) > 0; leases = w.lease(10) {
		for l := &leases[0]; l != nil; l = w.accept(*l) {
			sent++
		}
	}
	if sent != messages {
		w.t.Fatalf("%d of %d replies were sent", sent, messages)
	}
}

func twoPeopleAtOnce(w *world) {
	people := []channels.Address{daughter, neighbor}
	together(2, func(i int) {
		for range 20 {
			c := w.lookup(people[i]).Conversation
			c.Session = append(c.Session, 'x')
			if _, err := w.Store.Commit(w.ctx, w.turn(bot.PutConversation{Conversation: &c})); err != nil {
				w.t.Errorf("commit: %v", err)
			}
		}
	})
	for _, a := range people {
		if n := len(w.lookup(a).Conversation.Session); n != 20 {
			w.t.Fatalf("%d of 20 turns were kept", n)
		}
	}
}

func enqueueNobody(w *world) {
	w.unchanged(func() {
		_, err := w.Store.Commit(w.ctx, w.turn(bot.Enqueue{Conversation: bot.ConversationID(rand.Text()), Message: message("hello")}))
		w.must(err, bot.ErrNotFound, "a message without an address would wait for ever")
	})
}
