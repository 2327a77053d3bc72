package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/api"
	"heard/bot/desk"
	"heard/flows"
)

// A letter that is typed into another system is a case here, once, though the network
// loses the answer; and the code on its slip opens it, so that it is in no other answer.
func TestWhatAnotherSystemRecordsIsACaseOnce(t *testing.T) {
	h := open(t)
	token, teller := h.token(desk.SeeCases, desk.Answer, desk.Record), h.token(desk.Record)
	letter := map[string]any{"words": "They forgot her.", "how": "letter", "number": "07700 900123", "may_write": true, "at": h.now().AddDate(0, 0, -3), "by": "Sam Reed"}
	var one, again struct{ Reference, Code string }
	record := func(into any) {
		t.Helper()
		a := h.ask(token, "POST", "hospital/recordings", letter, "Idempotency-Key", "k1")
		a.is(t, http.StatusCreated, "")
		_ = json.Unmarshal(a.body, into)
	}
	record(&one)
	record(&again)
	if one.Code == "" || one != again {
		t.Errorf("%+v, then %+v", one, again)
	}
	h.later(time.Hour)
	h.ask(token, "POST", "hospital/recordings", letter, "Idempotency-Key", "k1").is(t, http.StatusNotFound, "no-case") // the slip is nobody's to read by now
	h.ask(token, "POST", "hospital/recordings", map[string]any{"words": "Another.", "number": "07700 900123"}).is(t, http.StatusUnprocessableEntity, "fields")
	h.ask(teller, "POST", "hospital/recordings", letter).is(t, http.StatusUnprocessableEntity, "fields")
	h.ask(teller, "POST", "hospital/recordings", map[string]any{"words": "I was told that they forgot her."}).is(t, http.StatusCreated, "")
	var list caseList
	h.ask(token, "GET", "hospital/cases", nil).into(t, &list)
	if len(list.Cases) != 2 {
		t.Errorf("%d cases, want 2", len(list.Cases))
	}
	before := h.seen.Len()
	h.ask(token, "GET", "hospital/cases/"+one.Reference, nil).is(t, http.StatusOK, "")
	h.ask(token, "GET", "hospital/cases/"+one.Reference+"/timeline", nil).is(t, http.StatusOK, "")
	if rest := h.seen.String()[before:]; strings.Contains(rest, one.Code) || strings.Contains(rest, "900123") || !strings.Contains(rest, "They forgot her.") {
		t.Errorf("the case is %s", rest)
	}
}

// Who died or asked not to be written to gets no message by a list from another system
// either, and who is on it twice gets one.
func TestEnrolmentFollowsTheRulesOfTheList(t *testing.T) {
	h := open(t)
	token := h.token(desk.Enrol)
	people := []any{
		map[string]any{"number": "07700 900201"}, map[string]any{"number": "+447700900201", "language": "en"}, map[string]any{"number": "07700 900202", "died": true},
		map[string]any{"number": "07700 900203", "do_not_contact": true}, map[string]any{"number": "020 7946 0000"}, map[string]any{"number": "07700 900204", "language": "xx"},
	}
	var out struct {
		Good, Welcomed int
		WelcomedBefore int `json:"welcomed_before"`
		Refused        []struct {
			Index    int
			Sentence string
		}
	}
	send := func(body any) {
		t.Helper()
		out.Refused = nil
		h.ask(token, "POST", "hospital/enrolments", body, "Idempotency-Key", "k").into(t, &out)
		var at []int
		for _, r := range out.Refused {
			at = append(at, r.Index)
		}
		if !slices.Equal(at, []int{2, 3, 4, 5}) {
			t.Errorf("refused %+v", out.Refused)
		}
	}
	send(map[string]any{"people": people, "check_only": true})
	if out.Good != 2 || out.Welcomed != 0 {
		t.Errorf("checked: %+v", out)
	}
	h.ask(token, "POST", "hospital/enrolments", map[string]any{"people": people}, "Idempotency-Key", "k").is(t, http.StatusUnprocessableEntity, "key-reused")
	h.later(25 * time.Hour)
	send(map[string]any{"people": people})
	if out.Welcomed != 1 || out.WelcomedBefore != 1 {
		t.Errorf("welcomed: %+v", out)
	}
	send(map[string]any{"people": people})
	if out.Welcomed != 0 || out.WelcomedBefore != 2 {
		t.Errorf("sent again: %+v", out)
	}
	if text := h.log.String() + h.seen.String(); strings.Contains(text, "900201") || strings.Contains(text, "900202") {
		t.Error("a number is in an answer or in the log")
	}
}

// A photo of somebody's face must not get out because a program asks for it.
func TestAFileIsGivenAsOnThePage(t *testing.T) {
	h := open(t)
	token, other := h.token(desk.SeeCases), h.token(desk.Record)
	photo := func(field, name string) bot.Entry {
		return bot.Entry{Kind: bot.Said, Field: field, Media: []flows.Media{{Kind: "photo", File: name}}}
	}
	ref := h.put(bot.Case{}, photo("story", "bruise"), photo("name", "face"))
	path := "hospital/cases/" + string(ref) + "/files/"
	a := h.ask(token, "GET", path+"bruise", nil)
	if a.is(t, http.StatusOK, ""); string(a.body) != aPhoto("bruise") || a.Header.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") ||
		a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%q, %v", a.body, a.Header)
	}
	h.ask(token, "GET", path+"face", nil).is(t, http.StatusNotFound, "no-case")
	h.ask(token, "GET", path+"nothing", nil).is(t, http.StatusNotFound, "no-case")
	h.ask(other, "GET", path+"bruise", nil).is(t, http.StatusNotFound, "no-case")
	h.ask(token, "GET", "hospital/cases/"+string(h.put(bot.Case{}))+"/files/bruise", nil).is(t, http.StatusNotFound, "no-case")
}

// What somebody asked to be deleted, or what a program is kept from, must leave no trace
// in what happened.
func TestEventsAreOfWhatATokenMaySee(t *testing.T) {
	h := open(t)
	token := h.token(desk.SeeCases, desk.Answer, desk.GiveOut)
	kept, erased, barred := h.put(bot.Case{Privacy: bot.PrivacyAnonymous, Fields: secrets}), h.put(bot.Case{}), h.put(bot.Case{})
	for _, ref := range []bot.CaseRef{kept, erased, barred} {
		h.ask(token, "POST", "hospital/cases/"+string(ref)+"/acknowledgement", map[string]string{"handler": "Sam Reed"}).is(t, http.StatusNoContent, "")
	}
	lead := desk.Who{Member: "m-lead", Roles: []desk.Role{desk.Lead}}
	if err := h.desk.Bar(h.ctx, lead, barred, desk.Form{}, h.member(0), true); err != nil {
		t.Fatal(err)
	}
	c, err := h.side.ReadCase(h.ctx, hospital, erased)
	if err != nil {
		t.Fatal(err)
	}
	h.commit(bot.EraseCase{Case: c})
	var refs []string
	for next := ""; ; {
		var page struct {
			Events []struct{ Reference string }
			Next   string
			More   bool
		}
		a := h.ask(token, "GET", "hospital/events?limit=1&cursor="+url.QueryEscape(next), nil)
		a.into(t, &page)
		for _, e := range page.Events {
			refs = append(refs, e.Reference)
		}
		if strings.Contains(string(a.body), "Griffiths") || strings.Contains(string(a.body), "900123") || strings.Contains(string(a.body), "Ward 6") {
			t.Errorf("an event tells who it is: %s", a.body)
		}
		if next = page.Next; !page.More {
			break
		}
	}
	if !slices.Equal(refs, []string{string(kept)}) {
		t.Errorf("events of %q, want of %s alone (%s was erased, %s is kept from the token)", refs, kept, erased, barred)
	}
}

// Who builds on the API finds out what went wrong by following the type of a problem.
func TestTheTypeOfAProblemLeadsToAPage(t *testing.T) {
	h := open(t)
	text := func(path string) string {
		t.Helper()
		a := h.ask("", "GET", path, nil)
		if a.StatusCode != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.Header.Get("Content-Type"))
		}
		return string(a.body)
	}
	all := text("problems/")
	for _, code := range api.ProblemCodes() {
		if !strings.Contains(text("problems/"+code), "What to do:") || !strings.Contains(all, `id="`+code+`"`) {
			t.Errorf("%s has no page", code)
		}
	}
	h.ask("", "GET", "problems/none", nil).is(t, http.StatusNotFound, "nothing-here")
}

// Words of danger from somebody who sent no complaint must be seen to wherever staff
// work, and its id must not join what one person ever wrote.
func TestATaskWithoutACaseIsTakenAndEnded(t *testing.T) {
	h := open(t)
	token := h.token(desk.SeeCases, desk.Answer)
	h.commit(bot.AddTask{Task: bot.StaffTask{ID: "conversation-1/danger", Kind: bot.Danger, Conv: "conversation-1", At: h.now(), Due: h.now(), Words: "I cannot go on"}})
	var page struct{ Tasks []struct{ ID string } }
	h.ask(token, "GET", "hospital/work", nil).into(t, &page)
	task := map[string]any{"task": page.Tasks[0].ID, "by": "Sam Reed", "how": "Rang them."}
	h.ask(token, "POST", "hospital/taken-tasks", map[string]any{"task": page.Tasks[0].ID, "by": "Sam Reed"}).is(t, http.StatusNoContent, "")
	h.ask(token, "POST", "hospital/finished-tasks", task).is(t, http.StatusNoContent, "")
	h.ask(token, "POST", "hospital/finished-tasks", task).is(t, http.StatusNotFound, "no-case")
	h.ask(token, "GET", "hospital/work", nil).into(t, &page)
	if len(page.Tasks) != 0 {
		t.Errorf("there are still %+v", page.Tasks)
	}
}

// A ward manager who is asked by another system gets one link, though the network loses
// the answer: with two they would write half in each.
func TestAStatementIsAskedOnceWithAKey(t *testing.T) {
	h := open(t)
	token := h.token(desk.SeeCases, desk.Answer)
	ref := h.put(bot.Case{})
	path := "hospital/cases/" + string(ref)
	ask := func(key string) (link string) {
		t.Helper()
		a := h.ask(token, "POST", path+"/statements", map[string]any{"of": "The ward manager", "question": "Who was there?", "due": h.now().AddDate(0, 0, 9)}, "Idempotency-Key", key)
		a.is(t, http.StatusCreated, "")
		var out struct{ Link string }
		_ = json.Unmarshal(a.body, &out)
		return out.Link
	}
	one, again, other := ask("k1"), ask("k1"), ask("k2")
	if one != again || one == other || !strings.HasPrefix(one, "https://heard.example.org/statement/hospital/") {
		t.Errorf("the links are %q, %q and %q", one, again, other)
	}
	var c struct{ Statements []struct{ ID string } }
	h.ask(token, "GET", path, nil).into(t, &c)
	if len(c.Statements) != 2 {
		t.Errorf("%d were asked, want 2", len(c.Statements))
	}
	link := one[strings.LastIndexByte(one, '/')+1:]
	if q, err := h.desk.Question(h.ctx, link); err != nil || q.Text != "Who was there?" {
		t.Errorf("the link asks %+v, %v", q, err)
	}
	if err := h.desk.AnswerQuestion(h.ctx, link, "Two nurses.", "t1"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.desk.Question(h.ctx, string(link[0])+"x"); err == nil {
		t.Error("a link that there is not asks something")
	}
	if ask("k1"); h.linkAsks(link) {
		t.Error("a link that was used asks again")
	}
}

func (h *house) linkAsks(link string) bool {
	_, err := h.desk.Question(h.ctx, link)
	return err == nil
}

// Who falls ill cannot say so at the desk: a rota system does, or nobody reads their
// cases.
func TestWhoIsAwayIsNotedByAnotherSystem(t *testing.T) {
	h := open(t)
	h.company()
	token := h.token(desk.SeeCases, desk.GiveOut)
	away := map[string]any{"member": h.members[0], "cover": h.members[1], "from": h.now(), "until": h.now().AddDate(0, 0, 5)}
	h.ask(h.token(desk.SeeCases, desk.Answer), "POST", "hospital/absences", away).is(t, http.StatusForbidden, "not-allowed")
	h.ask(token, "POST", "hospital/absences", map[string]any{"member": "nobody", "cover": h.members[1], "from": h.now(), "until": h.now().AddDate(0, 0, 5)}).is(t, http.StatusUnprocessableEntity, "fields")
	h.ask(token, "POST", "hospital/absences", away).is(t, http.StatusNoContent, "")
	var staff struct {
		Absences []struct{ Member, Cover string }
	}
	h.ask(token, "GET", "hospital/staff", nil).into(t, &staff)
	if len(staff.Absences) != 1 || staff.Absences[0].Member != string(h.members[0]) || staff.Absences[0].Cover != string(h.members[1]) {
		t.Errorf("away: %+v", staff.Absences)
	}
	h.ask(token, "POST", "hospital/ended-absences", map[string]any{"member": h.members[0]}).is(t, http.StatusNoContent, "")
	h.ask(token, "GET", "hospital/staff", nil).into(t, &staff)
	if len(staff.Absences) != 0 {
		t.Errorf("still away: %+v", staff.Absences)
	}
}
