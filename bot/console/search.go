package console

import (
	"heard/bot"
	"heard/bot/desk"
)

// Words are looked for by post: they may be a name, which belongs in no address.
func (p *pages) searchRoutes() {
	p.page("GET /search", desk.SeeCases, func(v *visit) error { return v.show("search", "Find a case", searchBody{}) })
	p.page("POST /search", desk.SeeCases, p.search)
}

// searchBody is what was found.
type searchBody struct {
	Words  string
	Looked bool // somebody searched
	desk.Found
	Hits []hitLine
}

type hitLine struct {
	desk.Hit
	State, What string
}

// search finds cases by their words, and leads to the one whose reference is given.
func (p *pages) search(v *visit) error {
	body := searchBody{Words: v.text("words")}
	if ref, ok := bot.ParseCaseRef(body.Words); ok {
		may, err := p.desk.Seeable(v.r.Context(), v.who.Who, []bot.CaseRef{ref})
		if err != nil {
			return err
		}
		if may[ref] {
			v.lead("/cases/" + string(ref))
			return nil
		}
	}
	var wrong faults
	var err error
	body.Found, err = p.desk.Search(v.r.Context(), v.who.Who, body.Words)
	if !wrong.take(err) {
		return v.again("search", "Find a case", body, wrong)
	}
	body.Looked = true
	for _, h := range body.Found.Hits {
		line := hitLine{Hit: h, State: statusName(h.Case.Status), What: h.Label}
		if line.What == "" {
			line.What = entryName(h.Line.Kind)
		}
		body.Hits = append(body.Hits, line)
	}
	return v.looksFirst("search", "Find a case", body)
}
