package tryout_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/pagetest"
)

// person uses the phones as the page does, without a browser.
type person struct {
	testing.TB
	base   string
	client *http.Client
	read   map[string]int64 // number of the last line that was there when they wrote, by channel
}

func (h *house) person(t testing.TB) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{TB: t, base: h.server.URL, client: &http.Client{Jar: jar, Timeout: pagetest.Patience}, read: map[string]int64{}}
}

type line struct {
	Number int64  `json:"number"`
	From   string `json:"from"`
	Text   string `json:"text"`
	Note   string `json:"note"`
}

// lines are what stands on a phone.
func (p *person) lines(channel string) []line {
	p.Helper()
	resp, err := p.client.Get(p.base + "/phone/" + channel + "/messages")
	if err != nil {
		p.Fatal(err)
	}
	defer resp.Body.Close()
	var chat struct{ Messages []line }
	if err := json.NewDecoder(resp.Body).Decode(&chat); err != nil {
		p.Fatal(err)
	}
	return chat.Messages
}

// hears waits for a text that came since they last wrote.
func (p *person) hears(channel, text string) string {
	p.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), pagetest.Patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		for _, l := range p.lines(channel) {
			if l.Number > p.read[channel] && l.From == "provider" && strings.Contains(l.Text, text) {
				return l.Text
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			p.Fatalf("never heard on %s: %q", channel, text)
		}
	}
}

// says sends a text and waits for its answer, which it returns.
func (p *person) says(channel, text, answer string) string {
	p.Helper()
	for _, l := range p.lines(channel) {
		p.read[channel] = l.Number
	}
	resp, err := p.client.PostForm(p.base+"/phone/"+channel+"/messages", url.Values{"text": {text}})
	if err != nil {
		p.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		p.Fatalf("status %d for a message", resp.StatusCode)
	}
	return p.hears(channel, answer)
}

var reference = regexp.MustCompile(`reference is (H-\w+-\w+)`)

// sent complains in these words, sends at once, and stops at the first question
// after it.
func (p *person) sent(channel, words string) bot.CaseRef {
	p.Helper()
	p.says(channel, "complain", "Who is this about?")
	p.says(channel, "me", "Where did it happen?")
	p.says(channel, "Ward 6", "When was it?")
	p.says(channel, "skip", "tell us what happened")
	p.says(channel, words, "kept that")
	found := reference.FindStringSubmatch(p.says(channel, "send now", "Your reference is"))
	if found == nil {
		p.Fatal("there is no reference in the answer")
	}
	return bot.CaseRef(found[1])
}

// identify goes on from there, chooses who may know them, and gives a name where
// they are asked for one.
func (p *person) identify(channel, choice, name string) {
	p.Helper()
	p.says(channel, "done", "put it right")
	p.says(channel, "skip", "Who may know")
	if choice == "nobody" {
		p.says(channel, choice, "That is with ")
		return
	}
	p.says(channel, choice, "What should we call you?")
	p.says(channel, name, "That is with ")
}

// get reads a page.
func (p *person) get(path string) (int, string) {
	p.Helper()
	resp, err := p.client.Get(p.base + path)
	if err != nil {
		p.Fatal(err)
	}
	return resp.StatusCode, body(p, resp)
}

func body(t testing.TB, resp *http.Response) string {
	t.Helper()
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}
