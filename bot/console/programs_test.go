package console_test

import (
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/desk"
	"heard/bot/hooks"
	"heard/bot/report"
	"heard/flows"
)

var madeSecret = regexp.MustCompile(`<output class="code">([^<]+)</output>`)

// An administrator lets a program in for as long as it is needed, and out again at once,
// without anybody at a terminal.
func TestAnAdministratorMakesAndRevokesTokens(t *testing.T) {
	h := newHouse(t, nil)
	admin := h.colleague("ada", desk.Administrator)
	status, page := admin.post("/tokens/new", url.Values{"name": {" "}, "ends": {"2020-01-01"}})
	admin.sees(page, `href="#name"`, `href="#scopes"`, `href="#ends"`, "This day has passed.", `value="2020-01-01"`)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", status)
	}
	_, page = admin.post("/tokens/new", url.Values{"name": {"x"}, "ends": {"soon"}, "scopes": {"see cases"}})
	admin.sees(page, `href="#ends"`, `value="soon"`, `value="see cases" id="scopes-0" checked`)
	last := time.Now().AddDate(0, 1, 0).Format(time.DateOnly)
	_, page = admin.post("/tokens/new", url.Values{"name": {"Complaints <b>system"}, "ends": {last}, "scopes": {"see cases", "answer"}})
	found := madeSecret.FindStringSubmatch(page)
	if found == nil {
		t.Fatal("no token is shown")
	}
	admin.sees(page, "It is shown this once.", "Complaints &lt;b&gt;system")
	who, ok, err := h.desk.Program(t.Context(), found[1])
	if err != nil || !ok || !who.May(desk.Answer) || who.May(desk.Export) {
		t.Errorf("it may %+v, %v, %v", who, ok, err)
	}
	_, page = admin.get("/tokens")
	admin.sees(page, "Complaints &lt;b&gt;system", "see cases, answer", "Last used")
	if strings.Contains(page, found[1]) {
		t.Error("the token is shown again")
	}
	link := regexp.MustCompile(`/tokens/([0-9a-f]{16})"`).FindStringSubmatch(page)
	if link == nil {
		t.Fatal("the token is not on the list")
	}
	_, page = admin.get("/tokens/" + link[1])
	admin.sees(page, "Revoke the token of Complaints &lt;b&gt;system")
	_, page = admin.get("/audit?member=token:" + link[1])
	admin.sees(page, "None of")
	_, page = admin.post("/tokens/"+link[1]+"/revoke", nil)
	admin.sees(page, "opens nothing any more", "No program has a token.")
	if _, ok, _ := h.desk.Program(t.Context(), found[1]); ok {
		t.Error("it still opens something")
	}
	_, page = admin.get("/audit")
	admin.sees(page, "add a token", "revoke a token")
	if status, _ := admin.get("/tokens/0000000000000000"); status != http.StatusNotFound {
		t.Errorf("status %d for a token that there is not", status)
	}
}

// failedWebhook adds a webhook whose receiver did not take a case's event for three
// days.
func (h *house) failedWebhook(ref string) hooks.Hook {
	h.Helper()
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		h.mu.Lock()
		defer h.mu.Unlock()
		w.WriteHeader(h.answers)
	}))
	h.Cleanup(receiver.Close)
	h.answers = http.StatusInternalServerError
	one, err := hooks.New(receiver.URL+"/hook?key=secret", nil, true, time.Now())
	if err != nil {
		h.Fatal(err)
	}
	ctx := h.Context()
	if err := hooks.Add(ctx, h.store, provider, "", one); err != nil {
		h.Fatal(err)
	}
	c, err := h.store.ReadCase(ctx, provider, bot.CaseRef(ref))
	if err != nil {
		h.Fatal(err)
	}
	happened := bot.Turn{Provider: provider, ID: bot.TurnID(rand.Text()), Ops: []bot.Op{bot.Happened{Case: c, Kind: bot.CaseClosed, At: time.Now()}}}
	if _, err := h.whole.Commit(ctx, happened); err != nil {
		h.Fatal(err)
	}
	teller := hooks.NewTeller(hooks.Options{
		Store: h.store, Guard: h.whole.Guard, Providers: []bot.ProviderID{provider}, Instance: "a", Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Now().Add(73 * time.Hour) }, Count: func(string) {}, GivenUp: h.bot.WebhookGivenUp,
	})
	var wg sync.WaitGroup
	teller.Look(ctx, &wg)
	wg.Wait()
	return one
}

// An administrator learns from the list of what is to be done that another system is not
// in step, sees why, and brings it up to date.
func TestAnAdministratorLooksAfterWebhooks(t *testing.T) {
	h := newHouse(t, nil)
	ref := h.complain("They forgot her.")
	hook := h.failedWebhook(ref)
	admin, handler := h.colleague("ada", desk.Administrator), h.colleague("sam", desk.Handler)
	at := "/webhooks/" + hook.ID
	_, page := admin.get("/work")
	admin.sees(page, "A system is not in step", "did not take news for three days")
	task := regexp.MustCompile(`href="/desk/try(/task\?task=[^"]+)"`).FindStringSubmatch(page)
	if task == nil {
		t.Fatal("the task has no page")
	}
	_, page = admin.get(task[1])
	admin.sees(page, "See why, and send it again", `/desk/try`+at+`"`, "What was done")
	if status, _ := handler.get(task[1]); status != http.StatusNotFound {
		t.Errorf("status %d for a handler", status)
	}
	_, page = admin.get("/work")
	if strings.Contains(page, ref) {
		t.Error("who sees no case sees one")
	}
	if _, page := handler.get("/work"); strings.Contains(page, "not in step") {
		t.Error("a handler is to see to it")
	}
	_, page = admin.get("/webhooks")
	admin.sees(page, "given up", strings.TrimPrefix(strings.TrimSuffix(hook.URL, "/hook?key=secret"), "http://"))
	if strings.Contains(page, "secret") {
		t.Error("what an address ends with is on the list")
	}
	_, page = admin.get(at)
	admin.sees(page, "not taken: the answer was 500", "It was closed", ref, "Send again", "say what was done about it")
	number := regexp.MustCompile(`name="number" value="(\d+)"`).FindStringSubmatch(page)
	if number == nil {
		t.Fatal("what was given up cannot be sent again")
	}
	_, page = admin.post(at+"/again", url.Values{"number": number[1:]})
	admin.sees(page, "It was not taken: the answer was 500.", "Send again")
	h.mu.Lock()
	h.answers = http.StatusNoContent
	h.mu.Unlock()
	_, page = admin.post(at+"/again", url.Values{"number": number[1:]})
	admin.sees(page, "It was taken.", ">taken<")
	if strings.Contains(page, "say what was done") || strings.Contains(page, "Send again") {
		t.Error("there is still something to see to")
	}
	if _, page := admin.get("/work"); strings.Contains(page, "not in step") {
		t.Error("it is still on the list")
	}
	_, page = admin.post(at+"/test", nil)
	admin.sees(page, "The test message was taken.")
	_, page = admin.post(at+"/pause", nil)
	admin.sees(page, "It is paused", "Let it go on")
	_, page = admin.post(at+"/resume", nil)
	admin.sees(page, "It goes on from where it was.")
	_, page = admin.post(at+"/events", nil)
	admin.sees(page, `href="#events"`, "Choose at least one event.")
	_, page = admin.post(at+"/events", url.Values{"events": {"case.closed"}})
	admin.sees(page, "It is told these events from now on.", `value="case.closed" id="events-9" checked`)
	_, page = admin.post(at+"/secret", nil)
	if madeSecret.FindString(page) == "" || strings.Contains(page, hook.Secret) {
		t.Error("no other secret is shown")
	}
	_, page = admin.post(at+"/remove", nil)
	admin.sees(page, "It is told nothing any more.", "No other system is told anything.")
	_, page = admin.get("/audit")
	admin.sees(page, "tell a webhook again", "test a webhook", "pause a webhook", "let a webhook go on", "choose a webhook&#39;s events", "change a webhook&#39;s secret", "remove a webhook", "finish a task")
	if status, _ := admin.get(at); status != http.StatusNotFound {
		t.Errorf("status %d for a webhook that there is not", status)
	}
}

// Through the page nobody makes heard ask a machine inside, and each error is beside its
// field.
func TestAWebhookOfThePageGoesOutsideAlone(t *testing.T) {
	h := newHouse(t, nil)
	admin := h.colleague("ada", desk.Administrator)
	for _, inside := range []string{"", "x", "http://complaints.example.org/", "https://127.0.0.1/", "https://localhost:6379/", "https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/"} {
		status, page := admin.post("/webhooks/new", url.Values{"url": {inside}, "events": {"case.closed"}})
		admin.sees(page, `href="#url"`, `value="case.closed" id="events-9" checked`)
		if status != http.StatusUnprocessableEntity {
			t.Errorf("%q: status %d", inside, status)
		}
	}
	_, page := admin.post("/webhooks/new", url.Values{"url": {"https://complaints.example.org/heard"}, "events": {"case.eaten"}})
	admin.sees(page, `href="#events"`)
	_, page = admin.post("/webhooks/new", url.Values{"url": {"https://complaints.example.org/heard"}, "events": {"case.closed"}})
	if found := madeSecret.FindStringSubmatch(page); found == nil || !strings.HasPrefix(found[1], "whsec_") {
		t.Error("no secret is shown")
	}
	_, page = admin.get("/webhooks")
	admin.sees(page, "complaints.example.org", "in step")
}

// answered has enough people answer statements for a table to be shown.
func (h *house) answered() {
	h.Helper()
	last := report.LastClosed(time.Now(), time.UTC)
	var all []bot.StatementAnswer
	for n := range 14 {
		a := bot.StatementAnswer{Month: last.String(), Channel: "sms", Language: "en", Statement: "making.myway", Answer: flows.Agrees}
		if n >= 8 {
			a.Answer = flows.Neither
		}
		all = append(all, a)
	}
	all = append(all, bot.StatementAnswer{Month: last.String(), Channel: "whatsapp", Language: "en", Statement: "making.time", Answer: flows.Agrees})
	turn := bot.Turn{Provider: provider, ID: bot.TurnID(rand.Text()), Ops: []bot.Op{bot.AddAnswers{Answers: all}}}
	if _, err := h.whole.Commit(h.Context(), turn); err != nil {
		h.Fatal(err)
	}
}

// Who answers for the service reads at the desk what people say of it, and nothing by
// which one person's answer could be worked out.
func TestReportsAtTheDesk(t *testing.T) {
	h := newHouse(t, nil)
	h.answered()
	h.complain("They forgot her.")
	analyst, guardian, handler := h.colleague("ana", desk.Analyst), h.colleague("gus", desk.Guardian), h.colleague("sam", desk.Handler)
	_, page := analyst.get("/reports")
	analyst.sees(page, "57 %", ">14<", "</b>: hidden", "/reports/ko41a", "By finding", "12 months")
	if status, page := analyst.get("/reports?table=person"); status != http.StatusNotFound || strings.Contains(page, "57 %") {
		t.Errorf("status %d for a table that there is not", status)
	}
	_, page = analyst.get("/reports/statements.csv?table=channel")
	analyst.sees(page, "making.myway", "sms")
	year := time.Now().UTC()
	_, page = analyst.get("/reports/ko41a")
	analyst.sees(page, "subject area", "not recorded", "(check)", "April ")
	_, page = analyst.get("/reports/regulation18?year=" + year.Format("2006"))
	analyst.sees(page, "complaints received", "Save as JSON lines")
	_, page = analyst.get("/reports/regulation18/file?format=jsonl")
	analyst.sees(page, `"what":"complaints received"`)
	if status, _ := analyst.get("/reports/cases"); status != http.StatusNotFound {
		t.Errorf("status %d for an export of cases as a report", status)
	}
	for _, who := range []*colleague{guardian, handler} {
		_, page = who.get("/reports")
		who.sees(page, "57 %")
		for _, path := range []string{"/reports/ko41a", "/reports/regulation18/file"} {
			if status, _ := who.get(path); status != http.StatusForbidden {
				t.Errorf("%s: status %d", path, status)
			}
		}
	}
	if status, _ := h.colleague("bo", desk.Recorder).get("/reports"); status != http.StatusForbidden {
		t.Errorf("status %d for who reads no reports", status)
	}
	admin := h.colleague("ada", desk.Administrator)
	_, page = admin.get("/audit?did=report")
	admin.sees(page, "read a report")
	_, page = admin.get("/audit?did=export")
	admin.sees(page, "ko41a on a page", "regulation18 jsonl")
}

// Who checks on staff finds what one of them did, or what was done about one case, among
// hundreds of thousands of lines.
func TestTheAuditLogIsSearched(t *testing.T) {
	h := newHouse(t, nil)
	day := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for n := range 150 {
		r := bot.AuditRecord{At: day.AddDate(0, 0, n%3), Did: "update", Case: "H-7K4-MQ2", Member: "m-1"}
		if n == 70 {
			r.Did, r.Case, r.Reason = "reveal who it is", "H-XET-AFF", "She rang"
		}
		if err := h.store.Audit(t.Context(), provider, r); err != nil {
			t.Fatal(err)
		}
	}
	admin := h.colleague("ada", desk.Administrator)
	has := func(query string, count int, texts ...string) string {
		t.Helper()
		_, page := admin.get("/audit?" + query)
		if got := strings.Count(page, `<th scope="row"`); got != count {
			t.Errorf("%s: %d lines, want %d", query, got, count)
		}
		admin.sees(page, texts...)
		return page
	}
	has("did=reveal", 1, "She rang", "H-XET-AFF")
	has("case=H-XET-AFF", 1, "She rang")
	has("member=m-1&from=2026-03-03&until=2026-03-03", 50)
	page := has("member=m-1", 100, "Older lines")
	next := regexp.MustCompile(`href="/desk/try/audit\?([^"]*before=[^"]*)"`).FindStringSubmatch(page)
	if next == nil {
		t.Fatal("there is no way to what is older")
	}
	has(strings.ReplaceAll(next[1], "&amp;", "&"), 50)
	has("did=nothing", 0, "None of")
	has("did=%3Cb%3E", 0, `value="&lt;b&gt;"`)
	has("case=x&from=y", 0, `href="#case"`, `href="#from"`, "This is no reference.", `value="y"`)
	has("did=search", 8, "search the audit log") // each look is in it, by now
}
