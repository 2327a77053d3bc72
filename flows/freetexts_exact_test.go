package flows_test

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"heard/flows"
)

// questionsOf lists the steps that ask, by "flow.step".
func questionsOf(src *flows.Sources) map[string]flows.StepSource {
	out := map[string]flows.StepSource{}
	for _, f := range src.Flows {
		for _, s := range f.Steps {
			if s.Kind == flows.Ask || s.Kind == flows.Measure {
				out[f.Name+"."+s.Name] = s
			}
		}
	}
	return out
}

// exactly knows what loses nothing by being taken for what it means: a message that
// as a whole, but for capitals and punctuation, is a command, a word that begins a
// flow, an option as it was shown or its number, yes or no, or a number, date or
// postcode and nothing else. It is told from the sources, not by the engine.
type exactly struct {
	questions map[string]flows.StepSource
	always    map[string]bool // commands and what begins a flow, in all languages
	yes, send map[string]bool // in all languages: yes and no; send
	own       map[string]bool // what the engine's own questions offer
	days      map[string]bool // the names of months, today, yesterday
	ends      map[string]int  // how often the end was looked for, by channel, language and situation
}

func exactlyOf(src *flows.Sources) exactly {
	e := exactly{questions: questionsOf(src), always: map[string]bool{},
		own: map[string]bool{"1": true, "2": true, "3": true}, yes: map[string]bool{}, send: map[string]bool{}, days: map[string]bool{}, ends: map[string]int{}}
	for word := range strings.FieldsSeq("help info start stop stopall unsubscribe end quit cancel revoke optout") {
		e.always[word] = true // what channels take for themselves
	}
	for _, c := range src.Commands {
		for _, lists := range []map[string][]flows.WordSource{c.Words, c.Within} {
			for _, list := range lists {
				for _, w := range list {
					e.always[bare(w.Text)] = true
				}
			}
		}
	}
	for _, f := range src.Flows {
		for _, w := range f.Start {
			e.always[bare(w.Text)] = true
		}
	}
	lists := func(key, text string) {
		for word := range strings.SplitSeq(text, ",") {
			switch word = bare(word); key {
			case "words.yes", "words.no":
				e.yes[word] = true
			case "words.send":
				e.send[word] = true
			case "ask.command.do", "ask.command.answer", "yes", "no":
				e.own[word] = true
			case "words.months", "words.today", "words.yesterday":
				e.days[word] = true
			}
		}
	}
	for _, p := range src.Phrases {
		lists(p.Name, p.Text.Text)
	}
	for _, w := range src.Wordings {
		for _, r := range w.Wording {
			lists(r.Key, r.Now.Text)
		}
	}
	return e
}

// answers tells whether a text is such an answer to the question that a person is at.
func (e exactly) answers(p *teller, text string) bool {
	word := bare(text)
	if p.st.Pending != nil && (e.own[word] || e.yes[word]) {
		return true
	}
	q, asks := e.questions[p.open()]
	if !asks {
		return false
	}
	labels := strings.Split(p.st.Frames[len(p.st.Frames)-1].Shown, "\x1f")
	switch q.Answer.Kind {
	case flows.AnswerNumber, flows.AnswerScale:
		return word != "" && strings.Trim(word, "0123456789") == ""
	case flows.AnswerPhone:
		return strings.Trim(text, "+0123456789 ().-") == ""
	case flows.AnswerPostcode:
		return len(strings.ReplaceAll(word, " ", "")) <= len("SW1A1AA")
	case flows.AnswerDate:
		return !slices.ContainsFunc(strings.Fields(word), func(w string) bool { return !e.days[word] && !e.days[w] && (w[0] < '0' || w[0] > '9') })
	case flows.AnswerYesNo:
		return e.yes[word] || isOption(word, labels)
	case flows.AnswerCheck:
		return e.yes[word] || e.send[word] || isOption(word, answersIn(p.asked)) || isOption(word, labels)
	case flows.AnswerSeveral:
		parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;&+\n", r) })
		for _, part := range parts {
			for _, one := range numbersOr(bare(part)) {
				if one != "" && !isOption(one, labels) {
					return false
				}
			}
		}
		return true
	case flows.AnswerText, flows.AnswerStory, flows.AnswerPhoto:
		return false
	}
	if q.Kind == flows.Measure && slices.Contains(flows.ScaleValues(), word) {
		return true
	}
	if slices.ContainsFunc(q.Options, func(o flows.OptionSource) bool { return o.Name == word }) {
		return true
	}
	return e.yes[word] || isOption(word, labels)
}

// isOption tells whether a word is one of the labels, in any order of its words, or
// its number.
func isOption(word string, labels []string) bool {
	if n, err := strconv.Atoi(word); err == nil {
		return n >= 1 && n <= len(labels)
	}
	words := strings.Fields(word)
	slices.Sort(words)
	return slices.ContainsFunc(labels, func(label string) bool {
		same := strings.Fields(bare(label))
		slices.Sort(same)
		return len(words) > 0 && slices.Equal(words, same)
	})
}

// numbersOr parts "1 3", and nothing else.
func numbersOr(word string) []string {
	if strings.Trim(word, "0123456789 ") == "" {
		return strings.Fields(word)
	}
	return []string{word}
}

// answersIn finds what answers are called in a check: "2 Where: at home".
func answersIn(check string) []string {
	var out []string
	for line := range strings.Lines(check) {
		label, _, ok := strings.Cut(line, ": ")
		if number, name, numbered := strings.Cut(label, " "); ok && numbered && strings.Trim(number, "0123456789") == "" {
			out = append(out, name)
		}
	}
	return out
}

// zeros begin the digits of the scripts that people's keyboards have.
const zeros = "٠۰०০੦૦୦௦౦೦൦๐０𝟎𝟘𝟢𝟬𝟶"

// bare is a text without capitals, apostrophes, punctuation and pictures, its digits
// those of the Latin script.
func bare(text string) string {
	text = strings.Map(func(r rune) rune {
		for _, zero := range zeros {
			if r >= zero && r < zero+10 {
				return '0' + r - zero
			}
		}
		switch {
		case strings.ContainsRune("'’‘\u20e3\ufe0e\ufe0f\u200d🏻🏼🏽🏾🏿", r):
			return -1
		case unicode.In(r, unicode.Letter, unicode.Mark, unicode.Nd) || r == '👍' || r == '👎':
			return unicode.ToLower(r)
		}
		return ' '
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
