package flows

import (
	"slices"
	"strings"
)

// Severity says whether a problem stops publishing.
type Severity string

// Block stops publishing; Warn does not.
const (
	Block Severity = "error"
	Warn  Severity = "warning"
)

// Problem is one thing wrong with the files, said so that its author can mend
// it: where, in which flow and step, what, and what was perhaps meant.
type Problem struct {
	Pos      Pos
	Severity Severity
	Flow     string
	Step     string
	Text     string // a whole sentence, that says what to do
	Meant    string // "did you mean"; may be empty
}

// String prints "file:line:column: error: complain.about: text (did you mean x?)".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.Pos.String() + ": " + string(p.Severity) + ": ")
	if p.Flow != "" {
		b.WriteString(p.Flow)
		if p.Step != "" {
			b.WriteString("." + p.Step)
		}
		b.WriteString(": ")
	}
	b.WriteString(p.Text)
	if p.Meant != "" {
		b.WriteString(" (did you mean " + p.Meant + "?)")
	}
	return b.String()
}

// Problems is an error made of all that is wrong.
type Problems []Problem

// Error lists the problems, a line each.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Blocking gives the problems that stop publishing.
func (ps Problems) Blocking() Problems {
	var blocking Problems
	for _, p := range ps {
		if p.Severity == Block {
			blocking = append(blocking, p)
		}
	}
	return blocking
}

// sort orders problems by file, line and column; those of one place stay in the
// order they were found.
func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int { return a.Pos.compare(b.Pos) })
}
