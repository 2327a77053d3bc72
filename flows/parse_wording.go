package flows

import "strings"

// readWording reads a translation, or a provider's own words and extra steps.
func (r *sourceReader) readWording(doc yamlNode) {
	w := WordingSource{Pos: doc.pos}
	at := r.object(doc, "a wording file", yamlKeys{
		"wording_for": func(n yamlNode) { w.Pos, w.For = n.pos, r.name(n, "wording_for"); r.flow = w.For },
		"language":    func(n yamlNode) { w.Language = r.name(n, "language") },
		"provider":    func(n yamlNode) { w.Provider = r.name(n, "provider") },
		"version":     func(n yamlNode) { w.Version = r.count(n, "version") },
		"wording": func(n yamlNode) {
			r.entries(n, "wording", func(key, value yamlNode) { w.Wording = append(w.Wording, r.readReword(key, value)) })
		},
		"extra": func(n yamlNode) {
			r.entries(n, "extra", func(key, value yamlNode) { w.Extra = append(w.Extra, r.readStep(key, value, true)) })
		},
	})
	if w.For == "" {
		return
	}
	if w.Language == "" && w.Provider == "" {
		r.fail(w.Pos, "the wording file needs language: or provider:")
	}
	if pos, there := at["extra"]; there && w.Provider == "" {
		r.fail(pos, "only a provider inserts questions; a translation does not")
	}
	r.src.Wordings = append(r.src.Wordings, w)
}

// readReword reads one text's was and now.
func (r *sourceReader) readReword(key, value yamlNode) RewordSource {
	r.step, _, _ = strings.Cut(key.words, ".")
	defer func() { r.step = "" }()
	reword := RewordSource{Pos: key.pos, Key: key.words}
	at := r.object(value, "a wording", yamlKeys{
		"was": func(n yamlNode) { reword.Was = r.text(n, "was") },
		"now": func(n yamlNode) {
			if n.kind == yamlWords && n.plain && n.words == "hide" {
				reword.Hide = true
				return
			}
			reword.Now = r.text(n, "now")
		},
	})
	r.need(at, key, "was", "the wording")
	r.need(at, key, "now", "the wording")
	return reword
}
