package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"heard/bot"
)

// pager notes whom it was asked to reach.
type pager struct {
	mu      sync.Mutex
	calls   []string
	failing bool
}

func (p *pager) Untaken(_ context.Context, _ bot.ProviderID, u bot.Untaken) error {
	return p.note(fmt.Sprintf("step %d, %d", u.Step, u.Number))
}

func (p *pager) Overdue(context.Context, bot.ProviderID) error { return p.note("overdue") }

func (p *pager) note(call string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failing {
		return errors.New("no mail server")
	}
	p.calls = append(p.calls, call)
	return nil
}

// took are the calls since it was asked last.
func (p *pager) took() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := strings.Join(p.calls, "; ")
	p.calls = nil
	return all
}

// paged is a world whose staff can be reached, at the desk in some hours.
func paged(t *testing.T, staffed bot.Hours) (*world, *pager) {
	t.Helper()
	w, p := onEmbedded(t), new(pager)
	w.bot = w.newBotWith(w.store, librarySet(t), func(o *bot.Options) {
		o.Pager = p
		o.Providers[0].Staffed = staffed
	})
	return w, p
}

func (w *world) rings(p *pager, after time.Duration, want string) {
	w.t.Helper()
	w.pass(w.clock.Now().Add(after), time.Minute)
	if got := p.took(); got != want {
		w.t.Errorf("after %v: told %q, want %q", after, got, want)
	}
}

func (w *world) taskOf(kind bot.StaffTaskKind) string {
	w.t.Helper()
	task := w.task(kind)
	if task == nil {
		w.t.Fatalf("there is no task %q", kind)
	}
	return task.ID
}

// What was alarming in a draft is about the case once it is sent: staff who read the
// alert find the case, and the case says what was done about the alert.
func TestAnAlertLeadsToWhatIsSentLater(t *testing.T) {
	for _, sent := range []bool{true, false} {
		w := onEmbedded(t)
		w.tell(daughter)
		w.say(daughter, "He hit me and I am scared he will kill me")
		task := w.task(bot.Danger)
		if task == nil || task.Case != "" || task.About() != w.view(daughter).Conversation.Case {
			t.Fatalf("the alert of a draft is about %+v", task)
		}
		ref := task.About()
		if sent {
			for _, words := range []string{"No", "done", "skip", "Nobody", "Send"} {
				w.say(daughter, words)
			}
			w.caseOf(daughter)
		}
		w.must(w.bot.FinishTask(w.ctx, hospital, task.ID, samSays, "Rang the ward"))
		if w.task(bot.Danger) != nil {
			t.Error("it was seen to, and is still there")
		}
		c, _, err := w.store.Case(w.ctx, hospital, ref)
		w.must(err)
		entries, err := w.desk.Timeline(w.ctx, hospital, c)
		w.must(err)
		noted := slices.ContainsFunc(entries, func(e bot.Entry) bool { return e.Kind == bot.Noted && e.Text == "Rang the ward" })
		if noted != sent {
			t.Errorf("sent %v: what was done is on the case: %v", sent, noted)
		}
	}
}

// Somebody writes that they want to die, and the desk is empty: they must not wait
// until morning. Once somebody has it, nobody else is woken.
func TestAnAlertThatNobodyTakes(t *testing.T) {
	w, p := paged(t, bot.Hours{})
	w.say(daughter, "I want to kill myself")
	w.rings(p, 14*time.Minute, "")
	w.rings(p, 2*time.Minute, "step 1, 1")
	w.rings(p, 30*time.Minute, "step 2, 1")
	w.rings(p, 30*time.Minute, "step 3, 1")
	w.rings(p, 2*time.Hour, "step 4, 1; step 5, 1; step 6, 1; step 7, 1")
	if err := w.bot.Take(w.ctx, hospital, w.taskOf(bot.Danger), samSays); err != nil {
		t.Fatal(err)
	}
	if task := w.task(bot.Danger); task.Owner != samSays.Member || task.OwnedBy != "Sam" || task.Words == "" {
		t.Errorf("taken: %+v", task)
	}
	w.rings(p, 3*time.Hour, "")
	w.say(daughter, "I want to kill myself") // asked whether somebody is in danger now
	w.rings(p, 16*time.Minute, "step 1, 1")
	for _, kind := range []bot.StaffTaskKind{bot.Danger, bot.ConfirmedDanger} {
		if err := w.bot.FinishTask(w.ctx, hospital, w.taskOf(kind), samSays, "Spoke with her, she is with her sister"); err != nil {
			t.Fatal(err)
		}
		if w.task(kind) != nil {
			t.Error("it was seen to, and is still there")
		}
	}
	w.rings(p, 3*time.Hour, "")
	lines, err := w.desk.AuditTrail(w.ctx, hospital, 1, 10)
	if err != nil || len(lines) != 3 || lines[0].Record.Did != "take a task" || lines[1].Record.Member != samSays.Member || !strings.Contains(lines[1].Record.Reason, "Spoke with her") {
		t.Errorf("the audit log: %+v, %v", lines, err)
	}
}

// At night nobody is at the desk, and a quarter of an hour is lost by waiting for them.
func TestAnAlertWhenNobodyIsAtTheDesk(t *testing.T) {
	w, p := paged(t, bot.Hours{From: 8 * time.Hour, To: 18 * time.Hour})
	evening := w.clock.Now().In(england(t).Location)
	w.clock.Advance(time.Date(evening.Year(), evening.Month(), evening.Day(), 20, 0, 0, 0, evening.Location()).Sub(w.clock.Now()))
	w.say(daughter, "I want to kill myself")
	w.rings(p, time.Minute, "step 1, 1")
	w.clock.Advance(13 * time.Hour)
	w.wake(w.bot)
	p.took()
	w.say(neighbor, "I want to kill myself")
	w.rings(p, 10*time.Minute, "")
	w.rings(p, 6*time.Minute, "step 1, 1")
}

// A mail server that is down for a while must not use up the steps.
func TestNobodyCouldBeTold(t *testing.T) {
	w, p := paged(t, bot.Hours{})
	w.say(daughter, "I want to kill myself")
	p.failing = true
	w.rings(p, 20*time.Minute, "")
	p.failing = false
	w.rings(p, 2*time.Minute, "step 1, 1")
	if !strings.Contains(w.log.String(), "nobody could be told of an alert") {
		t.Error("whoever runs it does not learn that")
	}
}

// meeting has two readers wait for each other, so that each has read before either
// writes.
type meeting struct {
	bot.Moves
	read *atomic.Int64
	both chan struct{} // closed when two have read
}

func (m meeting) Tasks(ctx context.Context, p bot.ProviderID, ids []string) ([]bot.StaffTask, error) {
	tasks, err := m.Moves.Tasks(ctx, p, ids)
	if m.read.Add(1) == 2 {
		close(m.both)
	}
	<-m.both
	return tasks, err
}

// Two nurses who both think that they have it, or that the other has it.
func TestTwoTakeTheSameAlert(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.say(daughter, "I want to kill myself")
		task := w.taskOf(bot.Danger)
		w.bot = w.newBotWith(w.store, librarySet(t), func(o *bot.Options) { o.Moves = meeting{o.Moves, new(atomic.Int64), make(chan struct{})} })
		var wg sync.WaitGroup
		var errs [2]error
		for i, by := range []bot.By{samSays, ade} {
			wg.Go(func() { errs[i] = w.bot.Take(w.ctx, hospital, task, by) })
		}
		wg.Wait()
		winner := slices.Index(errs[:], nil)
		if winner < 0 || errs[1-winner] == nil {
			t.Fatalf("both have it, or neither: %v", errs)
		}
		w.rejected(errs[1-winner], bot.RejectTaken, "the other")
		if got := w.task(bot.Danger).Owner; got != []bot.MemberID{samSays.Member, ade.Member}[winner] {
			t.Errorf("it is %q's", got)
		}
		if err := w.bot.Take(w.ctx, hospital, task, []bot.By{samSays, ade}[winner]); err != nil {
			t.Errorf("taken again by who has it: %v", err)
		}
		w.rejected(w.bot.Take(w.ctx, hospital, "nothing/danger", samSays), bot.RejectNoCase, "what is not there")
	})
}

// Two instances, and one that dies after it has told: nobody is told three times.
func TestAnAlertIsToldByOneInstance(t *testing.T) {
	w, p := paged(t, bot.Hours{})
	w.say(daughter, "I want to kill myself")
	w.clock.Advance(16 * time.Minute)
	leases, err := w.store.LeaseTimers(w.ctx, hospital, 64)
	if err != nil {
		t.Fatal(err)
	}
	if more, err := w.store.LeaseTimers(w.ctx, hospital, 64); err != nil || len(more) != 0 {
		t.Fatalf("another instance leases %d, %v", len(more), err)
	}
	for range 2 {
		for _, l := range leases {
			if err := w.bot.Wake(w.ctx, l); err != nil && !errors.Is(err, bot.ErrFenced) {
				t.Fatal(err)
			}
		}
	}
	if got := p.took(); got != "step 1, 1; step 1, 1" {
		t.Errorf("told %q", got) // the second had lost its lease before it began, which only its commit finds
	}
	w.rings(p, 29*time.Minute, "")
}

// An alert goes with its person to another phone, and is not forgotten there.
func TestAnAlertMovesWithItsPerson(t *testing.T) {
	w, p := paged(t, bot.Hours{})
	w.say(daughter, "I want to kill myself")
	w.say(daughter, "no")
	w.writes(whatsApp, "MOVE "+w.asks(sms))
	if task := w.task(bot.Danger); task == nil || task.Conv != w.at(whatsApp).Conversation.ID {
		t.Fatal("the alert did not move")
	}
	w.rings(p, 16*time.Minute, "step 1, 1")
	w.rings(p, 31*time.Minute, "step 2, 1")
}

// Staff who are told every hour stop reading; who is told on Sunday is not at work.
func TestMornings(t *testing.T) {
	w, p := paged(t, bot.Hours{})
	for range 2 { // every instance begins it
		if err := w.bot.BeginMornings(w.ctx); err != nil {
			t.Fatal(err)
		}
	}
	london := england(t).Location
	start := w.clock.Now().In(london)
	var days []string
	for range 7 * 24 {
		w.later(time.Hour)
		if got := p.took(); got != "" {
			days = append(days, w.clock.Now().In(london).Format("Mon 15"))
		}
	}
	for _, d := range days[1:] { // the first is when it begins
		if strings.HasPrefix(d, "Sat") || strings.HasPrefix(d, "Sun") || !strings.HasSuffix(d, " 08") {
			t.Errorf("staff are told on %s", d)
		}
	}
	if len(days) < 5 || len(days) > 6 {
		t.Errorf("from %v, told on %q", start, days)
	}
	p.failing = true
	w.pass(w.clock.Now().Add(3*day), time.Hour)
	p.failing = false
	w.rings(p, 11*time.Minute, "overdue")
}
