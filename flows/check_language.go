package flows

import (
	"fmt"
	"slices"
	"strings"
)

// checkLanguages sees that each language after the first has its words, and
// counts once per language what it lacks.
func (c *checker) checkLanguages() {
	for _, language := range c.languages[1:] {
		translated := c.translated(language)
		if len(translated) == 0 && len(c.src.Flows) > 0 {
			c.at(c.src.Flows[0].Pos, "", "").block("the language %q is wanted, and no wording file is in it", language)
			continue
		}
		missing := c.untranslated(translated)
		if len(missing) == 0 {
			continue
		}
		first := missing[0]
		c.at(first.text.Pos, first.flow, first.step).warn("%d texts are not translated to %q: %s", len(missing), language, someKeys(missing))
	}
}

// translated lists the keys "flow.key" that a language has words for.
func (c *checker) translated(language string) map[string]bool {
	keys := map[string]bool{}
	for _, w := range c.src.Wordings {
		if w.Language != language || w.Provider != "" {
			continue
		}
		for _, r := range w.Wording {
			if r.Now.Text != "" {
				keys[w.For+"."+r.Key] = true
			}
		}
	}
	return keys
}

// untranslated lists the texts that a language lacks, in the order of their
// places. Of the statements only those count that a flow measures.
func (c *checker) untranslated(translated map[string]bool) []worded {
	var missing []worded
	for _, flow := range sortedKeys(c.texts) {
		for _, key := range sortedKeys(c.texts[flow]) {
			w := c.texts[flow][key]
			if translated[flow+"."+key] || flow == statementsName && !c.measured(key) {
				continue
			}
			missing = append(missing, w)
		}
	}
	slices.SortStableFunc(missing, func(a, b worded) int {
		// Statements stand in no file: they come last.
		if (a.text.Pos.File == "") != (b.text.Pos.File == "") {
			return len(b.text.Pos.File) - len(a.text.Pos.File)
		}
		return a.text.Pos.compare(b.text.Pos)
	})
	return missing
}

func (c *checker) measured(id string) bool {
	return slices.ContainsFunc(c.src.Flows, func(f FlowSource) bool {
		return slices.ContainsFunc(f.Steps, func(s StepSource) bool { return s.Statement == id })
	})
}

func someKeys(texts []worded) string {
	const most = 5
	var keys []string
	for _, w := range texts {
		if len(keys) == most {
			return strings.Join(keys, ", ") + fmt.Sprintf(" and %d more", len(texts)-most)
		}
		keys = append(keys, w.flow+"."+w.key)
	}
	return strings.Join(keys, ", ")
}

// checkProtected sees that what is protected is there, with the words it must
// have, in every language.
func (c *checker) checkProtected() {
	for _, p := range c.src.Protected {
		flow, name, _ := strings.Cut(p.Key, ".")
		told := c.at(p.Pos, "", "")
		if flow != phrasesName && c.flows[flow] == nil {
			if !c.flowExists(flow) {
				told.meaning(flow, sortedKeys(c.flows)).block("the flow %q is protected (%s), and it does not exist", flow, p.Why)
			}
			continue
		}
		w, ok := c.protectedText(flow, name)
		if !ok {
			told.meaning(name, c.protectable(flow)).block("%q is protected (%s), and it does not exist", p.Key, p.Why)
			continue
		}
		if missing := missingWords(w.text.Text, p.Must); missing != "" && w.text.Text != "" {
			c.at(w.text.Pos, flow, w.step).block("the words %q are missing, and this text is protected: %s", missing, p.Why)
		}
		for _, language := range c.languages[1:] {
			if translated := c.translated(language); w.key != "" && len(translated) > 0 && !translated[w.flow+"."+w.key] {
				told.block("%q is protected (%s), and it is not translated to %q", p.Key, p.Why, language)
			}
		}
	}
}

// protectedText finds the text of a protected step or phrase: what it says or
// asks, or the statement it measures. The key is empty if it has no words.
func (c *checker) protectedText(flow, name string) (worded, bool) {
	if flow == phrasesName {
		w, ok := c.texts[flow][name]
		return w, ok
	}
	at := stepIndex(c.flows[flow], name)
	if at < 0 {
		return worded{}, false
	}
	s := &c.flows[flow].Steps[at]
	if s.Kind == Measure {
		return c.texts[statementsName][s.Statement], true
	}
	return c.texts[flow][name+"."+string(s.Kind)], true
}

func (c *checker) protectable(flow string) []string {
	if flow == phrasesName {
		return sortedKeys(c.texts[phrasesName])
	}
	return stepNames(c.flows[flow])
}
