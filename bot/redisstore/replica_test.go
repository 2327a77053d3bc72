package redisstore

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"heard/bot"
	"heard/bot/storetest"
	"heard/channels"
)

// A message is acknowledged only when a replica has it too: else a failover could
// lose it after its provider stopped repeating it.
func TestReplicaHasWhatWasAcknowledged(t *testing.T) {
	server := storetest.StartRedis(t, "--min-replicas-to-write", "1", "--min-replicas-max-lag", "60", "--repl-diskless-sync-delay", "0")
	host, port, err := net.SplitHostPort(server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	replica := storetest.StartRedis(t, "--replicaof", host, port)
	ctx, client := context.Background(), newClient(t, server.URL())
	awaitReplica(t, client)
	trips := &counter{}
	client.AddHook(trips)
	s := openStore(t, testOptions(client, Strict, nil))
	p := provider(s)

	conv := &bot.Conversation{ID: "somebody", Channel: channels.SMS, Sender: "+447700900999"}
	turn := func(n string) bot.Turn {
		return bot.Turn{Provider: p, ID: bot.TurnID(n), Message: channels.MessageID("tw:" + n), Ops: []bot.Op{
			bot.PutConversation{Conversation: conv}, bot.KeepWith{Conversation: conv.ID, Entry: bot.Entry{ID: bot.EntryID(n)}},
		}}
	}
	for i, n := range []string{"1", "2"} {
		before := trips.sent.Load()
		if _, err := s.Commit(ctx, turn(n)); err != nil {
			t.Fatal(err)
		}
		if took := trips.sent.Load() - before; i == 1 && took != 1 {
			t.Fatalf("the commit took %d round trips", took)
		}
	}
	stale := *conv
	if _, err := s.Commit(ctx, bot.Turn{Provider: p, ID: "c", Expect: []bot.Expect{{Conversation: "nobody", Version: 1}}}); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("a conflict is not told as one: %v", err)
	}

	replica.Freeze()
	frozen := turn("3")
	if _, err := s.Commit(ctx, frozen); !errors.Is(err, errUnreplicated) {
		t.Fatalf("acknowledged what only one server has: %v", err)
	}
	again := turn("3")
	again.ID = "another"
	if done, err := s.Commit(ctx, again); !errors.Is(err, errUnreplicated) {
		t.Fatalf("the repeated message was acknowledged while only one server has it: %v, %v", done, err)
	}
	replica.Thaw()
	*conv = stale
	if done, err := s.Commit(ctx, frozen); err != nil || done.Duplicate {
		t.Fatalf("our own turn is not known again: %v, duplicate %v", err, done.Duplicate)
	}
	if done, err := s.Commit(ctx, again); err != nil || !done.Duplicate {
		t.Fatalf("the repeated message is not known: %v, duplicate %v", err, done.Duplicate)
	}
	server.Kill()
	kept, err := newClient(t, replica.URL()).LLen(ctx, keptKey(p, conv.ID)).Result()
	if err != nil || kept != 3 {
		t.Fatalf("%d of 3 turns are on the replica: %v", kept, err)
	}
}

// awaitReplica returns when the server counts one that keeps up.
func awaitReplica(t *testing.T, client redis.UniversalClient) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; {
		info, err := client.Info(context.Background(), "replication").Result()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(info, "min_slaves_good_slaves:1") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the replica did not come up")
		}
	}
}
