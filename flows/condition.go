package flows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// operator is how a comparison compares.
type operator string

// The operators, as they are written.
const (
	opIs      operator = "is"
	opIsNot   operator = "is not"
	opUnder   operator = "under"
	opOver    operator = "over"
	opKnown   operator = "known"
	opUnknown operator = "unknown"
)

// answerField is the pseudo field for the answer that was just given.
const answerField = "answer"

// conditionWords ends each error of parseCondition: an author who got one word
// wrong needs to see all of them.
const conditionWords = `the words are: is, is not, under, over, known, unknown, and, or`

// comparison is one part of a condition: "about is other", "ease under 3".
type comparison struct {
	field  string
	op     operator
	value  string // is, is not
	number int    // under, over
}

// condition is "a under 3 and b is x or c known": or of ands of comparisons.
// There are no parentheses, so that it reads as a sentence.
type condition struct{ any [][]comparison }

// parseCondition reads a condition. Its error says what is wrong and what the
// words are.
func parseCondition(s string) (condition, error) {
	words := strings.Fields(s)
	if len(words) == 0 {
		return condition{}, fmt.Errorf("the condition is empty; %s", conditionWords)
	}
	c := condition{any: [][]comparison{nil}}
	for {
		cmp, rest, err := parseComparison(words)
		if err != nil {
			return condition{}, err
		}
		last := len(c.any) - 1
		c.any[last] = append(c.any[last], cmp)
		if len(rest) == 0 {
			return c, nil
		}
		switch rest[0] {
		case "and":
		case "or":
			c.any = append(c.any, nil)
		default:
			return condition{}, fmt.Errorf("%q is not understood after %q; %s",
				rest[0], strings.Join(words[:len(words)-len(rest)], " "), conditionWords)
		}
		words = rest[1:]
	}
}

// parseComparison reads one comparison from the front of words and returns what
// is left.
func parseComparison(words []string) (comparison, []string, error) {
	if len(words) == 0 {
		return comparison{}, nil, fmt.Errorf("the condition ends after and or or; %s", conditionWords)
	}
	c := comparison{field: words[0]}
	if isConditionWord(c.field) || !isName(c.field) {
		return comparison{}, nil, fmt.Errorf("a field's name is missing before %q; %s", c.field, conditionWords)
	}
	if len(words) == 1 {
		return comparison{}, nil, fmt.Errorf("nothing is said about %q; %s", c.field, conditionWords)
	}
	c.op, words = operator(words[1]), words[2:]
	switch c.op {
	case opKnown, opUnknown:
		return c, words, nil
	case opIs:
		if len(words) > 0 && words[0] == "not" {
			c.op, words = opIsNot, words[1:]
		}
	case opUnder, opOver:
	default:
		return comparison{}, nil, fmt.Errorf("%q is not understood after %q; %s", c.op, c.field, conditionWords)
	}
	if len(words) == 0 || isConditionWord(words[0]) {
		return comparison{}, nil, missingValue(c, words)
	}
	c.value, words = words[0], words[1:]
	if c.op == opIs || c.op == opIsNot {
		return c, words, nil
	}
	number, err := strconv.Atoi(c.value)
	if err != nil {
		return comparison{}, nil, fmt.Errorf("%s needs a whole number, not %q", c.op, c.value)
	}
	c.number, c.value = number, ""
	return c, words, nil
}

// missingValue tells "place is known", which is a slip with an obvious cure,
// from a comparison that just ends.
func missingValue(c comparison, rest []string) error {
	if len(rest) > 0 && (rest[0] == string(opKnown) || rest[0] == string(opUnknown)) {
		return fmt.Errorf("write %q without %s", c.field+" "+rest[0], c.op)
	}
	return fmt.Errorf("a value is missing after %q; %s", c.field+" "+string(c.op), conditionWords)
}

func isConditionWord(s string) bool {
	switch s {
	case "is", "not", "under", "over", "known", "unknown", "and", "or":
		return true
	}
	return false
}

// isName tells whether s can name a field, a step or an option: letters, digits
// and _, and - inside.
func isName(s string) bool {
	for i, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
		case r == '-' && i > 0:
		default:
			return false
		}
	}
	return s != ""
}

// holds tells whether the condition is true of what get knows. A field that is
// not known is neither under, over nor anything: only `is not` and `unknown`
// hold for it.
func (c condition) holds(get func(field string) (value string, known bool)) bool {
	for _, all := range c.any {
		if !slices.ContainsFunc(all, func(cmp comparison) bool { return !cmp.holds(get(cmp.field)) }) {
			return len(all) > 0
		}
	}
	return false
}

func (c comparison) holds(value string, known bool) bool {
	switch c.op {
	case opKnown:
		return known
	case opUnknown:
		return !known
	case opIs:
		return known && c.matches(value)
	case opIsNot:
		return !known || !c.matches(value)
	}
	n, err := strconv.Atoi(value)
	if !known || err != nil {
		return false
	}
	if c.op == opUnder {
		return n < c.number
	}
	return n > c.number
}

// matches tells whether value is the comparison's, or has it among several that
// are joined by commas. Of the answer to a statement, negative and positive
// stand for the two ends of the scale.
func (c comparison) matches(value string) bool {
	if c.field == answerField {
		switch c.value {
		case "negative":
			return value == Disagrees || value == StronglyDisagrees
		case "positive":
			return value == Agrees || value == StronglyAgrees
		}
	}
	for one := range strings.SplitSeq(value, ",") {
		if one == c.value {
			return true
		}
	}
	return false
}
