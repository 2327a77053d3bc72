package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"heard/bot"
	"heard/channels"
	"heard/channels/channelstest"
)

func providerRows() []row {
	return []row{
		{"twilio-429", 60 * time.Second, "Retry-After kept for the number, order kept for each person", twilioSlower},
		{"twilio-5xx", 150 * time.Second, "503, then 502 with HTML: tried again, and looked up where it may have been taken, in order, once", twilioFaults},
		{"twilio-refused", 60 * time.Second, "connection refused: tried again, in order, once", twilioRefused},
		{"twilio-no-answer", 150 * time.Second, "taken or not, and the answer never came: a callback or a look-up decides, and nothing is sent blindly", twilioNoAnswer},
		{"whatsapp-unreached", 60 * time.Second, "undelivered on WhatsApp: who agreed gets one neutral text, and all goes on where they answer; no task for staff", whatsAppUnreached},
		{"telegram-429", 90 * time.Second, "retry_after kept for the chat, and for the bot once two are told so: one who taps and taps silences nobody else", telegramSlower},
		{"telegram-blocked", 60 * time.Second, "403 blocked: an opt-out, nothing more is sent, staff have a task; back when the person writes", telegramBlocked},
		{"telegram-403", 60 * time.Second, "403 of another kind: tried again, no opt-out", telegramForbidden},
		{"telegram-timeout", 90 * time.Second, "no answer: sent again, since nobody can look it up, and at most once more", telegramTimeout},
	}
}

// attempts records each send that reaches a provider, and answers some with a
// fault.
type attempts struct {
	mu    sync.Mutex
	at    []attempt
	fault func(n int, person string) *channelstest.Fault // the n-th of this person, from 1
}

type attempt struct {
	at     time.Time
	person string
}

func (a *attempts) decide(call channelstest.Call, person string) *channelstest.Fault {
	if call != channelstest.Send {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.at = append(a.at, attempt{time.Now(), person})
	n := len(a.of(person))
	return a.fault(n, person)
}

// of is when something was sent to a person; "" is everybody. It runs under the
// lock.
func (a *attempts) of(person string) []time.Time {
	var times []time.Time
	for _, one := range a.at {
		if person == "" || one.person == person {
			times = append(times, one.at)
		}
	}
	return times
}

func (a *attempts) count(person string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.of(person))
}

// silence is an error if anything was sent between the first attempt and then.
func (a *attempts) silence(d time.Duration) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	times := a.of("")
	for _, t := range times[1:] {
		if early := d - t.Sub(times[0]); early > 50*time.Millisecond {
			return fmt.Errorf("something was sent %s too early", early.Round(time.Millisecond))
		}
	}
	return nil
}

// twoMessages is somebody who does not wait: both replies must come, in order.
func (p *person) twoMessages(ctx context.Context) error {
	for _, text := range []string{"complain", "Me"} {
		if taken, err := p.say(ctx, text); err != nil || !taken {
			return fmt.Errorf("%q was not taken: %w", text, err)
		}
	}
	if err := p.wait(ctx, "Who is this about?", time.Now()); err != nil {
		return err
	}
	return p.wait(ctx, "Where did it happen?", time.Now())
}

// inOrder has everybody write two messages, the first person a moment before the
// others, and closes the account.
func (s *stage) inOrder(ctx context.Context, a *attempts, people []*person) error {
	first := people[0]
	failed := make(chan error, 1)
	go func() { failed <- first.twoMessages(ctx) }()
	if err := within(ctx, 10*time.Second, "the first attempt", func() bool { return a.count(first.address) > 0 }); err != nil {
		return err
	}
	if err := pause(ctx, 200*time.Millisecond); err != nil { // for heard to note what it was answered
		return err
	}
	err := all(people[1:], func(p *person) error { return p.twoMessages(ctx) })
	if err := errors.Join(<-failed, err); err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	return s.account(ctx, people)
}

func (s *stage) several(c channels.Channel, n int) []*person {
	people := make([]*person, n)
	for i := range people {
		people[i] = s.personOn(c, i)
	}
	return people
}

func twilioSlower(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 2, false); err != nil {
		return err
	}
	people := s.several(channels.SMS, 5)
	a := &attempts{fault: func(n int, person string) *channelstest.Fault {
		if n == 1 && person == people[0].address {
			return &channelstest.Fault{Status: http.StatusTooManyRequests, RetryAfter: "4", Body: channelstest.TwilioError(429, 20429, "Too Many Requests")}
		}
		return nil
	}}
	s.twilio.FailAs(a.decide)
	return errors.Join(s.inOrder(ctx, a, people), a.silence(4*time.Second))
}

func twilioFaults(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 2, false); err != nil {
		return err
	}
	people := append(s.several(channels.SMS, 2), s.personOn(channels.WhatsApp, 3))
	a := &attempts{fault: func(n int, _ string) *channelstest.Fault {
		switch n {
		case 1:
			return &channelstest.Fault{Status: http.StatusServiceUnavailable, Body: channelstest.TwilioError(503, 20503, "Service Unavailable")}
		case 2:
			return &channelstest.Fault{Status: http.StatusBadGateway, Body: "<html><body><h1>502 Bad Gateway</h1></body></html>"}
		}
		return nil
	}}
	s.twilio.FailAs(a.decide)
	if err := s.inOrder(ctx, a, people); err != nil {
		return err
	}
	for _, p := range people {
		if n := a.count(p.address); n != 4 {
			return fmt.Errorf("%d attempts for two messages of which one failed twice, on %s", n, p.channel)
		}
	}
	return nil
}

func twilioRefused(ctx context.Context, s *stage) error {
	d, err := newDoor(s.twilio.URL())
	if err != nil {
		return err
	}
	s.atEnd(d.shut)
	s.twilioURL = d.url()
	if err := s.heards(ctx, 2, false); err != nil {
		return err
	}
	people := s.several(channels.SMS, 5)
	d.shut()
	failed := make(chan error, 1)
	go func() { failed <- all(people, func(p *person) error { return p.twoMessages(ctx) }) }()
	if err := pause(ctx, 3*time.Second); err != nil {
		return err
	}
	if err := errors.Join(d.open(), <-failed); err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	if err := s.account(ctx, people); err != nil {
		return err
	}
	for _, p := range people {
		if n := len(s.twilio.Sent(p.address)); n != 2 {
			return fmt.Errorf("%d messages came of two", n)
		}
	}
	return nil
}

// twilioNoAnswer cuts the connection instead of answering: to somebody whose
// message was taken and about whom a callback comes, to one about whom none comes,
// and to one whose message was not taken.
func twilioNoAnswer(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 2, false); err != nil {
		return err
	}
	var people []*person
	for i, c := range []channels.Channel{channels.SMS, channels.WhatsApp} {
		for n := range 3 {
			people = append(people, s.personOn(c, 10*i+n))
		}
	}
	place := func(address string) int {
		return slices.IndexFunc(people, func(p *person) bool { return p.address == address }) % 3
	}
	a := &attempts{fault: func(n int, address string) *channelstest.Fault {
		if n > 1 {
			return nil
		}
		return &channelstest.Fault{Taken: place(address) < 2, Then: func() {
			if place(address) != 0 {
				return
			}
			go func() {
				m := s.twilio.Sent(address)
				_, _ = s.twilio.Status(ctx, m[0], "sent", "") // seen by how soon the next one comes
			}()
		}}
	}}
	s.twilio.FailAs(a.decide)
	began := time.Now()
	took := make([]time.Duration, len(people))
	err := all(people, func(p *person) error {
		err := p.twoMessages(ctx)
		took[slices.Index(people, p)] = time.Since(began)
		return err
	})
	if err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	for i, p := range people {
		want := 2
		if i%3 == 2 {
			want = 3 // the first was not taken
		}
		if n := a.count(p.address); n != want {
			return fmt.Errorf("%d attempts for two messages, and %d must be, on %s, place %d", n, want, p.channel, i%3)
		}
		if i%3 == 0 && took[i] > 20*time.Second {
			return fmt.Errorf("a callback said that a message was taken, and the next one came after %s", took[i])
		}
	}
	s.saw = fmt.Sprintf("with a callback after %s, by look-up after %s", took[0].Round(10*time.Millisecond), took[1].Round(time.Second))
	return s.account(ctx, people)
}

func telegramSlower(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 2, false); err != nil {
		return err
	}
	people := s.several(channels.Telegram, 8)
	slower := func(told ...*person) *attempts {
		a := &attempts{fault: func(n int, address string) *channelstest.Fault {
			if n == 1 && slices.ContainsFunc(told, func(p *person) bool { return p.address == address }) {
				return &channelstest.Fault{Status: http.StatusTooManyRequests, Body: channelstest.TelegramError(429, "Too Many Requests: retry after 4", 4)}
			}
			return nil
		}}
		s.telegram.FailAs(a.decide)
		return a
	}
	one, everybody := people[:3], people[3:]
	a := slower(one[0])
	if err := s.toldSlower(ctx, a, one[:1], one[1:]); err != nil {
		return err
	}
	if waited := a.second(one[0]).Sub(a.first(one[0])); waited < 4*time.Second-earliest {
		return fmt.Errorf("who must wait four seconds waited %s", waited)
	}
	if waited := a.first(one[1]).Sub(a.first(one[0])); waited > 2*time.Second {
		return fmt.Errorf("one chat is to wait, and another was answered after %s", waited)
	}
	a = slower(everybody[0], everybody[1])
	if err := s.toldSlower(ctx, a, everybody[:2], everybody[2:]); err != nil {
		return err
	}
	for _, p := range everybody[2:] {
		if waited := a.first(p).Sub(a.first(everybody[1])); waited < 4*time.Second-earliest {
			return fmt.Errorf("the bot must wait four seconds, and somebody was answered after %s", waited)
		}
	}
	return nil
}

// earliest is how much too early a clock may make it look.
const earliest = 50 * time.Millisecond

// toldSlower has some write, one after the other, who are answered that it was too
// much, and then the others; it closes the account.
func (s *stage) toldSlower(ctx context.Context, a *attempts, told, others []*person) error {
	failed := make(chan error, len(told))
	for _, p := range told {
		go func() { failed <- p.twoMessages(ctx) }()
		if err := within(ctx, 10*time.Second, "the first attempt", func() bool { return a.count(p.address) > 0 }); err != nil {
			return err
		}
	}
	if err := pause(ctx, 200*time.Millisecond); err != nil { // for heard to note what it was answered
		return err
	}
	err := all(others, func(p *person) error { return p.twoMessages(ctx) })
	for range told {
		err = errors.Join(err, <-failed)
	}
	if err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	return s.account(ctx, slices.Concat(told, others))
}

// first is when something was first sent to a person, and second when again.
func (a *attempts) first(p *person) time.Time  { return a.nth(p, 1) }
func (a *attempts) second(p *person) time.Time { return a.nth(p, 2) }

func (a *attempts) nth(p *person, n int) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.of(p.address)[n-1] // all was sent: the account is closed
}

// telegramBlocked is somebody who sent a complaint by name, blocks the bot, and
// comes back.
func telegramBlocked(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 2, false); err != nil {
		return err
	}
	p := s.personOn(channels.Telegram, 0)
	j := p.newJourney()
	turns := append(j.beginning(), turn{j.story[0], "we have kept that"}, turn{"done", "What would put it right"}, turn{j.wish, "Who may know it was you?"},
		turn{"Anyone who helps", "What should we call you?"}, turn{"Sam", j.place}, turn{"Send", "Your reference is "})
	if err := p.through(ctx, turns); err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	if err := s.idle(ctx); err != nil {
		return err
	}
	blocked := true
	a := &attempts{}
	a.fault = func(int, string) *channelstest.Fault {
		if blocked {
			return &channelstest.Fault{Status: http.StatusForbidden, Body: channelstest.TelegramError(403, "Forbidden: bot was blocked by the user", 0)}
		}
		return nil
	}
	s.telegram.FailAs(a.decide)
	if _, err := p.say(ctx, "status"); err != nil {
		return err
	}
	err := await(ctx, "a task for staff that the person cannot be reached", func() (bool, error) {
		tasks, err := s.tasks(ctx)
		return len(tasks[bot.PersonLeft]) == 1, err
	})
	if err != nil {
		return err
	}
	if err := s.idle(ctx); err != nil {
		return err
	}
	if n := a.count(""); n != 1 {
		return fmt.Errorf("%d attempts to somebody who blocked the bot", n)
	}
	a.mu.Lock()
	blocked = false
	a.mu.Unlock()
	p.last = reply{}
	if err := p.take(ctx, turn{"status", "Your complaint "}); err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	return await(ctx, "the task is gone when the person is back", func() (bool, error) {
		tasks, err := s.tasks(ctx)
		return len(tasks[bot.PersonLeft]) == 0, err
	})
}

func telegramForbidden(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 2, false); err != nil {
		return err
	}
	people := s.several(channels.Telegram, 3)
	a := &attempts{fault: func(n int, _ string) *channelstest.Fault {
		if n <= 2 {
			return &channelstest.Fault{Status: http.StatusForbidden, Body: channelstest.TelegramError(403, "Forbidden: not now", 0)}
		}
		return nil
	}}
	s.telegram.FailAs(a.decide)
	return s.inOrder(ctx, a, people)
}

// telegramTimeout cuts the connection instead of answering, with the message taken
// and not.
func telegramTimeout(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 2, false); err != nil {
		return err
	}
	people := s.several(channels.Telegram, 4)
	a := &attempts{fault: func(n int, person string) *channelstest.Fault {
		if n == 1 {
			s.ledger.disturb()
			return &channelstest.Fault{Taken: person == people[0].address || person == people[1].address}
		}
		return nil
	}}
	s.telegram.FailAs(a.decide)
	err := all(people, func(p *person) error { return p.twoMessages(ctx) })
	if err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	if err := s.account(ctx, people); err != nil {
		return err
	}
	if n := a.count(""); n != 3*len(people) || s.ledger.repeated != 2 {
		return fmt.Errorf("%d attempts and %d repetitions; want %d and 2", n, s.ledger.repeated, 3*len(people))
	}
	return nil
}
