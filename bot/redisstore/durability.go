package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Durability says what the store must keep through a crash.
type Durability int

// The four demands on the store.
const (
	Strict        Durability = iota // append-only, fsync at each write: an acknowledged message survives a power cut
	AllowEverysec                   // a power cut may cost the last second; chosen by allow_data_loss: 1s
	Asserted                        // a managed Redis hides its settings; the operator vouches for them
	Ephemeral                       // embedded: nothing is kept, and every page says so
)

// CheckDurability tells, each with the command that mends it, what the server is
// set to that would lose acknowledged messages. It checks nothing under Asserted
// and Ephemeral.
func (b *backend) CheckDurability(ctx context.Context, d Durability) error {
	if d == Asserted || d == Ephemeral {
		return b.Ready(ctx)
	}
	return eachServer(ctx, b.rdb, func(ctx context.Context, server *redis.Client) error { return checkServer(ctx, server, d) })
}

func checkServer(ctx context.Context, server *redis.Client, d Durability) error {
	got, err := server.ConfigGet(ctx, "*append*").Result()
	if err != nil {
		return fmt.Errorf("check durability: CONFIG GET: %w (where a managed Redis hides its settings and keeps every write, set durability: asserted)", err)
	}
	policy, err := server.ConfigGet(ctx, "maxmemory-policy").Result()
	if err != nil {
		return fmt.Errorf("check durability: CONFIG GET: %w", err)
	}
	info, err := server.Info(ctx, "persistence").Result()
	if err != nil {
		return fmt.Errorf("check durability: INFO persistence: %w", err)
	}
	var faults []error
	if got["appendonly"] != "yes" {
		faults = append(faults, demand("appendonly", got["appendonly"], "yes", "every message would be lost at a restart"))
	}
	if sync := got["appendfsync"]; sync != "always" && (d != AllowEverysec || sync != "everysec") {
		faults = append(faults, demand("appendfsync", sync, "always", "a power cut would lose acknowledged messages; allow_data_loss: 1s permits everysec"))
	}
	if policy["maxmemory-policy"] != "noeviction" {
		faults = append(faults, demand("maxmemory-policy", policy["maxmemory-policy"], "noeviction", "cases would be dropped when memory is short"))
	}
	if strings.Contains(info, "aof_last_write_status:err") {
		faults = append(faults, errors.New("redis: the last write to the append-only file failed: see to its disk"))
	}
	return errors.Join(faults...)
}

// hasReplicas tells whether the server is set to want replicas for a write
// (min-replicas-to-write), each of them in a Cluster. INFO has this line only where it is.
func (b *backend) hasReplicas(ctx context.Context, d Durability) (bool, error) {
	if d == Ephemeral {
		return false, nil
	}
	all := true
	err := eachServer(ctx, b.rdb, func(ctx context.Context, server *redis.Client) error {
		info, err := server.Info(ctx, "replication").Result()
		all = all && strings.Contains(info, "min_slaves_good_slaves:")
		return err
	})
	if err != nil && d != Asserted { // a managed Redis may hide this too
		return false, fmt.Errorf("check durability: INFO replication: %w", err)
	}
	return all && err == nil, nil
}

func demand(setting, is, must, why string) error {
	return fmt.Errorf("redis setting %s is %q and must be %q: %s (redis-cli CONFIG SET %s %s, then CONFIG REWRITE)", setting, is, must, why, setting, must)
}

// Ready tells whether the store takes what is written: one that is full, or whose
// replicas are gone, answers and takes nothing.
func (b *backend) Ready(ctx context.Context) error {
	for p := range b.readers {
		if err := b.rdb.Set(ctx, readyKey(p), "1", readyTime).Err(); err != nil {
			return fmt.Errorf("store does not take writes: %w", err)
		}
		return nil // one is as good as another
	}
	if err := b.rdb.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("store does not answer: %w", err)
	}
	return nil
}

// readyTime is how long the trace of a look whether the store is ready stays.
const readyTime = 10 * time.Second
