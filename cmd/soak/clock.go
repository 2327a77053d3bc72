package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"heard/bot"
	"heard/bot/dispatch"
	"heard/bot/redisstore"
	"heard/channels"
	"heard/channels/channelstest"
	"heard/channels/telegram"
	"heard/channels/twilio"
	"heard/flows"
)

func clockRows() []row {
	return []row{
		{"clock-off-by-a-day", 60 * time.Second, "the clock a day forwards, and back: no reminder early, nothing expires, people are answered as ever", clockOff},
		{"backlog-10000", 120 * time.Second, "10,000 due at once: at the channel's rate, oldest first, people in conversation before them", backlog},
	}
}

// inside is the bot and what sends, in this process, on a clock that can be moved:
// the clocks of heard and of Redis are those of the machine.
type inside struct {
	*stage
	off   atomic.Int64 // how far the clock is from the machine's, ns
	store *redisstore.Store
	bot   *bot.Bot
	made  atomic.Int64
}

func (in *inside) now() time.Time { return time.Now().Add(time.Duration(in.off.Load())) }

const botSender = "12345"

func (s *stage) inside(ctx context.Context, run bool) (*inside, error) {
	in := &inside{stage: s}
	o := s.storeOptions()
	o.Pace = map[channels.Channel]float64{channels.WhatsApp: 80, channels.Telegram: 30}
	if run {
		began := time.Now()
		o.Clock, o.Age = in.now, func() time.Duration { return time.Since(began) }
	} else {
		o.Pace[channels.WhatsApp] = 0.001 // else commits would lease messages that nobody here sends
	}
	var err error
	if in.store, err = redisstore.Open(ctx, o); err != nil {
		return nil, err
	}
	s.atEnd(func() { _ = in.store.Close() }) // nothing is under way
	if !run {
		return in, nil
	}
	tw, err := twilio.New(twilio.Config{AccountSID: account, AuthToken: authToken, SMSFrom: smsFrom, WhatsAppFrom: waFrom, APIURL: s.twilio.URL(), PublicURL: webhooks})
	if err != nil {
		return nil, err
	}
	tg, err := telegram.New(telegram.Config{Token: botToken, APIURL: s.telegram.URL()})
	if err != nil {
		return nil, err
	}
	d := dispatch.New(dispatch.Options{
		Queue: in.store, Providers: []bot.ProviderID{provider}, Now: in.now, Log: quiet(),
		Lines: map[dispatch.Line]dispatch.Sender{
			{Provider: provider, Channel: channels.SMS, Sender: smsFrom}:        tw,
			{Provider: provider, Channel: channels.WhatsApp, Sender: waFrom}:    tw,
			{Provider: provider, Channel: channels.Telegram, Sender: botSender}: tg,
		},
	})
	if in.bot, err = newBot(ctx, in.store, in.store, provider, in.now, d.Deliver); err != nil {
		return nil, err
	}
	var wg sync.WaitGroup
	live, stop := context.WithCancel(ctx)
	wg.Go(func() { _ = d.Run(live, in.bot) }) // ends with its context
	s.atEnd(func() { stop(); wg.Wait() })
	return in, nil
}

// say has the bot take a message as a webhook would bring it.
func (in *inside) say(ctx context.Context, p *person, text string) error {
	n := in.made.Add(1)
	m := channels.Inbound{
		ID: channels.MessageID(fmt.Sprint("soak:", n)), Channel: p.channel, Sender: channels.Sender(p.ours()),
		Address: channels.Address(p.address), At: in.now(), Text: text,
	}
	if p.channel == channels.Telegram {
		m.Sender, m.Seq = botSender, n
	}
	return in.bot.Receive(ctx, provider, m)
}

func (in *inside) take(ctx context.Context, p *person, t turn) error {
	if err := in.say(ctx, p, t.say); err != nil {
		return err
	}
	return p.wait(ctx, t.hear, time.Now())
}

// clockOff moves the clock while people are in the middle of their story, of which
// they would be reminded in an hour.
func clockOff(ctx context.Context, s *stage) error {
	in, err := s.inside(ctx, true)
	if err != nil {
		return err
	}
	people := s.crowd(9)
	for _, p := range people {
		p.patience = 15 * time.Second
	}
	begin := []turn{{"complain", "Who is this about?"}, {"1", "Where did it happen?"}, {"Ward 6", "When was it?"}, {"skip", "tell us what happened"}, {"Nobody came.", "we have kept that"}}
	err = all(people, func(p *person) error { return in.all(ctx, p, begin) })
	if err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	for _, step := range []struct {
		move time.Duration
		then turn
	}{{24 * time.Hour, turn{"done", "What would put it right"}}, {-48 * time.Hour, turn{"An apology", "Who may know it was you?"}}, {24 * time.Hour, turn{"3", "Please check this"}}} {
		in.off.Add(int64(step.move))
		if err := pause(ctx, 3*time.Second); err != nil { // a reminder would be sent within a look for what is due
			return err
		}
		for _, p := range people {
			if r := p.rest(); len(r) > 0 {
				return fmt.Errorf("the clock moved by %s, and %s heard %.60q", step.move, p.name, r[0].text)
			}
		}
		if err := all(people, func(p *person) error { return in.take(ctx, p, step.then) }); err != nil {
			return errors.Join(s.ledger.fault(), fmt.Errorf("the clock moved by %s: %w", step.move, err))
		}
	}
	return errors.Join(s.ledger.fault(), s.staffKnowNoTrouble(ctx))
}

func (in *inside) all(ctx context.Context, p *person, turns []turn) error {
	for _, t := range turns {
		if err := in.take(ctx, p, t); err != nil {
			return err
		}
	}
	return nil
}

// backlog puts 10,000 messages that nobody asked for into the outboxes of as many
// people, and has somebody talk meanwhile.
func backlog(ctx context.Context, s *stage) error {
	const waiting, rate, looks = 10000, 80, 20 * time.Second
	in, err := s.inside(ctx, false)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var sent []string
	person := s.personOn(channels.WhatsApp, 0)
	person.patience = 10 * time.Second // who waits for what nobody asked for waits two minutes
	hand := s.twilio.OnSent
	s.twilio.OnSent = func(m channelstest.TwilioMessage) {
		if m.To != person.address {
			mu.Lock()
			sent = append(sent, m.Body)
			mu.Unlock()
		}
		hand(m)
	}
	if err := in.fill(ctx, waiting); err != nil {
		return err
	}
	if err := s.heards(ctx, 2, false); err != nil {
		return err
	}
	began, pace := time.Now(), newMetronome(4)
	for time.Since(began) < looks {
		if err := person.complain(ctx, pace.wait); err != nil {
			return errors.Join(s.ledger.fault(), err)
		}
	}
	took := time.Since(began).Seconds()
	if err := errors.Join(s.ledger.audit(ctx, s.house), s.ledger.fault()); err != nil {
		return err
	}
	mu.Lock()
	defer mu.Unlock()
	s.saw = fmt.Sprintf("%d sent in %.0f s; somebody in conversation waited %s at most", len(sent), took, quantile(s.ledger.whole, 1))
	most := rate * (took + 2) // the bucket holds one second, and one is for what began before
	switch {
	case float64(len(sent)) > most:
		return fmt.Errorf("%d were sent in %.1f s, at %d a second", len(sent), took, rate)
	case float64(len(sent)) < 0.6*rate*took:
		return fmt.Errorf("only %d were sent in %.1f s, at %d a second", len(sent), took, rate)
	case quantile(s.ledger.whole, 1) > 2*time.Second:
		return fmt.Errorf("somebody in conversation waited %s behind those who were not", quantile(s.ledger.whole, 1))
	}
	return oldestFirst(sent)
}

// oldestFirst sees that messages came in the order in which they were made, but
// for those that are sent side by side.
func oldestFirst(sent []string) error {
	for place, text := range sent {
		var n int
		if _, err := fmt.Sscanf(text, "News number %d", &n); err != nil {
			return fmt.Errorf("%q was sent", text)
		}
		if off := n - place; off > 150 || off < -150 {
			return fmt.Errorf("the message made as number %d was sent as number %d", n, place)
		}
	}
	return nil
}

// fill makes people with one waiting message each, one after the other.
func (in *inside) fill(ctx context.Context, n int) error {
	for i := range n {
		address := channels.Address(fmt.Sprintf("whatsapp:+447700900%03d-x%d", i%900+100, i))
		conv := &bot.Conversation{ID: bot.ConversationID(fmt.Sprintf("backlog-%d", i)), Channel: channels.WhatsApp, Sender: waFrom, Address: address, LastAt: time.Now()}
		_, err := in.store.Commit(ctx, bot.Turn{Provider: provider, ID: bot.TurnID(fmt.Sprint("backlog-", i)), Ops: []bot.Op{
			bot.PutConversation{Conversation: conv},
			bot.Enqueue{Conversation: conv.ID, Message: bot.Message{Task: bot.TaskID(fmt.Sprint("backlog-", i)), Text: fmt.Sprintf("News number %d", i), Purpose: flows.Prompt}},
		}})
		if err != nil {
			return err
		}
	}
	return nil
}
