package flows

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// answered is a message read as an answer.
type answered struct {
	ok      bool
	exact   bool   // an option, a number or a tap: cannot have meant anything else
	loose   bool   // more was said than value says, or other words: they are kept beside it
	value   string // what is saved
	day     string // when: the day meant
	skipped bool
	why     string // not ok: the phrase that says so; empty: the kind's own
	limit   int    // for why
}

// parse reads the message as an answer to the open question.
func (t *turn) parse(f *Frame, s *step, word string) answered {
	if t.ev.Other != "" && t.ev.Text == "" {
		return answered{why: phraseRetryKind}
	}
	if s.kind == Measure {
		return t.parseOption(f, s, word)
	}
	switch s.answer.Kind {
	case AnswerChoice, AnswerCase:
		return t.parseOption(f, s, word)
	case AnswerYesNo:
		a := t.parseYesNo(word)
		if !a.ok && word != "" && t.running(t.set.urgentFlow) {
			return answered{ok: true, exact: true, loose: true, value: "yes"} // whoever does not say no may be in danger
		}
		return a
	case AnswerSeveral:
		return t.parseSeveral(f, s)
	case AnswerText:
		return t.parseText(s)
	case AnswerWhen:
		return t.parseWhen(s, word)
	case AnswerStory, AnswerPoints:
		return answered{ok: t.ev.Text != "" || len(t.ev.Media) > 0}
	case AnswerPhoto:
		return answered{ok: len(t.ev.Media) > 0, exact: true, value: strconv.Itoa(len(t.ev.Media))}
	case AnswerCheck:
		return t.parseCheck(f, word)
	}
	return t.parseFormat(s, word)
}

// parseFormat reads the kinds that have a form of their own.
func (t *turn) parseFormat(s *step, word string) answered {
	switch s.answer.Kind {
	case AnswerNumber, AnswerScale:
		n, ok := readNumber(word)
		return answered{ok: ok && n >= s.answer.Low && n <= s.answer.High, loose: !isNumber(word), value: strconv.Itoa(n)}
	case AnswerDate:
		return t.parseDate(s, word)
	case AnswerPhone:
		v, ok := readPhone(t.ev.Text)
		return answered{ok: ok, loose: strings.Trim(t.ev.Text, "+0123456789 ().-") != "", value: v}
	case AnswerPostcode:
		v, ok := readPostcode(t.ev.Text)
		return answered{ok: ok, value: v}
	}
	return answered{}
}

func (t *turn) parseText(s *step) answered {
	text := strings.TrimSpace(t.ev.Text)
	if n := utf8.RuneCountInString(text); s.answer.High > 0 && n > s.answer.High {
		return answered{why: phraseRetryTooLong, limit: s.answer.High}
	}
	return answered{ok: text != "", value: text}
}

func (t *turn) parseYesNo(word string) answered {
	l := &t.set.lists[t.lang]
	no := word == "2" || l.no[word] || word == normalise(t.words(phraseNo))
	switch {
	case no:
		return answered{ok: true, exact: true, value: "no"}
	case word == "1" || l.yes[word] || word == normalise(t.words(phraseYes)):
		return answered{ok: true, exact: true, value: "yes"}
	}
	return answered{}
}

// parseOption reads a number, a label as it was shown, or something close to
// one.
func (t *turn) parseOption(f *Frame, s *step, word string) answered {
	_, names := t.choices(s)
	shown := strings.Split(f.Shown, labelSeparator)
	i, exact := pick(word, shown)
	if i < 0 {
		i, exact = t.pickYesNo(word, names), true
	}
	if i < 0 || i >= len(names) {
		return answered{}
	}
	return answered{ok: true, exact: exact, loose: !exact, value: names[i]}
}

// pickYesNo reads an option's own name, and yes and no where options mean as much:
// those named now or yes, and later or no. "Shall we show it now?" is answered
// with yes.
func (t *turn) pickYesNo(word string, names []string) int {
	l := &t.set.lists[t.lang]
	for i, name := range names {
		switch {
		case word == name:
			return i
		case l.yes[word] && (name == "now" || name == "yes"), l.no[word] && (name == "later" || name == "no"):
			return i
		}
	}
	return -1
}

// parseSeveral reads "1, 3" or labels parted by commas, each at most once.
func (t *turn) parseSeveral(f *Frame, s *step) answered {
	shown := strings.Split(f.Shown, labelSeparator)
	var chosen []string
	loose := false
	for _, part := range splitSeveral(t.ev.Text) {
		i, exact := pick(normalise(part), shown)
		loose = loose || !exact
		if i < 0 || i >= len(s.options) {
			return answered{}
		}
		if name := s.options[i].name; !slices.Contains(chosen, name) {
			chosen = append(chosen, name)
		}
	}
	return answered{ok: len(chosen) > 0, exact: true, loose: loose, value: strings.Join(chosen, ",")}
}

// splitSeveral cuts at commas, and numbers also at spaces: "1, 3", "1 3".
func splitSeveral(text string) []string {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '&' || r == '+' || r == '\n' })
	var out []string
	for _, p := range parts {
		words := strings.Fields(normalise(p))
		numbers := len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !isNumber(w) })
		if numbers {
			out = append(out, words...)
		} else if len(words) > 0 {
			out = append(out, p)
		}
	}
	return out
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

// pick finds the one label that a word means: by number, by the label itself, or
// by being close to exactly one of them.
func pick(word string, labels []string) (i int, exact bool) {
	if word == "" {
		return -1, false
	}
	if n, err := strconv.Atoi(word); err == nil {
		if n >= 1 && n <= len(labels) {
			return n - 1, true
		}
		return -1, false
	}
	found, close := -1, 0
	for i, label := range labels {
		label = normalise(label)
		switch {
		case label == word, reordered(label, word):
			return i, true
		case isClose(word, label):
			found = i
			close++
		}
	}
	if close == 1 {
		return found, false
	}
	return -1, false
}

// reordered tells whether two texts have the same words in another order: "agree
// strongly" is no "agree".
func reordered(a, b string) bool {
	if len(a) != len(b) || !strings.Contains(a, " ") {
		return false
	}
	x, y := strings.Fields(a), strings.Fields(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// isClose tells whether a typed word is plainly meant for a label: its beginning
// up to a word's end, its end from a word's beginning, the label with a word more, or a slip of a letter or two.
func isClose(word, label string) bool {
	if label == "" {
		return false
	}
	if strings.HasPrefix(label, word) && label[len(word)] == ' ' && len(word) >= 3 {
		return true
	}
	if len(word) >= 5 && strings.HasSuffix(label, " "+word) {
		return true
	}
	if len(label) >= 4 && strings.HasPrefix(word, label) && word[len(label)] == ' ' && len(word) <= len(label)+12 {
		return true
	}
	limit := len(label) / 5
	return limit > 0 && distance(word, label, limit) <= limit
}

// distance counts the letters to change, add or leave out between a and b, or
// answers limit+1 where it is more.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

// tapped is the answer that a tapped option stands for.
func (t *turn) tapped(s *step, name string) (answered, bool) {
	_, names := t.choices(s)
	if !slices.Contains(names, name) || name == checkChange && s.answer.Kind == AnswerCheck {
		return answered{}, false
	}
	return answered{ok: true, exact: true, value: name}, true
}

// accept takes an answer: it is saved, and the flow goes on.
func (t *turn) accept(f *Frame, s *step, a answered) error {
	if s.answer.Kind == AnswerCheck && a.value != checkSend && !a.skipped {
		return t.change(f, s, a.value)
	}
	switch {
	case a.skipped:
		t.unsave(s.save)
		t.st.put(s.save) // asked, and left out: not to be asked again on this way
	case s.kind == Measure:
		t.st.Measured = append(t.st.Measured, Measured{Statement: s.statement, Value: a.value})
	case s.save != "":
		t.save(s, a.value, a.day)
	}
	if s.answer.Kind == AnswerCheck {
		t.clearOffPath(f)
	}
	if err := t.follow(f, s, a.value); err != nil {
		return err
	}
	if top := t.top(); top != nil && top.Flow == f.Flow {
		t.restoreCheck(top)
	}
	return t.walk()
}
