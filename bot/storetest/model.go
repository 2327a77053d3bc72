package storetest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"heard/bot"
	"heard/channels"
	"heard/flows"
)

// outboxAgainstModel does random things to two outboxes and compares each answer
// with that of a model so simple that it can be seen to be right. At the end
// every message has gone or was given up, once, in the order of its lane.
func outboxAgainstModel(w *world) {
	rapid.Check(w.t, func(t *rapid.T) {
		m := &model{w: w, t: t}
		for range 2 {
			m.boxes = append(m.boxes, &modelBox{conv: w.begin(channels.Address(rand.Text()))})
		}
		t.Repeat(map[string]func(*rapid.T){
			"enqueue": m.enqueue,
			"advance": m.advance,
			"lease":   m.lease,
			"settle":  m.settle,
			"receipt": m.receipt,
		})
		m.drain()
	})
}

type model struct {
	w     *world
	t     *rapid.T
	boxes []*modelBox
	old   []bot.Lease // every lease ever given
	count int
}

// modelBox is one outbox: two lanes, and what is under way.
type modelBox struct {
	conv      *bot.Conversation
	help      []modelMessage
	rest      []modelMessage
	flight    *modelMessage
	token     int64 // of the lease that settles; 0: it waits in doubt
	until     time.Time
	began     time.Time
	doubt     time.Time
	enqueued  [2][]string // by lane
	done      [2][]string
	settledBy map[int64]bool
}

type modelMessage struct {
	text     string
	task     string
	help     bool
	attempts int
	after    time.Time
	proven   bool // a receipt says that the provider has it
}

func (b *modelBox) lane(help bool) *[]modelMessage {
	if help {
		return &b.help
	}
	return &b.rest
}

// next is what goes next, if anything may go now.
func (b *modelBox) next(now time.Time) *modelMessage {
	lane := &b.help
	if len(*lane) == 0 {
		lane = &b.rest
	}
	if len(*lane) == 0 || (*lane)[0].after.After(now) {
		return nil
	}
	m := (*lane)[0]
	*lane = slices.Clone((*lane)[1:])
	return &m
}

// expect compares a lease with what the model says comes next.
func (m *model) expect(b *modelBox, got *bot.Lease) {
	now := m.w.Clock.Now()
	want := b.next(now)
	if want == nil || got == nil {
		if want != nil || got != nil {
			m.t.Fatalf("leased %v, want %v", got != nil, want != nil)
		}
		return
	}
	b.flight, b.doubt = want, time.Time{}
	m.leased(b, *got)
}

// leased notes a lease of the message under way.
func (m *model) leased(b *modelBox, got bot.Lease) {
	now := m.w.Clock.Now()
	b.flight.attempts++
	if got.Message.Text != b.flight.text || got.Attempt != b.flight.attempts || !got.Doubt.Equal(b.doubt) {
		m.t.Fatalf("leased %s, attempt %d; want %s, attempt %d, or the doubt is another",
			got.Message.Text, got.Attempt, b.flight.text, b.flight.attempts)
	}
	b.token, b.began, b.until = got.Token, now, now.Add(m.w.Lease)
	m.old = append(m.old, got)
}

func (b *modelBox) finish() {
	i := 0
	if b.flight.help {
		i = 1
	}
	b.done[i] = append(b.done[i], b.flight.text)
	b.flight, b.token, b.doubt = nil, 0, time.Time{}
}

func (m *model) enqueue(t *rapid.T) {
	b := rapid.SampledFrom(m.boxes).Draw(t, "box")
	var ops []bot.Op
	for range rapid.IntRange(1, 3).Draw(t, "messages") {
		m.count++
		q := say(b.conv, fmt.Sprint(m.count))
		q.Message.Purpose = rapid.SampledFrom([]flows.Purpose{flows.Reply, flows.Help, flows.Prompt}).Draw(t, "purpose")
		msg := modelMessage{text: q.Message.Text, task: string(q.Message.Task), help: q.Message.Purpose == flows.Help}
		i := 0
		if msg.help {
			i = 1
		}
		b.enqueued[i] = append(b.enqueued[i], msg.text)
		lane := b.lane(msg.help)
		*lane = append(*lane, msg)
		ops = append(ops, q)
	}
	leases := m.w.commit(ops...)
	switch {
	case b.flight != nil && len(leases) != 0:
		t.Fatalf("leased %d while one is under way", len(leases))
	case b.flight == nil && len(leases) == 0:
		m.expect(b, nil)
	case b.flight == nil:
		m.expect(b, &leases[0])
	}
}

func (m *model) advance(t *rapid.T) {
	m.w.Clock.Advance(time.Duration(rapid.IntRange(1, 40).Draw(t, "seconds")) * time.Second)
}

func (m *model) lease(*rapid.T) {
	byConv := map[bot.ConversationID]bot.Lease{}
	for _, l := range m.w.lease(100) {
		byConv[l.Conversation] = l
	}
	now := m.w.Clock.Now()
	for _, b := range m.boxes {
		got, found := byConv[b.conv.ID]
		switch {
		case b.flight != nil && b.until.After(now):
			if found {
				m.t.Fatalf("leased %s while its lease holds, or its doubt waits", got.Message.Text)
			}
		case b.flight != nil && !b.flight.proven:
			if !found {
				m.t.Fatalf("a lost lease of %s was not found", b.flight.text)
			}
			if b.doubt.IsZero() {
				b.doubt = b.began
			}
			m.leased(b, got)
		default:
			if b.flight != nil {
				b.finish()
			}
			if found {
				m.expect(b, &got)
			} else {
				m.expect(b, nil)
			}
		}
	}
}

func (m *model) settle(t *rapid.T) {
	if len(m.old) == 0 {
		t.Skip("nothing was leased yet")
	}
	l := rapid.SampledFrom(m.old).Draw(t, "lease")
	end := bot.Settlement{
		Result: rapid.SampledFrom([]bot.SendResult{bot.Accepted, bot.Again, bot.InDoubt, bot.SetAside}).Draw(t, "result"),
		After:  time.Duration(rapid.IntRange(0, 60).Draw(t, "after")) * time.Second,
	}
	b := m.box(l.Conversation)
	next, err := m.w.Store.Settle(m.w.ctx, l, end)
	if b.flight == nil || b.token != l.Token {
		if err == nil && b.settledBy[l.Token] {
			return // answered again: settleTwice looks at what
		}
		if !errors.Is(err, bot.ErrFenced) {
			t.Fatalf("an old lease settled: %v", err)
		}
		return
	}
	if err != nil {
		t.Fatalf("settle: %v", err)
	}
	if b.settledBy == nil {
		b.settledBy = map[int64]bool{}
	}
	b.settledBy[l.Token] = true
	m.settled(b, end, next)
}

func (m *model) settled(b *modelBox, end bot.Settlement, next *bot.Lease) {
	now := m.w.Clock.Now()
	switch {
	case end.Result == bot.InDoubt && !b.flight.proven:
		if next != nil {
			m.t.Fatalf("%s overtook a message in doubt", next.Message.Text)
		}
		if b.doubt.IsZero() {
			b.doubt = b.began
		}
		b.token, b.until = 0, now.Add(end.After)
		return
	case end.Result == bot.Again && !b.flight.proven:
		back := *b.flight
		back.after = now.Add(end.After)
		lane := b.lane(back.help)
		*lane = append([]modelMessage{back}, *lane...)
		b.flight, b.token, b.doubt = nil, 0, time.Time{}
	default:
		b.finish()
	}
	m.expect(b, next)
}

func (m *model) receipt(t *rapid.T) {
	b := rapid.SampledFrom(m.boxes).Draw(t, "box")
	if b.flight == nil {
		t.Skip("nothing is under way")
	}
	m.w.receipt(channels.Receipt{Task: b.flight.task, Status: channels.StatusSent})
	b.flight.proven = true
	if b.token == 0 || !b.until.After(m.w.Clock.Now()) {
		b.finish()
	}
}

func (m *model) box(id bot.ConversationID) *modelBox {
	for _, b := range m.boxes {
		if b.conv.ID == id {
			return b
		}
	}
	m.t.Fatal("a lease of a conversation that nobody enqueued to")
	return nil
}

// drain accepts what is left. More rounds than messages would mean that some
// message never goes.
func (m *model) drain() {
	for range 3*m.count + 3 {
		m.w.Clock.Advance(time.Hour)
		m.lease(m.t)
		for _, b := range m.boxes {
			if b.flight == nil {
				continue
			}
			l := m.old[slices.IndexFunc(m.old, func(l bot.Lease) bool { return l.Conversation == b.conv.ID && l.Token == b.token })]
			end := bot.Settlement{Result: bot.Accepted}
			m.settled(b, end, m.w.settle(l, end))
		}
	}
	for _, b := range m.boxes {
		for lane := range b.done {
			if !slices.Equal(b.done[lane], b.enqueued[lane]) {
				m.t.Fatalf("enqueued %v, ended %v", b.enqueued[lane], b.done[lane])
			}
		}
	}
}
