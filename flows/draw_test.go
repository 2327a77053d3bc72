package flows_test

import (
	"fmt"
	"slices"
	"testing"

	"heard/flows"
)

// Every statement must get an equal share of the questions, or a score would say
// which questions are asked first and not what people think.
func TestStatementsGetEqualShares(t *testing.T) {
	text := "flow: survey\ntitle: Survey\nstage: informed\nstart: [survey]\nsteps:\n"
	statements := flows.Statements()[:7]
	for i, s := range statements {
		text += fmt.Sprintf("  q%d: {measure: %s}\n", i, s.ID)
	}
	text += "  bye: {say: Thank you., next: end}\n"
	set := written(t, flows.Options{}, text)
	const people = 3000
	asked := map[string]int{}
	for seed := range uint64(people) {
		for _, statement := range survey(t, set, seed, nil) {
			asked[statement]++
		}
	}
	for _, s := range statements {
		if share := float64(asked[s.ID]) / people; share < 0.38 || share > 0.48 {
			t.Errorf("%s is asked of %.0f %%, want 43 %% of the people", s.ID, 100*share)
		}
	}
}

// Nobody is asked more than three at once or eight in a case, nor the same twice,
// and who comes back gets the same ones.
func TestSurveyIsShort(t *testing.T) {
	text := "flow: survey\ntitle: Survey\nstage: informed\nstart: [survey]\nsteps:\n"
	for i, s := range flows.Statements() {
		text += fmt.Sprintf("  q%d: {measure: %s}\n", i, s.ID)
	}
	set := written(t, flows.Options{}, text+"  bye: {say: Thank you., next: end}\n")
	var asked []string
	for _, want := range []int{3, 3, 2, 0} {
		now := survey(t, set, 42, asked)
		if len(now) != want {
			t.Fatalf("%d statements are asked after %d, want %d", len(now), len(asked), want)
		}
		if again := survey(t, set, 42, asked); !slices.Equal(now, again) {
			t.Errorf("the second time others are asked: %v, %v", now, again)
		}
		for _, s := range now {
			if slices.Contains(asked, s) {
				t.Errorf("%s is asked twice", s)
			}
		}
		asked = append(asked, now...)
	}
}

// survey answers a survey flow and lists the statements that it asked.
func survey(t *testing.T, set *flows.Set, seed uint64, before []string) []string {
	k := newTalker(t, set)
	facts := flows.Facts{Seed: seed, Asked: before}
	text := "survey"
	for range 10 {
		st, effects, err := flows.Step(set, k.st, flows.Event{Kind: flows.Message, Channel: flows.SMS, Text: text, Facts: facts}, k.now)
		if err != nil {
			t.Fatal(err)
		}
		k.st, text = st, "1"
		for _, e := range effects {
			if m, ok := e.(flows.Measures); ok {
				return m.Asked
			}
		}
		if len(st.Frames) == 0 {
			return nil
		}
	}
	t.Fatal("the survey does not end")
	return nil
}
