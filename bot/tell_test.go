package bot_test

import (
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/channels"
)

// telling tells the person of a case something, and wants it taken.
func (w *world) telling(ref bot.CaseRef, t bot.Telling) {
	w.t.Helper()
	if err := w.bot.Tell(w.ctx, hospital, ref, bot.By{Name: "Sam"}, t); err != nil {
		w.t.Fatal(err)
	}
	w.wake(w.bot)
}

// Words that are planned for after the meeting, and read before it, say what has not
// happened: who asks how it stands is not told them either.
func TestWhatIsPlannedIsToldThen(t *testing.T) {
	w := onEmbedded(t)
	c := w.quietly(daughter)
	w.telling(c.Ref, bot.Telling{Words: "We met the ward today.", NotBefore: w.clock.Now().Add(10 * time.Hour)})
	if got := w.say(daughter, "status"); got == "" || offers(got) {
		t.Fatalf("before its time the person hears %q", got)
	}
	w.later(9 * time.Hour)
	if got := w.hears(daughter); got != "" {
		t.Fatalf("an hour before its time the person hears %q", got)
	}
	w.later(time.Hour + time.Minute)
	w.hasWords(w.hears(daughter), "there is news for you")
	w.hasWords(w.say(daughter, "2"), "It waits for you")
	if got := w.say(daughter, "status"); !offers(got) {
		t.Errorf("once they put it off they can ask for it, and hear %q", got)
	}
}

// offers tells whether what a person hears offers them news.
func offers(got string) bool {
	return strings.Contains(got, "there is news") || strings.Contains(got, "We met the ward")
}

// A message that was right yesterday and is wrong today must not go out.
func TestWhatIsPlannedCanBeTakenBack(t *testing.T) {
	w := onEmbedded(t)
	c := w.quietly(daughter)
	w.telling(c.Ref, bot.Telling{Words: "We meet the ward tomorrow.", NotBefore: w.clock.Now().Add(20 * time.Hour)})
	w.telling(c.Ref, bot.Telling{Words: "The matron will ring you."})
	pending := w.news(c.Ref)
	if len(pending) != 2 {
		t.Fatalf("pending: %v", pending)
	}
	by := bot.By{Name: "Sam"}
	w.rejected(w.bot.TakeBack(w.ctx, hospital, c.Ref, by, pending[1].Entry), bot.RejectNotReady, "what is on its way")
	if err := w.bot.TakeBack(w.ctx, hospital, c.Ref, by, pending[0].Entry); err != nil {
		t.Fatal(err)
	}
	w.hasWords(w.hears(daughter), "there is news")
	w.hasWords(w.say(daughter, "1"), "The matron will ring you.")
	w.say(daughter, "no")
	w.later(21 * time.Hour)
	if got := w.hears(daughter); offers(got) {
		t.Errorf("what was taken back is told: %q", got)
	}
	if last := w.lastEntry(w.read(c.Ref)); last.Kind != bot.Noted || last.Of != pending[0].Entry {
		t.Errorf("that it was taken back is not on the timeline: %+v", last)
	}
}

// Planned for after the day that was promised, words would break the promise.
func TestNothingIsPlannedPastThePromise(t *testing.T) {
	w := onEmbedded(t)
	c := w.quietly(daughter)
	by := bot.By{Name: "Sam"}
	late := bot.Telling{Words: "Soon.", NotBefore: w.read(c.Ref).Due.Add(time.Minute)}
	w.rejected(w.bot.Tell(w.ctx, hospital, c.Ref, by, late), bot.RejectLate, "after the promise")
	w.rejected(w.bot.Tell(w.ctx, hospital, c.Ref, by, bot.Telling{Words: "Yn fuan.", Written: "Soon."}), bot.RejectEmpty, "without a translator")
	if n := len(w.news(c.Ref)); n != 0 {
		t.Errorf("%d wait all the same", n)
	}
}

// What was translated is kept in both languages, with who did it: a person who was told
// something else than was meant can show it.
func TestATranslationIsKeptWithItsTranslator(t *testing.T) {
	w := onEmbedded(t)
	c := w.quietly(daughter)
	w.telling(c.Ref, bot.Telling{Words: "Mae'n ddrwg gennym.", About: []int{1}, Written: "We are sorry.", Translator: "Mair Pugh"})
	e := w.lastEntry(w.read(c.Ref))
	if e.Text != "Mae'n ddrwg gennym." || e.Written != "We are sorry." || e.Translator != "Mair Pugh" || len(e.About) != 1 {
		t.Errorf("kept: %+v", e)
	}
	w.hasWords(w.hears(daughter), "news")
	w.hasWords(w.say(daughter, "1"), "Mae'n ddrwg gennym.")
}

// A handler who believes that their words go at once, where only a template may, waits
// for an answer that nobody was asked for. Of who is anonymous it is not told when they
// last had their phone in hand.
func TestHowAPersonCanBeReached(t *testing.T) {
	w := onEmbedded(t)
	reach := func(ref bot.CaseRef) bot.Reach {
		t.Helper()
		r, err := w.bot.Reach(w.ctx, hospital, ref, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	sms := w.complain(daughter, "Nobody")
	if r := reach(sms.Ref); r.Channel != channels.SMS || r.Shut || r.Waits {
		t.Errorf("by SMS: %+v", r)
	}
	anonymous := w.complainAt(whatsApp)
	if r := reach(anonymous); !r.Shut {
		t.Errorf("of who is anonymous the desk sees when they wrote last: %+v", r)
	}
	p := place{channels.WhatsApp, whatsAppFrom, "whatsapp:+447700900222"}
	for _, text := range []string{"Complain", "Me", "Ward 6", "skip", "Nobody came.", "done", "skip", "Anyone who helps", "Ade", "Send"} {
		w.writes(p, text)
	}
	named := w.at(p).Case.Ref
	if r := reach(named); r.Channel != channels.WhatsApp || r.Shut {
		t.Errorf("just after they wrote: %+v", r)
	}
	w.clock.Advance(25 * time.Hour)
	if r := reach(named); !r.Shut {
		t.Errorf("a day after they wrote: %+v", r)
	}
	w.writes(p, "status")
	if r := reach(named); r.Shut {
		t.Errorf("when they wrote again: %+v", r)
	}
	_, err := w.bot.Reach(w.ctx, hospital, "H-7K4-MQ2", time.Time{})
	w.rejected(err, bot.RejectNoCase, "an unknown case")
}
