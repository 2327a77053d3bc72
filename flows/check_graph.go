package flows

import (
	"slices"
	"strings"
)

// checkTarget sees that a branch leads somewhere.
func (c *checker) checkTarget(f *FlowSource, s *StepSource, b BranchSource) {
	told := c.at(b.Pos, f.Name, s.Name)
	if name, ok := strings.CutPrefix(b.To, "flow "); ok {
		if !c.flowExists(name) {
			told.meaning(name, sortedKeys(c.flows)).block("the flow %q does not exist", name)
		}
		return
	}
	if b.To == "" || b.To == "end" || stepIndex(f, b.To) >= 0 {
		return
	}
	told = told.meaning(b.To, append(stepNames(f), "end"))
	if c.flows[b.To] != nil {
		told.p.Meant = "flow " + b.To
	}
	told.block("the step %q does not exist in this flow", b.To)
}

func stepNames(f *FlowSource) []string {
	var names []string
	for i := range f.Steps {
		names = append(names, f.Steps[i].Name)
	}
	return names
}

func stepIndex(f *FlowSource, name string) int {
	return slices.IndexFunc(f.Steps, func(s StepSource) bool { return s.Name == name })
}

// conditionFacts are the facts that a condition may ask about like a field, with
// what they can be; none where that is open.
func conditionFacts() map[string][]string {
	return map[string][]string{
		"channel":     {string(SMS), string(WhatsApp), string(Telegram)},
		"status":      {"none", "draft", "both", "open", "overdue", "withdrawn", "transferred", "closed"},
		"stage":       {string(Considering), string(Making), string(Informed), string(Outcomes), string(Reflecting)},
		"handler":     nil,
		"decides":     nil,
		"due":         nil,
		"first_words": nil,
		"questions":   nil,
		"kind":        {"nhs", "council", "care_home", "gp", "both"},
		"proposed":    nil,
		"findings":    nil,
		"considered":  nil,
		"signatory":   nil,
		"place_help":  nil,
		"ways":        nil,
		"reach":       nil,
		"texts":       nil,
		"months_ago":  nil,
		"asked_about": {"me", "other", "group"},
		"asked_why":   {"asked", "capacity", "child", "died", "affected"},
		"slip":        {"spent"},
		"waiting":     nil, // any flow
	}
}

// checkBranch sees that the condition of a branch is one, and can be true.
func (c *checker) checkBranch(f *FlowSource, s *StepSource, b BranchSource) {
	if b.When == "" || b.When == elseBranch {
		return
	}
	answers := answersOf(s)
	if s.Answer.Kind == AnswerCase {
		answers = []string{noCase}
	}
	if slices.Contains(answers, b.When) {
		return
	}
	told := c.at(b.Pos, f.Name, s.Name)
	if !strings.Contains(b.When, " ") {
		told.p.Meant = meantKey(b.When, append(answers, elseBranch))
		told.block("%q is no option of this step and no condition", b.When)
		return
	}
	condition, err := parseCondition(b.When)
	if err != nil {
		told.block("the condition %q: %v", b.When, err)
		return
	}
	for _, all := range condition.any {
		for _, cmp := range all {
			c.checkComparison(told, s, cmp)
		}
	}
}

func (c *checker) checkComparison(told finding, s *StepSource, cmp comparison) {
	values, number, ok := c.answerable(s, cmp.field)
	if !ok {
		names := append(append(sortedKeys(c.fields), answerField), sortedKeys(conditionFacts())...)
		told.meaning(cmp.field, names).block("the condition asks about %q, which is no field", cmp.field)
		return
	}
	if cmp.field == answerField && !(s.Kind == Ask || s.Kind == Measure) {
		told.block("the condition asks about the answer, and this step has none")
		return
	}
	switch cmp.op {
	case opUnder, opOver:
		if !number {
			told.block("%s needs a number, and %q is none", cmp.op, cmp.field)
		}
	case opIs, opIsNot:
		if len(values) > 0 && !slices.Contains(values, cmp.value) {
			told.meaning(cmp.value, values).block("%q is never %q; it is one of %s", cmp.field, cmp.value, strings.Join(values, ", "))
		}
	}
}

// answerable tells what a name in a condition can be: a closed list of values,
// or a number; false if a condition cannot ask about it.
func (c *checker) answerable(s *StepSource, name string) (values []string, number, ok bool) {
	if name == answerField {
		values = answersOf(s)
		if s.Kind == Measure {
			values = append(values, "negative", "positive")
		}
		return values, s.Answer.Kind == AnswerNumber || s.Answer.Kind == AnswerScale, true
	}
	if field, declared := c.fields[name]; declared {
		return c.values[name], field.Type == "number", true
	}
	if name == "waiting" {
		return sortedKeys(c.flows), false, true
	}
	values, ok = conditionFacts()[name]
	return values, name == "months_ago", ok
}

// branches lists the ways out of a step, with the one that is not written: on to
// the step below, or to the end after the last. It is there unless an entry of
// next always holds, or each of the possible answers has one.
func branches(f *FlowSource, at int) []BranchSource {
	s := &f.Steps[at]
	left := answersOf(s)
	for _, b := range s.Next {
		if b.To != "" && (b.When == "" || b.When == elseBranch) {
			return s.Next
		}
		left = slices.DeleteFunc(left, func(name string) bool { return name == b.When })
	}
	if len(s.Next) > 0 && len(left) == 0 && len(answersOf(s)) > 0 && !s.Answer.Optional {
		return s.Next
	}
	on := BranchSource{Pos: s.Pos, To: "end"}
	if at+1 < len(f.Steps) {
		on.To = f.Steps[at+1].Name
	}
	if len(s.Next) > 0 {
		on.When = elseBranch
	}
	return append(slices.Clip(s.Next), on)
}

// ways lists where a step may lead within its flow, by index; out tells whether
// it may leave the flow. A misspelt target counts as what was probably meant, so
// that one slip is told once.
func ways(f *FlowSource, at int) (steps []int, out bool) {
	for _, b := range branches(f, at) {
		if b.To == "" {
			continue // told already
		}
		to := stepIndex(f, b.To)
		if to < 0 && b.To != "end" {
			to = stepIndex(f, meantWord(b.To, stepNames(f)))
		}
		if to < 0 {
			out = true
			continue
		}
		steps = append(steps, to)
	}
	return steps, out
}

// checkReach names steps that nobody comes to, and steps that nobody leaves. Of
// steps that hang together only the first is named: it has the slip.
func (c *checker) checkReach(f *FlowSource) {
	n := len(f.Steps)
	if n == 0 {
		return
	}
	onward, back := make([][]int, n), make([][]int, n)
	var leave []int
	for at := range n {
		steps, out := ways(f, at)
		onward[at] = steps
		for _, to := range steps {
			back[to] = append(back[to], at)
		}
		if out {
			leave = append(leave, at)
		}
	}
	reached, ends := make([]bool, n), make([]bool, n)
	spread(reached, []int{0}, onward)
	spread(ends, leave, back)
	for at := range n {
		told := c.at(f.Steps[at].Pos, f.Name, f.Steps[at].Name)
		if !reached[at] {
			told.block("no step leads here")
			spread(reached, []int{at}, onward)
		}
		if !ends[at] {
			told.block("from here end is never reached")
			spread(ends, []int{at}, onward)
		}
	}
}

// spread marks what can be reached from the start.
func spread(marked []bool, start []int, ways [][]int) {
	for todo := start; len(todo) > 0; {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !marked[at] {
			marked[at] = true
			todo = append(todo, ways[at]...)
		}
	}
}

// checkAsked warns of a branch on a field that this flow asks, but not on every
// way to the branch. A comparison beside others in an "and" is taken to be
// guarded by them, as in "about is other and why_you is died".
func (c *checker) checkAsked(f *FlowSource) {
	asked := askedBefore(f)
	for at := range f.Steps {
		s := &f.Steps[at]
		for _, b := range s.Next {
			condition, err := parseCondition(b.When)
			if err != nil || slices.Contains(answersOf(s), b.When) {
				continue
			}
			for _, field := range unguarded(condition) {
				if savedIn(f, field) && asked[at] != nil && !asked[at][field] {
					c.at(b.Pos, f.Name, s.Name).warn("not everybody who comes here was asked %q: for the others this does not hold", field)
				}
			}
		}
	}
}

// unguarded lists the fields that a condition asks about on their own, other
// than whether they are known.
func unguarded(c condition) []string {
	var fields []string
	for _, all := range c.any {
		if len(all) == 1 && all[0].op != opKnown && all[0].op != opUnknown {
			fields = append(fields, all[0].field)
		}
	}
	return fields
}

func savedIn(f *FlowSource, field string) bool {
	return slices.ContainsFunc(f.Steps, func(s StepSource) bool { return s.Save == field })
}

// askedBefore gives for each step the fields that were asked, the step's own
// with them, on every way that leads out of it; nil for a step not reached.
func askedBefore(f *FlowSource) []map[string]bool {
	asked := make([]map[string]bool, len(f.Steps))
	if len(f.Steps) == 0 {
		return asked
	}
	type arrival struct {
		at     int
		fields map[string]bool
	}
	for todo := []arrival{{}}; len(todo) > 0; {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		fields, changed := meet(asked[next.at], next.fields, f.Steps[next.at].Save)
		if !changed {
			continue
		}
		asked[next.at] = fields
		steps, _ := ways(f, next.at)
		for _, to := range steps {
			todo = append(todo, arrival{to, fields})
		}
	}
	return asked
}

// meet keeps of what was asked what was asked on this way too.
func meet(before, arriving map[string]bool, own string) (fields map[string]bool, changed bool) {
	fields = map[string]bool{}
	for name := range arriving {
		if before == nil || before[name] {
			fields[name] = true
		}
	}
	if own != "" {
		fields[own] = true
	}
	return fields, before == nil || len(fields) < len(before)
}
