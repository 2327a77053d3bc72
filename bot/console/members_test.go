package console_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"heard/bot"
	"heard/bot/console"
	"heard/bot/desk"
)

var (
	madePassword = regexp.MustCompile(`<output class="code">([a-z2-7-]+)</output>`)
	memberLink   = regexp.MustCompile(`/members/([A-Z2-7]{26})">Bo &lt;b&gt;`)
)

// An administrator adds somebody, who signs in with what they were told, and changes
// what they may do, without anybody at a terminal.
func TestAnAdministratorManagesMembers(t *testing.T) {
	h := newHouse(t, nil)
	admin := h.colleague("ada", desk.Administrator)
	status, page := admin.post("/members/new", url.Values{"login": {"two words"}, "name": {""}})
	admin.sees(page, `href="#login"`, `href="#name"`, `href="#roles"`, `value="two words"`, "Choose at least one role.")
	if status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", status)
	}
	_, page = admin.post("/members/new", url.Values{"login": {"bo"}, "name": {"Bo <b>"}, "roles": {"handler", "flow editor"}})
	found := madePassword.FindStringSubmatch(page)
	if found == nil {
		t.Fatal("no password is shown")
	}
	bo := h.stranger()
	_, page = bo.signIn("bo", found[1])
	bo.sees(page, "Choose your own password", "Bo &lt;b&gt;")
	_, page = admin.get("/members")
	admin.sees(page, "flow editor, handler", "has to choose a password by")
	link := memberLink.FindStringSubmatch(page)
	if link == nil {
		t.Fatal("the member is not on the list")
	}
	at := "/members/" + link[1]
	_, page = admin.post(at+"/roles", url.Values{})
	admin.sees(page, "Choose at least one role.")
	_, page = admin.post(at+"/roles", url.Values{"roles": {"analyst"}})
	admin.sees(page, "has other roles from their next page on.", ">analyst<")
	_, page = admin.post(at+"/password", nil)
	again := madePassword.FindStringSubmatch(page)
	if again == nil || again[1] == found[1] {
		t.Fatal("no other password is shown")
	}
	if _, page = bo.get("/"); strings.Contains(page, "Sign out") {
		t.Error("they are still signed in with the old password")
	}
	bo.signIn("bo", again[1])
	_, page = admin.post(at+"/disable", nil)
	admin.sees(page, "cannot sign in any more", `tag off">disabled`)
	_, page = bo.signIn("bo", again[1])
	bo.sees(page, "This is not right.")
	_, page = admin.post(at+"/enable", nil)
	admin.sees(page, "can sign in again")
	if status, _ = admin.get("/members/nobody"); status != http.StatusNotFound {
		t.Errorf("status %d for a member that there is not", status)
	}
}

// Members and the audit log are for who has the role, whatever address they type.
func TestMembersAndAuditAreClosed(t *testing.T) {
	h := newHouse(t, nil)
	lead := h.colleague("ade", desk.Lead, desk.Handler, desk.Guardian, desk.Analyst, desk.FlowEditor, desk.Recorder)
	for _, path := range []string{"/members", "/members/new", "/members/x", "/audit", "/audit?did=x", "/tokens", "/tokens/new", "/tokens/x", "/webhooks", "/webhooks/new", "/webhooks/x"} {
		if status, page := lead.get(path); status != http.StatusForbidden || strings.Contains(page, ">Members<") {
			t.Errorf("%s: status %d", path, status)
		}
	}
	for _, path := range []string{"/members/new", "/members/x/roles", "/members/x/password", "/members/x/disable", "/members/x/enable", "/audit/check",
		"/tokens/new", "/tokens/x/revoke", "/webhooks/new", "/webhooks/x/events", "/webhooks/x/secret", "/webhooks/x/test", "/webhooks/x/pause", "/webhooks/x/resume",
		"/webhooks/x/again", "/webhooks/x/remove",
	} {
		if status, _ := lead.post(path, url.Values{"roles": {"administrator"}}); status != http.StatusForbidden {
			t.Errorf("%s: status %d", path, status)
		}
	}
}

// tampered is a store whose third line of the audit log was changed.
type tampered struct{ desk.Store }

func (s tampered) AuditTrail(ctx context.Context, p bot.ProviderID, from, limit int) ([]bot.AuditLine, error) {
	lines, err := s.Store.AuditTrail(ctx, p, from, limit)
	for i := range lines {
		lines[i].Broken = lines[i].Number == 3
	}
	return lines, err
}

// What was looked at and done can be read back by who checks on staff, all of it, and
// a line that was changed is told.
func TestTheAuditLog(t *testing.T) {
	h := newHouse(t, nil)
	for range 250 {
		if err := h.store.Audit(t.Context(), provider, bot.AuditRecord{Did: "update", Case: "H-7K4-MQ2", Reason: "<i>why</i>"}); err != nil {
			t.Fatal(err)
		}
	}
	admin := h.colleague("ada", desk.Administrator)
	_, page := admin.get("/audit")
	admin.sees(page, "Lines 201 to 255 of 255", "read the audit log", "sign in", "Sam Reed", "&lt;i&gt;why", "follow one another unbroken", `href="/desk/try/audit?line=200"`)
	_, page = admin.get("/audit?line=200")
	admin.sees(page, "Lines 101 to 200 of 256", `href="/desk/try/audit?line=100"`, `href="/desk/try/audit?line=201"`, "who runs heard")
	_, page = admin.post("/audit/check", nil)
	admin.sees(page, "All 256 lines were checked: none was changed.")
	for _, odd := range []string{"?line=-5", "?line=999999", "?line=x"} {
		_, page = admin.get("/audit" + odd)
		admin.sees(page, "Lines 201 to 2")
	}
	pages := console.New(console.Options{Desks: []*desk.Desk{
		desk.New(desk.Options{Store: tampered{h.store}, Bot: h.bot, Provider: h.desk.Provider()}),
	}})
	server := httptest.NewServer(pages)
	defer server.Close()
	other := h.stranger()
	other.base = server.URL + "/desk/try"
	other.signIn("ada", ownPassword)
	_, page = other.get("/audit?line=1")
	other.sees(page, "A line on this page was changed", "changed</b>")
	_, page = other.post("/audit/check", nil)
	other.sees(page, "The log was changed", `href="/desk/try/audit?line=3"`)
}

// No page of the desk is kept by the browser for who comes next.
func TestPagesAreNotKept(t *testing.T) {
	h := newHouse(t, nil)
	admin := h.colleague("ada", desk.Administrator)
	for _, path := range []string{"/", "/members", "/audit", "/password", "/sign-in", "/nothing"} {
		resp, err := admin.client.Get(admin.base + path)
		if err != nil {
			t.Fatal(err)
		}
		body(t, resp)
		if got := resp.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
	}
}
