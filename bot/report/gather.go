package report

import (
	"fmt"
	"maps"
	"slices"

	"heard/bot"
	"heard/flows"
)

// material is the tallies of each statement by month and column.
type material map[string]map[Month]map[string]tally

func gather(by Dimension, in Input) (material, error) {
	m := material{}
	for _, a := range in.Answers {
		var one tally
		one.count(a.Answer)
		if err := m.add(by, in.Last, a, one); err != nil {
			return nil, err
		}
	}
	for _, c := range in.Counts {
		at := bot.StatementAnswer{Month: c.Month, Service: c.Service, Channel: c.Channel, Language: c.Language, Statement: c.Statement, Finding: c.Finding}
		if err := m.add(by, in.Last, at, tally{asked: c.Asked, delivered: c.Delivered}); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m material) add(by Dimension, last Month, at bot.StatementAnswer, t tally) error {
	month, err := parseMonth(at.Month)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	s, known := flows.StatementByID(at.Statement)
	if !known || !by.has(s.Stage) || month < FirstNeeded(last) || month > last {
		return nil
	}
	if m[at.Statement] == nil {
		m[at.Statement] = map[Month]map[string]tally{}
	}
	if m[at.Statement][month] == nil {
		m[at.Statement][month] = map[string]tally{}
	}
	columns, name := m[at.Statement][month], column(by, at)
	columns[name] = columns[name].plus(t)
	return nil
}

func column(by Dimension, a bot.StatementAnswer) string {
	switch by {
	case ByService:
		return a.Service
	case ByChannel:
		return a.Channel
	case ByLanguage:
		return a.Language
	case ByFinding:
		return string(a.Finding)
	default: // its columns are periods
		return ""
	}
}

// months are a statement's answers month by month, but for months in which nobody
// was asked or answered.
func (m material) months(statement string, last Month) []block {
	var all []block
	for month := FirstNeeded(last); month <= last; month++ {
		if b := (block{Period{month, month}, m[statement][month]}); !b.total().nobody() {
			all = append(all, b)
		}
	}
	return all
}

// columns are the names of a table's columns. Their order is never by score.
func (m material) columns(fixed []string) []string {
	found := map[string]bool{}
	for _, months := range m {
		for _, columns := range months {
			for name := range columns {
				found[name] = !slices.Contains(fixed, name)
			}
		}
	}
	maps.DeleteFunc(found, func(_ string, further bool) bool { return !further })
	return append(slices.Clone(fixed), slices.Sorted(maps.Keys(found))...)
}
