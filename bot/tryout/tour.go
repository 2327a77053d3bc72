package tryout

import (
	"slices"
	"strings"

	"heard/bot"
	"heard/flows"
)

// stage is one of the five of the vision: what the person should be able to say.
type stage struct {
	ID      flows.Stage
	Name    string
	Promise string // the headline, in its exact words
}

func stages() []stage {
	return []stage{
		{flows.Considering, "Thinking about it", "I felt confident to speak up"},
		{flows.Making, "Complaining", "I felt that making my complaint was simple"},
		{flows.Informed, "Kept informed", "I felt listened to and understood"},
		{flows.Outcomes, "Outcome", "I felt that my complaint made a difference"},
		{flows.Reflecting, "Looking back", "I would feel confident making a complaint in the future"},
	}
}

// tour is where a newcomer is on the way through the five stages, and what to try
// next.
type tour struct {
	Stages  []tourStage
	Number  int // of the stage now, from 1
	Now     stage
	Try     string // what to do, in a sentence
	Reading string // why, or what happens
}

type tourStage struct {
	stage
	Done, Now bool
}

// tourOf reads from a case where the tour is; nil: there is no case yet.
func tourOf(c *bot.Case) tour {
	t := tour{}
	at := flows.Considering
	t.Try, t.Reading = "On the phone, type “complain”, or just say what happened.",
		"Nobody at the desk sees a word until the person sends it."
	if c != nil {
		at, t.Try, t.Reading = nextOf(c)
	}
	for i, s := range stages() {
		t.Stages = append(t.Stages, tourStage{stage: s, Done: t.Number == 0, Now: s.ID == at})
		if s.ID == at {
			t.Number, t.Now = i+1, s
			t.Stages[i].Done = false
		}
	}
	return t
}

// nextOf says what stage a case shows, and what to try next.
func nextOf(c *bot.Case) (at flows.Stage, try, reading string) {
	waits := func(kind string) bool {
		return slices.ContainsFunc(c.Pending, func(n bot.Notice) bool { return n.Kind == kind })
	}
	lookedBack := slices.ContainsFunc(c.Asked, func(id string) bool { return strings.HasPrefix(id, string(flows.Reflecting)) })
	switch {
	case c.Status == bot.Draft:
		return flows.Making, "On the phone, answer the question about danger, and go on.", "Staff see this draft for one reason: words that may mean danger."
	case lookedBack:
		return flows.Reflecting, "That was the whole way. Try it again on another tab.", "Answers to such questions are counted apart: nobody sees whose they are."
	case waits("reflection"):
		return flows.Reflecting, "The phone asks whether you would look back. Say yes there.", "In real life this comes two weeks later. Here it comes at once."
	case c.Outcome.Answer == "accepted":
		return flows.Reflecting, "The person does not want to look back. Try it again on another tab.", "Saying no is kept, too."
	case c.Outcome.Answer == "disagreed":
		return flows.Informed, "The person disagrees, and the case is open again. Write an update, or tell a new outcome.", "They were also told how to reach the ombudsman."
	case waits("outcome"), c.Stage == flows.Outcomes && c.Outcome.Read.IsZero():
		return flows.Outcomes, "On the phone, there is an answer to read. Open it there.", "The first message says nothing of the matter: somebody else may see the phone."
	case c.Stage == flows.Outcomes:
		return flows.Outcomes, "On the phone, say what you think of the answer.", "Only the person can say that it is settled."
	case waits("update"):
		return flows.Informed, "On the phone, there is news. Say there that you want to see it.", "Nobody is interrupted: a question that is still open there is answered first."
	case c.Handler != "":
		return flows.Informed, "When there is an outcome, tell it below, and press Resolve.", "The person can answer an update. What they write comes into the history."
	}
	return flows.Informed, "On the phone, type “status”. Then send an update from the desk.", "The case is in. The clock for acknowledging it runs in working days."
}
