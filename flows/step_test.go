package flows_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"heard/flows"
	"heard/flows/library"
)

// written compiles a flow file over the library.
func written(t testing.TB, o flows.Options, files ...string) *flows.Set {
	t.Helper()
	own := fstest.MapFS{}
	for i, f := range files {
		own[fmt.Sprintf("own-%d.yaml", i)] = &fstest.MapFile{Data: []byte(f)}
	}
	src, err := flows.Parse(library.Files, own)
	if err != nil {
		t.Fatal(err)
	}
	if o.Limits == nil {
		o.Limits = limits()
	}
	set, err := flows.Compile(src, o)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// talker is somebody who talks with a set.
type talker struct {
	t       testing.TB
	set     *flows.Set
	st      flows.State
	now     time.Time
	channel flows.Channel
	effects []flows.Effect
}

func newTalker(t testing.TB, set *flows.Set) *talker {
	return &talker{t: t, set: set, now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), channel: flows.SMS}
}

// says sends a text and returns what comes back, joined.
func (k *talker) says(text string) string {
	return k.does(flows.Event{Kind: flows.Message, Text: text})
}

func (k *talker) does(ev flows.Event) string {
	k.t.Helper()
	ev.Channel = k.channel
	ev.Facts.NewRef = "H-NEW"
	st, effects, err := flows.Step(k.set, k.st, ev, k.now)
	if err != nil {
		k.t.Fatalf("step: %v", err)
	}
	k.st, k.effects = st, effects
	var said []string
	for _, e := range effects {
		if s, ok := e.(flows.Send); ok {
			said = append(said, s.Text)
		}
	}
	return strings.Join(said, "\n")
}

func (k *talker) hears(said, want string) {
	k.t.Helper()
	if !strings.Contains(said, want) {
		k.t.Errorf("the person hears %q\nwithout %q", said, want)
	}
}

// fieldsFile declares fields for the flows of the tests.
const fieldsFile = `
fields:
  a: {type: option, label: A, privacy: ordinary}
  b: {type: text, label: B, privacy: ordinary}
  c: {type: option, label: C, privacy: ordinary}
  n: {type: number, label: N, privacy: ordinary}
  d: {type: date, label: D, privacy: ordinary}
  many: {type: options, label: Many, privacy: ordinary}
`

// A state that a turn was given must not change under the caller: it is stepped
// again after a conflict.
func TestStepIsPure(t *testing.T) {
	k := newTalker(t, librarySet(t))
	for _, text := range []string{"my words", "1", "2", "1", "Ward 6", "skip", "more", "done", "sorry", "1", "Jo", "4", "send", "1"} {
		data, err := flows.Encode(&k.st)
		if err != nil {
			t.Fatal(err)
		}
		before, err := flows.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		ev := flows.Event{Kind: flows.Message, Channel: flows.SMS, Text: text, Facts: flows.Facts{NewRef: "H-NEW"}}
		one, effects, err := flows.Step(k.set, k.st, ev, k.now)
		if err != nil {
			t.Fatal(err)
		}
		after, err := flows.Encode(&k.st)
		if err != nil || !slices.Equal(data, after) {
			t.Fatalf("%q changed the state it was given", text)
		}
		two, again, err := flows.Step(k.set, before, ev, k.now)
		if err != nil || !reflect.DeepEqual(effects, again) {
			t.Fatalf("%q gave other effects the second time: %v, %v, error %v", text, effects, again, err)
		}
		k.st = one
		if a, b := encoded(t, one), encoded(t, two); !slices.Equal(a, b) {
			t.Fatalf("%q gave another state the second time", text)
		}
	}
}

func encoded(t *testing.T, st flows.State) []byte {
	data, err := flows.Encode(&st)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A flow that never asks would keep a person waiting for ever: it is a fault.
func TestFiftyStepsWithoutAQuestion(t *testing.T) {
	set := written(t, flows.Options{}, fieldsFile, `
flow: round
title: Round and round
stage: considering
start: [round]
steps:
  first: {ask: Shall we?, answer: text up to 10, save: b}
  one: {say: One}
  two: {say: Two, next: {b is halt: end, else: one}}
`)
	k := newTalker(t, set)
	k.says("round")
	_, _, err := flows.Step(set, k.st, flows.Event{Kind: flows.Message, Channel: flows.SMS, Text: "go"}, k.now)
	if !errors.Is(err, flows.ErrLoop) {
		t.Errorf("error %v, want ErrLoop", err)
	}
	if k.says("halt"); len(k.st.Frames) != 0 {
		t.Error("the same question no longer works after the fault")
	}
}

// What a person writes is put into texts, and never read as one.
func TestWordsOfAPersonAreNoTemplate(t *testing.T) {
	set := written(t, flows.Options{}, fieldsFile, `
flow: echo
title: Echo
stage: considering
start: [echo]
steps:
  ask: {ask: Say it., answer: text up to 50, save: b}
  said:
    say: >
      You said {b}.
    next: end
`)
	k := newTalker(t, set)
	k.says("echo")
	k.hears(k.says("{provider} {b} {nobody|x}"), "You said {provider} {b} {nobody|x}.")
}

// Every form in which people give an answer is taken; what is off is asked again.
func TestAnswersAreRead(t *testing.T) {
	set := written(t, flows.Options{}, fieldsFile, `
flow: kinds
title: Kinds
stage: considering
start: [kinds]
steps:
  a: {ask: A or B?, options: {first: The first thing, second: Something else}, save: a}
  n: {ask: How many?, answer: number 0 to 120, save: n}
  d: {ask: Which day?, answer: date past, save: d}
  many: {ask: Which?, answer: several, options: {x: Noise, y: Food, z: Staff}, save: many}
  b: {ask: Words?, answer: text up to 20, save: b}
`)
	tests := map[string]struct {
		before []string
		text   string
		field  string
		want   string // empty: asked again
	}{
		"number":          {nil, "2", "a", "second"},
		"number, dot":     {nil, " 2. ", "a", "second"},
		"emoji number":    {nil, "1️⃣", "a", "first"},
		"Arabic number":   {nil, "٢", "a", "second"},
		"Hindi number":    {nil, "२", "a", "second"},
		"wide number":     {nil, "２", "a", "second"},
		"label":           {nil, "the FIRST thing!", "a", "first"},
		"slip":            {nil, "somthing els", "a", "second"},
		"beginning":       {nil, "something", "a", "second"},
		"out of range":    {nil, "3", "a", ""},
		"dunno":           {nil, "dunno", "a", ""},
		"thumbs up":       {nil, "👍", "a", ""},
		"about 5 weeks":   {[]string{"1"}, "about 5 weeks", "n", "5"},
		"too many":        {[]string{"1"}, "121", "n", ""},
		"two numbers":     {[]string{"1"}, "5 or 6", "n", ""},
		"day and month":   {[]string{"1", "5"}, "3rd May 2026", "d", "2026-05-03"},
		"figures":         {[]string{"1", "5"}, "03/05/26", "d", "2026-05-03"},
		"year first":      {[]string{"1", "5"}, "2026-05-03", "d", "2026-05-03"},
		"yesterday":       {[]string{"1", "5"}, "Yesterday", "d", "2026-11-23"},
		"without a year":  {[]string{"1", "5"}, "25 December", "d", "2025-12-25"},
		"in the future":   {[]string{"1", "5"}, "25 December 2026", "d", ""},
		"no such day":     {[]string{"1", "5"}, "31 June 2026", "d", ""},
		"several":         {[]string{"1", "5", "today"}, "1, 3", "many", "x,z"},
		"several, spaces": {[]string{"1", "5", "today"}, "3 1", "many", "z,x"},
		"several, labels": {[]string{"1", "5", "today"}, "food, staff", "many", "y,z"},
		"several, off":    {[]string{"1", "5", "today"}, "1, 9", "many", ""},
		"too long":        {[]string{"1", "5", "today", "1"}, strings.Repeat("x", 21), "b", ""},
		"whole":           {[]string{"1", "5", "today", "1"}, "\u202e مرحبا 😀", "b", "\u202e مرحبا 😀"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			k := newTalker(t, set)
			for _, text := range append([]string{"kinds"}, tt.before...) {
				k.says(text)
			}
			step := k.st.Frames[0].Step
			k.says(tt.text)
			saved := ""
			for _, e := range k.effects {
				if s, ok := e.(flows.Save); ok && s.Field == tt.field {
					saved = s.Value
				}
			}
			if saved != tt.want {
				t.Errorf("saved %q, want %q", saved, tt.want)
			}
			if tt.want == "" && k.st.Frames[0].Step != step {
				t.Errorf("moved on to %s with an answer that is off", k.st.Frames[0].Step)
			}
			if tt.want == "" && !slices.ContainsFunc(k.effects, func(e flows.Effect) bool { _, ok := e.(flows.Keep); return ok }) {
				t.Error("the words that did not fit are not kept")
			}
		})
	}
}

// Texts that differ by channel, and options as each channel can show them.
func TestChannels(t *testing.T) {
	set := librarySet(t)
	for channel, want := range map[flows.Channel]struct {
		text    string
		options int
	}{
		flows.SMS:      {"1 Me\n2 Someone I care for", 0},
		flows.WhatsApp: {"Who is this about?", 3},
		flows.Telegram: {"Who is this about?", 3},
	} {
		k := newTalker(t, set)
		k.channel = channel
		k.hears(k.says("complain"), want.text)
		last, ok := k.effects[len(k.effects)-1].(flows.Send)
		for _, e := range k.effects {
			if s, is := e.(flows.Send); is {
				last, ok = s, true
			}
		}
		if !ok || len(last.Options) != want.options {
			t.Errorf("%s: %d options, want %d", channel, len(last.Options), want.options)
		}
		for _, o := range last.Options {
			if len(o.Data) > 64 {
				t.Errorf("%s: button data of %d bytes", channel, len(o.Data))
			}
		}
	}
}

// Each message of a story is kept whole, whatever it holds; only an excerpt
// stays in the session.
func TestStoryIsKeptWhole(t *testing.T) {
	k := newTalker(t, librarySet(t))
	for _, text := range []string{"complain", "1", "Ward 6", "skip"} {
		k.says(text)
	}
	for _, text := range []string{strings.Repeat("long ", 2000), "\u202e مرحبا", "a\x00b", "😀", "{answers}", "1"} {
		k.says(text)
		kept := false
		for _, e := range k.effects {
			if s, ok := e.(flows.Save); ok && s.Value == text && s.More {
				kept = true
			}
		}
		if !kept {
			t.Errorf("a message of %d bytes is not kept whole", len(text))
		}
	}
	if data := encoded(t, k.st); len(data) > 600 {
		t.Errorf("the session has %d bytes", len(data))
	}
}

// A message that came late is kept in its place, and answers nothing.
func TestLateMessages(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.says("complain")
	if said := k.does(flows.Event{Kind: flows.Late, Text: "2"}); said != "" {
		t.Errorf("a late message was answered: %q", said)
	}
	if k.st.Frames[0].Step != "about" {
		t.Error("a late message was taken as an answer")
	}
	for _, text := range []string{"1", "Ward 6", "skip"} {
		k.says(text)
	}
	k.does(flows.Event{Kind: flows.Late, Text: "first of all"})
	if len(k.effects) == 0 || k.effects[0].(flows.Save).Value != "first of all" {
		t.Errorf("a late part of the story is not in it: %v", k.effects)
	}
	k.hears(k.does(flows.Event{Kind: flows.Late, Text: "I want to die"}), "999")
}

// The same message shown twice, a reminder whose question has passed: silence.
func TestVoidReminder(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.says("complain")
	visit := k.st.Frames[0].Visit
	k.says("1")
	if said := k.does(flows.Event{Kind: flows.Silence, Visit: visit}); said != "" {
		t.Errorf("a reminder for a question that was answered: %q", said)
	}
}

// News waits while a person is telling something, and comes when they rest.
func TestNewsWaits(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.says("complain")
	news := flows.Event{Kind: flows.Happened, Notice: flows.Notice{Kind: "update", Case: "H-1", ID: "e"}}
	if said := k.does(news); said != "" {
		t.Errorf("news came in the middle: %q", said)
	}
	if n, ok := k.effects[0].(flows.NotNow); !ok || n.After == 0 {
		t.Errorf("the news is not tried again: %v", k.effects)
	}
	k.now = k.now.Add(time.Hour)
	k.hears(k.does(news), "there is news for you")
	if said := k.does(news); said != "" {
		t.Errorf("the same news came twice: %q", said)
	}
	k.says("start again")
	k.says("yes")
	if !slices.ContainsFunc(k.effects, func(e flows.Effect) bool { n, ok := e.(flows.NotNow); return ok && n.After > 0 }) {
		t.Error("news that was left unread is not offered again")
	}
	if k.st.Notice != nil {
		t.Error("news that was left unread keeps the next from being told")
	}
}

// FuzzStep: no text, choice, start code or file in any order makes Step panic or
// fail, and every state can be kept and read again.
func FuzzStep(f *testing.F) {
	f.Add("complain|1|Ward 6|skip|words|done|x|3|send", uint8(0))
	f.Add("hello|1|status|back|menu|1|delete|yes", uint8(1))
	f.Add("I want to die|no|1|send now|skip|skip", uint8(2))
	f.Add("\x00|🤷‍♀️|{answers}|\xff\xfe|\u202e|"+strings.Repeat("9", 300), uint8(0))
	f.Add("complain|2|4|x|31/02/2026|call me|07700900123|start again|1", uint8(1))
	f.Add("!1.about.me|!zz.-.yes|?update|~1|@|complain|~1|?outcome|1|1", uint8(2))
	set := librarySet(f)
	channels := []flows.Channel{flows.SMS, flows.WhatsApp, flows.Telegram}
	f.Fuzz(func(t *testing.T, script string, channel uint8) {
		now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
		var st flows.State
		for i, word := range strings.SplitN(script, "|", 60) {
			ev := eventOf(word)
			ev.Channel = channels[int(channel)%len(channels)]
			ev.Facts = flows.Facts{Provider: "P", NewRef: fmt.Sprintf("H-%d", i), Case: flows.CaseFacts{Status: "open"}}
			next, _, err := flows.Step(set, st, ev, now)
			if err != nil {
				t.Fatalf("message %d: %v", i, err)
			}
			data, err := flows.Encode(&next)
			if err != nil {
				t.Fatal(err)
			}
			if st, err = flows.Decode(data); err != nil {
				t.Fatal(err)
			}
			now = now.Add(time.Duration(len(word)) * time.Hour)
		}
	})
}

// eventOf reads a word of a fuzzed script: !data is a tap, ?kind news, ~N silence
// at visit N, @ a photo, $code a link, -text a late message, else a text.
func eventOf(word string) flows.Event {
	if word == "" {
		return flows.Event{Kind: flows.Message, Other: "sticker"}
	}
	rest := word[1:]
	switch word[0] {
	case '!':
		return flows.Event{Kind: flows.Message, Choice: rest}
	case '?':
		kind := []string{"update", "outcome", "reflection"}[len(rest)%3]
		return flows.Event{Kind: flows.Happened, Notice: flows.Notice{Kind: kind, Case: "H-0", ID: rest}}
	case '~':
		return flows.Event{Kind: flows.Silence, Visit: uint32(len(rest))}
	case '@':
		return flows.Event{Kind: flows.Message, Media: []flows.Media{{Kind: "photo", Ref: rest}}}
	case '$':
		return flows.Event{Kind: flows.Message, Start: rest}
	case '-':
		return flows.Event{Kind: flows.Late, Text: rest}
	}
	return flows.Event{Kind: flows.Message, Text: word}
}
