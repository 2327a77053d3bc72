package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/desk"
	"heard/bot/export"
)

type caseList struct {
	Cases []struct{ Reference string }
	Next  string
}

type timelineOf struct {
	Lines []struct {
		ID, Kind, Text, By string
		Withheld           bool
	}
}

func (h *house) timeline(token string, ref bot.CaseRef) (t timelineOf) {
	h.Helper()
	h.ask(token, "GET", "hospital/cases/"+string(ref)+"/timeline", nil).into(h.T, &t)
	return t
}

// Someone who asked not to be known must not be in the complaints system that is
// joined to this one, nor in a log.
func TestWhoIsAnonymousIsInNoAnswer(t *testing.T) {
	h := open(t)
	h.company()
	token := h.token(desk.Scopes()...)
	d := readDocument(h)
	for _, privacy := range []string{"", bot.PrivacyAnonymous, bot.PrivacyConfidential} {
		ref := h.put(bot.Case{Privacy: privacy, Fields: secrets}, bot.Entry{Kind: bot.Said, Field: "name", Text: person},
			bot.Entry{Kind: bot.Said, Field: "phone", Text: number}, bot.Entry{Kind: bot.Said, Field: "story", Text: "They forgot her"})
		h.commit(bot.AddTask{Task: bot.StaffTask{ID: string(ref) + "/call", Kind: bot.CallPerson, Case: ref, At: h.now(), Due: h.now(), Phone: number}})
		h.commit(bot.AddTask{Task: bot.StaffTask{ID: "conversation-1/danger", Kind: bot.Danger, Conv: "conversation-1", At: h.now(), Due: h.now(), Words: "I cannot go on"}})
		for id, o := range d.operations() {
			h.ask(token, o.method, address(o, ref), bodies(h, ref)[id])
			h.later(time.Second) // as it may ask
		}
		for _, kind := range export.Kinds() {
			h.ask(token, "GET", "hospital/exports/"+string(kind), nil).is(t, http.StatusOK, "")
			h.ask(token, "GET", "hospital/exports/"+string(kind)+"?format=csv", nil).is(t, http.StatusOK, "")
		}
	}
	all := h.seen.String()
	if !strings.Contains(all, "They forgot her") || !strings.Contains(all, "Ward 6") || !strings.Contains(all, "I cannot go on") {
		t.Fatal("the cases were not read at all")
	}
	for what, text := range map[string]string{"an answer": all, "the log": h.log.String()} {
		for _, secret := range []string{"Griffiths", "900123", "conversation-1"} {
			if strings.Contains(text, secret) {
				t.Errorf("%q is in %s", secret, what)
			}
		}
	}
}

// Who chose to be known is known, or nobody can call them by their name; and what a
// program sent by mistake does not come back in an answer that it logs.
func TestWhoIsNamedIsNamed(t *testing.T) {
	h := open(t)
	token := h.token(desk.Scopes()...)
	path := "hospital/cases/" + string(h.put(bot.Case{Privacy: bot.PrivacyNamed, Fields: secrets}))
	if a := h.ask(token, "GET", path, nil); !strings.Contains(string(a.body), person) {
		t.Errorf("the name is missing: %s", a.body)
	}
	wrong := h.ask(token, "POST", path+"/notes", map[string]any{"words": []string{number}})
	if wrong.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("status %d", wrong.StatusCode)
	}
	if strings.Contains(string(wrong.body), "900123") {
		t.Errorf("what was sent comes back: %s", wrong.body)
	}
}

// A program that tries references learns nothing from the answers.
func TestUnknownAndNotAllowedAreOneAnswer(t *testing.T) {
	h := open(t)
	token := h.token(desk.SeeCases, desk.Answer)
	barred := h.put(bot.Case{})
	tokens, err := h.desk.Tokens(h.ctx, desk.Who{Roles: []desk.Role{desk.Administrator}})
	if err != nil {
		t.Fatal(err)
	}
	lead := desk.Who{Member: "m-lead", Roles: []desk.Role{desk.Lead}}
	if err := h.desk.Bar(h.ctx, lead, barred, desk.Form{}, bot.MemberID("token:"+tokens[0].ID), true); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"", "/timeline", "/notes"} {
		method, body := "GET", any(nil)
		if path == "/notes" {
			method, body = "POST", map[string]string{"words": "x"}
		}
		one := h.ask(token, method, "hospital/cases/"+string(barred)+path, body)
		other := h.ask(token, method, "hospital/cases/"+string(bot.NewCaseRef())+path, body)
		third := h.ask(token, method, "hospital/cases/x"+path, body)
		one.is(t, http.StatusNotFound, "no-case")
		if string(one.body) != string(other.body) || string(one.body) != string(third.body) {
			t.Errorf("%s: the answers differ: %s %s %s", path, one.body, other.body, third.body)
		}
	}
	h.ask(token, "GET", "elsewhere/cases", nil).is(t, http.StatusUnauthorized, "no-token")
}

// A network that loses an answer must not have a person told the same thing twice.
func TestAWriteWithAKeyIsDoneOnce(t *testing.T) {
	h := open(t)
	token := h.token(desk.SeeCases, desk.Answer)
	ref := h.put(bot.Case{})
	path := "hospital/cases/" + string(ref)
	write := func(to, words, key string) answer {
		return h.ask(token, "POST", path+to, map[string]string{"words": words}, "Idempotency-Key", key)
	}
	write("/notes", "Rang the ward.", "k1").is(t, http.StatusNoContent, "")
	write("/notes", "Rang the ward.", "k1").is(t, http.StatusNoContent, "")
	write("/notes", "Rang the matron.", "k1").is(t, http.StatusUnprocessableEntity, "key-reused")
	write("/updates", "Rang the ward.", "k1").is(t, http.StatusUnprocessableEntity, "key-reused")
	h.ask(h.token(desk.SeeCases, desk.Answer), "POST", path+"/notes", map[string]string{"words": "Another program's."}, "Idempotency-Key", "k1").is(t, http.StatusNoContent, "")
	if lines := h.timeline(token, ref).Lines; len(lines) != 2 {
		t.Errorf("%d notes, want 2: %+v", len(lines), lines)
	}
	version := h.ask(token, "GET", path, nil).Header.Get("ETag")
	update := func() answer {
		return h.ask(token, "POST", path+"/updates", map[string]string{"words": "We know more."}, "Idempotency-Key", "k2", "If-Match", version)
	}
	update().is(t, http.StatusNoContent, "")
	update().is(t, http.StatusNoContent, "") // done before, so that it is not stale either
	write("/notes", "Rang the ward.", "").is(t, http.StatusNoContent, "")
	write("/notes", "Rang the ward.", "").is(t, http.StatusNoContent, "")
	if lines := h.timeline(token, ref).Lines; len(lines) != 5 {
		t.Errorf("%d lines, want 5: %+v", len(lines), lines)
	}
	h.later(25 * time.Hour)
	write("/notes", "A day later.", "k1").is(t, http.StatusNoContent, "")
}

// Two who answer one case at once must not undo each other.
func TestAStaleWriteIsRefused(t *testing.T) {
	h := open(t)
	token := h.token(desk.SeeCases, desk.Answer, desk.GiveOut)
	path := "hospital/cases/" + string(h.put(bot.Case{}))
	tag := h.ask(token, "GET", path, nil).Header.Get("ETag")
	h.ask(token, "POST", path+"/assignment", map[string]string{"member": "m-1", "name": "Sam Reed"}).is(t, http.StatusNoContent, "")
	update := map[string]string{"words": "We know more."}
	h.ask(token, "POST", path+"/updates", update, "If-Match", tag).is(t, http.StatusPreconditionFailed, "stale")
	h.ask(token, "POST", path+"/updates", update, "If-Match", `"1"2`).is(t, http.StatusBadRequest, "bad-etag")
	tag = h.ask(token, "GET", path, nil).Header.Get("ETag")
	h.ask(token, "POST", path+"/updates", update, "If-Match", tag).is(t, http.StatusNoContent, "")
}

// A nightly synchronisation that misses a case because another came in meanwhile
// leaves somebody without an answer.
func TestPagesWhileCasesComeIn(t *testing.T) {
	h := open(t)
	token := h.token(desk.SeeCases)
	var want []string
	for range 11 {
		want = append(want, string(h.put(bot.Case{Opened: h.now().Truncate(2 * time.Minute)}))) // pairs of the same moment
		h.later(time.Minute)
	}
	var got []string
	path := "hospital/cases?limit=2"
	for path != "" {
		var page caseList
		h.ask(token, "GET", path, nil).into(t, &page)
		if len(page.Cases) > 2 {
			t.Fatalf("%d on a page of 2", len(page.Cases))
		}
		for _, c := range page.Cases {
			got = append(got, c.Reference)
		}
		if path = ""; page.Next != "" {
			path = "hospital/cases?limit=2&cursor=" + url.QueryEscape(page.Next)
		}
		h.put(bot.Case{})
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
}

// What is due first must come first, on whichever page it is, and none may be left
// out while others are seen to.
func TestPagesOfWork(t *testing.T) {
	h := open(t)
	token := h.token(desk.SeeCases)
	ref := h.put(bot.Case{})
	for i := range 9 {
		h.commit(bot.AddTask{Task: bot.StaffTask{ID: fmt.Sprint(ref, "/", i), Kind: bot.ReadReply, Case: ref, Due: h.now().Add(time.Duration(i/3) * time.Hour)}})
	}
	for i := range 2 {
		h.commit(bot.AddTask{Task: bot.StaffTask{ID: fmt.Sprint("c", i, "/danger"), Kind: bot.Danger, Conv: "c", Due: h.now().Add(time.Hour)}})
	}
	type page struct {
		Tasks []struct{ ID, Kind string }
		Next  string
	}
	seen := map[string]bool{}
	kinds := ""
	next := "?"
	for n := 0; next != ""; n++ {
		var p page
		h.ask(token, "GET", "hospital/work?limit=2&"+strings.TrimPrefix(next, "?"), nil).into(t, &p)
		for _, one := range p.Tasks {
			seen[one.ID], kinds = true, kinds+one.Kind[:1]
		}
		if next = ""; p.Next != "" {
			next = "cursor=" + url.QueryEscape(p.Next)
		}
		if n == 1 {
			h.commit(bot.EndTask{ID: p.Tasks[len(p.Tasks)-1].ID}) // the place itself is seen to
		}
	}
	if len(seen) != 11 || !strings.HasPrefix(kinds, "dd") || strings.Contains(kinds[2:], "d") {
		t.Errorf("%d tasks in the order %s", len(seen), kinds)
	}
}

// A program that was let go must not read another case, and the audit log must tell
// what it did.
func TestTokens(t *testing.T) {
	h := open(t)
	admin := desk.Who{Member: "m-admin", Roles: []desk.Role{desk.Administrator}}
	made, secret, err := h.desk.AddToken(h.ctx, admin, "Complaints system", []desk.Permission{desk.SeeCases, desk.Answer}, h.now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	ref := h.put(bot.Case{})
	path := "hospital/cases/" + string(ref)
	h.ask(secret, "POST", path+"/notes", map[string]string{"words": "x", "by": "Sam Reed"}).is(t, http.StatusNoContent, "")
	if lines := h.timeline(secret, ref).Lines; len(lines) != 1 || lines[0].By != "Sam Reed" {
		t.Errorf("the note is by %+v", lines)
	}
	h.ask(secret, "POST", path+"/assignment", map[string]string{"member": "m-1"}).is(t, http.StatusForbidden, "not-allowed")
	all, err := h.desk.Tokens(h.ctx, admin)
	if err != nil || len(all) != 1 || !all[0].Used.Equal(h.now()) || all[0].ID != made.ID {
		t.Errorf("%+v, %v", all, err)
	}
	lines, err := h.side.AuditTrail(h.ctx, hospital, 1, 10)
	if err != nil {
		t.Fatal(err)
	}
	var did []string
	for _, l := range lines {
		did = append(did, string(l.Record.Member)+" "+l.Record.Did)
	}
	token := "token:" + made.ID
	if want := []string{"m-admin add a token", token + " note", token + " read a timeline"}; !slices.Equal(did, want) {
		t.Errorf("the audit log has %q, want %q", did, want)
	}
	h.later(time.Hour)
	h.ask(secret, "GET", path, nil).is(t, http.StatusUnauthorized, "no-token") // its time is over
	if _, secret, err = h.desk.AddToken(h.ctx, admin, "Complaints system", []desk.Permission{desk.SeeCases}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	h.ask(secret, "GET", path, nil).is(t, http.StatusOK, "")
	if all, err = h.desk.Tokens(h.ctx, admin); err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	if err := h.desk.RevokeToken(h.ctx, admin, all[1].ID); err != nil {
		t.Fatal(err)
	}
	h.ask(secret, "GET", path, nil).is(t, http.StatusUnauthorized, "no-token")
	if strings.Contains(h.log.String(), secret) {
		t.Error("a token is in the log")
	}
	for _, one := range []struct {
		who    desk.Who
		name   string
		scopes []desk.Permission
	}{
		{desk.Who{Roles: []desk.Role{desk.Lead}}, "x", []desk.Permission{desk.SeeCases}},
		{admin, " ", []desk.Permission{desk.SeeCases}},
		{admin, "x", nil},
		{admin, "x", []desk.Permission{desk.ManageStaff}},
	} {
		if _, _, err := h.desk.AddToken(h.ctx, one.who, one.name, one.scopes, time.Time{}); err == nil {
			t.Errorf("%+v has a token", one)
		}
	}
}

// A program that runs wild must not keep staff from their work.
func TestATokenHasAPace(t *testing.T) {
	h := open(t)
	token, other := h.token(desk.SeeCases), h.token(desk.SeeCases)
	for range 100 {
		h.ask(token, "GET", "hospital/cases", nil).is(t, http.StatusOK, "")
	}
	refused := h.ask(token, "GET", "hospital/cases", nil)
	refused.is(t, http.StatusTooManyRequests, "too-many")
	if refused.Header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After: %q", refused.Header.Get("Retry-After"))
	}
	h.ask(other, "GET", "hospital/cases", nil).is(t, http.StatusOK, "")
	h.later(time.Second)
	h.ask(token, "GET", "hospital/cases", nil).is(t, http.StatusOK, "")
}

// A complaints system that asks now and then must hear of each thing that happened,
// once.
func TestEventsSinceAPlace(t *testing.T) {
	h := open(t)
	token := h.token(desk.SeeCases, desk.Answer, desk.GiveOut)
	path := "hospital/cases/" + string(h.put(bot.Case{}))
	var got []string
	next := ""
	read := func() (more bool) {
		var page struct {
			Events []struct{ Type, Reference string }
			Next   string
			More   bool
		}
		h.ask(token, "GET", "hospital/events?limit=2&cursor="+url.QueryEscape(next), nil).into(t, &page)
		for _, e := range page.Events {
			if e.Reference != strings.TrimPrefix(path, "hospital/cases/") {
				t.Errorf("of %q", e.Reference)
			}
			got = append(got, e.Type)
		}
		next = page.Next
		return page.More
	}
	if read() {
		t.Error("more than nothing happened")
	}
	h.ask(token, "POST", path+"/acknowledgement", map[string]string{"handler": "Sam Reed"}).is(t, http.StatusNoContent, "")
	h.ask(token, "POST", path+"/assignment", map[string]string{"member": "m-1", "name": "Sam Reed"}).is(t, http.StatusNoContent, "")
	h.ask(token, "POST", path+"/notes", map[string]string{"words": "Not for the world."}).is(t, http.StatusNoContent, "")
	h.ask(token, "POST", path+"/updates", map[string]string{"words": "We know more."}).is(t, http.StatusNoContent, "")
	if !read() || read() || read() {
		t.Error("what there is more is told wrong")
	}
	if want := []string{"case.acknowledged", "case.assigned", "case.updated"}; !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
}

// What is taken out must be all that there is: who is named with their name, and what
// was said as it was said.
func TestExports(t *testing.T) {
	h := open(t)
	token := h.token(desk.SeeCases, desk.Export)
	named := h.put(bot.Case{Privacy: bot.PrivacyNamed, Fields: secrets}, bot.Entry{Kind: bot.Said, Field: "name", Text: person})
	for range 205 {
		h.put(bot.Case{Fields: secrets}, bot.Entry{Kind: bot.Said, Field: "story", Text: "=They forgot her"})
	}
	cases := string(h.ask(token, "GET", "hospital/exports/cases?format=csv", nil).body)
	if strings.Count(cases, "\nH-") != 206 || strings.Count(cases, person) != 1 || !strings.Contains(cases, string(named)) {
		t.Errorf("%d cases and %d names", strings.Count(cases, "\nH-"), strings.Count(cases, person))
	}
	lines := string(h.ask(token, "GET", "hospital/exports/timeline", nil).body)
	if strings.Count(lines, "They forgot her") != 205 || strings.Count(lines, person) != 1 {
		t.Errorf("%d lines, %d names", strings.Count(lines, "\n"), strings.Count(lines, person))
	}
	h.ask(token, "GET", "hospital/exports/audit", nil).is(t, http.StatusForbidden, "not-allowed")
	audit := string(h.ask(h.token(desk.ReadAudit), "GET", "hospital/exports/audit", nil).body)
	if !strings.Contains(audit, `"did":"export","case":"","on":"timeline jsonl"`) {
		t.Errorf("the audit log is %s", audit)
	}
}
