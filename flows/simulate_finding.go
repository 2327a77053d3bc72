package flows

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// parseFinding reads a finding as tests write it, "POINT | WORDS", or in full
// "POINT | KIND | WORDS | APOLOGY | WHAT; OWNER; 2027-01-15 | ...". For another body,
// APOLOGY is that body.
func parseFinding(value string) (Finding, error) {
	parts := strings.Split(value, "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	if len(parts) < 3 {
		point, words, _ := strings.Cut(value, "|")
		return Finding{Point: strings.TrimSpace(point), Words: strings.TrimSpace(words)}, nil
	}
	f := Finding{Point: parts[0], Kind: parts[1], Words: parts[2]}
	if !slices.Contains(findingPhrases(), strings.ReplaceAll(f.Kind, " ", "_")) {
		return f, fmt.Errorf("%q is no finding: upheld, partly upheld, not upheld, withdrawn, none possible, for another body", f.Kind)
	}
	for i, part := range parts[3:] {
		switch {
		case i == 0 && f.Kind == "for another body":
			f.Body = part
		case i == 0:
			f.Apology = part
		default:
			a, err := parseAction(part)
			if err != nil {
				return f, err
			}
			f.Actions = append(f.Actions, a)
		}
	}
	return f, nil
}

func parseAction(text string) (FindingAction, error) {
	parts := strings.Split(text, ";")
	if len(parts) != 3 {
		return FindingAction{}, fmt.Errorf("%q is no action: write WHAT; OWNER; 2027-01-15", text)
	}
	due, err := time.Parse(time.DateOnly, strings.TrimSpace(parts[2]))
	if err != nil {
		return FindingAction{}, fmt.Errorf("%q is not a date: write 2027-01-15", parts[2])
	}
	return FindingAction{What: strings.TrimSpace(parts[0]), Owner: strings.TrimSpace(parts[1]), Due: due}, nil
}
