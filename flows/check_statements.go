package flows

// Claim is what the flows do for one of the 21 statements.
type Claim struct {
	Statement Statement
	Supports  []string // the steps that help to make it true, as "flow.step"
	Measures  []string // the steps that ask it
	Desk      string   // how staff make it true rather than the bot; empty: the conversation does
}

// ByConversation tells whether the flows themselves help to make it true and ask
// whether it was.
func (c Claim) ByConversation() bool {
	return c.Desk == "" && len(c.Supports) > 0 && len(c.Measures) > 0
}

// Claims lists the 21 statements in the order of the vision with what is done for
// each. A supports tag is a claim: whoever reads the table can ask to be shown it.
func Claims(src *Sources) []Claim {
	claims := make([]Claim, len(statements))
	at := map[string]*Claim{}
	for i, s := range statements {
		claims[i].Statement = s
		at[s.ID] = &claims[i]
	}
	for _, f := range src.Flows {
		for _, s := range f.Steps {
			label := f.Name + "." + s.Name
			if c := at[s.Statement]; c != nil {
				c.Measures = append(c.Measures, label)
			}
			for _, id := range s.Supports {
				if c := at[id]; c != nil {
					c.Supports = append(c.Supports, label)
				}
			}
		}
	}
	for _, d := range src.Desk {
		if c := at[d.Statement]; c != nil {
			c.Desk = d.Why
		}
	}
	return claims
}
