package desk_test

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/desk"
	"heard/channels"
	"heard/flows"
)

// A work list of ten thousand open cases must be there in 100 ms, also just after a
// case was written: BenchmarkWork prints how long a page takes, by the store's own
// trip to tell what changed (the yardstick) as well.
func BenchmarkWork(b *testing.B) {
	h := open(b)
	const many = 10_000
	for from := 0; from < many; from += 100 {
		var ops []bot.Op
		conv := &bot.Conversation{ID: bot.ConversationID(rand.Text()), Channel: channels.SMS, Sender: "+447700900999"}
		ops = append(ops, bot.PutConversation{Conversation: conv})
		for i := range 100 {
			c := &bot.Case{
				Ref: bot.CaseRef(fmt.Sprint("H-", from+i)), Handle: bot.Handle(rand.Text()), Status: bot.Open, Stage: flows.Informed, Opened: h.now, Received: h.now,
				Fields: []bot.Field{{Name: "place", Value: fmt.Sprint("Ward ", i%20)}}, Language: "en", Due: h.now.AddDate(0, 0, i%30),
			}
			ops = append(ops, bot.PutCase{Case: c, Conversation: conv.ID},
				bot.AddTask{Task: bot.StaffTask{ID: string(c.Ref) + "/acknowledge", Kind: bot.Acknowledge, Case: c.Ref, Due: c.Due}})
		}
		h.commit(ops...)
	}
	began := time.Now()
	w, err := h.desk.Work(h.ctx, lead, desk.Filter{})
	if err != nil || w.Total != many {
		b.Fatalf("%d of %d: %v", w.Total, many, err)
	}
	first := time.Since(began)
	task := w.Items[0].Task
	b.ResetTimer()
	for range b.N {
		h.commit(bot.AddTask{Task: task})
		if _, err := h.desk.Work(h.ctx, lead, desk.Filter{Place: "Ward 3"}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(first.Milliseconds()), "ms-first-page")
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/page")
}
