package main_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// post office of a test: what it got.
type postOffice struct {
	mu   sync.Mutex
	mail []string
}

func (o *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return &letter{o: o}, nil }

type letter struct{ o *postOffice }

func (*letter) Mail(string, *smtp.MailOptions) error { return nil }
func (*letter) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (*letter) Reset()                               {}
func (*letter) Logout() error                        { return nil }

func (l *letter) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	l.o.mu.Lock()
	defer l.o.mu.Unlock()
	l.o.mail = append(l.o.mail, string(text))
	return err
}

// codeByMail is the newest code that came.
func (o *postOffice) codeByMail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.mail) == 0 {
		return ""
	}
	return regexp.MustCompile(`\b\d{6}\b`).FindString(o.mail[len(o.mail)-1])
}

// openPostOffice takes e-mails, and returns its port.
func openPostOffice(t *testing.T) (*postOffice, int) {
	t.Helper()
	o := new(postOffice)
	server := smtp.NewServer(o)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(l) }) // it ends with Close
	t.Cleanup(func() { _ = server.Close(); running.Wait() })
	return o, l.Addr().(*net.TCPAddr).Port
}

// A nurse without an account writes down what she was told; the person gets a text that
// says nothing of it, gives the code on the slip, reads her words, and says that they
// are right. The server and its log show no more than that.
func TestRecordedForSomebody(t *testing.T) {
	w := newWorld(t)
	office, port := openPostOffice(t)
	text, err := os.ReadFile(w.config)
	if err != nil {
		t.Fatal(err)
	}
	more := strings.Replace(string(text), "providers:\n", "smtp: {host: 127.0.0.1, port: "+strconv.Itoa(port)+", from: heard@hospital.example}\nproviders:\n", 1)
	more = strings.Replace(more, "    kind: nhs\n", "    kind: nhs\n    staff_domains: [hospital.example]\n", 1)
	if err := os.WriteFile(w.config, []byte(more), 0o600); err != nil {
		t.Fatal(err)
	}
	p := w.start(t)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	at := "http://" + p.address + "/record/" + provider + "/WARD6"
	post := func(path, cookie string, form url.Values) *http.Response {
		t.Helper()
		req, err := http.NewRequest(http.MethodPost, at+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Cookie", cookie)
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close() // only where it leads counts
		return resp
	}
	email := url.Values{"email": {"bo.nurse@hospital.example"}}
	post("/code", "", email)
	email.Set("code", office.codeByMail())
	resp := post("/enter", "", email)
	cookie, _, _ := strings.Cut(resp.Header.Get("Set-Cookie"), ";")
	if resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(cookie, "__Host-heard-stmarys-record=") {
		t.Fatalf("status %d, cookie %q", resp.StatusCode, cookie)
	}
	const number = "+447700900321"
	resp = post("", cookie, url.Values{"turn": {"turn1"}, "words": {"The night light keeps her awake."}, "place": {"WARD6"}, "number": {number}, "may_write": {"yes"}})
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d", resp.StatusCode)
	}
	slip := read(t, client, "http://"+p.address+resp.Header.Get("Location"), cookie)
	code := regexp.MustCompile(`SLIP ([0-9A-Z]{4}-[0-9A-Z]{4})`).FindStringSubmatch(slip)
	if code == nil {
		t.Fatalf("there is no code on the slip: %s", slip)
	}
	ctx, cancel := context.WithTimeout(t.Context(), longEnough)
	defer cancel()
	one := w.byTwilio("the person", number, smsFrom)
	got, err := one.heard(ctx, 1)
	if err != nil || !strings.Contains(got[0].text, "St Mary's: somebody in our team wrote down") || strings.Contains(got[0].text, "light") {
		t.Fatalf("heard %q, %v", got, err)
	}
	one.count, one.last = 1, got[0]
	for _, turn := range []turn{
		{"1", `^Only you should see it`}, {code[1], `^They wrote: "The night light keeps her awake\."\n\nIs that what you said\?`},
		{"1", `^Thank you\. Your reference is ` + reference.FindString(slip)}, {"status", `^Your complaint ` + reference.FindString(slip)},
	} {
		if err := one.take(ctx, turn); err != nil {
			t.Fatalf("%q: %v", turn.say, err)
		}
	}
	p.stop(t)
}
