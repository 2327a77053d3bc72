package pagetest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Browser is a window of a real one. What it does fails the test where it cannot.
type Browser struct {
	testing.TB
	Context context.Context // of chromedp
}

// Patience is how long anything may take to be seen. It is long: machines that
// run tests are slow, and a test that passes never waits for it.
const Patience = 30 * time.Second

// Open starts one of a size. Without a browser on the machine the test is
// skipped; in CI it fails.
func Open(t testing.TB, width, height int) *Browser {
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
	b := &Browser{TB: t, Context: ctx}
	b.Do("open a page of that size", chromedp.EmulateViewport(int64(width), int64(height)))
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

// Do takes steps, which what names where one fails.
func (b *Browser) Do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context, Patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.Fatalf("%s: %v", what, err)
	}
}

// Evaluate reads something of the page.
func Evaluate[T any](b *Browser, expression string) T {
	b.Helper()
	v, err := chromedp.Run(b.Context, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return v
}

// Visit opens a page.
func (b *Browser) Visit(url string) {
	b.Helper()
	b.Do("visit", chromedp.Navigate(url))
}

// Sees waits for a text that can be seen within a part of the page.
func (b *Browser) Sees(selector, text string) {
	b.Helper()
	b.Becomes(text, fmt.Sprintf(`[...document.querySelectorAll(%s)].some((e) => e.checkVisibility() && e.innerText.includes(%s))`, Quoted(selector), Quoted(text)))
}

// Arrives is Sees on a page that is there whole.
func (b *Browser) Arrives(selector, text string) {
	b.Helper()
	b.Becomes(text, fmt.Sprintf(`document.readyState === "complete" && [...document.querySelectorAll(%s)].some((e) => e.checkVisibility() && e.innerText.includes(%s))`,
		Quoted(selector), Quoted(text)))
}

// Becomes waits for an expression to become true. Pages come and go meanwhile: what
// cannot be read of one is asked of the next.
func (b *Browser) Becomes(what, expression string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context, Patience)
	defer cancel()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for {
		if there, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); err == nil && there {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			b.Fatalf("never seen: %s\nThe page says:\n%s", what, Evaluate[string](b, "document.body.innerText"))
		}
	}
}

// Quoted is a text as the page's script reads it.
func Quoted(s string) string {
	q, _ := json.Marshal(s) // a string: cannot fail
	return string(q)
}

// Shoot keeps a picture of the page for who wants to look at it: DESK_PICTURES names
// the folder.
func (b *Browser) Shoot(name string) {
	b.Helper()
	folder := os.Getenv("DESK_PICTURES")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(b.Context, chromedp.FullScreenshot(100))
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600); err != nil {
		b.Fatal(err)
	}
}
