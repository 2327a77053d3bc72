package redisstore

import (
	"context"
	"fmt"
	"testing"

	"heard/bot"
	"heard/channels"
)

// How many were asked says little where nobody knows how many of the questions
// arrived. Each is counted once, in whatever order its provider tells of it.
func TestQuestionsThatArrivedAreCountedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, p, s := context.Background(), o.Providers[0], openStore(t, o)
		desk := openDesk(t, o)
		of := bot.StatementAnswer{Month: "2026-11", Service: "ward 6, east", Channel: "sms", Language: "en", Statement: "outcomes.addressed", Finding: bot.PartlyUpheld}
		ask := func(name string) bot.Lease {
			t.Helper()
			conv := &bot.Conversation{ID: bot.ConversationID(name), Channel: channels.SMS, Sender: "+447700900999"}
			done, err := s.Commit(ctx, bot.Turn{Provider: p, ID: bot.TurnID(name), Ops: []bot.Op{
				bot.PutConversation{Conversation: conv}, bot.CountAsked{Of: of},
				bot.Enqueue{Conversation: conv.ID, Message: bot.Message{Task: bot.TaskID("T" + name), Text: "?", Asks: &of}},
			}})
			if err != nil || len(done.Leases) != 1 {
				t.Fatalf("ask: %v", err)
			}
			return done.Leases[0]
		}
		told := func(name string, statuses ...channels.Status) {
			t.Helper()
			for _, status := range statuses {
				if _, err := s.Receipt(ctx, p, channels.Receipt{Task: "T" + name, ID: "SM" + name, Status: status}); err != nil {
					t.Fatal(err)
				}
			}
		}
		settle := func(l bot.Lease, name string) {
			t.Helper()
			if _, err := s.Settle(ctx, l, bot.Settlement{Result: bot.Accepted, IDs: []string{"SM" + name}}); err != nil {
				t.Fatal(err)
			}
		}
		for i, statuses := range [][]channels.Status{
			{channels.StatusSent, channels.StatusDelivered, channels.StatusDelivered, channels.StatusRead},
			{channels.StatusRead, channels.StatusDelivered},
			{channels.StatusUndelivered},
			{channels.StatusSent},
		} {
			name := fmt.Sprint("after", i)
			settle(ask(name), name)
			told(name, statuses...)
		}
		early := ask("before")
		told("before", channels.StatusDelivered, channels.StatusDelivered)
		settle(early, "before")
		told("before", channels.StatusDelivered)

		counts, err := desk.Counts(ctx, p, "2026-11")
		if err != nil || len(counts) != 1 || counts[0] != (bot.StatementCount{Of: of, Asked: 5, Delivered: 3}) {
			t.Errorf("%+v, %v", counts, err)
		}
		// Counted by a release before this one, without a finding.
		if err := s.rdb.HSet(ctx, countsKey(p, "2026-10"), "ward 6"+countSeparator+"sms"+countSeparator+"en"+countSeparator+"making.time", 7).Err(); err != nil {
			t.Fatal(err)
		}
		old := bot.StatementAnswer{Month: "2026-10", Service: "ward 6", Channel: "sms", Language: "en", Statement: "making.time"}
		if counts, err = desk.Counts(ctx, p, "2026-10"); err != nil || len(counts) != 1 || counts[0] != (bot.StatementCount{Of: old, Asked: 7}) {
			t.Errorf("of an earlier release: %+v, %v", counts, err)
		}
	})
}
