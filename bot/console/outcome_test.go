package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"heard/bot"
	"heard/bot/console"
	"heard/bot/desk"
	"heard/bot/pagetest"
	"heard/channels"
)

// due is by when something is promised, far enough off that the day does not pass.
var due = time.Now().UTC().AddDate(0, 2, 0)

// outcome is a form that lacks nothing, of a case without points of its own.
func outcome(page string, more ...string) url.Values {
	return form(page, append([]string{
		"opening", "Thank you for waiting.", "signatory", "Grace Okafor, chief nurse", "ombudsman", "nhs",
		"point-1-kind", "upheld", "point-1-found", "The kitchen was short of staff.", "point-1-apology", "We are sorry.",
		"point-1-action-1-what", "Tea comes at three.", "point-1-action-1-owner", "the kitchen manager", "point-1-action-1-due", due.Format(time.DateOnly),
	}, more...)...)
}

// From the form to what the person reads: nothing typed is lost, nothing half done is
// sent, and everything that is missing is named beside its field and at the top.
func TestAnOutcomeIsWrittenAndOffered(t *testing.T) {
	h := newHouse(t, nil)
	at := "/cases/" + h.complain("My mother waited two hours for her <b>tea</b>.")
	sam := h.colleague("sam", desk.Handler)
	_, page := sam.get(at)
	sam.sees(page, at+"/outcome")
	_, page = sam.get(at + "/outcome")
	sam.sees(page, "two hours for her &lt;b&gt;tea&lt;/b&gt;.", "the Health Service Ombudsman", `id="point-1-kind"`)
	status, page := sam.post(at+"/outcome", form(page, "then", "check", "opening", "Half of <it>"))
	sam.sees(page, `href="#point-1-kind"`, "Point 1: choose what was found.", `href="#signatory"`, "Half of &lt;it&gt;", `id="point-1-kind-error"`)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("an outcome with most of it missing: status %d", status)
	}
	status, page = sam.post(at+"/outcome/offer", form(page))
	if sam.sees(page, "Point 1: choose what was found."); status != http.StatusUnprocessableEntity {
		t.Errorf("an offer with most of it missing: status %d", status)
	}
	_, page = sam.post(at+"/outcome", form(page, "point-1-action-1-due", "15 January", "point-1-action-1-what", "Tea at three"))
	sam.sees(page, `href="#point-1-action-1-due"`, `value="15 January"`, "Tea at three")
	_, page = sam.post(at+"/outcome", outcome(page, "then", "save"))
	sam.sees(page, "The draft is saved.", "The kitchen was short of staff.", `value="`+due.Format(time.DateOnly)+`"`, `id="point-1-action-2-what"`)
	_, page = sam.post(at+"/outcome", outcome(page, "then", "check"))
	sam.sees(page, "we have an answer for you", "SMS: what they use", "texts</b> in all", "<li>Read it now</li>", "You said: &#34;My mother waited two hours", "this went wrong. The kitchen was short of staff.",
		"What is done: Tea comes at three. By whom: the kitchen manager. By "+due.Format("Monday 2 January 2006")+".", "This answer is from Grace Okafor, chief nurse")
	_, page = sam.post(at+"/outcome/offer", form(page))
	sam.sees(page, "The outcome is offered.", "not opened yet")
	_, page = sam.get(at + "/letter")
	sam.sees(page, "St Mary&#39;s Hospital", "To the person who wrote to us", "We uphold this point.", "By "+due.Format("2 January 2006"), "within 12 months", "www.ombudsman.org.uk", "0345 015 4033", "Mosley Street, Manchester",
		"The Care Quality Commission checks services like ours.", "Newcastle upon Tyne NE1 4PA", "Grace Okafor, chief nurse")
	h.writes(complainer(channels.SMS, number), "STATUS", "1")
	_, page = sam.get(at)
	if strings.Contains(page, "Taken back: the person was not told") {
		t.Error("an outcome that was read is said to be taken back")
	}
	sam.sees(page, "The person opened the outcome", "Opened "+time.Now().UTC().Format("Monday 2 January 2006"), "Upheld: it went wrong", "Tea comes at three. By whom: the kitchen manager, by ", "Signed: ")
	if _, page := h.colleague("ana", desk.Analyst).get(at + "/letter"); strings.Contains(page, "kitchen") {
		t.Error("who may not see cases reads the letter")
	}
}

// Who promised something tells people when it is done: on the case their task leads to
// where that is written, and does not end without it.
func TestAPromiseIsNotEndedInSilence(t *testing.T) {
	h := newHouse(t, nil)
	ref := h.complain("Nobody came when I rang.")
	at := "/cases/" + ref
	sam := h.colleague("sam", desk.Handler)
	_, page := sam.get(at + "/outcome")
	_, page = sam.post(at+"/outcome", outcome(page, "then", "check"))
	_, page = sam.post(at+"/outcome/offer", form(page))
	sam.sees(page, at+"/actions/1", "It is done: tell the people")
	if strings.Contains(page, `name="how"`) {
		t.Error("there is a form by which it ends in silence")
	}
	status, page := sam.post("/task/done", url.Values{"task": {ref + "/promised action/1"}, "how": {"Done."}})
	if sam.sees(page, "Open the action, and write there what was done"); status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", status)
	}
	_, page = sam.get(at + "/actions/1")
	_, page = sam.post(at+"/actions/1", form(page, "words", "Tea comes at three now."))
	sam.sees(page, "Everybody whose case led to it is told.", "Nothing is still to be done.")
}

// Whoever writes to us in a language that the flows speak has letters and posters in it;
// of a letter in a language that is not yet there the page says so, in plain words.
func TestLettersAndPostersInEachLanguage(t *testing.T) {
	h := newHouse(t, nil)
	for _, language := range h.desk.Provider().Flows.Languages() {
		if lang, speaks := h.pages.FrameOf(language); lang != language || speaks != "" || !console.HasPoster(language) {
			t.Errorf("%q: the letter is in %q, a poster %v", language, lang, console.HasPoster(language))
		}
	}
	if lang, speaks := h.pages.FrameOf("pl"); lang != "en" || speaks != "pl" {
		t.Errorf("of a language that is not there: %q, %q", lang, speaks)
	}
}

// Words that are hard to read are seen before they go, in the language that somebody can
// judge; what was translated stands beside what it was translated from.
func TestAnOutcomeIsReadBeforeItGoes(t *testing.T) {
	h := newHouse(t, nil)
	at := "/cases/" + h.complain("Nobody came when I rang.")
	sam := h.colleague("sam", desk.Handler)
	hard := "Notwithstanding organisational considerations regarding interdisciplinary accountability, our comprehensive investigation " +
		"established that considerable communication deficiencies materially contributed to unsatisfactory administrative circumstances."
	_, page := sam.get(at + "/outcome")
	if strings.Contains(page, `name="translator"`) {
		t.Error("a translator is asked for where nothing is translated")
	}
	_, page = sam.post(at+"/outcome", outcome(page, "then", "check", "point-1-found", hard))
	sam.sees(page, "Look at this before it goes", "Point 1: what was found takes a reading age of", "Offer it as it is", "WhatsApp", "Telegram")
	h.writes(complainer(channels.SMS, "+447700900322"), "Cymraeg", "2", "Ni ddaeth neb.", "ANFON NAWR")
	welsh := "/cases/" + h.newest()
	_, page = sam.get(welsh + "/outcome")
	sam.sees(page, "They read Cymraeg", `name="translator"`)
	_, page = sam.post(welsh+"/outcome", outcome(page, "then", "check"))
	sam.sees(page, "They read Cymraeg. Have it translated, and name who did it")
	_, page = sam.get(welsh + "/outcome")
	_, page = sam.post(welsh+"/outcome", outcome(page, "then", "check", "written", "Thank you for waiting. "+hard))
	sam.sees(page, `href="#translator"`, "Name who translated it.")
	_, page = sam.post(welsh+"/outcome", outcome(page, "then", "check", "written", hard, "translator", "Nia Prys"))
	sam.sees(page, "The English text takes a reading age of", "Before it was translated by Nia Prys", "Notwithstanding")
	_, page = sam.post(welsh+"/outcome/offer", form(page))
	sam.sees(page, "Translated by Nia Prys from:")
	_, page = sam.get(welsh + "/letter")
	sam.sees(page, `lang="cy"`, "Arolygir gwasanaethau", "Llofnod")
}

// Two who write at once both keep what they typed, and see each other's.
func TestAStaleOutcomeLosesNothing(t *testing.T) {
	h := newHouse(t, nil)
	at := "/cases/" + h.complain("Nobody came when I rang.")
	sam, ade := h.colleague("sam", desk.Handler), h.colleague("ade", desk.Handler)
	_, mine := sam.get(at + "/outcome")
	_, theirs := ade.get(at + "/outcome")
	sam.post(at+"/outcome", outcome(mine, "then", "save"))
	status, page := ade.post(at+"/outcome", form(theirs, "opening", "Words of Ade", "then", "save"))
	ade.sees(page, "Somebody changed this case", "Words of Ade", "saved meanwhile", "The kitchen was short of staff.")
	if status != http.StatusConflict {
		t.Errorf("status %d", status)
	}
	_, page = ade.post(at+"/outcome", form(page, "opening", "Words of Ade", "then", "save"))
	ade.sees(page, "The draft is saved.", "Words of Ade")
}

// What a lead signs is what somebody else wrote, where the provider wants two people.
func TestAnOutcomeIsSignedOnItsPage(t *testing.T) {
	h := newHouseOf(t, nil, func(p *bot.Provider) { p.SecondSignature = true })
	at := "/cases/" + h.complain("Nobody came when I rang.")
	sam, lea := h.colleague("sam", desk.Lead), h.colleague("lea", desk.Lead)
	_, page := sam.get(at + "/outcome")
	_, page = sam.post(at+"/outcome", outcome(page, "then", "check"))
	sam.sees(page, "A second person must sign this", "Ask for a signature", "You wrote some of it")
	if strings.Contains(page, "Offer the outcome") {
		t.Error("it can be offered without a signature")
	}
	_, page = sam.post(at+"/outcome/sign", form(page))
	sam.sees(page, "Another person must sign it.")
	_, page = sam.post(at+"/outcome/ask", form(page))
	sam.sees(page, "A second person is asked to sign it")
	_, page = lea.get(at + "/outcome/check")
	_, page = lea.post(at+"/outcome/sign", form(page))
	lea.sees(page, "You have signed it.", "Offer the outcome")
	_, page = lea.post(at+"/outcome/offer", form(page))
	lea.sees(page, "The outcome is offered.")
}

// What was promised is on a list until it is done, and people are told then. That
// somebody was told in a call is noted without a message.
func TestWhatComesAfterAnOutcome(t *testing.T) {
	h := newHouse(t, nil)
	ref := h.complain("Nobody came when I rang.")
	at := "/cases/" + ref
	sam := h.colleague("sam", desk.Handler)
	_, page := sam.get(at + "/told")
	_, page = sam.post(at+"/told", form(page, "manner", "call", "on", time.Now().UTC().Format(time.DateOnly)))
	sam.sees(page, "No outcome was offered yet")
	status, _ := sam.get(at + "/letter")
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a letter of nothing: status %d", status)
	}
	_, page = sam.get(at + "/outcome")
	_, page = sam.post(at+"/outcome", outcome(page, "then", "check"))
	sam.post(at+"/outcome/offer", form(page))
	_, page = sam.get("/actions")
	sam.sees(page, "Tea comes at three.", "the kitchen manager", due.Format("Monday 2 January 2006"), at+"/actions/1")
	_, page = sam.get(at + "/actions/1")
	_, page = sam.post(at+"/actions/1", form(page, "other", "not one"))
	sam.sees(page, `href="#other"`, "not is no reference")
	_, page = sam.post(at+"/actions/1", form(page, "words", " "))
	sam.sees(page, `href="#words"`)
	_, page = sam.post(at+"/actions/1", form(page, "words", "tea comes at three now.", "other", string(bot.NewCaseRef())))
	sam.sees(page, "There is no case")
	_, page = sam.post(at+"/actions/1", form(page, "words", "tea comes at three now."))
	sam.sees(page, "Everybody whose case led to it is told.", "Nothing is still to be done.", "Done on")
	if status, _ := sam.get(at + "/actions/2"); status != http.StatusNotFound {
		t.Errorf("an action that there is not: status %d", status)
	}
	_, page = sam.get(at + "/told")
	_, page = sam.post(at+"/told", form(page, "on", "yesterday"))
	sam.sees(page, `href="#on"`)
	_, page = sam.post(at+"/told", form(page))
	sam.sees(page, `href="#manner"`, `href="#on"`)
	_, page = sam.post(at+"/told", form(page, "manner", "call", "on", time.Now().UTC().Format(time.DateOnly), "who", "Grace Okafor"))
	sam.sees(page, "It is noted.", "by Grace Okafor")
}

// A letter to somebody who is anonymous, or whom this reader may not know, names
// nobody: it may lie on a printer.
func TestALetterNamesNobodyWhoDidNotWantIt(t *testing.T) {
	h := newHouse(t, nil)
	for i, privacy := range []string{"Nobody", "Complaints team only", "Anyone who helps"} {
		words := []string{"Complain", "Me", "Ward 6", "skip", "It was cold.", "done", "skip", privacy}
		if privacy != "Nobody" {
			words = append(words, "Zebedee Quill")
		}
		ref := h.complainAs(channels.Address(fmt.Sprint("+44770090030", i)), append(words, "Send")...)
		at := "/cases/" + ref
		sam := h.colleague(fmt.Sprint("sam", i), desk.Handler)
		_, page := sam.get(at + "/outcome")
		_, page = sam.post(at+"/outcome", outcome(page, "then", "check"))
		sam.post(at+"/outcome/offer", form(page))
		all := ""
		for _, path := range []string{"/letter", "/outcome", "/told"} {
			_, page := sam.get(at + path)
			all += page
		}
		if has := strings.Contains(all, "Zebedee"); has != (privacy == "Anyone who helps") || strings.Contains(all, "7700900") {
			t.Errorf("%s: the letter names them: %v", privacy, has)
		}
	}
}

// The whole of it by keyboard, on a small screen, without script: the desk's pages
// have none here.
func TestAnOutcomeByKeyboardAt320(t *testing.T) {
	h := newHouse(t, nil)
	ref := h.complain("My mother waited two hours for her tea.")
	h.staff("sam", "Sam Reed", desk.Handler)
	b := pagetest.Open(t, 320, 640)
	look := func(name string) {
		b.Helper()
		b.Fits()
		b.Legible(name)
		b.Shoot("320-" + name)
	}
	b.Visit(h.server.URL + "/desk/" + string(provider) + "/cases/" + ref + "/outcome")
	b.Arrives("h1", "Sign in")
	signsIn(b, "sam")
	b.Arrives("h1", "Outcome of "+ref)
	look("outcome")
	b.TabTo("button save, and see what they will read", false)
	b.Enter()
	b.Arrives(".faults", "Point 1: choose what was found.")
	b.Becomes("the focus on what was wrong", `document.activeElement.matches(".faults")`)
	look("outcome-wrong")
	b.TabTo("a point 1: choose what was found.", false)
	b.Enter()
	b.Becomes("the focus in the field that the summary names", `document.activeElement.id === "point-1-kind"`)
	b.Keys("Not upheld")
	b.TabTo("textarea point-1-found", false)
	b.Keys("The tea came at three.")
	b.TabTo("input signatory", false)
	b.Keys("Grace Okafor, chief nurse")
	b.TabTo("textarea opening", true)
	b.Keys("Thank you for waiting.")
	b.TabTo("button save, and see what they will read", false)
	b.Enter()
	b.Arrives("h1", "What the person will read")
	look("outcome-check")
	b.TabTo("button offer the outcome", false)
	b.Enter()
	b.Arrives(".said", "The outcome is offered.")
	b.Visit(h.server.URL + "/desk/" + string(provider) + "/cases/" + ref + "/letter")
	b.Arrives("h1", "Letter of "+ref)
	look("letter")
	b.Visit(h.server.URL + "/desk/" + string(provider) + "/actions")
	look("actions")
}

// Who cannot see the page writes and reads outcomes too.
func TestThePagesOfAnOutcomeAreAccessible(t *testing.T) {
	h := newHouseOf(t, nil, func(p *bot.Provider) { p.SecondSignature = true })
	ref := h.complain("My mother waited two hours for her tea.")
	at := "/cases/" + ref
	h.staff("ada", "Ada Cole", desk.Lead)
	b := pagetest.Open(t, 1280, 900)
	look := func(path, title string) {
		b.Helper()
		b.Visit(h.server.URL + "/desk/" + string(provider) + path)
		b.Arrives("h1", title)
		b.Accessible(path)
		b.Shoot("1280-" + strings.ReplaceAll(path[1:], "/", " "))
	}
	b.Visit(h.server.URL + "/desk/" + string(provider) + "/")
	b.Arrives("h1", "Sign in")
	signsIn(b, "ada")
	b.Arrives("h1", "What needs you now")
	look(at+"/outcome", "Outcome of")
	b.Do("send it empty", chromedp.Click(`//button[normalize-space()="Save, and see what they will read"]`))
	b.Arrives(".faults", "choose what was found")
	b.Accessible("an outcome with faults")
	b.Shoot("1280-outcome-wrong")
	sam, lea := h.colleague("sam", desk.Handler), h.colleague("lea", desk.Lead)
	_, page := sam.get(at + "/outcome")
	_, page = sam.post(at+"/outcome", outcome(page, "then", "check"))
	look(at+"/outcome", "Outcome of")
	look(at+"/outcome/check", "What the person will read")
	_, page = lea.post(at+"/outcome/sign", form(page))
	lea.post(at+"/outcome/offer", form(page))
	look(at+"/letter", "Letter of")
	look(at+"/told", "The outcome was told")
	look("/actions", "Promised actions")
	look(at+"/actions/1", "A promised action is done")
}
