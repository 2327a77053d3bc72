package console_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"heard/bot"
)

// keys presses keys where the focus is.
func (b *browser) keys(keys string) {
	b.Helper()
	b.do("press keys", chromedp.KeyEvent(keys))
}

// focused is what the focus is on, in a few words: "button Send", "textarea".
func (b *browser) focused() string {
	b.Helper()
	return evaluate[string](b, `(() => { const e = document.activeElement; if (e === document.body) return "body"; return (e.tagName + " " + (e.id || e.innerText || e.className)).toLowerCase().trim(); })()`)
}

// tabTo presses Tab (or Shift and Tab) until the focus is where it says, and
// fails where the focus cannot be seen on the way.
func (b *browser) tabTo(want string, back bool) {
	b.Helper()
	for range 60 {
		key := chromedp.KeyEvent(kb.Tab)
		if back {
			key = chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift))
		}
		b.do("press Tab", key)
		at := b.focused()
		if ring := evaluate[string](b, `getComputedStyle(document.activeElement).outlineStyle`); ring == "none" && at != "body" {
			b.Errorf("the focus cannot be seen on %q", at)
		}
		if at == want {
			return
		}
	}
	b.Fatalf("the focus never came to %q", want)
}

// fits fails where something sticks out of the window.
func (b *browser) fits() {
	b.Helper()
	wide := evaluate[string](b, `[...document.querySelectorAll("body *")].filter((e) => e.checkVisibility() && !e.closest(".hidden, .skip") && e.getBoundingClientRect().right > innerWidth + 0.5)
		.map((e) => e.tagName + "." + e.className).slice(0, 5).join(" ")`)
	if wide != "" {
		b.Errorf("sticks out of the window: %s", wide)
	}
	if width := evaluate[int](b, "document.documentElement.scrollWidth"); width > 320 {
		b.Errorf("the page is %d px wide in a window of 320", width)
	}
}

// Somebody with a small phone, or with a magnified page, and no mouse can do
// all of it, and always sees where they are.
func TestByKeyboardAloneAt320(t *testing.T) {
	h := newHouse(t, nil)
	b := openBrowser(t, 320, 640)
	b.phone = "sms"
	b.visit(h.server.URL)
	b.sees("#panel-sms", "Try complain")
	b.fits()
	b.tabTo("button tab-sms", false)
	b.keys(kb.ArrowRight)
	if at := b.focused(); at != "button tab-whatsapp" {
		t.Fatalf("the arrow key leads to %q, want the next tab", at)
	}
	b.phone = "whatsapp"
	b.tabTo("textarea text-whatsapp", false)
	b.keys("complain\r")
	b.hears("Who is this about?")
	b.fits()
	b.tabTo("button someone i care for", true)
	b.mark()
	b.keys("\r")
	b.hears("Why are you telling us")
	b.tabTo("button choose", false)
	b.keys("\r")
	b.tabTo("button they asked me to", false)
	b.mark()
	b.keys("\r")
	b.hears("Where did it happen?")
	b.tabTo("textarea text-whatsapp", false)
	b.types("Ward 6", "When was it?", "skip", "tell us what happened")
	b.types("A_very_long_word_without_a_gap_"+strings.Repeat("abcdefghij", 20), "kept that")
	b.types("send now", "Your reference is")
	b.sees(".words", "A_very_long_word")
	b.types("done", "put it right", "skip", "Who may know")
	b.tabTo("button nobody", true)
	b.mark()
	b.keys("\r")
	b.hears("That is with ")
	b.fits()
	b.tabTo("textarea update-words", false)
	b.mark()
	b.keys("We have spoken to the ward.")
	b.tabTo("button send the update", false)
	b.keys("\r")
	b.hears("there is news")
	b.fits()
}

// types writes a message where the focus is and waits for its answer, in turns.
func (b *browser) types(turns ...string) {
	b.Helper()
	for i := 0; i < len(turns); i += 2 {
		b.mark()
		b.keys(turns[i] + "\r")
		b.hears(turns[i+1])
	}
}

// What somebody at the desk is writing stays, with the focus in it, whatever
// comes in meanwhile: also a new case.
func TestWhatIsTypedIsNeverOverwritten(t *testing.T) {
	h := newHouse(t, nil)
	ref := h.opened(t, "sms", "Nobody came")
	b := openBrowser(t, 1280, 900)
	b.visit(h.server.URL)
	b.sees(".ref", string(ref))
	b.do("write", chromedp.Click(chromedp.CSS("#update-words")), chromedp.SendKeys(chromedp.CSS("#update-words"), "Half a sen"))
	if err := h.bot.Update(context.Background(), provider, ref, bot.By{Name: "Ade"}, "Words from another desk"); err != nil {
		t.Fatal(err)
	}
	b.sees(".history", "Words from another desk")
	other := h.opened(t, "telegram", "A second case")
	b.sees(".cases", string(other))
	b.keys("tence.")
	if got := evaluate[string](b, `document.activeElement.id + ": " + document.getElementById("update-words").value`); got != "update-words: Half a sentence." {
		t.Errorf("the focus and the box are %q, want all that was typed", got)
	}
	b.sees(".ref", string(ref))
	b.do("look at the other case", chromedp.Click(chromedp.CSS("#case-"+string(other))))
	b.sees(".ref", string(other))
	if got := evaluate[string](b, `document.activeElement.id + ": " + document.getElementById("update-words").value`); got != "case-"+string(other)+": " {
		t.Errorf("the focus and the box are %q, want the link and an empty box", got)
	}
	b.do("and back", chromedp.Click(chromedp.CSS("#case-"+string(ref))))
	b.until("the draft again", `document.getElementById("update-words").value === "Half a sentence."`)
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
	b.visit(h.server.URL)
	b.sees("#panel-sms", "Try complain")
	b.do("write", chromedp.SendKeys(chromedp.CSS("#text-sms"), "Nobody came\r"))
	b.sees("#error-sms", "please send it again")
	if got := evaluate[string](b, `document.getElementById("text-sms").value`); got != "Nobody came" {
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
