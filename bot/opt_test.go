package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/channels"
)

// A clock that was a day too fast, and is set right, must not leave people
// unanswered for a day, nor their STOP unheard.
func TestAClockThatIsSetBack(t *testing.T) {
	w := onEmbedded(t)
	w.say(daughter, "hello")
	w.clock.Advance(-day)
	if w.say(daughter, "menu") == "" {
		t.Error("after the clock was set back nobody answers")
	}
	w.clock.Advance(day)
	in := w.inbound(daughter, "START")
	in.Opt = channels.OptIn
	w.send(in)
	w.clock.Advance(-day)
	in = w.inbound(daughter, "STOP")
	in.Opt = channels.OptOut
	w.receive(in)
	if !w.view(daughter).Conversation.Left {
		t.Error("after the clock was set back STOP is not heard")
	}
}

// To the network YES is a return, and it sends again: who had sent STOP must be
// answered.
func TestStopAndThenYes(t *testing.T) {
	w := onEmbedded(t)
	w.say(daughter, "complain")
	in := w.inbound(daughter, "STOP")
	in.Opt = channels.OptOut
	w.receive(in)
	if w.say(daughter, "YES") == "" || w.say(daughter, "Me") == "" {
		t.Error("after STOP and YES nobody answers")
	}
}

// Who writes CANCEL to leave a question is silenced by the network, and thinks that we
// do not answer: a person asks them, without a word of what nobody may see yet.
func TestCancelMayNotMeanStop(t *testing.T) {
	leaves := func(w *world, word string) {
		in := w.inbound(daughter, word)
		in.Opt = channels.OptOut
		w.receive(in)
	}
	t.Run("a draft", func(t *testing.T) {
		w := onEmbedded(t)
		w.tell(daughter)
		w.say(daughter, "Nobody came all night.")
		c := w.caseOf(daughter)
		leaves(w, " Cancel ")
		task := w.task(bot.PersonLeft)
		if task == nil || task.Conv != w.view(daughter).Conversation.ID || task.Case != "" || task.Phone != "" || task.Words != "" {
			t.Fatalf("staff have %+v", task)
		}
		w.hasWords(task.Text, "CANCEL, END or QUIT", "may not have been meant", "Call or write")
		if strings.Contains(task.Text, string(c.Ref)) || strings.Contains(task.Text, "Nobody came") {
			t.Errorf("it tells of the draft: %q", task.Text)
		}
		w.start(daughter)
		if task := w.task(bot.PersonLeft); task != nil {
			t.Errorf("they are back, and staff have %+v", task)
		}
		leaves(w, "STOP")
		if task := w.task(bot.PersonLeft); task != nil {
			t.Errorf("who says STOP means it, and staff have %+v", task)
		}
	})
	for privacy, number := range map[string]string{"Anyone who helps": string(daughter), "Nobody": ""} {
		t.Run(privacy, func(t *testing.T) {
			w := onEmbedded(t)
			c := w.complain(daughter, privacy)
			leaves(w, "quit")
			if number == "" {
				if w.task(bot.PersonLeft) != nil {
					t.Error("staff see at once who it was")
				}
				w.later(11 * time.Hour)
			}
			task := w.task(bot.PersonLeft)
			if task == nil || task.Case != c.Ref || task.Phone != number {
				t.Fatalf("staff have %+v", task)
			}
			w.hasWords(task.Text, "CANCEL, END or QUIT", "may not have been meant")
		})
	}
}

// Somebody with two complaints sends STOP: the staff of both must learn that no message
// reaches them, or one waits for an answer that nobody can give. Those of an anonymous
// one learn it late.
func TestStopReachesEveryCase(t *testing.T) {
	for first, late := range map[string]bool{"Anyone who helps": false, "Nobody": true} {
		t.Run(first, func(t *testing.T) {
			w := onEmbedded(t)
			one := w.complain(daughter, first)
			two := w.complain(daughter, "Anyone who helps")
			if one.Ref == two.Ref {
				t.Fatal("it is one case")
			}
			told := func() (refs []bot.CaseRef) {
				tasks, err := w.desk.StaffTasks(w.ctx, hospital, 100)
				if err != nil {
					t.Fatal(err)
				}
				for _, task := range tasks {
					if task.Kind == bot.PersonLeft {
						refs = append(refs, task.Case)
					}
				}
				slices.Sort(refs)
				return refs
			}
			both := []bot.CaseRef{one.Ref, two.Ref}
			slices.Sort(both)
			w.stop(daughter)
			w.wake(w.bot)
			if want := map[bool][]bot.CaseRef{false: both, true: {two.Ref}}[late]; !slices.Equal(told(), want) {
				t.Errorf("staff know of %v, want %v", told(), want)
			}
			w.later(11 * time.Hour)
			if !slices.Equal(told(), both) {
				t.Errorf("staff know of %v, want %v", told(), both)
			}
			w.update(one.Ref, "The ward has answered.")
			w.start(daughter)
			w.later(14 * time.Hour) // in the morning
			if len(told()) != 0 {
				t.Errorf("they are back, and staff have %v", told())
			}
			if got := w.hears(daughter); got == "" {
				t.Error("they are back, and the news of their older case is not told")
			}
		})
	}
}

// A refusal that was on its way while they came back must not silence who sent START:
// they would wait for an answer that nobody may send.
func TestALateRefusalDoesNotSilenceWhoIsBack(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Anyone who helps")
	began := w.clock.Now()
	w.stop(daughter)
	w.clock.Advance(2 * time.Minute)
	w.start(daughter)
	id := w.view(daughter).Conversation.ID
	if left, err := w.bot.OptedOut(w.ctx, hospital, id, began); left || err != nil {
		t.Errorf("the send: left %v, %v", left, err)
	}
	w.update(c.Ref, "The ward has answered.")
	w.wake(w.bot)
	if err := w.tellsOf(daughter, channels.Receipt{Status: channels.StatusUndelivered, OptOut: true, Sentence: "x"}); err != nil {
		t.Fatal(err)
	}
	if w.view(daughter).Conversation.Left || w.task(bot.PersonLeft) != nil || w.task(bot.Undelivered) == nil {
		t.Error("they are taken for gone, or nobody knows that the message is")
	}
	w.clock.Advance(2 * time.Minute)
	if left, err := w.bot.OptedOut(w.ctx, hospital, id, w.clock.Now()); !left || err != nil {
		t.Errorf("a refusal of what was sent since: left %v, %v", left, err)
	}
}
