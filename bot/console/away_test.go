package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"heard/bot/desk"
)

// Nobody's complaint waits because its handler is on holiday: who covers sees whose work
// they do, and everybody sees it on the case.
func TestWhoIsAwayIsCovered(t *testing.T) {
	h := newHouse(t, nil)
	ref := h.complain("Nobody came when I rang.")
	pat := h.staff("pat", "Pat Lewis", desk.Handler)
	bo := h.staff("bo", "Bo Lin", desk.Handler)
	sam := h.colleague("sam", desk.Lead)
	as := func(login string) *colleague {
		c := h.stranger()
		c.signIn(login, ownPassword)
		return c
	}
	pats, bos := as("pat"), as("bo")
	_, page := pats.get("/cases/" + ref)
	pats.post("/cases/"+ref+"/take", form(page))
	today, friday := time.Now().UTC(), time.Now().UTC().AddDate(0, 0, 4)
	status, page := pats.post("/away", url.Values{"from": {"Monday"}, "until": {friday.Format(time.DateOnly)}, "cover": {string(bo)}})
	pats.sees(page, "Write the day as year", `value="Monday"`, `value="`+string(bo)+`" selected`)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", status)
	}
	_, page = pats.post("/away", url.Values{"from": {today.Format(time.DateOnly)}, "until": {"2020-01-04"}})
	pats.sees(page, "Choose the last day, which is still to come.", "Choose who does your work meanwhile.")
	for range 2 { // noted again, it takes the place of the first
		_, page = pats.post("/away", url.Values{"from": {today.Format(time.DateOnly)}, "until": {friday.Format(time.DateOnly)}, "cover": {string(bo)}})
		pats.sees(page, "It is noted.", "You are away</b> from "+today.Format("Monday 2 January 2006")+" until "+friday.Format("Monday 2 January 2006")+". Bo Lin does your work.")
	}
	_, page = bos.get("/work?handler=me")
	bos.sees(page, "You do the work of <b>Pat Lewis</b> until "+friday.Format("Monday 2 January 2006"), "You do their work now", ref)
	_, page = sam.get("/cases/" + ref)
	sam.sees(page, "Pat Lewis is away</b> until "+friday.Format("Monday 2 January 2006")+". Bo Lin does their work.")
	if status, _ = bos.post("/back", url.Values{"member": {string(pat)}}); status != http.StatusForbidden {
		t.Errorf("a colleague ends it: status %d", status)
	}
	_, page = pats.post("/back", nil)
	pats.sees(page, "back at work")
	if _, page = bos.get("/work?handler=me"); strings.Contains(page, ref) || strings.Contains(page, "You do the work") {
		t.Error("the work of who is back is still somebody else's")
	}
	_, page = sam.post("/away", url.Values{"member": {string(pat)}, "from": {today.Format(time.DateOnly)}, "until": {friday.Format(time.DateOnly)}, "cover": {string(bo)}})
	sam.sees(page, "Pat Lewis</b>, from", "Pat Lewis is back")
	_, page = sam.post("/back", url.Values{"member": {string(pat)}})
	if sam.sees(page, "back at work"); strings.Contains(page, "Pat Lewis is back") {
		t.Error("who is back is still away")
	}
}
