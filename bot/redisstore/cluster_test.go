package redisstore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"heard/bot"
	"heard/bot/storetest"
	"heard/channels"
)

// All that holds on one server must hold where each provider's keys are on one of
// several.
func TestCluster(t *testing.T) {
	url := startCluster(t)
	storetest.Run(t, func(t *testing.T) storetest.Fixture { return newFixture(t, url, Strict) })
}

// A Cluster of which one server forgets is no place for cases, wherever today's
// provider is.
func TestClusterChecksEveryServer(t *testing.T) {
	url := startCluster(t)
	client := newClient(t, url)
	if err := openStore(t, testOptions(client, Strict, nil)).CheckDurability(t.Context(), Strict); err != nil {
		t.Fatal(err)
	}
	one, err := home(t.Context(), client, "{somewhere}")
	if err != nil {
		t.Fatal(err)
	}
	if err := one.ConfigSet(t.Context(), "appendfsync", "everysec").Err(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), testOptions(client, Strict, nil)); err == nil || !strings.Contains(err.Error(), "appendfsync") {
		t.Errorf("a server that may lose a second is taken: %v", err)
	}
}

// startCluster starts a Cluster of two servers, and returns its address.
func startCluster(t *testing.T) string {
	t.Helper()
	servers := []*storetest.Redis{
		storetest.StartRedis(t, "--cluster-enabled", "yes", "--cluster-require-full-coverage", "no"),
		storetest.StartRedis(t, "--cluster-enabled", "yes", "--cluster-require-full-coverage", "no"),
	}
	ctx, slots := t.Context(), [][2]int{{0, 8191}, {8192, 16383}}
	for i, s := range servers {
		one := newClient(t, s.URL())
		host, port, err := net.SplitHostPort(servers[0].Addr)
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range [][]any{
			{"CLUSTER", "ADDSLOTSRANGE", slots[i][0], slots[i][1]}, {"CLUSTER", "SET-CONFIG-EPOCH", i + 1}, {"CLUSTER", "MEET", host, port},
		} {
			if err := one.Do(ctx, command...).Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, s := range servers {
		one := newClient(t, s.URL())
		await(t, fmt.Sprintf("server %d does not know the others", i), func() bool {
			info, err := one.ClusterInfo(ctx).Result()
			return err == nil && strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_slots_assigned:16384")
		})
	}
	return "redis+cluster://" + servers[0].Addr + "?addr=" + servers[1].Addr
}

// await returns when something is so; that which it waits for has no signal.
func await(t *testing.T, otherwise string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); !so(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatal(otherwise)
		}
	}
}

// When the master dies and the Sentinels name another, people are answered again
// without a hand, and everything that was acknowledged is there.
func TestSentinelFailover(t *testing.T) {
	master := storetest.StartRedis(t, "--repl-diskless-sync-delay", "0")
	host, port, err := net.SplitHostPort(master.Addr)
	if err != nil {
		t.Fatal(err)
	}
	storetest.StartRedis(t, "--replicaof", host, port)
	url := startSentinel(t, host, port)
	client := newClient(t, url)
	await(t, "the replica did not come up", func() bool {
		info, err := client.Info(t.Context(), "replication").Result()
		return err == nil && strings.Contains(info, "state=online")
	})
	s := openStore(t, testOptions(client, Strict, nil))
	s.replicated = true // as where min-replicas-to-write is set: each commit waits for the other
	p := provider(s)
	turn := func(n int) bot.Turn {
		return bot.Turn{Provider: p, ID: bot.TurnID(fmt.Sprint(n)), Message: channels.MessageID(fmt.Sprint("tw:", n)), Ops: []bot.Op{
			bot.KeepWith{Conversation: "somebody", Entry: bot.Entry{ID: bot.EntryID(fmt.Sprint(n))}},
		}}
	}
	for n := range 10 {
		if _, err := s.Commit(t.Context(), turn(n)); err != nil {
			t.Fatal(err)
		}
	}
	s.replicated = false // the one that is left has no replica
	master.Kill()
	await(t, "nobody took the master's place", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := s.Commit(ctx, turn(10))
		return err == nil
	})
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept, err := s.Kept(t.Context(), p, "somebody")
	if err != nil || len(kept) != 11 {
		t.Errorf("%d of 11 turns are there, error %v", len(kept), err)
	}
}

// startSentinel starts one Sentinel for a master, and returns the address by which
// heard finds it.
func startSentinel(t *testing.T, host, port string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	own := l.Addr().String()
	_ = l.Close() // the port is free again, and nobody else is here to take it
	_, ownPort, err := net.SplitHostPort(own)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "sentinel.conf")
	text := fmt.Sprintf("port %s\nbind 127.0.0.1\nsentinel monitor heard %s %s 1\nsentinel down-after-milliseconds heard 1000\nsentinel failover-timeout heard 5000\n", ownPort, host, port)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("redis-server", file, "--sentinel")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // its exit status is the signal
	})
	sentinel := redis.NewSentinelClient(&redis.Options{Addr: own, MaxRetries: -1})
	t.Cleanup(func() { _ = sentinel.Close() })
	await(t, "the Sentinel does not know the replica", func() bool {
		replicas, err := sentinel.Replicas(t.Context(), "heard").Result()
		return err == nil && len(replicas) == 1
	})
	return "redis+sentinel://" + own + "?master_name=heard"
}

// A password in an address must not end in a log.
func TestAddressErrorsHoldNoPassword(t *testing.T) {
	for _, address := range []string{"redis://:hunter2@host:x/0", "redis+sentinel://:hunter2@host:1", "redis+cluster://:hunter2@host:1?what=1", "hunter2"} {
		_, err := NewClient(address)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("error %v", err)
		}
	}
}

// A client of the library's own making repeats what it lost the answer to.
func TestClientsThatRepeatAreRefused(t *testing.T) {
	for _, client := range []redis.UniversalClient{
		redis.NewClient(&redis.Options{Addr: "127.0.0.1:1"}), redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{"127.0.0.1:1"}}),
	} {
		if _, err := Open(t.Context(), testOptions(client, Strict, nil)); err == nil || !strings.Contains(err.Error(), "writes twice") {
			t.Errorf("%T: %v", client, err)
		}
		if err := client.Close(); err != nil && !errors.Is(err, redis.ErrClosed) {
			t.Error(err)
		}
	}
}
