package tryout_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"heard/bot"
	"heard/bot/tryout"
)

// backwards is written from right to left by its first character, and ends in a
// family of joined characters.
const backwards = "\u202eRTL 👩\u200d👧"

// A page that could run what somebody wrote would let one person read what all
// others wrote.
func TestAPersonsTextIsNeverMarkup(t *testing.T) {
	h := newHouse(t, nil)
	p := h.person(t)
	attack := `<script>alert(1)</script><img src=x onerror=alert(2)>"'&{{.}} ` + backwards
	p.sent("telegram", attack)
	for _, path := range []string{"/", "/try/cases", "/try/cases?part=desk"} {
		status, page := p.get(path)
		if status != http.StatusOK {
			t.Fatalf("%s: status %d", path, status)
		}
		if strings.Contains(page, "<script>alert") || strings.Contains(page, "<img src=x") {
			t.Errorf("%s: what a person wrote is markup", path)
		}
		if !strings.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;") || !strings.Contains(page, backwards) {
			t.Errorf("%s: what a person wrote is not there whole", path)
		}
	}
}

var inline = regexp.MustCompile(`(?i)<script(?:\s+defer)?>|\sstyle=|<style|\son[a-z]+=|javascript:`)

// The policy is what stands between a hole in a template and its use.
func TestPagesRunNothingInline(t *testing.T) {
	h := newHouse(t, nil)
	p := h.person(t)
	p.sent("sms", "Nobody came")
	for _, path := range []string{"/", "/try/cases", "/try/cases?part=desk"} {
		resp, err := p.client.Get(p.base + path)
		if err != nil {
			t.Fatal(err)
		}
		page := body(t, resp)
		if found := inline.FindString(page); found != "" {
			t.Errorf("%s has %q within the page", path, found)
		}
		policy := resp.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
			t.Errorf("%s: the policy is %q", path, policy)
		}
		if resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept by the browser, words and all", path)
		}
	}
}

// Who did not choose to be named is not named to staff, wherever a name could
// stand.
func TestOnlyTheNamedAreNamed(t *testing.T) {
	h := newHouse(t, nil)
	for choice, named := range map[string]bool{"anyone who helps": true, "complaints team only": false, "nobody": false} {
		t.Run(choice, func(t *testing.T) {
			p := h.person(t)
			ref := p.sent("sms", "Nobody came")
			p.identify("sms", choice, "Philippa Quick")
			p.says("sms", "call me", "number")
			p.says("sms", "07700 900123", "")
			_, page := p.get("/try/cases?case=" + string(ref))
			if got := strings.Contains(page, "Philippa Quick"); got != (named && choice != "nobody") {
				t.Errorf("the name is shown: %v", got)
			}
			inTasks := strings.Count(page, `class="phone">07700900123`)
			if inTasks == 0 {
				t.Error("who is to call them does not see the number")
			}
			if beside := strings.Count(page, "900123") > inTasks; beside != named {
				t.Errorf("the number is shown outside the task to call: %v", beside)
			}
			if !named && !strings.Contains(page, "kept, not shown") {
				t.Error("staff are not told that something is kept and not shown")
			}
		})
	}
}

// A draft is its writer's alone.
func TestADraftIsNotShown(t *testing.T) {
	h := newHouse(t, nil)
	p := h.person(t)
	p.says("sms", "complain", "Who is this about?")
	p.says("sms", "me", "Where did it happen?")
	p.says("sms", "Maple Ward, not sent", "When was it?")
	for _, path := range []string{"/", "/try/cases"} {
		if _, page := p.get(path); strings.Contains(page, "Maple Ward") || !strings.Contains(page, "No case yet") {
			t.Errorf("%s shows a draft", path)
		}
	}
}

// drafts is a desk on which every reference is a draft's.
type drafts struct{ bot.DeskStore }

func (drafts) ReadCase(_ context.Context, _ bot.ProviderID, ref bot.CaseRef) (*bot.Case, error) {
	return &bot.Case{Ref: ref, Status: bot.Draft, Fields: []bot.Field{{Name: "place", Value: "Maple Ward, not sent"}}}, nil
}

// Who knows, or guesses, the reference of a draft reads nothing of it.
func TestADraftIsNotShownToWhoKnowsItsReference(t *testing.T) {
	h := newHouse(t, func(o *tryout.Options) { o.Desk = drafts{o.Desk} })
	for _, path := range []string{"/?case=H-AAA-AAA", "/try/cases?part=desk&case=H-AAA-AAA"} {
		if status, page := h.person(t).get(path); status != http.StatusNotFound || strings.Contains(page, "Maple Ward") {
			t.Errorf("%s: status %d; it is shown: %v", path, status, strings.Contains(page, "Maple Ward"))
		}
	}
}

// A person reads their reference out on the phone: staff find the case however
// they write it down.
func TestACaseIsFoundByAReferenceAsItIsHeard(t *testing.T) {
	h := newHouse(t, nil)
	p := h.person(t)
	ref := string(p.sent("sms", "Nobody came"))
	heard := strings.ToLower(strings.ReplaceAll(ref, "-", ""))
	if status, _ := p.get("/try/cases?case=" + heard); status != http.StatusOK {
		t.Errorf("status %d for a reference without its hyphens", status)
	}
}

// Words of danger in a draft are read at once: the task comes first and shows them,
// and not the draft, which nobody sees.
func TestDangerComesFirst(t *testing.T) {
	h := newHouse(t, nil)
	h.person(t).sent("sms", "Nobody came")
	p := h.person(t)
	p.says("sms", "complain", "Who is this about?")
	p.says("sms", "me", "Where did it happen?")
	p.says("sms", "Ward 6", "When was it?")
	p.says("sms", "skip", "tell us what happened")
	p.says("sms", "They left me alone and I want to die", "danger now?")
	_, page := p.get("/try/cases")
	danger, acknowledge := strings.Index(page, "Danger"), strings.Index(page, "Acknowledge")
	if danger < 0 || acknowledge < 0 || danger > acknowledge {
		t.Errorf("danger stands at %d, the rest at %d", danger, acknowledge)
	}
	if !strings.Contains(page, "I want to die") {
		t.Error("the words are not shown")
	}
	if regexp.MustCompile(`case=(H-[\w-]+)" id="task-Danger`).MatchString(page) {
		t.Error("the task leads to a draft")
	}
}

// Words of danger must be readable at once, also the very first of somebody who
// has no case, and those that come long after one was sent.
func TestWordsOfDangerAreShown(t *testing.T) {
	h := newHouse(t, nil)
	newcomer, other := h.person(t), h.person(t)
	newcomer.says("sms", "I want to die, he hits me", "danger now?")
	newcomer.says("sms", "please hurry", "call 999 now")
	other.sent("sms", "Nobody came")
	other.says("sms", "done", "put it right")
	other.says("sms", "I am in danger, he has a belt", "danger now?")
	_, page := newcomer.get("/try/cases")
	for _, words := range []string{"I want to die, he hits me", "please hurry", "he has a belt"} {
		if !strings.Contains(page, words) {
			t.Errorf("%q is on no page", words)
		}
	}
}

// What staff wrote and was not taken is not typed twice.
func TestWhatWasNotTakenComesBackWithTheReason(t *testing.T) {
	h := newHouse(t, nil)
	p := h.person(t)
	ref := p.sent("sms", "Nobody came")
	for name, at := range map[string]struct {
		path, words, reason string
		status              int
	}{
		"nothing written": {"/try/cases/" + string(ref) + "/updates", " \n", "Write what the person should read.", 422},
		"too long":        {"/try/cases/" + string(ref) + "/outcome", strings.Repeat("long ", 20_000), "Please shorten it.", 413},
		"no such case":    {"/try/cases/H-AAA-AAA/updates", "Words", "no case with this reference", 404},
	} {
		t.Run(name, func(t *testing.T) {
			for _, part := range []string{"", "?part=desk"} {
				resp, err := p.client.PostForm(p.base+at.path+part, url.Values{"words": {at.words}})
				if err != nil {
					t.Fatal(err)
				}
				page := body(t, resp)
				if resp.StatusCode != at.status || !strings.Contains(page, at.reason) {
					t.Errorf("%q: status %d, want %d; the reason is there: %v", part, resp.StatusCode, at.status, strings.Contains(page, at.reason))
				}
			}
		})
	}
}

// broken is staff's side of a bot whose store does not answer.
type broken struct{}

func (broken) Update(context.Context, bot.ProviderID, bot.CaseRef, bot.By, string) error {
	return errors.New("dial: refused")
}

func (broken) Resolve(context.Context, bot.ProviderID, bot.CaseRef, bot.By, string) error {
	return errors.New("dial: refused")
}

// A store that does not answer is said, and the words stand in the box.
func TestAStoreThatIsDownLosesNoWords(t *testing.T) {
	h := newHouse(t, func(o *tryout.Options) { o.Staff = broken{} })
	p := h.person(t)
	ref := p.sent("sms", "Nobody came")
	resp, err := p.client.PostForm(p.base+"/try/cases/"+string(ref)+"/outcome", url.Values{"words": {"We were <wrong>"}})
	if err != nil {
		t.Fatal(err)
	}
	page := body(t, resp)
	if resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(page, "could not be saved") {
		t.Errorf("status %d, want 503 and a sentence", resp.StatusCode)
	}
	if !strings.Contains(page, "We were &lt;wrong&gt;</textarea>") {
		t.Error("what was typed is not in the box")
	}
	if strings.Contains(page, "dial") {
		t.Error("the program's own error is shown")
	}
}

// deaf is a desk whose store does not answer.
type deaf struct{ bot.DeskStore }

func (deaf) StaffTasks(context.Context, bot.ProviderID, int) ([]bot.StaffTask, error) {
	return nil, errors.New("dial: refused")
}

func TestAStoreThatIsDownIsSaid(t *testing.T) {
	h := newHouse(t, func(o *tryout.Options) { o.Desk = deaf{o.Desk} })
	status, page := h.person(t).get("/")
	if status != http.StatusServiceUnavailable || !strings.Contains(page, "The store does not answer") || strings.Contains(page, "dial") {
		t.Errorf("status %d; it is said: %v", status, strings.Contains(page, "The store does not answer"))
	}
}

// Without script the desk is a page like others, and acting leads back to it.
func TestTheDeskWorksWithoutScript(t *testing.T) {
	h := newHouse(t, nil)
	p := h.person(t)
	first := p.sent("sms", "Nobody came")
	second := h.person(t).sent("whatsapp", "They lost my glasses")
	_, page := p.get("/try/cases")
	if !strings.Contains(page, "They lost my glasses") || strings.Contains(page, "Nobody came") {
		t.Error("the newest case is not the one that is open")
	}
	for _, ref := range []bot.CaseRef{first, second} {
		if !strings.Contains(page, `href="/try/cases?case=`+string(ref)+`"`) {
			t.Error("a case cannot be chosen")
		}
	}
	p.says("sms", "status", "is being looked at")
	resp, err := p.client.PostForm(p.base+"/try/cases/"+string(first)+"/updates", url.Values{"words": {"We have read it"}})
	if err != nil {
		t.Fatal(err)
	}
	if page = body(t, resp); resp.Request.URL.RequestURI() != "/try/cases?case="+string(first) || !strings.Contains(page, "We have read it") {
		t.Errorf("acting leads to %s", resp.Request.URL.RequestURI())
	}
}

// Another site cannot act for whoever has this page open.
func TestOtherSitesCannotAct(t *testing.T) {
	h := newHouse(t, nil)
	p := h.person(t)
	ref := p.sent("sms", "Nobody came")
	for _, path := range []string{"/try/cases/" + string(ref) + "/updates", "/phone/sms/messages"} {
		req, err := http.NewRequest(http.MethodPost, p.base+path, strings.NewReader("words=Gotcha&text=Gotcha"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		resp, err := p.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if body(t, resp); resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s: status %d, want 403", path, resp.StatusCode)
		}
	}
	if _, page := p.get("/try/cases"); strings.Contains(page, "Gotcha") {
		t.Error("it was done all the same")
	}
}

// A reference that is none, or a page that is none, is said, and nothing breaks.
func TestWhatIsNotThere(t *testing.T) {
	p := newHouse(t, nil).person(t)
	for path, want := range map[string]int{
		"/try/cases?case=H-AAA-AAA": 404, "/try/cases?case=%00%ff{}": 404, "/nothing": 404, "/static/try.css": 404,
		"/static/..%2ftryout.go": 404, "/phone/fax/messages": 404, "/try/cases/x/updates": 405,
	} {
		if status, _ := p.get(path); status != want {
			t.Errorf("%s: status %d, want %d", path, status, want)
		}
	}
}

var assetPath = regexp.MustCompile(`/static/[\w.]+`)

// Scripts and styles may be kept for good: their names change with them.
func TestAssetsAreServedForGood(t *testing.T) {
	p := newHouse(t, nil).person(t)
	_, page := p.get("/")
	paths := assetPath.FindAllString(page, -1)
	if len(paths) < 5 {
		t.Fatalf("the page asks for %d files", len(paths))
	}
	for _, path := range paths {
		resp, err := p.client.Get(p.base + path)
		if err != nil {
			t.Fatal(err)
		}
		if text := body(t, resp); resp.StatusCode != http.StatusOK || text == "" || !strings.Contains(resp.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: status %d, %d bytes, %q", path, resp.StatusCode, len(text), resp.Header.Get("Cache-Control"))
		}
	}
}

// The page says loudly that nothing is kept, and what leaves the machine.
func TestThePageSaysThatNothingIsKept(t *testing.T) {
	for real, want := range map[bool]string{false: "no message leaves this machine", true: "The bot on Telegram is real"} {
		h := newHouse(t, func(o *tryout.Options) { o.RealTelegram = real })
		for _, path := range []string{"/", "/try/cases"} {
			if _, page := h.person(t).get(path); !strings.Contains(page, "Nothing is kept.") || !strings.Contains(page, want) {
				t.Errorf("%s with a real bot %v does not say %q", path, real, want)
			}
		}
	}
}
