package flows

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Transcript is a conversation written down: a test that a complaint manager can
// read, and that runs.
type Transcript struct {
	File     string
	Title    string // the lines before the first key
	Channel  Channel
	Language string
	Shows    []string // statements that the conversation makes true
	Seed     uint64   // of the draw of statements: which of them this person is asked
	Lines    []TranscriptLine
}

// TranscriptLine is one thing that happens, or that is looked for.
type TranscriptLine struct {
	Pos  Pos
	Kind LineKind
	Text string
}

// LineKind says what a line of a transcript is.
type LineKind string

// The kinds of line.
const (
	LineThem   LineKind = "them"   // the person writes; [photo], [tap LABEL], [start CODE] and the like in brackets
	LineBot    LineKind = "bot"    // what must be said next; "..." is anything, [step] any text of that step
	LineLater  LineKind = "later"  // the clock moves: "25 hours"
	LineStaff  LineKind = "staff"  // "update WORDS", "outcome WORDS", "reflection": what staff do to the case
	LineExpect LineKind = "expect" // a condition that must hold
	LineMove   LineKind = "move"   // the person goes on on this channel, by the code they were told: "whatsapp"
	LineFact   LineKind = "fact"   // what is known from now on: "handler Sam", "proposed 2027-01-08", "finding POINT | WORDS"
)

// ParseTranscript reads a transcript. An error names the line.
func ParseTranscript(file string, data []byte) (*Transcript, error) {
	tr := &Transcript{File: file, Channel: SMS}
	var title []string
	last := -1
	for i, line := range strings.Split(string(data), "\n") {
		pos := Pos{File: file, Line: i + 1, Column: 1}
		key, rest, found := strings.Cut(line, ":")
		rest = strings.TrimSpace(rest)
		switch {
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#"):
		case line[0] == ' ' && last >= 0:
			tr.Lines[last].Text += "\n" + strings.TrimSpace(line)
		case found && isLineKind(key):
			tr.Lines = append(tr.Lines, TranscriptLine{Pos: pos, Kind: LineKind(key), Text: rest})
			last = len(tr.Lines) - 1
		case found && len(tr.Lines) == 0 && tr.setting(key, rest):
		case len(tr.Lines) == 0:
			title = append(title, strings.TrimSpace(line))
		default:
			return nil, fmt.Errorf("%s: a line begins with them:, bot:, later:, staff:, move:, fact: or expect:, or with a space to go on", pos)
		}
	}
	tr.Title = strings.Join(title, " ")
	if len(tr.Lines) == 0 {
		return nil, fmt.Errorf("%s: nothing is said: write lines that begin with %q and %q", file, "them:", "bot:")
	}
	return tr, nil
}

func isLineKind(key string) bool {
	switch LineKind(key) {
	case LineThem, LineBot, LineLater, LineStaff, LineMove, LineExpect, LineFact:
		return true
	}
	return false
}

func (tr *Transcript) setting(key, value string) bool {
	switch key {
	case "channel":
		switch c := Channel(value); c {
		case SMS, WhatsApp, Telegram:
			tr.Channel = c
		default:
			return false
		}
	case "seed":
		n, err := strconv.ParseUint(value, 10, 64)
		tr.Seed = n
		return err == nil
	case "language":
		tr.Language = value
	case "shows":
		tr.Shows = strings.Fields(strings.ReplaceAll(value, ",", " "))
	default:
		return false
	}
	return true
}

// parseSpan reads "25 hours", "1 day" or "90 minutes".
func parseSpan(text string) (time.Duration, error) {
	var n int
	var unit string
	if _, err := fmt.Sscanf(text, "%d %s", &n, &unit); err != nil || n < 0 {
		return 0, fmt.Errorf("%q is no length of time: write it like 25 hours", text)
	}
	switch strings.TrimSuffix(unit, "s") {
	case "minute":
		return time.Duration(n) * time.Minute, nil
	case "hour":
		return time.Duration(n) * time.Hour, nil
	case "day":
		return time.Duration(n) * 24 * time.Hour, nil
	}
	return 0, fmt.Errorf("%q is no length of time: use minutes, hours or days", text)
}

// matches tells whether a message is what a bot line says: its words with "..."
// for anything, or [step] for any text of that step.
func (l TranscriptLine) matches(m Send) bool {
	want := l.Text
	if step, ok := strings.CutPrefix(want, "["); ok && strings.HasSuffix(step, "]") {
		step = strings.TrimSuffix(step, "]")
		return m.Step == step || strings.HasSuffix(m.Step, "."+step)
	}
	return wildcard(strings.Split(flatten(want), "..."), flatten(shownText(m)))
}

// flatten makes line ends and runs of spaces one space, so that a transcript can
// be broken where it reads best.
func flatten(s string) string { return strings.Join(strings.Fields(s), " ") }

// shownText is a message with its buttons, as a person sees it.
func shownText(m Send) string {
	var b strings.Builder
	b.WriteString(m.Text)
	for _, o := range m.Options {
		b.WriteString(" [" + o.Label + "]")
	}
	return b.String()
}

func wildcard(parts []string, s string) bool {
	if len(parts) == 1 {
		return parts[0] == s
	}
	for i, part := range parts {
		part = strings.TrimSpace(part)
		switch {
		case i == 0:
			if !strings.HasPrefix(s, part) {
				return false
			}
			s = s[len(part):]
		case i == len(parts)-1:
			return strings.HasSuffix(s, part)
		default:
			at := strings.Index(s, part)
			if at < 0 {
				return false
			}
			s = s[at+len(part):]
		}
	}
	return true
}
