package flows

import (
	"slices"
	"strings"
	"time"
)

// readPlaces reads the codes of posters and links. A provider's own folder
// replaces those of the library by the same code.
func (r *sourceReader) readPlaces(n yamlNode) {
	r.entries(n, "places", func(key, value yamlNode) {
		p := PlaceSource{Pos: key.pos, Code: r.name(key, "the place's code")}
		at := r.object(value, "a place", yamlKeys{
			"name":     func(v yamlNode) { p.Name = r.text(v, "name") },
			"service":  func(v yamlNode) { p.Service = r.name(v, "service") },
			"language": func(v yamlNode) { p.Language = r.name(v, "language") },
			"help":     func(v yamlNode) { p.Help = r.text(v, "help") },
		})
		r.need(at, key, "name", "the place")
		if strings.HasPrefix(strings.ToLower(p.Code), movePrefix) {
			r.fail(key.pos, "the code %q may not begin with %s: links by which people go on elsewhere do", p.Code, movePrefix)
		}
		if isNetworkWord(p.Code) {
			r.fail(key.pos, "the code %q may not be used: the phone network takes that word", p.Code)
		}
		same := func(old PlaceSource) bool { return placeCode(old.Code) == placeCode(p.Code) }
		if i := slices.IndexFunc(r.src.Places, same); i >= 0 && r.ofEarlierFolder("place", placeCode(p.Code)) {
			r.forgetPlace(r.src.Places[i].Code)
			r.src.Places[i] = p
		} else if r.define("place", placeCode(p.Code), p.Pos, "") {
			r.src.Places = append(r.src.Places, p)
		}
		r.inFolder["place "+placeCode(p.Code)] = r.folder
	})
}

// forgetPlace drops what earlier folders call a place in other languages: it is
// another place now.
func (r *sourceReader) forgetPlace(code string) {
	for i := range r.src.Wordings[:r.earlier] {
		if w := &r.src.Wordings[i]; w.For == placesName {
			w.Wording = slices.DeleteFunc(w.Wording, func(one RewordSource) bool { return strings.HasPrefix(one.Key, code+".") })
		}
	}
}

// readAdvocacy reads who helps people to complain. A provider's own folder
// replaces an entry by the same name.
func (r *sourceReader) readAdvocacy(n yamlNode) {
	r.entries(n, "advocacy", func(key, value yamlNode) {
		a := AdvocacySource{Pos: key.pos, Name: r.name(key, "the entry's name")}
		at := r.object(value, "who helps", yamlKeys{
			"areas":   func(v yamlNode) { a.Areas = texts(r.list(v, "areas")) },
			"title":   func(v yamlNode) { a.Title = r.sentence(v, "title") },
			"phone":   func(v yamlNode) { a.Phone = r.sentence(v, "phone") },
			"web":     func(v yamlNode) { a.Web = r.sentence(v, "web") },
			"source":  func(v yamlNode) { a.Source = r.sentence(v, "source") },
			"check":   func(v yamlNode) { a.Check = r.sentence(v, "check") },
			"checked": func(v yamlNode) { a.Checked = r.day(v, "checked") },
		})
		for _, needed := range []string{"areas", "title", "source", "checked"} {
			r.need(at, key, needed, "the entry")
		}
		for _, area := range a.Areas {
			if area != "*" && (len(area) > 2 || strings.ToUpper(area) != area || !isName(area)) {
				r.fail(key.pos, "%q is no postcode area: write the letters a postcode begins with, as CF, or * for everywhere else", area)
			}
		}
		same := func(old AdvocacySource) bool { return old.Name == a.Name }
		if i := slices.IndexFunc(r.src.Advocacy, same); i >= 0 && r.ofEarlierFolder("advocacy", a.Name) {
			r.src.Advocacy[i] = a
		} else if r.define("advocacy", a.Name, a.Pos, "") {
			r.src.Advocacy = append(r.src.Advocacy, a)
		}
		r.inFolder["advocacy "+a.Name] = r.folder
	})
}

// day reads a day of the calendar as it is written.
func (r *sourceReader) day(n yamlNode, what string) string {
	words := r.words(n, what)
	if _, err := time.Parse(time.DateOnly, words); err != nil && words != "" {
		r.fail(n.pos, "%s: %q is not a date: write 2026-12-25", what, words)
	}
	return words
}

// readDesk reads which statements staff make true, and how.
func (r *sourceReader) readDesk(n yamlNode) {
	r.entries(n, "desk", func(key, value yamlNode) {
		d := DeskSource{Pos: key.pos, Statement: key.words, Why: r.sentence(value, key.words)}
		if r.define("statement of the desk", d.Statement, d.Pos, "") {
			r.src.Desk = append(r.src.Desk, d)
		}
	})
}

// readBodies reads whom a person can go to beside the provider, by the provider's kind.
func (r *sourceReader) readBodies(n yamlNode, what, one string) map[string]OmbudsmanSource {
	all := map[string]OmbudsmanSource{}
	r.entries(n, what, func(kind, value yamlNode) {
		var o OmbudsmanSource
		at := r.object(value, one, yamlKeys{
			"name":    func(v yamlNode) { o.Name = r.inLanguages(v, "name") },
			"web":     func(v yamlNode) { o.Web = r.sentence(v, "web") },
			"phone":   func(v yamlNode) { o.Phone = r.sentence(v, "phone") },
			"address": func(v yamlNode) { o.Address = r.sentence(v, "address") },
			"months":  func(v yamlNode) { o.Months = r.count(v, "months") },
		})
		r.need(at, kind, "name", one+" for")
		all[kind.words] = o
	})
	return all
}

// inLanguages reads a text in each language.
func (r *sourceReader) inLanguages(n yamlNode, what string) map[string]string {
	out := map[string]string{}
	r.entries(n, what, func(language, words yamlNode) { out[language.words] = r.sentence(words, what) })
	return out
}

// movePrefix begins what a link brings by which somebody goes on on another
// channel; the bot takes it before any flow does.
const movePrefix = "m_"
