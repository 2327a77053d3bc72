package flows

import (
	"fmt"
	"strings"
)

// text is one text in one language, cut into pieces for each channel.
type text struct {
	plain, sms, whatsapp, telegram []piece
	template                       string
}

func compileText(w words) (text, error) {
	t := text{template: w.Template}
	for _, one := range []struct {
		to   *[]piece
		from string
	}{{&t.plain, w.Text}, {&t.sms, w.SMS}, {&t.whatsapp, w.WhatsApp}, {&t.telegram, w.Telegram}} {
		if one.from == "" {
			continue
		}
		pieces, err := parseTemplate(one.from)
		if err != nil {
			return text{}, fmt.Errorf("%q: %w", one.from, err)
		}
		*one.to = pieces
	}
	return t, nil
}

// on picks what is said on a channel.
func (t *text) on(c Channel) []piece {
	var own []piece
	switch c {
	case SMS:
		own = t.sms
	case WhatsApp:
		own = t.whatsapp
	case Telegram:
		own = t.telegram
	}
	if own != nil {
		return own
	}
	return t.plain
}

// compileTexts makes the text under key in each language; where a language has
// none, the file's own words serve.
func compileTexts(w wording, languages []string, key string) ([]text, error) {
	out := make([]text, len(languages))
	for i, language := range languages {
		one, ok := w[language][key]
		if !ok || one.Text == "" {
			one = w[""][key]
		}
		if one.Template == "" {
			one.Template = w[""][key].Template
		}
		t, err := compileText(one)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		out[i] = t
	}
	return out, nil
}

// fill puts what is known into a text. What a person wrote goes in as it is: it
// is never read as a text with braces again.
func fill(pieces []piece, get func(name string) string) string {
	if len(pieces) == 1 && pieces[0].name == "" {
		return pieces[0].literal
	}
	var b strings.Builder
	for i := range pieces {
		p := &pieces[i]
		if p.name == "" {
			b.WriteString(p.literal)
			continue
		}
		if v := get(p.name); v != "" {
			b.WriteString(v)
		} else {
			b.WriteString(p.fallback)
		}
	}
	return b.String()
}
