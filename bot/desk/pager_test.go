package desk_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

// letters keeps what was sent.
type letters struct {
	sent   []string // address: subject
	bodies []string
	broken string // the address that cannot be reached
}

func (l *letters) Send(_ context.Context, to, subject, body string) error {
	if to == l.broken {
		return errors.New("the mail server answers 451")
	}
	l.sent, l.bodies = append(l.sent, to+": "+subject), append(l.bodies, body)
	return nil
}

// took are those since it was asked last, by address.
func (l *letters) took() string {
	slices.Sort(l.sent)
	all := strings.Join(l.sent, "; ")
	l.sent = nil
	return all
}

// member adds somebody who may be written to.
func (h *house) member(login, name string, roles ...desk.Role) desk.Who {
	h.Helper()
	id, err := h.desk.AddMember(h.ctx, desk.Operator(), login, name, roles, "")
	if err != nil {
		h.Fatal(err)
	}
	return desk.Who{Member: id, Name: name, Roles: roles}
}

// A task that nobody does must come to somebody who can see that it is done; and to the
// guardian no more of it than that.
func TestWhatNobodyDoesGoesOn(t *testing.T) {
	h := open(t)
	late := h.put(bot.Case{Assigned: handler.Member, Handler: handler.Name, Fields: secrets})
	h.task(bot.StaffTask{Kind: bot.ReadReply, Case: late, Due: h.now, Words: "She wrote this", Phone: "+447700900123"})
	h.task(bot.StaffTask{ID: "c/danger", Kind: bot.Danger, Conv: "c", At: h.now, Due: h.now, Words: "I cannot go on"})
	sees := func(who desk.Who, kind string) string {
		t.Helper()
		w, err := h.desk.Work(h.ctx, who, desk.Filter{Kind: kind})
		h.must(err)
		var all []string
		for _, i := range w.Items {
			all = append(all, strings.TrimSpace(string(i.Task.Kind)+" "+string(i.Went)+" "+i.Task.Words))
		}
		if kind == "escalated" && w.Counts.Escalated != len(all) {
			t.Errorf("%d are counted, %d shown", w.Counts.Escalated, len(all))
		}
		return strings.Join(all, "; ")
	}
	for _, one := range []struct {
		after          time.Duration
		lead, guardian string
	}{
		{44 * time.Minute, "", ""},
		{time.Minute, "danger lead I cannot go on", ""},
		{30 * time.Minute, "danger guardian I cannot go on", "danger guardian I cannot go on"},
		{24 * time.Hour, "danger guardian I cannot go on; reply lead She wrote this", "danger guardian I cannot go on"},
		{7 * 24 * time.Hour, "danger guardian I cannot go on; reply guardian She wrote this", "danger guardian I cannot go on; reply guardian"},
	} {
		h.now = h.now.Add(one.after)
		if got := sees(lead, "escalated"); got != one.lead {
			t.Errorf("after %v the lead sees %q", one.after, got)
		}
		if got := sees(guardian, "escalated"); got != one.guardian || got != sees(guardian, "") {
			t.Errorf("after %v the guardian sees %q", one.after, got)
		}
		if got := sees(handler, "escalated"); got != "" {
			t.Errorf("to the handler went %q", got)
		}
	}
	h.task(bot.StaffTask{ID: "d/danger", Kind: bot.Danger, Conv: "d", At: h.now, Due: h.now.Add(time.Hour)})
	h.must(h.desk.Take(h.ctx, handler, desk.Form{}, named("d/danger")))
	h.now = h.now.Add(2 * time.Hour)
	if got := sees(guardian, "escalated"); got != "danger guardian I cannot go on; reply guardian" {
		t.Errorf("what somebody has taken goes on: %q", got)
	}
	h.must(h.desk.FinishTask(h.ctx, handler, desk.Form{}, named("d/danger"), "Rang her"))
	h.must(h.desk.Bar(h.ctx, lead, late, desk.Form{}, guardian.Member, true))
	if got := sees(guardian, ""); got != "danger guardian I cannot go on" {
		t.Errorf("a guardian who is named in it sees %q", got)
	}
	h.must(h.desk.Take(h.ctx, guardian, desk.Form{}, named("c/danger")))
	if got := sees(lead, "escalated"); got != "danger guardian I cannot go on; reply guardian She wrote this" {
		t.Errorf("taken, and long overdue: %q", got)
	}
}

// alerts are what tells of danger, as somebody's list has it.
func (h *house) alerts(who desk.Who) ([]desk.Item, error) {
	w, err := h.desk.Work(h.ctx, who, desk.Filter{Kind: "danger"})
	return w.Items, err
}

// named is the name of a task that has no case: its id would tell staff which belong to
// one person.
func named(id string) string { return desk.TaskName(bot.StaffTask{ID: id}) }

// Who sees an alert takes it, and nobody else does; who may not see it learns nothing.
func TestAlertsAreTaken(t *testing.T) {
	h := open(t)
	ref := h.put(bot.Case{})
	h.task(bot.StaffTask{Kind: bot.Danger, Case: ref, At: h.now, Due: h.now})
	h.task(bot.StaffTask{ID: "c/danger", Kind: bot.Danger, Conv: "c", At: h.now, Due: h.now, Words: "I cannot go on"})
	alerts, err := h.alerts(handler)
	if err != nil || len(alerts) != 2 {
		t.Fatalf("%d alerts, %v", len(alerts), err)
	}
	task := string(ref) + "/danger"
	h.refused(h.desk.Take(h.ctx, recorder, desk.Form{}, task), bot.RejectNoCase, "by who sees no case")
	h.refused(h.desk.Take(h.ctx, guardian, desk.Form{}, task), bot.RejectNoCase, "by a guardian, before it went on")
	h.must(h.desk.Take(h.ctx, handler, desk.Form{}, task))
	h.refused(h.desk.Take(h.ctx, lead, desk.Form{}, task), bot.RejectTaken, "by another")
	h.refused(h.desk.FinishTask(h.ctx, handler, desk.Form{}, task, " "), bot.RejectEmpty, "without a word")
	h.must(h.desk.FinishTask(h.ctx, handler, desk.Form{}, task, "She is with her sister"))
	h.must(h.desk.FinishTask(h.ctx, lead, desk.Form{}, named("c/danger"), "Rang 999"))
	h.refused(h.desk.FinishTask(h.ctx, lead, desk.Form{}, named("c/danger"), "Rang 999"), bot.RejectNoCase, "twice")
	if alerts, err := h.alerts(handler); err != nil || len(alerts) != 0 {
		t.Errorf("%d alerts are left, %v", len(alerts), err)
	}
	if v := h.look(handler, ref); len(v.Timeline) != 1 || v.Timeline[0].Text != "She is with her sister" {
		t.Errorf("timeline %+v", v.Timeline)
	}
}

// An alert that came up while somebody wrote leads to the case once there is one, and
// is kept from who is barred from it.
func TestAnAlertOfADraftIsOnItsCase(t *testing.T) {
	h := open(t)
	ref := h.put(bot.Case{Barred: []bot.MemberID{lead.Member}})
	h.task(bot.StaffTask{ID: "c/danger", Kind: bot.Danger, Conv: "c", Draft: ref, At: h.now, Due: h.now, Words: "I cannot go on"})
	alerts, err := h.alerts(handler)
	if err != nil || len(alerts) != 1 || alerts[0].Case == nil || alerts[0].Case.Ref != ref {
		t.Errorf("the list: %+v, %v", alerts, err)
	}
	if v := h.look(handler, ref); len(v.Tasks) != 1 {
		t.Errorf("the case has %d tasks", len(v.Tasks))
	}
	if alerts, err = h.alerts(lead); err != nil || len(alerts) != 0 {
		t.Errorf("who is barred sees %+v, %v", alerts, err)
	}
	h.refused(h.desk.FinishTask(h.ctx, lead, desk.Form{}, named("c/danger"), "Rang"), bot.RejectNoCase, "by who is barred")
}

// An alert must reach somebody, each time somebody more; a letter is read by others.
func TestWhoIsToldOfAnAlert(t *testing.T) {
	h := open(t)
	mail, texts := &letters{}, []string{}
	h.member("lead@example.org", "Ade Lewis", desk.Lead)
	h.member("guardian@example.org", "Grace", desk.Guardian)
	h.member("sam@example.org", "Sam Reed", desk.Handler)
	gone := h.member("gone@example.org", "Gone", desk.Lead)
	h.must(h.desk.Disable(h.ctx, desk.Operator(), gone.Member, true))
	h.member("nowhere", "No Address", desk.Lead)
	d := h.with(func(o *desk.Options) {
		o.Mail, o.Site = mail, "https://heard.example.org/desk/hospital"
		o.Urgent = desk.Urgent{Email: "night@example.org", Numbers: []string{"+447700900999"}, Text: func(_ context.Context, number, text string) error {
			texts = append(texts, number+": "+text)
			return nil
		}}
	})
	const one, two = ": 1 alert waits at the desk", ": 2 alerts wait at the desk"
	for _, step := range []struct {
		u    bot.Untaken
		want string
	}{
		{bot.Untaken{Step: 1, Number: 1, Since: h.now}, "night@example.org" + one},
		{bot.Untaken{Step: 2, Number: 1, Since: h.now}, "lead@example.org" + one + "; night@example.org" + one},
		{bot.Untaken{Step: 3, Number: 2, Since: h.now}, "guardian@example.org" + two + "; lead@example.org" + two + "; night@example.org" + two},
	} {
		h.must(d.TellUntaken(h.ctx, step.u))
		if got := mail.took(); got != step.want {
			t.Errorf("step %d: %q", step.u.Step, got)
		}
	}
	if len(texts) != 3 || !strings.HasSuffix(texts[0], "since 10:00. https://heard.example.org/desk/hospital/work?kind=danger") {
		t.Errorf("texts %q", texts)
	}
	mail.broken = "lead@example.org"
	h.must(d.TellUntaken(h.ctx, bot.Untaken{Step: 2, Number: 1, Since: h.now}))
	alone := h.with(func(o *desk.Options) { o.Mail = mail })
	mail.took()
	if err := alone.TellUntaken(h.ctx, bot.Untaken{Step: 1, Number: 1, Since: h.now}); err == nil || strings.Contains(err.Error(), "@") {
		t.Errorf("nobody was reached: %v", err)
	}
	mail.broken = ""
	h.must(alone.TellUntaken(h.ctx, bot.Untaken{Step: 1, Number: 1, Since: h.now}))
	if got := mail.took(); got != "lead@example.org"+one {
		t.Errorf("without an address for alerts: %q", got)
	}
}

// One letter a morning, of what is one's own to do; and none of it says who complains.
func TestWhatIsOverdueIsToldOnceADay(t *testing.T) {
	h := open(t)
	mail := &letters{}
	d := h.with(func(o *desk.Options) { o.Mail, o.Site = mail, "https://heard.example.org/desk/hospital" })
	sam := h.member("sam@example.org", "Sam Reed", desk.Handler)
	h.member("lead@example.org", "Ade Lewis", desk.Lead)
	h.member("idle@example.org", "Idle", desk.Handler)
	ref := h.put(bot.Case{Assigned: sam.Member, Handler: "Sam Reed", Privacy: bot.PrivacyNamed, Fields: secrets})
	h.task(bot.StaffTask{Kind: bot.ReadReply, Case: ref, Due: h.now.Add(-time.Hour), Words: "She wrote this"})
	h.task(bot.StaffTask{Kind: bot.CallPerson, Case: ref, Due: h.now.AddDate(0, 0, -2)})
	h.task(bot.StaffTask{Kind: bot.Dispute, Case: ref, Due: h.now.AddDate(0, 0, 2)})
	mail.broken = "lead@example.org"
	if err := d.TellOverdue(h.ctx); err == nil {
		t.Error("the lead could not be told, and that is no error")
	}
	mail.broken = ""
	for range 2 {
		h.must(d.TellOverdue(h.ctx))
		h.must(h.with(func(o *desk.Options) { o.Mail = mail }).TellOverdue(h.ctx))
	}
	if got := mail.took(); got != "lead@example.org: 1 task is overdue; sam@example.org: 2 tasks are overdue" {
		t.Errorf("told %q", got)
	}
	for _, body := range mail.bodies {
		for _, secret := range []string{string(ref), "Griffiths", "Ward 6", "900123", "wrote this"} {
			if strings.Contains(body, secret) {
				t.Errorf("a letter says %q", secret)
			}
		}
		if !strings.Contains(body, "https://heard.example.org/desk/hospital/work?kind=") {
			t.Errorf("a letter leads nowhere: %q", body)
		}
	}
	h.now = h.now.AddDate(0, 0, 1)
	h.must(d.TellOverdue(h.ctx))
	if got := mail.took(); got != "lead@example.org: 2 tasks are overdue; sam@example.org: 2 tasks are overdue" {
		t.Errorf("the next day: %q", got)
	}
}

// Somebody is on holiday, and a person waits three weeks for an answer that a colleague
// could have given.
func TestCover(t *testing.T) {
	h := open(t)
	sam := h.member("sam@example.org", "Sam Reed", desk.Handler)
	ade := h.member("ade@example.org", "Ade Lewis", desk.Handler)
	bo := h.member("bo@example.org", "Bo", desk.Handler)
	ref := h.put(bot.Case{Assigned: sam.Member, Handler: "Sam Reed"})
	h.task(bot.StaffTask{Kind: bot.ReadReply, Case: ref, Due: h.now.Add(-time.Hour)})
	mine := func(who desk.Who) int {
		t.Helper()
		w, err := h.desk.Work(h.ctx, who, desk.Filter{Handler: "me"})
		h.must(err)
		l, err := h.desk.Cases(h.ctx, who, desk.Filter{Handler: "me"})
		h.must(err)
		if w.Total != w.Counts.Mine || l.Total != w.Total {
			t.Errorf("%s: %d tasks, %d counted, %d cases", who.Name, w.Total, w.Counts.Mine, l.Total)
		}
		return w.Total
	}
	day := 24 * time.Hour
	h.refused(h.desk.SetAway(h.ctx, sam, h.now, h.now.Add(-day), ade.Member), desk.RejectField, "until yesterday")
	h.refused(h.desk.SetAway(h.ctx, sam, h.now, h.now.Add(day), sam.Member), desk.RejectField, "covered by themselves")
	h.refused(h.desk.SetAway(h.ctx, sam, time.Time{}, h.now.Add(day), ade.Member), desk.RejectField, "from no day")
	h.must(h.desk.SetAway(h.ctx, sam, h.now.Add(day), h.now.Add(10*day), ade.Member))
	if mine(ade) != 0 || mine(sam) != 1 {
		t.Error("before they are away it is another's")
	}
	h.now = h.now.Add(day)
	if mine(ade) != 1 || mine(sam) != 1 || mine(bo) != 0 {
		t.Error("while they are away it is not their cover's")
	}
	if a, err := h.desk.Cover(h.ctx, sam.Member); err != nil || a == nil || a.Name != "Ade Lewis" {
		t.Errorf("covers: %+v, %v", a, err)
	}
	h.must(h.desk.SetAway(h.ctx, ade, h.now, h.now.Add(10*day), bo.Member))
	if mine(ade) != 0 || mine(bo) != 1 {
		t.Error("the cover is away too, and nobody does it")
	}
	if a, err := h.desk.Cover(h.ctx, sam.Member); err != nil || a == nil || a.Name != "Bo" {
		t.Errorf("covers: %+v, %v", a, err)
	}
	mail := &letters{}
	h.must(h.with(func(o *desk.Options) { o.Mail = mail }).TellOverdue(h.ctx))
	if got := mail.took(); got != "bo@example.org: 1 task is overdue" {
		t.Errorf("told %q", got)
	}
	h.must(h.desk.SetAway(h.ctx, bo, h.now, h.now.Add(10*day), sam.Member)) // round in a ring
	if mine(sam) != 1 {
		t.Error("all are away, and it is nobody's")
	}
	h.must(h.desk.Back(h.ctx, ade))
	if mine(ade) != 1 {
		t.Error("who is back covers no more")
	}
	h.now = h.now.Add(10 * day)
	if mine(bo) != 0 || mine(ade) != 0 || mine(sam) != 1 {
		t.Error("all are back, and it is still another's")
	}
}
