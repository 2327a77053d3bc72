package redisstore

import (
	"testing"
	"time"

	"heard/bot"
	"heard/channels"
	"heard/flows"
)

// Who watches must see that people wait, and for how long, whichever lane they
// wait in.
func TestBacklog(t *testing.T) {
	f := newFixture(t, startEmbedded(t).URL(), Ephemeral)
	s, p, ctx := f.Store.(*Store), f.Provider, t.Context()
	told := func(want Backlog) {
		t.Helper()
		if got, err := s.Backlog(ctx, p); err != nil || got != want {
			t.Errorf("%+v, error %v\nwant %+v", got, err, want)
		}
	}
	told(Backlog{})
	conv := &bot.Conversation{ID: "somebody", Channel: channels.SMS, Sender: "+447700900900"}
	message := bot.Message{Task: "T1", Text: "hello", Purpose: flows.Prompt}
	if _, err := s.Commit(ctx, bot.Turn{Provider: p, ID: "1", Ops: []bot.Op{
		bot.PutConversation{Conversation: conv}, bot.Enqueue{Conversation: conv.ID, Message: message},
		bot.SetTimer{Timer: bot.Timer{Kind: bot.Nudge, Conversation: conv.ID, After: 10 * time.Second}},
		bot.AddTask{Task: bot.StaffTask{ID: "now", Kind: bot.CallPerson, Due: f.Clock.Now().Add(time.Minute)}},
		bot.AddTask{Task: bot.StaffTask{ID: "later", Kind: bot.Danger, Due: f.Clock.Now().Add(time.Hour)}},
	}}); err != nil {
		t.Fatal(err)
	}
	if err := s.MoveWatermark(ctx, p, "+447700900900", f.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	if err := s.MoveWatermark(ctx, p, "+447700900901", f.Clock.Now().Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	told(Backlog{Tasks: 2, ListedAgo: time.Minute}) // the message is leased, and so is not due
	f.Clock.Advance(2 * time.Minute)
	told(Backlog{
		Messages: 1, MessagesFor: 90 * time.Second, Timers: 1, TimersFor: 110 * time.Second,
		Tasks: 2, Overdue: 1, ListedAgo: 3 * time.Minute,
	})
}
