package bot_test

import (
	"testing"

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
