package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/desk"
	"heard/flows"
)

var secrets = []bot.Field{{Name: "name", Value: "Mair Griffiths"}, {Name: "phone", Value: "+447700900123"}, {Name: "place", Value: "Ward 6"}}

// Someone who asked not to be known and finds their name with the ward will never
// complain again, and nor will who hears of it.
func TestWhoThePersonIs(t *testing.T) {
	h := open(t)
	for _, one := range []struct {
		privacy  string
		who      desk.Who
		revealed bool
		shows    bool
	}{
		{bot.PrivacyNamed, handler, false, true},
		{bot.PrivacyConfidential, handler, false, false},
		{bot.PrivacyConfidential, handler, true, true},
		{bot.PrivacyAnonymous, lead, false, false},
		{"", lead, false, false},
	} {
		ref := h.put(bot.Case{Privacy: one.privacy, Fields: secrets}, bot.Entry{Kind: bot.Said, Field: "name", Text: "Mair Griffiths"})
		if one.revealed {
			if err := h.desk.Reveal(h.ctx, one.who, ref, "I must call her"); err != nil {
				t.Fatal(err)
			}
		}
		text := fmt.Sprintf("%+v", *h.look(one.who, ref))
		if shows := strings.Contains(text, "Griffiths"); shows != one.shows || strings.Contains(text, "900123") != one.shows {
			t.Errorf("%q, revealed %v: shown %v", one.privacy, one.revealed, shows)
		}
		if !strings.Contains(text, "Ward 6") {
			t.Errorf("%q: the place is missing", one.privacy)
		}
	}
}

// Why somebody had to know is in the log, and without a reason nobody does.
func TestRevealNeedsAReason(t *testing.T) {
	h := open(t)
	ref := h.put(bot.Case{Privacy: bot.PrivacyConfidential, Fields: secrets})
	h.refused(h.desk.Reveal(h.ctx, handler, ref, "  "), bot.RejectEmpty, "without a reason")
	h.refused(h.desk.Reveal(h.ctx, recorder, ref, "curious"), desk.RejectNotAllowed, "by a recorder")
	anonymous := h.put(bot.Case{Fields: secrets})
	h.refused(h.desk.Reveal(h.ctx, lead, anonymous, "I must"), bot.RejectNotReady, "of an anonymous case")
	if err := h.desk.Reveal(h.ctx, handler, ref, "I must call her"); err != nil {
		t.Fatal(err)
	}
	if v := h.look(lead, ref); len(v.Identity) != 0 {
		t.Error("what one said a reason for is shown to another")
	}
	h.now = h.now.Add(9 * time.Hour)
	if v := h.look(handler, ref); len(v.Identity) != 0 || !v.Hidden {
		t.Error("it is still shown the next day")
	}
}

// Somebody who tries references learns nothing from the answers, and who is named in
// a complaint learns no more than a stranger.
func TestUnknownAndNotAllowedAreTheSame(t *testing.T) {
	h := open(t)
	draft := h.put(bot.Case{Status: bot.Draft, Stage: flows.Making})
	barred := h.put(bot.Case{})
	if err := h.desk.Bar(h.ctx, lead, barred, desk.Form{}, handler.Member, true); err != nil {
		t.Fatal(err)
	}
	h.task(bot.StaffTask{Kind: bot.ReadReply, Case: barred, Due: h.now})
	var answers []string
	for _, ref := range []bot.CaseRef{"H-NONE-1", draft, barred} {
		_, err := h.desk.Case(h.ctx, handler, ref)
		h.refused(err, bot.RejectNoCase, "a case that is not to be seen")
		answers = append(answers, fmt.Sprint(err, h.desk.Note(h.ctx, handler, ref, desk.Form{}, "x"), h.desk.Reveal(h.ctx, handler, ref, "x")))
	}
	if answers[0] != answers[1] || answers[0] != answers[2] {
		t.Errorf("the answers differ: %q", answers)
	}
	if w, err := h.desk.Work(h.ctx, handler, desk.Filter{}); err != nil || w.Total != 0 || w.Counts.All != 0 {
		t.Errorf("a barred member's list: %+v, %v", w, err)
	}
	if l, err := h.desk.Cases(h.ctx, handler, desk.Filter{}); err != nil || l.Total != 0 {
		t.Errorf("a barred member's cases: %+v, %v", l, err)
	}
	_, err := h.desk.Case(h.ctx, recorder, barred)
	h.refused(err, bot.RejectNoCase, "a recorder")
}

// A handler with forty cases must see the one in danger first, then what is due, and
// that care got worse only the guardian.
func TestWorkList(t *testing.T) {
	h := open(t)
	mine := h.put(bot.Case{Assigned: handler.Member, Handler: handler.Name, Fields: secrets, Language: "cy"})
	other := h.put(bot.Case{Privacy: bot.PrivacyNamed})
	h.task(bot.StaffTask{Kind: bot.Acknowledge, Case: mine, Due: h.now.AddDate(0, 0, 2)})
	h.task(bot.StaffTask{Kind: bot.ReadReply, Case: other, Due: h.now.AddDate(0, 0, -2)})
	h.task(bot.StaffTask{Kind: bot.CallPerson, Case: other, Due: h.now.AddDate(0, 0, 5), Phone: "+447700900123"})
	h.task(bot.StaffTask{ID: "c/danger", Kind: bot.Danger, Conv: "c", At: h.now, Due: h.now.AddDate(0, 0, 9), Words: "I cannot go on"})
	h.task(bot.StaffTask{Kind: bot.CareChanged, Case: other, Due: h.now})
	kinds := func(who desk.Who, f desk.Filter) string {
		t.Helper()
		w, err := h.desk.Work(h.ctx, who, f)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, i := range w.Items {
			all = append(all, string(i.Task.Kind))
			if i.Task.Phone != "" {
				t.Error("a number is on the list")
			}
		}
		return strings.Join(all, ", ")
	}
	for _, one := range []struct {
		who  desk.Who
		f    desk.Filter
		want string
	}{
		{handler, desk.Filter{}, "danger, reply, acknowledge, call"},
		{handler, desk.Filter{Handler: "me"}, "acknowledge"},
		{handler, desk.Filter{Handler: "nobody"}, "danger, reply, call"},
		{handler, desk.Filter{Kind: "overdue"}, "reply"},
		{handler, desk.Filter{Language: "cy"}, "acknowledge"},
		{handler, desk.Filter{Privacy: bot.PrivacyNamed}, "reply, call"},
		{handler, desk.Filter{Words: "ward"}, "acknowledge"},
		{handler, desk.Filter{Words: strings.ToLower(string(other))}, "reply, call"},
		{handler, desk.Filter{Limit: 1, Offset: 1}, "reply"},
		{guardian, desk.Filter{}, "care has changed"},
		{recorder, desk.Filter{}, ""},
	} {
		if got := kinds(one.who, one.f); got != one.want {
			t.Errorf("%s, %+v: %q, want %q", one.who.Roles[0], one.f, got, one.want)
		}
	}
	w, _ := h.desk.Work(h.ctx, handler, desk.Filter{Kind: "overdue"})
	if w.Counts != (desk.Counts{All: 4, Danger: 1, Overdue: 1, Mine: 1, Nobodys: 3}) || w.Items[0].DaysLeft != -2 {
		t.Errorf("counts %+v, days %d", w.Counts, w.Items[0].DaysLeft)
	}
	if err := h.desk.Finish(h.ctx, handler, other, desk.Form{}, string(other)+"/reply", "Answered by phone"); err != nil {
		t.Fatal(err)
	}
	if got := kinds(handler, desk.Filter{}); got != "danger, acknowledge, call" {
		t.Errorf("after one was finished: %q", got)
	}
}

// A task that somebody has taken is theirs, also where there is no case, or another's.
func TestWhatIsTakenIsOnTheListOfWhoTookIt(t *testing.T) {
	h := open(t)
	h.task(bot.StaffTask{ID: "c/call", Kind: bot.CallPerson, Conv: "c", Due: h.now, Phone: "+447700900123"})
	h.must(h.desk.Take(h.ctx, handler, desk.Form{}, named("c/call")))
	for _, one := range []struct {
		who  desk.Who
		f    desk.Filter
		want int
	}{{handler, desk.Filter{Handler: "me"}, 1}, {lead, desk.Filter{Handler: "me"}, 0}, {lead, desk.Filter{Handler: string(handler.Member)}, 1}, {lead, desk.Filter{Handler: "nobody"}, 0}} {
		w, err := h.desk.Work(h.ctx, one.who, one.f)
		if err != nil || len(w.Items) != one.want || w.Counts.Nobodys != 0 || w.Choices.Handlers[handler.Member] != handler.Name {
			t.Errorf("%s, %+v: %+v, %v", one.who.Name, one.f, w, err)
		}
	}
	if number, err := h.desk.ShowPhone(h.ctx, handler, named("c/call")); err != nil || number != "+447700900123" {
		t.Errorf("the number to call: %q, %v", number, err)
	}
}

// Who says that somebody handles a case gives it to them, which takes what giving takes;
// who had it before is told.
func TestWhoAcknowledgesGivesTheCase(t *testing.T) {
	h := open(t)
	ref := h.put(bot.Case{Assigned: lead.Member, Handler: lead.Name})
	a := bot.Acknowledgement{Handler: "Bo Lin", Member: "m-bo"}
	h.refused(h.desk.Acknowledge(h.ctx, handler, ref, desk.Form{}, a), desk.RejectNotAllowed, "by who may not give cases to others")
	a.Handler, a.Member = handler.Name, handler.Member
	h.must(h.desk.Acknowledge(h.ctx, handler, ref, desk.Form{}, a))
	if v := h.look(handler, ref); v.Assigned != handler.Member || v.Handler != handler.Name {
		t.Errorf("it is %q's, and the person reads %q", v.Assigned, v.Handler)
	}
	w, err := h.desk.Work(h.ctx, lead, desk.Filter{Kind: string(bot.HandedOver), Handler: "me"})
	if err != nil || len(w.Items) != 1 {
		t.Errorf("who had it before is told of it in %d tasks, %v", len(w.Items), err)
	}
}

// A task is ended by who may see it, on its own case, and not before what came in since
// is read; an acknowledgement by telling the person alone.
func TestWhatEndsATask(t *testing.T) {
	h := open(t)
	mine, theirs := h.put(bot.Case{}), h.put(bot.Case{Barred: []bot.MemberID{handler.Member}})
	at := h.now.Truncate(time.Millisecond)
	h.task(bot.StaffTask{Kind: bot.ReadReply, Case: mine, At: at, Due: h.now})
	h.task(bot.StaffTask{Kind: bot.ReadReply, Case: theirs, At: at, Due: h.now})
	h.task(bot.StaffTask{Kind: bot.CareChanged, Case: mine, At: at, Due: h.now})
	h.task(bot.StaffTask{Kind: bot.Acknowledge, Case: mine, At: at, Due: h.now})
	reply, barred := string(mine)+"/reply", string(theirs)+"/reply"
	h.refused(h.desk.Finish(h.ctx, handler, mine, desk.Form{}, barred, "Read"), bot.RejectNoCase, "one of a case that they may not see, by way of another")
	h.refused(h.desk.Finish(h.ctx, lead, mine, desk.Form{}, barred, "Read"), bot.RejectNoCase, "one of another case")
	h.refused(h.desk.Finish(h.ctx, handler, mine, desk.Form{}, string(mine)+"/care has changed", "Read"), bot.RejectNoCase, "the guardian's")
	h.refused(h.desk.FinishTask(h.ctx, lead, desk.Form{}, string(mine)+"/acknowledge", "By phone"), bot.RejectUntold, "an acknowledgement that nobody was told")
	h.refused(h.desk.FinishTask(h.ctx, lead, desk.Form{Seen: uint64(at.UnixMilli()) - 1}, reply, "Read"), bot.RejectStale, "after another reply")
	h.must(h.desk.FinishTask(h.ctx, handler, desk.Form{Seen: uint64(at.UnixMilli())}, reply, "Read"))
	h.must(h.desk.Finish(h.ctx, lead, theirs, desk.Form{}, barred, "Read"))
}

// What a person tells as three points must reach the handler as three points.
func TestPointsAndStory(t *testing.T) {
	h := open(t)
	ref := h.put(bot.Case{Fields: []bot.Field{{Name: "put_right", Value: "An apology"}}},
		bot.Entry{Kind: bot.Said, Field: "story", Text: "They forgot her"}, bot.Entry{Kind: bot.Said, Field: "points", Point: 2, Text: "Nobody came"},
		bot.Entry{Kind: bot.Said, Field: "points", Point: 1, Text: "No tea"}, bot.Entry{Kind: bot.Said, Field: "points", Point: 2, Text: "for an hour"},
		bot.Entry{Kind: bot.Guarded, Text: "they are rude now"}, bot.Entry{Kind: bot.Replied, Text: "Any news?"})
	v := h.look(handler, ref)
	told := h.look(handler, h.put(bot.Case{Points: 2},
		bot.Entry{Kind: bot.Said, Field: "story", Text: "They forgot her"}, bot.Entry{Kind: bot.Said, Field: "points", Point: 2, Text: "It was cold"}))
	if fmt.Sprint(told.Points) != "[They forgot her It was cold]" {
		t.Errorf("what happened is shown as no point: %q", told.Points)
	}
	late := h.look(handler, h.put(bot.Case{Points: 2},
		bot.Entry{Kind: bot.Said, Field: "story", Text: "They forgot her", At: h.now.Add(-time.Minute)}, bot.Entry{Kind: bot.Said, Text: "All night", At: h.now},
		bot.Entry{Kind: bot.Said, Text: "That is not what I asked", At: h.now.Add(time.Hour)}))
	if fmt.Sprint(late.Points) != "[]" || len(late.Story) != 2 || len(late.Timeline) != 1 || late.Timeline[0].Text != "That is not what I asked" {
		t.Errorf("what was written later is put into their mouth as the complaint: %+v", late)
	}
	if len(v.Story) != 1 || fmt.Sprint(v.Points) != "[No tea Nobody came\nfor an hour]" || v.Wish != "An apology" || len(v.Timeline) != 1 {
		t.Errorf("%+v", v)
	}
}
