package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"heard/channels"
	"heard/channels/channelstest"
)

func killRows() []row {
	return []row{
		{"kill-at-store-calls", 170 * time.Second, "kill -9 before and after each call to the store: nothing lost, no case twice", killAtStoreCalls},
		{"kill-at-sends", 170 * time.Second, "kill -9 before and after a provider took a message: looked up where that can be, never sent blindly", killAtSends},
		{"kill-under-load", 170 * time.Second, "kill -9 a moment after a message came, again and again under load: nothing lost or doubled", killUnderLoad},
	}
}

// via has a request go to one process first; the balancer reads it.
type via struct{}

func toProcess(ctx context.Context, p *process) context.Context {
	return context.WithValue(ctx, via{}, p.addr)
}

// trial is one place at which a process is killed, and the person who writes then.
type trial struct {
	name   string
	person *person
	on     *process
	proxy  *proxy
	armed  atomic.Bool
	hit    atomic.Bool
}

// kill ends the trial's process and starts it again.
func (t *trial) kill(ctx context.Context, s *stage) {
	t.hit.Store(true)
	s.ledger.disturb()
	t.on.kill()
	s.ledger.disturb()
	if err := s.again(ctx, t.on); err != nil {
		s.ledger.lose("a process does not start again: %v", err)
	}
}

// trials starts a process and makes a person for each.
func (s *stage) trials(ctx context.Context, n int, channel func(i int) channels.Channel) ([]*trial, error) {
	made := make([]*trial, n)
	for i := range made {
		p, err := s.heard(ctx, true)
		if err != nil {
			return nil, err
		}
		made[i] = &trial{person: s.personOn(channel(i), i), on: p, proxy: s.proxies[len(s.proxies)-1]}
	}
	return made, nil
}

// killAtStoreCalls kills a process at its n-th call for the message that opens a
// case: before the store has it, and after, with the answer not yet read.
func killAtStoreCalls(ctx context.Context, s *stage) error {
	const calls = 4 // a look-up, a commit, a conflict's second commit, a settlement
	places := 2 * calls
	tt, err := s.trials(ctx, 2*places, func(i int) channels.Channel {
		return []channels.Channel{channels.SMS, channels.Telegram}[i/places]
	})
	if err != nil {
		return err
	}
	idle, err := s.idleCalls(ctx)
	if err != nil {
		return err
	}
	err = s.try(ctx, tt, func(i int, t *trial) {
		t.name = fmt.Sprintf("call %d, after %v", i%places/2+1, i%2 == 1)
		t.proxy.at(point{nth: i%places/2 + 1, after: i%2 == 1, cut: true, match: func(c []byte) bool { return isScript(c) && !idle[scriptOf(c)] }, do: func() {
			t.kill(ctx, s)
		}})
	})
	if err != nil {
		return err
	}
	return s.verdict(ctx, tt, 2*places-6)
}

// idleCalls are the scripts that run when nobody writes: looks for what is due.
func (s *stage) idleCalls(ctx context.Context) (map[string]bool, error) {
	var mu sync.Mutex
	idle := map[string]bool{}
	looks := 0
	s.proxies[0].at(point{nth: -1, match: func(c []byte) bool {
		mu.Lock()
		defer mu.Unlock()
		if isScript(c) {
			idle[scriptOf(c)] = true
			looks++
		}
		return false
	}})
	err := await(ctx, "heard looks for what is due", func() (bool, error) {
		mu.Lock()
		defer mu.Unlock()
		return looks >= 8, nil
	})
	s.proxies[0].nowhere()
	mu.Lock()
	defer mu.Unlock()
	return idle, err
}

// scriptOf is the hash that a call names.
func scriptOf(command []byte) string {
	_, after, _ := bytes.Cut(command, []byte("$40\r\n"))
	return string(after[:min(40, len(after))])
}

// try lets everybody come to the end of a complaint, arms their place, and has
// them send it by way of the process that will die; it is started again.
func (s *stage) try(ctx context.Context, tt []*trial, arm func(i int, t *trial)) error {
	index := map[*person]int{}
	var people []*person
	for i, t := range tt {
		index[t.person] = i
		people = append(people, t.person)
	}
	err := all(people, func(p *person) error {
		i := index[p]
		t, j := tt[i], p.newJourney()
		turns := j.ending()
		if err := p.through(ctx, append(j.beginning(), turn{j.story[0], "we have kept that"})); err != nil {
			return err
		}
		j.story = j.story[:1]
		if err := p.through(ctx, turns[:len(turns)-1]); err != nil {
			return err
		}
		arm(i, t)
		if err := p.take(toProcess(ctx, t.on), turns[len(turns)-1]); err != nil {
			return fmt.Errorf("%s, %s: %w", p.channel, t.name, err)
		}
		p.sent(j)
		if err := p.status(ctx); err != nil {
			return fmt.Errorf("%s, %s: %w", p.channel, t.name, err)
		}
		return nil
	})
	return errors.Join(s.ledger.fault(), err)
}

// verdict closes the account, and sees that enough places were reached to mean
// something.
func (s *stage) verdict(ctx context.Context, tt []*trial, least int) error {
	var people []*person
	hits := 0
	for _, t := range tt {
		people = append(people, t.person)
		if t.hit.Load() {
			hits++
		}
	}
	s.saw = fmt.Sprintf("%d of %d places reached; %d came twice on Telegram, in doubt", hits, len(tt), s.ledger.repeated)
	if hits < least {
		return fmt.Errorf("only %d of %d places were reached", hits, len(tt))
	}
	return s.account(ctx, people)
}

// killAtSends kills the process that sends, before the provider has the message
// and after, with and without a callback that tells of it.
func killAtSends(ctx context.Context, s *stage) error {
	on := []channels.Channel{channels.SMS, channels.SMS, channels.WhatsApp, channels.WhatsApp, channels.Telegram, channels.Telegram, channels.SMS}
	tt, err := s.trials(ctx, len(on), func(i int) channels.Channel { return on[i] })
	if err != nil {
		return err
	}
	const withCallback = 6
	armed := map[string]*trial{} // by address; read only from here on
	for i, t := range tt {
		t.name = fmt.Sprintf("place %d: a send, taken: %v", i, takenAt(i))
		armed[t.person.address] = t
	}
	decide := func(call channelstest.Call, person string) *channelstest.Fault {
		t := armed[person]
		if call != channelstest.Send || t == nil || !t.armed.CompareAndSwap(true, false) {
			return nil
		}
		return &channelstest.Fault{Taken: takenAt(slices.Index(tt, t)), Then: func() {
			t.kill(ctx, s)
			if t == tt[withCallback] {
				m := s.twilio.Sent(person)
				_, _ = s.twilio.Status(ctx, m[len(m)-1], "sent", "") // any process takes it
			}
		}}
	}
	s.twilio.FailAs(decide)
	s.telegram.FailAs(decide)
	if err := s.try(ctx, tt, func(_ int, t *trial) { t.armed.Store(true) }); err != nil {
		return err
	}
	return s.verdict(ctx, tt, len(tt))
}

// takenAt says at which places the provider has the message when the process ends.
func takenAt(place int) bool { return place%2 == 0 }

// killUnderLoad ends processes again and again, each time some moments after a
// message came to them: then a turn is under way, or its reply.
func killUnderLoad(ctx context.Context, s *stage) error {
	s.callbacks(ctx)
	if err := s.heards(ctx, 3, false); err != nil {
		return err
	}
	const kills, within = 20, 3 * time.Millisecond
	people := s.crowd(120)
	chance := seeded(s.seed)
	return s.under(ctx, people, 70, func(ctx context.Context) error {
		for range kills {
			p, after, dead := s.processes[chance.IntN(len(s.processes))], soon(chance, within), make(chan struct{})
			s.balancer.at(p.addr, func() {
				time.Sleep(after) // chance is what is played
				s.ledger.disturb()
				p.kill()
				close(dead)
			})
			if err := waitFor(ctx, dead, "a message for the process that is to be killed"); err != nil {
				return err
			}
			if err := s.again(ctx, p); err != nil {
				return err
			}
		}
		s.saw = fmt.Sprintf("%d kills; %d messages taken when repeated", kills, s.ledger.retried)
		return nil
	})
}

// pause lets time pass, where time is what is played.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
