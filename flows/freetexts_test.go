package flows_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode"

	"heard/flows"
	"heard/flows/library"
)

// freeText is one text of testdata/freetexts, with the place that names it: what
// it says is never printed.
type freeText struct{ place, text string }

// freeTexts reads the corpus: after its first line, each line of a file is a text,
// with escapes as in Go.
func freeTexts(t testing.TB) []freeText {
	t.Helper()
	files, err := filepath.Glob("testdata/freetexts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("free texts: %d files, error %v", len(files), err)
	}
	var out []freeText
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
			if i == 0 {
				continue
			}
			place := fmt.Sprintf("%s:%d", file, i+1)
			text, err := unescaped(line)
			if err != nil || text == "" {
				t.Fatalf("%s: no text, error %v", place, err)
			}
			out = append(out, freeText{place, text})
		}
	}
	return out
}

// unescaped reads \n \t \r \\ \xNN \uNNNN \UNNNNNNNN.
func unescaped(line string) (string, error) {
	var b strings.Builder
	for line != "" {
		r, multibyte, rest, err := strconv.UnquoteChar(line, 0)
		if err != nil {
			return "", err
		}
		line = rest
		switch {
		case multibyte && r != unicode.ReplacementChar:
			b.WriteRune(r)
		case multibyte:
			b.WriteString("\ufffd")
		default:
			b.WriteByte(byte(r))
		}
	}
	return b.String(), nil
}

// The corpus is what people may send: texts that are alike try nothing twice.
func TestFreeTextsAreAThousandAndDiffer(t *testing.T) {
	seen := map[string]string{}
	for _, f := range freeTexts(t) {
		if first := seen[f.text]; first != "" {
			t.Errorf("%s: the same text as %s", f.place, first)
		}
		seen[f.text] = f.place
	}
	if len(seen) < 1000 {
		t.Errorf("%d texts, want 1,000", len(seen))
	}
}

// keptIn tells whether effects or the session hold a text, byte for byte. A short
// answer may lose the spaces around it.
func keptIn(text string, effects []flows.Effect, st *flows.State) bool {
	for _, e := range effects {
		switch e := e.(type) {
		case flows.Save:
			if e.Property != "" && (e.Value == text || !e.More && text != "" && e.Value == strings.TrimSpace(text)) {
				return true
			}
		case flows.Keep:
			if e.Text == text {
				return true
			}
		}
	}
	if slices.ContainsFunc(st.Early, func(p flows.Part) bool { return p.Text == text }) {
		return true
	}
	return st.Pending != nil && st.Pending.Text == text
}

// whatIsWrong puts a text to somebody and says what they lose by it; empty: nothing.
func (e exactly) whatIsWrong(p teller, text string) (wrong string) {
	defer func() {
		if r := recover(); r != nil {
			wrong = fmt.Sprint("it panics: ", r)
		}
	}()
	command, answer := e.always[bare(text)], e.answers(&p, text)
	before, measured := p.situation(), len(p.st.Measured)
	effects, err := p.writes(text)
	if err != nil {
		return "the step fails: " + err.Error()
	}
	data, err := flows.Encode(&p.st)
	if err != nil {
		return err.Error()
	}
	if p.st, err = flows.Decode(data); err != nil {
		return err.Error()
	}
	taken := has(effects, func(flows.Save) bool { return true }) || p.situation() != before || len(p.st.Measured) != measured
	if !command && !(answer && taken) && !keptIn(text, effects, &p.st) {
		return "the words are lost"
	}
	telling := has(effects, func(s flows.Save) bool { return s.More }) // and is not interrupted
	if !telling && !has(effects, func(flows.Send) bool { return true }) {
		return "nothing is said to it"
	}
	if open := p.open(); open != "" && e.questions[open].Kind == "" {
		return "the conversation rests at " + open + ", which asks nothing"
	}
	// What is asked about waits in the session, and must come out of there.
	waits := p.st.Pending != nil && p.st.Pending.Text == text && !command
	for _, way := range [][2]string{{"status", "status.stands"}, {"call me", "call_me.number"}} {
		effects, err := p.writes(way[0])
		if err != nil {
			return way[0] + " fails: " + err.Error()
		}
		if !has(effects, func(s flows.Send) bool { return s.Step == way[1] }) {
			return way[0] + " does not lead to " + way[1]
		}
		if waits && !keptIn(text, effects, &p.st) {
			return "the words that were asked about are lost"
		}
		waits = false
	}
	if key := string(p.channel) + p.st.Language + p.situation(); e.ends[key] < 5 {
		e.ends[key]++
		return e.comesToAnEnd(&p)
	}
	return ""
}

// comesToAnEnd gives plain answers until no question is open.
func (e exactly) comesToAnEnd(p *teller) string {
	for i := range 200 {
		if p.open() == "" {
			return ""
		}
		if _, err := p.writes(e.answerTo(p, i)); err != nil {
			return "later: " + err.Error()
		}
	}
	return "no end from " + p.open()
}

// answerTo is the plainest answer to the open question, in words of any language.
func (e exactly) answerTo(p *teller, i int) string {
	switch e.questions[p.open()].Answer.Kind {
	case flows.AnswerPhone:
		return "07700 900123"
	case flows.AnswerCheck:
		return "send"
	case flows.AnswerStory:
		return []string{"nobody came", "done"}[i%2]
	case flows.AnswerText:
		return "hospital gate"
	case flows.AnswerYesNo:
		return "2"
	}
	return plainAnswers[i%len(plainAnswers)]
}

// Whatever anybody writes, at any question of any flow: it is kept whole unless it
// is exactly an answer or a command, something is said to it, and from there STATUS,
// CALL ME and the end can be reached (the end is looked for a few times from each
// place that texts lead to). Each text meets each question once (fewer where that is slow); languages, channels,
// how long the person was away, and what they did before take turns.
func TestFreeTextsAtEveryQuestion(t *testing.T) {
	own := fstest.MapFS{}
	for i, name := range []string{"fields-own.yaml", "kinds.yaml", "kinds.cy.yaml"} {
		own[name] = &fstest.MapFile{Data: []byte(everyKind[i])}
	}
	src, err := flows.Parse(library.Files, own)
	if err != nil {
		t.Fatal(err)
	}
	set, err := flows.Compile(src, flows.Options{Languages: []string{"en", "cy"}, Limits: limits()})
	if err != nil {
		t.Fatal(err)
	}
	e := exactlyOf(src)
	start := teller{set: set, channel: flows.SMS, now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	ways := waysTo(t, start, src)
	texts := freeTexts(t)
	for q, question := range append(slices.Sorted(maps.Keys(e.questions)), "") {
		people := arrive(t, start, question, ways[question])
		wrong := map[string][]string{}
		for i, f := range texts {
			if (i+q)%everyNth != 0 {
				continue
			}
			p := people[(i+q)%len(people)]
			p.now = p.now.Add([]time.Duration{time.Minute, time.Hour, 25 * time.Hour}[(i/7)%3])
			if what := e.whatIsWrong(p, f.text); what != "" {
				wrong[what] = append(wrong[what], f.place)
			}
		}
		for what, places := range wrong {
			t.Errorf("%q: %s, for %d texts: %s", question, what, len(places), strings.Join(places[:min(len(places), 8)], " "))
		}
	}
}

// arrive goes each way to a question in each language on each channel.
func arrive(t *testing.T, start teller, question string, ways []wayTo) []teller {
	t.Helper()
	var out []teller
	for _, way := range ways {
		for _, language := range start.set.Languages() {
			for _, channel := range []flows.Channel{flows.SMS, flows.WhatsApp, flows.Telegram} {
				p := start
				p.channel, p.seed, p.st.Language, p.st.Frames = channel, way.seed, language, way.frames
				for _, ev := range way.events {
					if _, err := p.does(ev); err != nil {
						t.Fatal(err)
					}
				}
				if p.open() != question {
					t.Fatalf("in %s on %s the way to %q leads to %q", language, channel, question, p.open())
				}
				out = append(out, p)
			}
		}
	}
	return out
}
