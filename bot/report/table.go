package report

import (
	"heard/bot"
	"heard/flows"
)

// Dimension is what a table's columns are. With the statements it is the only
// other dimension that the table has.
type Dimension string

// The tables that there are.
const (
	ByMonth    Dimension = "month"
	ByService  Dimension = "service"
	ByChannel  Dimension = "channel"
	ByLanguage Dimension = "language"
	ByFinding  Dimension = "finding" // of the outcome: it has the statements about it alone
)

// Dimensions lists the tables that there are.
func Dimensions() []Dimension {
	return []Dimension{ByMonth, ByService, ByChannel, ByLanguage, ByFinding}
}

// has tells whether a table has the statements of a stage.
func (by Dimension) has(s flows.Stage) bool { return by != ByFinding || s == flows.Outcomes }

// Count is how often a statement was put to people in a month. There is no
// person in it.
type Count struct {
	Month, Service, Channel, Language, Statement string // as in bot.StatementAnswer
	Finding                                      bot.FindingKind

	Asked     int
	Delivered int
}

// Input is what a table is made from. Months before FirstNeeded(Last) and after
// Last are left out.
type Input struct {
	Answers []bot.StatementAnswer
	Counts  []Count  // none: nobody counted them
	Last    Month    // the newest that is shown; see LastClosed
	Columns []string // columns that are always there, in this order; others follow by name
}

// Table is how far people agreed with each statement, by one more dimension.
// Everything in it may be shown.
type Table struct {
	By     Dimension
	Last   Month
	Empty  bool // no answers at all in the months that count
	Stages []Stage
}

// Stage is the statements of one stage, in the order of the framework.
type Stage struct {
	ID         flows.Stage
	Headline   string
	Statements []Statement
	Scores     []StageScore // all people last; where not all statements are shown there is none
}

// StageScore is the unweighted mean of the scores of a stage's statements, each
// over its own period.
type StageScore struct {
	Column string
	All    bool // over all people, not a column
	Mean   float64
}

// Statement is one row of the table.
type Statement struct {
	flows.Statement
	Period Period // what All and Cells are over; zero: nothing may be shown yet
	All    *Figure
	Cells  []Cell
	Apart  *Apart // nil: hidden
}

// Cell is one column of a statement.
type Cell struct {
	Column string // by month: empty, and the Period is the column
	Period Period
	Figure *Figure // nil: hidden, or Nobody
	Nobody bool    // nobody was asked or answered
}

// Apart is how many answered off the scale, over all people and a period of its
// own.
type Apart struct {
	Period       Period
	Answered     int // on the scale and off it
	Asked        int // 0: not counted
	OffScale     int // "does not apply" and "rather not say"
	DoesNotApply int // with RatherNotSay: 0 where only both together may be told
	RatherNotSay int
}

// Make makes a table. The error is an answer or a count without a proper month.
func Make(by Dimension, in Input) (Table, error) {
	m, err := gather(by, in)
	if err != nil {
		return Table{}, err
	}
	t := Table{By: by, Last: in.Last, Empty: len(m) == 0}
	if by == ByFinding {
		in.Columns = []string{string(bot.Upheld), string(bot.PartlyUpheld), string(bot.NotUpheld)}
	}
	for _, s := range flows.Statements() {
		if !by.has(s.Stage) {
			continue
		}
		if n := len(t.Stages); n == 0 || t.Stages[n-1].ID != s.Stage {
			t.Stages = append(t.Stages, Stage{ID: s.Stage, Headline: headline(s.Stage)})
		}
		stage := &t.Stages[len(t.Stages)-1]
		stage.Statements = append(stage.Statements, m.statement(s, by, in))
	}
	for i := range t.Stages {
		t.Stages[i].score(by)
	}
	return t, nil
}

func (m material) statement(s flows.Statement, by Dimension, in Input) Statement {
	finest := periods(m.months(s.ID, in.Last), in.Last)
	row := Statement{Statement: s, Apart: apartOf(newest(apart(finest, in.Last)))}
	if by == ByMonth {
		blocks := newest(finest)
		row.over(blocks)
		for _, b := range blocks {
			row.Cells = append(row.Cells, Cell{Period: b.Period, Figure: b.total().figure()})
		}
		return row
	}
	blocks := newest(columned(finest, in.Last))
	row.over(blocks)
	for _, name := range m.columns(in.Columns) {
		c := cellOf(name, blocks)
		c.Period = row.Period
		row.Cells = append(row.Cells, c)
	}
	return row
}

// over sets the figure over all people.
func (s *Statement) over(blocks []block) {
	if len(blocks) == 0 {
		return
	}
	var sum tally
	for _, b := range blocks {
		sum = sum.plus(b.total())
	}
	s.Period, s.All = spanned(blocks), sum.figure()
}

// spanned is the period from the first of some blocks to the last.
func spanned(blocks []block) Period { return Period{blocks[0].From, blocks[len(blocks)-1].To} }

// cellOf is a column over blocks. It is hidden where it is hidden in one of them.
func cellOf(name string, blocks []block) Cell {
	sum := tally{}
	for _, b := range blocks {
		if b.hidden()[name] {
			return Cell{Column: name}
		}
		sum = sum.plus(b.columns[name])
	}
	if sum.nobody() {
		return Cell{Column: name, Nobody: len(blocks) > 0}
	}
	return Cell{Column: name, Figure: sum.figure()}
}

func apartOf(blocks []block) *Apart {
	if len(blocks) == 0 {
		return nil
	}
	sum, each := tally{}, true
	for _, b := range blocks {
		sum = sum.plus(b.total())
		each = each && b.total().eachApartSafe()
	}
	off := sum.notApply + sum.notSay
	a := &Apart{Period: spanned(blocks), Answered: sum.size() + off, Asked: sum.asked, OffScale: off}
	if each {
		a.DoesNotApply, a.RatherNotSay = sum.notApply, sum.notSay
	}
	return a
}

// score makes the stage's scores: by column, where columns are the same for all
// statements, and over all people.
func (s *Stage) score(by Dimension) {
	add := func(score StageScore, figure func(Statement) *Figure) {
		sum := 0.0
		for _, one := range s.Statements {
			f := figure(one)
			if f == nil {
				return
			}
			sum += f.Score()
		}
		score.Mean = sum / float64(len(s.Statements))
		s.Scores = append(s.Scores, score)
	}
	if by != ByMonth {
		for i, c := range s.Statements[0].Cells {
			add(StageScore{Column: c.Column}, func(one Statement) *Figure { return one.Cells[i].Figure })
		}
	}
	add(StageScore{All: true}, func(one Statement) *Figure { return one.All })
}

// headline is what the framework says of a stage.
func headline(s flows.Stage) string {
	switch s {
	case flows.Considering:
		return "I felt confident to speak up"
	case flows.Making:
		return "I felt that making my complaint was simple"
	case flows.Informed:
		return "I felt listened to and understood"
	case flows.Outcomes:
		return "I felt that my complaint made a difference"
	default:
		return "I would feel confident making a complaint in the future"
	}
}
