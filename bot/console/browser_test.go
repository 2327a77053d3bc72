package console_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browser is a real one, used as a person does: by what is seen, by clicks and
// by keys.
type browser struct {
	testing.TB
	ctx   context.Context
	phone string // the channel of the tab in front
	from  int    // number of the newest line when the last thing was done
}

// patience is how long anything may take to be seen. It is long: machines that
// run tests are slow, and a test that passes never waits for it.
const patience = 30 * time.Second

// openBrowser starts one of a size. Without a browser on the machine the test is
// skipped; in CI it fails.
func openBrowser(t testing.TB, width, height int) *browser {
	t.Helper()
	path := chromium()
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("no chromium here: the page is not shown to work")
		}
		t.Skip("no chromium here: install it to see the page tested in a browser")
	}
	alloc, endAlloc := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(width, height), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true),
	)
	ctx, end := chromedp.NewContext(alloc)
	t.Cleanup(func() { end(); endAlloc() })
	if err := chromedp.Do(ctx); err != nil { // the browser lives as long as this context
		t.Fatalf("start chromium: %v", err)
	}
	b := &browser{TB: t, ctx: ctx}
	b.do("open a page of that size", chromedp.EmulateViewport(int64(width), int64(height)))
	return b
}

func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func (b *browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.Fatalf("%s: %v", what, err)
	}
}

// evaluate reads something of the page.
func evaluate[T any](b *browser, expression string) T {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return v
}

func (b *browser) visit(url string) {
	b.Helper()
	b.do("visit", chromedp.Navigate(url))
}

// until waits for an expression to become true.
func (b *browser) until(what, expression string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience+time.Second)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingInterval(30*time.Millisecond), chromedp.WithPollingTimeout(patience)))
	if err != nil {
		text := evaluate[string](b, "document.body.innerText")
		b.Fatalf("never seen: %s (%v)\nThe page says:\n%s", what, err, text)
	}
}

// sees waits for a text that can be seen within a part of the page.
func (b *browser) sees(selector, text string) {
	b.Helper()
	b.until(text, fmt.Sprintf(`[...document.querySelectorAll(%s)].some((e) => e.checkVisibility() && e.innerText.includes(%s))`, quoted(selector), quoted(text)))
}

func quoted(s string) string {
	q, _ := json.Marshal(s) // a string: cannot fail
	return string(q)
}

// tab takes another phone in hand.
func (b *browser) tab(channel string) {
	b.Helper()
	b.phone, b.from = channel, 0
	b.do("choose the tab", chromedp.Click(chromedp.CSS("#tab-"+channel)))
}

// hears waits for a message that came since the last thing that was done.
func (b *browser) hears(text string) {
	b.Helper()
	b.until(text, fmt.Sprintf(`[...document.querySelectorAll("#panel-%s .line:not(.mine)")].some((l) => l.checkVisibility() && l.dataset.number > %d && l.innerText.includes(%s))`,
		b.phone, b.from, quoted(text)))
}

// mark remembers up to where the person has read.
func (b *browser) mark() {
	b.Helper()
	b.from = evaluate[int](b, fmt.Sprintf(`Math.max(0, ...[...document.querySelectorAll("#panel-%s .line")].map((l) => Number(l.dataset.number)))`, b.phone))
}

// writes types a message and presses Enter.
func (b *browser) writes(text string) {
	b.Helper()
	b.mark()
	box := chromedp.CSS("#text-" + b.phone)
	b.do("write", chromedp.Click(box), chromedp.SendKeys(box, text+"\r"))
}

// taps clicks the newest button that says this.
func (b *browser) taps(label string) {
	b.Helper()
	b.mark()
	b.do("tap "+label, chromedp.Click(fmt.Sprintf(`(//*[@id="panel-%s"]//*[@class="log"]//button[normalize-space()=%q])[last()]`, b.phone, label)))
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
	b.do("write at the desk",
		chromedp.Click(chromedp.CSS("#"+box+"-words")), chromedp.SendKeys(chromedp.CSS("#"+box+"-words"), words),
		chromedp.Click(fmt.Sprintf(`//*[@id="form-%s"]//button[normalize-space()=%q]`, box, button)))
}
