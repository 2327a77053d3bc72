package report_test

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"heard/bot"
	"heard/bot/report"
	"heard/flows"
)

var update = flag.Bool("update", false, "write the golden files anew")

// An interval that is too narrow sells chance as a finding. The values are those
// that Newcombe published (Statistics in Medicine 17, 1998, table I, method 3).
func TestWilson(t *testing.T) {
	for _, tt := range []struct {
		agree, n  int
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}, {29, 29, 0.8830, 1}} {
		low, high := report.Figure{Agree: tt.agree, N: tt.n}.Interval()
		if math.Abs(low-tt.low) > 0.00005 || math.Abs(high-tt.high) > 0.00005 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", tt.agree, tt.n, low, high, tt.low, tt.high)
		}
	}
}

// The month that still goes on would tell who wrote since yesterday. It is the
// provider's month: in summer London's begins an hour before Greenwich's.
func TestLastClosed(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[string]string{
		"2026-11-25T12:00:00Z": "2026-10",
		"2026-12-01T00:59:59Z": "2026-10", // a turn that began in November may not be done
		"2026-12-01T01:00:00Z": "2026-11",
		"2026-06-30T23:59:59Z": "2026-05", // 0:59 on 1 July in London
		"2026-07-01T00:00:00Z": "2026-06", // 1:00 there
		"2027-01-01T02:00:00Z": "2026-12",
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := report.LastClosed(at, london).String(); got != want {
			t.Errorf("at %s the last closed month is %s, want %s", now, got, want)
		}
	}
}

// What lies outside is not shown: the open month, and what is older than the year
// before.
func TestMonthsThatCount(t *testing.T) {
	last := month(t, "2026-10")
	if first := report.FirstNeeded(last).String(); first != "2025-04" {
		t.Errorf("months from %s are needed", first)
	}
	if first := report.FirstNeeded(month(t, "2027-03")).String(); first != "2025-04" {
		t.Errorf("in March, months from %s are needed", first)
	}
	for at, empty := range map[string]bool{"2026-11": true, "2026-10": false, "2025-04": false, "2025-03": true} {
		table := tableOf(t, report.ByMonth, report.Input{Last: last, Answers: answers(at, "", "sms", "en", "making.time", 20, 10, 0, 0)})
		if table.Empty != empty {
			t.Errorf("%s: empty is %t", at, table.Empty)
		}
	}
	if _, err := report.Make(report.ByMonth, report.Input{Last: last, Answers: []bot.StatementAnswer{{Month: "2026-10-03"}}}); err == nil {
		t.Error("an answer with a day is taken")
	}
}

// Figures about few people tell who they are, and where all say the same
// everybody who answered is known by it.
func TestHidden(t *testing.T) {
	for name, tt := range map[string]struct {
		agree, other int
		shown        bool
	}{
		"none": {0, 0, false}, "four": {4, 0, false}, "few agree": {4, 40, false}, "few do not": {40, 4, false},
		"all agree": {50, 0, false}, "nobody agrees": {0, 50, false}, "enough": {5, 5, true},
	} {
		t.Run(name, func(t *testing.T) {
			table := tableOf(t, report.ByMonth, report.Input{
				Last: month(t, "2026-10"), Answers: answers("2026-10", "", "sms", "en", "making.time", tt.agree, tt.other, 9, 9),
			})
			if got := row(table, "making.time").All; (got != nil) != tt.shown {
				t.Errorf("%+v is shown", got)
			}
		})
	}
}

// A month with too few answers is told together with the next ones, so that small
// providers have a report too, and no window is longer than a year.
func TestPeriods(t *testing.T) {
	var in []bot.StatementAnswer
	for m := month(t, "2025-04"); m <= month(t, "2026-10"); m++ {
		in = append(in, answers(m.String(), "", "sms", "en", "making.time", 3, 2, 1, 0)...)
		in = append(in, answers(m.String(), "", "sms", "en", "making.myway", 30, 20, 6, 5)...)
	}
	table := tableOf(t, report.ByMonth, report.Input{Last: month(t, "2026-10"), Answers: in})
	var periods []string
	few := row(table, "making.time")
	for _, c := range few.Cells {
		periods = append(periods, c.Period.String())
	}
	want := []string{
		"October 2025 to December 2025", // January to March was done in March
		"January 2026 to March 2026", "April 2026 to June 2026", "July 2026 to September 2026",
	}
	if !slices.Equal(periods, want) || few.All.N != 60 || few.Period.String() != "October 2025 to September 2026" {
		t.Errorf("periods %q, all %+v in %s", periods, few.All, few.Period)
	}
	if a := few.Apart; a == nil || a.OffScale != 12 || a.DoesNotApply != 0 || a.Answered != 72 {
		t.Errorf("off the scale: %+v", a)
	}
	if many := row(table, "making.myway"); len(many.Cells) != 12 || many.All.N != 600 || many.Apart.RatherNotSay != 60 {
		t.Errorf("%d periods, all %+v, off the scale %+v", len(many.Cells), many.All, many.Apart)
	}
}

// A channel that few use is shown with the others once there are enough, instead
// of staying hidden for its single months.
func TestColumnsJoinPeriods(t *testing.T) {
	var in []bot.StatementAnswer
	for m := month(t, "2026-04"); m <= month(t, "2026-10"); m++ {
		in = append(in, answers(m.String(), "", "sms", "en", "making.time", 30, 20, 0, 0)...)
		in = append(in, answers(m.String(), "", "whatsapp", "en", "making.time", 2, 2, 0, 0)...)
	}
	got := row(tableOf(t, report.ByChannel, report.Input{Last: month(t, "2026-10"), Answers: in}), "making.time")
	if got.Period.String() != "April 2026 to September 2026" || got.Cells[0].Figure.N != 300 || got.Cells[1].Figure.N != 24 || got.All.N != 324 {
		t.Errorf("%s: %+v", got.Period, got)
	}
}

// A stage with a statement left out would look better, or worse, than it is.
func TestStageScore(t *testing.T) {
	in := report.Input{Last: month(t, "2026-03"), Columns: []string{"sms", "whatsapp"}}
	for i, s := range flows.Statements() {
		if s.Stage != flows.Making {
			continue
		}
		in.Answers = append(in.Answers, answers("2026-03", "", "sms", "en", s.ID, 10*(i+1), 90, 0, 0)...)
		in.Answers = append(in.Answers, answers("2026-03", "", "whatsapp", "en", s.ID, 50, 50, 0, 0)...)
	}
	making := tableOf(t, report.ByChannel, in).Stages[1]
	want := (50/140.0 + 60/150.0 + 70/160.0 + 80/170.0 + 90/180.0) / 5
	if s := making.Scores; len(s) != 3 || s[0].Column != "sms" || math.Abs(s[0].Mean-want) > 1e-9 || s[1].Mean != 0.5 || !s[2].All {
		t.Errorf("scores %+v, want %v by SMS", s, want)
	}
	in.Answers = in.Answers[:len(in.Answers)-46] // four by WhatsApp do not agree with the last statement
	making = tableOf(t, report.ByChannel, in).Stages[1]
	if s := making.Scores; len(s) != 1 || !s[0].All {
		t.Errorf("scores %+v, of a statement that is hidden", s)
	}
}

// A report that says less than this is quoted for what it is not.
func TestText(t *testing.T) {
	for _, by := range report.Dimensions() {
		table := tableOf(t, by, example(t, by))
		var out bytes.Buffer
		if err := table.WriteText(&out, "St Mary's Hospital"); err != nil {
			t.Fatal(err)
		}
		golden(t, string(by)+".txt", out.Bytes())
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 100 {
				t.Errorf("%s: %d columns: %s", by, n, line)
			}
		}
		last := -1
		for _, s := range flows.Statements() {
			if by == report.ByFinding && s.Stage != flows.Outcomes {
				continue
			}
			at := strings.Index(strings.Join(strings.Fields(out.String()), " "), s.Text)
			if at <= last {
				t.Errorf("%s: %s is not in its exact words and place", by, s.ID)
			}
			last = at
		}
	}
}

// A provider that begins must not think that it is broken.
func TestEmpty(t *testing.T) {
	var out bytes.Buffer
	if err := tableOf(t, report.ByMonth, report.Input{Last: month(t, "2026-10")}).WriteText(&out, "St Mary's"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "There are no answers to the statements in closed months yet.") {
		t.Errorf("an empty store gives\n%s", out.String())
	}
}

// A spreadsheet must read the table as it is, and run nothing of it.
func TestCSV(t *testing.T) {
	in := example(t, report.ByService)
	in.Answers = append(in.Answers, answers("2026-03", `=HYPERLINK("http://x","y")`, "sms", "en", "making.time", 30, 30, 0, 0)...)
	var out bytes.Buffer
	if err := tableOf(t, report.ByService, in).WriteCSV(&out); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]int{}
	formula := false
	for _, r := range rows[1:] {
		states[r[7]]++
		if (r[7] == "hidden" || r[7] == "no one") && strings.Join(r[8:15], "") != "" {
			t.Errorf("a hidden figure is in %q", r)
		}
		if r[21] != report.Covers {
			t.Errorf("%q does not say what it covers", r)
		}
		for _, c := range r {
			if c != "" && strings.ContainsAny(c[:1], "=+-@\t\r") {
				t.Errorf("%q would be run", c)
			}
			formula = formula || strings.HasPrefix(c, "'=HYPER")
		}
	}
	if !formula || states["shown"] == 0 || states["hidden"] == 0 || states["no one"] == 0 || states["stage mean"] == 0 {
		t.Errorf("states %v, formula %t", states, formula)
	}
}

// example is a provider with a busy ward and a quiet one.
func example(t *testing.T, by report.Dimension) report.Input {
	in := report.Input{Last: month(t, "2026-03")}
	switch by {
	case report.ByChannel:
		in.Columns = []string{"sms", "whatsapp", "telegram"}
	case report.ByLanguage:
		in.Columns = []string{"en", "cy"}
	}
	for m := month(t, "2025-10"); m <= in.Last; m++ {
		for i, s := range flows.Statements() {
			if s.Stage == flows.Reflecting && i%2 == 0 {
				continue // not asked yet
			}
			at := m.String()
			in.Answers = append(in.Answers, answers(at, "Maple Ward", "sms", "en", s.ID, 5+i%4, 5+i%3, 3, 1)...)
			in.Answers = append(in.Answers, answers(at, "Oak Ward", "whatsapp", "en", s.ID, 6, 5, 1, 0)...)
			if s.ID == "making.myway" {
				in.Answers = append(in.Answers, answers(at, "Rowan Day Hospital for Older People", "whatsapp", "cy", s.ID, 1, 0, 0, 0)...)
			}
			if by == report.ByFinding {
				byFinding(in.Answers)
			}
			if s.Stage == flows.Making {
				in.Counts = append(in.Counts,
					report.Count{Month: at, Service: "Maple Ward", Channel: "sms", Language: "en", Statement: s.ID, Asked: 40, Delivered: 39},
					report.Count{Month: at, Service: "Oak Ward", Channel: "whatsapp", Language: "en", Statement: s.ID, Asked: 30, Delivered: 30})
			}
		}
	}
	return in
}

// byFinding puts answers down under a finding in turn; the last of five under none.
func byFinding(all []bot.StatementAnswer) {
	findings := []bot.FindingKind{bot.Upheld, bot.NotUpheld, bot.Upheld, bot.PartlyUpheld, ""}
	for i := range all {
		all[i].Finding = findings[i%len(findings)]
	}
}

// Who was told that they were right says more good of it: a score that does not tell
// them apart is of what was found, not of how it was told. The table has the statements
// about outcomes alone, and says who answered without a finding.
func TestOutcomesByFinding(t *testing.T) {
	last := month(t, "2026-03")
	in := report.Input{Last: last, Counts: []report.Count{{Month: "2026-03", Statement: "outcomes.addressed", Finding: bot.Upheld, Asked: 60}}}
	for finding, agree := range map[bot.FindingKind]int{bot.Upheld: 40, bot.PartlyUpheld: 20, bot.NotUpheld: 10, "": 2} {
		some := answers("2026-03", "", "sms", "en", "outcomes.addressed", agree, 10, 0, 0)
		for i := range some {
			some[i].Finding = finding
		}
		in.Answers = append(in.Answers, some...)
	}
	other := answers("2026-03", "", "sms", "en", "making.time", 90, 90, 0, 0)
	if table := tableOf(t, report.ByFinding, report.Input{Last: last, Answers: other}); !table.Empty {
		t.Error("answers about something else are counted")
	}
	in.Answers = append(in.Answers, other...)
	table := tableOf(t, report.ByFinding, in)
	if len(table.Stages) != 1 || table.Stages[0].ID != flows.Outcomes {
		t.Fatalf("the table has the stages %+v", table.Stages)
	}
	var got []string
	for _, c := range row(table, "outcomes.addressed").Cells {
		if c.Figure == nil {
			got = append(got, c.Column+" hidden")
			continue
		}
		got = append(got, fmt.Sprintf("%s %d of %d, %d asked", c.Column, c.Figure.Agree, c.Figure.N, c.Figure.Asked))
	}
	// The two who answered without a finding are hidden, and with them those who could be
	// taken from the total to find them.
	want := []string{"upheld 40 of 50, 60 asked", "partly upheld 20 of 30, 0 asked", "not upheld hidden", " hidden"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// answers are so many of each kind to one statement.
func answers(month, service, channel, language, statement string, agree, other, notApply, notSay int) []bot.StatementAnswer {
	var all []bot.StatementAnswer
	add := func(n int, values ...string) {
		for i := range n {
			all = append(all, bot.StatementAnswer{
				Month: month, Service: service, Channel: channel, Language: language, Statement: statement, Answer: values[i%len(values)],
			})
		}
	}
	add(notApply, flows.DoesNotApply)
	add(notSay, flows.RatherNotSay)
	add(agree, flows.StronglyAgrees, flows.Agrees)
	add(other, flows.Neither, flows.Disagrees, flows.StronglyDisagrees)
	return all
}

func tableOf(t *testing.T, by report.Dimension, in report.Input) report.Table {
	t.Helper()
	table, err := report.Make(by, in)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func row(t report.Table, statement string) report.Statement {
	for _, stage := range t.Stages {
		for _, s := range stage.Statements {
			if s.ID == statement {
				return s
			}
		}
	}
	return report.Statement{}
}

func month(t *testing.T, s string) report.Month {
	t.Helper()
	at, err := time.Parse("2006-01", s)
	if err != nil {
		t.Fatal(err)
	}
	return report.LastClosed(at.AddDate(0, 1, 1), time.UTC)
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s has changed; if it should, run the test with -update\n%s", file, got)
	}
}
