package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// worded is one text of the sources under the key by which wording files name
// it: "about.ask", "about.retry", "about.options.me", a phrase, a statement.
type worded struct {
	flow, step, key string // of a phrase or statement step is the key
	text            TextSource
	options         []OptionSource // shown below the text, or of which this is a label
	label           bool
}

// The names by which wording files speak of what is in no flow.
const (
	phrasesName    = "phrases"
	statementsName = "statements"
)

// collectTexts lists every text that can be reworded.
func (c *checker) collectTexts() {
	add := func(w worded) {
		if c.texts[w.flow] == nil {
			c.texts[w.flow] = map[string]worded{}
		}
		c.texts[w.flow][w.key] = w
	}
	for i := range c.src.Flows {
		for j := range c.src.Flows[i].Steps {
			for _, w := range textsOfStep(c.src.Flows[i].Name, &c.src.Flows[i].Steps[j]) {
				add(w)
			}
		}
	}
	for _, p := range c.src.Places {
		add(worded{flow: placesName, step: p.Code, key: p.Code + ".name", text: p.Name})
		if p.Help.Text != "" {
			add(worded{flow: placesName, step: p.Code, key: p.Code + ".help", text: p.Help})
		}
	}
	for _, p := range c.src.Phrases {
		add(worded{flow: phrasesName, step: p.Name, key: p.Name, text: p.Text})
	}
	for _, s := range Statements() {
		add(worded{flow: statementsName, step: s.ID, key: s.ID, text: TextSource{Text: s.Text}})
	}
}

// textsOfStep lists the texts of a step, labels with them.
func textsOfStep(flow string, s *StepSource) []worded {
	var texts []worded
	if s.Text.Text != "" {
		texts = append(texts, worded{flow: flow, step: s.Name, key: s.Name + "." + string(s.Kind), text: s.Text, options: s.Options})
	}
	if s.Retry.Text != "" {
		texts = append(texts, worded{flow: flow, step: s.Name, key: s.Name + ".retry", text: s.Retry})
	}
	for _, o := range s.Options {
		texts = append(texts, worded{
			flow: flow, step: s.Name, key: s.Name + ".options." + o.Name, label: true,
			text: TextSource{Pos: o.Pos, Text: o.Label}, options: s.Options,
		})
	}
	return texts
}

func (c *checker) checkPhrases() {
	for _, p := range c.src.Phrases {
		if p.Text.Text != "" {
			c.checkText(c.texts[phrasesName][p.Name], p.Text, c.languages[0])
		}
	}
}

// checkPlaces checks what is said of places, and that the statements of the desk are
// statements.
func (c *checker) checkPlaces() {
	for _, p := range c.src.Places {
		for _, key := range []string{".name", ".help"} {
			if w, ok := c.texts[placesName][p.Code+key]; ok {
				c.checkText(w, w.text, c.languages[0])
			}
		}
	}
	for _, d := range c.src.Desk {
		c.checkStatement(c.at(d.Pos, "", ""), d.Statement)
	}
}

// checkText checks a text, in the file's words or reworded, with what differs by
// channel.
func (c *checker) checkText(w worded, text TextSource, language string) {
	told := c.at(text.Pos, w.flow, w.step)
	if text.Template != "" {
		if _, ok := c.templates[text.Template]; !ok {
			told.meaning(text.Template, sortedKeys(c.templates)).block("the template %q is not declared under templates:", text.Template)
		}
	}
	for _, one := range []string{text.Text, text.SMS, text.WhatsApp, text.Telegram} {
		c.checkBraces(told, one)
		if word := tellsNetworkWord(one); word != "" {
			told.block("the text tells people to send %s, which the phone network takes: use another word", word)
		}
	}
	if w.label {
		return
	}
	for _, channel := range c.channels {
		c.checkLength(told, w, text, channel)
	}
	if language == "en" && isProse(w) {
		if age := HardToRead(sample(text.Text)); age > 0 {
			told.warn("the reading age is %d: shorter sentences and shorter words bring it to %d", age, highestReadingAge)
		}
	}
}

// What the reading age is asked of: a measure of fewer words says nothing.
const (
	enoughWords       = 20
	highestReadingAge = 11
)

// isProse tells texts from lists of words that people may type.
func isProse(w worded) bool { return !strings.HasPrefix(w.key, "words.") }

func (c *checker) checkBraces(told finding, text string) {
	pieces, err := parseTemplate(text)
	if err != nil {
		told.block("%v", err)
		return
	}
	for _, p := range pieces {
		if p.name != "" && !c.isKnown(p.name) {
			told.meaning(p.name, c.known()).block("{%s} is no fact and no declared field", p.name)
		}
	}
}

// sendVerb is how a text begins to tell people what to send, in English and
// Welsh.
var sendVerb = regexp.MustCompile(`(?i)\b(?:send|sending|text|texting|reply|replying|type|typing|write|answer|anfonwch|tecstiwch|atebwch|teipiwch)\b`)

// tellsNetworkWord returns the first network word that a text tells people to
// send; "" if none.
func tellsNetworkWord(text string) string {
	for _, verb := range sendVerb.FindAllStringIndex(text, -1) {
		rest := text[verb[1]:]
		if end := strings.IndexAny(rest, ".!?\n"); end >= 0 {
			rest = rest[:end]
		}
		for word := range strings.FieldsFuncSeq(rest, func(r rune) bool { return !unicode.IsLetter(r) }) {
			if word == strings.ToUpper(word) && isNetworkWord(word) {
				return word
			}
		}
	}
	return ""
}

// textLimit is the most characters of one message.
func textLimit(c Channel) int {
	if c == Telegram {
		return 4096
	}
	return 1600
}

// on is the text as a channel gets it.
func (t TextSource) on(c Channel) string {
	if own := t.own(c); own != "" {
		return own
	}
	return t.Text
}

func (c *checker) checkLength(told finding, w worded, text TextSource, channel Channel) {
	shown := sample(text.on(channel))
	if channel == SMS {
		for i, o := range w.options {
			shown += "\n" + strconv.Itoa(i+1) + ". " + o.Label
		}
	}
	if n := utf8.RuneCountInString(shown); n > textLimit(channel) {
		told.block("the text has %d characters, and %s takes %d", n, channel, textLimit(channel))
		return
	}
	if channel == SMS && isProse(w) {
		c.checkSegments(told, shown)
	}
}

// mostSegments is what a text should cost at most.
const mostSegments = 2

// checkSegments shows what a text costs as SMS, and the character that makes it
// cost more. Letters are never blamed while the text stays within two: they
// belong to the language.
func (c *checker) checkSegments(told finding, shown string) {
	count := CountSMS(shown)
	plain := CountSMS(withoutCulprits(shown))
	because := ""
	if count.Segments > plain.Segments {
		because = fmt.Sprintf(": %q (%U) makes it %d instead of %d", count.Culprit, count.Culprit, count.Segments, plain.Segments)
	}
	switch {
	case count.Segments > mostSegments:
		told.warn("the text is %d SMS messages long%s", count.Segments, because)
	case because != "" && !unicode.IsLetter(count.Culprit):
		told.warn("the text costs more as SMS%s", because)
	}
}

// sample puts something in place of each brace, so that a text can be counted.
func sample(text string) string {
	pieces, err := parseTemplate(text)
	if err != nil {
		return text
	}
	var b strings.Builder
	for _, p := range pieces {
		switch {
		case p.name == "":
			b.WriteString(p.literal)
		case p.fallback != "":
			b.WriteString(p.fallback)
		default:
			b.WriteString(p.name)
		}
	}
	return b.String()
}

// namesIn lists the names that a text uses, in order, each once.
func namesIn(text string) []string {
	pieces, _ := parseTemplate(text)
	var names []string
	for _, p := range pieces {
		if p.name != "" && !slices.Contains(names, p.name) {
			names = append(names, p.name)
		}
	}
	slices.Sort(names)
	return names
}
