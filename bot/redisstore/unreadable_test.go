package redisstore

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/storetest"
	"heard/channels"
)

// One record that does not open, by a fault of a disk or a key that is gone, must
// not keep everybody else from their messages and reminders.
func TestARecordThatDoesNotOpenHoldsUpNoOther(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		clock := storetest.NewClock()
		o.Clock = clock.Now
		ctx, p, s := context.Background(), o.Providers[0], openStore(t, o)
		names := []string{"conversation", "message", "key", "fine"}
		for i, name := range names {
			conv := &bot.Conversation{ID: bot.ConversationID(name), Channel: channels.SMS, Sender: "+447700900999"}
			turn := bot.Turn{Provider: p, ID: bot.TurnID(name), Ops: []bot.Op{
				bot.PutConversation{Conversation: conv},
				bot.Enqueue{Conversation: conv.ID, Message: bot.Message{Task: bot.TaskID("T" + name), Text: name}},
				bot.SetTimer{Timer: bot.Timer{Kind: bot.Nudge, Conversation: conv.ID, Visit: uint32(i)}},
			}}
			if _, err := s.Commit(ctx, turn); err != nil {
				t.Fatal(err)
			}
		}
		spoil := func(key, field string, change func(string) string) {
			t.Helper()
			value, err := s.rdb.HGet(ctx, prefix(p)+key, field).Result()
			if err != nil {
				t.Fatal(err)
			}
			if err := s.rdb.HSet(ctx, prefix(p)+key, field, change(value)).Err(); err != nil {
				t.Fatal(err)
			}
		}
		spoil("c:conversation", "r", func(string) string { return "" })
		spoil("c:message", "f", func(f string) string { return f[:len(f)-1] + "x" })
		spoil("c:key", "f", func(f string) string { return strings.Replace(f, "Tkey \x01\x00\x01", "Tkey \x01\x00\x63", 1) })
		spoil("T:message/remind", "b", func(string) string { return "\x01\xff" })
		spoil("T:key/remind", "b", func(b string) string { return strings.Replace(b, "key", "fin", 1) })
		clock.Advance(s.lease + time.Second)

		leases, err := s.LeaseMessages(ctx, p, 10, 0)
		if err != nil || len(leases) != 4 {
			t.Fatalf("%d of 4 messages, error %v", len(leases), err)
		}
		for _, l := range leases {
			if whole := l.Conversation == "fine"; l.Unreadable == whole || whole != (l.Message.Text == "fine") || l.Message.Task == "" {
				t.Errorf("%s: unreadable %v", l.Conversation, l.Unreadable)
			}
			if _, err := s.Settle(ctx, l, bot.Settlement{Result: bot.SetAside, Sentence: "x"}); err != nil {
				t.Errorf("%s cannot be put aside: %v", l.Conversation, err)
			}
		}
		timers, err := s.LeaseTimers(ctx, p, 10)
		if err != nil || len(timers) != 4 {
			t.Fatalf("%d of 4 timers, error %v", len(timers), err)
		}
		for _, l := range timers {
			name, _, _ := strings.Cut(string(l.Timer.ID()), "/")
			if broken := name == "message" || name == "key"; l.Unreadable != broken {
				t.Errorf("timer of %s: unreadable %v", name, l.Unreadable)
			}
			if _, err := s.Commit(ctx, bot.Turn{Provider: p, ID: bot.TurnID("end" + name), Timer: &l}); err != nil {
				t.Errorf("the timer of %s does not end: %v", name, err)
			}
		}
		clock.Advance(s.lease + time.Second)
		if timers, err := s.LeaseTimers(ctx, p, 10); err != nil || len(timers) != 0 {
			t.Errorf("%d timers come again, error %v", len(timers), err)
		}
	})
}

// A message of before that does not open undoes no turn: the person's words were
// kept, and their next ones must find the version that was written.
func TestACommitBesideARecordThatDoesNotOpen(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		clock := storetest.NewClock()
		o.Clock = clock.Now
		ctx, p, s := context.Background(), o.Providers[0], openStore(t, o)
		conv := &bot.Conversation{ID: "somebody", Channel: channels.SMS, Sender: "+447700900999"}
		say := func(i int) bot.Committed {
			t.Helper()
			done, err := s.Commit(ctx, bot.Turn{Provider: p, ID: bot.TurnID(fmt.Sprint("turn", i)), Ops: []bot.Op{
				bot.PutConversation{Conversation: conv}, bot.Enqueue{Conversation: conv.ID, Message: bot.Message{Task: bot.TaskID(fmt.Sprint("T", i))}},
			}})
			if err != nil {
				t.Fatal(err)
			}
			return done
		}
		first := say(1).Leases[0]
		if _, err := s.Settle(ctx, first, bot.Settlement{Result: bot.Again, After: time.Minute}); err != nil {
			t.Fatal(err)
		}
		key := prefix(p) + "o:somebody"
		value := s.rdb.LIndex(ctx, key, 0).Val()
		if err := s.rdb.LSet(ctx, key, 0, strings.Replace(value, "T1 \x01\x00\x01", "T1 \x01\x00\x63", 1)).Err(); err != nil {
			t.Fatal(err)
		}
		clock.Advance(time.Minute)
		if done := say(2); len(done.Leases) != 1 || !done.Leases[0].Unreadable {
			t.Fatalf("leased %+v", done.Leases)
		}
		if say(3); conv.Version != 3 {
			t.Errorf("version %d after three turns", conv.Version)
		}
	})
}

// A case that does not open, by a fault or a key that is gone, must not keep its
// person from hearing of their other cases.
func TestACaseThatDoesNotOpenHidesNoOther(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, p, s := context.Background(), o.Providers[0], openStore(t, o)
		var refs []bot.CaseRef
		for _, name := range []string{"keyless", "damaged", "fine"} {
			refs = append(refs, bot.CaseRef(name))
			one := &bot.Case{Ref: bot.CaseRef(name), Handle: bot.Handle(name), Status: bot.Draft}
			if _, err := s.Commit(ctx, bot.Turn{Provider: p, ID: bot.TurnID(name), Ops: []bot.Op{bot.PutCase{Case: one, Conversation: "somebody"}}}); err != nil {
				t.Fatal(err)
			}
		}
		spoil := func(name, field, value string) {
			if err := s.rdb.HSet(ctx, prefix(p)+"k:"+name, field, value).Err(); err != nil {
				t.Fatal(err)
			}
		}
		spoil("damaged", "r", "\x01\xff")
		spoil("keyless", "w", "\x01\x00\x63 sealed with a key that nobody has")
		all, err := s.Cases(ctx, p, refs)
		if err != nil || len(all) != 1 || all[0].Ref != "fine" {
			t.Fatalf("%d cases were read of the one that opens: %v", len(all), err)
		}
	})
}
