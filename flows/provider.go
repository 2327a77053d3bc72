package flows

import "slices"

// withProvider returns the flow with a provider's extra questions put in and its
// hidden ones taken out. Neither can change where the other steps lead.
func withProvider(f FlowSource, rewordings []WordingSource, provider string) FlowSource {
	if provider == "" {
		return f
	}
	f.Steps = slices.Clone(f.Steps)
	for _, r := range rewordings {
		if r.For != f.Name || r.Provider != provider {
			continue
		}
		for _, extra := range r.Extra {
			f.Steps = insertStep(f.Steps, extra)
		}
		for _, one := range r.Wording {
			if one.Hide {
				f.Steps = hideStep(f.Steps, one.Key)
			}
		}
	}
	return f
}

// insertStep puts extra behind the step that its After names: that step's usual
// way leads to extra, and extra leads where it led.
func insertStep(steps []StepSource, extra StepSource) []StepSource {
	at := slices.IndexFunc(steps, func(s StepSource) bool { return s.Name == extra.After })
	if at < 0 {
		return steps
	}
	before := steps[at]
	if n := len(before.Next); n > 0 && isElse(before.Next[n-1]) {
		extra.Next = []BranchSource{{Pos: extra.Pos, To: before.Next[n-1].To}}
		before.Next = slices.Clone(before.Next)
		before.Next[n-1].To = extra.Name
		steps[at] = before
	}
	at++
	for at < len(steps) && steps[at].After == extra.After {
		at++ // behind those that the file puts there before it
	}
	return slices.Insert(steps, at, extra)
}

// hideStep takes out the step of a key ("where.ask"): what led to it leads where
// it usually led.
func hideStep(steps []StepSource, key string) []StepSource {
	at := slices.IndexFunc(steps, func(s StepSource) bool { return key == s.Name || key == s.Name+".ask" })
	if at < 0 {
		return steps
	}
	hidden := steps[at]
	to := toEnd
	if n := len(hidden.Next); n > 0 && isElse(hidden.Next[n-1]) {
		to = hidden.Next[n-1].To
	} else if at+1 < len(steps) {
		to = steps[at+1].Name
	}
	steps = slices.Delete(slices.Clone(steps), at, at+1)
	for i := range steps {
		steps[i].Next = slices.Clone(steps[i].Next)
		for j := range steps[i].Next {
			if steps[i].Next[j].To == hidden.Name {
				steps[i].Next[j].To = to
			}
		}
	}
	if at > 0 && len(steps[at-1].Next) == 0 {
		steps[at-1].Next = []BranchSource{{Pos: hidden.Pos, To: to}}
	}
	return steps
}

func isElse(b BranchSource) bool { return b.When == "" || b.When == "else" }
