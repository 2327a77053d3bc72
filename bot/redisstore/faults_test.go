package redisstore

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"heard/bot"
	"heard/bot/storetest"
	"heard/channels"
)

// deaf is a connection that can lose one answer: the server did what it was
// told, and the client never hears of it.
type deaf struct {
	net.Conn
	lose *atomic.Bool
}

func (d deaf) Read(b []byte) (int, error) {
	n, err := d.Conn.Read(b)
	if d.lose.CompareAndSwap(true, false) {
		_ = d.Close()
		return 0, io.ErrUnexpectedEOF
	}
	return n, err
}

func deafClient(t *testing.T, url string) (*redis.Client, *atomic.Bool) {
	t.Helper()
	lose := &atomic.Bool{}
	o := *newClient(t, url).(*redis.Client).Options()
	o.MaxRetries = -1
	o.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		return deaf{c, lose}, err
	}
	client := redis.NewClient(&o)
	t.Cleanup(func() { _ = client.Close() })
	return client, lose
}

// An answer lost on the wire costs nobody a reply and doubles nothing.
func TestLostAnswerIsAnsweredAgain(t *testing.T) {
	server := storetest.StartRedis(t)
	client, lose := deafClient(t, server.URL())
	s := openStore(t, testOptions(client, Strict, nil))
	ctx, p := context.Background(), provider(s)
	v, err := s.Lookup(ctx, p, channels.SMS, "+447700900999", "+447700900123")
	if err != nil {
		t.Fatal(err)
	}
	conv := &v.Conversation
	turn := bot.Turn{Provider: p, ID: bot.TurnID(rand.Text()), Message: "tw:SM1", Ops: []bot.Op{
		bot.PutConversation{Conversation: conv},
		bot.Enqueue{Conversation: conv.ID, Message: bot.Message{Task: "T1", Text: "hello"}},
		bot.Enqueue{Conversation: conv.ID, Message: bot.Message{Task: "T2", Text: "again"}},
	}}
	commit := func() (bot.Committed, error) { return s.Commit(ctx, turn) }
	if _, err := commit(); err != nil { // so that the script is known
		t.Fatal(err)
	}
	turn.ID, turn.Message = bot.TurnID(rand.Text()), "tw:SM2"
	turn.Ops = []bot.Op{bot.PutConversation{Conversation: conv}, bot.KeepWith{Conversation: conv.ID, Entry: bot.Entry{ID: "e"}}}
	lose.Store(true)
	if _, err := commit(); err == nil || errors.Is(err, bot.ErrConflict) {
		t.Fatalf("the answer was to be lost: %v", err)
	}
	if done, err := commit(); err != nil || done.Duplicate {
		t.Fatalf("our own commit is not known again: %v, duplicate %v", err, done.Duplicate)
	}
	if kept, err := s.Kept(ctx, p, conv.ID); err != nil || len(kept) != 1 || conv.Version != 2 {
		t.Fatalf("done %d times, version %d: %v", len(kept), conv.Version, err)
	}
}

// A message that was acknowledged survives the death of Redis.
func TestKilledRedisKeepsWhatWasAcknowledged(t *testing.T) {
	server := storetest.StartRedis(t)
	s := openStore(t, testOptions(newClient(t, server.URL()), Strict, nil))
	ctx, p := context.Background(), provider(s)
	conv := &bot.Conversation{ID: "somebody", Channel: channels.SMS, Sender: "+447700900999"}
	var acknowledged uint64
	for i := range 200 {
		conv.Session = fmt.Append(nil, i)
		turn := bot.Turn{Provider: p, ID: bot.TurnID(rand.Text()), Ops: []bot.Op{bot.PutConversation{Conversation: conv}}}
		if _, err := s.Commit(ctx, turn); err != nil {
			t.Fatal(err)
		}
		acknowledged = conv.Version
	}
	server.Kill()
	if err := s.Ready(ctx); err == nil {
		t.Fatal("a store that is down is told as ready")
	}
	server.Restart()
	v, err := s.LookupID(ctx, p, conv.ID)
	for errors.Is(err, io.EOF) { // connections of the pool that died with the server
		v, err = s.LookupID(ctx, p, conv.ID)
	}
	if err != nil || v.Conversation.Version != acknowledged || string(v.Conversation.Session) != "199" {
		t.Fatalf("version %d of %d came back: %v", v.Conversation.Version, acknowledged, err)
	}
}

// A server that does not answer holds nobody longer than their own deadline.
func TestFrozenRedisObeysDeadline(t *testing.T) {
	server := storetest.StartRedis(t)
	s := openStore(t, testOptions(newClient(t, server.URL()), Strict, nil))
	server.Freeze()
	defer server.Thaw()
	ctx, stop := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer stop()
	began := time.Now()
	_, err := s.LookupID(ctx, provider(s), "somebody")
	if err == nil || time.Since(began) > 2*time.Second {
		t.Fatalf("answered %v after %v", err, time.Since(began))
	}
}

// A full Redis refuses whole turns: nobody's session moves on without their
// words, and nothing is half written.
func TestFullRedisRefusesWholeTurns(t *testing.T) {
	server := storetest.StartRedis(t, "--maxmemory", "4mb")
	client := newClient(t, server.URL())
	s := openStore(t, testOptions(client, Strict, nil))
	ctx, p := context.Background(), provider(s)
	conv := &bot.Conversation{ID: "somebody", Channel: channels.SMS, Sender: "+447700900999"}
	erased := &bot.Case{Ref: "H-1", Handle: "h1", Status: bot.Open}
	commit := func(ops ...bot.Op) error {
		_, err := s.Commit(ctx, bot.Turn{Provider: p, ID: bot.TurnID(rand.Text()), Message: channels.MessageID(rand.Text()), Ops: ops})
		return err
	}
	if err := commit(bot.PutConversation{Conversation: conv}, bot.PutCase{Case: erased}); err != nil {
		t.Fatal(err)
	}
	text := string(bytes.Repeat([]byte("x"), 10_000))
	story := func(i int) []bot.Op {
		return []bot.Op{
			bot.EraseCase{Case: erased}, // shrinks: must not be done alone
			bot.KeepWith{Conversation: conv.ID, Entry: bot.Entry{ID: bot.EntryID(fmt.Sprint(i)), Text: text}},
			bot.PutConversation{Conversation: conv},
			bot.SetTimer{Timer: bot.Timer{Kind: bot.Nudge, Conversation: conv.ID}},
		}
	}
	var err error
	for i := 0; err == nil && i < 2000; i++ {
		err = commit(story(i)[1:]...)
	}
	if err == nil || !strings.Contains(err.Error(), "OOM") {
		t.Fatalf("the store was to be full: %v", err)
	}
	before := dump(t, client, prefix(p))
	for i := range 20 {
		if err := commit(story(10_000 + i)...); err == nil {
			t.Fatal("a full store took a turn")
		}
	}
	if fmt.Sprint(dump(t, client, prefix(p))) != fmt.Sprint(before) {
		t.Fatal("a refused turn was half written")
	}
	if err := client.ConfigSet(ctx, "maxmemory", "0").Err(); err != nil {
		t.Fatal(err)
	}
	if err := commit(story(1)...); err != nil {
		t.Fatalf("it does not go on when there is room again: %v", err)
	}
}

// Errors end in logs: they carry nobody's words, address or key.
func TestErrorsTellNothingPrivate(t *testing.T) {
	server := storetest.StartRedis(t)
	s := openStore(t, testOptions(newClient(t, server.URL()), Strict, nil))
	ctx, p := context.Background(), provider(s)
	conv := &bot.Conversation{ID: "CONVID", Channel: channels.SMS, Address: "+447700900123", Session: []byte("WORDS")}
	server.Stop()
	_, commitErr := s.Commit(ctx, bot.Turn{Provider: p, ID: "TURNID", Message: "tw:SM1", Ops: []bot.Op{bot.PutConversation{Conversation: conv}}})
	_, lookupErr := s.Lookup(ctx, p, channels.SMS, "+447700900999", "+447700900123")
	_, openErr := Open(ctx, Options{URL: "redis://:SECRET@[bad", ConfigKeys: [][]byte{make([]byte, 32)}})
	for _, err := range []error{commitErr, lookupErr, openErr} {
		if err == nil {
			t.Fatal("no error")
		}
		for _, word := range []string{"CONVID", "447700900123", "WORDS", "tw:SM1", "SECRET", "TURNID"} {
			if strings.Contains(err.Error(), word) {
				t.Fatalf("an error contains what it must not: %.20s...", err)
			}
		}
	}
}

func TestDurabilityIsDemanded(t *testing.T) {
	server := storetest.StartRedis(t)
	client := newClient(t, server.URL())
	s := openStore(t, testOptions(client, Strict, nil))
	ctx := context.Background()
	for _, test := range []struct {
		setting, value string
		mode           Durability
		fault          string
	}{
		{"appendfsync", "everysec", Strict, "appendfsync"},
		{"appendfsync", "everysec", AllowEverysec, ""},
		{"appendfsync", "no", AllowEverysec, "appendfsync"},
		{"appendfsync", "always", Strict, ""},
		{"maxmemory-policy", "allkeys-lru", Strict, "maxmemory-policy"},
		{"maxmemory-policy", "allkeys-lru", Asserted, ""},
		{"maxmemory-policy", "noeviction", Strict, ""},
		{"appendonly", "no", AllowEverysec, "appendonly"},
		{"appendonly", "no", Ephemeral, ""},
	} {
		if err := client.ConfigSet(ctx, test.setting, test.value).Err(); err != nil {
			t.Fatal(err)
		}
		err := s.CheckDurability(ctx, test.mode)
		if test.fault == "" {
			if err != nil {
				t.Errorf("%s %s: %v", test.setting, test.value, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), "redis-cli CONFIG SET "+test.fault) {
			t.Errorf("%s %s: error %v does not say how to mend it", test.setting, test.value, err)
		}
	}
	o := testOptions(client, Strict, nil)
	if _, err := Open(ctx, o); err == nil {
		t.Error("a store that keeps nothing was opened")
	}
}

func TestClientThatRetriesIsRefused(t *testing.T) {
	e := startEmbedded(t)
	client := redis.NewClient(&redis.Options{Addr: strings.TrimPrefix(e.URL(), "redis://")})
	defer client.Close()
	if _, err := Open(context.Background(), testOptions(client, Ephemeral, nil)); err == nil {
		t.Fatal("a client whose default retries write twice was accepted")
	}
}

// Embedded keys expire although miniredis' own clock stands.
func TestEmbeddedForgets(t *testing.T) {
	e := startEmbedded(t)
	client := newClient(t, e.URL())
	ctx := context.Background()
	if err := client.Set(ctx, "k", "v", 500*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for client.Exists(ctx, "k").Val() == 1 {
		if time.Now().After(deadline) {
			t.Fatal("a key of the embedded store never expires")
		}
	}
}

// A store that is full answers every question and takes nothing: who watches must
// not be told that all is well.
func TestAFullStoreIsNotReady(t *testing.T) {
	server := storetest.StartRedis(t)
	client := newClient(t, server.URL())
	s := openStore(t, testOptions(client, Strict, nil))
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	one, err := home(t.Context(), client, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := one.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(t.Context()); err == nil {
		t.Error("a full store is called ready")
	}
}
