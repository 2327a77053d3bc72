package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/dispatch"
	"heard/bot/redisstore"
	"heard/bot/storetest"
	"heard/channels"
	"heard/channels/channelstest"
	"heard/channels/telegram"
	"heard/channels/twilio"
)

const (
	hospital  = bot.ProviderID("stmarys")
	smsFrom   = channels.Sender("+447700900900")
	waFrom    = channels.Sender("whatsapp:+447700900901")
	daughter  = channels.Address("+447700900101")
	neighbor  = channels.Address("+447700900102")
	onWhats   = channels.Address("whatsapp:+447700900103")
	onTele    = channels.Address("4242")
	public    = "https://heard.example.org/webhooks/stmarys"
	botToken  = "12345:token"
	botSender = channels.Sender("12345")
	lease     = 30 * time.Second
)

// house is a dispatcher with a real store, the real clients, and stand-ins for
// the providers. Only the clock is the test's.
type house struct {
	t        *testing.T
	ctx      context.Context
	clock    *storetest.Clock
	store    *redisstore.Store
	desk     *redisstore.Desk
	twilio   *channelstest.Twilio
	telegram *channelstest.Telegram
	sms      *twilio.Client
	queue    *watched
	turns    *turns
	results  chan string // how each send ended, in order
	next     atomic.Int64
	templates
	dispatch.Options
}

type templates map[string]string // content sid by name

// watched is the store's queue, which tells of each look for what is due.
type watched struct {
	bot.Queue
	looks chan struct{}
	away  atomic.Bool // the store does not answer
}

var errAway = errors.New("connection refused")

func (q *watched) LeaseMessages(ctx context.Context, p bot.ProviderID, max int, left time.Duration, full ...bot.Line) ([]bot.Lease, error) {
	if q.away.Load() {
		return nil, errAway
	}
	return q.Queue.LeaseMessages(ctx, p, max, left, full...)
}

func (q *watched) Settle(ctx context.Context, l bot.Lease, s bot.Settlement) (*bot.Lease, error) {
	if q.away.Load() {
		return nil, errAway
	}
	return q.Queue.Settle(ctx, l, s)
}

func (q *watched) LeaseTimers(ctx context.Context, p bot.ProviderID, max int) ([]bot.TimerLease, error) {
	select {
	case q.looks <- struct{}{}:
	default:
	}
	return q.Queue.LeaseTimers(ctx, p, max)
}

// turns are what the dispatcher asked the bot for.
type turns struct {
	mu   sync.Mutex
	left []bot.ConversationID
	back bool // who left is back
	woke chan bot.TimerLease
	wake func(bot.TimerLease) error

	unreached []bot.TaskID // told of
	texts     bool         // and answered by a text instead
}

func (b *turns) Wake(_ context.Context, l bot.TimerLease) error {
	b.woke <- l
	if b.wake != nil {
		return b.wake(l)
	}
	return nil
}

func (b *turns) Unreached(_ context.Context, l bot.Lease, _ string) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unreached = append(b.unreached, l.Message.Task)
	return b.texts, nil
}

func (b *turns) OptedOut(_ context.Context, _ bot.ProviderID, id bot.ConversationID, _ time.Time) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.back {
		return false, nil
	}
	b.left = append(b.left, id)
	return true, nil
}

func newHouse(t *testing.T) *house {
	t.Helper()
	e, err := redisstore.StartEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	h := &house{
		t: t, ctx: ctx, clock: storetest.NewClock(), results: make(chan string, 1000), templates: templates{},
		twilio: channelstest.NewTwilio("AC0001", "auth"), telegram: channelstest.NewTelegram(botToken),
		turns: &turns{woke: make(chan bot.TimerLease, 100)},
	}
	h.clock.Advance(time.Since(h.clock.Now())) // the stand-ins date by the machine's clock
	t.Cleanup(h.twilio.Close)
	t.Cleanup(h.telegram.Close)
	h.open(e.URL())
	h.lines()
	return h
}

func (h *house) open(url string) {
	h.t.Helper()
	client, err := redisstore.NewClient(url)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = client.Close() })
	o := redisstore.Options{
		Client: client, ConfigKeys: [][]byte{[]byte("0123456789abcdef0123456789abcdef")},
		Providers: []bot.ProviderID{hospital}, Durability: redisstore.Ephemeral, Clock: h.clock.Now, Lease: lease,
	}
	if h.store, err = redisstore.Open(h.ctx, o); err != nil {
		h.t.Fatal(err)
	}
	if h.desk, err = redisstore.OpenDesk(h.ctx, o); err != nil {
		h.t.Fatal(err)
	}
	h.queue = &watched{Queue: h.store, looks: make(chan struct{}, 1)}
}

func (h *house) lines() {
	h.t.Helper()
	var err error
	h.sms, err = twilio.New(twilio.Config{
		AccountSID: "AC0001", AuthToken: "auth", SMSFrom: string(smsFrom), WhatsAppFrom: string(waFrom), APIURL: h.twilio.URL(), PublicURL: public,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	tg, err := telegram.New(telegram.Config{Token: botToken, APIURL: h.telegram.URL()})
	if err != nil {
		h.t.Fatal(err)
	}
	h.Options = dispatch.Options{
		Queue: h.queue, Providers: []bot.ProviderID{hospital}, Workers: 4, Poll: 2 * time.Millisecond, Grace: time.Nanosecond, Now: h.clock.Now,
		Count: func(result string) { h.results <- result },
		Lines: map[dispatch.Line]dispatch.Sender{
			{Provider: hospital, Channel: channels.SMS, Sender: smsFrom}:        h.sms,
			{Provider: hospital, Channel: channels.WhatsApp, Sender: waFrom}:    h.sms,
			{Provider: hospital, Channel: channels.Telegram, Sender: botSender}: tg,
		},
		Template: func(_ bot.ProviderID, name, _ string) *channels.Template {
			if sid := h.templates[name]; sid != "" {
				return &channels.Template{ContentSID: sid}
			}
			return nil
		},
	}
}

// start runs a dispatcher until the test ends, or stop is called, which waits
// for its end.
func (h *house) start() (d *dispatch.Dispatcher, stop func()) {
	h.t.Helper()
	return h.startAs(h.Options)
}

func (h *house) startAs(o dispatch.Options) (d *dispatch.Dispatcher, stop func()) {
	h.t.Helper()
	d = dispatch.New(o)
	ctx, cancel := context.WithCancel(h.ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = d.Run(ctx, h.turns) // ends with its context
	}()
	stop = func() {
		cancel()
		<-ended
	}
	h.t.Cleanup(stop)
	return d, stop
}

// result waits for the end of a send.
func (h *house) result(want string) {
	h.t.Helper()
	select {
	case got := <-h.results:
		if got != want {
			h.t.Fatalf("a send ended %q, want %q", got, want)
		}
	case <-h.ctx.Done():
		h.t.Fatalf("no send ended; wanted %q", want)
	}
}

// quiet waits until what is due was looked for since now, and fails if anything
// was sent.
func (h *house) quiet() {
	h.t.Helper()
	for range 3 { // one may be under way, one stored
		select {
		case <-h.queue.looks:
		case <-h.ctx.Done():
			h.t.Fatal("nothing is looked for")
		}
	}
	select {
	case got := <-h.results:
		h.t.Fatalf("too early: a send ended %q", got)
	default:
	}
}

func (h *house) conversation(c channels.Channel, s channels.Sender, a channels.Address) bot.Conversation {
	h.t.Helper()
	v, err := h.store.Lookup(h.ctx, hospital, c, s, a)
	if err != nil {
		h.t.Fatal(err)
	}
	return v.Conversation
}

// tell queues texts to a person who wrote just now.
func (h *house) tell(a channels.Address, texts ...string) []bot.Lease {
	h.t.Helper()
	c := h.person(a)
	c.LastAt = h.clock.Now()
	return h.queued(&c, texts...)
}

func (h *house) person(a channels.Address) bot.Conversation {
	switch a {
	case onWhats:
		return h.conversation(channels.WhatsApp, waFrom, a)
	case onTele:
		return h.conversation(channels.Telegram, botSender, a)
	}
	return h.conversation(channels.SMS, smsFrom, a)
}

func (h *house) queued(c *bot.Conversation, texts ...string) []bot.Lease {
	h.t.Helper()
	var messages []bot.Message
	for _, text := range texts {
		messages = append(messages, bot.Message{Text: text, Template: "news", Language: "en"})
	}
	return h.queuedAs(c, messages...)
}

func (h *house) queuedAs(c *bot.Conversation, messages ...bot.Message) []bot.Lease {
	h.t.Helper()
	turn := bot.Turn{Provider: hospital, ID: bot.TurnID(fmt.Sprint("turn", h.next.Add(1))), Ops: []bot.Op{bot.PutConversation{Conversation: c}}}
	for _, m := range messages {
		m.Task = bot.TaskID(fmt.Sprint("task", h.next.Add(1)))
		turn.Ops = append(turn.Ops, bot.Enqueue{Conversation: c.ID, Message: m})
	}
	done, err := h.store.Commit(h.ctx, turn)
	if err != nil {
		h.t.Fatal(err)
	}
	return done.Leases
}

func deliver(d *dispatch.Dispatcher, leases []bot.Lease) {
	for _, l := range leases {
		d.Deliver(l)
	}
}

func (h *house) tasks() []bot.StaffTask {
	h.t.Helper()
	all, err := h.desk.StaffTasks(h.ctx, hospital, 100)
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}
