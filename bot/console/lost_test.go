package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"heard/bot/desk"
)

// Lunch was longer than the session: every field that was typed is still there, after a
// mistyped password too, and the way leads back to the page.
func TestWhatWasTypedComesThroughTheSignIn(t *testing.T) {
	h := newHouse(t, nil)
	at := "/cases/" + h.complain("Nobody came when I rang.")
	sam := h.colleague("sam", desk.Handler)
	_, page := sam.get(at)
	f := form(page, "new_day", "2099-01-04", "new_why", "Slow", "new_words", "First line\nsecond <line>")
	sam.post("/sign-out", nil)
	status, page := sam.post(at+"/redate", f)
	const day, why, words = "<dt>New day</dt><dd><pre class=\"typed\">2099-01-04</pre>", "<dt>Why the day changes</dt><dd><pre class=\"typed\">Slow</pre>", "First line\nsecond &lt;line&gt;</pre>"
	back := at + "?open=dates"
	sam.sees(page, "You are not signed in", day, why, words, `name="to" value="/desk/try`+back+`"`)
	if status != http.StatusUnauthorized || strings.Contains(page, ">"+f.Get("turn")+"<") {
		t.Errorf("status %d, or what nobody typed is shown", status)
	}
	again := url.Values{"login": {"sam"}, "to": {"/desk/try" + back}, "lost-new_day": {"2099-01-04"}, "lost-new_why": {"Slow"}, "lost-new_words": {"First line\nsecond <line>"}}
	again.Set("password", "not this one")
	_, page = sam.post("/sign-in", again)
	sam.sees(page, "This is not right", day, why, words, `name="lost-new_why" value="Slow"`)
	again.Set("password", ownPassword)
	_, page = sam.post("/sign-in", again)
	sam.sees(page, "What you wrote was not sent", day, why, words, `href="/desk/try`+back+`"`)
	_, page = sam.get(back)
	if sam.sees(page, "Case H-"); strings.Contains(page, "Slow") {
		t.Error("it was done")
	}
	again.Set("to", "https://elsewhere.example/")
	_, page = sam.post("/sign-in", again)
	if sam.sees(page, `href="/desk/try/"`); strings.Contains(page, "elsewhere") {
		t.Error("it leads to another site")
	}
}

// A task's form leads back to that task, and one of a page of its own to that page.
func TestTheSignInLeadsToThePageOfAForm(t *testing.T) {
	h := newHouse(t, nil)
	ref := h.complain("Nobody came when I rang.")
	c := h.stranger()
	for path, want := range map[string]string{
		"/cases/" + ref + "/update": "/cases/" + ref, "/cases/" + ref + "/told": "/cases/" + ref + "/told", "/task/done": "/task?task=" + ref + "%2Facknowledge",
		"/search": "/search", "/away": "/away", "/back": "/", "/cases/" + ref + "/link": "/cases/" + ref + "?open=same",
	} {
		_, page := c.post(path, url.Values{"task": {ref + "/acknowledge"}, "how": {"Rang"}})
		c.sees(page, `name="to" value="/desk/try`+want+`"`)
	}
}
