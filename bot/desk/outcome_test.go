package desk_test

import (
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

// answered is an outcome of one point that lacks nothing.
func answered() bot.Answered {
	return bot.Answered{
		Opening: "Thank you for waiting.", Signatory: "Grace Okafor, chief nurse", Ombudsman: "nhs",
		Findings: []bot.Finding{{
			Kind: bot.Upheld, Words: "Two nurses were away.", Apology: "We are sorry.",
			Actions: []bot.Promise{{What: "Call in a nurse.", Owner: "the ward manager", Due: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)}},
		}},
	}
}

// must fails where something was not done.
func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// offered writes and offers an outcome.
func (h *house) offered(ref bot.CaseRef) {
	h.Helper()
	h.must(h.desk.SaveOutcome(h.ctx, handler, ref, desk.Form{}, answered()))
	h.must(h.desk.OfferOutcome(h.ctx, handler, ref, desk.Form{}))
}

// Who is kept from a case, or may not answer, writes nobody's outcome, reads no letter
// and sees no promise of it; and what lacks is told by field.
func TestWhoWritesAnOutcome(t *testing.T) {
	h := open(t)
	ref := h.put(bot.Case{Barred: []bot.MemberID{lead.Member}}, bot.Entry{Kind: bot.Said, Field: "story", Text: "It was cold."})
	h.refused(h.desk.SaveOutcome(h.ctx, recorder, ref, desk.Form{}, answered()), desk.RejectNotAllowed, "a recorder writes it")
	h.refused(h.desk.SaveOutcome(h.ctx, lead, ref, desk.Form{}, answered()), bot.RejectNoCase, "who is barred writes it")
	h.must(h.desk.SaveOutcome(h.ctx, handler, ref, desk.Form{}, bot.Answered{}))
	h.refused(h.desk.SignOutcome(h.ctx, handler, ref, desk.Form{}), desk.RejectNotAllowed, "a handler signs it")
	var fields []string
	for _, one := range desk.FieldErrors(h.desk.OfferOutcome(h.ctx, handler, ref, desk.Form{})) {
		fields = append(fields, one.Field)
	}
	if got := strings.Join(fields, " "); got != "opening point-1-kind signatory ombudsman" {
		t.Errorf("missing: %q", got)
	}
	h.offered(ref)
	_, err := h.desk.Letter(h.ctx, lead, ref)
	h.refused(err, bot.RejectNoCase, "who is barred reads the letter")
	for _, who := range []desk.Who{handler, lead} {
		open, done, err := h.desk.Promises(h.ctx, who)
		if err != nil || len(done) != 0 || len(open) != map[bool]int{true: 1}[who.Member == handler.Member] {
			t.Errorf("%s sees %v, %v, %v", who.Name, open, done, err)
		}
	}
	_, _, err = h.desk.Promises(h.ctx, recorder)
	h.refused(err, desk.RejectNotAllowed, "a recorder reads promises")
}

// The letter says what the person said in their own words, and names them only where
// their case may.
func TestTheLetterOfAnOutcome(t *testing.T) {
	h := open(t)
	for privacy, name := range map[string]string{bot.PrivacyNamed: "Zebedee Quill", bot.PrivacyConfidential: "", bot.PrivacyAnonymous: "", "": ""} {
		ref := h.put(bot.Case{Privacy: privacy, Fields: []bot.Field{{Name: "name", Value: "Zebedee Quill"}, {Name: "address", Value: "1 High Street"}}},
			bot.Entry{Kind: bot.Said, Field: "story", Text: "It was cold."})
		h.offered(ref)
		l, err := h.desk.Letter(h.ctx, handler, ref)
		if err != nil {
			t.Fatal(err)
		}
		if l.Name != name || (l.Address != "") != (name != "") {
			t.Errorf("%q: the letter is to %q", privacy, l.Name)
		}
		if l.Answer.Findings[0].Point != "It was cold." || l.Ombudsman.Phone == "" || l.Ombudsman.Months != 12 {
			t.Errorf("the letter is %+v", l)
		}
	}
}

// A promise that is late is seen to be, and who did not lead to it is not told.
func TestPromisesByDueDate(t *testing.T) {
	h := open(t)
	one, two := h.put(bot.Case{}), h.put(bot.Case{})
	h.offered(one)
	h.offered(two)
	h.now = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	open, _, err := h.desk.Promises(h.ctx, handler)
	if err != nil || len(open) != 2 || !open[0].Overdue || open[0].DaysLeft != -2 {
		t.Errorf("%+v, %v", open, err)
	}
	err = h.desk.KeptPromise(h.ctx, handler, one, desk.Form{}, 0, "Done.", []bot.CaseRef{"H-111-111"})
	if all := desk.FieldErrors(err); len(all) != 1 || all[0].Field != "also" {
		t.Errorf("a case that there is not: %v", err)
	}
	h.must(h.desk.KeptPromise(h.ctx, handler, one, desk.Form{}, 0, "A nurse is called in.", nil))
	open, done, err := h.desk.Promises(h.ctx, handler)
	if err != nil || len(open) != 1 || len(done) != 1 || open[0].Ref != two {
		t.Errorf("%+v, %+v, %v", open, done, err)
	}
}
