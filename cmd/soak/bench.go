package main

import (
	"context"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"heard/bot/redisstore"
	"heard/channels/channelstest"
)

// What bench must show on two cores, load included.
const (
	leastShare   = 0.85 // of the empty handler's rate
	mostApart    = 0.2  // in bytes that a turn adds to what Redis keeps: else the two make other commits
	leastInbound = 4000 // a second
	leastWhole   = 1500
	mostLatency  = 50 * time.Millisecond // p99
)

type benchOptions struct {
	people, rounds int
	block          time.Duration
	turns          bool
}

func benchCommand(ctx context.Context, out io.Writer, args []string) error {
	var o benchOptions
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&o.people, "people", 1000, "how many people are in conversation")
	flags.IntVar(&o.rounds, "rounds", 20, "how often heard and the empty handler take turns")
	flags.DurationVar(&o.block, "block", time.Second, "how long each turn of theirs is")
	flags.BoolVar(&o.turns, "turns", false, "print what the turns change that both commit, and measure nothing")
	if err := parse(flags, args); err != nil {
		return err
	}
	if o.turns {
		return printTurns(ctx, out)
	}
	_, _ = fmt.Fprintf(out, "%d people; heard and an empty signed handler with the same commit, %d times %s each in turn\n\n", o.people, o.rounds, o.block)
	_, _ = fmt.Fprintf(out, "%-58s %8s %10s %10s\n", "", "a second", "p50", "p99")
	return errors.Join(
		benchOne(ctx, out, o, bench{name: "inbound to commit", width: 64, least: leastInbound}),
		benchOne(ctx, out, o, bench{name: "whole turn with send and two callbacks", width: 32, least: leastWhole, whole: true}),
	)
}

// printTurns says which changes the turns make that the empty handler repeats, so
// that a reader can judge the comparison.
func printTurns(ctx context.Context, out io.Writer) error {
	h, err := openHouse()
	if err != nil {
		return err
	}
	defer h.close()
	store, err := redisstore.Open(ctx, h.storeOptions())
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }() // its server ends
	s, err := recordShape(ctx, store, provider)
	if err != nil {
		return err
	}
	s.describe(out)
	return nil
}

// bench is one of the two measurements: from a message to its commit, or until
// its reply was sent and two callbacks about it were taken.
type bench struct {
	name  string
	width int // messages under way at once
	least float64
	whole bool
}

// contestant is heard or the yardstick, and how it did.
type contestant struct {
	name, hooks, addr string
	people            []*benchPerson
	next              atomic.Int64
	pid               func() int
	mu                sync.Mutex
	figures
}

// benchPerson sends the next message of the script when it is their turn.
type benchPerson struct {
	sync.Mutex
	address string
	step    int
	done    chan struct{} // the reply's callbacks were taken
}

// rig is what a measurement needs.
type rig struct {
	bench
	h       *house
	web     *http.Client
	both    [2]*contestant
	waiting sync.Map // address -> *benchPerson
}

func benchOne(ctx context.Context, out io.Writer, o benchOptions, b bench) error {
	r, err := newRig(ctx, o, b)
	if err != nil {
		return err
	}
	defer r.h.close()
	for round := range o.rounds + 1 {
		for i := range r.both {
			c := r.both[(i+round)%2] // who is first changes
			if err := r.block(ctx, c, o.block); err != nil {
				return fmt.Errorf("%s, %s: %w", b.name, c.name, err)
			}
			if round == 0 {
				c.figures = figures{} // to warm up
			}
		}
	}
	bare, err := bareRate(ctx, r.h.redis.rdb, b.width, o.block)
	if err != nil {
		return err
	}
	return errors.Join(r.report(out, bare), r.h.trouble())
}

func newRig(ctx context.Context, o benchOptions, b bench) (*rig, error) {
	h, err := openHouse("--auto-aof-rewrite-percentage", "0") // it would take a core from whoever runs then
	if err != nil {
		return nil, err
	}
	r := &rig{bench: b, h: h, web: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}, Timeout: 30 * time.Second}}
	h.twilio.Remember = time.Second
	h.twilio.OnSent = r.sent
	p, err := h.heard(ctx, false)
	if err != nil {
		h.close()
		return nil, err
	}
	y, err := h.yardstick(ctx, b.whole)
	if err != nil {
		h.close()
		return nil, err
	}
	r.both = [2]*contestant{
		{name: "heard", hooks: webhooks, addr: p.addr, pid: p.pid}, {name: "empty handler", hooks: yardstickHooks, addr: y.addr, pid: y.pid},
	}
	for n, c := range r.both {
		for i := range o.people {
			c.people = append(c.people, &benchPerson{address: fmt.Sprintf("+447700900%03d-%d-%d", i%900+100, i/900, n), done: make(chan struct{}, 1)})
		}
	}
	if !b.whole {
		if err := r.hold(ctx); err != nil {
			h.close()
			return nil, err
		}
	}
	return r, nil
}

// yardstick starts the empty handler as a process of its own, as heard is one.
func (h *house) yardstick(ctx context.Context, sends bool) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	p := &process{addr: addr, args: []string{self, yardstickName, "-redis", h.redis.url(), "-api", h.twilio.URL(),
		"-key", hex.EncodeToString(h.key), fmt.Sprintf("-sends=%v", sends)}}
	h.processes, h.proxies = append(h.processes, p), append(h.proxies, nil)
	return p, p.start(ctx)
}

// hold has Twilio say that nothing may be sent for an hour, so that heard takes
// messages in and does nothing else.
func (r *rig) hold(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	held := make(chan struct{})
	r.h.twilio.Fail(channelstest.Fault{Status: http.StatusTooManyRequests, RetryAfter: "3600", Then: sync.OnceFunc(func() { close(held) })})
	if err := r.post(ctx, r.both[0], "/twilio", r.h.twilio.Text("+447700900998", smsFrom, "hello")); err != nil {
		return err
	}
	select {
	case <-held:
	case <-ctx.Done():
		return ctx.Err()
	}
	return await(ctx, "the sender is on hold", func() (bool, error) {
		keys, err := r.h.redis.rdb.Keys(ctx, "{"+provider+"}:p:*").Result()
		if err != nil || len(keys) == 0 {
			return false, err
		}
		return r.h.redis.rdb.HExists(ctx, keys[0], "hold").Result()
	})
}

// block lets one of the two work for a while.
func (r *rig) block(ctx context.Context, c *contestant, lasts time.Duration) error {
	var wg sync.WaitGroup
	kept, err := r.h.redis.kept(ctx)
	if err != nil {
		return err
	}
	began, spent := time.Now(), r.processor(c)
	errs := make([]error, r.width)
	var turns atomic.Int64
	for i := range r.width {
		wg.Go(func() {
			for time.Since(began) < lasts && errs[i] == nil {
				if errs[i] = r.turn(ctx, c); errs[i] == nil {
					turns.Add(1)
				}
			}
		})
	}
	wg.Wait()
	c.rates = append(c.rates, float64(turns.Load())/time.Since(began).Seconds())
	c.turns, c.spent = c.turns+turns.Load(), c.spent.with(r.processor(c).since(spent))
	after, err := r.h.redis.kept(ctx)
	c.kept, c.holds = c.kept+after-kept, max(c.holds, residentOf(c.pid()))
	return errors.Join(first(errs), err)
}

// processor is what was spent so far.
func (r *rig) processor(c *contestant) spending {
	return spending{spentBy(c.pid()), spentBy(r.h.redis.cmd.Process.Pid), spentBy(os.Getpid())}
}

// first is the first error there is.
func first(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// turn sends the next message of the next person, and waits for what is measured.
func (r *rig) turn(ctx context.Context, c *contestant) error {
	p := c.people[int(c.next.Add(1))%len(c.people)]
	p.Lock()
	defer p.Unlock()
	script := benchScript()
	form := r.h.twilio.Text(p.address, smsFrom, script[p.step%len(script)])
	p.step++
	r.waiting.Store(p.address, p)
	began := time.Now()
	if err := r.post(ctx, c, "/twilio", form); err != nil {
		return err
	}
	if r.whole {
		select {
		case <-p.done:
		case <-time.After(20 * time.Second):
			return fmt.Errorf("no reply to %q", form.Get("Body"))
		}
	}
	took := time.Since(began)
	c.mu.Lock()
	c.took = append(c.took, took)
	c.mu.Unlock()
	return nil
}

// sent posts both callbacks of a message, as Twilio does, and ends its turn.
func (r *rig) sent(m channelstest.TwilioMessage) {
	c := r.both[0]
	if strings.HasPrefix(m.StatusCallback, yardstickHooks) {
		c = r.both[1]
	}
	waiting, known := r.waiting.Load(m.To)
	if !known {
		return
	}
	path, _, _ := strings.Cut(strings.TrimPrefix(m.StatusCallback, c.hooks), "#") // the overrides behind it are for Twilio
	go func() {
		for _, status := range []string{"sent", "delivered"} {
			form := url.Values{
				"AccountSid": {account}, "MessageSid": {m.SID}, "SmsSid": {m.SID}, "From": {m.From}, "To": {m.To},
				"MessageStatus": {status}, "SmsStatus": {status},
			}
			if err := r.post(context.Background(), c, path, form); err != nil {
				return // the turn never ends, and says so
			}
		}
		waiting.(*benchPerson).done <- struct{}{}
	}()
}

// post posts a signed form.
func (r *rig) post(ctx context.Context, c *contestant, path string, form url.Values) error {
	address := c.hooks + path
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.addr+strings.TrimPrefix(address, public), strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Twilio-Signature", r.h.twilio.Sign(address, form))
	resp, err := r.web.Do(req)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, resp.Body) // so that the connection is used again
	_ = resp.Body.Close()                 // it was read
	if resp.StatusCode >= 300 {
		return fmt.Errorf("answered %s", resp.Status)
	}
	return nil
}

// bareScript is the least that a turn can cost: it remembers a message, compares
// a version, and writes a session, an entry and a message as they come.
var bareScript = redis.NewScript(`
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
if (redis.call('HGET', KEYS[2], 'v') or '0') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], '1', 'PX', '604800000')
redis.call('HSET', KEYS[2], 'v', ARGV[2], 'r', ARGV[3])
redis.call('RPUSH', KEYS[3], ARGV[4])
redis.call('RPUSH', KEYS[4], ARGV[5])
return 1`)

// bareRate is how often a second the server can do that, called as heard calls it.
func bareRate(ctx context.Context, rdb redis.UniversalClient, width int, lasts time.Duration) (float64, error) {
	session, words := make([]byte, 600), "It was cold, and nobody came when she rang. I stayed until nine."
	var wg sync.WaitGroup
	var n atomic.Int64
	began := time.Now()
	errs := make([]error, width)
	for i := range width {
		wg.Go(func() {
			for time.Since(began) < lasts && errs[i] == nil {
				k := fmt.Sprint("{bare}:", n.Add(1), ":")
				errs[i] = bareScript.Run(ctx, rdb, []string{k + "s", k + "c", k + "k", k + "o"}, "0", "1", session, words, words).Err()
			}
		})
	}
	wg.Wait()
	return float64(n.Load()) / time.Since(began).Seconds(), first(errs)
}
