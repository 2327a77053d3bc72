package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"heard/channels/channelstest"
)

func storeRows() []row {
	return []row{
		{"redis-cut-60s", 170 * time.Second, "the wire to Redis dead for 60 s: 5xx, never 2xx, not ready; then Twilio's list and Telegram's repeats bring all in", redisCut},
		{"redis-killed", 170 * time.Second, "kill -9 of Redis under load: 5xx while it is away, all that was acknowledged is there, no hand needed", redisKilled},
		{"redis-torn-file", 170 * time.Second, "a power cut in the middle of a write: the torn end is dropped, all acknowledged is there; heard takes nothing unless every write is synced", redisTorn},
		{"redis-slow-500ms", 170 * time.Second, "each answer of Redis half a second late: slow, and nothing lost, doubled or refused for good", redisSlow},
		{"redis-full", 170 * time.Second, "Redis at maxmemory: whole turns refused with 5xx, nothing half written, all taken once there is room", redisFull},
		{"disk-full", 170 * time.Second, "the disk of Redis full: it ends, 5xx, and with room again all that was acknowledged is there", diskFull},
		{"lost-replies", 170 * time.Second, "one in twenty answers of Redis lost after the command was done: nothing written twice", lostReplies},
	}
}

// people30 are thirty on all channels: enough that something is under way in every
// second of a fault.
const people30 = 30

// No process ends in these rows: who sent a message lives to tell the store, however
// long that was away. So nothing may come twice, on Telegram neither.

// underWay has Telegram take its time to answer, so that something is being sent at
// every moment: also at the one in which the store goes.
func (s *stage) underWay(ctx context.Context) {
	took := s.telegram.OnSent
	s.telegram.OnSent = func(m channelstest.TelegramMessage) {
		took(m)
		_ = pause(ctx, 300*time.Millisecond) // ends with the row
	}
}

// longerThanALease is how long a store may be away for its leases to end meanwhile.
const longerThanALease = 35 * time.Second

// outage plays a fault in the middle of thirty conversations. During it, each
// message must be refused, and the process must say that it is not ready.
func (s *stage) outage(ctx context.Context, begin, end func() error, lasts time.Duration) error {
	people := s.crowd(people30)
	return s.under(ctx, people, 20, func(ctx context.Context) error {
		if err := s.until(ctx, 100); err != nil {
			return err
		}
		if err := begin(); err != nil {
			return err
		}
		err := s.refuses(ctx, lasts)
		return errors.Join(err, end(), s.back(ctx))
	})
}

// until waits until people have sent so many messages, or something is wrong: then
// some of them may have stopped.
func (s *stage) until(ctx context.Context, messages int) error {
	err := await(ctx, "people write", func() (bool, error) {
		wrong := s.ledger.fault() != nil
		s.ledger.mu.Lock()
		defer s.ledger.mu.Unlock()
		return wrong || s.ledger.messages >= messages, nil
	})
	return errors.Join(err, s.ledger.fault())
}

// refuses sees, for as long as the fault lasts, that messages of its own person
// are answered 5xx and that the process is not ready. It is at least two of them.
func (s *stage) refuses(ctx context.Context, lasts time.Duration) error {
	until := time.Now().Add(lasts)
	probe := s.newPerson(899)
	letter := probe.write("hello")
	for tries := 0; tries < 2 || time.Now().Before(until); tries++ {
		if status := posted(ctx, letter); !refused(status) {
			return fmt.Errorf("a message was answered %d although the store cannot keep it", status)
		}
		if s.processes[0].ready(ctx) {
			return errors.New("the process says that it is ready although the store cannot keep anything")
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) back(ctx context.Context) error {
	return await(ctx, "the process is ready again", func() (bool, error) { return s.processes[0].ready(ctx), nil })
}

func redisCut(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 1, true); err != nil {
		return err
	}
	s.underWay(ctx)
	p := s.proxies[0]
	err := s.outage(ctx, func() error { p.set(swallowing); return nil }, func() error { p.set(refusing); p.set(passing); return nil }, time.Minute)
	s.sawTaken()
	return err
}

// sawTaken tells how messages came in that the webhook could not take.
func (s *stage) sawTaken() {
	s.saw = fmt.Sprintf("%d taken when repeated, %d from Twilio's list", s.ledger.retried, s.ledger.listed)
}

func redisKilled(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 1, false); err != nil {
		return err
	}
	err := s.outage(ctx, func() error { s.redis.end(syscall.SIGKILL); return nil }, func() error { return s.redis.start() }, 5*time.Second)
	s.sawTaken()
	return err
}

// redisTorn leaves what a power cut leaves: an append-only file that ends within
// a command. That the cut itself loses nothing rests on the sync at each write,
// which is why heard must refuse to work without it.
func redisTorn(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 1, false); err != nil {
		return err
	}
	tear := func() error {
		s.redis.end(syscall.SIGKILL)
		files, err := filepath.Glob(filepath.Join(s.dir, "appendonlydir", "*.incr.aof"))
		if err != nil || len(files) == 0 {
			return errors.Join(err, errors.New("there is no append-only file"))
		}
		f, err := os.OpenFile(files[len(files)-1], os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteString("*3\r\n$4\r\nHSET\r\n$900\r\nthe power went he")
		return errors.Join(err, f.Close())
	}
	if err := s.outage(ctx, tear, func() error { return s.redis.start() }, time.Second); err != nil {
		return err
	}
	if err := s.redis.rdb.ConfigSet(ctx, "appendfsync", "everysec").Err(); err != nil {
		return err
	}
	if s.processes[0].ready(ctx) {
		return errors.New("the process says that it is ready although Redis may lose a second")
	}
	if _, err := s.processes[0].stop(ctx); err != nil {
		return err
	}
	if err := s.processes[0].start(ctx); err == nil {
		return errors.New("heard serves although Redis may lose a second of acknowledged messages")
	}
	return nil
}

// slowPatience is how long anybody waits for a reply while Redis is slow: many times
// what the slowest of them takes.
const slowPatience = 30 * time.Second

func redisSlow(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 1, true); err != nil {
		return err
	}
	people := s.crowd(people30)
	for _, p := range people {
		p.patience = slowPatience
	}
	err := s.under(ctx, people, 20, func(ctx context.Context) error {
		if err := s.until(ctx, 60); err != nil {
			return err
		}
		s.proxies[0].slow(500 * time.Millisecond)
		err := s.until(ctx, 200)
		s.proxies[0].slow(0)
		return err
	})
	s.saw = fmt.Sprintf("slowest hundredth of replies %s; %d messages repeated", quantile(s.ledger.whole, 0.99), s.ledger.retried)
	return err
}

// redisFull has Redis refuse what grows. What is refused must leave nothing: the
// account at the end finds any half of a turn.
func redisFull(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 1, false); err != nil {
		return err
	}
	limit := func(to string) func() error {
		return func() error { return s.redis.rdb.ConfigSet(ctx, "maxmemory", to).Err() }
	}
	people := s.crowd(people30)
	err := s.under(ctx, people, 20, func(ctx context.Context) error {
		if err := s.until(ctx, 100); err != nil {
			return err
		}
		if err := limit("1mb")(); err != nil {
			return err
		}
		probe := s.newPerson(899).write("hello")
		for range 20 {
			if status := posted(ctx, probe); !refused(status) {
				return fmt.Errorf("a message was answered %d although there is no room for it", status)
			}
			if err := pause(ctx, 200*time.Millisecond); err != nil {
				return err
			}
		}
		return limit("0")()
	})
	s.sawTaken()
	return err
}

// diskFull starts Redis with a limit on the size of its file, which ends it when
// it is reached, as a full disk does.
func diskFull(ctx context.Context, s *stage) error {
	s.redis.end(syscall.SIGKILL)
	if err := s.redis.start("sh", "-c", `ulimit -f 400; exec "$@"`, "limited"); err != nil {
		return err
	}
	if err := s.heards(ctx, 1, false); err != nil {
		return err
	}
	s.underWay(ctx)
	people := s.crowd(people30)
	err := s.under(ctx, people, 20, func(ctx context.Context) error {
		if err := s.redis.gone(ctx); err != nil {
			return err
		}
		if err := s.refuses(ctx, longerThanALease); err != nil {
			return err
		}
		return errors.Join(s.redis.start(), s.back(ctx))
	})
	s.sawTaken()
	return err
}

// lostReplies cuts connections at random when Redis has done what it was told.
func lostReplies(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 1, true); err != nil {
		return err
	}
	loser := &loser{chance: seeded(s.seed)}
	s.proxies[0].loses(loser.loses)
	people := s.crowd(people30)
	err := s.under(ctx, people, 30, func(ctx context.Context) error {
		err := s.until(ctx, people30*12)
		s.proxies[0].loses(nil)
		if err != nil {
			return errors.New("it went on no longer")
		}
		return nil
	})
	s.saw = fmt.Sprintf("%d answers lost", loser.lost)
	if err == nil && loser.lost < 10 {
		return errors.New("too few answers were lost to mean anything")
	}
	return err
}

// loser decides which answers are lost.
type loser struct {
	mu     sync.Mutex
	chance *rand.Rand
	lost   int
}

func (l *loser) loses(command []byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !isScript(command) || l.chance.IntN(20) != 0 {
		return false
	}
	l.lost++
	return true
}
