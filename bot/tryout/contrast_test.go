package tryout_test

import (
	"testing"
)

// Whoever sees little can read all of it.
func TestContrast(t *testing.T) {
	h := newHouse(t, nil)
	h.opened(t, "telegram", "A second case")
	b := openBrowser(t, 1280, 900)
	b.Visit(h.server.URL)
	for _, with := range hands() {
		b.tab(with.channel)
		b.writes("I want to die")
		b.hears("Is somebody in danger now?")
		with.answer(b, "2", "No")
		b.hears("We go on")
		if with.channel == "sms" {
			b.writes("stop")
			b.Becomes("the network's words", `document.querySelector("#panel-sms .network")?.checkVisibility()`)
		}
		b.Sees(".tasks", "Danger")
		b.Legible(with.channel)
	}
}
