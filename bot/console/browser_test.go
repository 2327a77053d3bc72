package console_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"heard/bot/desk"
	"heard/bot/pagetest"
)

// Who works by keyboard alone, on a small screen or a magnified page, gets in, is told
// what was wrong where they are, does their work and gets out.
func TestTheDeskByKeyboardAt320(t *testing.T) {
	h := newHouse(t, nil)
	h.staff("ada@hospital.example", "Ada Cole", desk.Administrator, desk.Lead)
	b := pagetest.Open(t, 320, 640)
	look := func(name string) {
		b.Helper()
		b.Fits()
		b.Legible(name)
		b.Shoot("320-" + name)
	}
	b.Visit(h.server.URL + "/desk/")
	b.Arrives("h1", "Sign in")
	look("sign-in")
	b.TabTo("a skip to the main part", false)
	b.Enter()
	b.TabTo("input login", false)
	b.Keys("ada@hospital.example")
	b.TabTo("input password", false)
	b.Keys("no such password at all\r")
	b.Arrives(".faults", "This is not right.")
	b.Becomes("the focus on what was wrong", `document.activeElement.matches(".faults")`)
	look("sign-in-wrong")
	b.TabTo("input password", false)
	b.Keys(ownPassword + "\r")
	b.Arrives("h1", "What needs you now")
	look("front")
	b.TabTo("a manage", false)
	b.Enter()
	b.Arrives("h1", "Manage")
	b.TabTo("a members", false)
	b.Enter()
	b.Arrives("h1", "Members")
	look("members")
	b.TabTo("a add a member", false)
	b.Enter()
	b.Arrives("h1", "Add a member")
	b.TabTo("button add the member", false)
	b.Enter()
	b.Arrives(".faults", "Choose at least one role.")
	look("member-wrong")
	b.TabTo("a write the work e-mail address, or a name, to sign in with.", false)
	b.Enter()
	b.Becomes("the focus in the field that the summary names", `document.activeElement.id === "login"`)
	b.Keys("bo")
	b.TabTo("input name", true)
	b.Keys("Bo Lin")
	b.TabTo("input roles-0", false)
	b.Keys(" ")
	b.TabTo("button add the member", false)
	b.Enter()
	b.Arrives("output", "-")
	look("member-given")
	b.TabTo("a manage", true)
	b.Enter()
	b.Arrives("h1", "Manage")
	b.TabTo("a audit log", false)
	b.Enter()
	b.Arrives("table", "add a member")
	look("audit")
	b.TabTo("button sign out", false)
	b.Enter()
	b.Arrives(".said", "You are signed out.")
	look("signed-out")
}

// With a mouse and a wide screen, and without script: the desk has none here.
func TestTheDeskInAWideWindow(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.staff("ada", "Ada Cole", desk.Administrator)
	h.staff("sam@hospital.example", "Sam Reed", desk.Handler, desk.Guardian)
	b := pagetest.Open(t, 1280, 900)
	look := func(name string) {
		b.Helper()
		b.Legible(name)
		b.Shoot("1280-" + name)
	}
	b.Visit(h.server.URL + "/desk/try/members")
	b.Do("sign in", chromedp.SendKeys(chromedp.CSS("#login"), "ada"), chromedp.SendKeys(chromedp.CSS("#password"), ownPassword),
		chromedp.Click(chromedp.CSS("main button.main")))
	b.Arrives("table", "sam@hospital.example")
	look("members")
	b.Do("open a member", chromedp.Click(`//a[normalize-space()="Sam Reed"]`))
	b.Arrives("h1", "Sam Reed")
	look("member")
	b.Do("disable", chromedp.Click(chromedp.CSS("button.danger")))
	b.Arrives(".said", "cannot sign in any more")
	look("disabled")
	b.Visit(h.server.URL + "/desk/try/audit")
	b.Arrives("table", "disable a member")
	look("audit")
	b.Visit(h.server.URL + "/desk/try/password")
	b.Arrives("h1", "Your account")
	look("account")
	b.Visit(h.server.URL + "/desk/try/members/" + string(ada))
	b.Arrives("main", "This is you")
	b.Do("sign out", chromedp.Click(`//button[normalize-space()="Sign out"]`))
	b.Arrives(".said", "You are signed out.")
	look("signed-out")
}
