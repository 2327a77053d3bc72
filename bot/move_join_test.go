package bot_test

import (
	"testing"
	"time"

	"heard/bot"
	"heard/channels"
)

// A button that was shown at either place before must not be taken for an answer to
// what is asked now.
func TestQuestionsAreLaterThanAllBefore(t *testing.T) {
	w := onEmbedded(t)
	w.writes(telegram, "Complain")
	for range 3 {
		w.writes(whatsApp, "Complain")
		w.writes(whatsApp, "Menu")
	}
	old, now := w.state(telegram).Visit, w.state(whatsApp).Visit
	w.hasWords(w.writes(whatsApp, "MOVE "+w.asks(telegram)), here)
	if got := w.state(whatsApp).Visit; got <= now || got <= old {
		t.Errorf("the question is visit %d, after %d here and %d there", got, now, old)
	}
	if got := w.state(telegram).Visit; got < old {
		t.Errorf("the old place counts on from %d, after %d", got, old)
	}
}

// What was said with buttons of a question that is over comes without them.
func TestWhatWaitsHasNoOldButtons(t *testing.T) {
	w := onEmbedded(t)
	w.writes(telegram, "Complain")
	code, id := w.asks(telegram), w.at(telegram).Conversation.ID
	turn := bot.Turn{Provider: hospital, ID: "turn"}
	for _, task := range []bot.TaskID{"1", "2"} {
		turn.Ops = append(turn.Ops, bot.Enqueue{Conversation: id, Message: bot.Message{
			Task: task, Text: "Old question", Options: []channels.Option{{Label: "Old", Data: "old"}},
		}})
	}
	if _, err := w.store.Commit(w.ctx, turn); err != nil {
		t.Fatal(err)
	}
	w.receive(w.from(whatsApp, "MOVE "+code))
	w.deliver()
	all := w.heard[onWhatsApp]
	if len(all) < 2 || all[0].Text != "Old question" || all[0].Options != nil {
		t.Errorf("heard %+v", all)
	}
}

// News that was offered at the new place, and not read yet, is not lost by what
// comes there.
func TestWhatWasOfferedAtTheNewPlaceIsOfferedAgain(t *testing.T) {
	w := onEmbedded(t)
	w.tell(daughter)
	w.say(daughter, "It happened again.")
	own := w.complainAt(telegram)
	w.update(own, "We have spoken to the ward.")
	w.hasWords(w.hears(onTelegram), "there is news")
	w.hasWords(w.writes(telegram, "MOVE "+w.asks(sms)), here, "It happened again")
	if got := w.state(telegram).Sent; got != string(own) {
		t.Errorf("the case of the new place is %q", got)
	}
	w.later(11 * time.Minute)
	w.hasWords(w.hears(onTelegram), "there is news")
}

// complainAt has a person send a whole complaint from a place.
func (w *world) complainAt(p place) bot.CaseRef {
	w.t.Helper()
	for _, text := range []string{"Complain", "Me", "Ward 6", "skip", "Nobody came all night.", "done", "skip", "Nobody", "Send"} {
		w.writes(p, text)
	}
	return w.at(p).Case.Ref
}

// Who brings nothing along keeps the case that they have at the new place.
func TestTheCaseOfTheNewPlaceStays(t *testing.T) {
	w := onEmbedded(t)
	w.say(daughter, "Complain")
	own := w.complainAt(telegram)
	w.hasWords(w.writes(telegram, "MOVE "+w.asks(sms)), here)
	if v := w.at(telegram); v.Case == nil || v.Case.Ref != own || w.state(telegram).Case != string(own) {
		t.Error("the case of the new place is lost")
	}
}

// All cases of a person move, also one that nothing is asked about.
func TestEachCaseMoves(t *testing.T) {
	w := onEmbedded(t)
	first := w.complain(daughter, "Nobody")
	for range 2 {
		w.clock.Advance(time.Hour)
		w.complain(daughter, "Nobody")
	}
	w.hasWords(w.writes(telegram, "MOVE "+w.asks(sms)), here)
	w.hears(daughter)
	w.update(first.Ref, "We have spoken to the ward.")
	w.later(11 * time.Minute)
	if got := w.hears(daughter); got != "" {
		t.Errorf("the old phone hears %q", got)
	}
	w.hasWords(w.hears(onTelegram), "there is news")
	if n := len(w.at(telegram).Conversation.Cases); n != 3 {
		t.Errorf("the new place knows of %d of 3 cases", n)
	}
}

// Who stopped messages at the old place can be reached again; who stopped them at the
// new one cannot be told, so nothing moves there.
func TestMovingFromAndToWhereMessagesWereStopped(t *testing.T) {
	w := onEmbedded(t)
	w.complain(daughter, "Anyone who helps")
	code := w.asks(sms)
	stop := w.inbound(daughter, "STOP")
	stop.Opt = channels.OptOut
	w.receive(stop)
	if w.task(bot.PersonLeft) == nil {
		t.Fatal("staff do not know that the person left")
	}
	w.hasWords(w.writes(telegram, "MOVE "+code), here)
	if w.task(bot.PersonLeft) != nil {
		t.Error("staff think that the person is gone")
	}
	if got := w.hears(daughter); got != "" {
		t.Errorf("who stopped messages hears %q", got)
	}
	w.writes(sms, "MOVE "+w.asks(telegram))
	if w.at(telegram).Case == nil {
		t.Error("it moved to where nobody can be told")
	}
}

// A machine that sends codes costs no more than one that sends anything else.
func TestCodesAreBoundLikeAllElse(t *testing.T) {
	w := onEmbedded(t)
	w.bot = w.newBotWith(w.store, librarySet(t), func(o *bot.Options) { o.Providers[0].Most.NewPeopleAnHour = 1 })
	w.writes(place{channels.SMS, smsFrom, neighbor}, "Hello")
	if got := w.writes(sms, "MOVE 1234-5678"); got != "" {
		t.Errorf("heard %q", got)
	}
}
