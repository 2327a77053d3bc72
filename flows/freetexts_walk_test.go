package flows_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"heard/flows"
)

// everyKind is a flow that asks what the library does not.
var everyKind = []string{`
fields:
  kind_choice: {type: option, label: A, property: kind_choice, privacy: ordinary}
  kind_text: {type: text, label: B, property: kind_text, privacy: ordinary}
  kind_number: {type: number, label: N, property: kind_number, privacy: ordinary}
  kind_scale: {type: number, label: Scale, property: kind_scale, privacy: ordinary}
  kind_past: {type: date, label: D, property: kind_past, privacy: ordinary}
  kind_future: {type: date, label: Soon, property: kind_future, privacy: ordinary}
  kind_several: {type: options, label: Many, property: kind_several, privacy: ordinary}
  kind_postcode: {type: postcode, label: Postcode, property: kind_postcode, privacy: ordinary}
  kind_photo: {type: files, label: Files, property: kind_photo, privacy: ordinary}
`, `
flow: kinds
title: Every kind of answer
stage: making
start: [kinds]
steps:
  choice: {ask: A or B?, options: {first: The first thing, second: Something else}, save: kind_choice}
  number: {ask: How many?, answer: number 0 to 120, save: kind_number}
  scale: {ask: How well?, answer: scale 1 to 5, save: kind_scale}
  past: {ask: Which day?, answer: date past, save: kind_past}
  future: {ask: Which day shall we come?, answer: date future, save: kind_future}
  several: {ask: Which?, answer: several, options: {x: Noise, y: Food, z: Staff}, save: kind_several}
  postcode: {ask: Where do you live?, answer: "postcode, optional", save: kind_postcode}
  photo: {ask: Have you a photo?, answer: "photo, optional", save: kind_photo}
  text: {ask: Anything else?, answer: text up to 20, save: kind_text}
  thanks: {say: Thank you.}
`, `
wording_for: kinds
language: cy
wording:
  choice.ask: {was: A or B?, now: A neu B?}
  choice.options.first: {was: The first thing, now: Y peth cyntaf}
  choice.options.second: {was: Something else, now: Rhywbeth arall}
  number.ask: {was: How many?, now: Faint?}
  scale.ask: {was: How well?, now: Pa mor dda?}
  past.ask: {was: Which day?, now: Pa ddiwrnod?}
  future.ask: {was: Which day shall we come?, now: Pa ddiwrnod gawn ni ddod?}
  several.ask: {was: Which?, now: Pa rai?}
  several.options.x: {was: Noise, now: Sŵn}
  several.options.y: {was: Food, now: Bwyd}
  several.options.z: {was: Staff, now: Staff}
  postcode.ask: {was: Where do you live?, now: Ble dach chi'n byw?}
  photo.ask: {was: Have you a photo?, now: Oes gennych chi lun?}
  text.ask: {was: Anything else?, now: Rhywbeth arall?}
  thanks.say: {was: Thank you., now: Diolch.}
`}

// teller is a person at some point of a conversation. A copy is another person at
// the same point.
type teller struct {
	set     *flows.Set
	st      flows.State
	now     time.Time
	channel flows.Channel
	refs    int
	seed    uint64
	way     []flows.Event // how they came here
	asked   string        // the question as it was last said
}

// does takes one step in a world that knows what the state knows.
func (p *teller) does(ev flows.Event) ([]flows.Effect, error) {
	p.refs++
	p.now = p.now.Add(time.Second)
	ev.Channel = p.channel
	ev.Facts.NewRef, ev.Facts.NewDue = fmt.Sprintf("H-%d", p.refs), func() time.Time { return p.now.AddDate(0, 0, 3) }
	ev.Facts.Seed = p.seed
	ev.Facts.Provider, ev.Facts.PublicName, ev.Facts.Guardian = "Anytown Hospital", "Anytown", flows.Words{"": "the matron"}
	ev.Facts.Case = flows.CaseFacts{Ref: p.st.Case, News: "We looked into it.", Due: p.now.AddDate(0, 0, 3)}
	if p.st.Draft {
		ev.Facts.Case.Status = "draft"
	} else if p.st.Case != "" {
		ev.Facts.Case.Status = "open"
	}
	next, effects, err := flows.Step(p.set, p.st, ev, p.now)
	if err != nil {
		return nil, err
	}
	p.st = next
	for _, e := range effects {
		if s, ok := e.(flows.Send); ok && s.Step == p.open() {
			p.asked = s.Text
		}
	}
	return effects, nil
}

func (p *teller) writes(text string) ([]flows.Effect, error) {
	return p.does(flows.Event{Kind: flows.Message, Text: text})
}

// open is the question that is open, as "flow.step"; empty: none is.
func (p *teller) open() string {
	if n := len(p.st.Frames); n > 0 {
		return p.st.Frames[n-1].Flow + "." + p.st.Frames[n-1].Step
	}
	return ""
}

// situation is what tells two ways to be at one question apart.
func (p *teller) situation() string {
	var b strings.Builder
	for _, f := range p.st.Frames {
		fmt.Fprintf(&b, "%s.%s %t %t,", f.Flow, f.Step, f.Check != "", f.Heard)
	}
	fmt.Fprintf(&b, "%t %t %t %t", p.st.Case == "", p.st.Draft, len(p.st.Early) > 0, p.st.Pending != nil)
	return b.String()
}

// plainAnswers are such that one of them answers any question, whatever it asks.
var plainAnswers = []string{
	"1", "2", "3", "4", "5", "hospital gate", "done", "send", "skip", "07700900123", "03/05/2026", "25/12/2026", "SW1A 1AA",
}

// wayTo is how somebody came to a question.
type wayTo struct {
	seed   uint64 // decides which statements they are asked
	frames []flows.Frame
	events []flows.Event
}

// seeds is for how many people, asked different statements, the Set is walked.
const seeds = 12

// waysTo walks the Set breadth first, from whatever begins a flow, and finds ways to
// each question: several, since it may be asked beside another, of a draft, or after
// a case was sent. What the walk does not find, because it is asked only when the
// world is so or so, somebody is put to.
func waysTo(t *testing.T, start teller, src *flows.Sources) map[string][]wayTo {
	t.Helper()
	found := map[string][]wayTo{"": {{}}} // at first no question is open
	for seed := uint64(0); seed < seeds && len(found) < len(questionsOf(src))+1; seed++ {
		start.seed = seed
		for _, p := range walked(t, start, openings(start.set, src)) {
			if at := p.open(); len(found[at]) < situations {
				found[at] = append(found[at], wayTo{seed: seed, events: p.way})
			}
		}
	}
	versions, err := start.set.Publish()
	if err != nil {
		t.Fatal(err)
	}
	for question := range questionsOf(src) {
		flow, step, _ := strings.Cut(question, ".")
		i := slices.IndexFunc(versions, func(v flows.Published) bool { return v.Flow == flow })
		if len(found[question]) == 0 {
			there := []flows.Frame{{Flow: flow, Hash: versions[i].Hash, Step: step}}
			found[question] = []wayTo{{frames: there, events: []flows.Event{{Kind: flows.Message, Returned: true}}}}
			t.Logf("%s is not come to by walking", question)
		}
	}
	return found
}

// situations is in how many a question is tried.
const situations = 8

// walked is everybody met on a walk, at most so many at a question.
func walked(t *testing.T, start teller, begins []flows.Event) []teller {
	t.Helper()
	seen, at, met := map[string]bool{}, map[string]int{}, []teller{start}
	events := slices.Clone(begins)
	for _, answer := range plainAnswers {
		events = append(events, flows.Event{Kind: flows.Message, Text: answer})
	}
	events = append(events, flows.Event{Kind: flows.Message, Media: []flows.Media{{Kind: "photo", Ref: "1"}}})
	for next := 0; next < len(met); next++ {
		for _, ev := range events {
			p := met[next]
			if _, err := p.does(ev); err != nil {
				t.Fatalf("at %q: %v", p.open(), err)
			}
			if key := p.situation(); !seen[key] && at[p.open()] < situations && len(p.st.Frames) < 3 {
				seen[key] = true
				at[p.open()]++
				p.way = append(slices.Clip(p.way), ev)
				met = append(met, p)
			}
		}
	}
	return met[1:]
}

// openings are all that begins a flow: its words, the commands, danger, a first
// message, and news of the case, which is told in the flow of its name.
func openings(set *flows.Set, src *flows.Sources) []flows.Event {
	texts := []string{"they left her alone all night"}
	for _, c := range src.Commands {
		if len(c.Words["en"]) > 0 {
			texts = append(texts, c.Words["en"][0].Text)
		}
	}
	for _, f := range src.Flows {
		if len(f.Start) > 0 {
			texts = append(texts, f.Start[len(f.Start)-1].Text)
		}
	}
	texts = append(texts, src.Urgent.Words["en"][0].Text)
	var out []flows.Event
	for _, text := range texts {
		out = append(out, flows.Event{Kind: flows.Message, Text: text})
	}
	for _, name := range set.Names() {
		out = append(out, flows.Event{Kind: flows.Happened, Notice: flows.Notice{Kind: name, Case: "H-1", ID: name}})
	}
	return out
}
