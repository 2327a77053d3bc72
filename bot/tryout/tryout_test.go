package tryout_test

import (
	"testing"

	"heard/bot/pagetest"
)

// How a person answers a question on each of the three phones.
type hand struct {
	channel string
	answer  func(b *browser, number, label string) // by number, button or keyboard
	pick    func(b *browser, number, label string) // of a long list
}

func hands() []hand {
	number := func(b *browser, number, _ string) { b.writes(number) }
	button := func(b *browser, _, label string) { b.taps(label) }
	row := func(b *browser, _, label string) { b.chooses(label) }
	return []hand{{"sms", number, number}, {"whatsapp", button, row}, {"telegram", button, button}}
}

// A newcomer goes the whole way in the page on each phone: complain, the case
// comes in, status, an update, the outcome, and looking back. Where this fails,
// the first thing that people see of the product does not work.
func TestANewcomerGoesTheWholeWay(t *testing.T) {
	h := newHouse(t, nil)
	b := openBrowser(t, 1280, 900)
	b.Visit(h.server.URL)
	b.Sees(".banner", "Nothing is kept.")
	for _, with := range hands() {
		t.Run(with.channel, func(t *testing.T) {
			b := &browser{Browser: &pagetest.Browser{TB: t, Context: b.Context}}
			b.tab(with.channel)
			b.Sees("#panel-"+with.channel, "Try complain")
			complains(b, with)
			asksForStatus(b)
			hearsNews(b, with)
			hearsTheOutcome(b, with)
			looksBack(b, with)
		})
	}
}

func complains(b *browser, with hand) {
	b.Helper()
	b.writes("complain")
	b.hears("Who is this about?")
	with.answer(b, "1", "Me")
	b.hears("Where did it happen?")
	b.writes("Ward 6, by " + with.channel)
	b.hears("When was it?")
	b.writes("skip")
	b.hears("tell us what happened")
	b.writes("Nobody came when I rang, " + with.channel)
	b.hears("we have kept that")
	b.writes("done")
	b.hears("put it right")
	b.writes("Say sorry")
	b.hears("Who may know it was you?")
	with.answer(b, "3", "Nobody")
	b.hears("Please check this")
	with.answer(b, "send", "Send")
	b.hears("Your reference is")
	if with.channel == "sms" {
		b.Sees("#panel-sms .cost", " SMS, 7-bit")
	}
	b.Sees(".words", "Nobody came when I rang, "+with.channel)
	b.Sees(".answers", "Ward 6, by "+with.channel)
	b.Sees(".facts", "Anonymous.")
	b.Sees(".tasks", "Acknowledge")
	b.Sees(".tour", "type “status”")
}

func asksForStatus(b *browser) {
	b.Helper()
	b.writes("status")
	b.hears("is being looked at")
}

func hearsNews(b *browser, with hand) {
	b.Helper()
	b.tells("update", "We have spoken to the ward, "+with.channel, "Send the update")
	b.hears("there is news for you")
	b.Sees("#form-update", "Sent.")
	with.answer(b, "1", "Show it now")
	b.hears("We have spoken to the ward, " + with.channel)
	with.answer(b, "1", "Yes")
	b.hears("write it now")
	b.writes("Thank you for looking, " + with.channel)
	b.hears("kept that")
	b.writes("done")
	b.hears("gets your words now")
	b.Sees(".history", "Thank you for looking, "+with.channel)
	b.Sees(".tasks", "Read the reply")
}

func hearsTheOutcome(b *browser, with hand) {
	b.Helper()
	b.tells("outcome", "We were wrong, and the bells are mended, "+with.channel, "Resolve")
	b.hears("we have an answer for you")
	b.Sees(".tour", "I felt that my complaint made a difference")
	with.answer(b, "1", "Read it now")
	b.hears("the bells are mended, " + with.channel)
	with.answer(b, "1", "It settles it")
	b.hears("Because you spoke up, we can do better.")
	b.Sees(".outcome", "They say: It settles it")
	b.Sees(".status", "Closed")
}

func looksBack(b *browser, with hand) {
	b.Helper()
	b.hears("may we ask you a few short questions, looking back?")
	with.answer(b, "1", "Yes, now")
	for range 3 { // of four statements, by lot; each speaks of a complaint
		b.hears("complain")
		with.pick(b, "1", "Strongly agree")
	}
	b.hears("nobody is named")
	b.Sees(".tour", "That was the whole way.")
}
