package tryout

import (
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/flows"
)

// At each moment of the way a newcomer is told one thing to do that leads on. A
// wrong one leaves them standing in the middle.
func TestTourLeadsOn(t *testing.T) {
	pending := func(kind string) []bot.Notice { return []bot.Notice{{Kind: kind}} }
	offered := bot.Outcome{Offered: time.Now()}
	read := bot.Outcome{Offered: time.Now(), Read: time.Now()}
	for name, at := range map[string]struct {
		c     *bot.Case
		stage int
		try   string
	}{
		"no case":           {nil, 1, "type “complain”"},
		"danger in a draft": {&bot.Case{Status: bot.Draft, Stage: flows.Making}, 2, "danger"},
		"sent":              {&bot.Case{Stage: flows.Informed}, 3, "type “status”"},
		"an update waits":   {&bot.Case{Stage: flows.Informed, Handler: "Ade", Pending: pending("update")}, 3, "there is news"},
		"it was told":       {&bot.Case{Stage: flows.Informed, Handler: "Ade"}, 3, "press Resolve"},
		"an outcome waits":  {&bot.Case{Stage: flows.Outcomes, Handler: "Ade", Outcome: offered, Pending: pending("outcome")}, 4, "answer to read"},
		"it was put off":    {&bot.Case{Stage: flows.Outcomes, Handler: "Ade", Outcome: offered}, 4, "answer to read"},
		"it was read":       {&bot.Case{Stage: flows.Outcomes, Handler: "Ade", Outcome: read}, 4, "what you think"},
		"disagreed":         {&bot.Case{Stage: flows.Informed, Handler: "Ade", Outcome: bot.Outcome{Answer: "disagreed"}}, 3, "open again"},
		"may we ask":        {&bot.Case{Stage: flows.Reflecting, Outcome: bot.Outcome{Answer: "accepted"}, Pending: pending("reflection")}, 5, "look back"},
		"no to that":        {&bot.Case{Stage: flows.Reflecting, Outcome: bot.Outcome{Answer: "accepted"}}, 5, "another tab"},
		"looked back":       {&bot.Case{Stage: flows.Reflecting, Outcome: bot.Outcome{Answer: "accepted"}, Asked: []string{"reflecting.fair"}}, 5, "whole way"},
	} {
		got := tourOf(at.c)
		if got.Number != at.stage || !strings.Contains(got.Try, at.try) {
			t.Errorf("%s: stage %d, %q; want stage %d and %q", name, got.Number, got.Try, at.stage, at.try)
		}
		for i, s := range got.Stages {
			if s.Now != (i+1 == at.stage) || s.Done != (i+1 < at.stage) {
				t.Errorf("%s: stage %d is marked now %v, done %v", name, i+1, s.Now, s.Done)
			}
		}
	}
}

// The promises are the vision's own headlines, word for word.
func TestPromisesAreTheVisionsHeadlines(t *testing.T) {
	want := []string{
		"I felt confident to speak up", "I felt that making my complaint was simple", "I felt listened to and understood",
		"I felt that my complaint made a difference", "I would feel confident making a complaint in the future",
	}
	for i, s := range stages() {
		if s.Promise != want[i] {
			t.Errorf("stage %d promises %q", i+1, s.Promise)
		}
	}
}

// Danger stands first even where something else is due before it.
func TestDangerStandsFirst(t *testing.T) {
	now := time.Now()
	tasks := tasksOf([]bot.StaffTask{
		{Kind: bot.Acknowledge, Due: now.Add(-time.Hour)}, {Kind: bot.ReadReply, Due: now}, {Kind: bot.Danger, Due: now.Add(time.Hour)},
	})
	if !tasks[0].Danger || tasks[1].What != "Acknowledge" || tasks[2].What != "Read the reply" {
		t.Errorf("the order is %s, %s, %s", tasks[0].What, tasks[1].What, tasks[2].What)
	}
}
