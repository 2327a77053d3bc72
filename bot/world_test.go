package bot_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"heard/bot"
	"heard/bot/redisstore"
	"heard/bot/storetest"
	"heard/channels"
	"heard/flows"
	"heard/flows/library"
)

const (
	hospital = bot.ProviderID("stmarys")
	smsFrom  = channels.Sender("+447700900900")
	daughter = channels.Address("+447700900101")
	neighbor = channels.Address("+447700900102")
	reflect  = 14 * 24 * time.Hour
)

// world is a provider with a real store, whose clock and messages are the
// test's.
type world struct {
	t     *testing.T
	ctx   context.Context
	clock *storetest.Clock
	rdb   redis.UniversalClient
	trips *atomic.Int64
	store *redisstore.Store
	desk  *redisstore.Desk
	bot   *bot.Bot
	log   *journal
	next  atomic.Int64

	mu       sync.Mutex
	leases   []bot.Lease
	lastTask bot.TaskID // of the last message that a receipt was told of
	heard    map[channels.Address][]bot.Message
	shown    []channels.Option // by the last message with any
	secret   []string          // what must stand in no log
}

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// onEmbedded is a world on the store inside the process.
func onEmbedded(t *testing.T) *world {
	t.Helper()
	return newWorld(t, startEmbedded(t).URL(), redisstore.Ephemeral)
}

func startEmbedded(t *testing.T) *redisstore.Embedded {
	t.Helper()
	e, err := redisstore.StartEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return e
}

// onRedis is a world on a real server.
func onRedis(t *testing.T) *world {
	t.Helper()
	return newWorld(t, storetest.StartRedis(t).URL(), redisstore.Strict)
}

// onBoth runs a test on both: scripts and timing are not the same there.
func onBoth(t *testing.T, test func(*testing.T, *world)) {
	t.Run("embedded", func(t *testing.T) { test(t, onEmbedded(t)) })
	t.Run("redis", func(t *testing.T) { test(t, onRedis(t)) })
}

func newWorld(t *testing.T, url string, d redisstore.Durability) *world {
	t.Helper()
	return newWorldOf(t, url, d, librarySet(t))
}

// newWorldOf is a world with a set of flows that is compiled already.
func newWorldOf(t *testing.T, url string, d redisstore.Durability, set *flows.Set) *world {
	t.Helper()
	w := &world{
		t: t, ctx: t.Context(), clock: storetest.NewClock(), trips: new(atomic.Int64), log: new(journal),
		heard: map[channels.Address][]bot.Message{},
	}
	var err error
	if w.rdb, err = redisstore.NewClient(url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.rdb.Close() })
	w.rdb.AddHook(tripCounter{w.trips})
	o := redisstore.Options{
		Client: w.rdb, ConfigKeys: [][]byte{[]byte("0123456789abcdef0123456789abcdef")},
		Providers: []bot.ProviderID{hospital}, Durability: d, Clock: w.clock.Now,
	}
	if w.store, err = redisstore.Open(w.ctx, o); err != nil {
		t.Fatal(err)
	}
	if w.desk, err = redisstore.OpenDesk(w.ctx, o); err != nil {
		t.Fatal(err)
	}
	w.bot = w.newBot(w.store, set)
	t.Cleanup(w.checkLog)
	return w
}

// tripCounter counts round trips.
type tripCounter struct{ n *atomic.Int64 }

func (c tripCounter) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (c tripCounter) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.n.Add(1)
		return next(ctx, cmd)
	}
}

func (c tripCounter) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.n.Add(1)
		return next(ctx, cmds)
	}
}

// librarySet compiles the library, with files laid over it.
func librarySet(t testing.TB, over ...fs.FS) *flows.Set {
	t.Helper()
	src, err := flows.Parse(append([]fs.FS{library.Files}, over...)...)
	if err != nil {
		t.Fatal(err)
	}
	return compile(t, src)
}

func compile(t testing.TB, src *flows.Sources) *flows.Set {
	t.Helper()
	limits := map[flows.Channel]flows.Limits{}
	for _, c := range []channels.Channel{channels.SMS, channels.WhatsApp, channels.Telegram} {
		can := channels.CapabilitiesOf(c)
		limits[flows.Channel(c)] = flows.Limits{
			Text: can.TextLimit, Buttons: can.Buttons, ButtonLabel: can.ButtonLabel, List: can.List, ListLabel: can.ListLabel,
		}
	}
	set, err := flows.Compile(src, flows.Options{Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func england(t testing.TB) bot.Calendar {
	t.Helper()
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return bot.NewCalendar(src.Jurisdiction[0], london)
}

// newBot is one more instance, on a store and a set of flows.
func (w *world) newBot(s bot.Store, set *flows.Set) *bot.Bot {
	w.t.Helper()
	return w.newBotWith(s, set, func(*bot.Options) {})
}

// newBotWith is one with other options.
func (w *world) newBotWith(s bot.Store, set *flows.Set, change func(*bot.Options)) *bot.Bot {
	w.t.Helper()
	o := bot.Options{
		Store: s, Versions: w.store, Receipts: w.store, Moves: w.store, Now: w.clock.Now,
		Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Deliver: func(l bot.Lease) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.leases = append(w.leases, l)
		},
		Providers: []bot.Provider{{
			ID: hospital, Name: "St Mary's Hospital", PublicName: "St Mary's", Calendar: england(w.t), Flows: set, ReflectAfter: reflect,
		}},
	}
	change(&o)
	b, err := bot.New(w.ctx, o)
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// checkLog fails where a log holds what somebody wrote, or an address.
func (w *world) checkLog() {
	text := w.log.String()
	for _, s := range append(w.secret, "7700900") {
		if len(s) > 4 && strings.Contains(text, s) {
			w.t.Error("the log holds what a person wrote, or their address")
		}
	}
}

func (w *world) inbound(a channels.Address, text string) channels.Inbound {
	w.mu.Lock()
	w.secret = append(w.secret, text)
	w.mu.Unlock()
	return channels.Inbound{
		ID: channels.MessageID(fmt.Sprint("tw:SM", w.next.Add(1))), Channel: channels.SMS, Sender: smsFrom, Address: a,
		At: w.clock.Now(), Text: text,
	}
}

// say has a person write a text, and returns what they hear next.
func (w *world) say(a channels.Address, text string) string {
	w.t.Helper()
	return w.send(w.inbound(a, text))
}

// send takes a message in, and returns what its person hears next.
func (w *world) send(in channels.Inbound) string {
	w.t.Helper()
	w.receive(in)
	return w.hears(in.Address)
}

func (w *world) receive(in channels.Inbound) {
	w.t.Helper()
	if err := w.bot.Receive(w.ctx, hospital, in); err != nil {
		w.t.Fatalf("receive: %v", err)
	}
	w.clock.Advance(time.Second)
}

// hears delivers all that is due, and returns what came to a person since the
// last time.
func (w *world) hears(a channels.Address) string {
	w.t.Helper()
	w.deliver()
	w.mu.Lock()
	defer w.mu.Unlock()
	var texts []string
	for _, m := range w.heard[a] {
		texts = append(texts, m.Text)
	}
	delete(w.heard, a)
	return strings.Join(texts, "\n---\n")
}

// deliver does what the dispatcher does with messages, without a network.
func (w *world) deliver() {
	w.t.Helper()
	for {
		w.mu.Lock()
		queue := w.leases
		w.leases = nil
		w.mu.Unlock()
		if len(queue) == 0 {
			var err error
			if queue, err = w.store.LeaseMessages(w.ctx, hospital, 64, 0); err != nil {
				w.t.Fatal(err)
			}
		}
		if len(queue) == 0 {
			return
		}
		for _, l := range queue {
			w.settle(l)
		}
	}
}

func (w *world) settle(l bot.Lease) {
	w.t.Helper()
	for next := &l; next != nil; {
		s := bot.Settlement{Result: bot.SetAside}
		if !next.Left {
			s = bot.Settlement{Result: bot.Accepted, Keep: next.Channel == channels.WhatsApp, IDs: []string{"SM" + string(next.Message.Task)}}
			w.mu.Lock()
			w.heard[next.Address] = append(w.heard[next.Address], next.Message)
			if len(next.Message.Options) > 0 {
				w.shown = next.Message.Options
			}
			w.secret = append(w.secret, next.Message.Text)
			w.mu.Unlock()
		}
		var err error
		if next, err = w.store.Settle(w.ctx, *next, s); err != nil {
			w.t.Fatalf("settle: %v", err)
		}
	}
}

// later moves the clock and wakes what is due then.
func (w *world) later(d time.Duration) {
	w.t.Helper()
	w.clock.Advance(d)
	w.wake(w.bot)
}

func (w *world) wake(b *bot.Bot) {
	w.t.Helper()
	for range 20 {
		timers, err := w.store.LeaseTimers(w.ctx, hospital, 64)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(timers) == 0 {
			return
		}
		for _, l := range timers {
			if err := b.Wake(w.ctx, l); err != nil && !errors.Is(err, bot.ErrFenced) { // one woken before it replaced it
				w.t.Fatalf("wake: %v", err)
			}
		}
	}
	w.t.Fatal("timers are due for ever")
}

// tell has a person go as far as the story of a complaint.
func (w *world) tell(a channels.Address) {
	w.t.Helper()
	for _, text := range []string{"Complain", "Me", "Ward 6", "skip"} {
		w.say(a, text)
	}
}

// complain has a person send a whole complaint, by name or not, and answer what
// comes after it.
func (w *world) complain(a channels.Address, privacy string) *bot.Case {
	w.t.Helper()
	w.tell(a)
	w.say(a, "Nobody came all night.")
	w.say(a, "done")
	w.say(a, "skip")
	w.say(a, privacy)
	if privacy != "Nobody" {
		w.say(a, "Ade")
	}
	w.say(a, "Send")
	return w.caseOf(a)
}

func (w *world) hasWords(got string, want ...string) {
	w.t.Helper()
	at := 0
	for _, one := range want {
		i := strings.Index(got[at:], one)
		if i < 0 {
			w.t.Errorf("%q does not say %q", got, one)
			return
		}
		at += i
	}
}
