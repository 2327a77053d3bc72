package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"heard/bot"
	"heard/bot/redisstore"
	"heard/channels"
)

// leastFull is how fast a turn must be in a full store, of an empty one's.
const leastFull = 0.90

type sizesOptions struct {
	sessions, cases, rounds int
	block                   time.Duration
}

func sizesCommand(ctx context.Context, out io.Writer, args []string) error {
	var o sizesOptions
	flags := flag.NewFlagSet("sizes", flag.ContinueOnError)
	flags.IntVar(&o.sessions, "sessions", 1000000, "how many people are in conversation in the full store")
	flags.IntVar(&o.cases, "cases", 100000, "how many complaints are in it, of as many people more")
	flags.IntVar(&o.rounds, "rounds", 15, "how often the full and the empty store take turns")
	flags.DurationVar(&o.block, "block", 2*time.Second, "how long each turn of theirs is")
	if err := parse(flags, args); err != nil {
		return err
	}
	full, err := openSized(ctx, "full")
	if err != nil {
		return err
	}
	defer full.h.close()
	empty, err := openSized(ctx, "empty")
	if err != nil {
		return err
	}
	defer empty.h.close()
	if err := full.fill(ctx, out, o); err != nil {
		return err
	}
	return compareSizes(ctx, out, o, full, empty)
}

// sized is a store with a bot before it, all in this process but for Redis.
type sized struct {
	name   string
	h      *house
	store  *redisstore.Store
	bot    *bot.Bot
	shape  *shape
	leases chan bot.Lease
	next   atomic.Int64
	people []*sync.Mutex
	steps  []int
	rates  []float64
	turns  int64
	spent  time.Duration // processor time of this process and its Redis
}

// sizedPeople take turns in each store.
const sizedPeople = 500

func openSized(ctx context.Context, name string) (*sized, error) {
	h, err := openHouse("--auto-aof-rewrite-percentage", "0")
	if err != nil {
		return nil, err
	}
	s := &sized{name: name, h: h, leases: make(chan bot.Lease, 1<<16), steps: make([]int, sizedPeople)}
	for range sizedPeople {
		s.people = append(s.people, new(sync.Mutex))
	}
	if s.store, err = redisstore.Open(ctx, h.storeOptions()); err != nil {
		return nil, err
	}
	h.atEnd(func() { _ = s.store.Close() }) // nothing is under way
	if s.shape, err = recordShape(ctx, s.store, provider); err != nil {
		return nil, err
	}
	if s.bot, err = newBot(ctx, s.store, s.store, provider, time.Now, func(l bot.Lease) { s.leases <- l }); err != nil {
		return nil, err
	}
	for range 16 {
		go s.settle(ctx)
	}
	return s, nil
}

// settle ends each send at once: what is measured is the store's part.
func (s *sized) settle(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case l := <-s.leases:
			for next := &l; next != nil; {
				var err error
				if next, err = s.store.Settle(ctx, *next, bot.Settlement{Result: bot.Accepted, IDs: []string{string(next.Message.Task)}}); err != nil {
					return // the store is closed
				}
			}
		}
	}
}

// fill writes sessions and complaints by commits, as turns would. Nothing is
// synced meanwhile: the file is thrown away.
func (s *sized) fill(ctx context.Context, out io.Writer, o sizesOptions) error {
	if err := s.h.redis.rdb.ConfigSet(ctx, "appendfsync", "no").Err(); err != nil {
		return err
	}
	before, err := s.h.redis.memory(ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	if err := s.many(o.sessions, func(i int) error { return s.session(ctx, i) }); err != nil {
		return err
	}
	between, err := s.h.redis.memory(ctx)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "%d sessions in %s: %d bytes each, its record, its timer and the mark of its last message; %s\n",
		o.sessions, time.Since(began).Round(time.Second), (between-before)/int64(max(1, o.sessions)), s.weight(ctx, "c:"+string(sessionID(0))))
	began = time.Now()
	var ref atomic.Value
	if err := s.many(o.cases, func(i int) error { return s.complaint(ctx, o.sessions+i, &ref) }); err != nil {
		return err
	}
	after, err := s.h.redis.memory(ctx)
	if err != nil {
		return err
	}
	key, _ := ref.Load().(bot.CaseRef)
	_, _ = fmt.Fprintf(out, "%d complaints in %s: %d bytes each, with its conversation, its staff task and the marks of nine messages; %s\n",
		o.cases, time.Since(began).Round(time.Second), (after-between)/int64(max(1, o.cases)), s.weight(ctx, "k:"+string(key)))
	return s.h.redis.rdb.ConfigSet(ctx, "appendfsync", "always").Err()
}

// weight is what one record takes by itself, as Redis says.
func (s *sized) weight(ctx context.Context, key string) string {
	n, err := s.h.redis.rdb.MemoryUsage(ctx, "{"+provider+"}:"+key).Result()
	if err != nil {
		return "one record: not known"
	}
	return fmt.Sprintf("one record by itself %d", n)
}

// many does a thing for so many numbers, sixty-four at a time.
func (s *sized) many(n int, do func(i int) error) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, 64)
	for w := range errs {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(n) && errs[w] == nil; i = next.Add(1) - 1 {
				errs[w] = do(int(i))
			}
		})
	}
	wg.Wait()
	return first(errs)
}

func sessionID(i int) bot.ConversationID { return bot.ConversationID(fmt.Sprintf("session-%034d", i)) }

// session is somebody in the middle of their story, with its reminder.
func (s *sized) session(ctx context.Context, i int) error {
	var ops []bot.Op
	for _, o := range s.shape.turns[3].Ops { // the story was asked for
		switch o := o.(type) {
		case bot.PutConversation:
			c := *o.Conversation
			c.ID, c.Version, c.Case, c.Handle = sessionID(i), 0, "", ""
			c.Address = channels.Address(fmt.Sprintf("+447700900%03d-%d", i%900+100, i))
			ops = append(ops, bot.PutConversation{Conversation: &c})
		case bot.SetTimer:
			o.Timer.Conversation = sessionID(i)
			o.Timer.After = 1000 * time.Hour // not while this is measured
			ops = append(ops, o)
		}
	}
	_, err := s.store.Commit(ctx, bot.Turn{Provider: provider, ID: bot.TurnID(fmt.Sprint("s", i)), Message: channels.MessageID(fmt.Sprint("s", i)), Ops: ops})
	return err
}

// complaint is a whole journey up to an open case, whose replies were sent.
func (s *sized) complaint(ctx context.Context, i int, ref *atomic.Value) error {
	p := newStanding(i, channels.Address(fmt.Sprintf("+447700900%03d-c%d", i%900+100, i)))
	for step := range len(benchScript()) - 1 { // without the question how it stands
		id := fmt.Sprintf("c%d-%d", i, step)
		t := s.shape.next(p, channels.MessageID(id), id)
		t.Ops = slices.DeleteFunc(t.Ops, func(o bot.Op) bool { _, is := o.(bot.Enqueue); return is })
		if _, err := s.store.Commit(ctx, t); err != nil {
			return err
		}
	}
	ref.CompareAndSwap(nil, p.conv.Case)
	return nil
}

// compareSizes has both stores take turns and compares.
func compareSizes(ctx context.Context, out io.Writer, o sizesOptions, full, empty *sized) error {
	both := []*sized{full, empty}
	for round := range o.rounds + 1 {
		for i := range both {
			if err := both[(i+round)%2].block(ctx, o.block); err != nil {
				return err
			}
		}
		if round == 0 {
			for _, s := range both {
				s.rates, s.turns, s.spent = nil, 0, 0 // to warm up
			}
		}
	}
	var shares []float64
	for i := range full.rates {
		shares = append(shares, full.rates[i]/empty.rates[i])
	}
	slices.Sort(shares)
	share := float64(empty.each()) / float64(full.each()) // what else the machine does does not count
	for _, s := range both {
		_, _ = fmt.Fprintf(out, "%-6s %6.0f turns a second; %s of processor time a turn, Redis included\n", s.name, mean(s.rates), s.each().Round(time.Microsecond))
	}
	_, _ = fmt.Fprintf(out, "full of empty: %.1f%% by processor time; by the clock %.1f%% in the middle round, from %.1f%% to %.1f%%; Redis holds %d MB\n",
		100*share, 100*shares[len(shares)/2], 100*shares[0], 100*shares[len(shares)-1], residentOf(full.h.redis.cmd.Process.Pid)>>20)
	if share < leastFull {
		return fmt.Errorf("a turn in the full store is at %.1f%% of the empty one's, and %.0f%% must be", 100*share, 100*leastFull)
	}
	return nil
}

// block has people take turns for a while.
func (s *sized) block(ctx context.Context, lasts time.Duration) error {
	var wg sync.WaitGroup
	var turns atomic.Int64
	errs := make([]error, 16)
	began, spent := time.Now(), s.processor()
	for w := range errs {
		wg.Go(func() {
			for time.Since(began) < lasts && errs[w] == nil {
				if errs[w] = s.turn(ctx); errs[w] == nil {
					turns.Add(1)
				}
			}
		})
	}
	wg.Wait()
	s.rates = append(s.rates, float64(turns.Load())/time.Since(began).Seconds())
	s.turns, s.spent = s.turns+turns.Load(), s.spent+s.processor()-spent
	if err := first(errs); err != nil {
		return errors.Join(fmt.Errorf("the %s store", s.name), err)
	}
	return nil
}

func (s *sized) processor() time.Duration {
	return spentBy(s.h.redis.cmd.Process.Pid) + spentBy(os.Getpid())
}

func (s *sized) each() time.Duration { return s.spent / time.Duration(max(1, s.turns)) }

func (s *sized) turn(ctx context.Context) error {
	n := s.next.Add(1)
	i := int(n) % sizedPeople
	s.people[i].Lock()
	defer s.people[i].Unlock()
	script := benchScript()
	text := script[s.steps[i]%len(script)]
	s.steps[i]++
	return s.bot.Receive(ctx, provider, channels.Inbound{
		ID: channels.MessageID(fmt.Sprint("tw:turn", n)), Channel: channels.SMS, Sender: smsFrom, At: time.Now(), Text: text,
		Address: channels.Address(fmt.Sprintf("+447700900%03d-m", i+100)),
	})
}
