package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"heard/bot"
)

// Urgent is who is told of alerts that nobody at the desk takes.
type Urgent struct {
	Email   string                                               // empty: who leads is written to at once
	Numbers []string                                             // of staff, for texts
	Text    func(ctx context.Context, number, text string) error // nil: no text can be sent
}

// TellUntaken tells that alerts wait which nobody has taken: the address for alerts, and
// from the second time on those who lead, from the third the guardians. An error: nobody
// could be told. Neither e-mail nor text says anything of anybody.
func (d *Desk) TellUntaken(ctx context.Context, u bot.Untaken) error {
	since := u.Since.In(d.o.Provider.Calendar.Location).Format("15:04")
	subject := count(u.Number, "alert waits", "alerts wait") + " at the desk"
	body := fmt.Sprintf("%s at the desk of %s since %s, and nobody has taken it. Open the desk now:\n\n%s/work?kind=danger\n\nYou hear of it again each half hour until somebody has.\n",
		count(u.Number, "alert waits", "alerts wait"), d.o.Provider.Name, since, d.o.Site)
	to, err := d.alertedAt(ctx, u.Step)
	if err != nil {
		return err
	}
	var reached int
	var failed []error
	told := func(err error) {
		if err == nil {
			reached++
		} else {
			failed = append(failed, err)
		}
	}
	if d.o.Mail != nil {
		for _, address := range to {
			told(d.o.Mail.Send(ctx, address, subject, body))
		}
	}
	if d.o.Urgent.Text != nil {
		for _, number := range d.o.Urgent.Numbers {
			told(d.o.Urgent.Text(ctx, number, subject+" since "+since+". "+d.o.Site+"/work?kind=danger"))
		}
	}
	if reached == 0 {
		return errors.Join(failed...)
	}
	for _, err := range failed { // told again to all others, they would stop reading
		d.o.Log.LogAttrs(ctx, slog.LevelWarn, "somebody could not be told of an alert", slog.String("error", err.Error()))
	}
	return nil
}

// alertedAt are the addresses that are written to at a step.
func (d *Desk) alertedAt(ctx context.Context, step int) (to []string, err error) {
	if d.o.Mail == nil {
		return nil, nil
	}
	if d.o.Urgent.Email != "" {
		to = append(to, d.o.Urgent.Email)
	}
	all, err := d.members(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		leads := m.who().May(GiveOut) && (step >= 2 || d.o.Urgent.Email == "")
		guards := m.who().May(SeeGuarded) && step >= 3
		if address := m.address(); address != "" && (leads || guards) && !slices.Contains(to, address) {
			to = append(to, address)
		}
	}
	return to, nil
}

// address is where a member can be written to; empty: nowhere.
func (m Member) address() string {
	if m.Disabled || !strings.Contains(m.Login, "@") {
		return ""
	}
	return m.Login
}

// drawerTold holds whom it was told today what is overdue.
const drawerTold = "told"

// toldFor is how long that is remembered: longer than the day, whatever the clocks.
const toldFor = 48 * time.Hour

// TellOverdue writes to each member of whose work something is overdue, or to whom
// something went on: once a day, whatever instance does it. One whom it could not be
// told is an error, and is told when it is called again.
func (d *Desk) TellOverdue(ctx context.Context) error {
	if d.o.Mail == nil {
		return nil
	}
	members, err := d.members(ctx)
	if err != nil {
		return err
	}
	aways, err := d.Aways(ctx)
	if err != nil {
		return err
	}
	late, err := d.late(ctx)
	if err != nil {
		return err
	}
	now := d.o.Now()
	var failed []error
	for _, m := range members {
		if a := aways[m.ID]; m.address() == "" || a.on(now) {
			continue
		}
		who, err := d.withCovered(ctx, m.who())
		if err != nil {
			return err
		}
		if own, went := late.of(who); own+went > 0 {
			failed = append(failed, d.once(ctx, now, m, func() error {
				return d.o.Mail.Send(ctx, m.address(), overdueSubject(own+went), d.overdueBody(own, went))
			}))
		}
	}
	return errors.Join(failed...)
}

// once does something for a member once a day.
func (d *Desk) once(ctx context.Context, now time.Time, m Member, do func() error) error {
	id := now.In(d.o.Provider.Calendar.Location).Format(time.DateOnly) + "/" + string(m.ID)
	err := d.o.Store.Put(ctx, d.o.Provider.ID, drawerTold, bot.Drawn{ID: id}, toldFor)
	if errors.Is(err, bot.ErrConflict) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := do(); err != nil {
		return errors.Join(err, d.o.Store.Drop(ctx, d.o.Provider.ID, drawerTold, id))
	}
	return nil
}

// lateTask is what is overdue, as far as it matters whose it is.
type lateTask struct {
	item Item
	c    *bot.Case // nil: there is none
}

type lateTasks []lateTask

// late are all tasks that are overdue.
func (d *Desk) late(ctx context.Context) (all lateTasks, err error) {
	now := d.days()
	err = d.index.now(ctx, func(s snapshot) error {
		for _, t := range s.due {
			if now.After(t.Due) {
				i := d.item(t, s.cases[t.About()], now)
				i.Went = escalated(t, now)
				all = append(all, lateTask{i, s.cases[t.About()]})
			}
		}
		return nil
	})
	return all, err
}

// of counts what is somebody's, and what went on to them of others' work.
func (l lateTasks) of(who Who) (own, went int) {
	for _, one := range l {
		switch {
		case !maySeeTask(who, one.item.Task, one.c, one.item.Went):
		case one.c != nil && who.does(one.c.Assigned):
			own++
		case reaches(one.item.Went, who):
			went++
		}
	}
	return own, went
}

func overdueSubject(n int) string { return count(n, "task is overdue", "tasks are overdue") }

func (d *Desk) overdueBody(own, went int) string {
	var b strings.Builder
	if own > 0 {
		fmt.Fprintf(&b, "%s at the desk of %s: your own, or of somebody whose work you do.\n\n%s/work?kind=overdue&handler=me\n\n",
			count(own, "task is overdue", "tasks are overdue"), d.o.Provider.Name, d.o.Site)
	}
	if went > 0 {
		fmt.Fprintf(&b, "%s on to you at the desk of %s, since nobody has done them.\n\n%s/work?kind=escalated\n\n",
			count(went, "task went", "tasks went"), d.o.Provider.Name, d.o.Site)
	}
	b.WriteString("You get this once each working day, as long as something is overdue.\n")
	return b.String()
}

func count(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
