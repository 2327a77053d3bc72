package report

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"heard/bot"
	"heard/flows"
)

// A reader who keeps every table of every month and does sums must not come by a
// figure that may not be shown: how one of few people answered. The reader here
// is linear algebra: all figures shown are equations in the answers of each month,
// service, channel and language, and no sum of months of one column may follow
// from them that is not itself safe.
func TestNothingHiddenCanBeWorkedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawStore(t)
		score, apart, notApply := newReader(s), newReader(s), newReader(s)
		for last := s.first; last < s.first+s.months; last++ {
			for _, by := range Dimensions() {
				s.read(t, by, last, score, apart, notApply)
			}
		}
		s.mayLearn(t, "score", score, func(f tally) bool { return f.agree+f.other == 0 || f.agree >= 5 && f.other >= 5 })
		s.mayLearn(t, "off the scale", apart, func(f tally) bool { return f.notApply+f.notSay == 0 || f.notApply+f.notSay >= 5 })
		s.mayLearn(t, "does not apply", notApply, func(f tally) bool { return f.notApply+f.notSay == 0 || f.notApply >= 5 && f.notSay >= 5 })
	})
}

const asked = "outcomes.addressed"

// store is what is answered to one statement.
type store struct {
	first, months Month
	atoms         []atom
}

// atom is the finest that there is: all other figures are sums of these.
type atom struct {
	month Month
	name  map[Dimension]string
	tally
}

// drawStore draws answers to one statement over months that cross the end of a
// year. Places differ in how many answer, so that some are safe each month, some
// each year, and some never.
func drawStore(t *rapid.T) store {
	end, _ := parseMonth("2026-03")
	s := store{months: Month(rapid.IntRange(4, 16).Draw(t, "months"))}
	s.first = end - Month(rapid.IntRange(0, 12).Draw(t, "months before the year's end"))
	most, quiet := rapid.SampledFrom([]int{0, 1, 3, 8, 20}), make([]bool, s.months)
	seldom := rapid.SampledFrom([]int{1, 2, 8}).Draw(t, "rather not say, seldom")
	for m := range quiet {
		quiet[m] = rapid.IntRange(0, 5).Draw(t, "a quiet month if 0") == 0
	}
	names := columnNames()
	for _, service := range names[ByService] {
		ceiling := rapid.SampledFrom([]int{0, 3, 20, 20}).Draw(t, "most answers of "+service)
		for _, channel := range names[ByChannel] {
			for _, language := range names[ByLanguage] {
				most := min(ceiling, most.Draw(t, "most answers of "+service+" "+channel+" "+language))
				n := rapid.IntRange(-most/2, most)
				for m := range 2 * s.months {
					a := atom{month: s.first + m/2, name: map[Dimension]string{
						ByService: service, ByChannel: channel, ByLanguage: language, ByFinding: names[ByFinding][m%2],
					}}
					if !quiet[m/2] {
						a.agree, a.other = max(0, n.Draw(t, "agree")), max(0, n.Draw(t, "other"))
						a.notApply, a.notSay = max(0, n.Draw(t, "does not apply")/2), max(0, n.Draw(t, "rather not say")/seldom)
					}
					s.atoms = append(s.atoms, a)
				}
			}
		}
	}
	return s
}

func (s store) input(by Dimension, last Month) Input {
	in := Input{Last: last, Columns: columnNames()[by]}
	for _, a := range s.atoms {
		one := bot.StatementAnswer{
			Month: a.month.String(), Service: a.name[ByService], Channel: a.name[ByChannel], Language: a.name[ByLanguage], Statement: asked, Finding: bot.FindingKind(a.name[ByFinding]),
		}
		for answer, n := range map[string]int{
			flows.Agrees: a.agree, flows.Neither: a.other, flows.DoesNotApply: a.notApply, flows.RatherNotSay: a.notSay,
		} {
			one.Answer = answer
			in.Answers = append(in.Answers, slices.Repeat([]bot.StatementAnswer{one}, n)...)
		}
	}
	return in
}

// read gives the readers all that one table shows.
func (s store) read(t *rapid.T, by Dimension, last Month, score, off, notApply *reader) {
	in := s.input(by, last)
	table, err := Make(by, in)
	if err != nil {
		t.Fatal(err)
	}
	row := find(table, asked)
	m, err := gather(by, in)
	if err != nil {
		t.Fatal(err)
	}
	finest := periods(m.months(asked, last), last)
	blocks := newest(finest)
	if by != ByMonth {
		blocks = newest(columned(finest, last))
	}
	s.shown(t, score, row.All, blocks, func(atom) bool { return true })
	for _, c := range row.Cells {
		over, in := blocks, func(a atom) bool { return a.name[by] == c.Column }
		if by == ByMonth {
			over, in = []block{{Period: c.Period}}, func(atom) bool { return true }
		}
		if c.Nobody {
			c.Figure = &Figure{}
		}
		s.shown(t, score, c.Figure, over, in)
	}
	if a := row.Apart; a != nil {
		ids, sum := s.among(newest(apart(finest, last)), func(atom) bool { return true })
		if a.OffScale != sum.notApply+sum.notSay || a.Answered != sum.size()+a.OffScale {
			t.Fatalf("%d of %d off the scale, but it is %+v", a.OffScale, a.Answered, sum)
		}
		off.learn(ids, sum.notApply+sum.notSay)
		if a.DoesNotApply > 0 {
			if a.DoesNotApply != sum.notApply || a.RatherNotSay != sum.notSay {
				t.Fatalf("%+v is shown, but it is %+v", a, sum)
			}
			notApply.learn(ids, sum.notApply)
		}
	}
}

// shown gives a reader a figure, after a check that it is the right one.
func (s store) shown(t *rapid.T, r *reader, f *Figure, blocks []block, in func(atom) bool) {
	if f == nil {
		return
	}
	ids, sum := s.among(blocks, in)
	if f.Agree != sum.agree || f.N != sum.size() {
		t.Fatalf("%d of %d are shown, but it is %+v", f.Agree, f.N, sum)
	}
	r.learn(ids, f.N)
}

// among sums atoms within blocks.
func (s store) among(blocks []block, in func(atom) bool) (ids []int, sum tally) {
	for i, a := range s.atoms {
		within := func(b block) bool { return b.From <= a.month && a.month <= b.To }
		if in(a) && slices.ContainsFunc(blocks, within) {
			ids = append(ids, i)
			sum = sum.plus(a.tally)
		}
	}
	return ids, sum
}

// mayLearn tries every span of months of any columns of a dimension together.
func (s store) mayLearn(t *rapid.T, what string, r *reader, safe func(tally) bool) {
	r.solve()
	for by, names := range columnNames() {
		for chosen := 1; chosen < 1<<len(names); chosen++ {
			in := func(a atom) bool { return chosen>>slices.Index(names, a.name[by])&1 == 1 }
			for from := s.first; from < s.first+s.months; from++ {
				for to := from; to < s.first+s.months; to++ {
					ids, sum := s.among([]block{{Period: Period{from, to}}}, in)
					if !safe(sum) && r.knows(ids) {
						t.Fatalf("%s of %s %b, %s, follows from what is shown: %+v", what, by, chosen, Period{from, to}, sum)
					}
				}
			}
		}
	}
}

func columnNames() map[Dimension][]string {
	return map[Dimension][]string{ByService: {"Maple", "Oak", "Rowan"}, ByChannel: {"sms", "whatsapp"}, ByLanguage: {"en", "cy"}, ByFinding: {"upheld", "not upheld"}}
}

// reader solves linear equations whose unknowns are atoms, modulo a prime: what
// follows over the rational numbers follows there too, but for a coefficient that
// the prime happens to divide.
type reader struct {
	facts map[string][]int
	zero  []bool          // atoms that are known to be nothing
	rows  map[int][]int64 // by the atom that leads them
}

const prime = 2_147_483_647

// newReader is a reader who knows when nobody answered: periods leave such months
// out.
func newReader(s store) *reader {
	r := &reader{facts: map[string][]int{}, zero: make([]bool, len(s.atoms)), rows: map[int][]int64{}}
	for m := s.first; m < s.first+s.months; m++ {
		if ids, sum := s.among([]block{{Period: Period{m, m}}}, func(atom) bool { return true }); sum.nobody() {
			r.learn(ids, 0)
		}
	}
	return r
}

// learn takes in a sum of atoms; where it is zero, each of them is.
func (r *reader) learn(ids []int, sum int) {
	if sum == 0 {
		for _, i := range ids {
			r.zero[i] = true
		}
		return
	}
	r.facts[fmt.Sprint(ids)] = ids
}

func (r *reader) solve() {
	for _, ids := range r.facts {
		row := r.reduce(ids)
		lead := slices.IndexFunc(row, func(x int64) bool { return x != 0 })
		if lead < 0 {
			continue
		}
		inverse := power(row[lead], prime-2)
		for i := range row {
			row[i] = row[i] * inverse % prime
		}
		r.rows[lead] = row
	}
}

// knows tells whether the sum of some atoms follows from the facts.
func (r *reader) knows(ids []int) bool {
	return !slices.ContainsFunc(r.reduce(ids), func(x int64) bool { return x != 0 })
}

func (r *reader) reduce(ids []int) []int64 {
	row := make([]int64, len(r.zero))
	for _, i := range ids {
		if !r.zero[i] {
			row[i] = 1
		}
	}
	for lead := range row {
		by, ok := r.rows[lead]
		if row[lead] == 0 || !ok {
			continue
		}
		times := row[lead]
		for i := lead; i < len(row); i++ {
			if by[i] != 0 {
				row[i] = (row[i] + (prime-times)*by[i]) % prime
			}
		}
	}
	return row
}

func power(base, exponent int64) int64 {
	result := int64(1)
	for ; exponent > 0; exponent >>= 1 {
		if exponent&1 == 1 {
			result = result * base % prime
		}
		base = base * base % prime
	}
	return result
}

func find(t Table, statement string) Statement {
	for _, stage := range t.Stages {
		for _, s := range stage.Statements {
			if s.ID == statement {
				return s
			}
		}
	}
	return Statement{}
}
