package flows

import (
	"strconv"
	"strings"
	"time"
)

// answerForms shows an author every way to write an answer.
const answerForms = "text up to 100, yes/no, number 0 to 120, scale 1 to 5, date, date past, date future, " +
	"when up to 100, photo, story, points, case, several, choice, phone, postcode, check; with \", optional\" it may be skipped"

// answerSynonyms leads from what other tools call an answer to its form here.
func answerSynonyms(word string) string {
	switch strings.ToLower(word) {
	case "string", "words", "free", "open", "name":
		return "text up to 100"
	case "bool", "boolean", "yesno", "yes", "confirm":
		return "yes/no"
	case "int", "integer", "digits", "numeric":
		return "number 0 to 100"
	case "rating", "stars", "likert":
		return "scale 1 to 5"
	case "image", "picture", "file", "media", "document", "voice", "video":
		return "photo"
	case "multiple", "many", "checkboxes", "multi":
		return "several"
	case "select", "option", "options", "one", "radio":
		return "choice"
	case "mobile", "telephone", "tel":
		return "phone"
	case "review", "summary":
		return "check"
	}
	return ""
}

// readAnswer reads "text up to 100, optional" and its kin.
func (r *sourceReader) readAnswer(n yamlNode) AnswerSource {
	a := AnswerSource{Pos: n.pos}
	words := strings.Fields(r.words(n, "answer"))
	if len(words) == 0 {
		return a
	}
	if last := len(words) - 1; words[last] == "optional" {
		a.Optional, words = true, words[:last]
		if len(words) == 0 {
			a.Kind = AnswerChoice
			return a
		}
		words[last-1] = strings.TrimSuffix(words[last-1], ",")
	}
	if !a.fill(AnswerKind(words[0]), words[1:]) {
		meant := answerSynonyms(words[0])
		if meant == "" {
			meant = meantWord(strings.Join(words, " "), []string{
				"text up to 100", "yes/no", "number 0 to 100", "scale 1 to 5", "date", "date past", "date future",
				"when up to 100", "photo", "story", "points", "case", "several", "choice", "phone", "postcode", "check",
			})
		}
		r.failMeant(n.pos, meant, "the answer %q is not understood; it is one of %s", strings.Join(words, " "), answerForms)
		a.Kind = AnswerNone
	}
	return a
}

// fill sets the kind and its bounds; false if rest does not belong to the kind.
func (a *AnswerSource) fill(kind AnswerKind, rest []string) bool {
	a.Kind = kind
	switch kind {
	case AnswerYesNo, AnswerPhoto, AnswerStory, AnswerPoints, AnswerCase, AnswerSeveral, AnswerChoice, AnswerPhone, AnswerPostcode, AnswerCheck:
		return len(rest) == 0
	case AnswerText, AnswerWhen:
		if len(rest) != 3 || rest[0] != "up" || rest[1] != "to" {
			return false
		}
		high, err := strconv.Atoi(rest[2])
		a.High = high
		return err == nil && high > 0
	case AnswerNumber, AnswerScale:
		return a.between(rest)
	case AnswerDate:
		if len(rest) == 1 && (rest[0] == "past" || rest[0] == "future") {
			a.Tense = rest[0]
			return true
		}
		return len(rest) == 0
	}
	return false
}

// between reads "LOW to HIGH". A scale has at most eleven points: more cannot be
// offered as options.
func (a *AnswerSource) between(rest []string) bool {
	if len(rest) != 3 || rest[1] != "to" {
		return false
	}
	low, errLow := strconv.Atoi(rest[0])
	high, errHigh := strconv.Atoi(rest[2])
	a.Low, a.High = low, high
	if errLow != nil || errHigh != nil || low >= high {
		return false
	}
	return a.Kind == AnswerNumber || low >= 0 && high-low <= 10
}

// maxRemind bounds a reminder: nobody is nudged about what they left months ago.
const maxRemind = 90 * 24 * time.Hour

// readRemind reads "1 hour, 1 day, 3 days"; each is later than the one before.
func (r *sourceReader) readRemind(n yamlNode) []time.Duration {
	var after []time.Duration
	for _, item := range r.list(n, "remind") {
		for one := range strings.SplitSeq(item.Text, ",") {
			d, ok := duration(one)
			switch {
			case !ok || d > maxRemind:
				r.fail(item.Pos, "%q is no time to remind after: write for example 1 hour, 1 day, 3 days (up to 90 days)", strings.TrimSpace(one))
			case len(after) > 0 && d <= after[len(after)-1]:
				r.fail(item.Pos, "%q is not later than the reminder before it: each counts from the question", strings.TrimSpace(one))
			default:
				after = append(after, d)
			}
		}
	}
	return after
}

// duration reads "3 days". A week is seven of them.
func duration(s string) (time.Duration, bool) {
	words := strings.Fields(s)
	if len(words) != 2 {
		return 0, false
	}
	n, err := strconv.Atoi(words[0])
	if err != nil || n < 1 || n > 10000 {
		return 0, false
	}
	units := map[string]time.Duration{
		"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour, "week": 7 * 24 * time.Hour,
	}
	unit, ok := units[strings.TrimSuffix(words[1], "s")]
	return time.Duration(n) * unit, ok
}
