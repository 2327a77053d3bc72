package console_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"heard/bot"
	"heard/bot/console"
	"heard/bot/desk"
	"heard/bot/pagetest"
	"heard/channels"
)

// hearing is a stream that is open.
type hearing struct {
	testing.TB
	lines chan string // closed when the stream is
}

// hears opens the stream of a page.
func (c *colleague) hears(query string) *hearing {
	c.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	c.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/events"+query, nil)
	if err != nil {
		c.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	resp, err := (&http.Client{Jar: c.client.Jar}).Do(req)
	if err != nil {
		c.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		c.Fatalf("status %d for a stream", resp.StatusCode)
	}
	h := &hearing{c.TB, make(chan string, 64)}
	go func() {
		defer resp.Body.Close()
		defer close(h.lines)
		for s := bufio.NewScanner(resp.Body); s.Scan(); {
			if s.Text() != "" {
				h.lines <- s.Text()
			}
		}
	}()
	return h
}

// next is what comes next of an event; "": the stream has ended.
func (h *hearing) next(event string) string {
	h.Helper()
	for at := ""; ; {
		select {
		case line := <-h.lines:
			if data, ok := strings.CutPrefix(line, "data: "); ok && at == event || line == "" {
				return data
			}
			at = strings.TrimPrefix(line, "event: ")
		case <-time.After(pagetest.Patience):
			h.Fatalf("%q was never heard", event)
		}
	}
}

// What comes over the stream says nothing of anybody: a number, and nothing else.
func TestAStreamTellsANumberAlone(t *testing.T) {
	h := newHouse(t, nil)
	sam := h.colleague("sam", desk.Handler)
	all := sam.hears("")
	first := all.next("changed")
	ref := h.complain("They laughed at me.")
	one, none := sam.hears("?case="+ref), sam.hears("?case=H-7K4-MQ2")
	for _, data := range []string{first, all.next("changed"), one.next("changed"), none.next("changed")} {
		if strings.Trim(data, "0123456789") != "" || data == "" {
			t.Errorf("the stream says %q", data)
		}
	}
}

// The stream of a case is for who may see the case, and silent where another changes.
func TestAStreamOfACase(t *testing.T) {
	h := newHouse(t, nil)
	ref := h.complain("They laughed at me.")
	sam, ade := h.colleague("sam", desk.Handler), h.colleague("ade", desk.Lead)
	mine := sam.hears("?case=" + ref)
	before := mine.next("changed")
	all := sam.hears("")
	all.next("changed")
	h.complainAs("+447700900322", "Another matter.", "SEND NOW")
	all.next("changed")
	_, page := ade.get("/cases/" + ref)
	_, page = ade.post("/cases/"+ref+"/take", form(page))
	ade.sees(page, "The case is yours.")
	all.next("changed")
	if after := mine.next("changed"); after == before || len(mine.lines) > 0 {
		t.Errorf("%s came after %s, and %d more", after, before, len(mine.lines))
	}
	barred := desk.Who{Member: "somebody", Roles: []desk.Role{desk.Analyst}}
	for _, who := range []desk.Who{barred, {}} {
		if mark, err := h.desk.CaseMark(context.Background(), who, "H-7K4-MQ2"); mark != 0 || err != nil {
			t.Errorf("mark %d, %v", mark, err)
		}
	}
}

// Who signs out, is signed out, or loses the role hears nothing more: a screen that
// somebody left open must not go on to tell.
func TestAStreamEndsWithTheSession(t *testing.T) {
	h := newHouse(t, func(o *console.Options) { o.SessionLook = 20 * time.Millisecond })
	ctx := context.Background()
	ada := h.colleague("ada", desk.Administrator)
	for name, end := range map[string]func(id bot.MemberID, c *colleague) error{
		"signed-out": func(_ bot.MemberID, c *colleague) error { c.post("/sign-out", nil); return nil },
		"disabled":   func(id bot.MemberID, _ *colleague) error { return h.desk.Disable(ctx, desk.Operator(), id, true) },
		"no-role": func(id bot.MemberID, _ *colleague) error {
			return h.desk.SetRoles(ctx, desk.Operator(), id, []desk.Role{desk.Analyst})
		},
	} {
		t.Run(name, func(t *testing.T) {
			id, c := h.staff(name, "Sam Reed", desk.Handler), h.stranger()
			c.signIn(name, ownPassword)
			s := c.hears("")
			s.next("changed")
			if err := end(id, c); err != nil {
				t.Fatal(err)
			}
			if s.next("ended") == "" {
				t.Error("the stream does not say why it ends")
			}
			if s.next("changed") != "" {
				t.Error("the stream goes on")
			}
		})
	}
	for name, c := range map[string]*colleague{"a stranger": h.stranger(), "who may not see cases": ada} {
		req, err := http.NewRequest(http.MethodGet, c.base+"/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", "text/event-stream")
		resp, err := c.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if body(t, resp); resp.StatusCode != http.StatusUnauthorized && resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s: status %d", name, resp.StatusCode)
		}
	}
}

// Who works on the list while others do loses nothing of what they are at: the focus, what
// they selected, where they had scrolled to, and what they typed; and they are told, once
// and quietly, that there is more.
func TestTheWorkListIsLive(t *testing.T) {
	h := newHouse(t, nil)
	h.staff("sam", "Sam Reed", desk.Handler)
	var refs []string
	for i := range 12 {
		refs = append(refs, h.complainAs(channels.Address(fmt.Sprintf("+4477009007%02d", i)), "Nobody came.", "SEND NOW"))
	}
	b := pagetest.Open(t, 1280, 500)
	b.Visit(h.server.URL + "/desk/try/work")
	signsIn(b, "sam")
	b.Arrives("caption", "12 to do")
	b.Do("type into the filter", chromedp.Click(chromedp.CSS("summary")), chromedp.SendKeys(chromedp.CSS("#words"), "Ward"))
	at := fmt.Sprintf("document.querySelector('a[href$=\"%s\"]')", refs[6])
	pagetest.Evaluate[bool](b, at+`.focus(), `+at+`.scrollIntoView({ block: "center" }), window.was = `+at+`.getBoundingClientRect().top, true`)
	h.complainAs("+447700900798", "I want to die.", "no", "SEND NOW")
	b.Sees(".counts", "14 in all")
	b.Sees("[data-news]", "Danger: read it first. 2 new since you opened this page.")
	same := func(what string) {
		t.Helper()
		if !pagetest.Evaluate[bool](b, at+` === document.activeElement`) {
			t.Errorf("%s: the focus is on %s", what, b.Focused())
		}
		if moved := pagetest.Evaluate[float64](b, at+`.getBoundingClientRect().top - window.was`); moved < -1 || moved > 1 {
			t.Errorf("%s: the page jumped by %v px", what, moved)
		}
		if typed := pagetest.Evaluate[string](b, `document.querySelector("details[open] #words")?.value || "closed"`); typed != "Ward" {
			t.Errorf("%s: the filter holds %q", what, typed)
		}
	}
	same("something came in")
	b.Sees("tbody tr .tag", "New")
	b.Shoot("live-list")
	pagetest.Evaluate[bool](b, `(getSelection().selectAllChildren(`+at+`.closest("tr").querySelector("th")), true)`)
	selected := pagetest.Evaluate[string](b, `getSelection().toString()`)
	h.complainAs("+447700900799", "And again.", "SEND NOW")
	h.acknowledges(refs[2])
	b.Sees("[data-news]", "Something changed.")
	if now := pagetest.Evaluate[string](b, `getSelection().toString()`); now != selected || selected == "" {
		t.Errorf("what was selected is %q, and was %q", now, selected)
	}
	pagetest.Evaluate[bool](b, `(getSelection().removeAllRanges(), true)`)
	b.Becomes("what is done goes", fmt.Sprintf("!document.querySelector('a[href$=\"%s\"]')", refs[2]))
	same("something was done")
	h.acknowledges(refs[6])
	b.Sees("[data-news]", "What you were at is no longer on this list.")
	b.Accessible("a live list")
}

// acknowledges does what there is to do about a new case.
func (h *house) acknowledges(ref string) {
	h.Helper()
	who := desk.Who{Member: "ade", Name: "Ade", Roles: []desk.Role{desk.Lead}}
	if err := h.desk.Acknowledge(context.Background(), who, bot.CaseRef(ref), desk.Form{}, bot.Acknowledgement{Handler: "Ade"}); err != nil {
		h.Fatal(err)
	}
}

// Who reads a case, or writes in one, is told that there is something new, and nothing of
// the page is touched.
func TestACaseSaysThatThereIsSomethingNew(t *testing.T) {
	h := newHouse(t, nil)
	h.staff("sam", "Sam Reed", desk.Handler)
	ref := h.complain("Nobody came when I rang.")
	b := pagetest.Open(t, 320, 640)
	b.Visit(h.server.URL + "/desk/try/cases/" + ref)
	signsIn(b, "sam")
	b.Arrives("h1", ref)
	h.acknowledges(ref)
	b.Sees("[data-news]", "There is something new in this case. Show it")
	b.Do("show it", chromedp.Click(chromedp.CSS("[data-news] a")))
	b.Becomes("it", `document.querySelector("[data-news]")?.innerText === "" && document.querySelector("main").innerText.includes("Ade")`)
	b.Do("write", chromedp.SendKeys(chromedp.CSS("#update"), "We have spo"))
	ade := desk.Who{Member: "ade", Name: "Ade", Roles: []desk.Role{desk.Lead}}
	if err := h.desk.Assign(context.Background(), ade, bot.CaseRef(ref), desk.Form{}, ade.Member, ade.Name); err != nil {
		t.Fatal(err)
	}
	b.Sees("[data-news]", "What you wrote here stays.")
	b.Keys("ken")
	if got := pagetest.Evaluate[string](b, `document.activeElement.id + ": " + document.activeElement.value`); got != "update: We have spoken" {
		t.Errorf("the focus and the box are %q", got)
	}
	if got := pagetest.Evaluate[string](b, `document.querySelector("[data-news] a").target`); got != "_blank" {
		t.Errorf("what is new opens in %q, in place of what was written", got)
	}
	b.Fits()
	b.Shoot("live-case")
	b.Accessible("a case with something new")
}

// A screen that was left open for an hour is not kept signed in by its own script.
func TestALivePageKeepsNobodySignedIn(t *testing.T) {
	h := newHouse(t, nil)
	h.staff("sam", "Sam Reed", desk.Handler)
	b := pagetest.Open(t, 1280, 500)
	b.Visit(h.server.URL + "/desk/try/work")
	signsIn(b, "sam")
	b.Arrives("h1", "What needs you now")
	h.away.Store(int64(59 * time.Minute))
	h.complain("Nobody came.")
	b.Sees(".counts", "1 in all")
	h.away.Store(int64(61 * time.Minute))
	h.complainAs("+447700900322", "Another matter.", "SEND NOW")
	b.Sees("[data-news]", "You are signed out")
}
