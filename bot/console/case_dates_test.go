package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"heard/bot/desk"
)

// acknowledged is the page of a case of which its person has heard.
func acknowledged(c *colleague, at string) string {
	c.Helper()
	_, page := c.get(at)
	_, page = c.post(at+"/acknowledge", form(page, "handler", choice(c, page, "handler", "Sam Reed")))
	c.sees(page, "The acknowledgement is on its way.")
	return page
}

// choice is the value of an option of a page.
func choice(t testing.TB, page, field, label string) string {
	t.Helper()
	_, list, _ := strings.Cut(page, `<select id="`+field+`"`)
	list, _, _ = strings.Cut(list, "</select>")
	found := regexp.MustCompile(`<option value="([^"]+)"( selected)?>` + label + `</option>`).FindStringSubmatch(list)
	if found == nil {
		t.Fatalf("%s cannot be chosen", label)
	}
	return found[1]
}

// Whoever waits is told what for, and by when they hear all the same; and staff see on
// the list and on the case that it waits.
func TestACaseWaitsAndGoesOn(t *testing.T) {
	h := newHouse(t, nil)
	at := "/cases/" + h.complain("Nobody came when I rang.")
	sam := h.colleague("sam", desk.Handler)
	if _, page := sam.get(at); strings.Contains(page, "It must wait for somebody") {
		t.Error("the law's clock can be stopped")
	}
	page := acknowledged(sam, at)
	sam.sees(page, "It must wait for somebody", "Sooner: tell them")
	status, got := sam.post(at+"/pause", form(page, "wait_words", "We ask the police first."))
	sam.sees(got, "Choose what it waits for.", "We ask the police first.</textarea>")
	if status != http.StatusUnprocessableEntity || !isOpen(got, "wait") {
		t.Errorf("for nothing: status %d", status)
	}
	_, page = sam.post(at+"/pause", form(page, "wait_for", "police", "wait_why", "They asked us to wait", "wait_day", "2099-01-04"))
	sam.sees(page, "It waits now.", "It waits for the police", "Let it go on", "Why: They asked us to wait", "Sunday 4 January 2099")
	if strings.Contains(page, "It must wait for somebody") {
		t.Error("it can wait twice")
	}
	_, got = sam.get("/cases")
	sam.sees(got, "waits for the police")
	_, page = sam.post(at+"/resume", form(page, "go_why", "They are done", "go_words", "The police are done, and we go on."))
	sam.sees(page, "It goes on, and the person is told.", "The police are done, and we go on.", "Why: They are done", "It must wait for somebody")
}

// A day that moves without a reason, and without a word to who waits for it, is a broken
// promise.
func TestADateIsChangedWithAReason(t *testing.T) {
	h := newHouse(t, nil)
	at := "/cases/" + h.complain("Nobody came when I rang.")
	sam := h.colleague("sam", desk.Handler)
	page := acknowledged(sam, at)
	soon := time.Now().AddDate(0, 0, 5)
	_, got := sam.post(at+"/redate", form(page, "new_day", soon.Format(time.DateOnly)))
	sam.sees(got, "Say why. It is kept on the timeline.", soon.Format(time.DateOnly), `href="#new_why"`)
	_, got = sam.post(at+"/redate", form(page, "new_day", "2099-01-04", "new_why", "The ward is slow"))
	sam.sees(got, "Ask the person to agree to a later one.", `href="#new_day"`, `value="The ward is slow"`)
	if !isOpen(got, "dates") {
		t.Error("what was typed cannot be seen")
	}
	_, got = sam.post(at+"/redate", form(page, "new_day", soon.Format(time.DateOnly), "new_why", "We know more", "new_words", "You hear sooner."))
	sam.sees(got, "The day is changed, and the person is told.", "Why: We know more", "You hear sooner.")
	_, got = sam.post(at+"/later", form(got, "later_day", "2099-01-04", "later_words", "We need longer."))
	sam.sees(got, "The person is asked whether they agree.", "Asked to agree to", "We need longer.")
}
