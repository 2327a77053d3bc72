package flows_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"heard/flows"
	"heard/flows/library"
)

// fifteen is a flow of 15 questions of every kind, in one language.
func fifteen(tb testing.TB) *flows.Set {
	tb.Helper()
	var f, fields strings.Builder
	f.WriteString("flow: fifteen\ntitle: Fifteen questions\nstage: considering\nstart: [fifteen]\nsteps:\n")
	fields.WriteString("fields:\n")
	kinds := []string{"text", "choice", "yes"}
	for i := range 15 {
		fmt.Fprintf(&f, "  question_%d:\n    ask: What would you say about part %d of it?\n    save: field_%d\n", i, i, i)
		switch kinds[i%3] {
		case "text":
			f.WriteString("    answer: text up to 100\n")
			fmt.Fprintf(&fields, "  field_%d: {type: text, label: Part %d, privacy: ordinary}\n", i, i)
		case "choice":
			fmt.Fprintf(&f, "    options: {one: The first, two: The second, three: The third}\n    next: {field_%d is one: question_%d, else: question_%d}\n", i-1, i+1, i+1)
			fmt.Fprintf(&fields, "  field_%d: {type: option, label: Part %d, privacy: ordinary}\n", i, i)
		case "yes":
			f.WriteString("    answer: yes/no\n")
			fmt.Fprintf(&fields, "  field_%d: {type: yes/no, label: Part %d, privacy: ordinary}\n", i, i)
		}
	}
	f.WriteString("  thanks:\n    say: Thank you.\n    next: end\n")
	own := fstest.MapFS{"fifteen.yaml": {Data: []byte(f.String())}, "more.yaml": {Data: []byte(fields.String())}}
	src, err := flows.Parse(library.Files, own)
	if err != nil {
		tb.Fatal(err)
	}
	set, err := flows.Compile(src, flows.Options{Limits: limits()})
	if err != nil {
		tb.Fatal(err)
	}
	return set
}

// BenchmarkStep runs a conversation of 15 questions, a turn an iteration, with
// the session decoded before each and encoded after it. It reports the session's
// average size.
func BenchmarkStep(b *testing.B) {
	set := fifteen(b)
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	answers := []string{"In the corridor by the lifts", "2", "yes"}
	b.ReportAllocs()
	var data []byte
	bytes, turns := 0, 0
	for i := 0; b.Loop(); i++ {
		text := "fifteen"
		if at := i % 16; at > 0 {
			text = answers[(at-1)%3]
		}
		st, err := flows.Decode(data)
		if err != nil {
			b.Fatal(err)
		}
		st, effects, err := flows.Step(set, st, flows.Event{Kind: flows.Message, Channel: flows.SMS, Text: text}, now)
		if err != nil || len(effects) == 0 {
			b.Fatalf("turn %d: %d effects, error %v", i, len(effects), err)
		}
		if data, err = flows.Encode(&st); err != nil {
			b.Fatal(err)
		}
		bytes += len(data)
		turns++
	}
	b.ReportMetric(float64(bytes)/float64(turns), "session-bytes")
}
