package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"heard/channels"
)

// reply is one message as a person gets it.
type reply struct {
	at      time.Time
	text    string
	options []channels.Option
}

// person is somebody on one channel, who does one thing at a time.
type person struct {
	h       *house
	name    string
	channel channels.Channel
	address string
	chat    int64 // Telegram's

	last     reply         // what was read last
	patience time.Duration // how long a reply may take before it counts as lost
	journeys int
	told     []string // the references of what was sent, in that order

	mu     sync.Mutex
	unread []reply
	rang   chan struct{}
}

// patience is longer than a lease, a doubt and a look-up together.
const patience = 150 * time.Second

// newPerson makes the i-th person, on one of three channels, and lets replies
// reach them.
func (h *house) newPerson(i int) *person {
	return h.personOn([]channels.Channel{channels.SMS, channels.WhatsApp, channels.Telegram}[i%3], i)
}

func (h *house) personOn(c channels.Channel, i int) *person {
	p := &person{h: h, name: fmt.Sprintf("person %d", i), channel: c, patience: patience, rang: make(chan struct{}, 1)}
	number := fmt.Sprintf("+447700900%03d", i%900+100)
	if i >= 900 { // there are no more numbers that are nobody's
		number += fmt.Sprintf("-%d", i/900)
	}
	switch c {
	case channels.SMS:
		p.address = number
	case channels.WhatsApp:
		p.address = "whatsapp:" + number
	default:
		p.chat = int64(1000 + i)
		p.address = strconv.FormatInt(p.chat, 10)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.people[p.address] = p
	return p
}

func (p *person) hear(r reply) {
	p.mu.Lock()
	p.unread = append(p.unread, r)
	p.mu.Unlock()
	select {
	case p.rang <- struct{}{}:
	default: // it rings already
	}
}

// next waits for the next message.
func (p *person) next(ctx context.Context) (reply, error) {
	for {
		p.mu.Lock()
		if len(p.unread) > 0 {
			r := p.unread[0]
			p.unread = p.unread[1:]
			p.mu.Unlock()
			return r, nil
		}
		p.mu.Unlock()
		select {
		case <-p.rang:
		case <-ctx.Done():
			return reply{}, ctx.Err()
		}
	}
}

// letter is one thing a person sends, as its provider will post it, again and
// again where it must.
type letter struct {
	post  func(ctx context.Context) (int, error)
	tries int           // how often the provider posts it; 0: until it is taken
	pause time.Duration // before it posts it again
}

// What providers do with a message that was not taken: Twilio repeats it five
// times in fifteen seconds, and keeps it in its list; Telegram repeats it for a
// day.
const (
	twilioTries   = 6
	twilioPause   = time.Second
	telegramPause = time.Second
)

// write makes the letter of a text, or of a tap where what was said last has a
// button with this label.
func (p *person) write(text string) letter {
	tap := ""
	for _, o := range p.last.options {
		if o.Label == text {
			tap = o.Data
		}
	}
	t := p.h.twilio
	switch {
	case p.channel == channels.Telegram && tap != "":
		return p.update(p.h.telegram.Tap(p.chat, tap))
	case p.channel == channels.Telegram:
		return p.update(p.h.telegram.Text(p.chat, text))
	}
	form := t.Text(p.address, p.ours(), text)
	if tap != "" {
		form.Set("ButtonPayload", tap)
		form.Set("ButtonText", text)
	}
	return letter{func(ctx context.Context) (int, error) { return t.Deliver(ctx, form) }, twilioTries, twilioPause}
}

func (p *person) update(u map[string]any) letter {
	return letter{func(ctx context.Context) (int, error) { return p.h.telegram.Deliver(ctx, u) }, 0, telegramPause}
}

// ours is our end of the person's channel.
func (p *person) ours() string {
	if p.channel == channels.WhatsApp {
		return waFrom
	}
	return smsFrom
}

// deliver posts a letter as its provider does and tells whether it was taken. An
// error is ctx's.
func (p *person) deliver(ctx context.Context, l letter) (taken bool, err error) {
	began := time.Now()
	for try := 1; ; try++ {
		status, err := l.post(ctx)
		if err == nil && status < 300 {
			p.h.ledger.answered(time.Since(began), try)
			return true, nil
		}
		if try == l.tries {
			p.h.ledger.leftToTheList()
			return false, nil
		}
		select {
		case <-time.After(l.pause):
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

// say sends a text, or taps, and returns once the provider is done with it.
func (p *person) say(ctx context.Context, text string) (taken bool, err error) {
	p.h.ledger.said()
	return p.deliver(ctx, p.write(text))
}

// turn is one thing to say, and what must be in the reply; hear "" is no reply.
type turn struct{ say, hear string }

// errAstray ends a journey whose fault is in the ledger.
var errAstray = errors.New("the conversation went astray; see the account")

// take says one thing and waits for exactly its reply.
func (p *person) take(ctx context.Context, t turn) error {
	began := time.Now()
	if _, err := p.say(ctx, t.say); err != nil || t.hear == "" {
		return err
	}
	return p.wait(ctx, t.hear, began)
}

// wait reads until the message with want in it. What came twice, or instead, goes
// into the ledger.
func (p *person) wait(ctx context.Context, want string, began time.Time) error {
	bound, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	for {
		r, err := p.next(bound)
		switch {
		case errors.Is(ctx.Err(), context.Canceled):
			return ctx.Err()
		case err != nil:
			p.h.ledger.lose("%s on %s heard nothing for %s, where %q must come", p.name, p.channel, time.Since(began).Round(time.Second), want)
			return errAstray
		case strings.Contains(r.text, want):
			p.h.ledger.heard(r.at.Sub(began))
			p.last = r
			return nil
		case !p.again(r):
			return errAstray
		}
	}
}

// again accounts for a message that is not the expected one; false: it is not
// the last one once more either.
func (p *person) again(r reply) bool {
	if r.text != p.last.text {
		p.h.ledger.disorder("%s heard %.50q, after %.50q", p.name, r.text, p.last.text)
		return false
	}
	p.h.ledger.twice(p, p.last, r)
	return true
}

// rest reads what is left when nothing more may come, and returns it.
func (p *person) rest() []reply {
	p.mu.Lock()
	left := p.unread
	p.unread = nil
	p.mu.Unlock()
	for _, r := range left {
		p.again(r)
	}
	return left
}

// journey is one complaint, with words that stand nowhere else.
type journey struct {
	ref     string
	place   string
	story   []string
	wish    string
	ordered bool // each part of the story was taken when it was sent
}

func (p *person) newJourney() *journey {
	p.journeys++
	mark := strings.ReplaceAll(p.name, " ", "") + "n" + strconv.Itoa(p.journeys)
	j := &journey{place: "Ward " + mark, wish: "An apology " + mark, ordered: true}
	for i := range 3 {
		j.story = append(j.story, fmt.Sprintf("Nobody came all night, %s part%d.", mark, i+1))
	}
	return j
}

// beginning is a journey up to its story, and ending what comes behind it.
func (j *journey) beginning() []turn {
	return []turn{
		{"complain", "Who is this about?"}, {"Me", "Where did it happen?"}, {j.place, "When was it?"},
		{"last Tuesday", "tell us what happened"},
	}
}

func (j *journey) ending() []turn {
	return []turn{
		{"done", "What would put it right"}, {j.wish, "Who may know it was you?"}, {"Nobody", j.place},
		{"Send", "Your reference is "},
	}
}

// complain goes through a whole journey: pace is asked before each message.
func (p *person) complain(ctx context.Context, pace func(context.Context) error) error {
	j := p.newJourney()
	for _, t := range j.beginning() {
		if err := p.paced(ctx, pace, t); err != nil {
			return err
		}
	}
	if err := p.tell(ctx, pace, j); err != nil {
		return err
	}
	for _, t := range j.ending() {
		if err := p.paced(ctx, pace, t); err != nil {
			return err
		}
	}
	p.sent(j)
	if err := pace(ctx); err != nil {
		return err
	}
	return p.status(ctx)
}

func (p *person) paced(ctx context.Context, pace func(context.Context) error, t turn) error {
	if err := pace(ctx); err != nil {
		return err
	}
	return p.take(ctx, t)
}

// tell sends the parts of the story. The first is thanked for, the others are
// kept without a word.
func (p *person) tell(ctx context.Context, pace func(context.Context) error, j *journey) error {
	for i, part := range j.story {
		if err := pace(ctx); err != nil {
			return err
		}
		began := time.Now()
		taken, err := p.say(ctx, part)
		if err != nil {
			return err
		}
		j.ordered = j.ordered && taken
		if i > 0 {
			continue
		}
		if err := p.wait(ctx, "we have kept that", began); err != nil {
			return err
		}
	}
	return nil
}

// referenceIn finds the reference of a case in a text.
func referenceIn(text string) string {
	_, after, _ := strings.Cut(text, "Your reference is ")
	ref, _, _ := strings.Cut(after, ".")
	return ref
}

// atOnce asks for no pause.
func atOnce(ctx context.Context) error { return ctx.Err() }

// all lets everybody do something at the same time.
func all(people []*person, do func(p *person) error) error {
	var wg sync.WaitGroup
	errs := make([]error, len(people))
	for i, p := range people {
		wg.Go(func() { errs[i] = do(p) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// through takes a person through some turns.
func (p *person) through(ctx context.Context, turns []turn) error {
	for _, t := range turns {
		if err := p.take(ctx, t); err != nil {
			return fmt.Errorf("%s, at %q: %w", p.name, t.say, err)
		}
	}
	return nil
}

// crowd makes n people on all channels.
func (h *house) crowd(n int) []*person {
	people := make([]*person, n)
	for i := range people {
		people[i] = h.newPerson(i)
	}
	return people
}

// posted sends a letter once and returns what was answered.
func posted(ctx context.Context, l letter) int {
	status, err := l.post(ctx)
	if err != nil {
		return 0
	}
	return status
}

// refused tells whether an answer makes the provider post the message again.
func refused(status int) bool { return status == 0 || status >= http.StatusInternalServerError }

// soon is a random time up to most.
func soon(r *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(r.Int64N(int64(most)))
}
