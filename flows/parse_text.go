package flows

import (
	"fmt"
	"strings"
)

// text reads a text for people: words, or a map of text and what differs by
// channel. Key is the key it stands after.
func (r *sourceReader) text(n yamlNode, key string) TextSource {
	if n.kind != yamlMap || n.flow && !startsWithTextKey(n) {
		return TextSource{Pos: n.pos, Text: r.sentence(n, key)}
	}
	text := TextSource{Pos: n.pos}
	at := r.object(n, key, yamlKeys{
		"text":     func(v yamlNode) { text.Pos, text.Text = v.pos, r.sentence(v, "text") },
		"sms":      func(v yamlNode) { text.SMS = r.sentence(v, "sms") },
		"whatsapp": func(v yamlNode) { text.WhatsApp = r.sentence(v, "whatsapp") },
		"telegram": func(v yamlNode) { text.Telegram = r.sentence(v, "telegram") },
		"template": func(v yamlNode) { text.Template = r.name(v, "template") },
	})
	if _, ok := at["text"]; !ok {
		r.fail(n.pos, "%s needs text: beside the channels' own", key)
	}
	return text
}

func startsWithTextKey(n yamlNode) bool {
	if len(n.pairs) == 0 {
		return false
	}
	switch n.pairs[0].key.words {
	case "text", "sms", "whatsapp", "telegram", "template":
		return n.pairs[0].value.kind != yamlNothing
	}
	return false
}

// sentence reads words that people see, and recognises where plain YAML cut or
// bent them.
func (r *sourceReader) sentence(n yamlNode, key string) string {
	switch {
	case n.kind == yamlMap && n.flow:
		r.fail(n.pos, "a text may not begin with {: %s", putBelow(key))
	case n.kind == yamlOdd:
		r.fail(n.pos, "a text may not begin with * & or !: %s", putBelow(key))
	case n.kind == yamlMap || n.kind == yamlList:
		r.fail(n.pos, "a text is needed here, not keys or a list: %s", putBelow(key))
	case n.kind == yamlNothing || strings.TrimSpace(n.words) == "":
		r.fail(n.pos, "the text is missing: write it after %s:, on the same line or after >", key)
	case n.cut:
		r.fail(n.pos, "the text is cut at \" #\", which begins a comment: %s", putBelow(key))
	case n.plain && hasColon(n.words):
		r.fail(n.pos, "a text may not contain a colon and a space: %s", putBelow(key))
	default:
		return strings.TrimRight(n.words, " \n")
	}
	return ""
}

// spokenList reads words that people type, by language.
func (r *sourceReader) spokenList(n yamlNode, what string) map[string][]WordSource {
	spoken := map[string][]WordSource{}
	r.entries(n, what, func(language, words yamlNode) {
		spoken[language.words] = r.list(words, fmt.Sprintf("%s in %q", what, language.words))
	})
	return spoken
}
