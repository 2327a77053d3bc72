package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"heard/channels"
	"heard/channels/channelstest"
)

func instanceRows() []row {
	return []row{
		{"frozen-instance", 150 * time.Second, "one of three frozen for a lease and a half: its stale commit is refused, it sends nothing after its lease's end, others go on", frozenInstance},
		{"rolling-restart", 90 * time.Second, "each process stopped and started under load: no webhook fails, each ends within 10 s", rollingRestart},
	}
}

// freeze is a lease and a half.
const freeze = 45 * time.Second

// frozenRow is what is under way in the process that is frozen.
type frozenRow struct {
	*stage
	frozen *process
	proxy  *proxy
	thawed chan struct{} // closed when it goes on

	stale   []*person // their commits are on the way to Redis
	listed  []*person // on SMS: their replies were taken, and the answer to it is on the way
	crowd   []*person // on Telegram: the same, until nothing more is sent at once
	waiting []*person // the next of these: their replies are leased, and wait for their turn
	others  []*person

	held, arrived atomic.Int64
	holding       atomic.Bool
}

// frozenInstance halts one of three processes with commits on the wire, with as
// many sends under way as it makes at once, and with leases that wait behind them.
// The others take over when the leases end. When it goes on, its commits must be
// refused, and what waited must not be sent by it. What it was sending comes once
// more on Telegram, which cannot be asked.
func frozenInstance(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 3, true); err != nil {
		return err
	}
	f := &frozenRow{stage: s, frozen: s.processes[0], proxy: s.proxies[0], thawed: make(chan struct{})}
	thaw := sync.OnceFunc(func() {
		f.frozen.signal(syscall.SIGCONT)
		close(f.thawed)
	})
	defer thaw()
	for i := range 6 {
		f.stale = append(f.stale, s.personOn(channels.SMS, i))
	}
	for i := range 6 {
		f.listed = append(f.listed, s.personOn(channels.SMS, 100+i))
	}
	for i := range 90 { // more than are sent at once
		f.crowd = append(f.crowd, s.personOn(channels.Telegram, 200+i))
	}
	f.others = []*person{s.newPerson(300), s.newPerson(301), s.newPerson(302)}
	if err := f.freeze(ctx); err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	time.AfterFunc(freeze, thaw)
	everybody := slices.Concat(f.stale, f.listed, f.crowd, f.waiting, f.others)
	err := all(everybody, func(p *person) error { return f.while(ctx, p) })
	if err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	err = s.account(ctx, everybody)
	s.saw = fmt.Sprintf("%d stale commits, %d sends under way, %d leases that waited; %d came twice on Telegram, in doubt",
		f.held.Load(), f.arrived.Load(), len(f.waiting), s.ledger.repeated)
	return err
}

// freeze brings everybody to their place and halts the process.
func (f *frozenRow) freeze(ctx context.Context) error {
	to := toProcess(ctx, f.frozen)
	idle, err := f.idleCalls(ctx)
	if err != nil {
		return err
	}
	if err := all(slices.Concat(f.stale, f.listed, f.crowd), func(p *person) error {
		return p.through(to, []turn{{"complain", "Who is this about?"}, {"Me", "Where did it happen?"}})
	}); err != nil {
		return err
	}
	if err := f.idle(ctx); err != nil {
		return err
	}
	f.proxy.at(point{match: func(c []byte) bool { return isScript(c) && !idle[scriptOf(c)] }, do: func() {
		f.held.Add(1)
		<-f.thawed
	}})
	for _, p := range f.stale {
		l := p.write("Ward that nobody hears of")
		go func() { _, _ = l.post(to) }() // it is never answered 2xx
	}
	if err := within(ctx, 10*time.Second, "the commits are on the wire", func() bool { return f.held.Load() >= int64(len(f.stale)) }); err != nil {
		return err
	}
	f.proxy.nowhere()
	f.holdSends()
	f.holding.Store(true)
	if err := all(f.listed, func(p *person) error { return f.post(to, p) }); err != nil {
		return err
	}
	if err := within(ctx, 10*time.Second, "the texts are sent", func() bool { return f.arrived.Load() == int64(len(f.listed)) }); err != nil {
		return err
	}
	if err := f.crowded(to); err != nil {
		return err
	}
	f.holding.Store(false) // what others send later is answered at once
	f.ledger.disturb()
	f.frozen.signal(syscall.SIGSTOP)
	f.balancer.set(f.frozen.addr, false)
	return nil
}

// crowded has people answer one after the other, at less than the bot's pace, until
// a reply is not sent at once: it waits, and those of the next ones behind it.
func (f *frozenRow) crowded(ctx context.Context) error {
	const behind = 10
	for i, p := range f.crowd[:len(f.crowd)-behind] {
		before := f.arrived.Load()
		if err := f.post(ctx, p); err != nil {
			return err
		}
		if within(ctx, time.Second, "a send", func() bool { return f.arrived.Load() > before }) == nil {
			if err := pause(ctx, 40*time.Millisecond); err != nil {
				return err
			}
			continue
		}
		f.crowd, f.waiting = f.crowd[:i], f.crowd[i:i+behind]
		return all(f.waiting[1:], func(p *person) error { return f.post(ctx, p) })
	}
	return fmt.Errorf("%d messages are sent at once: this row needs more people", len(f.crowd)-behind)
}

// holdSends has the providers take what is sent now, and answer when the process
// is awake again.
func (f *frozenRow) holdSends() {
	first := map[string]*atomic.Bool{}
	for _, p := range slices.Concat(f.listed, f.crowd) {
		first[p.address] = new(atomic.Bool)
	}
	hold := func(call channelstest.Call, person string) *channelstest.Fault {
		if call != channelstest.Send || !f.holding.Load() || first[person] == nil || !first[person].CompareAndSwap(false, true) {
			return nil
		}
		return &channelstest.Fault{Taken: true, Status: http.StatusBadGateway, Then: func() {
			f.arrived.Add(1)
			<-f.thawed
		}}
	}
	f.twilio.FailAs(hold)
	f.telegram.FailAs(hold)
}

func (f *frozenRow) post(ctx context.Context, p *person) error {
	if status := posted(ctx, p.write("Ward 6")); status != http.StatusOK {
		return fmt.Errorf("%s was answered %d", p.name, status)
	}
	return nil
}

// while is what each person does in that time.
func (f *frozenRow) while(ctx context.Context, p *person) error {
	switch {
	case slices.Contains(f.others, p):
		return p.complain(ctx, atOnce)
	case slices.Contains(f.stale, p):
		return f.overtakes(ctx, p)
	}
	began := time.Now()
	if err := p.wait(ctx, "When was it?", began); err != nil {
		return err
	}
	if took := time.Since(began); slices.Contains(f.waiting, p) && took < 20*time.Second {
		return fmt.Errorf("a reply came after %s: the frozen process did not have its lease, and the row shows nothing", took)
	}
	return nil
}

// overtakes is somebody whose message got stuck, and who writes again by way of
// another process. When the stuck one comes through it must change nothing.
func (f *frozenRow) overtakes(ctx context.Context, p *person) error {
	j := p.newJourney()
	j.story = j.story[:1]
	if err := p.take(ctx, turn{j.place, "When was it?"}); err != nil {
		return err
	}
	if err := waitFor(ctx, f.thawed, "the process goes on"); err != nil {
		return err
	}
	rest := append(j.beginning()[3:], turn{j.story[0], "we have kept that"})
	if err := p.through(ctx, append(rest, j.ending()...)); err != nil {
		return err
	}
	j.ref = referenceIn(p.last.text)
	f.ledger.finished(j)
	return nil
}

func waitFor(ctx context.Context, c <-chan struct{}, what string) error {
	select {
	case <-c:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s: not in time", what)
	}
}

// rollingRestart stops each of three processes in turn while people write, as an
// update does: it is taken out of rotation at the moment at which it is told to
// stop.
func rollingRestart(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 3, false); err != nil {
		return err
	}
	s.callbacks(ctx)
	people := s.crowd(90)
	var slowest time.Duration
	err := s.under(ctx, people, 80, func(ctx context.Context) error {
		for range 2 {
			for _, p := range slices.Clone(s.processes) {
				s.balancer.set(p.addr, false)
				took, err := p.stop(ctx)
				if err != nil {
					return err
				}
				slowest = max(slowest, took)
				if err := s.again(ctx, p); err != nil {
					return err
				}
			}
		}
		return nil
	})
	s.saw = fmt.Sprintf("slowest stop %s; %d messages", slowest.Round(time.Millisecond), s.ledger.messages)
	switch {
	case err != nil:
		return err
	case s.ledger.retried+s.ledger.listed > 0:
		return fmt.Errorf("%d webhooks failed", s.ledger.retried+s.ledger.listed)
	case slowest > 10*time.Second:
		return fmt.Errorf("a process took %s to stop", slowest)
	}
	return nil
}
