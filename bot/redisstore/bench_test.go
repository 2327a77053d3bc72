package redisstore

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"heard/bot"
	"heard/bot/storetest"
	"heard/channels"
)

// yardstick is the least that a turn can cost: one script that remembers a
// message, compares a version, and writes a session, an entry and a message as
// they come.
var yardstick = redis.NewScript(`
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
if (redis.call('HGET', KEYS[2], 'v') or '0') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], '1', 'PX', '604800000')
redis.call('HSET', KEYS[2], 'v', ARGV[2], 'r', ARGV[3])
redis.call('RPUSH', KEYS[3], ARGV[4])
redis.call('RPUSH', KEYS[4], ARGV[5])
return 1`)

// inFlight runs f for b.N numbers, so many at a time, and returns the rate a second.
func inFlight(b *testing.B, width int, f func(i int) error) float64 {
	b.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range width {
		all.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				if err := f(int(i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return float64(b.N) / time.Since(began).Seconds()
}

// benchmark measures a thing of the store next to the least that Redis could do
// for it, in one run. The append-only file is not rewritten meanwhile: that would
// take one of two cores from whichever of them is running.
func benchmark(b *testing.B, name string, prepare func(b *testing.B, s *Store) (bare, whole func(i int) error)) {
	server := storetest.StartRedis(b, "--auto-aof-rewrite-percentage", "0")
	for _, width := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("%s/inflight=%d", name, width), func(b *testing.B) {
			b.ReportAllocs()
			s := openStore(b, testOptions(newClient(b, server.URL()), Strict, nil))
			bare, whole := prepare(b, s)
			least := inFlight(b, width, bare)
			_ = scriptTime(b, s.rdb)
			b.ResetTimer()
			rate := inFlight(b, width, whole)
			b.StopTimer()
			b.ReportMetric(scriptTime(b, s.rdb), "script-µs")
			b.ReportMetric(rate, "turns/s")
			b.ReportMetric(least, "bare/s")
			b.ReportMetric(rate/least, "ratio")
		})
	}
}

// scriptTime is how long a script took the server on average since it was last
// asked, in µs.
func scriptTime(b *testing.B, rdb redis.UniversalClient) float64 {
	b.Helper()
	ctx := context.Background()
	info, err := rdb.Info(ctx, "commandstats").Result()
	if err != nil {
		b.Fatal(err)
	}
	if err := rdb.ConfigResetStat(ctx).Err(); err != nil {
		b.Fatal(err)
	}
	_, stats, _ := strings.Cut(info, "cmdstat_evalsha:")
	_, mean, _ := strings.Cut(stats, "usec_per_call=")
	mean, _, _ = strings.Cut(mean, ",")
	us, err := strconv.ParseFloat(mean, 64)
	if err != nil {
		b.Fatal(err)
	}
	return us
}

// BenchmarkCommit commits the usual turn: a session of 600 bytes, an entry of
// the story, a reply that is leased at once.
func BenchmarkCommit(b *testing.B) {
	benchmark(b, "commit", func(b *testing.B, s *Store) (func(int) error, func(int) error) {
		ctx, p := context.Background(), provider(s)
		session, words := make([]byte, 600), "It was cold, and nobody came when she rang. I stayed until nine."
		people, cases := benchPeople(b, s, b.N)
		key := prefix(p)
		bare := func(i int) error {
			n := fmt.Sprint(i)
			return yardstick.Run(ctx, s.rdb, []string{key + "y1" + n, key + "y2" + n, key + "y3" + n, key + "y4" + n},
				"0", "1", session, words, words).Err()
		}
		whole := func(i int) error {
			conv, c := people[i-1], cases[i-1]
			conv.Session = session
			_, err := s.Commit(ctx, bot.Turn{
				Provider: p, ID: bot.TurnID(rand.Text()), Message: channels.MessageID(fmt.Sprint("tw:SM", i)),
				Ops: []bot.Op{
					bot.PutConversation{Conversation: conv},
					bot.Append{Case: c, Entry: bot.Entry{ID: bot.EntryID(fmt.Sprint(i)), Kind: bot.Said, Text: words, At: conv.LastAt}},
					bot.Enqueue{Conversation: conv.ID, Message: bot.Message{Task: bot.TaskID(fmt.Sprint("T", i)), Text: words}},
				},
			})
			return err
		}
		return bare, whole
	})
}

// BenchmarkLookup reads a conversation and its draft next to a bare HMGET of a
// session.
func BenchmarkLookup(b *testing.B) {
	const people = 1000
	benchmark(b, "lookup", func(b *testing.B, s *Store) (func(int) error, func(int) error) {
		ctx, p := context.Background(), provider(s)
		conversations, _ := benchPeople(b, s, people)
		least := redis.NewScript(`return redis.call('HMGET', KEYS[1], 'v', 'r')`)
		bare := func(i int) error {
			return least.Run(ctx, s.rdb, []string{prefix(p) + "c:" + string(conversations[i%people].ID)}).Err()
		}
		whole := func(i int) error {
			c := conversations[i%people]
			v, err := s.Lookup(ctx, p, c.Channel, c.Sender, c.Address)
			if err == nil && v.Case == nil {
				return bot.ErrNotFound
			}
			return err
		}
		return bare, whole
	})
}

// benchPeople writes n people with a session of 600 bytes and a draft each.
func benchPeople(b *testing.B, s *Store, n int) ([]*bot.Conversation, []*bot.Case) {
	b.Helper()
	ctx, p := context.Background(), provider(s)
	conversations, cases := make([]*bot.Conversation, n), make([]*bot.Case, n)
	ring := heldRing(s.backend)
	var next atomic.Int64
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				a := channels.Address(fmt.Sprint("+44", i))
				conv := &bot.Conversation{
					ID: ring.conversationID(channels.SMS, "+447700900999", a), Channel: channels.SMS, Sender: "+447700900999", Address: a,
					Session: make([]byte, 600), LastAt: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC),
					Case: bot.CaseRef(fmt.Sprint("H-", i)), Handle: bot.Handle(rand.Text()),
				}
				c := &bot.Case{Ref: conv.Case, Handle: conv.Handle, Status: bot.Draft, Received: conv.LastAt}
				turn := bot.Turn{Provider: p, ID: bot.TurnID(rand.Text()), Ops: []bot.Op{
					bot.PutConversation{Conversation: conv}, bot.PutCase{Case: c, Conversation: conv.ID},
				}}
				if _, err := s.Commit(ctx, turn); err != nil {
					b.Error(err)
					return
				}
				conversations[i], cases[i] = conv, c
			}
		})
	}
	all.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return conversations, cases
}

func provider(s *Store) bot.ProviderID {
	for p := range s.readers {
		return p
	}
	return ""
}
