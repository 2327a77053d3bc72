package console_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"heard/bot"
	"heard/bot/desk"
)

// isOpen tells whether a part of a page that can be folded is open.
func isOpen(page, id string) bool {
	return regexp.MustCompile(`<details class="card" id="` + id + `" open>`).MatchString(page)
}

// What somebody typed in a form that was not done is before their eyes: they would type
// it again, or believe that it was done.
func TestAFormThatWasNotDoneIsOpenWithWhatWasTyped(t *testing.T) {
	h := newHouse(t, nil)
	at := "/cases/" + h.complain("Nobody came when I rang.")
	ade := h.colleague("ade", desk.Lead)
	_, page := ade.get(at)
	for _, one := range []struct {
		act, box, fault, field string
		typed                  []string
	}{
		{"later", "dates", "Say why: the person is told.", "later_words", []string{"later_day", "2099-01-04"}},
		{"later", "dates", "Write the day as year, month and day", "later_day", []string{"later_day", "Friday", "later_words", "The ward is slow"}},
		{"acknowledge", "acknowledge", "This day has passed.", "ack_day", []string{"handler_name", "Ade of the ward", "ack_words", "Sorry", "ack_day", "2020-01-04"}},
		{"link", "same", "There is no case with this reference", "other", []string{"other", "H-7K4-MQ2"}},
		{"link", "same", "There is no case with this reference", "other", []string{"other", "nonsense"}},
		{"give", "give", "Choose whose case it becomes.", "to", nil},
		{"give", "give", "Choose one of them.", "to", []string{"to", "nobody at all"}},
		{"bar", "named", "Choose one of them.", "member", []string{"member", "nobody at all"}},
		{"died", "ended", "Tick the box: nothing is sent", "death", nil},
		{"withdrawn", "ended", "Tick the box once you have confirmed it", "confirmed", []string{"how_asked", "She rang me"}},
	} {
		f := form(page, "handler", choice(t, page, "handler", "Sam Reed"))
		var shown []string
		for i := 0; i < len(one.typed); i += 2 {
			f.Set(one.typed[i], one.typed[i+1])
			if one.typed[i] != "to" && one.typed[i] != "member" {
				shown = append(shown, one.typed[i+1])
			}
		}
		status, got := ade.post(at+"/"+one.act, f)
		ade.sees(got, append(shown, one.fault, `href="#`+one.field+`"`, `id="`+one.field+`-error"`, "Nobody came when I rang.")...)
		if status != http.StatusUnprocessableEntity || !isOpen(got, one.box) {
			t.Errorf("%s: status %d, or what was typed cannot be seen", one.fault, status)
		}
	}
	status, other := ade.post("/cases/H-7K4-MQ2/link", form(page, "other", at[len("/cases/"):]))
	if ade.sees(other, "There is no case with this reference"); status != http.StatusNotFound || strings.Contains(other, "Its reference") {
		t.Errorf("a case that is not there: status %d", status)
	}
}

// Who is told that a case was changed reads it again, with what they wrote beside it.
func TestAStaleFormIsOpen(t *testing.T) {
	h := newHouse(t, nil)
	one, two := h.complain("Nobody came when I rang."), h.complainAs("+447700900322", "Nobody came at all.", "SEND NOW")
	at := "/cases/" + one
	sam, ade := h.colleague("sam", desk.Handler), h.colleague("ade", desk.Lead)
	_, page := ade.get(at)
	_, sams := sam.get(at)
	sam.post(at+"/note", form(sams, "note", "She rang"))
	for act, f := range map[string]url.Values{
		"dates later": form(page, "later_day", "2099-01-04", "later_words", "Slow"), "same link": form(page, "other", two),
		"give give": form(page, "to", string(h.staff("bo", "Bo Lin", desk.Handler))),
	} {
		box, act, _ := strings.Cut(act, " ")
		status, got := ade.post(at+"/"+act, f)
		ade.sees(got, "Changed since you opened it", "She rang", `href="#`+box+`">Somebody changed this case`)
		if status != http.StatusConflict || !isOpen(got, box) {
			t.Errorf("%s: status %d, or what was typed cannot be seen", act, status)
		}
	}
	old := form(sams, "note", "And once more")
	old.Set("turn", "0123456789ABCDEF")
	_, page = sam.post(at+"/note", old)
	sam.sees(page, "The note is kept.", "And once more")
}

// A form for what cannot be done is a promise to staff that is broken when they press.
func TestOnlyWhatCanBeDoneNow(t *testing.T) {
	h := newHouse(t, nil)
	ref := h.complain("Nobody came when I rang.")
	at := "/cases/" + ref
	ade := h.colleague("ade", desk.Lead)
	_, page := ade.get(at)
	if strings.Contains(page, "Release the news") || strings.Contains(page, "all the same") {
		t.Error("an open case can be released, or is over")
	}
	ade.sees(page, "Note the death", "How they said so", "Ask whether they agree")
	_, page = ade.post(at+"/withdrawn", form(page, "confirmed", "yes", "how_asked", "She rang me"))
	ade.sees(page, "as its person wished", "She rang me", "This case is taken back.", "Write to them all the same")
	for _, gone := range []string{"Take the case back for them", `id="acknowledge"`, "Ask whether they agree", "Release the news"} {
		if strings.Contains(page, gone) {
			t.Errorf("a case that is over still has %q", gone)
		}
	}
	err := h.desk.ConfirmWithdrawal(context.Background(), desk.Who{Member: "m", Roles: []desk.Role{desk.Lead}}, bot.CaseRef(ref), desk.Form{})
	if err == nil {
		t.Error("it is taken back twice")
	}
	status, page := ade.post(at+"/update", form(page, "update", ""))
	if status != http.StatusUnprocessableEntity || !isOpen(page, "write") {
		t.Errorf("status %d, or what is wrong with the update cannot be seen", status)
	}
	_, page = ade.post(at+"/died", form(page, "death", "yes"))
	if ade.sees(page, "It is noted."); strings.Contains(page, "Note the death") {
		t.Error("a death is noted twice")
	}
}

// A page that leads to "your role does not allow this" looks broken.
func TestAnEmptyListLeadsNowhereForbidden(t *testing.T) {
	h := newHouse(t, nil)
	guardian, sam := h.colleague("grace", desk.Guardian), h.colleague("sam", desk.Handler)
	_, page := guardian.get("/work")
	if guardian.sees(page, "Nothing here needs anybody now."); strings.Contains(page, "/cases\"") {
		t.Error("a guardian is led to the cases")
	}
	_, page = sam.get("/work")
	sam.sees(page, "All cases</a> are still there")
}

// The person is told a name and the list says another, or nobody's: then nobody is
// reminded. And who loses a case learns of it.
func TestWhoAcknowledgesItHasIt(t *testing.T) {
	h := newHouse(t, nil)
	ref := h.complain("Nobody came when I rang.")
	at := "/cases/" + ref
	pat := h.staff("pat", "Pat Lewis", desk.Handler)
	sam, ade := h.colleague("sam", desk.Handler), h.colleague("ade", desk.Lead)
	_, page := sam.get(at)
	status, got := sam.post(at+"/acknowledge", form(page, "handler", string(pat)))
	if sam.sees(got, "Your role does not allow this."); status != http.StatusForbidden || !isOpen(got, "acknowledge") {
		t.Errorf("a handler gives the case to another: status %d", status)
	}
	status, got = sam.post(at+"/acknowledge", form(page, "handler", ""))
	if sam.sees(got, "Choose who handles the case", `href="#handler"`); status != http.StatusUnprocessableEntity {
		t.Errorf("by nobody: status %d", status)
	}
	_, page = ade.get(at)
	_, page = ade.post(at+"/acknowledge", form(page, "handler", choice(t, page, "handler", "Pat Lewis"), "handler_name", "Sister Pat"))
	ade.sees(page, "The acknowledgement is on its way.", "<dd>Sister Pat", "Take it over from Sister Pat")
	pats := h.stranger()
	pats.signIn("pat", ownPassword)
	_, page = pats.get("/cases?handler=me")
	pats.sees(page, ref)
	_, page = sam.get(at)
	_, page = sam.post(at+"/take", form(page))
	sam.sees(page, "The case is yours.", "Hand the case over", "Tell them what they must know", "Sister Pat sees to it")
	_, page = pats.get("/work?handler=me")
	pats.sees(page, "Hand the case over", ref)
	_, page = pats.get(at)
	_, staff, _ := strings.Cut(page, `id="staff-only"`) // below the form of the task
	_, page = pats.post(at+"/take", form(staff))
	if pats.sees(page, "The case is yours."); strings.Contains(page, "Sister Pat sees to it") {
		t.Error("who has it again is to hand it over")
	}
}
