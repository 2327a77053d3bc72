package console_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"heard/bot"
	"heard/bot/console"
	"heard/bot/desk"
	"heard/bot/pagetest"
	"heard/channels"
)

// postbox keeps what is e-mailed.
type postbox struct {
	mu     sync.Mutex
	sent   []string
	broken bool
}

func (p *postbox) Send(_ context.Context, to, subject, text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken {
		return errors.New("the post is on strike")
	}
	p.sent = append(p.sent, to+"\n"+subject+"\n"+text)
	return nil
}

func (p *postbox) code() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.sent) == 0 {
		return ""
	}
	return regexp.MustCompile(`\b\d{6}\b`).FindString(p.sent[len(p.sent)-1])
}

// newRecordHouse is a desk of a provider that people can write to in three ways, and
// whose staff get codes by e-mail.
func newRecordHouse(t testing.TB) (*house, *postbox) {
	t.Helper()
	h, box := newHouse(t, nil), new(postbox)
	p := h.desk.Provider()
	p.Ways = func() []bot.Way {
		return []bot.Way{
			{Channel: channels.SMS, Sender: "+447700900900"}, {Channel: channels.WhatsApp, Sender: "whatsapp:+447700900901"},
			{Channel: channels.Telegram, Sender: "telegram:1", Reach: "Telegram: https://t.me/StMarysBot"},
		}
	}
	h.desk = desk.New(desk.Options{Store: h.store, Bot: h.bot, Provider: p, Mail: box, StaffDomains: []string{"hospital.example"}})
	h.pages = console.New(console.Options{Desks: []*desk.Desk{h.desk}, Location: time.UTC, Log: logTo(h.logged), PublicURL: "http://127.0.0.1"})
	h.server.Close()
	h.server = httptest.NewServer(h.pages)
	t.Cleanup(func() { h.server.Close() })
	return h, box
}

// A nurse whom somebody told something records it on her phone, without an account, in
// nine touches and two texts; and holds the slip out to them.
func TestANurseRecordsOnHerPhone(t *testing.T) {
	h, box := newRecordHouse(t)
	b := pagetest.Open(t, 320, 640)
	b.Visit(h.server.URL + "/record/try/WARD6")
	b.Arrives("h1", "Write down what you were told")
	b.Fits()
	b.Legible("who")
	b.Shoot("record-who")
	b.Accessible("who")
	b.Do("ask for a code", chromedp.SendKeys(chromedp.CSS("#email"), "bo.nurse@hospital.example"), chromedp.Click(chromedp.CSS("main button.main")))
	b.Arrives("h1", "Your code")
	b.Fits()
	b.Shoot("record-code")
	b.Do("give the code", chromedp.SendKeys(chromedp.CSS("#code"), box.code()), chromedp.Click(chromedp.CSS("main button.main")))
	b.Arrives("label", "What did they say?")
	b.Fits()
	b.Legible("form")
	b.Shoot("record-form")
	b.Accessible("form")
	if place := pagetest.Evaluate[string](b, `document.querySelector("#place").selectedOptions[0].label`); place != "Ward 6" {
		t.Errorf("the place is %q", place)
	}
	small := pagetest.Evaluate[string](b, `[...document.querySelectorAll("main button, main .button, main input:not([type=hidden]):not([type=checkbox]), main select, main textarea")].filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 44).map((e) => e.id || e.innerText).join(" ")`)
	if small != "" {
		t.Errorf("too small for a thumb: %s", small)
	}
	b.Do("send nothing", chromedp.Click(chromedp.CSS("main button.main")))
	b.Arrives(".faults", "Write what the person said.")
	b.Do("write it", chromedp.SendKeys(chromedp.CSS("#words"), "The night light keeps her awake."), chromedp.SendKeys(chromedp.CSS("#number"), "07700 900123"),
		chromedp.Click(chromedp.CSS("main button.main")))
	b.Arrives(".faults", "Ask them whether we may write to this number.")
	b.Shoot("record-wrong")
	b.Do("send it", chromedp.Click(chromedp.CSS("#may_write-0")), chromedp.Click(chromedp.CSS("main button.main")))
	b.Arrives(".slip", "SLIP ")
	b.Fits()
	b.Legible("slip")
	b.Shoot("record-slip")
	b.Accessible("slip")
	refs, err := h.store.Cases(context.Background(), provider, 0, 10)
	if err != nil || len(refs) != 1 {
		t.Fatalf("%d cases, %v", len(refs), err)
	}
	b.Arrives(".slip", string(refs[0]))
	b.Arrives(".slip", "07700 900901")
	for _, secret := range []string{"night light", "900123", "bo.nurse"} {
		if strings.Contains(h.logged.String(), secret) {
			t.Error("the log holds what was recorded, or who did")
		}
	}
	b.Visit(h.server.URL + "/desk/try/cases/" + string(refs[0]))
	b.Arrives("h1", "Sign in")
}

// scanned reads the QR codes of a page, as a phone's camera would.
func scanned(b *pagetest.Browser, selector string) []string {
	b.Helper()
	var all []string
	n := pagetest.Evaluate[int](b, fmt.Sprintf(`document.querySelectorAll(%s).length`, pagetest.Quoted(selector)))
	for i := range n {
		pagetest.Evaluate[bool](b, fmt.Sprintf(`(document.querySelectorAll(%s).forEach((e, i) => e.id = "qr-" + i), true)`, pagetest.Quoted(selector)))
		data, err := chromedp.Run(b.Context, chromedp.Screenshot(chromedp.CSS(fmt.Sprintf("#qr-%d", i))))
		if err != nil {
			b.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			b.Fatal(err)
		}
		bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
		if err != nil {
			b.Fatal(err)
		}
		text, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
		if err != nil {
			b.Fatalf("QR code %d cannot be read: %v", i, err)
		}
		all = append(all, text.GetText())
	}
	return all
}

// Whoever scans a poster begins a complaint about the place that it hangs in, in the
// app that they chose; a member of staff comes to where they can record.
func TestPostersLeadToThePlace(t *testing.T) {
	h, _ := newRecordHouse(t)
	h.staff("ada", "Ada Cole", desk.Lead)
	b := pagetest.Open(t, 1000, 1400)
	b.Visit(h.server.URL + "/desk/try/posters")
	signsIn(b, "ada")
	b.Arrives("table", "Ward 6")
	b.Shoot("posters")
	b.Do("open it", chromedp.Click(`//tr[contains(., "Ward 6")]//a[contains(., "English")]`))
	b.Arrives(".poster", "You have a right to complain.")
	b.Legible("poster")
	b.Shoot("poster-en")
	b.Accessible("poster")
	want := "sms:+447700900900?body=Complain%20%28WARD6%29 https://wa.me/447700900901?text=Complain+%28WARD6%29 https://t.me/StMarysBot?start=WARD6"
	if got := strings.Join(scanned(b, ".poster .qr"), " "); got != want {
		t.Errorf("the codes say %s\nwant %s", got, want)
	}
	b.Visit(h.server.URL + "/desk/try/posters/WARD6?language=cy")
	b.Arrives(".poster", "Mae gennych hawl i gwyno.")
	b.Shoot("poster-cy")
	b.Do("print it", chromedp.EmulateViewport(560, 794))
	printed(b, "poster-cy-A5")
	b.Visit(h.server.URL + "/desk/try/posters/ward6/staff")
	b.Arrives(".poster", "Write it down for them.")
	b.Shoot("poster-staff")
	b.Accessible("staff's poster")
	b.Visit(h.server.URL + "/desk/try/posters")
	b.Arrives("table", "Ward 6")
	b.Accessible("posters")
	b.Visit(h.server.URL + "/desk/try/enrol")
	b.Arrives("h1", "Welcome people")
	b.Shoot("enrol")
	b.Accessible("enrol")
	b.Visit(h.server.URL + "/desk/try/posters/WARD6/staff")
	b.Arrives(".poster", "Write it down for them.")
	if got := scanned(b, ".poster .qr"); len(got) != 1 || got[0] != "http://127.0.0.1/record/try/WARD6" {
		t.Errorf("the staff's code says %q", got)
	}
	b.Visit(h.server.URL + "/desk/try/posters/NOWHERE")
	b.Arrives("h1", "Not found")
}

// printed keeps the page as it is printed, for who wants to look at it.
func printed(b *pagetest.Browser, name string) {
	b.Helper()
	folder := os.Getenv("DESK_PICTURES")
	if folder == "" {
		return
	}
	data, err := chromedp.Run(b.Context, chromedp.PrintToPDF())
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".pdf"), data, 0o600); err != nil {
		b.Fatal(err)
	}
}

// The pages say the same of every address, and what a poster's link begins with is a
// word that begins a complaint.
func TestRecordingPages(t *testing.T) {
	h, box := newRecordHouse(t)
	c := h.stranger()
	at := strings.TrimSuffix(c.base, "/desk/"+string(provider)) + "/record/try/WARD6"
	post := func(path string, form url.Values) (int, string) {
		t.Helper()
		resp, err := c.client.PostForm(at+path, form)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, body(t, resp)
	}
	hide := func(page, address string) string {
		return regexp.MustCompile(`value="[A-Z2-7]{20,}"`).ReplaceAllString(strings.ReplaceAll(page, address, "X"), "")
	}
	s1, ours := post("/code", url.Values{"email": {"bo@hospital.example"}})
	s2, other := post("/code", url.Values{"email": {"bo@elsewhere.example"}})
	if s1 != s2 || hide(ours, "bo@hospital.example") != hide(other, "bo@elsewhere.example") || len(box.sent) != 1 {
		t.Errorf("an address of somebody else gets another answer: %d, %d, %d sent", s1, s2, len(box.sent))
	}
	status, page := post("/enter", url.Values{"email": {"bo@hospital.example"}, "code": {"1"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(page, "This code is not right") {
		t.Errorf("a wrong code: %d", status)
	}
	status, page = post("", url.Values{"words": {"She <b>rang</b> & nobody came"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(page, "She &lt;b&gt;rang") {
		t.Errorf("what was written is lost: %d", status)
	}
	sam := h.colleague("sam", desk.Guardian)
	if _, page := sam.get("/../../record/try/any"); !strings.Contains(page, "Your work e-mail address") {
		t.Error("a member who may not record is let in")
	}
	ada := h.colleague("ada", desk.Handler)
	_, page = ada.get("/../../record/try/any")
	ada.sees(page, "It came as a letter", "Back to the desk")
	turn := regexp.MustCompile(`name="turn" value="(\w+)"`).FindStringSubmatch(page)
	_, page = ada.post("/../../record/try/any", url.Values{"words": {"The tea was cold"}, "how": {"letter"}, "at": {"2026-01-12"}, "cause": {"Jo"}, "turn": turn[1:]})
	ref := regexp.MustCompile(`H-\w{3}-\w{3}`).FindString(page)
	_, page = ada.get("/cases/" + ref)
	ada.sees(page, "The tea was cold", "Sam Reed, from a letter", "has not given the code on their slip yet", "Named as the cause", "gave no number")
	carl := h.colleague("carl", desk.Administrator)
	if token, err := h.desk.EnterCode(context.Background(), "bo@hospital.example", box.code(), ""); err != nil || token == "" {
		t.Fatal(err)
	}
	_, page = carl.get("/audit")
	carl.sees(page, "staff without an account", "begin to record", "record for somebody")
	if _, page := ada.get("/../../record/try/any/slip?of=x"); !strings.Contains(page, "cannot be shown any more") {
		t.Error("a slip that there is not")
	}
}

// A list is checked before anything goes out, and nothing of it is kept but that.
func TestWelcomingAList(t *testing.T) {
	h, _ := newRecordHouse(t)
	ada := h.colleague("ada", desk.Lead)
	upload := func(text string) string {
		t.Helper()
		var b bytes.Buffer
		b.WriteString("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n" + text + "\r\n--x--\r\n")
		resp, err := ada.client.Post(ada.base+"/enrol", "multipart/form-data; boundary=x", &b)
		if err != nil {
			t.Fatal(err)
		}
		return body(t, resp)
	}
	page := upload("number,died\n07700 900001,\n07700 900002,yes\n020 7946 0000,no\n")
	ada.sees(page, "<b>1</b> person can be welcomed", "<b>2</b> lines are left out", "has died", "no mobile number", `names nothing but "St Mary&#39;s"`)
	rows := regexp.MustCompile(`(?s)<textarea name="rows"[^>]*>(.*?)</textarea>`).FindStringSubmatch(page)
	if rows == nil {
		t.Fatal("nothing to confirm")
	}
	_, page = ada.post("/enrol/send", url.Values{"rows": {rows[1]}})
	ada.sees(page, "What became of it", `<th scope="row">4</th>`)
	ada.sees(upload("nmber\n1\n"), "The heading of column 1 is not known", `href="#file"`)
	ada.sees(upload(""), "This is no CSV file")
	ada.sees(upload("number\n"+strings.Repeat(strings.Repeat("1", 200)+"\n", 1000)), "This file is too large")
	if strings.Contains(h.logged.String(), "900001") {
		t.Error("the log holds a number")
	}
}
