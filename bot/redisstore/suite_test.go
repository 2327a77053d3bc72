package redisstore

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"heard/bot"
	"heard/bot/storetest"
	"heard/channels"
)

func TestEmbedded(t *testing.T) {
	embedded := startEmbedded(t)
	storetest.Run(t, func(t *testing.T) storetest.Fixture { return newFixture(t, embedded.URL(), Ephemeral) })
}

func TestRedis(t *testing.T) {
	server := storetest.StartRedis(t)
	storetest.Run(t, func(t *testing.T) storetest.Fixture { return newFixture(t, server.URL(), Strict) })
}

func startEmbedded(t testing.TB) *Embedded {
	t.Helper()
	e, err := StartEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return e
}

var providers atomic.Int64 // each test has a provider of its own on the shared server

func testOptions(client redis.UniversalClient, d Durability, clock func() time.Time) Options {
	return Options{
		Client: client, ConfigKeys: [][]byte{[]byte("0123456789abcdef0123456789abcdef")},
		Providers:  []bot.ProviderID{bot.ProviderID(fmt.Sprintf("test%d", providers.Add(1)))},
		Durability: d, Clock: clock,
	}
}

func newClient(t testing.TB, url string) redis.UniversalClient {
	t.Helper()
	client, err := NewClient(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func openStore(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newFixture(t *testing.T, url string, d Durability) storetest.Fixture {
	t.Helper()
	ctx, clock := context.Background(), storetest.NewClock()
	client, trips := newClient(t, url), &counter{}
	client.AddHook(trips)
	o := testOptions(client, d, clock.Now)
	p := o.Providers[0]
	s := openStore(t, o)
	desk, err := OpenDesk(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	return storetest.Fixture{
		Store: s, Desk: desk, Provider: p, Clock: clock, Lease: 30 * time.Second,
		Trips:   trips.sent.Load,
		Dump:    func(t testing.TB) map[string]string { return dump(t, newClient(t, url), prefix(p)) },
		Kept:    func(id bot.ConversationID) ([]bot.Entry, error) { return s.Kept(ctx, p, id) },
		Aside:   func(id bot.ConversationID) ([]bot.Message, error) { return s.Aside(ctx, p, id) },
		Answers: func(month string) ([]bot.StatementAnswer, error) { return desk.Answers(ctx, p, month) },
		Paced: func(t testing.TB, pace map[channels.Channel]float64) storetest.Store {
			paced := o
			paced.Pace = pace
			return openStore(t, paced)
		},
	}
}

// counter counts what is sent over the wire, a pipeline as one.
type counter struct{ sent atomic.Int64 }

func (c *counter) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (c *counter) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.sent.Add(1)
		return next(ctx, cmd)
	}
}

func (c *counter) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.sent.Add(1)
		return next(ctx, cmds)
	}
}

// dump reads every key of a provider with its whole value.
func dump(t testing.TB, client redis.UniversalClient, prefix string) map[string]string {
	t.Helper()
	ctx, all := context.Background(), map[string]string{}
	server, err := home(ctx, client, prefix)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := server.Keys(ctx, prefix+"*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		var value any
		switch kind := client.Type(ctx, key).Val(); kind {
		case "string":
			value, err = client.Get(ctx, key).Result()
		case "hash":
			value, err = client.HGetAll(ctx, key).Result()
		case "list":
			value, err = client.LRange(ctx, key, 0, -1).Result()
		case "set":
			value, err = client.SMembersMap(ctx, key).Result()
		case "zset":
			value, err = client.ZRangeWithScores(ctx, key, 0, -1).Result()
		default:
			t.Fatalf("a key of kind %s", kind)
		}
		if err != nil {
			t.Fatal(err)
		}
		all[key] = fmt.Sprint(value)
	}
	return all
}
