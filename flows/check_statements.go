package flows

// Unclaimed lists the statements that no step supports, and those that none
// measures: what the flows do nothing for, and what they will never know of.
func Unclaimed(src *Sources) (unsupported, unmeasured []Statement) {
	supported, measured := map[string]bool{}, map[string]bool{}
	for _, f := range src.Flows {
		for _, s := range f.Steps {
			measured[s.Statement] = true
			for _, id := range s.Supports {
				supported[id] = true
			}
		}
	}
	for _, s := range statements {
		if !supported[s.ID] {
			unsupported = append(unsupported, s)
		}
		if !measured[s.ID] {
			unmeasured = append(unmeasured, s)
		}
	}
	return unsupported, unmeasured
}
