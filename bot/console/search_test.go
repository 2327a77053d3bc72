package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"heard/bot/desk"
	"heard/channels"
)

// Who remembers a word of it, or has the reference on the phone, finds the case.
func TestACaseIsFoundByItsWords(t *testing.T) {
	h := newHouse(t, nil)
	one := h.complain("The kettle fell on her <b>hand</b>.")
	two := h.complainAs("+447700900322", "Nobody came.", "SEND NOW")
	sam, ana := h.colleague("sam", desk.Handler), h.colleague("ana", desk.Analyst)
	_, page := sam.get("/work")
	sam.sees(page, `role="search"`, `action="/desk/try/search"`)
	_, page = sam.post("/search", url.Values{"words": {"KETTLE"}})
	sam.sees(page, "1 place found", one, "The kettle fell on her &lt;b&gt;hand&lt;/b&gt;.", `value="KETTLE"`, "Looked through the 2 newest cases")
	if strings.Contains(page, two) {
		t.Error("another case is found")
	}
	_, page = sam.post("/search", url.Values{"words": {"umbrella"}})
	sam.sees(page, "Nothing found")
	status, page := sam.post("/search", url.Values{"words": {" a "}})
	if sam.sees(page, "Write a word of three letters or more.", `href="#words"`); status != http.StatusUnprocessableEntity {
		t.Errorf("for nothing: status %d", status)
	}
	_, page = sam.post("/search", url.Values{"words": {strings.ToLower(strings.ReplaceAll(two, "-", " "))}})
	sam.sees(page, "Case "+two, "Nobody came.")
	_, page = sam.post("/search", url.Values{"words": {"H-7K4-MQ2"}})
	sam.sees(page, "Nothing found")
	if status, page = ana.post("/search", url.Values{"words": {"kettle"}}); status != http.StatusForbidden || strings.Contains(page, "fell") {
		t.Errorf("an analyst: status %d", status)
	}
	if _, page = ana.get("/"); strings.Contains(page, `role="search"`) {
		t.Error("who sees no case is offered a search")
	}
}

// Two people write about one night: who handles the one learns of the other, and one
// press puts them together.
func TestCasesAboutOneMatterAreLinkedWithOnePress(t *testing.T) {
	h, _ := newRecordHouse(t)
	tell := "My mother fell from her bed at night and nobody came for two hours"
	one := h.complainAt("+447700900331", tell)
	two := h.complainAt("+447700900332", tell+", and the bell was broken")
	sam := h.colleague("sam", desk.Handler)
	_, page := sam.get("/cases/" + one)
	sam.sees(page, "say much the same", `name="other" value="`+two+`"`, `Link it<span class="hidden">: `+two)
	if !isOpen(page, "same") {
		t.Error("nobody sees it")
	}
	_, page = sam.post("/cases/"+one+"/link", form(page, "other", two))
	if sam.sees(page, "The cases are linked.", `<a href="/desk/try/cases/`+two+`">`+two); strings.Contains(page, "say much the same") {
		t.Error("it is suggested again")
	}
}

// complainAt sends a complaint about a ward.
func (h *house) complainAt(number channels.Address, words string) string {
	h.Helper()
	return h.complainAs(number, "Complain (WARD6)", words, "SEND NOW")
}
