package console_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"heard/bot/desk"
)

// axe is axe-core's script: HEARD_AXE names its file. In CI it must be there.
func axe(t testing.TB) string {
	t.Helper()
	path := os.Getenv("HEARD_AXE")
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("HEARD_AXE names no file: the pages are not shown to be accessible")
		}
		t.Skip("HEARD_AXE names no file: npm install axe-core, and name its axe.min.js")
	}
	script, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// accessible fails where axe-core finds something on the page, with every part of it
// open. It runs from outside the page, so that the page's own policy stays as it is.
func (b *browser) accessible(script, where string) {
	b.Helper()
	b.becomes("the whole page", `(document.querySelectorAll("details").forEach((d) => d.open = true), true)`)
	evaluate[bool](b, script+`; delete window.found; axe.run().then((r) => { window.found = r.violations.map((v) => v.id + ": " + v.help + " " +
		v.nodes.map((n) => n.html).join(" | ")).join("\n"); }, (e) => { window.found = "axe failed: " + e; }); true`)
	b.becomes("what axe found", `typeof window.found === "string"`)
	if found := evaluate[string](b, `window.found`); found != "" {
		b.Errorf("%s:\n%s", where, found)
	}
}

// Who cannot see the page, or cannot use a mouse, works in complaints too.
func TestEveryPageOfTheDeskIsAccessible(t *testing.T) {
	script := axe(t)
	h := newDeskHouse(t, nil)
	ref := h.complain("My mother waited two hours for her tea.", "And nobody came when she rang.")
	h.staff("ada@hospital.example", "Ada Cole", desk.Roles()...)
	for _, width := range []int{320, 1280} {
		b := openBrowser(t, width, 900)
		look := func(name string) {
			b.Helper()
			where := fmt.Sprint(width, " ", name)
			b.accessible(script, where)
			if width == 320 {
				b.fits()
			}
			b.shoot(where)
		}
		at := h.server.URL + "/desk/" + string(provider)
		b.visit(at + "/")
		b.arrives("h1", "Sign in")
		look("sign-in")
		b.do("sign in", chromedp.SendKeys(chromedp.CSS("#login"), "ada@hospital.example"), chromedp.SendKeys(chromedp.CSS("#password"), deskPassword+"\r"))
		b.arrives("main", "You are signed in as Ada Cole")
		look("home")
		for _, one := range []struct{ path, title string }{
			{"/work", "What needs you now"}, {"/work?kind=overdue", "What needs you now"}, {"/cases", "All cases"}, {"/cases/" + ref, "Case " + ref},
			{"/cases/H-7K4-MQ2", "Not found"}, {"/members", "Members"}, {"/members/new", "Add a member"}, {"/audit", "Audit log"}, {"/password", ""},
		} {
			b.visit(at + one.path)
			b.arrives("h1", one.title)
			look(strings.ReplaceAll(one.path[1:], "/", " "))
		}
		b.visit(at + "/cases/" + ref)
		b.arrives("h1", ref)
		b.do("send nothing", chromedp.Click(`//button[normalize-space()="Send the update"]`))
		b.arrives(".faults", "Write what the person should read.")
		look("case-wrong")
		b.do("preview", chromedp.SendKeys(chromedp.CSS("#update"), "We have spoken to the ward."), chromedp.Click(`//button[normalize-space()="Preview"]`))
		b.arrives(".preview", "2 texts in all")
		look("case-preview")
	}
}
