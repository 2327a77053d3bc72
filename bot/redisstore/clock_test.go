package redisstore

import (
	"context"
	"errors"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/storetest"
	"heard/channels"
)

// The clock of the store's machine is set by a day, forwards and back: nobody is
// reminded a day early or late. That no instance ran is no set clock: what fell due
// in the night is due in the morning.
func TestAClockThatIsSetMovesNoReminder(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		clock := storetest.NewClock()
		o.Clock = clock.Now
		ctx, p, s := context.Background(), o.Providers[0], openStore(t, o)
		var age time.Duration
		s.age = func() time.Duration { return age }
		pass := func(d time.Duration) { age += d; clock.Advance(d) }
		set := func(id string, after ...time.Duration) {
			t.Helper()
			_, err := s.Commit(ctx, bot.Turn{Provider: p, ID: bot.TurnID(id), Ops: []bot.Op{
				bot.SetTimer{Timer: bot.Timer{Kind: bot.Nudge, Conversation: bot.ConversationID(id), After: after[0], Then: after[1:]}},
			}})
			if err != nil {
				t.Fatal(err)
			}
		}
		due := func(want int, why string) (leases []bot.TimerLease) {
			t.Helper()
			leases, err := s.LeaseTimers(ctx, p, 10)
			if err != nil || len(leases) != want {
				t.Fatalf("%s: %d due, want %d, error %v", why, len(leases), want, err)
			}
			return leases
		}
		step := func(d time.Duration) {
			t.Helper()
			clock.Advance(d)
			_, err := s.LeaseTimers(ctx, p, 10)
			if told := bot.ClockSet(0); !errors.As(err, &told) || time.Duration(told) != d {
				t.Fatalf("the clock was set by %v, told %v", d, err)
			}
		}
		due(0, "nothing is set")
		set("one", time.Hour, 3*time.Hour)
		step(24 * time.Hour)
		pass(time.Hour - time.Second)
		due(0, "the hour has not passed")
		pass(time.Second)
		l := due(1, "the hour has passed")[0]
		if _, err := s.Commit(ctx, bot.Turn{Provider: p, ID: "end", Timer: &l}); err != nil {
			t.Fatal(err)
		}
		step(-24 * time.Hour)
		pass(2*time.Hour - time.Second)
		due(0, "the three hours have not passed")
		set("two", 0)
		step(-24 * time.Hour)
		due(1, "what was due is due")
		pass(time.Second)
		due(1, "the three hours have passed")

		set("three", time.Hour)
		pass(4 * time.Minute)
		clock.Advance(4 * time.Minute)
		due(2, "a small correction is none, and two leases are lost")
		clock.Advance(12 * time.Hour)
		morning := openStore(t, o)
		morning.age = func() time.Duration { return time.Second }
		if leases, err := morning.LeaseTimers(ctx, p, 10); err != nil || len(leases) != 3 { // and two whose leases were lost
			t.Errorf("after a night without anybody %d are due, error %v", len(leases), err)
		}
	})
}

// An instance dies while the clock is a day ahead, and the clock is set right before
// the next one begins: what it was about to say, and to be reminded of, must not wait
// until the day has passed.
func TestWhatAFastClockLeasedComesBack(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		clock := storetest.NewClock()
		o.Clock = clock.Now
		ctx, p, s := context.Background(), o.Providers[0], openStore(t, o)
		clock.Advance(24 * time.Hour)
		if _, err := s.LeaseTimers(ctx, p, 10); err != nil {
			t.Fatal(err)
		}
		var leases []bot.Lease
		for _, a := range []channels.Address{"+447700900101", "+447700900102"} {
			v, err := s.Lookup(ctx, p, channels.SMS, "+447700900900", a)
			if err != nil {
				t.Fatal(err)
			}
			c := v.Conversation
			done, err := s.Commit(ctx, bot.Turn{Provider: p, ID: bot.TurnID(a), Ops: []bot.Op{
				bot.PutConversation{Conversation: &c},
				bot.Enqueue{Conversation: c.ID, Message: bot.Message{Task: bot.TaskID(a), Text: "Thank you."}},
				bot.SetTimer{Timer: bot.Timer{Kind: bot.Nudge, Conversation: c.ID}},
			}})
			if err != nil {
				t.Fatal(err)
			}
			leases = append(leases, done.Leases...)
		}
		if _, err := s.Settle(ctx, leases[0], bot.Settlement{Result: bot.Again, After: time.Minute}); err != nil {
			t.Fatal(err)
		}
		if timers, err := s.LeaseTimers(ctx, p, 10); err != nil || len(timers) != 2 {
			t.Fatalf("%d timers, error %v", len(timers), err)
		}

		clock.Advance(-24 * time.Hour)
		next := openStore(t, o)
		if _, err := next.LeaseTimers(ctx, p, 10); !errors.As(err, new(bot.ClockSet)) {
			t.Errorf("of the clock we are told %v", err)
		}
		clock.Advance(2 * time.Minute)
		if timers, err := next.LeaseTimers(ctx, p, 10); err != nil || len(timers) != 2 {
			t.Errorf("%d timers come back, error %v", len(timers), err)
		}
		if again, err := next.LeaseMessages(ctx, p, 10, 0); err != nil || len(again) != 2 {
			t.Errorf("%d messages come back, error %v", len(again), err)
		}
	})
}
