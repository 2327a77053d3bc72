package bot_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"heard/bot"
	"heard/bot/redisstore"
	"heard/bot/storetest"
	"heard/channels"
)

// bareCommit is the least that a turn can cost: one script that compares a
// version, writes a session, and queues an entry and a reply.
var bareCommit = redis.NewScript(`
if (redis.call('HGET', KEYS[1], 'v') or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'r', ARGV[3])
redis.call('RPUSH', KEYS[2], ARGV[4])
redis.call('RPUSH', KEYS[3], ARGV[4])
return 1`)

// BenchmarkReceive takes in one message of each of many people who are in the
// middle of their story, next to the bare commit script on the same server.
// "known" is a person who just wrote, "cold" one of whom this instance remembers
// nothing.
func BenchmarkReceive(b *testing.B) {
	server := storetest.StartRedis(b)
	for _, width := range []int{1, 16, 64} {
		for _, known := range []bool{true, false} {
			name := fmt.Sprintf("inflight=%d/cold", width)
			if known {
				name = fmt.Sprintf("inflight=%d/known", width)
			}
			b.Run(name, func(b *testing.B) { benchmarkReceive(b, server.URL(), width, known) })
		}
	}
}

func benchmarkReceive(b *testing.B, url string, width int, known bool) {
	b.ReportAllocs()
	ctx := context.Background()
	rdb, err := redisstore.NewClient(url)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = rdb.Close() }() // the measurement is done
	if err := rdb.FlushDB(ctx).Err(); err != nil {
		b.Fatal(err)
	}
	store, err := redisstore.Open(ctx, redisstore.Options{
		Client: rdb, ConfigKeys: [][]byte{[]byte("0123456789abcdef0123456789abcdef")}, Providers: []bot.ProviderID{hospital},
	})
	if err != nil {
		b.Fatal(err)
	}
	people := min(b.N, 20_000)
	if known {
		people = min(people, 4000) // as many as are remembered
	}
	one := benchBot(b, store)
	for _, text := range []string{"Complain", "Me", "Ward 6", "skip", "Nobody came."} {
		inFlight(b, 64, people, func(i int) error { return one.Receive(ctx, hospital, benchMessage(i, text)) })
	}
	if !known {
		one = benchBot(b, store)
	}
	session, words := make([]byte, 600), "It was cold, and nobody came when she rang. I stayed until nine."
	bare := func(i int) error {
		key := fmt.Sprint("{bare}", i)
		return bareCommit.Run(ctx, rdb, []string{key, key + "a", key + "b"}, "0", "1", session, words).Err()
	}
	var bareTime, time time.Duration
	b.ResetTimer()
	for from := 0; from < b.N; from += benchRound { // in turns, so that both meet the same machine
		n := min(benchRound, b.N-from)
		b.StopTimer()
		bareTime += inFlight(b, width, n, func(i int) error { return bare(from + i) })
		b.StartTimer()
		time += inFlight(b, width, n, func(i int) error { return one.Receive(ctx, hospital, benchMessage((from+i)%people, words)) })
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/time.Seconds(), "turns/s")
	b.ReportMetric(float64(b.N)/bareTime.Seconds(), "bare/s")
	b.ReportMetric(bareTime.Seconds()/time.Seconds(), "ratio")
}

const benchRound = 500

var benchMessages atomic.Int64 // ids of messages, over all runs

func benchMessage(person int, text string) channels.Inbound {
	return channels.Inbound{
		ID: channels.MessageID(fmt.Sprint("tw:SM", benchMessages.Add(1))), Channel: channels.SMS, Sender: smsFrom,
		Address: channels.Address(fmt.Sprint("person", person)), At: time.Now(), Text: text,
	}
}

func benchBot(b *testing.B, store *redisstore.Store) *bot.Bot {
	b.Helper()
	one, err := bot.New(context.Background(), bot.Options{
		Store: store, Versions: store, Deliver: func(bot.Lease) {},
		Providers: []bot.Provider{{ID: hospital, Name: "St Mary's", Calendar: england(b), Flows: librarySet(b)}},
	})
	if err != nil {
		b.Fatal(err)
	}
	return one
}

// inFlight runs do for n numbers, width at a time, and returns how long it took.
func inFlight(b *testing.B, width, n int, do func(i int) error) time.Duration {
	b.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range width {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return time.Since(began)
}
