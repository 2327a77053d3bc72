package bot_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"heard/bot"
)

// asked has a person read an update, as far as the question whether they want to answer.
func (w *world) asked() *bot.Case {
	w.t.Helper()
	c := w.complain(daughter, "Nobody")
	w.update(c.Ref, "We will ring you at home tomorrow.")
	w.hasWords(w.hears(daughter), "there is news for you")
	w.hasWords(w.say(daughter, "1"), "We will ring you at home", "Do you want to say something back?")
	return w.caseOf(daughter)
}

// Who simply answers is heard: what they write reaches the handler, who is about to do
// what they must not.
func TestWordsAtTheEndOfAnUpdateAreTheReply(t *testing.T) {
	const words = "Please do NOT ring the house, he reads my post"
	for _, after := range []time.Duration{0, 30 * time.Hour} {
		w := onEmbedded(t)
		c := w.asked()
		w.clock.Advance(after)
		w.hasWords(w.say(daughter, words), "Sam gets your words now")
		now := w.caseOf(daughter)
		if got := texts(w.timeline(now), bot.Replied); !slices.Equal(got, []string{words}) {
			t.Errorf("replies %q", got)
		}
		if got := texts(w.timeline(now), bot.Said); slices.Contains(got, words) {
			t.Error("the reply stands among what happened to them")
		}
		if w.task(bot.ReadReply) == nil {
			t.Error("nobody is to read it")
		}
		err := w.bot.Update(w.ctx, hospital, c.Ref, bot.By{Name: "Sam", Seen: c.Version}, "We will ring the house tomorrow.")
		if !errors.As(err, new(*bot.StaleError)) {
			t.Errorf("a form that was open before the reply is sent: %v", err)
		}
	}
}

// At every question about news, not only the last, what somebody tells is a reply: that
// they are to agree to something does not take the word from them.
func TestWordsAtAnyQuestionOfNewsAreAReply(t *testing.T) {
	const words = "That is too long for me, my mother is getting worse"
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	if err := w.bot.Acknowledge(w.ctx, hospital, c.Ref, bot.By{Name: "Sam"}, bot.Acknowledgement{Handler: "Sam"}); err != nil {
		t.Fatal(err)
	}
	w.wake(w.bot)
	w.hasWords(w.hears(daughter), "there is news for you")
	w.hasWords(w.say(daughter, "1"), "Would you like to talk")
	w.hasWords(w.say(daughter, words), "Sam gets your words now", "Would you like to talk")
	if got := texts(w.timeline(w.caseOf(daughter)), bot.Replied); !slices.Equal(got, []string{words}) || w.task(bot.ReadReply) == nil {
		t.Errorf("replies %q", got)
	}
	w.hasWords(w.say(daughter, "dunno"), "is that a yes or a no")
}

// Danger in a reply is answered at once, and is a reply all the same.
func TestDangerInAReply(t *testing.T) {
	const words = "He will kill me if you ring the house"
	w := onEmbedded(t)
	w.asked()
	w.say(daughter, words)
	if got := texts(w.timeline(w.caseOf(daughter)), bot.Replied); !slices.Equal(got, []string{words}) || w.task(bot.ReadReply) == nil || w.task(bot.Danger) == nil {
		t.Errorf("replies %q", got)
	}
}

// Who writes an answer and never sends DONE is heard after an hour, in the night too,
// when nothing is said to them.
func TestAReplyWithoutDone(t *testing.T) {
	for _, night := range []bool{false, true} {
		w := onEmbedded(t)
		w.bot = w.newBotWith(w.store, librarySet(t), func(o *bot.Options) {
			if night {
				o.Providers[0].Quiet = bot.Hours{From: 0, To: 24*time.Hour - time.Minute}
			}
		})
		w.asked()
		c := w.caseOf(daughter)
		w.say(daughter, "1")
		w.later(2 * time.Hour)
		if w.hears(daughter) != "" || w.task(bot.ReadReply) != nil {
			t.Error("nothing was written, and something was passed on")
		}
		w.say(daughter, "Please do not ring the house.")
		w.later(50 * time.Minute)
		if w.task(bot.ReadReply) != nil {
			t.Error("they still write")
		}
		w.say(daughter, "Write to my mother.")
		w.later(61 * time.Minute)
		if w.task(bot.ReadReply) == nil {
			t.Fatal("nobody is to read it")
		}
		if now := w.caseOf(daughter); now.Version == c.Version {
			t.Error("a form that was open before is sent")
		}
		heard := w.hears(daughter)
		if night && heard != "" {
			t.Errorf("woken by %q", heard)
		} else if !night {
			w.hasWords(heard, "passed on")
		}
	}
}

// Who said DONE is not told an hour later that they did not.
func TestAReplyWithDoneIsPassedOnOnce(t *testing.T) {
	w := onEmbedded(t)
	c := w.asked()
	w.say(daughter, "1")
	w.say(daughter, "Please do not ring the house.")
	w.say(daughter, "done")
	if err := w.bot.FinishTask(w.ctx, hospital, string(c.Ref)+"/"+string(bot.ReadReply), bot.By{Name: "Sam"}, "Read."); err != nil {
		t.Fatal(err)
	}
	w.later(2 * time.Hour)
	if heard := w.hears(daughter); heard != "" || w.task(bot.ReadReply) != nil {
		t.Errorf("once more: %q", heard)
	}
}

// A question that was left open keeps nobody from the next news, and what was read is
// not told again.
func TestNewsAfterAnUnansweredQuestion(t *testing.T) {
	w := onEmbedded(t)
	c := w.asked()
	w.later(20 * time.Hour)
	w.update(c.Ref, "We have not rung.")
	w.wake(w.bot)
	w.hasWords(w.hears(daughter), "there is news for you")
	w.hasWords(w.say(daughter, "1"), "We have not rung.")
	w.say(daughter, "no")
	w.later(96 * time.Hour)
	if n := w.news(c.Ref); len(n) != 0 {
		t.Errorf("it waits to be told again: %v", n)
	}
}
