package flows

import (
	"slices"
	"strings"
	"time"
)

// fieldTypes are the types of a field.
func fieldTypes() []string {
	return []string{"text", "option", "options", "yes/no", "number", "date", "when", "story", "points", "case", "consent", "phone", "postcode", "files"}
}

func (r *sourceReader) readFields(n yamlNode) {
	r.entries(n, "fields", func(key, value yamlNode) {
		f := FieldSource{Pos: key.pos, Name: r.name(key, "the field's name")}
		at := r.object(value, "a field", yamlKeys{
			"type":     func(v yamlNode) { f.Type = r.oneOf(v, "the type", fieldTypes()...) },
			"label":    func(v yamlNode) { f.Label = r.sentence(v, "label") },
			"staff":    func(v yamlNode) { f.Staff = r.sentence(v, "staff") },
			"property": func(v yamlNode) { f.Property = r.name(v, "property") },
			"privacy":  func(v yamlNode) { f.Privacy = r.oneOf(v, "privacy", "ordinary", "identity", "special") },
		})
		r.need(at, key, "type", "the field")
		r.need(at, key, "privacy", "the field")
		if f.Name == answerField || isConditionWord(f.Name) || f.Name == elseBranch {
			r.fail(key.pos, "a field may not be called %q: it is a word of conditions", f.Name)
		}
		if r.define("field", f.Name, f.Pos, "") {
			r.src.Fields = append(r.src.Fields, f)
		}
	})
}

// need notes that a key is missing; at is nil if the whole was no map, which is
// told already.
func (r *sourceReader) need(at map[string]Pos, owner yamlNode, key, what string) {
	if _, there := at[key]; !there && at != nil {
		r.fail(owner.pos, "%s %q needs %s:", what, owner.words, key)
	}
}

// commandDoes lists what a command may do of itself.
func commandDoes() []string {
	return []string{"back", "menu", "send", "pause", "delete", "restart", "skip", "done", "unsay"}
}

func (r *sourceReader) readCommands(n yamlNode) {
	r.entries(n, "commands", func(key, value yamlNode) {
		c := CommandSource{Pos: key.pos, Name: r.name(key, "the command's name")}
		at := r.object(value, "a command", yamlKeys{
			"words":  func(v yamlNode) { c.Words = r.spokenList(v, "words") },
			"within": func(v yamlNode) { c.Within = r.spokenList(v, "within") },
			"do":     func(v yamlNode) { c.Do = r.oneOf(v, "do", commandDoes()...) },
			"run":    func(v yamlNode) { c.Run = r.name(v, "run") },
			"then":   func(v yamlNode) { c.Return = r.oneOf(v, "then", "return") == "return" },
			"ask": func(v yamlNode) {
				switch r.oneOf(v, "ask", "at text", "always") {
				case "at text":
					c.AskFirst = true
				case "always":
					c.Always = true
				}
			},
		})
		r.need(at, key, "words", "the command")
		_, does := at["do"]
		_, runs := at["run"]
		if at != nil && does == runs {
			r.fail(key.pos, "the command %q needs do: or run:, one of them", key.words)
		}
		if r.define("command", c.Name, c.Pos, "") {
			r.src.Commands = append(r.src.Commands, c)
		}
	})
}

// readUrgent reads danger words. A later folder adds its words to the earlier
// one's, and may name its own flow.
func (r *sourceReader) readUrgent(n yamlNode) {
	u := &r.src.Urgent
	at := r.object(n, "urgent", yamlKeys{
		"run": func(v yamlNode) { u.Run = r.name(v, "run") },
		"words": func(v yamlNode) {
			if u.Words == nil {
				u.Words = map[string][]WordSource{}
			}
			for language, words := range r.spokenList(v, "words") {
				u.Words[language] = append(u.Words[language], words...)
			}
		},
	})
	if at != nil {
		u.Pos = n.pos
	}
	if u.Run == "" && at != nil {
		r.fail(n.pos, "urgent needs run: and the flow that gives help")
	}
}

func (r *sourceReader) readPhrases(n yamlNode) {
	r.entries(n, "phrases", func(key, value yamlNode) {
		p := PhraseSource{Pos: key.pos, Name: key.words, Text: r.text(value, key.words)}
		if r.define("phrase", p.Name, p.Pos, ": reword it by a file that begins with wording_for: phrases") {
			r.src.Phrases = append(r.src.Phrases, p)
		}
	})
}

func (r *sourceReader) readTemplates(n yamlNode) {
	r.entries(n, "templates", func(key, value yamlNode) {
		t := TemplateSource{Pos: key.pos, Name: r.name(key, "the template's name"), Content: map[string]string{}}
		at := r.object(value, "a template", yamlKeys{
			"content": func(v yamlNode) {
				r.entries(v, "content", func(language, sid yamlNode) {
					t.Content[language.words] = r.words(sid, "content")
				})
			},
			"variables": func(v yamlNode) {
				if v.kind != yamlList || len(v.items) > 0 {
					t.Variables = texts(r.list(v, "variables"))
				}
			},
		})
		r.need(at, key, "content", "the template")
		same := func(old TemplateSource) bool { return old.Name == t.Name }
		if i := slices.IndexFunc(r.src.Templates, same); i >= 0 && r.ofEarlierFolder("template", t.Name) {
			r.src.Templates[i] = t
		} else if r.define("template", t.Name, t.Pos, "") {
			r.src.Templates = append(r.src.Templates, t)
		}
		r.inFolder["template "+t.Name] = r.folder
	})
}

// ofEarlierFolder tells whether what is defined under this name came from an
// earlier folder, and may be replaced.
func (r *sourceReader) ofEarlierFolder(kind, name string) bool {
	folder, there := r.inFolder[kind+" "+name]
	return there && folder < r.folder
}

func (r *sourceReader) readProtected(n yamlNode) {
	r.entries(n, "protected", func(key, value yamlNode) {
		p := ProtectedSource{Pos: key.pos, Key: key.words}
		at := r.object(value, "what is protected", yamlKeys{
			"why":  func(v yamlNode) { p.Why = r.sentence(v, "why") },
			"must": func(v yamlNode) { p.Must = texts(r.list(v, "must")) },
		})
		r.need(at, key, "why", "what is protected,")
		if flow, step, ok := strings.Cut(p.Key, "."); !ok || flow == "" || step == "" {
			r.fail(key.pos, "%q is not FLOW.STEP", p.Key)
			return
		}
		if r.define("protected text", p.Key, p.Pos, "") {
			r.src.Protected = append(r.src.Protected, p)
		}
	})
}

func (r *sourceReader) readJurisdiction(doc yamlNode) {
	j := JurisdictionSource{Pos: doc.pos}
	at := r.object(doc, "a jurisdiction", yamlKeys{
		"jurisdiction": func(n yamlNode) { j.Pos, j.Name = n.pos, r.name(n, "jurisdiction") },
		"acknowledge":  func(n yamlNode) { j.Acknowledge, _ = r.period(n, "acknowledge", false) },
		"respond":      func(n yamlNode) { j.RespondDays, j.Respond = r.period(n, "respond", true) },
		"holidays":     func(n yamlNode) { r.readHolidays(n, &j) },
		"help":         func(n yamlNode) { j.Help = r.inLanguages(n, "help") },
		"process":      func(n yamlNode) { j.Process = r.inLanguages(n, "process") },
		"ombudsmen":    func(n yamlNode) { j.Ombudsmen = r.readBodies(n, "ombudsmen", "an ombudsman") },
		"regulators":   func(n yamlNode) { j.Regulators = r.readBodies(n, "regulators", "a regulator") },
	})
	for _, key := range []string{"acknowledge", "respond", "holidays"} {
		r.need(at, yamlNode{pos: j.Pos, words: j.Name}, key, "the jurisdiction")
	}
	same := func(old JurisdictionSource) bool { return old.Name == j.Name }
	if i := slices.IndexFunc(r.src.Jurisdiction, same); i >= 0 && r.ofEarlierFolder("jurisdiction", j.Name) {
		r.src.Jurisdiction[i] = j
	} else if r.define("jurisdiction", j.Name, j.Pos, "") {
		r.src.Jurisdiction = append(r.src.Jurisdiction, j)
	}
	r.inFolder["jurisdiction "+j.Name] = r.folder
}

// period reads "3 working days" or, where months are allowed, "6 months".
func (r *sourceReader) period(n yamlNode, what string, allowMonths bool) (days, months int) {
	words := strings.Fields(r.words(n, what))
	if len(words) == 0 {
		return 0, 0
	}
	count := n
	count.words = words[0]
	switch unit := strings.TrimSuffix(strings.Join(words[1:], " "), "s"); {
	case unit == "working day":
		return r.count(count, what), 0
	case unit == "month" && allowMonths:
		return 0, r.count(count, what)
	case allowMonths:
		r.fail(n.pos, "%s: write for example 6 months, or 30 working days", what)
	default:
		r.fail(n.pos, "%s: write for example 3 working days", what)
	}
	return 0, 0
}

func (r *sourceReader) readHolidays(n yamlNode, j *JurisdictionSource) {
	at := r.object(n, "holidays", yamlKeys{
		"source": func(v yamlNode) { j.Source = r.sentence(v, "source") },
		"days": func(v yamlNode) {
			for _, day := range r.list(v, "days") {
				date, err := time.Parse(time.DateOnly, day.Text)
				if err != nil {
					r.fail(day.Pos, "%q is not a date: write 2026-12-25", day.Text)
					continue
				}
				j.Holidays = append(j.Holidays, date)
			}
		},
	})
	owner := yamlNode{pos: n.pos, words: j.Name}
	r.need(at, owner, "source", "the list of holidays of")
	r.need(at, owner, "days", "the list of holidays of")
}
