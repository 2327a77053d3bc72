package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

func (p *pages) taskRoutes() {
	p.page("GET /task", "", func(v *visit) error { return p.taskPage(v, v.r.URL.Query().Get("task"), faults{}) })
	p.page("POST /task/take", "", p.takeTask)
	p.page("POST /task/done", "", p.taskDone)
	p.page("POST /task/again", desk.Answer, p.replay)
	p.page("POST /task/number", desk.Answer, p.number)
}

// taskView is one thing that needs a person, as its template reads it.
type taskView struct {
	desk.Item
	Root    string
	Name    string // of the task, in forms and addresses
	What    string // what is to be done
	Left    string // "2 working days left"
	Speaks  string // the language of who it is about
	Seen    int64  // which state of it this is
	Steps   []step
	Mine    bool   // who looks has taken it
	May     bool   // who looks may see to it
	Plain   bool   // it ends with a word about what was done
	Again   bool   // what was put aside can be sent through again
	Number  string // to call, where it was asked for
	How     string // what was typed and not taken
	Covered bool   // who looks does the work of whose it is
	N       int    // tells the fields of several on a page apart
}

// step is where something that needs a person is done.
type step struct{ Path, Name string }

// taskOf is one as somebody sees it, the nth of a page.
func (p *pages) taskOf(v *visit, i desk.Item, n int) taskView {
	t := taskView{
		Item: i, Root: p.root, Name: desk.TaskName(i.Task), What: taskName(i.Task.Kind), Left: daysLeft(i.DaysLeft, i.Overdue),
		Seen: i.Task.At.UnixMilli(), Mine: i.Task.Owner != "" && i.Task.Owner == v.who.Member,
		May: v.who.May(desk.Answer) || v.who.May(desk.SeeGuarded), Plain: endsByWord(i.Task.Kind), N: n,
		Again: len(i.Task.Aside) > 0 && v.who.May(desk.Answer),
	}
	if i.Danger {
		t.Left = since(p.o.Now().Sub(i.Task.At))
	}
	if i.Case != nil {
		t.Speaks = p.languageName(i.Case.Language)
	}
	if hook, is := strings.CutPrefix(i.Task.ID, bot.WebhookTask("")); is {
		t.May, t.Steps = true, []step{{p.root + "/webhooks/" + hook, "See why, and send it again"}} // who may not, does not see it
	}
	if i.Case != nil && v.who.May(desk.Answer) {
		t.Steps = stepsOf(i.Task, p.root+"/cases/"+string(i.Case.Ref))
	}
	return t
}

// since says how long ago something came that cannot wait for a day.
func since(d time.Duration) string {
	switch n := int(d.Minutes()); {
	case n < 1:
		return "just now"
	case n == 1:
		return "a minute ago"
	case n < 120:
		return fmt.Sprintf("%d minutes ago", n)
	case n < 48*60:
		return fmt.Sprintf("%d hours ago", n/60)
	default:
		return fmt.Sprintf("%d days ago", n/60/24)
	}
}

// Address is the page of the task.
func (t taskView) Address() string { return t.Root + "/task?task=" + url.QueryEscape(t.Name) }

// endsByWord tells whether a task ends when somebody says what was done about it. Others
// end by what tells the person, and by nothing else.
func endsByWord(k bot.StaffTaskKind) bool {
	switch k {
	case bot.Acknowledge, bot.KeepPromise, bot.SignOutcome:
		return false
	}
	return true
}

// stepsOf are where a task about a case is done; at is the address of the case.
func stepsOf(t bot.StaffTask, at string) []step {
	write := step{at + "#answer", "Write to them"}
	told := step{at + "/told", "It was told another way"}
	switch t.Kind {
	case bot.Acknowledge:
		return []step{{at + "?open=acknowledge#acknowledge", "Acknowledge it"}}
	case bot.NoNewsYet, bot.ReadReply, bot.NeedsPerson, bot.CallBefore, bot.AskedErasure:
		return []step{write}
	case bot.Dispute:
		return []step{write, {at + "/outcome", "Write a new outcome"}}
	case bot.SignOutcome:
		return []step{{at + "/outcome/check", "Read and sign it"}}
	case bot.UnopenedOutcome:
		return []step{write, told}
	case bot.ArrangeOutcome:
		return []step{{at + "/letter", "Print the letter"}, told}
	case bot.AskedWithdraw, bot.ReleaseNews:
		return []step{{at + "?open=ended#ended", "Confirm it, or go on"}}
	case bot.KeepPromise:
		return []step{{at + "/actions/" + t.ID[strings.LastIndex(t.ID, "/")+1:], "It is done: tell the people"}}
	}
	return nil
}

// taskPage shows one task, with what is wrong with its form.
func (p *pages) taskPage(v *visit, name string, wrong faults) error {
	i, err := p.desk.Task(v.r.Context(), v.who.Who, name)
	if err != nil {
		return err
	}
	t := p.taskOf(v, i, 0)
	t.How = v.text("how")
	if len(wrong.All) > 0 {
		return v.again("task", t.What, t, wrong)
	}
	return v.show("task", t.What, t)
}

func (p *pages) takeTask(v *visit) error {
	name := v.text("task")
	var wrong faults
	if wrong.take(p.desk.Take(v.r.Context(), v.who.Who, v.form(), name)) {
		return v.back("/task?task="+url.QueryEscape(name), "It is yours. Nobody else is called about it now.")
	}
	return p.taskAgain(v, name, wrong)
}

// taskDone ends a task, and leads to its case, or to what needs somebody next.
func (p *pages) taskDone(v *visit) error {
	name := v.text("task")
	var wrong faults
	if v.text("how") == "" {
		wrong.add("how", "Say in a few words what was done about it.")
	} else if wrong.takeBeside(p.desk.FinishTask(v.r.Context(), v.who.Who, v.form(), name, v.text("how")), "how") {
		if ref := readRef(v.text("case")); ref != "" {
			return v.back("/cases/"+string(ref), "Done, and noted.")
		}
		return v.back("/work", "Done, and noted.")
	}
	return p.taskAgain(v, name, wrong)
}

// taskAgain shows a task whose form was not done. One that is gone was done already, by
// a second press or by somebody else.
func (p *pages) taskAgain(v *visit, name string, wrong faults) error {
	if wrong.code == http.StatusNotFound {
		return v.back("/work", "That was done already.")
	}
	return p.taskPage(v, name, wrong)
}

// replay sends what was put aside through again.
func (p *pages) replay(v *visit) error {
	name := v.text("task")
	var wrong faults
	if wrong.take(p.desk.Replay(v.r.Context(), v.who.Who, v.form(), name)) {
		return v.back("/work", "It was sent through. The person is answered as if it had just come.")
	}
	return p.taskAgain(v, name, wrong)
}

// number shows the number to call, which is in no address and no log.
func (p *pages) number(v *visit) error {
	number, err := p.desk.ShowPhone(v.r.Context(), v.who.Who, v.text("task"))
	if err != nil {
		return err
	}
	i, err := p.desk.Task(v.r.Context(), v.who.Who, v.text("task"))
	if err != nil {
		return err
	}
	t := p.taskOf(v, i, 0)
	t.Number = number
	return v.show("task", t.What, t)
}
