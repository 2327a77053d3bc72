package flows

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// place is a ward, clinic or home that a code stands for.
type place struct {
	name, help []text // by language; help may be nil
	service    string
	language   string
}

// The fields that the code of a poster or link answers. Those that are not
// declared are left out.
const (
	placeField   = "place_code"
	whereField   = "place"
	serviceField = "service"
)

// placeFor is how long a person is taken to be where the code was read.
const placeFor = 7 * 24 * time.Hour

// placesName is the name by which wording files speak of places.
const placesName = "places"

func (s *Set) compilePlaces(src *Sources, o Options) error {
	s.places = map[string]*place{}
	own := map[string]words{}
	for _, p := range src.Places {
		own[p.Code+".name"] = wordsOf(p.Name)
		if p.Help.Text != "" {
			own[p.Code+".help"] = wordsOf(p.Help)
		}
	}
	texts, err := compilePhrases(placesName, own, src.Wordings, o)
	if err != nil {
		return err
	}
	for _, p := range src.Places {
		s.places[placeCode(p.Code)] = &place{
			name: texts[p.Code+".name"], help: texts[p.Code+".help"], service: p.Service, language: p.Language,
		}
	}
	return nil
}

// placeCode makes codes comparable: people type them.
func placeCode(code string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, code)
}

// linked reads what a QR code puts into a text: "Complain (WARD6)", "START WARD6".
// The code is taken off, so that the rest is read as if it had been typed.
func (t *turn) linked() {
	text := strings.TrimSpace(t.ev.Text)
	if text == "" || len(t.set.places) == 0 || t.ev.Start != "" || len(t.ev.Media) > 0 {
		return
	}
	if rest, ok := strings.CutSuffix(text, ")"); ok {
		at := strings.LastIndexByte(rest, '(')
		if at < 0 || t.set.places[placeCode(rest[at+1:])] == nil {
			return
		}
		word := normalise(rest[:at])
		if _, begins := t.set.starts[word]; begins || word == "" {
			t.came(rest[at+1:])
			t.ev.Text = strings.TrimSpace(rest[:at])
		}
		return
	}
	word, code, _ := strings.Cut(text, " ")
	if !strings.EqualFold(strings.TrimPrefix(word, "/"), greeting) || t.set.places[placeCode(code)] == nil {
		return
	}
	t.ev.Start, t.ev.Text = strings.TrimSpace(code), ""
}

// came notes the code that a person came by, and what it answers.
func (t *turn) came(code string) {
	if _, ok := t.set.fields[placeField]; !ok {
		return
	}
	*t.st.put(placeField) = Answer{Field: placeField, Value: code, Given: true}
	t.st.Came = t.now.Unix()
	p := t.place()
	if p == nil {
		return
	}
	if t.st.Language == "" && p.language != "" && t.set.languages[t.set.language(p.language)] == p.language {
		t.st.Language, t.lang = p.language, t.set.language(p.language)
	}
	t.give()
	if t.st.Draft {
		t.saveGiven()
	}
}

// place is where the person is, as far as a code told lately; nil: not known.
func (t *turn) place() *place {
	a := t.st.answer(placeField)
	if a == nil || t.now.Sub(time.Unix(t.st.Came, 0)) > placeFor {
		return nil
	}
	return t.set.places[placeCode(a.Value)]
}

// give answers what a code tells, so that it is not asked.
func (t *turn) give() {
	p := t.place()
	if p == nil {
		return
	}
	for _, a := range []Answer{
		{Field: whereField, Value: fill(p.name[t.lang].on(t.ev.Channel), t.value), Given: true},
		{Field: serviceField, Value: p.service, Given: true},
	} {
		if _, ok := t.set.fields[a.Field]; ok && a.Value != "" {
			*t.st.put(a.Field) = a
		}
	}
}

// saveGiven keeps on the draft what a code told.
func (t *turn) saveGiven() {
	for _, field := range []string{placeField, whereField, serviceField} {
		a := t.st.answer(field)
		if a == nil || !a.Given {
			continue
		}
		f := t.set.fields[field]
		t.effects = append(t.effects, Save{Field: field, Property: f.Property, Privacy: f.Privacy, Value: a.Value, Case: t.st.Case})
	}
}

// nation is what the law of one nation gives to texts.
type nation struct {
	help, process         map[string]string
	ombudsmen, regulators map[string]OmbudsmanSource
}

// The nation and the kind of provider where none is told.
const (
	defaultNation = "england"
	defaultKind   = "nhs"
)

func (s *Set) compileNations(src *Sources) {
	s.nations = map[string]nation{}
	for _, j := range src.Jurisdiction {
		s.nations[j.Name] = nation{help: j.Help, process: j.Process, ombudsmen: j.Ombudsmen, regulators: j.Regulators}
	}
	s.advocacy = src.Advocacy
}

// Ombudsmen are those of a nation, by the kind of provider; "both" where two bodies
// look at it together.
func (s *Set) Ombudsmen(nation string) map[string]OmbudsmanSource { return s.nation(nation).ombudsmen }

// Regulators are those of a nation, by the kind of provider.
func (s *Set) Regulators(nation string) map[string]OmbudsmanSource {
	return s.nation(nation).regulators
}

func (s *Set) nation(name string) nation {
	if n, ok := s.nations[name]; ok {
		return n
	}
	return s.nations[defaultNation]
}

// law is what the person's nation says about a name; empty: nothing.
func (t *turn) law(name string) string {
	n := t.set.nation(t.ev.Facts.Nation)
	switch name {
	case "help_lines":
		return n.help[t.set.languages[t.lang]]
	case "process":
		return n.process[t.set.languages[t.lang]]
	}
	o, ok := n.ombudsmen[cmp.Or(t.ev.Facts.Case.Ombudsman, t.ev.Facts.Kind)]
	if !ok {
		o = n.ombudsmen[defaultKind]
	}
	if name == "ombudsman_months" {
		if o.Months == 0 {
			return ""
		}
		return fmt.Sprint(o.Months)
	}
	return contact(o.Name[t.set.languages[t.lang]], o.Web, o.Phone)
}

// postcodeField is the answer that an advocate is found by.
const postcodeField = "postcode"

// advocate is who helps people to complain where the person lives; where that is
// not known, who helps everywhere.
func (t *turn) advocate() string {
	area := ""
	if a := t.st.answer(postcodeField); a != nil {
		area = strings.TrimRightFunc(a.Value[:min(2, len(a.Value))], unicode.IsDigit)
	}
	everywhere := ""
	for _, a := range t.set.advocacy {
		for _, one := range a.Areas {
			switch one {
			case area:
				return contact(a.Title, a.Web, a.Phone)
			case "*":
				everywhere = contact(a.Title, a.Web, a.Phone)
			}
		}
	}
	return everywhere
}

// contact lists what is known of somebody to turn to.
func contact(parts ...string) string {
	var known []string
	for _, p := range parts {
		if p != "" {
			known = append(known, p)
		}
	}
	return strings.Join(known, ", ")
}
