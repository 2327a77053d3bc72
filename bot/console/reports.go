package console

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"

	"heard/bot/desk"
	"heard/bot/export"
	"heard/bot/report"
)

func (p *pages) reportRoutes() {
	p.page("GET /reports", desk.SeeReports, p.statementsPage)
	p.page("GET /reports/statements.csv", desk.SeeReports, p.statementsFile)
	p.page("GET /reports/{kind}", desk.Export, p.yearPage)
	p.page("GET /reports/{kind}/file", desk.Export, p.yearFile)
}

// statementsBody is one of the fixed tables.
type statementsBody struct {
	report.Table
	Tables []tableLink // that there are
	Yearly bool        // who looks may see those too
	Covers string
}

// tableLink leads to another view of the same.
type tableLink struct {
	Path, Name string
	Here       bool
}

// tableName says what the columns of a table are.
func tableName(by report.Dimension) string {
	switch by {
	case report.ByMonth:
		return "By period"
	case report.ByService:
		return "By service"
	case report.ByChannel:
		return "By channel"
	case report.ByLanguage:
		return "By language"
	case report.ByFinding:
		return "By finding"
	}
	return spelled(string(by))
}

// statements makes the table that an address names; without one, the first.
func (p *pages) statements(v *visit) (report.Table, error) {
	by := report.ByMonth
	if name := v.r.URL.Query().Get("table"); name != "" {
		by = report.Dimension(name)
	}
	if !slices.Contains(report.Dimensions(), by) {
		return report.Table{}, noPage()
	}
	return export.Statements(v.r.Context(), p.desk, v.who.Who, by, p.columnsOf(by), p.o.Now())
}

// columnsOf are the columns that a table has in any case.
func (p *pages) columnsOf(by report.Dimension) (all []string) {
	switch by {
	case report.ByLanguage:
		return p.desk.Provider().Flows.Languages()
	case report.ByChannel:
		if p.desk.Provider().Ways == nil {
			return nil
		}
		for _, w := range p.desk.Provider().Ways() {
			all = append(all, string(w.Channel))
		}
	}
	return all
}

func (p *pages) statementsPage(v *visit) error {
	t, err := p.statements(v)
	if err != nil {
		return err
	}
	b := statementsBody{Table: t, Yearly: v.who.May(desk.Export), Covers: report.Covers}
	for _, by := range report.Dimensions() {
		b.Tables = append(b.Tables, tableLink{"/reports?table=" + string(by), tableName(by), by == t.By})
	}
	return v.show("reports", "What people say of how they were heard", b)
}

func (p *pages) statementsFile(v *visit) error {
	t, err := p.statements(v)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.WriteCSV(&b); err != nil {
		return err
	}
	asFile(v.w, "statements-by-"+string(t.By)+".csv", export.CSV)
	_, _ = b.WriteTo(v.w) // it fails when the browser has left
	return nil
}

// asFile has a browser keep what follows.
func asFile(w http.ResponseWriter, name string, f export.Format) {
	w.Header().Set("Content-Type", f.ContentType())
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "no-store")
}

// yearBody is a yearly table.
type yearBody struct {
	export.Sheet
	Kind  export.Kind
	Year  inputField
	From  int // the year in which it begins
	Other tableLink
}

// firstYear is the earliest that can be chosen.
const firstYear = 2025

// yearly reads which yearly table, and of which year, an address names.
func (p *pages) yearly(v *visit) (export.Request, error) {
	r := export.Request{Kind: export.Kind(v.r.PathValue("kind")), Format: export.CSV, Year: export.YearOf(p.o.Now().In(p.o.Location))}
	if r.Kind != export.KO41a && r.Kind != export.Regulation18 {
		return r, noPage()
	}
	q := v.r.URL.Query()
	if year, err := strconv.Atoi(q.Get("year")); err == nil && year >= firstYear && year <= r.Year {
		r.Year = year
	}
	if q.Get("format") == string(export.JSONLines) {
		r.Format = export.JSONLines
	}
	return r, nil
}

func yearName(k export.Kind) string {
	if k == export.KO41a {
		return "KO41a, the yearly return"
	}
	return "The yearly report by regulation 18"
}

func (p *pages) yearPage(v *visit) error {
	r, err := p.yearly(v)
	if err != nil {
		return err
	}
	sheet, err := export.Look(v.r.Context(), p.desk, v.who.Who, r)
	if err != nil {
		return err
	}
	var years []option
	for year := export.YearOf(p.o.Now().In(p.o.Location)); year >= firstYear; year-- {
		name := "April " + strconv.Itoa(year) + " to March " + strconv.Itoa(year+1)
		years = append(years, option{Value: strconv.Itoa(year), Label: name})
	}
	other := export.KO41a
	if r.Kind == export.KO41a {
		other = export.Regulation18
	}
	b := yearBody{
		Sheet: sheet, Kind: r.Kind, From: r.Year, Year: selectOf("year", "Year", strconv.Itoa(r.Year), years),
		Other: tableLink{"/reports/" + string(other) + "?year=" + strconv.Itoa(r.Year), yearName(other), false},
	}
	return v.show("report_year", yearName(r.Kind), b)
}

func (p *pages) yearFile(v *visit) error {
	r, err := p.yearly(v)
	if err != nil {
		return err
	}
	var b bytes.Buffer // a table of a few hundred lines
	if err := export.Write(v.r.Context(), &b, p.desk, v.who.Who, r); err != nil {
		return err
	}
	asFile(v.w, string(r.Kind)+"-"+strconv.Itoa(r.Year)+"."+string(r.Format), r.Format)
	_, _ = b.WriteTo(v.w) // it fails when the browser has left
	return nil
}
