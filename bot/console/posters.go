package console

import (
	"html/template"
	"strings"

	"heard/bot/desk"
	"heard/flows"
)

func (p *pages) posterRoutes() {
	p.page("GET /posters", desk.Enrol, p.posters)
	p.page("GET /posters/{place}", desk.Enrol, p.poster)
	p.page("GET /posters/{place}/staff", desk.Enrol, p.staffPoster)
}

// postersBody lists the places that have posters.
type postersBody struct {
	Places    []flows.Place
	Languages []option
	Ways      int
}

func (p *pages) posters(v *visit) error {
	body := postersBody{Places: p.desk.Provider().Flows.Places(), Ways: len(p.waysOf())}
	for _, l := range p.desk.Provider().Flows.Languages() {
		body.Languages = append(body.Languages, option{Value: l, Label: languageName(l)})
	}
	return v.show("posters", "Posters", body)
}

// posterBody is one printed page for the people of a place.
type posterBody struct {
	Place    string
	Language string
	Words    posterWords
	Ways     []scanned
}

func (p *pages) poster(v *visit) error {
	place, ok := p.desk.Place(v.r.PathValue("place"))
	if !ok {
		return noPage()
	}
	language := v.r.URL.Query().Get("language")
	words, ok := postersIn()[language]
	if !ok {
		language = "en"
		words = postersIn()[language]
	}
	// What the link carries must be a word that begins a complaint: it is taken off, and
	// leaves the code of the place.
	ways, err := scans(p.waysOf(), words.Start+" ("+place.Code+")", place.Code)
	if err != nil {
		return err
	}
	for i := range ways {
		if name := words.Channels[ways[i].Channel]; name != "" {
			ways[i].Channel = name
		}
	}
	name := place.Name[language]
	if name == "" {
		name = place.Name[""]
	}
	v.pages.write(v.w, v.r, 200, "poster", v.shown(words.Title, posterBody{Place: name, Language: language, Words: words, Ways: ways}))
	return nil
}

// staffPosterBody is the page for a staff room.
type staffPosterBody struct {
	Place   string
	Address string
	Picture template.HTML
	Codes   bool
}

func (p *pages) staffPoster(v *visit) error {
	place, ok := p.desk.Place(v.r.PathValue("place"))
	if !ok {
		return noPage()
	}
	body := staffPosterBody{Place: place.Name[""], Codes: p.desk.RecordsWithoutAccount()}
	body.Address = strings.TrimSuffix(p.o.PublicURL, "/") + recordPages{p}.path(place.Code)
	var err error
	if body.Picture, err = qrSVG(body.Address); err != nil {
		return err
	}
	return v.show("poster_staff", "Somebody told you something?", body)
}
