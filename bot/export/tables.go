package export

import (
	_ "embed"
	"encoding/json"
	"slices"
	"time"

	"heard/bot"
)

// What is not recorded is said to be so, and never guessed.
const notRecorded = "not recorded"

//go:embed lists.json
var listsFile []byte

// list is one of the tables of KO41a.
type list struct {
	Table   string            `json:"table"`
	Field   string            `json:"field"` // the case's property; empty: none records it
	Items   []string          `json:"items"`
	Values  map[string]string `json:"values"`   // what is recorded -> item
	EmptyIf map[string]string `json:"empty_if"` // the answers with which an empty field means something
}

func lists() []list {
	var file struct {
		KO41a []list `json:"ko41a"`
	}
	if err := json.Unmarshal(listsFile, &file); err != nil {
		panic(err) // a file that the build embeds: caught by any test
	}
	return file.KO41a
}

// item is where a case is counted.
func (l list) item(c *bot.Case) string {
	value := recorded(c, l.Field)
	if value == "" {
		for field, answer := range l.EmptyIf {
			if recorded(c, field) != answer {
				return notRecorded
			}
		}
		if len(l.EmptyIf) == 0 {
			return notRecorded
		}
	}
	if item, ok := l.Values[value]; ok && slices.Contains(l.Items, item) {
		return item
	}
	return notRecorded
}

func recorded(c *bot.Case, field string) string {
	for _, f := range c.Fields {
		if f.Name == field && field != "" {
			return f.Value
		}
	}
	return ""
}

// finding is how a complaint was decided, as the yearly tables have it.
type finding string

const (
	upheld    finding = "upheld"
	partly    finding = "partly upheld"
	notUpheld finding = "not upheld"
	undecided finding = "not yet decided"
	unknown   finding = notRecorded // decided, without a finding that was recorded
)

func findings() []finding { return []finding{upheld, partly, notUpheld, undecided, unknown} }

// findingOf is the finding of a case, from those of its points.
func findingOf(c *bot.Case) finding {
	switch c.Outcome.Finding() {
	case bot.Upheld:
		return upheld
	case bot.PartlyUpheld:
		return partly
	case bot.NotUpheld:
		return notUpheld
	}
	if c.Outcome.Offered.IsZero() && c.Status == bot.Open {
		return undecided
	}
	return unknown
}

// inTime is how long a complaint may take: the law has six months.
const inTime = 6

// tables counts the complaints of one year. A concern is none: its person did not make
// it a complaint.
type tables struct {
	from, to time.Time
	lists    []list

	received, closed, withdrawn, ombudsman int
	soon, late, waiting                    int
	found                                  map[finding]int
	items                                  []map[string]map[finding]int // of each list: item -> finding
}

func newTables(year int, where *time.Location) *tables {
	t := &tables{
		from: time.Date(year, time.April, 1, 0, 0, 0, 0, where), to: time.Date(year+1, time.April, 1, 0, 0, 0, 0, where), lists: lists(), found: map[finding]int{},
	}
	for range t.lists {
		t.items = append(t.items, map[string]map[finding]int{})
	}
	return t
}

// count takes a case into the tables.
func (t *tables) count(c *bot.Case) {
	if !c.Formal || c.Received.Before(t.from) || !c.Received.Before(t.to) {
		return
	}
	t.received++
	switch c.Status {
	case bot.Closed:
		t.closed++
	case bot.Withdrawn:
		t.withdrawn++
	}
	if slices.ContainsFunc(c.History, func(l bot.StageLog) bool { return l.What == "escalate" }) {
		t.ombudsman++
	}
	switch offered := c.Outcome.Offered; {
	case offered.IsZero():
		t.waiting++
	case offered.Before(c.Received.AddDate(0, inTime, 0)):
		t.soon++
	default:
		t.late++
	}
	f := findingOf(c)
	t.found[f]++
	for i, l := range t.lists {
		item := l.item(c)
		if t.items[i][item] == nil {
			t.items[i][item] = map[finding]int{}
		}
		t.items[i][item][f]++
	}
}

var ko41aColumns = []string{"from", "to", "table", "item", "received", "upheld", "partly_upheld", "not_upheld", "not_yet_decided", "finding_not_recorded", "lists"}

// ko41a are the rows of the return, one for each item of each list.
func (t *tables) ko41a(row func(...any) error) error {
	write := func(table, item string, found map[finding]int) error {
		cells := []any{t.from.Format(time.DateOnly), t.to.AddDate(0, 0, -1).Format(time.DateOnly), table, item}
		all := 0
		for _, n := range found {
			all += n
		}
		cells = append(cells, all)
		for _, f := range findings() {
			cells = append(cells, found[f])
		}
		return row(append(cells, "(check)")...)
	}
	if err := write("all", "all", t.found); err != nil {
		return err
	}
	for i, l := range t.lists {
		for _, item := range append(slices.Clone(l.Items), notRecorded) {
			if err := write(l.Table, item, t.items[i][item]); err != nil {
				return err
			}
		}
	}
	return nil
}

var regulationColumns = []string{"from", "to", "what", "of", "number", "note"}

// regulation18 are the numbers of the yearly report by regulation 18 of the complaint
// regulations of 2009.
func (t *tables) regulation18(row func(...any) error) error {
	type line struct {
		what, of string
		number   int
		note     string
	}
	lines := []line{
		{"complaints received", "", t.received, ""},
		{"complaints closed", "", t.closed, ""},
		{"complaints withdrawn", "", t.withdrawn, ""},
		{"well-founded", "upheld", t.found[upheld], ""},
		{"well-founded", "partly upheld", t.found[partly], ""},
		{"well-founded", notRecorded, t.found[unknown], "decided, without a finding that was recorded"},
		{"sent to the ombudsman", "", t.ombudsman, "as far as its person or the ombudsman said so"},
		{"timeliness", "an outcome within 6 months", t.soon, ""},
		{"timeliness", "an outcome later", t.late, "say whether a longer time was agreed"},
		{"timeliness", "no outcome yet", t.waiting, ""},
	}
	for i, l := range t.lists {
		if l.Table != "subject area" {
			continue
		}
		for _, item := range append(slices.Clone(l.Items), notRecorded) {
			n := 0
			for _, one := range t.items[i][item] {
				n += one
			}
			lines = append(lines, line{"subject", item, n, "(check)"})
		}
	}
	lines = append(lines, line{"learning", notRecorded, 0, "write what was learnt and done because of complaints"})
	for _, l := range lines {
		if err := row(t.from.Format(time.DateOnly), t.to.AddDate(0, 0, -1).Format(time.DateOnly), l.what, l.of, l.number, l.note); err != nil {
			return err
		}
	}
	return nil
}

// YearOf is the year of the yearly tables in which a moment is.
func YearOf(now time.Time) int {
	if now.Month() < time.April {
		return now.Year() - 1
	}
	return now.Year()
}
