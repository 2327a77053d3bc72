package desk

import (
	"slices"

	"heard/bot"
)

// Role is what a member of staff is there for. One may have several.
type Role string

// The roles.
const (
	Handler       Role = "handler"       // answers people
	Lead          Role = "lead"          // gives out cases, signs off, answers too
	Guardian      Role = "guardian"      // acts where care suffers for a complaint
	Analyst       Role = "analyst"       // reads reports, no case
	FlowEditor    Role = "flow editor"   // words the questions, reads no case
	Administrator Role = "administrator" // members, tokens, the audit log; reads no case
	Recorder      Role = "recorder"      // writes down what somebody told them, and sees no more
)

// Roles lists them.
func Roles() []Role {
	return []Role{Handler, Lead, Guardian, Analyst, FlowEditor, Administrator, Recorder}
}

// Permission is one thing that staff may do.
type Permission string

// The permissions.
const (
	SeeCases    Permission = "see cases"
	Answer      Permission = "answer"   // and everything that handling a case takes
	GiveOut     Permission = "give out" // assign to others, bar members, sign off
	SeeGuarded  Permission = "see guarded words"
	SeeReports  Permission = "see reports"
	EditFlows   Permission = "edit flows"
	ManageStaff Permission = "manage staff" // members, tokens, webhooks
	ReadAudit   Permission = "read the audit log"
	Record      Permission = "record"
	Enrol       Permission = "enrol" // posters, welcome messages
	Export      Permission = "export"
)

// grants are what each role may do.
var grants = map[Role][]Permission{
	Handler:       {SeeCases, Answer, Record, SeeReports},
	Lead:          {SeeCases, Answer, GiveOut, Record, SeeReports, Enrol, Export},
	Guardian:      {SeeGuarded, SeeReports},
	Analyst:       {SeeReports, Export},
	FlowEditor:    {EditFlows, SeeReports},
	Administrator: {ManageStaff, ReadAudit, Enrol},
	Recorder:      {Record},
}

// Who is a member of staff who is signed in, or a program with a token.
type Who struct {
	Member bot.MemberID
	Name   string // as people read it under an answer
	Roles  []Role
	Scopes []Permission // of a token, which has no roles

	covers []bot.MemberID // whose work they do now, while those are away
}

// does tells whether the work of a member is theirs now.
func (w Who) does(member bot.MemberID) bool {
	return member != "" && (member == w.Member || slices.Contains(w.covers, member))
}

// May tells whether they may do something.
func (w Who) May(p Permission) bool {
	return slices.Contains(w.Scopes, p) ||
		slices.ContainsFunc(w.Roles, func(r Role) bool { return slices.Contains(grants[r], p) })
}

// need refuses who may not.
func (w Who) need(p Permission) error {
	if w.May(p) {
		return nil
	}
	return &bot.Rejection{Code: RejectNotAllowed, Sentence: "Your role does not allow this. Ask an administrator if it should."}
}

// RejectNotAllowed is the code of what somebody may not do. What they may not see is
// bot.RejectNoCase: the answer is the same as for what there is not.
const RejectNotAllowed = "not allowed"
