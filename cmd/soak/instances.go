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
	sending []*person // their replies were taken, and the answer to it is on the way
	waiting []*person // their replies are leased, and wait for a worker
	others  []*person

	held, arrived atomic.Int64
}

// frozenInstance halts one of three processes with commits on the wire, with every
// worker in the middle of a send, and with leases that wait for a worker. The
// others take over when the leases end. When it goes on, its commits must be
// refused, and what it had leased must not be sent by it.
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
	for i := range 64 { // as many as there are workers
		f.sending = append(f.sending, s.personOn(channels.SMS, 100+i))
	}
	for i := range 10 {
		f.waiting = append(f.waiting, s.personOn(channels.Telegram, 200+i))
	}
	f.others = []*person{s.newPerson(300), s.newPerson(301), s.newPerson(302)}
	if err := f.freeze(ctx); err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	time.AfterFunc(freeze, thaw)
	err := all(slices.Concat(f.stale, f.sending, f.waiting, f.others), func(p *person) error { return f.while(ctx, p) })
	if err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	s.saw = fmt.Sprintf("%d stale commits, %d sends under way, %d leases that waited", f.held.Load(), f.arrived.Load(), len(f.waiting))
	return s.account(ctx, slices.Concat(f.stale, f.sending, f.waiting, f.others))
}

// freeze brings everybody to their place and halts the process.
func (f *frozenRow) freeze(ctx context.Context) error {
	to := toProcess(ctx, f.frozen)
	idle, err := f.idleCalls(ctx)
	if err != nil {
		return err
	}
	three := slices.Concat(f.stale, f.sending, f.waiting)
	if err := all(three, func(p *person) error {
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
	if err := all(f.sending, func(p *person) error { return f.post(to, p) }); err != nil {
		return err
	}
	if err := within(ctx, 10*time.Second, "all workers send", func() bool { return f.arrived.Load() == int64(len(f.sending)) }); err != nil {
		return err
	}
	if err := pause(ctx, 2*time.Second); err != nil { // so that the bot's pace lets all of them be leased at once
		return err
	}
	if err := all(f.waiting, func(p *person) error { return f.post(to, p) }); err != nil {
		return err
	}
	f.frozen.signal(syscall.SIGSTOP)
	f.balancer.set(f.frozen.addr, false)
	return nil
}

// holdSends has Twilio take what is sent now, and answer when the process is awake
// again.
func (f *frozenRow) holdSends() {
	first := map[string]*atomic.Bool{}
	for _, p := range f.sending {
		first[p.address] = new(atomic.Bool)
	}
	f.twilio.FailAs(func(call channelstest.Call, person string) *channelstest.Fault {
		if call != channelstest.Send || first[person] == nil || !first[person].CompareAndSwap(false, true) {
			return nil
		}
		return &channelstest.Fault{Taken: true, Status: http.StatusBadGateway, Then: func() {
			f.arrived.Add(1)
			<-f.thawed
		}}
	})
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
