package console

import (
	"encoding/csv"
	"errors"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"heard/bot"
	"heard/bot/desk"
)

func (p *pages) enrolRoutes() {
	p.page("GET /enrol", desk.Enrol, func(v *visit) error { return v.show("enrol", "Welcome people", enrolBody{}) })
	p.page("POST /enrol", desk.Enrol, p.checkEnrolment)
	p.page("POST /enrol/send", desk.Enrol, p.enrol)
}

// enrolBody is the upload, the check before it goes out, or what became of it.
type enrolBody struct {
	PublicName    string
	Checked, Done bool
	Good          int
	Rows          string // the people, as the confirmation brings them back: nothing is kept
	Refused       []desk.EnrolRefusal
	Counts        []enrolCount
}

type enrolCount struct {
	Label string
	Value int
}

// largestList is the largest file of people: MostEnrolled lines of a few words. What is
// confirmed must fit into a form.
const largestList = largestForm * 3 / 4

func (p *pages) checkEnrolment(v *visit) error {
	var wrong faults
	rows, err := readList(v.w, v.r)
	if wrong.take(err) {
		good, refused, err := p.desk.CheckEnrolment(v.who.Who, rows)
		if wrong.take(err) {
			body := enrolBody{Checked: true, Good: good, Refused: refused, Rows: writeRows(rows), PublicName: p.desk.Provider().PublicName}
			return v.show("enrol", "Welcome people", body)
		}
	}
	return v.again("enrol", "Welcome people", enrolBody{}, wrong)
}

// readList reads the file of a form, of a bounded size, into memory alone.
func readList(w http.ResponseWriter, r *http.Request) ([]desk.EnrolRow, error) {
	refused := func(sentence string) error {
		return &desk.FieldError{Field: "file", Rejection: bot.Rejection{Code: desk.RejectField, Sentence: sentence}}
	}
	r.Body = http.MaxBytesReader(w, r.Body, largestList)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, refused("Choose a CSV file.")
	}
	for {
		var part *multipart.Part
		part, err = parts.NextPart()
		if err != nil {
			break
		}
		if part.FormName() == "file" && part.FileName() != "" {
			rows, err := desk.ReadEnrolment(part)
			if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
				return nil, refused("This file is too large: it may have 190 kilobytes. Send it in parts.")
			}
			return rows, err
		}
	}
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return nil, refused("This file is too large: it may have 190 kilobytes. Send it in parts.")
	}
	return nil, refused("Choose a CSV file.")
}

// writeRows is what ReadEnrolment reads again.
func writeRows(rows []desk.EnrolRow) string {
	yes := map[bool]string{true: "yes"}
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(append(desk.EnrolColumns(), "line"))
	for _, r := range rows {
		_ = w.Write([]string{r.Number, r.Language, yes[r.WhatsApp], yes[r.Died], yes[r.DoNotContact], strconv.Itoa(r.Line)})
	}
	w.Flush() // into memory
	return b.String()
}

func (p *pages) enrol(v *visit) error {
	var wrong faults
	rows, err := desk.ReadEnrolment(strings.NewReader(v.r.PostForm.Get("rows")))
	if wrong.take(err) {
		result, err := p.desk.Enrol(v.r.Context(), v.who.Who, rows)
		if wrong.take(err) {
			body := enrolBody{Done: true, Refused: result.Refused}
			for _, c := range []struct {
				is    bot.Welcome
				label string
			}{
				{bot.Welcomed, "Get the welcome"}, {bot.WelcomedBefore, "Were welcomed before"}, {bot.KnownAlready, "Have written to us already"},
				{bot.WantsNone, "Want no messages"}, {bot.HasDied, "Have died, as we were told"},
			} {
				body.Counts = append(body.Counts, enrolCount{c.label, result.Counts[c.is]})
			}
			return v.show("enrol", "Welcome people", body)
		}
	}
	return v.again("enrol", "Welcome people", enrolBody{}, wrong)
}
