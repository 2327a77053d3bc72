package console_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"heard/bot"
	"heard/bot/console"
	"heard/bot/desk"
)

func logTo(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

// Who is not signed in sees nothing of a desk, and comes to where they wanted to be.
func TestSignInLeadsOn(t *testing.T) {
	h := newHouse(t, nil)
	h.staff("sam", "Sam Reed", desk.Handler)
	h.pages.AddPage("GET /here", desk.Answer, func(desk.Who, string, desk.Form) error {
		return &bot.Rejection{Code: "x", Sentence: "You came to where you wanted to be."}
	})
	c := h.stranger()
	status, page := c.get("/here?a=b")
	c.sees(page, "Password", `value="/desk/try/here?a=b"`)
	if status != http.StatusOK || strings.Contains(page, "where you wanted") || strings.Contains(page, "Sign out") {
		t.Errorf("status %d for a stranger", status)
	}
	_, page = c.post("/sign-in", url.Values{"login": {" SAM "}, "password": {ownPassword}, "to": {"/desk/try/here?a=b"}})
	c.sees(page, "You came to where you wanted to be.", "Sam Reed", "Sign out")
	_, page = c.post("/sign-out", nil)
	c.sees(page, "You are signed out.", "Password")
	if _, page = c.get("/"); !strings.Contains(page, "Password") {
		t.Error("who signed out is still there")
	}
}

// The address that is led to is of this desk: a link in a mail must not end anywhere
// else.
func TestSignInLeadsNowhereElse(t *testing.T) {
	h := newHouse(t, nil)
	h.staff("sam", "Sam Reed", desk.Handler)
	for _, to := range []string{"https://evil.example.org/", "//evil.example.org/", "/desk/try//evil.example.org", `/desk/try/\evil`, "/desk/other/", "/webhooks", ""} {
		c := h.stranger()
		c.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		resp, err := c.client.PostForm(c.base+"/sign-in", url.Values{"login": {"sam"}, "password": {ownPassword}, "to": {to}})
		if err != nil {
			t.Fatal(err)
		}
		body(t, resp)
		if got := resp.Header.Get("Location"); got != "/desk/try/" {
			t.Errorf("%q leads to %q", to, got)
		}
	}
}

// What is wrong is said in a summary and beside the field, and the name typed stays.
func TestSignInErrors(t *testing.T) {
	h := newHouse(t, nil)
	h.staff("sam", "Sam Reed", desk.Handler)
	c := h.stranger()
	status, page := c.signIn("", "")
	c.sees(page, `role="alert"`, `<a href="#login">Write what you sign in with.</a>`, `<a href="#password">`, `id="login-error"`, `aria-invalid="true"`, `aria-describedby=" login-error"`)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", status)
	}
	_, wrong := c.signIn("sam", "no such password")
	_, unknown := c.signIn("nobody", "no such password")
	c.sees(wrong, "This is not right.", `value="sam"`)
	if strings.ReplaceAll(wrong, `value="sam"`, `value="nobody"`) != unknown {
		t.Error("the page tells who has an account")
	}
	if strings.Contains(wrong, "no such password") {
		t.Error("the password is on the page")
	}
}

// Guessing gets slower, and who waits is told how long.
func TestSignInSlowsDown(t *testing.T) {
	h := newHouse(t, nil)
	h.staff("sam", "Sam Reed", desk.Handler)
	c := h.stranger()
	for range 5 {
		c.signIn("sam", "a guess that is wrong")
	}
	resp, err := c.client.PostForm(c.base+"/sign-in", url.Values{"login": {"sam"}, "password": {ownPassword}})
	if err != nil {
		t.Fatal(err)
	}
	c.sees(body(t, resp), "That was tried too often. Wait ")
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
		t.Errorf("status %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
}

// A cookie that a script, another site or somebody on the way can read is a session
// for them.
func TestTheCookieOverHTTPS(t *testing.T) {
	h := newHouse(t, func(o *console.Options) { o.PublicURL = "https://heard.example.org" })
	h.staff("sam", "Sam Reed", desk.Handler)
	c := h.stranger()
	c.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := c.client.PostForm(c.base+"/sign-in", url.Values{"login": {"sam"}, "password": {ownPassword}})
	if err != nil {
		t.Fatal(err)
	}
	body(t, resp)
	set := resp.Header.Get("Set-Cookie")
	for _, want := range []string{"__Host-heard-try=", "; Path=/;", "; Secure", "; HttpOnly", "; SameSite=Lax"} {
		if !strings.Contains(set, want) {
			t.Errorf("the cookie lacks %q", want)
		}
	}
	if strings.Contains(set, "Domain") || strings.Contains(set, "Max-Age") {
		t.Error("the cookie goes elsewhere, or stays")
	}
}

// Over plain http the desk is for this machine alone.
func TestPlainHTTPIsForThisMachine(t *testing.T) {
	for public, want := range map[string]int{"": 421, "http://heard.example.org": 421, "https://heard.example.org": 200} {
		h := newHouse(t, func(o *console.Options) { o.PublicURL = public })
		req, err := http.NewRequest(http.MethodGet, h.server.URL+"/desk/try/sign-in", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "heard.example.org"
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if body(t, resp); resp.StatusCode != want {
			t.Errorf("public_url %q: status %d, want %d", public, resp.StatusCode, want)
		}
	}
}

// What may not be done is not shown, and not done.
func TestPagesNeedTheirPermission(t *testing.T) {
	h := newHouse(t, nil)
	done := 0
	h.pages.AddPage("POST /act", desk.GiveOut, func(desk.Who, string, desk.Form) error { done++; return nil })
	c := h.colleague("sam", desk.Handler)
	status, page := c.post("/act", url.Values{"words": {"x"}})
	c.sees(page, "Your role does not allow this.")
	if status != http.StatusForbidden || done != 0 {
		t.Errorf("status %d, done %d times", status, done)
	}
	lead := h.colleague("ade", desk.Lead)
	if _, page = lead.post("/act", url.Values{"words": {"x"}}); done != 1 {
		t.Errorf("done %d times by who may", done)
	}
	lead.sees(page, `role="status">It is done.`)
	if _, page = lead.get("/"); strings.Contains(page, "It is done.") {
		t.Error("what was done is said twice")
	}
	if status, page = c.get("/nothing/here"); status != http.StatusNotFound {
		t.Errorf("status %d for a page that there is not", status)
	}
	c.sees(page, "There is nothing here.", "Sign out")
}

// A session that ended while somebody wrote must not cost them what they wrote.
func TestNothingTypedIsLostWithTheSession(t *testing.T) {
	h := newHouse(t, nil)
	h.pages.AddPage("POST /act", "", func(desk.Who, string, desk.Form) error { t.Error("it was done"); return nil })
	c := h.stranger()
	status, page := c.post("/act", url.Values{"words": {"A long & careful letter"}, "password": {"four old brown shoes"}})
	c.sees(page, "You are not signed in", "A long &amp; careful letter")
	if status != http.StatusUnauthorized || strings.Contains(page, "brown") {
		t.Errorf("status %d", status)
	}
}

// Our fault is a sentence to who meets it, and a line in the log.
func TestOurFaults(t *testing.T) {
	h := newHouse(t, nil)
	h.pages.AddPage("POST /act", "", func(desk.Who, string, desk.Form) error { return errors.New("dial: refused") })
	c := h.colleague("sam", desk.Handler)
	status, page := c.post("/act", url.Values{"words": {"a word of somebody"}})
	c.sees(page, "This could not be done just now")
	if status != http.StatusServiceUnavailable || strings.Contains(page, "dial") {
		t.Errorf("status %d", status)
	}
	if log := h.logged.String(); !strings.Contains(log, "dial: refused") || strings.Contains(log, "somebody") {
		t.Errorf("the log says %q", log)
	}
}

// Another site cannot act for whoever is signed in here, and no page runs what was
// written into it.
func TestTheDeskIsClosedToOtherSites(t *testing.T) {
	h := newHouse(t, nil)
	h.pages.AddPage("POST /act", "", func(desk.Who, string, desk.Form) error { t.Error("it was done"); return nil })
	c := h.colleague("sam", desk.Handler)
	req, err := http.NewRequest(http.MethodPost, c.base+"/act", strings.NewReader("words=x"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := c.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body(t, resp)
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("status %d", resp.StatusCode)
	}
	if csp := resp.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("the policy is %q", csp)
	}
}

// A form that is sent in too many words is told so.
func TestALargeForm(t *testing.T) {
	h := newHouse(t, nil)
	h.pages.AddPage("POST /act", "", func(desk.Who, string, desk.Form) error { t.Error("it was done"); return nil })
	c := h.colleague("sam", desk.Handler)
	status, page := c.post("/act", url.Values{"words": {strings.Repeat("long ", 100_000)}})
	c.sees(page, "This is too long.")
	if status != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", status)
	}
}

// What a form says of itself comes to the act: sent twice, it is done once, also by who
// looked again; another form of the same page, or other words in it, is another act.
func TestAForm(t *testing.T) {
	h := newHouse(t, nil)
	var got desk.Form
	for _, path := range []string{"/act", "/other"} {
		h.pages.AddPage("POST "+path, "", func(_ desk.Who, _ string, f desk.Form) error { got = f; return nil })
	}
	c := h.colleague("sam", desk.Handler)
	turn := func(path, seen, turn, words string) bot.TurnID {
		t.Helper()
		got = desk.Form{}
		c.post(path, url.Values{"seen": {seen}, "turn": {turn}, "reason": {" why "}, "words": {words}})
		if got.Reason != "why" || fmt.Sprint(got.Seen) != seen {
			t.Errorf("%+v", got)
		}
		return got.Turn
	}
	first := turn("/act", "7", "t1", "a")
	if first == "" || turn("/act", "7", "t1", "a") != first || turn("/act", "8", "t1", "a") != first {
		t.Error("the same sent twice is done twice")
	}
	for _, other := range []bot.TurnID{turn("/act", "7", "t2", "a"), turn("/other", "7", "t1", "a"), turn("/act", "7", "t1", "b")} {
		if other == first {
			t.Error("another act is taken for one that was done")
		}
	}
	if turn("/act", "7", "", "a") != "" || turn("/act", "7", strings.Repeat("t", 65), "a") != "" {
		t.Error("a form without a name of ours has one")
	}
}

// Who was given a password chooses their own before anything else.
func TestAGivenPasswordIsChanged(t *testing.T) {
	h := newHouse(t, nil)
	if _, err := h.desk.AddMember(t.Context(), desk.Operator(), "sam", "Sam Reed", []desk.Role{desk.Handler}, "a password for a week"); err != nil {
		t.Fatal(err)
	}
	c := h.stranger()
	_, page := c.signIn("sam", "a password for a week")
	c.sees(page, "Choose your own password")
	_, page = c.post("/password", url.Values{"old": {"a password for a week"}, "password": {"short"}, "again": {"short"}})
	c.sees(page, "Use 12 characters or more.", `href="#password"`)
	_, page = c.post("/password", url.Values{"old": {"a password for a week"}, "password": {ownPassword}, "again": {"something else"}})
	c.sees(page, "This is not the same as above.")
	_, page = c.post("/password", url.Values{"old": {"a password for a year"}, "password": {ownPassword}, "again": {ownPassword}})
	c.sees(page, "This is not your password as it is now.")
	_, page = c.post("/password", url.Values{"old": {"a password for a week"}, "password": {ownPassword}, "again": {ownPassword}})
	c.sees(page, "Your password is changed.", "Your account: ")
	other := h.stranger()
	_, page = other.signIn("sam", ownPassword)
	other.sees(page, "Your account: ")
	_, page = c.post("/sign-out-everywhere", nil)
	c.sees(page, "wherever else you were signed in")
	if _, page = other.get("/"); strings.Contains(page, "Sign out") {
		t.Error("the other session goes on")
	}
}

// Who works for one of several providers finds its desk, and is signed in to that one
// alone.
func TestSeveralDesks(t *testing.T) {
	h := newHouse(t, func(o *console.Options) {
		o.Desks = append(o.Desks, desk.New(desk.Options{Provider: bot.Provider{ID: "other", Name: "Other <Council>"}}))
	})
	c := h.colleague("sam", desk.Handler)
	c.base = h.server.URL + "/desk"
	_, page := c.get("/")
	c.sees(page, `href="/desk/try/"`, `href="/desk/other/"`, "Other &lt;Council&gt;")
	_, page = c.get("/other/")
	c.sees(page, "Sign in", "Password")
	if status, _ := c.get("/nowhere/"); status != http.StatusNotFound {
		t.Errorf("status %d for a provider that there is not", status)
	}
}
