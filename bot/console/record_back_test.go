package console_test

import (
	"context"
	"net/url"
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"

	"heard/bot/desk"
	"heard/bot/pagetest"
)

var (
	aReference = regexp.MustCompile(`H-\w{3}-\w{3}`)
	aTurn      = regexp.MustCompile(`name="turn" value="(\w+)"`)
)

// words are what the cases of the house begin with, by reference.
func (h *house) words() map[string]string {
	h.Helper()
	refs, err := h.store.Cases(context.Background(), provider, 0, 100)
	if err != nil {
		h.Fatal(err)
	}
	all := map[string]string{}
	for _, ref := range refs {
		v, err := h.desk.Case(context.Background(), desk.Who{Member: "m", Roles: []desk.Role{desk.Lead}}, ref)
		if err != nil || len(v.Story) != 1 {
			h.Fatalf("%v, %v", v, err)
		}
		all[string(ref)] = v.Story[0].Text
	}
	return all
}

// Who goes back from one patient's slip finds an empty form, and hands the next patient
// a slip of their own: else they would read what another told, and their own words would
// be nowhere.
func TestBackFromASlip(t *testing.T) {
	h, box := newRecordHouse(t)
	b := pagetest.Open(t, 320, 640)
	b.Visit(h.server.URL + "/record/try/WARD6")
	b.Arrives("h1", "Write down what you were told")
	b.Do("ask for a code", chromedp.SendKeys(chromedp.CSS("#email"), "bo.nurse@hospital.example\r"))
	b.Arrives("h1", "Your code")
	b.Do("give the code", chromedp.SendKeys(chromedp.CSS("#code"), box.code()+"\r"))
	b.Arrives("label", "What did they say?")
	record := func(words string) string {
		t.Helper()
		b.Do("write it", chromedp.SendKeys(chromedp.CSS("#words"), words), chromedp.Click(chromedp.CSS("main button.main")))
		b.Arrives(".slip", "SLIP ")
		return aReference.FindString(pagetest.Evaluate[string](b, `document.querySelector(".slip").innerText`))
	}
	first := record("The night light keeps her awake.")
	b.Do("go back", chromedp.Evaluate[chromedp.Void](`setTimeout(() => history.back())`))
	b.Arrives("label", "What did they say?")
	b.Becomes("an empty form", `document.querySelector("#words").value === ""`)
	second := record("Nobody came when he rang.")
	if first == second {
		t.Error("the second patient is handed the slip of the first")
	}
	if all := h.words(); len(all) != 2 || all[first] != "The night light keeps her awake." || all[second] != "Nobody came when he rang." {
		t.Errorf("kept: %q", all)
	}
}

// Without the page being fetched anew it is the same: a form may lie open for hours.
func TestOneFormForTwoPatients(t *testing.T) {
	h, _ := newRecordHouse(t)
	ada := h.colleague("ada", desk.Handler)
	_, page := ada.get("/../../record/try/any")
	turn := aTurn.FindStringSubmatch(page)[1]
	send := func(words, turn string) string {
		t.Helper()
		_, page := ada.post("/../../record/try/any", url.Values{"words": {words}, "turn": {turn}})
		return page
	}
	one := aReference.FindString(send("The tea was cold", turn))
	two := aReference.FindString(send("The soup was cold", turn))
	if one == "" || two == "" || one == two {
		t.Errorf("two people: %q and %q", one, two)
	}
	page = send("The tea was cold", turn)
	ada.sees(page, "These words were sent before, and their slip was shown.", "The tea was cold", "Show that slip again")
	if again := aReference.FindString(page); again != "" {
		t.Error("who says the same as another is handed that one's slip")
	}
	if next := aTurn.FindStringSubmatch(page)[1]; next == turn {
		t.Error("the form of one patient goes on being that of the next")
	} else if three := aReference.FindString(send("The tea was cold", next)); three == "" || three == one {
		t.Errorf("who says the same as another has %q", three)
	}
	slips, err := h.store.Drawer(context.Background(), provider, "slips")
	if err != nil || len(slips) != 3 {
		t.Fatalf("%d slips, %v", len(slips), err)
	}
	for _, one := range slips { // they go after half an hour
		if err := h.store.Drop(context.Background(), provider, "slips", one.ID); err != nil {
			t.Fatal(err)
		}
	}
	page = send("The tea was cold", turn)
	ada.sees(page, "their slip cannot be shown any more", "The tea was cold")
	if next := aTurn.FindStringSubmatch(page); next == nil || next[1] == turn {
		t.Error("an hour later, who says the same as another cannot be written down")
	}
	if all := h.words(); len(all) != 3 {
		t.Errorf("kept: %q", all)
	}
}

// A slow line makes people press twice: that is one concern, and one slip.
func TestPressedTwice(t *testing.T) {
	h, _ := newRecordHouse(t)
	who := desk.Who{Member: "m", Name: "Bo", Roles: []desk.Role{desk.Recorder}}
	slip, err := h.desk.Record(context.Background(), who, "form", desk.Recording{Words: "The tea was cold"})
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.desk.Record(context.Background(), who, "form", desk.Recording{Words: "The tea was cold"})
	if err != nil || again != slip {
		t.Errorf("%v, %v", again, err)
	}
	shown, err := h.desk.Slip(context.Background(), who, "form")
	if err != nil || shown != slip {
		t.Errorf("%v, %v", shown, err)
	}
	if _, err = h.desk.Record(context.Background(), who, "form", desk.Recording{Words: "The tea was cold"}); err == nil {
		t.Error("sent again after its slip was shown, it is taken for the same person's")
	}
}
