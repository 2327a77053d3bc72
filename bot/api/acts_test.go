package api_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"heard/bot/desk"
)

// throughOperations is what can be done at the desk, and by which operation a program
// does it; or, after "not: ", why none.
var throughOperations = map[string]string{
	"Acknowledge": "acknowledge", "Tell": "update", "Update": "update", "TakeBack": "take-back", "Note": "note", "Assign": "assign", "Finish": "finish-task",
	"FinishTask": "finish-any-task", "Take": "take-task", "Replay": "replay-task", "Link": "link", "Bar": "bar", "ConfirmWithdrawal": "confirm-withdrawal", "Died": "died", "Release": "release",
	"ProposeLater": "propose-later", "Redate": "redate", "Pause": "pause", "Resume": "resume", "SetAwayOf": "set-away", "BackOf": "set-back",
	"SaveOutcome": "save-outcome", "DropOutcome": "drop-outcome", "AskSignature": "ask-signature", "SignOutcome": "sign-outcome", "PreviewOutcome": "preview-outcome", "PreviewOutcomeOn": "preview-outcome",
	"OfferOutcome": "offer-outcome", "NoteTold": "note-told", "Outcome": "get-outcome-draft", "KeptPromise": "keep-promise", "Promises": "list-actions",
	"AskStatement": "ask-statement", "AnswerStatement": "answer-statement", "Record": "record", "Slip": "record", "CheckEnrolment": "enrol", "Enrol": "enrol",
	"Case": "get-case", "CasesFrom": "list-cases", "Cases": "list-cases", "Work": "list-work", "WorkFrom": "list-work", "Timeline": "get-timeline",
	"File": "get-file", "Search": "search", "Alike": "list-alike", "Reach": "get-reach", "Answering": "list-staff", "Aways": "list-staff", "Cover": "list-staff", "Covers": "list-staff",
	"Task": "list-work", "Seeable": "list-events", "Walk": "export", "Tally": "export", "Trail": "export", "Audit": "export", "AuditOf": "export", "Statements": "get-report",
	"AuditMembers": "not: it is for the choices of a page",

	"SetAway": "not: a program is nobody who is away; it says of others that they are", "Back": "not: likewise",
	"Letter":     "not: it is the outcome of the case on paper, which get-case has",
	"Reveal":     "not: a person says why they must know who somebody is; a program would say the same each time, and the log would tell nothing",
	"ShowPhone":  "not: the number is for who calls, and an anonymous person's stands in no answer",
	"CheckAudit": "not: who exports the audit log sees of each line whether it was changed",
	"Question":   "not: it is for who has the link, and no account", "AnswerQuestion": "not: likewise",
	"SendCode": "not: staff without an account get in by it", "EnterCode": "not: likewise", "Recorder": "not: likewise", "RecordsWithoutAccount": "not: likewise",
	"SignIn": "not: people sign in; programs have tokens", "SignInAs": "not: likewise", "SignedIn": "not: likewise", "Present": "not: likewise", "SignOut": "not: likewise",
	"SignOutEverywhere": "not: likewise", "ChangePassword": "not: likewise",
	"Members": "not: who may do what is for people to say", "AddMember": "not: likewise", "SetRoles": "not: likewise", "Disable": "not: likewise", "GivePassword": "not: likewise",
	"Tokens": "not: a program that makes tokens cannot be let go", "AddToken": "not: likewise", "RevokeToken": "not: likewise", "Program": "not: it is how a token is looked up",
	"TellUntaken": "not: heard writes to staff by it", "TellOverdue": "not: likewise",
	"Webhooks": "not: an address that is told all is for people to add", "AddWebhook": "not: likewise", "ChooseEvents": "not: likewise", "RotateWebhook": "not: likewise",
	"PauseWebhook": "not: likewise", "TellAgain": "not: likewise, and list-events has what was given up", "TestWebhook": "not: likewise", "RemoveWebhook": "not: likewise",
	"CaseMark": "not: it is for live pages; list-events tells programs", "Mails": "not: it does nothing", "Provider": "not: it does nothing", "Place": "not: it does nothing", "Label": "not: it does nothing", "Changes": "not: it counts for live pages; list-events tells programs",
}

// A complaints system that is joined to this one must be able to do what staff can, or
// they do it twice. Who adds something to the desk adds it to the API, or says here why
// not.
func TestWhatStaffCanDoProgramsCan(t *testing.T) {
	h := open(t)
	operations := readDocument(h).operations()
	of := reflect.TypeFor[*desk.Desk]()
	var all []string
	for i := range of.NumMethod() {
		name := of.Method(i).Name
		all = append(all, name)
		by, ok := throughOperations[name]
		if !ok {
			t.Errorf("desk.%s is new: give it an operation, and name it here, or say why it has none", name)
			continue
		}
		if _, is := operations[by]; !is && !strings.HasPrefix(by, "not: ") {
			t.Errorf("desk.%s is said to be done by %s, which is no operation", name, by)
		}
	}
	for name := range throughOperations {
		if !slices.Contains(all, name) {
			t.Errorf("desk.%s is gone", name)
		}
	}
}
