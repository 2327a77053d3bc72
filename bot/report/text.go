package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// The text is for a terminal of this width.
const (
	width     = 100
	nameWidth = 28
)

// Covers is what every table is shown with.
const Covers = "People who used this bot, not all service users; the interval covers chance only."

const (
	nothingYet = "There are no answers to the statements in closed months yet. People are asked when a complaint\n" +
		"is sent, while it is looked at, and after its outcome; a month is shown once it is over.\n"

	notes = `score    the share of "strongly agree" and "agree" among the five answers of the scale. n is how
         many gave one of the five, rate how many of those asked. "Does not apply" and "rather not
         say" are counted apart.
hidden   fewer than 5 people agreed, or fewer than 5 did not, so that the figure would tell of
         single people; or it would let such a figure be worked out. It is no zero.
no one   nobody answered, nor was asked where that is counted.
period   the newest answers of at most 12 months. A period ends when it has enough answers to be
         shown, at the latest in March; months with too few at the end of March are left out.
–        not counted, or not for all who answered.
`
)

// WriteText writes the table for a terminal of 100 columns. provider is its title.
func (t Table) WriteText(w io.Writer, provider string) error {
	out := bufio.NewWriter(w)
	p := printer{out, t.By}
	p.line("%s: agreement with the %s, by %s", provider, t.By.statements(), t.By)
	p.line("Closed months up to %s.", t.Last.words())
	p.line("%s", Covers)
	if t.Empty {
		p.line("")
		_, _ = out.WriteString(nothingYet) // Flush tells
		return out.Flush()
	}
	for _, s := range t.Stages {
		p.stage(s)
	}
	p.line("")
	_, _ = out.WriteString(notes) // Flush tells
	return out.Flush()
}

// statements are those of a table, in words.
func (by Dimension) statements() string {
	if by == ByFinding {
		return "statements about outcomes"
	}
	return "21 statements"
}

// printer writes lines; the writer's Flush tells of what went wrong.
type printer struct {
	out *bufio.Writer
	by  Dimension
}

func (p printer) line(format string, args ...any) {
	_, _ = fmt.Fprintln(p.out, strings.TrimRight(fmt.Sprintf(format, args...), " "))
}

func (p printer) stage(s Stage) {
	p.line("")
	p.line("%s: %q", s.ID, s.Headline)
	p.row("", "score", "n", "95 % interval", "asked", "delivered", "rate")
	for _, one := range s.Statements {
		p.statement(one)
	}
	if len(s.Scores) == 0 {
		p.line("  The stage has a score when all of its statements are shown.")
		return
	}
	p.line("  The stage: mean of its %d statements, each over its period", len(s.Statements))
	for _, l := range scoreLines(p.by, s) {
		p.row(l.Name, l.Score)
	}
}

func (p printer) statement(s Statement) {
	for i, text := range wrap(s.Text, width-4) {
		p.line("%*s%s", 2+2*min(i, 1), "", text)
	}
	if s.All == nil {
		p.row(everybody, hidden)
		return
	}
	if p.by != ByMonth {
		p.line("    %s", s.Period)
	}
	for _, l := range lines(p.by, s) {
		if l.Hidden != "" {
			p.row(l.Name, l.Hidden)
		} else {
			p.row(l.Name, l.Score, l.N, l.Interval, l.Asked, l.Delivered, l.Rate)
		}
	}
	p.line("    %s", s.Apart.words())
}

// row writes the cells of a line, the name to the left and the rest to the right.
func (p printer) row(name string, cells ...string) {
	widths := [...]int{8, 7, 18, 9, 11, 7}
	line := "    " + fit(name, nameWidth)
	for i, c := range cells {
		line += strings.Repeat(" ", max(1, widths[i]-utf8.RuneCountInString(c))) + c
	}
	p.line("%s", line)
}

// fit cuts or fills a name to a width.
func fit(name string, to int) string {
	runes := []rune(name)
	if len(runes) > to {
		return string(runes[:to-1]) + "…"
	}
	return name + strings.Repeat(" ", to-len(runes))
}

// wrap breaks a text into lines at spaces.
func wrap(text string, to int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line+" "+word) > to {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}
