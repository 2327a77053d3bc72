package bot_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/channels"
)

func enrolling(t *testing.T, quiet bool) *world {
	t.Helper()
	w := onEmbedded(t)
	w.bot = w.newBotWith(w.store, librarySet(t), func(o *bot.Options) {
		o.Providers[0].SMS = smsFrom
		if quiet {
			o.Providers[0].Quiet = bot.Hours{From: 20 * time.Hour, To: 8 * time.Hour}
		}
	})
	return w
}

func (w *world) enrol(number string) bot.Welcome {
	w.t.Helper()
	is, err := w.bot.Enrol(w.ctx, hospital, bot.By{Member: "ann"}, bot.Enrolment{Number: number})
	if err != nil {
		w.t.Fatal(err)
	}
	w.wake(w.bot)
	return is
}

// Who begins to be cared for hears once, without a word of where, that they can write
// to us; and can say that they want no such messages.
func TestEnrolledOnce(t *testing.T) {
	w := enrolling(t, false)
	if is := w.enrol(string(daughter)); is != bot.Welcomed {
		t.Fatal(is)
	}
	heard := w.hears(daughter)
	w.hasWords(heard, "you can write to us")
	for _, told := range []string{"Hospital", "complain", "Ward"} {
		if strings.Contains(heard, told) {
			t.Errorf("the welcome tells %q", told)
		}
	}
	if is := w.enrol(string(daughter)); is != bot.WelcomedBefore {
		t.Error(is)
	}
	w.hasWords(w.say(daughter, "1"), "right to complain")
	if is := w.enrol(string(daughter)); is != bot.WelcomedBefore {
		t.Error(is)
	}
	for range 10 {
		w.later(day)
		if heard := w.hears(daughter); heard != "" {
			t.Errorf("again: %q", heard)
		}
	}
}

// Nobody is welcomed who left, who knows us, or who said that it is not their number.
func TestNotEnrolled(t *testing.T) {
	w := enrolling(t, false)
	in := w.inbound(daughter, "STOP")
	in.Opt = channels.OptOut
	w.receive(in)
	w.quietly(neighbor)
	for number, want := range map[string]bot.Welcome{string(daughter): bot.WantsNone, string(neighbor): bot.KnownAlready} {
		if is := w.enrol(number); is != want {
			t.Errorf("%v, want %v", is, want)
		}
	}
	if is := w.enrol(string(mother)); is != bot.Welcomed {
		t.Error(is)
	}
	w.hears(mother)
	w.say(mother, "3")
	if is := w.enrol(string(mother)); is != bot.WelcomedBefore {
		t.Error(is)
	}
	_, err := w.bot.Enrol(w.ctx, hospital, bot.By{}, bot.Enrolment{Number: "020 7946 0000"})
	if rejected := new(bot.Rejection); !errors.As(err, &rejected) || rejected.Code != bot.RejectNumber {
		t.Errorf("a landline: %v", err)
	}
}

// A list that is uploaded at night wakes nobody.
func TestEnrolledAtNight(t *testing.T) {
	w := enrolling(t, true)
	w.sleep(time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC))
	w.enrol(string(daughter))
	if heard := w.hears(daughter); heard != "" {
		t.Fatalf("at 11pm: %q", heard)
	}
	w.pass(time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), time.Hour)
	w.hasWords(w.hears(daughter), "you can write to us")
}
