package export

import (
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

// A text that a person wrote must not run in the spreadsheet of who opens it, and must
// be whole.
func TestWhatAPersonWroteIsText(t *testing.T) {
	said := []string{"=cmd|' /C calc'!A0", "+44", "-1", "@SUM(A1)", "\tx", "\rx", `she said "no", twice` + "\nand left", "<b>**x**</b>", ""}
	rows := func(row func(...any) error) error {
		for i, text := range said {
			if err := row(text, -i, i%2 == 0); err != nil {
				return err
			}
		}
		return nil
	}
	var out strings.Builder
	if err := writeRows(&out, CSV, []string{"text", "number", "even"}, rows); err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil || len(all) != len(said)+1 {
		t.Fatalf("%d rows, %v", len(all), err)
	}
	for i, text := range said {
		got, want := all[i+1][0], text
		if i < 6 {
			want = "'" + text
		}
		if got != strings.ReplaceAll(want, "\r", "\r") || strings.HasPrefix(all[i+1][1], "'") {
			t.Errorf("%q became %q", text, all[i+1])
		}
	}
	out.Reset()
	if err := writeRows(&out, JSONLines, []string{"text", "number", "even"}, rows); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, l := range lines {
		var one struct {
			Text   string
			Number int
		}
		if err := json.Unmarshal([]byte(l), &one); err != nil || one.Text != said[i] || one.Number != -i {
			t.Errorf("%q became %s, %v", said[i], l, err)
		}
	}
}

// What a provider reports of a year must be that year's, and say what it does not know.
func TestYearlyTables(t *testing.T) {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 12, 0, 0, 0, time.UTC) }
	answers := func(about, why string) []bot.Field {
		return []bot.Field{{Name: "about", Value: about}, {Name: "why_you", Value: why}, {Name: "place", Value: "Ward 6"}}
	}
	in := day(2026, time.April, 1)
	tb := newTables(2026, time.UTC)
	for _, c := range []bot.Case{
		{Formal: true, Received: in, Status: bot.Open, Fields: answers("me", "")},
		{Formal: true, Received: in, Status: bot.Closed, Outcome: bot.Outcome{Offered: day(2026, time.June, 1)}, Fields: answers("other", "child")},
		{Formal: true, Received: day(2027, time.March, 31), Status: bot.Open, Outcome: bot.Outcome{Offered: day(2027, time.December, 1)},
			History: []bot.StageLog{{What: "escalate"}}, Fields: answers("other", "")},
		{Formal: true, Received: in, Status: bot.Withdrawn},
		{Formal: false, Received: in, Status: bot.Open},                       // a concern
		{Formal: true, Received: day(2026, time.March, 31), Status: bot.Open}, // the year before
		{Formal: true, Received: day(2027, time.April, 1), Status: bot.Open},  // the year after
	} {
		tb.count(&c)
	}
	ko := map[string]string{}
	if err := writeRows(collect(ko, 2, 3), CSV, ko41aColumns, tb.ko41a); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"all/all":                       "4 0 0 0 1 3",
		"status of complainant/Patient": "1 0 0 0 1 0",
		"status of complainant/Parent or guardian": "1 0 0 0 0 1",
		"status of complainant/not recorded":       "2 0 0 0 0 2",
		"subject area/not recorded":                "4 0 0 0 1 3",
		"subject area/Waiting times":               "0 0 0 0 0 0",
		"profession/not recorded":                  "4 0 0 0 1 3",
	} {
		if got, _, _ := strings.Cut(ko[at], " (check)"); got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
	reg := map[string]string{}
	if err := writeRows(collect(reg, 2, 3), CSV, regulationColumns, tb.regulation18); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"complaints received/": "4", "complaints closed/": "1", "complaints withdrawn/": "1", "sent to the ombudsman/": "1", "subject/not recorded": "4",
		"timeliness/an outcome within 6 months": "1", "timeliness/an outcome later": "1", "timeliness/no outcome yet": "2", "well-founded/not recorded": "3",
	} {
		if got, _, _ := strings.Cut(reg[at], " "); got != want {
			t.Errorf("%s: %q, want %q", at, reg[at], want)
		}
	}
	if YearOf(day(2027, time.March, 31)) != 2026 || YearOf(in) != 2026 {
		t.Error("a day is in the wrong year")
	}
}

// A complaint is counted by what was found of all its points: one that is upheld in
// part must not vanish among those that are not.
func TestTheFindingOfAComplaint(t *testing.T) {
	for _, c := range []struct {
		points []bot.FindingKind
		want   finding
	}{
		{[]bot.FindingKind{bot.Upheld, bot.Upheld}, upheld},
		{[]bot.FindingKind{bot.Upheld, bot.PointWithdrawn, bot.OtherBody}, upheld},
		{[]bot.FindingKind{bot.NotUpheld, bot.Upheld}, partly},
		{[]bot.FindingKind{bot.PartlyUpheld}, partly},
		{[]bot.FindingKind{bot.NoFinding, bot.NotUpheld}, notUpheld},
		{[]bot.FindingKind{bot.NoFinding}, unknown},
		{nil, unknown},
	} {
		one := bot.Case{Status: bot.Open, Outcome: bot.Outcome{Offered: time.Unix(1, 0), Findings: c.points}}
		if got := findingOf(&one); got != c.want {
			t.Errorf("%q is %q, want %q", c.points, got, c.want)
		}
	}
}

// collector reads a table that is written: what stands at two columns, then the rest.
type collector struct {
	into map[string]string
	a, b int
}

func collect(into map[string]string, a, b int) collector { return collector{into, a, b} }

func (c collector) Write(p []byte) (int, error) {
	rows, err := csv.NewReader(strings.NewReader(string(p))).ReadAll()
	for _, r := range rows {
		c.into[r[c.a]+"/"+r[c.b]] = strings.Join(r[c.b+1:], " ")
	}
	return len(p), err
}

// Who may count must not read, and who may read must not take all of it home.
func TestWhoMayExport(t *testing.T) {
	for _, one := range []struct {
		who  desk.Who
		want []Kind
	}{
		{desk.Who{Roles: []desk.Role{desk.Handler}}, nil},
		{desk.Who{Roles: []desk.Role{desk.Analyst}}, []Kind{KO41a, Regulation18}},
		{desk.Who{Roles: []desk.Role{desk.Lead}}, []Kind{Cases, Timeline, KO41a, Regulation18}},
		{desk.Who{Roles: []desk.Role{desk.Administrator}}, []Kind{Audit}},
	} {
		var got []Kind
		for _, k := range append(Kinds(), "everything") {
			if (Request{Kind: k, Format: CSV}).Check(one.who) == nil {
				got = append(got, k)
			}
		}
		if !slices.Equal(got, one.want) {
			t.Errorf("%v may take out %v, want %v", one.who.Roles, got, one.want)
		}
	}
}
