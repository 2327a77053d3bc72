package storetest

import (
	"time"

	"heard/bot"
)

func nudge(c *bot.Conversation, visit uint32, after time.Duration, then ...time.Duration) bot.SetTimer {
	return bot.SetTimer{Timer: bot.Timer{Kind: bot.Nudge, Conversation: c.ID, Visit: visit, After: after, Then: then}}
}

func (w *world) woken(visit uint32) bot.TimerLease {
	w.t.Helper()
	leases := w.timers()
	if len(leases) != 1 || leases[0].Timer.Visit != visit {
		w.t.Fatalf("%d timers woke, want the one of visit %d", len(leases), visit)
	}
	return leases[0]
}

func (w *world) asleep(why string) {
	w.t.Helper()
	if leases := w.timers(); len(leases) != 0 {
		w.t.Fatalf("%s, but %d timers woke", why, len(leases))
	}
}

// wake commits the turn that a timer woke.
func (w *world) wake(l bot.TimerLease, ops ...bot.Op) error {
	turn := w.turn(ops...)
	turn.Timer = &l
	_, err := w.Store.Commit(w.ctx, turn)
	return err
}

func timerReplaced(w *world) {
	conv := w.begin(daughter)
	w.commit(nudge(conv, 1, time.Hour))
	w.commit(nudge(conv, 2, 2*time.Hour))
	w.Clock.Advance(time.Hour)
	w.asleep("the first was replaced")
	w.Clock.Advance(time.Hour)
	l := w.woken(2)
	if l.Timer.Conversation != conv.ID || l.Timer.Kind != bot.Nudge || !l.Deadline.After(time.Now()) {
		w.t.Fatal("a timer does not say whom it wakes, or until when its lease holds")
	}
}

func timerEnds(w *world) {
	conv := w.begin(daughter)
	w.commit(nudge(conv, 1, 0))
	l := w.woken(1)
	w.asleep("it is leased")
	if err := w.wake(l, say(conv, "still there?")); err != nil {
		w.t.Fatal(err)
	}
	w.Clock.Advance(24 * time.Hour)
	w.asleep("its turn was committed")
	w.unchanged(func() {
		w.must(w.wake(l, say(conv, "again")), bot.ErrFenced, "a timer that ended wakes nobody")
	})
}

func timerThen(w *world) {
	conv := w.begin(daughter)
	w.commit(nudge(conv, 1, time.Hour, 24*time.Hour, 72*time.Hour))
	w.Clock.Advance(2 * time.Hour) // late: the next still counts from the commit
	first := w.woken(1)
	if err := w.wake(first); err != nil {
		w.t.Fatal(err)
	}
	w.unchanged(func() {
		w.must(w.wake(first), bot.ErrFenced, "a reminder is sent twice by one lease")
	})
	w.Clock.Advance(22*time.Hour - time.Second)
	w.asleep("a day has not passed since the question")
	w.Clock.Advance(time.Second)
	l := w.woken(1)
	if len(l.Timer.Then) != 1 {
		w.t.Fatalf("%d reminders left, want one", len(l.Timer.Then))
	}
	if err := w.wake(l, bot.DropTimer{ID: l.Timer.ID()}); err != nil {
		w.t.Fatal(err)
	}
	w.Clock.Advance(100 * time.Hour)
	w.asleep("the turn dropped the rest")

	w.commit(nudge(conv, 2, 0, time.Hour))
	if err := w.wake(w.woken(2), nudge(conv, 3, 3*time.Hour)); err != nil {
		w.t.Fatal(err)
	}
	w.Clock.Advance(time.Hour)
	w.asleep("the turn wrote another in its place")
	w.Clock.Advance(2 * time.Hour)
	w.woken(3)
}

func timerFenced(w *world) {
	conv := w.begin(daughter)
	w.commit(nudge(conv, 1, 0))
	old := w.woken(1)
	w.Clock.Advance(w.Lease)
	now := w.woken(1)
	w.unchanged(func() {
		w.must(w.wake(old, say(conv, "twice")), bot.ErrFenced, "an instance that froze reminds a second time")
	})
	if err := w.wake(now); err != nil {
		w.t.Fatal(err)
	}

	w.commit(nudge(conv, 2, 0))
	leased := w.woken(2)
	w.commit(nudge(conv, 3, time.Hour))
	w.unchanged(func() {
		w.must(w.wake(leased), bot.ErrFenced, "the person answered meanwhile, and a new question was set")
	})
	w.Clock.Advance(time.Hour)
	w.woken(3)
}

func timerDropped(w *world) {
	conv := w.begin(daughter)
	w.commit(nudge(conv, 1, time.Minute))
	w.commit(bot.DropTimer{ID: bot.Timer{Kind: bot.Nudge, Conversation: conv.ID}.ID()})
	w.Clock.Advance(time.Hour)
	w.asleep("it was dropped")
}
