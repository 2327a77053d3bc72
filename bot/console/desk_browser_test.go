package console_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"heard/bot/desk"
)

// shoot keeps a picture of the page for who wants to look at it: DESK_PICTURES names
// the folder.
func (b *browser) shoot(name string) {
	b.Helper()
	folder := os.Getenv("DESK_PICTURES")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600); err != nil {
		b.Fatal(err)
	}
}

// arrives waits for a page that says something in a part of it.
func (b *browser) arrives(selector, text string) {
	b.Helper()
	b.becomes(text, fmt.Sprintf(`document.readyState === "complete" && [...document.querySelectorAll(%s)].some((e) => e.checkVisibility() && e.innerText.includes(%s))`,
		quoted(selector), quoted(text)))
}

// becomes waits for an expression to become true. Pages come and go meanwhile: what
// cannot be read of one is asked of the next.
func (b *browser) becomes(what, expression string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
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
			b.Fatalf("never seen: %s\nThe page says:\n%s", what, evaluate[string](b, "document.body.innerText"))
		}
	}
}

// enter presses Enter as a keyboard does: the character does not follow the focus to
// where the key led it, as that of keys would.
func (b *browser) enter() {
	b.Helper()
	b.do("press Enter", chromedp.KeyEvent(kb.Enter, func(p *input.DispatchKeyEventParams) {
		if p.Type == kb.KeyDown {
			p.Type = input.DispatchKeyEventTypeRawKeyDown
		}
	}))
}

// legible fails where a text does not stand out from its ground.
func (b *browser) legible(where string) {
	b.Helper()
	if bad := evaluate[string](b, audit); bad != "" {
		b.Errorf("%s: hard to read:\n%s", where, bad)
	}
}

// Who works by keyboard alone, on a small screen or a magnified page, gets in, is told
// what was wrong where they are, does their work and gets out.
func TestTheDeskByKeyboardAt320(t *testing.T) {
	h := newDeskHouse(t, nil)
	h.staff("ada@hospital.example", "Ada Cole", desk.Administrator, desk.Lead)
	b := openBrowser(t, 320, 640)
	look := func(name string) {
		b.Helper()
		b.fits()
		b.legible(name)
		b.shoot("320-" + name)
	}
	b.visit(h.server.URL + "/desk/")
	b.arrives("h1", "Sign in")
	look("sign-in")
	b.tabTo("a skip to the main part", false)
	b.enter()
	b.tabTo("input login", false)
	b.keys("ada@hospital.example")
	b.tabTo("input password", false)
	b.keys("no such password at all\r")
	b.arrives(".faults", "This is not right.")
	b.becomes("the focus on what was wrong", `document.activeElement.matches(".faults")`)
	look("sign-in-wrong")
	b.tabTo("input password", false)
	b.keys(deskPassword + "\r")
	b.arrives("main", "You are signed in as Ada Cole")
	look("home")
	b.tabTo("a members", false)
	b.enter()
	b.arrives("h1", "Members")
	look("members")
	b.tabTo("a add a member", false)
	b.enter()
	b.arrives("h1", "Add a member")
	b.tabTo("button add the member", false)
	b.enter()
	b.arrives(".faults", "Choose at least one role.")
	look("member-wrong")
	b.tabTo("a write the work e-mail address, or a name, to sign in with.", false)
	b.enter()
	b.becomes("the focus in the field that the summary names", `document.activeElement.id === "login"`)
	b.keys("bo")
	b.tabTo("input name", true)
	b.keys("Bo Lin")
	b.tabTo("input roles-0", false)
	b.keys(" ")
	b.tabTo("button add the member", false)
	b.enter()
	b.arrives("output", "-")
	look("member-given")
	b.tabTo("a audit log", true)
	b.enter()
	b.arrives("table", "add a member")
	look("audit")
	b.tabTo("button sign out", false)
	b.enter()
	b.arrives(".said", "You are signed out.")
	look("signed-out")
}

// With a mouse and a wide screen, and without script: the desk has none here.
func TestTheDeskInAWideWindow(t *testing.T) {
	h := newDeskHouse(t, nil)
	ada := h.staff("ada", "Ada Cole", desk.Administrator)
	h.staff("sam@hospital.example", "Sam Reed", desk.Handler, desk.Guardian)
	b := openBrowser(t, 1280, 900)
	look := func(name string) {
		b.Helper()
		b.legible(name)
		b.shoot("1280-" + name)
	}
	b.visit(h.server.URL + "/desk/try/members")
	b.do("sign in", chromedp.SendKeys(chromedp.CSS("#login"), "ada"), chromedp.SendKeys(chromedp.CSS("#password"), deskPassword),
		chromedp.Click(chromedp.CSS("main button.main")))
	b.arrives("table", "sam@hospital.example")
	look("members")
	b.do("open a member", chromedp.Click(`//a[normalize-space()="Sam Reed"]`))
	b.arrives("h1", "Sam Reed")
	look("member")
	b.do("disable", chromedp.Click(chromedp.CSS("button.danger")))
	b.arrives(".said", "cannot sign in any more")
	look("disabled")
	b.visit(h.server.URL + "/desk/try/audit")
	b.arrives("table", "disable a member")
	look("audit")
	b.visit(h.server.URL + "/desk/try/password")
	b.arrives("h1", "Your account")
	look("account")
	b.visit(h.server.URL + "/desk/try/members/" + string(ada))
	b.arrives("main", "This is you")
	b.do("sign out", chromedp.Click(`//button[normalize-space()="Sign out"]`))
	b.arrives(".said", "You are signed out.")
	look("signed-out")
}
