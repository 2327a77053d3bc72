package console_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"heard/bot/desk"
	"heard/channels"
)

// number is whose phone the complaint comes from; no page may show it.
const number = "+447700900321"

// complain sends a complaint by SMS and returns its reference.
func (h *house) complain(words ...string) string {
	h.Helper()
	return h.complainAs(number, append(words, "SEND NOW")...)
}

// complainAs does so from a number of one's own, which must be on no page either.
func (h *house) complainAs(number channels.Address, words ...string) string {
	h.Helper()
	for i, text := range words {
		in := channels.Inbound{
			ID: channels.MessageID(fmt.Sprint("SM", h.Name(), number, i, text)), Channel: channels.SMS, Sender: "+447700900999", Address: number,
			At: time.Now(), Text: text,
		}
		if err := h.bot.Receive(context.Background(), provider, in); err != nil {
			h.Fatal(err)
		}
	}
	cases, err := h.desk.Cases(context.Background(), desk.Who{Roles: []desk.Role{desk.Handler}}, desk.Filter{})
	if err != nil || len(cases.Cases) == 0 {
		h.Fatalf("no case came in: %v", err)
	}
	return string(cases.Cases[0].Ref)
}

var hidden = regexp.MustCompile(`name="(seen|turn)" value="([^"]*)"`)

// form is what the page of a case gives its forms.
func form(page string, more ...string) url.Values {
	f := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(page, 2) {
		f.Set(m[1], m[2])
	}
	for ; len(more) >= 2; more = more[2:] {
		f.Set(more[0], more[1])
	}
	return f
}

// From the list to the case, and a word back to the person: what a complaint manager
// does forty times a day.
func TestACaseIsFoundReadAndAnswered(t *testing.T) {
	h := newHouse(t, nil)
	ref := h.complain("My mother waited two hours for her <b>tea</b>.")
	sam := h.colleague("sam", desk.Handler)
	_, page := sam.get("/work")
	_, todo := sam.get("/task?task=" + ref + "%2Facknowledge")
	sam.sees(todo, "Acknowledge it</a>", "?open=acknowledge#acknowledge")
	if strings.Contains(todo, "What was done") {
		t.Error("an acknowledgement may end without a word to the person")
	}
	sam.sees(page, "Acknowledge", ref, "working days left", "nobody")
	at := "/cases/" + ref
	_, page = sam.get(at)
	sam.sees(page, "My mother waited two hours for her &lt;b&gt;tea&lt;/b&gt;.", "Anonymous.", "the person never sees this")
	_, page = sam.post(at+"/take", form(page))
	sam.sees(page, "The case is yours.", "Sam Reed")
	status, page := sam.post(at+"/update", form(page, "update", " "))
	sam.sees(page, `href="#update"`, "Write what the person should read.")
	if status != http.StatusUnprocessableEntity {
		t.Errorf("an empty update: status %d", status)
	}
	_, page = sam.post(at+"/update", form(page, "update", "We have spoken to the ward – sorry.", "preview", "1"))
	sam.sees(page, "As they will read it", "They hold less because of", "We have spoken to the ward")
	twice := form(page, "update", "We have spoken to the ward.")
	for range 2 {
		_, page = sam.post(at+"/update", twice)
		sam.sees(page, "The update is on its way.")
	}
	if n := strings.Count(page, `<p class="typed" dir="auto">We have spoken to the ward.</p>`); n != 1 {
		t.Errorf("the update stands %d times in what happened", n)
	}
	_, page = sam.post(at+"/note", form(page, "note", "Ring the ward again"))
	sam.sees(page, "Only staff can read it", "Ring the ward again")
	if _, page = sam.get("/work"); strings.Contains(page, ">Acknowledge<") {
		t.Error("it is still to be acknowledged")
	}
}

// An alert with no case: who reads it at night says that they see to it, and what they
// did; nobody is called twice.
func TestAnAlertIsTakenAndEnded(t *testing.T) {
	h := newHouse(t, nil)
	in := channels.Inbound{ID: "SM" + channels.MessageID(t.Name()), Channel: channels.SMS, Sender: "+447700900999", Address: number, At: time.Now(), Text: "I want to kill myself"}
	if err := h.bot.Receive(context.Background(), provider, in); err != nil {
		t.Fatal(err)
	}
	sam, ade := h.colleague("sam", desk.Handler), h.colleague("ade", desk.Handler)
	_, list := sam.get("/work")
	sam.sees(list, "I want to kill myself", "none yet")
	link := regexp.MustCompile(`href="/desk/try(/task[^"]*)">Danger<`).FindStringSubmatch(list)
	if link == nil {
		t.Fatal("the alert leads nowhere")
	}
	_, page := sam.get(link[1])
	sam.sees(page, "I want to kill myself", "I see to it", "There is no case")
	task := url.Values{"task": {regexp.MustCompile(`name="task" value="([^"]*)"`).FindStringSubmatch(page)[1]}}
	_, page = sam.post("/task/take", task)
	sam.sees(page, "It is yours.", "You see to it")
	_, page = ade.post("/task/take", task)
	ade.sees(page, "Sam Reed has taken this already.")
	status, page := sam.post("/task/done", task)
	sam.sees(page, "Say in a few words what was done", `aria-invalid="true"`)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("without a word: status %d", status)
	}
	task.Set("how", "Rang 999")
	_, page = sam.post("/task/done", task)
	sam.sees(page, "Done, and noted.", "Nothing here needs anybody now.")
	_, page = ade.post("/task/done", task)
	ade.sees(page, "That was done already.")
}

// Who writes over a colleague's promise without seeing it breaks it; and what they
// typed must not be lost.
func TestTwoHandlersAtOnce(t *testing.T) {
	h := newHouse(t, nil)
	at := "/cases/" + h.complain("Nobody came when I rang.")
	sam, ade := h.colleague("sam", desk.Handler), h.colleague("ade", desk.Handler)
	_, mine := sam.get(at)
	_, theirs := ade.get(at)
	ade.post(at+"/update", form(theirs, "update", "You hear by Friday."))
	status, page := sam.post(at+"/update", form(mine, "update", "You hear in a month."))
	sam.sees(page, "Somebody changed this case", "Changed since you opened it", "You hear by Friday.", "You hear in a month.</textarea>")
	if n := strings.Count(page, ">You hear by Friday.<"); n != 2 {
		t.Errorf("what was added stands %d times: once apart, once in what happened", n)
	}
	if status != http.StatusConflict {
		t.Errorf("status %d", status)
	}
	_, page = sam.post(at+"/update", form(page, "update", "Sorry, Monday."))
	sam.sees(page, "The update is on its way.", "Sorry, Monday.")
	_, theirs = ade.get(at)
	ade.post(at+"/note", form(theirs, "note", "She rang: she wants no more messages"))
	_, page = sam.post(at+"/update", form(page, "update", "And once more sorry."))
	sam.sees(page, "Changed since you opened it", "She rang: she wants no more messages", "And once more sorry.</textarea>")
}

// Nobody finds out who complains by looking through the pages, and a reference that
// is not theirs to see tells a stranger nothing.
func TestAnAnonymousCaseOnEveryPage(t *testing.T) {
	h := newHouse(t, nil)
	ref := h.complain("They laughed at me.")
	lead := h.colleague("ade", desk.Roles()...)
	for _, path := range []string{"/", "/work", "/work?words=" + ref, "/cases", "/cases/" + ref, "/audit", "/members"} {
		status, page := lead.get(path)
		if status != http.StatusOK || strings.Contains(page, "7700900321") {
			t.Errorf("%s: status %d, or the number is there", path, status)
		}
	}
	_, page := lead.get("/cases/" + ref)
	status, page := lead.post("/cases/"+ref+"/reveal", form(page, "reason", "curious"))
	lead.sees(page, "Only of a confidential case")
	if status != http.StatusUnprocessableEntity || strings.Contains(h.logged.String(), "7700900321") {
		t.Errorf("reveal: status %d, or the number is in the log", status)
	}
	analyst := h.colleague("ana", desk.Analyst)
	for _, path := range []string{"/cases", "/cases/" + ref} {
		if status, page := analyst.get(path); status != http.StatusForbidden || strings.Contains(page, "laughed") {
			t.Errorf("%s: status %d for an analyst", path, status)
		}
	}
	status, one := lead.get("/cases/H-7K4-MQ2")
	if _, other := lead.get("/cases/nonsense"); status != http.StatusNotFound || one != other {
		t.Errorf("status %d, or the answers differ", status)
	}
}

// A page stays in the browser when one of its forms was sent: who goes back and does
// something else from it must not be told "done" when nothing was.
func TestTwoActsFromOnePage(t *testing.T) {
	h := newHouse(t, nil)
	at := "/cases/" + h.complain("Nobody came when I rang.")
	sam := h.colleague("sam", desk.Handler)
	_, page := sam.get(at)
	sam.post(at+"/note", form(page, "note", "I rang the ward."))
	sam.post(at+"/note", form(page, "note", "I rang the ward.")) // pressed twice
	sam.post(at+"/note", form(page, "note", "They ring back."))  // a note is kept whatever happened
	status, again := sam.post(at+"/take", form(page))
	if sam.sees(again, "Changed since you opened it"); status != http.StatusConflict {
		t.Errorf("taking it: status %d", status)
	}
	sam.post(at+"/take", form(again))
	_, page = sam.get(at)
	sam.sees(page, "They ring back.", "The case is Sam Reed&#39;s now.")
	if n := strings.Count(page, "I rang the ward."); n != 1 {
		t.Errorf("a note that was sent twice stands there %d times", n)
	}
}
