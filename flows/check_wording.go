package flows

import (
	"slices"
	"strings"
)

// checkWordings checks translations and providers' own words against what they
// reword.
func (c *checker) checkWordings() {
	for i := range c.src.Wordings {
		w := &c.src.Wordings[i]
		if c.texts[w.For] == nil && c.flows[w.For] == nil {
			if c.flowExists(w.For) {
				continue
			}
			c.at(w.Pos, "", "").meaning(w.For, append(sortedKeys(c.flows), phrasesName, statementsName)).
				block("wording for %q, which is no flow, nor phrases or statements", w.For)
			continue
		}
		if w.For == statementsName && w.Provider != "" {
			c.at(w.Pos, w.For, "").block("a provider may not reword the statements: they are a measure")
		}
		for _, r := range w.Wording {
			c.checkReword(w, r)
		}
		c.checkExtras(w)
	}
}

// checkReword checks one text that is reworded or hidden.
func (c *checker) checkReword(w *WordingSource, r RewordSource) {
	if r.Hide {
		c.checkHide(w, r)
		return
	}
	source, channel, ok := c.reworded(w.For, r.Key)
	if !ok {
		c.at(r.Pos, w.For, stepOfKey(w.For, r.Key)).meaning(r.Key, sortedKeys(c.texts[w.For])).
			block("there is no text %q to reword", r.Key)
		return
	}
	if r.Now.Text == "" {
		return
	}
	was := source.text.Text
	if channel != "" {
		was = source.text.own(channel)
	}
	if !sameWords(r.Was.Text, was) && !c.wasOfProvider(w, r) {
		c.at(r.Was.Pos, w.For, source.step).warn("the text has changed since: it was %q and is %q", r.Was.Text, was)
	}
	language := w.Language
	if language == "" {
		language = c.languages[0]
	}
	if source.label {
		c.checkLabel(c.at(r.Now.Pos, w.For, source.step), r.Now.Text, len(source.options))
	}
	source.options = nil // their labels are reworded too: the words alone are counted
	c.checkText(source, r.Now, language)
	if w.Provider == "" {
		c.checkSameNames(c.at(r.Now.Pos, w.For, source.step), source.text, channel, r.Now)
	} else {
		c.checkMust(w, r, source)
	}
}

// reworded finds the text that a key names; "where.ask.sms" names what is said
// by SMS only.
func (c *checker) reworded(flow, key string) (w worded, channel Channel, ok bool) {
	if w, ok = c.texts[flow][key]; ok {
		return w, "", true
	}
	for _, channel = range []Channel{SMS, WhatsApp, Telegram} {
		if base, found := strings.CutSuffix(key, "."+string(channel)); found {
			w, ok = c.texts[flow][base]
			return w, channel, ok
		}
	}
	return worded{}, "", false
}

func stepOfKey(flow, key string) string {
	if flow == phrasesName || flow == statementsName {
		return key
	}
	step, _, _ := strings.Cut(key, ".")
	return step
}

// own is what differs on a channel; empty if nothing does.
func (t TextSource) own(c Channel) string {
	switch c {
	case SMS:
		return t.SMS
	case WhatsApp:
		return t.WhatsApp
	case Telegram:
		return t.Telegram
	}
	return ""
}

func sameWords(a, b string) bool { return slices.Equal(strings.Fields(a), strings.Fields(b)) }

// wasOfProvider tells whether was is the provider's own wording in the files'
// language, which its translation translates.
func (c *checker) wasOfProvider(w *WordingSource, r RewordSource) bool {
	if w.Provider == "" || w.Language == "" {
		return false
	}
	for _, other := range c.src.Wordings {
		if other.For != w.For || other.Provider != w.Provider || other.Language != "" && other.Language != c.languages[0] {
			continue
		}
		for _, own := range other.Wording {
			if own.Key == r.Key && sameWords(own.Now.Text, r.Was.Text) {
				return true
			}
		}
	}
	return false
}

// checkSameNames sees that a translation fills in what the source does. Channel
// is set where the key names what is said on that channel only.
func (c *checker) checkSameNames(told finding, source TextSource, channel Channel, now TextSource) {
	differ := func(source, now string) bool {
		want, got := namesIn(source), namesIn(now)
		if slices.Equal(got, want) {
			return false
		}
		told.block("the translation uses %s, and the text %s", braceList(got), braceList(want))
		return true
	}
	if channel != "" {
		differ(source.own(channel), now.Text)
		return
	}
	if differ(source.Text, now.Text) {
		return
	}
	for _, channel := range []Channel{SMS, WhatsApp, Telegram} {
		if now.own(channel) != "" && differ(source.on(channel), now.own(channel)) {
			return
		}
	}
}

func braceList(names []string) string {
	if len(names) == 0 {
		return "no braces"
	}
	return "{" + strings.Join(names, "}, {") + "}"
}

// checkMust sees that a provider keeps the words that a protected text must have.
func (c *checker) checkMust(w *WordingSource, r RewordSource, source worded) {
	if w.Language != "" && w.Language != c.languages[0] || source.label || strings.HasSuffix(source.key, ".retry") {
		return
	}
	for _, p := range c.src.Protected {
		if p.Key != w.For+"."+source.step && p.Key != w.For+"."+source.key {
			continue
		}
		if missing := missingWords(r.Now.Text, p.Must); missing != "" {
			c.at(r.Now.Pos, w.For, source.step).block("the words %q are missing, and this text is protected: %s", missing, p.Why)
		}
	}
}

// missingWords returns the first of the words that the text does not have.
func missingWords(text string, must []string) string {
	text = " " + normalise(text) + " "
	for _, words := range must {
		if !strings.Contains(text, " "+normalise(words)+" ") {
			return words
		}
	}
	return ""
}

// checkHide sees that what is hidden is a provider's to hide.
func (c *checker) checkHide(w *WordingSource, r RewordSource) {
	step := stepOfKey(w.For, r.Key)
	told := c.at(r.Pos, w.For, step)
	flow := c.flows[w.For]
	if w.Provider == "" || flow == nil {
		told.block("only a provider hides a question of a flow")
		return
	}
	at := stepIndex(flow, step)
	protection, protected := c.protects(w.For, step)
	switch {
	case at < 0:
		told.meaning(step, stepNames(flow)).block("there is no step %q to hide", step)
	case protected:
		told.block("the step is protected and may not be hidden: %s", protection.Why)
	case flow.Steps[at].Kind != Ask || !flow.Steps[at].Answer.Optional:
		told.block("only an optional question may be hidden")
	}
}

// protects finds what protects a step.
func (c *checker) protects(flow, step string) (ProtectedSource, bool) {
	for _, p := range c.src.Protected {
		if p.Key == flow+"."+step {
			return p, true
		}
	}
	return ProtectedSource{}, false
}

// checkExtras checks the questions that a provider puts in: they ask and say,
// and lead where the step before them led.
func (c *checker) checkExtras(w *WordingSource) {
	flow := c.flows[w.For]
	if flow == nil {
		if len(w.Extra) > 0 {
			c.at(w.Extra[0].Pos, w.For, w.Extra[0].Name).block("extra questions go into a flow")
		}
		return
	}
	names := stepNames(flow)
	for i := range w.Extra {
		s := &w.Extra[i]
		told := c.at(s.Pos, w.For, s.Name)
		if slices.Contains(names, s.Name) {
			told.block("the flow has a step of this name already")
		}
		if s.After != "" && !slices.Contains(names, s.After) {
			c.at(s.place("after"), w.For, s.Name).meaning(s.After, names).block("there is no step %q to follow", s.After)
		}
		for _, key := range []string{"next", "do", "run"} {
			if pos, there := s.At[key]; there {
				c.at(pos, w.For, s.Name).block("a provider's own question may not have %s: it may not reroute what the library says", key)
			}
		}
		c.checkStep(flow, s)
		names = append(names, s.Name)
	}
}
