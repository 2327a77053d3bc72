package console_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"heard/bot/desk"
	"heard/bot/pagetest"
)

// Who cannot see the page, or cannot use a mouse, works in complaints too.
func TestEveryPageOfTheDeskIsAccessible(t *testing.T) {
	h := newHouse(t, nil)
	ref := h.complain("My mother waited two hours for her tea.", "And nobody came when she rang.")
	sam := h.colleague("sam", desk.Handler)
	h.staff("ada@hospital.example", "Ada Cole", desk.Roles()...)
	hook := h.failedWebhook(ref)
	token, _, err := h.desk.AddToken(t.Context(), desk.Operator(), "Complaints system", []desk.Permission{desk.SeeCases}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	h.answered()
	for _, width := range []int{320, 1280} {
		b := pagetest.Open(t, width, 900)
		look := func(name string) {
			b.Helper()
			where := fmt.Sprint(width, " ", name)
			b.Accessible(where)
			if width == 320 {
				b.Fits()
			}
			b.Shoot(where)
		}
		at := h.server.URL + "/desk/" + string(provider)
		b.Visit(at + "/")
		b.Arrives("h1", "Sign in")
		look("sign-in")
		signsIn(b, "ada@hospital.example")
		b.Arrives("h1", "What needs you now")
		look("front")
		for _, one := range []struct{ path, title string }{
			{"/work", "What needs you now"}, {"/manage", "Manage"}, {"/work?kind=overdue", "What needs you now"}, {"/cases", "All cases"}, {"/cases/" + ref, "Case " + ref},
			{"/cases/H-7K4-MQ2", "Not found"}, {"/members", "Members"}, {"/members/new", "Add a member"}, {"/audit", "Audit log"},
			{"/audit?did=sign", "Audit log"}, {"/audit?case=x", "Audit log"}, {"/tokens", "Programs"}, {"/tokens/new", "Make a token"}, {"/tokens/" + token.ID, "Complaints system"},
			{"/webhooks", "Webhooks"}, {"/webhooks/new", "Add a webhook"}, {"/webhooks/" + hook.ID, "Webhook to "}, {"/reports", "What people say"},
			{"/reports?table=channel", "What people say"}, {"/reports/ko41a", "KO41a"}, {"/reports/regulation18", "regulation 18"}, {"/password", ""},
			{"/search", "Find a case"}, {"/away", "Who is away"},
		} {
			b.Visit(at + one.path)
			b.Arrives("h1", one.title)
			look(strings.ReplaceAll(one.path[1:], "/", " "))
		}
		b.Visit(at + "/cases/" + ref)
		b.Arrives("h1", ref)
		b.Do("send nothing", chromedp.Click(`//button[normalize-space()="Send the update"]`))
		b.Arrives(".faults", "Write what the person should read.")
		look("case-wrong")
		b.Do("preview", chromedp.SendKeys(chromedp.CSS("#update"), "We have spoken to the ward."), chromedp.Click(`//button[normalize-space()="Preview"]`))
		b.Arrives(".preview", "2 texts in all")
		look("case-preview")
		b.Visit(at + "/cases/" + ref + "?open=others")
		b.Arrives("#others", "Ask for a statement")
		b.Do("find", chromedp.SendKeys(chromedp.CSS("#find"), "tea\r"))
		b.Arrives("h2", "1 place found")
		look("found")
		_, page := sam.get("/cases/" + ref)
		_, asked := sam.post("/cases/"+ref+"/ask", form(page, "ask_of", "Ward manager", "ask_question", "Who was on duty?", "ask_day", time.Now().AddDate(0, 0, 9).Format(time.DateOnly)))
		_, link, _ := strings.Cut(asked, `<output class="code">`)
		link, _, _ = strings.Cut(link, "<")
		b.Visit(h.server.URL + link)
		b.Arrives("h1", "A question for you")
		look("statement")
		b.Visit(at + "/cases/" + ref + "?open=others")
		b.Arrives("#others", "An answer came another way")
		look("case-asked")
	}
}
