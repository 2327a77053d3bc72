package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"heard/bot/desk"
)

// Somebody on the ward knows what happened and has no account: they are asked by a link,
// read the question and nothing of who complains, and what they answer is on the case.
func TestSomebodyOutsideTheTeamIsAsked(t *testing.T) {
	h := newHouse(t, nil)
	ref := h.complain("Nobody came when I rang.")
	at := "/cases/" + ref
	sam := h.colleague("sam", desk.Handler)
	_, page := sam.get(at)
	status, got := sam.post(at+"/ask", form(page, "ask_question", "Who was on duty?", "ask_day", "2020-01-04"))
	sam.sees(got, "Say who is asked", `href="#ask_of"`, "This day has passed.", `href="#ask_day"`, "Who was on duty?</textarea>")
	if status != http.StatusUnprocessableEntity || !isOpen(got, "others") {
		t.Errorf("status %d, or what was typed cannot be seen", status)
	}
	day := time.Now().AddDate(0, 0, 7)
	var link string
	for range 2 { // the form is sent twice
		_, got = sam.post(at+"/ask", form(page, "ask_of", "Ward manager", "ask_question", "Who was on <b>duty</b>?", "ask_day", day.Format(time.DateOnly)))
		sam.sees(got, "They are asked", "It is shown this once")
		found := regexp.MustCompile(`<output class="code">/statement/try/([^<]+)</output>`).FindStringSubmatch(got)
		if found == nil || link != "" && link != found[1] {
			t.Fatalf("the link: %q", found)
		}
		link = found[1]
	}
	_, page = sam.get(at)
	sam.sees(page, "Ward manager, by "+day.Format("Monday 2 January 2006")+": not answered yet", "A statement was asked for", "An answer came another way")
	if n := strings.Count(page, "Asked of Ward manager: "); n != 1 {
		t.Errorf("asked %d times", n)
	}
	ward := h.stranger()
	ward.base = h.server.URL
	status, got = ward.get("/statement/try/" + link)
	ward.sees(got, "Who was on &lt;b&gt;duty&lt;/b&gt;?", "as <b dir=\"auto\">Ward manager</b>", day.Format("Monday 2 January 2006"))
	if status != http.StatusOK || strings.Contains(got, ref) || strings.Contains(got, "Nobody came") || strings.Contains(got, "/desk/") {
		t.Errorf("status %d, or the link shows the case, or leads to the desk", status)
	}
	status, got = ward.post("/statement/try/"+link, form(got, "words", " "))
	if ward.sees(got, "Write your answer.", "Who was on"); status != http.StatusUnprocessableEntity {
		t.Errorf("without a word: status %d", status)
	}
	status, got = ward.post("/statement/try/"+link, form(got, "words", strings.Repeat("long ", 5000)))
	if ward.sees(got, "This is too long", "long long"); status != http.StatusUnprocessableEntity {
		t.Errorf("too long: status %d", status)
	}
	_, got = ward.post("/statement/try/"+link, form(got, "words", "Two agency nurses."))
	ward.sees(got, "Thank you")
	for path, answer := range map[string]string{"/statement/try/" + link: "It may have been used already", "/statement/try/nonsense": "It may have been used already"} {
		if status, got = ward.get(path); status != http.StatusNotFound || !strings.Contains(got, answer) {
			t.Errorf("%s: status %d", path, status)
		}
	}
	if status, _ = ward.post("/statement/try/"+link, url.Values{"words": {"And one more"}}); status != http.StatusNotFound {
		t.Errorf("answered twice: status %d", status)
	}
	_, page = sam.get(at)
	sam.sees(page, "Two agency nurses.", "A statement came, for staff only</b>, by Ward manager", "Ward manager, by "+day.Format("Monday 2 January 2006")+": answered", "Statement came")
	if strings.Contains(h.logged.String(), link) {
		t.Error("the link is in the log")
	}
}

// What the ward says on the phone is kept as its answer.
func TestAnAnswerIsTypedIn(t *testing.T) {
	h := newHouse(t, nil)
	at := "/cases/" + h.complain("Nobody came when I rang.")
	sam := h.colleague("sam", desk.Handler)
	_, page := sam.get(at)
	sam.post(at+"/ask", form(page, "ask_of", "Ward manager", "ask_question", "Who was on duty?", "ask_day", time.Now().AddDate(0, 0, 7).Format(time.DateOnly)))
	_, page = sam.get(at)
	id := regexp.MustCompile(`<option value="([^"]+)">Ward manager, asked on`).FindStringSubmatch(page)
	if id == nil {
		t.Fatal("whose answer it is cannot be chosen")
	}
	_, got := sam.post(at+"/stated", form(page, "stated", "Two nurses."))
	sam.sees(got, "Choose whose answer it is.", "Two nurses.</textarea>")
	_, got = sam.post(at+"/stated", form(page, "statement", "nonsense", "stated", "Two nurses."))
	sam.sees(got, "This was not asked, or is not there any more.", "Nobody came when I rang.")
	_, got = sam.post(at+"/stated", form(page, "statement", id[1], "stated", "Two nurses."))
	if sam.sees(got, "The answer is kept.", "Two nurses.", "Ward manager, typed in by Sam Reed"); strings.Contains(got, "An answer came another way") {
		t.Error("it can be answered twice")
	}
}

// The letter says nothing of the matter; where it cannot be sent they are asked all the
// same, and whoever asked is told to pass the link on.
func TestALinkIsMailed(t *testing.T) {
	h, box := newRecordHouse(t)
	ref := h.complain("Nobody came when I rang.")
	at := "/cases/" + ref
	sam := h.colleague("sam", desk.Handler)
	_, page := sam.get(at)
	ask := []string{"ask_of", "Ward manager", "ask_question", "Who was on duty?", "ask_day", time.Now().AddDate(0, 0, 7).Format(time.DateOnly), "email", "ward@hospital.example"}
	_, got := sam.post(at+"/ask", form(page, ask...))
	sam.sees(got, "The link to the question was sent to them.")
	box.mu.Lock()
	sent := strings.Join(box.sent, "")
	box.mu.Unlock()
	if !strings.Contains(sent, "ward@hospital.example") || !strings.Contains(sent, "/statement/try/") || strings.Contains(sent, ref) || strings.Contains(sent, "duty") {
		t.Errorf("mailed %q", sent)
	}
	box.mu.Lock()
	box.broken = true
	box.mu.Unlock()
	_, page = sam.get(at)
	_, got = sam.post(at+"/ask", form(page, append(ask, "ask_of", "The porter")...))
	sam.sees(got, "They are asked, but the e-mail could not be sent.", "Give them this link", "/statement/try/")
	_, page = sam.get(at)
	sam.sees(page, "The porter, by")
}
