package flows

import (
	"strconv"
	"strings"
)

// The phrases that put an outcome in words.
const (
	phraseFinding       = "finding"
	phraseFindingDoes   = "finding.action"
	phraseFindingPrefix = "finding."
)

// findingPhrases are the phrases of the kinds of finding.
func findingPhrases() []string {
	return []string{"upheld", "partly_upheld", "not_upheld", "withdrawn", "none_possible", "for_another_body"}
}

// findings puts an outcome in words, point by point.
func (t *turn) findings() string {
	var points []string
	for i, f := range t.ev.Facts.Case.Findings {
		point, _ := excerpt(strings.TrimSpace(f.Point))
		lines := []string{strconv.Itoa(i+1) + " " + t.wordsWith(phraseFinding, map[string]string{"point": point})}
		points = append(points, strings.Join(append(lines, t.finding(f)...), "\n"))
	}
	return strings.Join(points, "\n\n")
}

// finding is what was found of one point, a line each: the finding with its reasons,
// the apology, what is done.
func (t *turn) finding(f Finding) []string {
	first := f.Words
	if f.Kind != "" {
		key := phraseFindingPrefix + strings.ReplaceAll(f.Kind, " ", "_")
		first = strings.TrimSpace(t.wordsWith(key, map[string]string{"body": bare(f.Body)}) + " " + f.Words)
	}
	lines := []string{first}
	for _, more := range []string{f.Apology, f.NoAction} {
		if more != "" {
			lines = append(lines, more)
		}
	}
	for _, a := range f.Actions {
		lines = append(lines, t.wordsWith(phraseFindingDoes, map[string]string{
			"action": bare(a.What), "owner": bare(a.Owner), "due": t.set.lists[t.lang].day(a.Due),
		}))
	}
	return lines
}

// bare is a text that more of a sentence follows.
func bare(text string) string { return strings.TrimRight(text, ". ") }
