package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/channels"
	"heard/flows"
)

const (
	whatsAppFrom = channels.Sender("whatsapp:+447700900900")
	onWhatsApp   = channels.Address("whatsapp:+447700900101")
	botFrom      = channels.Sender("123456")
	onTelegram   = channels.Address("5550101")
)

// place is where a person writes from.
type place struct {
	channel channels.Channel
	sender  channels.Sender
	address channels.Address
}

var (
	sms      = place{channels.SMS, smsFrom, daughter}
	whatsApp = place{channels.WhatsApp, whatsAppFrom, onWhatsApp}
	telegram = place{channels.Telegram, botFrom, onTelegram}
)

func (w *world) from(p place, text string) channels.Inbound {
	in := w.inbound(p.address, text)
	in.Channel, in.Sender = p.channel, p.sender
	return in
}

// writes has a person write from a place, and returns what they hear there.
func (w *world) writes(p place, text string) string {
	w.t.Helper()
	return w.send(w.from(p, text))
}

// asks has a person ask for a code.
func (w *world) asks(p place) string {
	w.t.Helper()
	code, _, err := w.bot.AskMove(w.ctx, hospital, w.from(p, ""))
	if err != nil {
		w.t.Fatal(err)
	}
	w.secret = append(w.secret, code)
	w.deliver()
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.heard[p.address]
	if len(all) == 0 || !all[len(all)-1].Once || !strings.HasSuffix(all[len(all)-1].Text, code) {
		w.t.Fatal("the person is not told the code, or may be told it twice")
	}
	w.heard[p.address] = all[:len(all)-1]
	return code
}

func (w *world) at(p place) bot.View {
	w.t.Helper()
	v, err := w.store.Lookup(w.ctx, hospital, p.channel, p.sender, p.address)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

func (w *world) state(p place) flows.State {
	w.t.Helper()
	st, err := flows.Decode(w.at(p).Conversation.Session)
	if err != nil {
		w.t.Fatal(err)
	}
	return st
}

const (
	here   = "You can go on here now"
	there  = "You asked to go on in another place"
	noGood = "that code does not work"
)

// Somebody who cannot send a photo where they began goes on in another app in the
// middle of the story, and must not tell any of it twice.
func TestAConversationMovesInTheMiddleOfAStory(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.tell(daughter)
		w.say(daughter, "Nobody came all night.")
		draft := w.caseOf(daughter)
		w.hasWords(w.writes(whatsApp, "move "+strings.ToLower(w.asks(sms))), here, "Nobody came all night")
		if got := w.hears(daughter); !strings.HasPrefix(got, there) || strings.Contains(got, "WhatsApp") {
			t.Errorf("the old place is told %q", got)
		}
		w.writes(whatsApp, "She was cold.")
		w.writes(whatsApp, "done")
		w.writes(whatsApp, "skip")
		m := w.from(whatsApp, "")
		m.Choice = w.option("Nobody")
		w.hasWords(w.send(m), "check this", "Ward 6", "Nobody came all night.")
		w.hasWords(w.writes(whatsApp, "Send"), "Your reference is "+string(draft.Ref))
		c := w.at(whatsApp).Case
		if got := texts(w.timeline(c), bot.Said); !slices.Equal(got, []string{"Nobody came all night.", "She was cold."}) {
			t.Errorf("the story is %q", got)
		}
		if c.Channel != channels.WhatsApp {
			t.Errorf("the draft is of %s", c.Channel)
		}
		w.update(c.Ref, "We have spoken to the ward.")
		w.wake(w.bot)
		w.hasWords(w.hears(onWhatsApp), "there is news")
		if got := w.hears(daughter); got != "" {
			t.Errorf("the old phone hears %q", got)
		}
	})
}

// option is the data of an option that was shown last, wherever that was.
func (w *world) option(label string) string {
	w.t.Helper()
	for _, o := range w.shown {
		if o.Label == label {
			return o.Data
		}
	}
	w.t.Fatalf("no option %q among %v", label, w.shown)
	return ""
}

// A question that was open is open at the new place, and is recalled there only.
func TestRemindersMoveAlong(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.tell(daughter)
		w.say(daughter, "Nobody came all night.")
		w.clock.Advance(50 * time.Minute)
		w.hasWords(w.writes(telegram, "SYMUD "+w.asks(sms)), here)
		if strings.Contains(w.dump(), "T:"+string(w.at(sms).Conversation.ID)) {
			t.Error("a timer of the old place stays")
		}
		w.hears(daughter)
		w.later(50 * time.Minute)
		if got := w.hears(daughter) + w.hears(onTelegram); got != "" {
			t.Errorf("recalled at the old time: %q", got)
		}
		w.later(11 * time.Minute)
		if got := w.hears(onTelegram); got == "" {
			t.Error("nothing recalls the question at the new place")
		}
		if got := w.hears(daughter); got != "" {
			t.Errorf("the old phone hears %q", got)
		}
	})
}

// A code that is used, old or wrong opens nothing, and who tries many hears
// nothing any more.
func TestACodeIsGoodOnceForAWhile(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.tell(daughter)
		code := w.asks(sms)
		w.hasWords(w.writes(sms, "MOVE "+code), "You are here already")
		w.hasWords(w.writes(whatsApp, "MOVE "+code), here)
		w.hasWords(w.writes(telegram, "MOVE "+code), noGood)
		late := w.asks(whatsApp)
		w.clock.Advance(15 * time.Minute)
		w.hasWords(w.writes(telegram, "MOVE "+late), noGood)
		first, second := w.asks(whatsApp), w.asks(whatsApp)
		w.hasWords(w.writes(telegram, "MOVE "+first), noGood)
		for range 2 {
			w.hasWords(w.writes(telegram, "MOVE 1234-5678"), noGood)
		}
		for _, text := range []string{"MOVE 1234-5678", "MOVE " + second} {
			if got := w.writes(telegram, text); got != "" {
				t.Errorf("the sixth try hears %q", got)
			}
		}
		if w.at(telegram).Case != nil {
			t.Error("the sixth try opened a case")
		}
		w.hasWords(w.writes(telegram, "Hello"), "St Mary's")
		w.clock.Advance(time.Hour)
		in := w.from(telegram, "")
		in.Start = "m_" + strings.Replace(w.asks(whatsApp), "-", "", 1)
		w.hasWords(w.send(in), here)
		if got := w.dump(); strings.Contains(got, second[:4]+second[5:]) {
			t.Error("a code stands in the store")
		}
	})
}

// Two people may not lose what they began at the new place, nor the code by it.
func TestNothingMovesOverADraft(t *testing.T) {
	w := onEmbedded(t)
	w.tell(daughter)
	w.writes(telegram, "Complain")
	w.writes(telegram, "Me")
	code := w.asks(sms)
	own := w.at(telegram).Case.Ref
	w.hasWords(w.writes(telegram, "MOVE "+code), "not sent it yet")
	if w.at(telegram).Case.Ref != own || w.view(daughter).Case == nil {
		t.Error("something moved")
	}
	w.writes(telegram, "DELETE")
	w.writes(telegram, "yes")
	w.hasWords(w.writes(telegram, "MOVE "+code), here)
}

// What a person wrote at the new place before they sent the code is not lost.
func TestFirstWordsAtTheNewPlaceAreKept(t *testing.T) {
	w := onEmbedded(t)
	w.tell(daughter)
	w.say(daughter, "Nobody came all night.")
	w.writes(telegram, "They lost her glasses too.")
	w.hasWords(w.writes(telegram, "MOVE "+w.asks(sms)), here)
	if got := texts(w.timeline(w.at(telegram).Case), bot.AlsoSaid); !slices.Equal(got, []string{"They lost her glasses too."}) {
		t.Errorf("kept beside the story: %q", got)
	}
}

// Words told before there was a case, on both sides, are one story; what was kept
// goes along, so that DELETE there deletes it.
func TestWordsWithoutACaseMove(t *testing.T) {
	w := onEmbedded(t)
	w.say(daughter, "Nobody came all night to see my mother.")
	stop := w.inbound(daughter, "STOP")
	stop.Opt = channels.OptOut
	w.receive(stop)
	back := w.inbound(daughter, "START")
	back.Opt = channels.OptIn
	w.receive(back)
	w.writes(telegram, "They lost her glasses too.")
	w.hasWords(w.writes(telegram, "MOVE "+w.asks(sms)), here)
	st := w.state(telegram)
	if len(st.Early) != 2 || len(w.kept(daughter)) != 0 {
		t.Errorf("%d early words, %d kept behind", len(st.Early), len(w.kept(daughter)))
	}
	kept, err := w.store.Kept(w.ctx, hospital, w.at(telegram).Conversation.ID)
	if err != nil || len(kept) != 1 || kept[0].Text != "STOP" {
		t.Errorf("kept %d: %v", len(kept), err)
	}
}

// What was on its way to the old phone and had not left follows, in order; what the
// provider was being handed is said there.
func TestWhatWaitsFollows(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		c := w.complain(daughter, "Nobody")
		w.update(c.Ref, "We have spoken to the ward.")
		w.hears(daughter)
		code := w.asks(sms)
		w.receive(w.inbound(daughter, "1"))
		w.receive(w.inbound(daughter, "yes"))
		w.receive(w.inbound(daughter, "Thank you."))
		w.receive(w.from(telegram, "MOVE "+code))
		at, old := w.hears(onTelegram), w.hears(daughter)
		w.hasWords(at, "Please write it now", here)
		w.hasWords(old, "We have spoken to the ward.", there)
		if strings.Contains(old, "Please write it now") || strings.Contains(at, "We have spoken") {
			t.Errorf("the old place hears %q, the new %q", old, at)
		}
	})
}

// What staff must see to of somebody who has no case yet goes where they go, with
// the words of both places, and is deleted there with all else.
func TestStaffTasksFollow(t *testing.T) {
	w := onEmbedded(t)
	alarms := 0
	w.bot = w.newBotWith(w.store, librarySet(t), func(o *bot.Options) {
		o.Count = func(what string) {
			if what == "danger" {
				alarms++
			}
		}
	})
	w.say(daughter, "I want to kill myself")
	w.writes(sms, "no")
	w.writes(telegram, "I want to kill myself tonight")
	w.writes(telegram, "no")
	before := alarms
	w.writes(telegram, "MOVE "+w.asks(sms))
	task := w.task(bot.Danger)
	if task == nil || task.Conv != w.at(telegram).Conversation.ID || task.Words != "I want to kill myself\nI want to kill myself tonight" {
		t.Errorf("the task is %+v", task)
	}
	if alarms != before {
		t.Error("the operator is alarmed again")
	}
}

// A complaint that was sent before the one that is being told moves with it: its
// news must not go to the phone that was left.
func TestTheEarlierCaseMovesToo(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.tell(daughter)
	w.say(daughter, "It happened again.")
	w.hasWords(w.writes(telegram, "MOVE "+w.asks(sms)), here, "It happened again")
	w.hears(daughter)
	w.update(c.Ref, "We have spoken to the ward.")
	w.later(11 * time.Minute)
	if got := w.hears(daughter); got != "" {
		t.Errorf("the old phone hears %q", got)
	}
	w.hasWords(w.hears(onTelegram), "there is news")
}

// A patient who is asked whether somebody may act for them goes on elsewhere: their
// answer counts there, and what may not be sent to them any more is not sent there.
func TestAPatientWhoIsAskedMoves(t *testing.T) {
	w, c := asking(t)
	w.hears(mother)
	w.hasWords(w.writes(telegram, "MOVE "+w.asks(place{channels.SMS, smsFrom, mother})), here, "asked them to")
	if got := w.caseOf(daughter); got.Patient != w.at(telegram).Conversation.ID || w.at(telegram).Case != nil {
		t.Error("the case does not know where its patient is")
	}
	w.writes(telegram, "1")
	if got := w.caseOf(daughter); got.Ref != c.Ref || got.Consent != bot.ConsentClaimed {
		t.Errorf("consent %q", got.Consent)
	}
}

// Who has the old phone now, or reads it, must learn nothing by writing from it.
func TestTheOldPhoneLearnsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		c := w.complain(daughter, "Anyone who helps")
		w.writes(telegram, "MOVE "+w.asks(sms))
		w.hears(daughter)
		for _, text := range []string{"STATUS", "1", "Hello", "yes", "CHANGE", "DELETE", "yes"} {
			if got := w.say(daughter, text); strings.Contains(got, string(c.Ref)) || strings.Contains(got, "Nobody came") || strings.Contains(got, "Ade") {
				t.Errorf("%q is answered %q", text, got)
			}
		}
		w.wake(w.bot)
		if got := w.hears(onTelegram); got != "" {
			t.Errorf("the old phone made the new one say %q", got)
		}
		if v := w.at(telegram); v.Case == nil || v.Case.Ref != c.Ref {
			t.Error("the old phone took the case away")
		}
		w.hasWords(w.writes(telegram, "STATUS"), string(c.Ref))
		// And it may come back to the first phone in the same way.
		w.writes(sms, "DELETE")
		w.writes(sms, "yes")
		w.hasWords(w.writes(sms, "MOVE "+w.asks(telegram)), here)
		if v := w.at(sms); v.Case == nil || v.Conversation.MovedTo != "" || w.at(telegram).Conversation.MovedTo != v.Conversation.ID {
			t.Error("the conversation did not come back")
		}
	})
}

// A case of an anonymous person must not show at what moment, and from what, they
// moved: the provider's own records would say who it was.
func TestMovingTellsStaffNothingOfWhoIsAnonymous(t *testing.T) {
	for privacy, want := range map[string]channels.Channel{"Nobody": channels.SMS, "Anyone who helps": channels.Telegram} {
		t.Run(privacy, func(t *testing.T) {
			w := onEmbedded(t)
			c := w.complain(daughter, privacy)
			lines := len(w.timeline(c))
			w.hasWords(w.writes(telegram, "MOVE "+w.asks(sms)), here)
			now := w.at(telegram).Case
			if now.Channel != want || len(w.timeline(now)) != lines {
				t.Errorf("the case says %s, and %d of %d lines", now.Channel, len(w.timeline(now)), lines)
			}
		})
	}
}
