package flows

import "slices"

// Statement is one of the 21 of "My expectations for raising concerns and
// complaints". Its wording is the measure's: it is asked exactly so.
type Statement struct {
	ID    string // "making.serious": the stage and a word
	Stage Stage
	Text  string // English, as published
}

// The answers to a statement, as they are kept. The first five are the scale; a
// score counts nothing else.
const (
	StronglyAgrees    = "strongly_agree"
	Agrees            = "agree"
	Neither           = "neither"
	Disagrees         = "disagree"
	StronglyDisagrees = "strongly_disagree"
	DoesNotApply      = "does_not_apply"
	RatherNotSay      = "rather_not_say"
)

// ScaleValues lists the answers to a statement in the order they are offered.
func ScaleValues() []string {
	return []string{StronglyAgrees, Agrees, Neither, Disagrees, StronglyDisagrees, DoesNotApply, RatherNotSay}
}

// Statements lists the 21 in the order of the vision. The slice is the caller's.
func Statements() []Statement { return slices.Clone(statements[:]) }

// StatementByID finds a statement.
func StatementByID(id string) (Statement, bool) {
	for _, s := range statements {
		if s.ID == id {
			return s, true
		}
	}
	return Statement{}, false
}

// statements is never written to.
var statements = [...]Statement{
	{"considering.right", Considering, "I knew I had a right to complain"},
	{"considering.aware", Considering, "I was made aware of how to complain (when I first started to receive the service)"},
	{"considering.support", Considering, "I understood that I could be supported to make a complaint"},
	{"considering.safe", Considering, "I knew for certain that my care would not be compromised by making a complaint"},
	{"making.anystaff", Making, "I felt that I could have raised my concerns with any of the members of staff I dealt with"},
	{"making.support", Making, "I was offered support to help me make my complaint"},
	{"making.myway", Making, "I was able to communicate my concerns in the way that I wanted"},
	{"making.serious", Making, "I knew that my concerns were taken seriously the very first time I raised them"},
	{"making.time", Making, "I was able to make a complaint at a time that suited me"},
	{"informed.progress", Informed, "I always knew what was happening in my case"},
	{"informed.personal", Informed, "I felt that responses were personal to me and the specific nature of my complaint"},
	{"informed.anonymous", Informed, "I was offered the choice to keep the details of my complaint anonymous and confidential"},
	{"informed.empowered", Informed, "I felt that the staff handling my complaint were also empowered to resolve it"},
	{"outcomes.timely", Outcomes, "I received a resolution in a time period that was relevant to my particular case and complaint"},
	{"outcomes.appropriate", Outcomes, "I was told the outcome of my complaint in an appropriate manner, in an appropriate place, by an appropriate person"},
	{"outcomes.addressed", Outcomes, "I felt that the outcomes I received directly addressed my complaint(s)"},
	{"outcomes.views", Outcomes, "I feel that my views on the appropriate outcome had been taken into account"},
	{"reflecting.again", Reflecting, "I would complain again, if I felt I needed to"},
	{"reflecting.fair", Reflecting, "I felt that my complaint had been handled fairly"},
	{"reflecting.encourage", Reflecting, "I would happily advise and encourage others to make a complaint if they felt they needed to"},
	{"reflecting.improve", Reflecting, "I understand how complaints help to improve services"},
}
