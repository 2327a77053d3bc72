package redisstore

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"heard/bot"
)

// An instance reads its keyrings again before what it does, if it last did so
// refreshAfter ago, and announces by that what it holds: so whoever does anything
// is known to hold its keys. An announcement counts for announceFor, which is
// long enough for a live instance to renew it twice.
const (
	refreshAfter = 10 * time.Second
	announceFor  = 30 * time.Second
)

// reader keeps one provider's keyring up to date in this instance. The new one
// takes the old one's place whole; whoever works with the old one goes on with it.
type reader struct {
	backend  *backend
	provider bot.ProviderID
	unwrap   func(bot.ProviderID, storedRing) (*keyring, error)

	held atomic.Pointer[keyring] // nil before the first read
	due  atomic.Int64            // when to read again, ns of the process's clock
	one  sync.Mutex              // one at a time reads
}

// ring is the keyring to work with. Where it is due to be read again and cannot
// be, the one held stays: scripts refuse what it may no longer seal.
func (r *reader) ring(ctx context.Context) *keyring {
	if r.backend.uptime() >= r.due.Load() && r.one.TryLock() {
		defer r.one.Unlock()
		r.due.Store(r.backend.uptime() + int64(refreshAfter))
		_ = r.read(ctx) // what it stands in the way of says so itself
	}
	return r.held.Load()
}

// refresh reads the keyring now.
func (r *reader) refresh(ctx context.Context) error {
	r.one.Lock()
	defer r.one.Unlock()
	return r.read(ctx)
}

// read asks for a keyring newer than the one held, and announces what is held
// once it is opened.
func (r *reader) read(ctx context.Context) error {
	for {
		held, version := r.held.Load(), int64(0)
		if held != nil {
			version = held.version
		}
		stored, err := r.backend.exchange(ctx, r.provider, version)
		if err != nil {
			return err
		}
		if stored.version == version {
			return nil
		}
		fresh, err := r.unwrap(r.provider, stored)
		if err != nil {
			return err
		}
		r.held.Store(fresh)
	}
}

// exchange announces the version of the keyring that this instance holds, and
// reads the stored one: without fields if it is the same. Where there is none,
// one is made.
func (b *backend) exchange(ctx context.Context, p bot.ProviderID, holds int64) (storedRing, error) {
	args := []any{b.now(), b.instance, holds, announceFor.Milliseconds()}
	if holds == 0 {
		args = append(args, "1 1", fieldVersion, "1")
		for _, field := range []string{fieldIndex, fieldClosed + "1", fieldData + "1"} {
			args = append(args, field, b.wrap.wrap(p, field, newKey()))
		}
	}
	answer, err := scriptKeyring.run(ctx, b.rdb, prefix(p), args...)
	if err != nil {
		return storedRing{}, err
	}
	stored := storedRing{sealing: answer[1], fields: make(map[string]string, len(answer)/2)}
	if stored.version, err = strconv.ParseInt(answer[0], 10, 64); err != nil {
		return stored, fmt.Errorf("keyring: version: %w", err)
	}
	for fields := answer[2:]; len(fields) >= 2; fields = fields[2:] {
		stored.fields[fields[0]] = fields[1]
	}
	return stored, nil
}
