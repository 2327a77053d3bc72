package bot_test

import (
	"strings"
	"testing"
	"time"

	"heard/bot"
)

// asking is a world in which a daughter complained for her mother, who is asked.
func asking(t *testing.T) (*world, *bot.Case) {
	w := onEmbedded(t)
	w.bot = w.newBotWith(w.store, librarySet(t), func(o *bot.Options) { o.Providers[0].SMS = smsFrom })
	w.about(daughter, "1")
	for _, text := range []string{"yes", "no", "07700 900103"} {
		w.say(daughter, text)
	}
	w.later(time.Second)
	return w, w.caseOf(daughter)
}

// The patient is asked, in words that tell nothing, and their answer is a claim
// that staff verify.
func TestConsentOfThePatient(t *testing.T) {
	for answer, want := range map[string]bot.Consent{"1": bot.ConsentClaimed, "2": bot.ConsentRefused} {
		w, c := asking(t)
		if c.Consent != bot.ConsentAsked {
			t.Fatalf("consent %q", c.Consent)
		}
		heard := w.hears(mother)
		w.hasWords(heard, "asked them to")
		for _, told := range []string{"Ward 6", "complain", string(c.Ref), "St Mary's Hospital"} {
			if strings.Contains(heard, told) {
				t.Errorf("the question to the patient tells %q", told)
			}
		}
		if heard := w.say(mother, "status"); strings.Contains(heard, string(c.Ref)) || strings.Contains(heard, "being looked at") {
			t.Errorf("who has the patient's phone learns of the case: %q", heard)
		}
		w.say(mother, answer)
		if got := w.caseOf(daughter); got.Consent != want || w.task(bot.VerifyConsent) == nil {
			t.Errorf("consent %q, want %q", got.Consent, want)
		}
		if w.view(mother).Conversation.Case != "" {
			t.Error("the patient's conversation has the case")
		}
	}
}

// A number that was typed wrongly belongs to a stranger, who is left alone.
func TestConsentAskedOfAStranger(t *testing.T) {
	w, _ := asking(t)
	w.hears(mother)
	w.say(mother, "3")
	if w.task(bot.WrongNumber) == nil || !w.view(mother).Conversation.Unwanted {
		t.Error("staff do not learn that the number is somebody else's")
	}
	w.say(mother, "complain") // and leaves it at that
	for range 10 {
		w.later(day)
		if heard := w.hears(mother); heard != "" {
			t.Fatalf("the stranger hears %q", heard)
		}
	}
}

// A wrong number once, and a complaint of their own later: they are to hear of it.
func TestOwnComplaintAfterAWrongNumber(t *testing.T) {
	w, _ := asking(t)
	w.hears(mother)
	w.say(mother, "3")
	c := w.quietly(mother)
	w.update(c.Ref, "We have spoken to the ward.")
	w.hasWords(w.hears(mother), "there is news")
}
