package pagetest

import (
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Keys presses keys where the focus is.
func (b *Browser) Keys(keys string) {
	b.Helper()
	b.Do("press keys", chromedp.KeyEvent(keys))
}

// Enter presses Enter as a keyboard does: the character does not follow the focus to
// where the key led it, as that of Keys would.
func (b *Browser) Enter() {
	b.Helper()
	b.Do("press Enter", chromedp.KeyEvent(kb.Enter, func(p *input.DispatchKeyEventParams) {
		if p.Type == kb.KeyDown {
			p.Type = input.DispatchKeyEventTypeRawKeyDown
		}
	}))
}

// Focused is what the focus is on, in a few words: "button Send", "textarea".
func (b *Browser) Focused() string {
	b.Helper()
	return Evaluate[string](b, `(() => { const e = document.activeElement; if (e === document.body) return "body"; return (e.tagName + " " + (e.id || e.innerText || e.className)).toLowerCase().trim(); })()`)
}

// TabTo presses Tab (or Shift and Tab) until the focus is where it says, and
// fails where the focus cannot be seen on the way.
func (b *Browser) TabTo(want string, back bool) {
	b.Helper()
	for range 60 {
		key := chromedp.KeyEvent(kb.Tab)
		if back {
			key = chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift))
		}
		b.Do("press Tab", key)
		at := b.Focused()
		if ring := Evaluate[string](b, `getComputedStyle(document.activeElement).outlineStyle`); ring == "none" && at != "body" {
			b.Errorf("the focus cannot be seen on %q", at)
		}
		if at == want {
			return
		}
	}
	b.Fatalf("the focus never came to %q", want)
}
