package tryout_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"heard/bot"
	"heard/bot/pagetest"
)

// Somebody with a small phone, or with a magnified page, and no mouse can do
// all of it, and always sees where they are.
func TestByKeyboardAloneAt320(t *testing.T) {
	h := newHouse(t, nil)
	b := openBrowser(t, 320, 640)
	b.phone = "sms"
	b.Visit(h.server.URL)
	b.Sees("#panel-sms", "Try complain")
	b.Fits()
	b.TabTo("button tab-sms", false)
	b.Keys(kb.ArrowRight)
	if at := b.Focused(); at != "button tab-whatsapp" {
		t.Fatalf("the arrow key leads to %q, want the next tab", at)
	}
	b.phone = "whatsapp"
	b.TabTo("textarea text-whatsapp", false)
	b.Keys("complain\r")
	b.hears("Who is this about?")
	b.Fits()
	b.TabTo("button someone i care for", true)
	b.mark()
	b.Keys("\r")
	b.hears("Why are you telling us")
	b.TabTo("button choose", false)
	b.Keys("\r")
	b.TabTo("button they asked me to", false)
	b.mark()
	b.Keys("\r")
	b.hears("Where did it happen?")
	b.TabTo("textarea text-whatsapp", false)
	b.types("Ward 6", "When was it?", "skip", "tell us what happened")
	b.types("A_very_long_word_without_a_gap_"+strings.Repeat("abcdefghij", 20), "kept that")
	b.types("send now", "Your reference is")
	b.Sees(".words", "A_very_long_word")
	b.types("done", "put it right", "skip", "Who may know")
	b.TabTo("button nobody", true)
	b.mark()
	b.Keys("\r")
	b.hears("That is with ")
	b.Fits()
	b.TabTo("textarea update-words", false)
	b.mark()
	b.Keys("We have spoken to the ward.")
	b.TabTo("button send the update", false)
	b.Keys("\r")
	b.hears("there is news")
	b.Fits()
}

// types writes a message where the focus is and waits for its answer, in turns.
func (b *browser) types(turns ...string) {
	b.Helper()
	for i := 0; i < len(turns); i += 2 {
		b.mark()
		b.Keys(turns[i] + "\r")
		b.hears(turns[i+1])
	}
}

// What somebody at the desk is writing stays, with the focus in it, whatever
// comes in meanwhile: also a new case.
func TestWhatIsTypedIsNeverOverwritten(t *testing.T) {
	h := newHouse(t, nil)
	ref := h.opened(t, "sms", "Nobody came")
	b := openBrowser(t, 1280, 900)
	b.Visit(h.server.URL)
	b.Sees(".ref", string(ref))
	b.Do("write", chromedp.Click(chromedp.CSS("#update-words")), chromedp.SendKeys(chromedp.CSS("#update-words"), "Half a sen"))
	if err := h.bot.Update(context.Background(), provider, ref, bot.By{Name: "Ade"}, "Words from another desk"); err != nil {
		t.Fatal(err)
	}
	b.Sees(".history", "Words from another desk")
	other := h.opened(t, "telegram", "A second case")
	b.Sees(".cases", string(other))
	b.Keys("tence.")
	if got := pagetest.Evaluate[string](b.Browser, `document.activeElement.id + ": " + document.getElementById("update-words").value`); got != "update-words: Half a sentence." {
		t.Errorf("the focus and the box are %q, want all that was typed", got)
	}
	b.Sees(".ref", string(ref))
	b.Do("look at the other case", chromedp.Click(chromedp.CSS("#case-"+string(other))))
	b.Sees(".ref", string(other))
	if got := pagetest.Evaluate[string](b.Browser, `document.activeElement.id + ": " + document.getElementById("update-words").value`); got != "case-"+string(other)+": " {
		t.Errorf("the focus and the box are %q, want the link and an empty box", got)
	}
	b.Do("and back", chromedp.Click(chromedp.CSS("#case-"+string(ref))))
	b.Becomes("the draft again", `document.getElementById("update-words").value === "Half a sentence."`)
}

// A person who is still at a question is not interrupted, and hears the news
// when they have answered: not after minutes of silence.
func TestNewsWaitsForTheOpenQuestion(t *testing.T) {
	h := newHouse(t, nil)
	person := h.person(t)
	ref := person.sent("sms", "Nobody came")
	if err := h.bot.Update(context.Background(), provider, ref, bot.By{Name: "Ade"}, "We have read it"); err != nil {
		t.Fatal(err)
	}
	person.says("sms", "done", "put it right")
	person.says("sms", "skip", "Who may know")
	person.says("sms", "3", "That is with ")
	person.hears("sms", "there is news for you")
}

// When the program does not take a message, the person reads so, and what they
// wrote is in the box again.
func TestAMessageThatWasNotTakenStaysInTheBox(t *testing.T) {
	h := newHouse(t, nil)
	h.down.Store(true)
	b := openBrowser(t, 320, 640)
	b.phone = "sms"
	b.Visit(h.server.URL)
	b.Sees("#panel-sms", "Try complain")
	b.Do("write", chromedp.SendKeys(chromedp.CSS("#text-sms"), "Nobody came\r"))
	b.Sees("#error-sms", "please send it again")
	if got := pagetest.Evaluate[string](b.Browser, `document.getElementById("text-sms").value`); got != "Nobody came" {
		t.Errorf("the box holds %q", got)
	}
	h.down.Store(false)
	b.writes("")
	b.hears("We have kept your words")
}

// opened lets a person of their own send a case.
func (h *house) opened(t testing.TB, channel, words string) bot.CaseRef {
	t.Helper()
	return h.person(t).sent(channel, words)
}
