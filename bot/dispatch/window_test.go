package dispatch_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/channels"
	"heard/channels/channelstest"
	"heard/flows"
)

// longAgo is a person on WhatsApp whose window closed.
func (h *house) longAgo() *bot.Conversation {
	c := h.person(onWhats)
	c.LastAt = h.clock.Now().Add(-25 * time.Hour)
	return &c
}

// writes has them write again.
func (h *house) writes(c *bot.Conversation) {
	h.clock.Advance(time.Second)
	c.LastAt = h.clock.Now()
}

// whats is what WhatsApp has, a template by its content.
func (h *house) whats() []string {
	var all []string
	for _, m := range h.twilio.Sent(string(onWhats)) {
		all = append(all, m.ContentSID+m.Body)
	}
	return all
}

func (h *house) wantWhats(want ...string) {
	h.t.Helper()
	if got := h.whats(); !slices.Equal(got, want) {
		h.t.Errorf("WhatsApp has %q, want %q", got, want)
	}
}

func prompt(text, template string) bot.Message {
	return bot.Message{Text: text, Template: template, Language: "en", Purpose: flows.Prompt}
}

func reply(text, template string) bot.Message {
	return bot.Message{Text: text, Template: template, Language: "en", Purpose: flows.Reply}
}

// A day after the person's last words WhatsApp takes approved templates only. What
// has none waits until the person writes again, in its place, and staff know.
func TestOutsideTheWindowItWaits(t *testing.T) {
	h := newHouse(t)
	h.templates["news"] = "HX1"
	d, _ := h.start()
	c := h.longAgo()
	deliver(d, h.queuedAs(c, reply("one", ""), prompt("two", ""), prompt("three", "news"), reply("four", "unknown")))
	for _, want := range []string{"parked", "parked", "accepted", "parked"} {
		h.result(want)
	}
	h.wantWhats("HX1")
	if tasks := h.tasks(); len(tasks) != 1 || tasks[0].Kind != bot.Waits || !strings.Contains(tasks[0].Text, "approved templates") {
		t.Errorf("tasks %+v", tasks)
	}
	h.clock.Advance(48 * time.Hour)
	h.quiet()
	h.writes(c)
	deliver(d, h.queuedAs(c, reply("five", "")))
	for _, want := range []string{"opened", "accepted", "accepted", "accepted", "accepted"} {
		h.result(want)
	}
	h.wantWhats("HX1", "one", "two", "four", "five")
	if tasks := h.tasks(); len(tasks) != 0 {
		t.Errorf("tasks %+v", tasks)
	}
}

// An answer that waited too long says something: a template asks the person to
// write, once, and then they read the answer, once.
func TestATemplateTakesNoWordsAway(t *testing.T) {
	h := newHouse(t)
	h.templates["news"] = "HX1"
	d, _ := h.start()
	c := h.longAgo()
	deliver(d, h.queuedAs(c, reply("one", "news"), reply("two", "news")))
	h.result("parked")
	h.result("parked")
	h.wantWhats("HX1")
	if tasks := h.tasks(); len(tasks) != 0 {
		t.Errorf("the person is asked to write, and staff have tasks %+v", tasks)
	}
	h.writes(c)
	deliver(d, h.queuedAs(c, reply("three", "")))
	for _, want := range []string{"opened", "accepted", "accepted", "accepted"} {
		h.result(want)
	}
	h.wantWhats("HX1", "one", "two", "three")
}

// WhatsApp knows better than we that its window is shut, and says so at once: what
// has a template goes by it, the rest waits, also what comes next.
func TestWhatsAppKnowsBetter(t *testing.T) {
	h := newHouse(t)
	h.templates["news"] = "HX1"
	d, _ := h.start()
	c := h.person(onWhats)
	c.LastAt = h.clock.Now()
	h.twilio.Fail(channelstest.Fault{Status: 400, Body: channelstest.TwilioError(400, 63016, "outside the window")})
	deliver(d, h.queuedAs(&c, reply("one", ""), prompt("two", "news")))
	h.result("parked")
	h.result("accepted")
	h.wantWhats("HX1")
	h.writes(&c)
	deliver(d, h.queuedAs(&c, reply("three", "")))
	for _, want := range []string{"opened", "accepted", "accepted"} {
		h.result(want)
	}
	h.wantWhats("HX1", "one", "three")
}

// Mostly it says so only after it took the message: the person must get it all the
// same, or what stands in its place.
func TestWhatsAppRefusesAfterwards(t *testing.T) {
	h := newHouse(t)
	h.templates["news"] = "HX1"
	d, _ := h.start()
	c := h.person(onWhats)
	c.LastAt = h.clock.Now()
	leases := h.queuedAs(&c, reply("one", ""), prompt("two", "news"))
	deliver(d, leases)
	h.result("accepted")
	h.result("accepted")
	for i, m := range h.twilio.Sent(string(onWhats)) {
		task, _, _ := strings.Cut(m.StatusCallback[strings.Index(m.StatusCallback, "task=")+5:], "#")
		r := channels.Receipt{Task: task, ID: m.SID, Status: channels.StatusUndelivered, Window: true}
		if told, err := h.store.Receipt(h.ctx, hospital, r); err != nil || told != nil {
			t.Fatalf("told %+v, error %v", told, err)
		}
		h.result([]string{"parked", "accepted"}[i])
	}
	h.wantWhats("one", "two", "HX1")
	h.writes(&c)
	deliver(d, h.queuedAs(&c, reply("three", "")))
	for _, want := range []string{"opened", "accepted", "accepted"} {
		h.result(want)
	}
	h.wantWhats("one", "two", "HX1", "one", "three")
}

// The connection ended while an answer was sent, and then the window closed: it is
// looked up as it was sent, and not sent again in another form.
func TestADoubtOverTheEndOfTheWindow(t *testing.T) {
	h := newHouse(t)
	h.templates["news"] = "HX1"
	d, _ := h.start()
	c := h.person(onWhats)
	c.LastAt = h.clock.Now().Add(-24*time.Hour + 10*time.Second)
	h.twilio.Fail(channelstest.Fault{Taken: true})
	deliver(d, h.queuedAs(&c, reply("one", "news")))
	h.result("in doubt")
	h.clock.Advance(61 * time.Second)
	h.result("accepted")
	h.wantWhats("one")
}
