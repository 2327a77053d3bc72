package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heard/bot"
	"heard/bot/dispatch"
	"heard/channels"
)

// marks are watermarks and guards in memory, by the bubble's clock.
type marks struct {
	mu          sync.Mutex
	mark, whole time.Time
	seen        map[channels.MessageID]bool
	holder      string
	until       time.Time
	down        error
}

func (m *marks) Watermark(_ context.Context, _ bot.ProviderID, s channels.Sender) (time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s != smsFrom {
		return m.whole, m.down
	}
	return m.mark, m.down
}

func (m *marks) MoveWatermark(_ context.Context, _ bot.ProviderID, s channels.Sender, to time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s != smsFrom {
		m.whole = to
	} else {
		m.mark = to
	}
	return m.down
}

func (m *marks) Seen(_ context.Context, _ bot.ProviderID, ids []channels.MessageID) ([]bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	seen := make([]bool, len(ids))
	for i, id := range ids {
		seen[i] = m.seen[id]
	}
	return seen, m.down
}

func (m *marks) Guard(_ context.Context, _ bot.ProviderID, _, instance string, ttl time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down != nil || m.holder != "" && m.holder != instance && time.Now().Before(m.until) {
		return false, m.down
	}
	m.holder, m.until = instance, time.Now().Add(ttl)
	return true, nil
}

func (m *marks) take(id channels.MessageID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen[id] = true
}

func (m *marks) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = err
}

func (m *marks) at() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mark
}

// list is a provider's list, and who asked for it since when.
type list struct {
	mu    sync.Mutex
	all   []channels.Inbound
	after int // messages before it breaks off; 0: it does not
	asked []time.Time
	files []channels.MessageID // whose files were asked for
	gone  error                // what is said then
}

var errBroken = errors.New("the list broke off")

func (l *list) List(_ context.Context, _ channels.Sender, since time.Time, yield func(channels.Inbound) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, since)
	for i, m := range l.all {
		if l.after > 0 && i == l.after {
			return errBroken
		}
		if err := yield(m); err != nil {
			return err
		}
	}
	return nil
}

func (l *list) Files(_ context.Context, in channels.Inbound) (channels.Inbound, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.files = append(l.files, in.ID)
	in.Unlisted = false
	return in, l.gone
}

func (l *list) times() []time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.asked)
}

func (l *list) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.asked)
}

// took notes what was received, and marks it as seen, as the store does.
type took struct {
	mu    sync.Mutex
	marks *marks
	ids   []channels.MessageID
	fail  error
}

func (r *took) receive(_ context.Context, _ bot.ProviderID, in channels.Inbound) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail != nil {
		return r.fail
	}
	r.ids = append(r.ids, in.ID)
	r.marks.take(in.ID)
	return nil
}

func listed(n int) *list {
	l := new(list)
	for i := range n {
		l.all = append(l.all, channels.Inbound{ID: channels.MessageID(fmt.Sprint("tw:", i))})
	}
	return l
}

func (l *list) ids() []channels.MessageID {
	var all []channels.MessageID
	for _, m := range l.all {
		all = append(all, m.ID)
	}
	return all
}

func run(t *testing.T, o dispatch.InboxOptions) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = dispatch.NewInboxes(o).Run(ctx) // ends with its context
	}()
	return func() {
		cancel()
		<-ended
	}
}

func options(m *marks, l *list, r *took) dispatch.InboxOptions {
	return dispatch.InboxOptions{
		Marks: m, Instance: "a", Receive: r.receive,
		Inboxes: []dispatch.Inbox{{Provider: hospital, Sender: smsFrom, Lister: l}},
	}
}

// Each photo costs a request: only those that no webhook brought are asked for. One
// that cannot be had now is not passed over.
func TestFilesAreAskedForOnlyWhereTheyAreNeeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &marks{mark: time.Now(), seen: map[channels.MessageID]bool{"tw:0": true, "tw:1": true, "tw:3": true}}
		l := listed(4)
		for i := range l.all {
			l.all[i].Unlisted = i != 1
		}
		l.gone = errBroken
		r := &took{marks: m}
		before := m.at()
		stop := run(t, options(m, l, r))
		defer stop()
		synctest.Wait()
		if m.at() != before || len(r.ids) != 0 {
			t.Errorf("a photo that could not be had was passed over: %v", r.ids)
		}
		l.mu.Lock()
		l.gone, l.files = nil, nil
		l.mu.Unlock()
		time.Sleep(time.Minute)
		synctest.Wait()
		l.mu.Lock()
		defer l.mu.Unlock()
		if want := []channels.MessageID{"tw:2"}; !slices.Equal(l.files, want) || !slices.Equal(r.ids, want) {
			t.Errorf("asked for the files of %v, and took %v; want %v", l.files, r.ids, want)
		}
	})
}

// A watermark that moves past a message that was not taken in loses it for good.
func TestTheWatermarkMovesOnlyByAWholeListing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &marks{mark: time.Now().Add(-3 * time.Hour), seen: map[channels.MessageID]bool{"tw:7": true}}
		before := m.mark
		l := listed(250)
		r := &took{marks: m}
		l.after = 220
		stop := run(t, options(m, l, r))
		defer stop()
		synctest.Wait()
		if m.at() != before {
			t.Error("moved by a list that broke off")
		}
		l.mu.Lock()
		l.after = 0
		l.mu.Unlock()
		r.mu.Lock()
		r.fail = errors.New("the store is down")
		r.mu.Unlock()
		time.Sleep(time.Minute)
		synctest.Wait()
		if m.at() != before {
			t.Error("moved past what was not taken in")
		}
		r.mu.Lock()
		r.fail = nil
		r.mu.Unlock()
		up := time.Now()
		time.Sleep(time.Minute)
		synctest.Wait()
		began := m.at()
		if began.Before(up) {
			t.Errorf("the watermark is %v, want the beginning of a listing after %v", began, up)
		}
		if want := slices.DeleteFunc(l.ids(), func(id channels.MessageID) bool { return id == "tw:7" }); !slices.Equal(r.ids, want) {
			t.Errorf("%d taken in, or not in order, or one that came by the webhook", len(r.ids))
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := l.times(); !got[0].Equal(before.Add(-time.Hour)) || !got[len(got)-1].Equal(began.Add(-2*time.Minute)) {
			t.Errorf("asked since %v: the lists do not overlap by an hour after a failure, and a little else", got)
		}
		time.Sleep(15 * time.Minute)
		synctest.Wait()
		if got := l.times(); !slices.ContainsFunc(got[len(got)-5:], func(at time.Time) bool { return time.Since(at) > time.Hour }) {
			t.Errorf("asked since %v: an hour is not listed again in a quarter of one", got)
		}
	})
}

// Two instances that list at once would be twice the load on a provider that
// limits it; none would be no inbox.
func TestOneInstanceListsAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &marks{seen: map[channels.MessageID]bool{}}
		first, second := listed(1), listed(1)
		r := &took{marks: m}
		stop := run(t, options(m, first, r))
		synctest.Wait()
		other := options(m, second, r)
		other.Instance = "b"
		stopOther := run(t, other)
		defer stopOther()
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if first.count() != 6 || second.count() != 0 {
			t.Errorf("listed %d and %d times", first.count(), second.count())
		}
		stop()
		time.Sleep(45 * time.Second)
		synctest.Wait()
		if second.count() == 0 {
			t.Error("nobody lists after the first has stopped")
		}
		if got := len(r.ids); got != 1 {
			t.Errorf("taken in %d times", got)
		}
	})
}

// An instance whose lease is lost must stop: another lists and polls by now.
func TestALostGuardStopsTheWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &marks{seen: map[channels.MessageID]bool{}}
		p := &poll{}
		o := options(m, listed(0), &took{marks: m})
		o.Inboxes[0].Lister, o.Inboxes[0].Poller = nil, p
		stop := run(t, o)
		defer stop()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if p.running() != 1 {
			t.Fatalf("%d polls while the guard is held", p.running())
		}
		m.fail(errors.New("the store is down"))
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if p.running() != 0 {
			t.Error("polls on without its guard")
		}
		m.fail(nil)
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if p.running() != 1 {
			t.Error("does not begin again")
		}
	})
}

// poll is a poller that counts itself.
type poll struct {
	mu sync.Mutex
	n  int
}

func (p *poll) Poll(ctx context.Context, _ channels.Take, _ channels.Refused, _ func(error)) error {
	p.add(1)
	<-ctx.Done()
	p.add(-1)
	return ctx.Err()
}

func (p *poll) add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n += n
}

func (p *poll) running() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.n
}

// A message that was answered 503 must not wait for the next round: its provider
// may not bring it again.
func TestSoonListsInAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &marks{seen: map[channels.MessageID]bool{}}
		l := listed(1)
		boxes := dispatch.NewInboxes(options(m, l, &took{marks: m}))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = boxes.Run(ctx) // ends with its context
		}()
		synctest.Wait()
		asked := func() int {
			l.mu.Lock()
			defer l.mu.Unlock()
			return len(l.asked)
		}
		before := asked()
		boxes.Soon()
		boxes.Soon()
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if now := asked(); now != before+1 {
			t.Errorf("listed %d times in five seconds, want once", now-before)
		}
		cancel()
		<-ended
	})
}

// What was down for an hour is told twice, when it began and when it ended, and not
// at each try.
func TestAnInboxThatIsNotReadIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, log := &marks{seen: map[channels.MessageID]bool{}}, &lines{}
		o := options(m, listed(1), &took{marks: m})
		o.Log = slog.New(slog.NewTextHandler(log, nil))
		boxes := dispatch.NewInboxes(o)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = boxes.Run(ctx) // ends with its context
		}()
		for range 2 {
			time.Sleep(time.Hour)
			m.fail(errors.New("connection refused"))
			time.Sleep(time.Hour)
			m.fail(nil)
		}
		time.Sleep(time.Hour)
		cancel()
		<-ended
		began, over := 0, 0
		for _, line := range log.all {
			if strings.Contains(line, "was not read") {
				began++
			} else if strings.Contains(line, "is read again") {
				over++
			}
		}
		if began != over || began < 2 || began > 4 { // of the lease, and of the list where that was first
			t.Errorf("%d times told that it began, %d that it ended", began, over)
		}
	})
}

// failingPoll is a bot that cannot be polled: another program does so, or Telegram is
// down, until it is not.
type failingPoll struct{ until time.Time }

func (p failingPoll) Poll(ctx context.Context, _ channels.Take, _ channels.Refused, polled func(error)) error {
	for ctx.Err() == nil {
		if time.Now().Before(p.until) {
			polled(errors.New("409"))
		} else {
			polled(nil)
		}
		time.Sleep(10 * time.Second)
	}
	return ctx.Err()
}

// A bot that nobody can poll is deaf, and its people are told nothing: the operator
// must see it, and find its cause in the log.
func TestABotThatIsNotPolledIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, log := &marks{seen: map[channels.MessageID]bool{}}, &lines{}
		o := options(m, nil, &took{marks: m})
		o.Inboxes[0].Lister, o.Inboxes[0].Poller = nil, failingPoll{time.Now().Add(time.Hour)}
		o.Log = slog.New(slog.NewTextHandler(log, nil))
		counted := 0
		o.Failed = func(way string) {
			if way == "poll" {
				counted++
			}
		}
		stop := run(t, o)
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		stop()
		if len(log.all) != 2 || !strings.Contains(log.all[0], "was not read") || !strings.Contains(log.all[0], "409") || !strings.Contains(log.all[1], "is read again") {
			t.Errorf("the log says %q", log.all)
		}
		if counted < 300 {
			t.Errorf("counted %d times", counted)
		}
	})
}

// An inbox whose watermark a fast clock noted must be read from before that.
func TestAWatermarkThatIsToCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &marks{seen: map[channels.MessageID]bool{}}
		m.mark = time.Now().Add(24 * time.Hour)
		m.whole = m.mark
		l := listed(0)
		now := time.Now()
		stop := run(t, options(m, l, &took{marks: m}))
		synctest.Wait()
		stop()
		for _, since := range l.times() {
			if since.After(now) {
				t.Errorf("the list is asked for what comes from %v on", since.Sub(now))
			}
		}
	})
}
