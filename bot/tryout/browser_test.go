package tryout_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"heard/bot/pagetest"
)

// browser has the page with the phones open.
type browser struct {
	*pagetest.Browser
	phone string // the channel of the tab in front
	from  int    // number of the newest line when the last thing was done
}

func openBrowser(t testing.TB, width, height int) *browser {
	t.Helper()
	return &browser{Browser: pagetest.Open(t, width, height)}
}

// tab takes another phone in hand.
func (b *browser) tab(channel string) {
	b.Helper()
	b.phone, b.from = channel, 0
	b.Do("choose the tab", chromedp.Click(chromedp.CSS("#tab-"+channel)))
}

// hears waits for a message that came since the last thing that was done.
func (b *browser) hears(text string) {
	b.Helper()
	b.Becomes(text, fmt.Sprintf(`[...document.querySelectorAll("#panel-%s .line:not(.mine)")].some((l) => l.checkVisibility() && l.dataset.number > %d && l.innerText.includes(%s))`,
		b.phone, b.from, pagetest.Quoted(text)))
}

// mark remembers up to where the person has read.
func (b *browser) mark() {
	b.Helper()
	b.from = pagetest.Evaluate[int](b.Browser, fmt.Sprintf(`Math.max(0, ...[...document.querySelectorAll("#panel-%s .line")].map((l) => Number(l.dataset.number)))`, b.phone))
}

// writes types a message and presses Enter.
func (b *browser) writes(text string) {
	b.Helper()
	b.mark()
	box := chromedp.CSS("#text-" + b.phone)
	b.Do("write", chromedp.Click(box), chromedp.SendKeys(box, text+"\r"))
}

// taps clicks the newest button that says this.
func (b *browser) taps(label string) {
	b.Helper()
	b.mark()
	b.Do("tap "+label, chromedp.Click(fmt.Sprintf(`(//*[@id="panel-%s"]//*[@class="log"]//button[normalize-space()=%q])[last()]`, b.phone, label)))
}

// chooses opens the newest list and takes a row.
func (b *browser) chooses(label string) {
	b.Helper()
	b.taps("Choose")
	b.taps(label)
}

// tells writes into a box of the desk and presses its button.
func (b *browser) tells(box, words, button string) {
	b.Helper()
	b.mark()
	b.Do("write at the desk",
		chromedp.Click(chromedp.CSS("#"+box+"-words")), chromedp.SendKeys(chromedp.CSS("#"+box+"-words"), words),
		chromedp.Click(fmt.Sprintf(`//*[@id="form-%s"]//button[normalize-space()=%q]`, box, button)))
}
