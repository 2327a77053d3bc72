package redisstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"heard/bot"
)

// How much is looked at in one trip: little enough that nobody's turn waits for it.
const (
	scanKeys      = 200
	scanFields    = 100
	replaceValues = 50
)

// sealedValue is one sealed value where it stands.
type sealedValue struct {
	key   string // without the provider's prefix
	field string // of a hash; of a list: where it stood
	value string
}

// where tells what a value is: its place, of how many keys it is sealed with one,
// and how many words stand before it.
func (v sealedValue) where(ring *keyring, p bot.ProviderID) (at place, keys *keyset, words int) {
	name, id, _ := strings.Cut(v.key, ":")
	switch {
	case v.key == "tasks":
		return place{p, kindTask, v.field}, ring.data, 1
	case v.key == "audit":
		return place{p, kindAudit, v.field}, ring.data, 1
	case name == "n":
		return drawnPlace(p, id, v.field), ring.data, drawnHead
	case name == "a":
		return answerPlace(p, id, v.field), ring.data, 0
	case name == "k":
		return place{p, kindCaseKey, id}, ring.data, 0
	case name == "h":
		return place{p, kindHandle, id}, ring.closed, 0
	case name == "w":
		return place{p, kindKept, id}, ring.closed, 0
	case name == "os":
		return place{p, kindMessage, ""}, ring.closed, waitingHead
	case v.field == "r":
		return place{p, kindConversation, id}, ring.closed, 0
	case v.field == "f":
		return place{p, kindMessage, ""}, ring.closed, flightHead
	default: // an outbox
		return place{p, kindMessage, ""}, ring.closed, waitingHead
	}
}

// resealed is the value sealed with the keys in use; same: it is already.
func (v sealedValue) resealed(ring *keyring, p bot.ProviderID) (fresh string, same bool, err error) {
	at, keys, words := v.where(ring, p)
	head, task, sealed, err := cutElement(v.value, words)
	if err != nil {
		return "", false, fmt.Errorf("%s: %w", at.kind, err)
	}
	if at.kind == kindMessage {
		at.id = task
	}
	if number, err := keyNumber([]byte(sealed)); err == nil && number == keys.use.number {
		return "", true, nil
	}
	plain, err := keys.open(at, []byte(sealed))
	if err != nil {
		return "", false, err
	}
	return head + string(keys.seal(at, plain)), false, nil
}

// reseal goes through all that a provider has stored once, and seals again what
// old keys have sealed. Since the new keys are in use nothing of the old comes to
// what it has passed.
func (r *rotation) reseal(ctx context.Context) error {
	ring := r.store.readers[r.provider].held.Load()
	count := 0
	server, err := home(ctx, r.store.rdb, prefix(r.provider))
	if err != nil {
		return fmt.Errorf("reseal: %w", err)
	}
	keys := server.Scan(ctx, 0, prefix(r.provider)+"*", scanKeys).Iterator()
	for keys.Next(ctx) {
		n, err := r.resealKey(ctx, ring, strings.TrimPrefix(keys.Val(), prefix(r.provider)))
		if err != nil {
			return fmt.Errorf("reseal: %w", err)
		}
		if before := count; (before+n)/scanKeys > before/scanKeys {
			r.report(Rotation{Stage: Resealed, Count: before + n})
		}
		count += n
	}
	if err := keys.Err(); err != nil {
		return fmt.Errorf("reseal: %w", err)
	}
	r.report(Rotation{Stage: Resealed, Count: count})
	return nil
}

// resealKey reseals what stands under a key, and with it the rest of a
// conversation. It looks again until nothing is left to do: what is changed by
// somebody meanwhile stays as they left it.
func (r *rotation) resealKey(ctx context.Context, ring *keyring, key string) (count int, err error) {
	name, id, _ := strings.Cut(key, ":")
	var read func() ([]sealedValue, error)
	switch name {
	case "c", "w": // words may be kept where there is no conversation; all else has one
		read = func() ([]sealedValue, error) { return r.conversation(ctx, id) }
	case "h":
		read = func() ([]sealedValue, error) {
			return r.single(key, "", r.store.rdb.Get(ctx, prefix(r.provider)+key))
		}
	case "k":
		read = func() ([]sealedValue, error) {
			return r.single(key, "w", r.store.rdb.HGet(ctx, prefix(r.provider)+key, "w"))
		}
	case "a", "n", "tasks", "audit":
		return r.resealHash(ctx, ring, key)
	default:
		return 0, nil // nothing in it is sealed with a key of the keyring
	}
	for {
		values, err := read()
		if err != nil {
			return count, err
		}
		old, done, err := r.replace(ctx, ring, values)
		count += done
		if err != nil || old == 0 {
			return count, err
		}
	}
}

// resealHash goes through a hash each of whose fields is a sealed value. Who
// writes one meanwhile seals it with the new key.
func (r *rotation) resealHash(ctx context.Context, ring *keyring, key string) (count int, err error) {
	for cursor, first := uint64(0), true; first || cursor != 0; first = false {
		var page []string
		page, cursor, err = r.store.rdb.HScan(ctx, prefix(r.provider)+key, cursor, "", scanFields).Result()
		if err != nil {
			return count, err
		}
		var values []sealedValue
		for ; len(page) >= 2; page = page[2:] {
			values = append(values, sealedValue{key: key, field: page[0], value: page[1]})
		}
		_, done, err := r.replace(ctx, ring, values)
		if err != nil {
			return count, err
		}
		count += done
	}
	return count, nil
}

// replace puts values sealed with the keys in use in the place of old ones, a few
// at a time. It tells how many were old, and how many of those still stood as they
// were read.
func (r *rotation) replace(ctx context.Context, ring *keyring, values []sealedValue) (old, done int, err error) {
	var args []any
	for _, v := range values {
		fresh, same, err := v.resealed(ring, r.provider)
		if err != nil {
			return 0, 0, err
		}
		if !same {
			args = append(args, v.key, v.field, v.value, fresh)
			old++
		}
	}
	for batch := range slices.Chunk(args, 4*replaceValues) {
		answer, err := scriptReseal.run(ctx, r.store.rdb, prefix(r.provider), batch...)
		if err != nil {
			return old, done, err
		}
		n, err := strconv.Atoi(answer[0])
		if err != nil {
			return old, done, fmt.Errorf("how many were resealed: %w", err)
		}
		done += n
	}
	return old, done, nil
}

// conversation reads all that a conversation holds sealed.
func (r *rotation) conversation(ctx context.Context, id string) ([]sealedValue, error) {
	answer, err := scriptSealed.run(ctx, r.store.rdb, prefix(r.provider), id)
	if err != nil {
		return nil, err
	}
	var values []sealedValue
	for ; len(answer) >= 3; answer = answer[3:] {
		values = append(values, sealedValue{key: answer[0], field: answer[1], value: answer[2]})
	}
	return values, nil
}

// single reads one value, if it is there, by GET or HGET.
func (r *rotation) single(key, field string, get *redis.StringCmd) ([]sealedValue, error) {
	value, err := get.Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	return []sealedValue{{key: key, field: field, value: value}}, err
}
