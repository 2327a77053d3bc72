package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"heard/bot"
)

// RewrapKeys wraps every key of every provider's keyring with the first of the
// configuration's keys. Nothing else changes: look-ups and records stay as they
// are, and the old configuration key may go once this has been done.
func (s *Store) RewrapKeys(ctx context.Context) error {
	for p := range s.readers {
		if err := s.rewrap(ctx, p); err != nil {
			return fmt.Errorf("rewrap keys of provider %s: %w", p, err)
		}
	}
	return nil
}

func (s *Store) rewrap(ctx context.Context, p bot.ProviderID) error {
	stored, err := s.exchange(ctx, p, 0)
	if err != nil {
		return err
	}
	var args []any
	for field, wrapped := range stored.fields {
		if field == fieldVersion {
			continue
		}
		key, err := s.wrap.unwrap(p, field, []byte(wrapped))
		if err != nil {
			return err
		}
		args = append(args, field, wrapped, s.wrap.wrap(p, field, key))
	}
	_, err = scriptRewrap.run(ctx, s.rdb, prefix(p), args...)
	return err
}

// Rotation is how far a rotation of keys has come.
type Rotation struct {
	Stage RotationStage
	Count int // Waiting: instances that hold an older keyring; Resealed: records so far
}

// RotationStage is one of the stages of a rotation, which follow one another.
type RotationStage int

// The stages of a rotation.
const (
	Added    RotationStage = iota // the new keys are in the keyring; all that is sealed opens as before
	Waiting                       // some instance has not read the keyring yet
	InUse                         // the new keys seal: nothing sealed with the old is taken any more
	Resealed                      // what was sealed with the old is sealed with the new
	Dropped                       // the old keys are gone
)

// ErrInstancesBehind means that an instance that is alive has not read the
// keyring again: it would not open what is sealed with the new keys.
var ErrInstancesBehind = errors.New("an instance that is running has not read the new keys")

// askEvery is how often it is looked whether all instances have read a keyring.
const askEvery = 200 * time.Millisecond

// RotateKeys gives a provider new keys for what is sealed, and takes the old ones
// away. The index key stays, and with it every look-up. It may be stopped at any
// moment, and goes on where it was when it is called again; people are answered
// meanwhile. It waits for running instances for as long as patience says, and
// returns ErrInstancesBehind then. report hears each stage.
func (s *Store) RotateKeys(ctx context.Context, p bot.ProviderID, patience time.Duration, report func(Rotation)) error {
	if _, err := s.ring(ctx, p); err != nil {
		return fmt.Errorf("rotate keys: %w", err)
	}
	r := &rotation{store: s, provider: p, deadline: time.Now().Add(patience), report: report}
	for _, step := range []func(context.Context) error{r.add, r.use, r.reseal, r.drop} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("rotate keys of provider %s: %w", p, err)
		}
	}
	return nil
}

// rotation is one run of RotateKeys.
type rotation struct {
	store    *Store
	provider bot.ProviderID
	deadline time.Time // for instances that are behind
	report   func(Rotation)
}

// numbers are the keys of one purpose: the highest takes over from the lowest.
func (r storedRing) numbers(purpose string) (lowest, highest int) {
	for field := range r.fields {
		text, ok := strings.CutPrefix(field, purpose)
		n, err := strconv.Atoi(text)
		if !ok || err != nil {
			continue
		}
		if lowest == 0 || n < lowest {
			lowest = n
		}
		highest = max(highest, n)
	}
	return lowest, highest
}

// add puts new keys into the keyring, unless an earlier run did.
func (r *rotation) add(ctx context.Context) error {
	stored, err := r.store.exchange(ctx, r.provider, 0)
	if err != nil {
		return err
	}
	var fresh []any
	for _, purpose := range []string{fieldClosed, fieldData} {
		if lowest, highest := stored.numbers(purpose); lowest == highest {
			field := purpose + strconv.Itoa(highest+1)
			fresh = append(fresh, field, r.store.wrap.wrap(r.provider, field, newKey()))
		}
	}
	if len(fresh) > 0 {
		if err := r.change(ctx, stored, change{sealing: stored.sealing, add: fresh}); err != nil {
			return err
		}
	}
	r.report(Rotation{Stage: Added})
	return nil
}

// use makes the new keys seal, once every instance can open what they seal.
func (r *rotation) use(ctx context.Context) error {
	stored, err := r.store.exchange(ctx, r.provider, 0)
	if err != nil {
		return err
	}
	_, closed := stored.numbers(fieldClosed)
	_, data := stored.numbers(fieldData)
	if sealing := fmt.Sprint(closed, " ", data); sealing != stored.sealing {
		if err := r.change(ctx, stored, change{sealing: sealing, together: true}); err != nil {
			return err
		}
	}
	r.report(Rotation{Stage: InUse})
	return nil
}

// drop takes the old keys out of the keyring. It comes after a whole pass of
// reseal, since when nothing that they seal can have come.
func (r *rotation) drop(ctx context.Context) error {
	stored, err := r.store.exchange(ctx, r.provider, 0)
	if err != nil {
		return err
	}
	end := change{sealing: stored.sealing, together: true}
	for i, purpose := range []string{fieldClosed, fieldData} {
		if lowest, highest := stored.numbers(purpose); lowest != highest {
			end.drop[i] = purpose + strconv.Itoa(lowest)
		}
	}
	if err := r.change(ctx, stored, end); err != nil {
		return err
	}
	r.report(Rotation{Stage: Dropped})
	return nil
}

// change is one change of a keyring.
type change struct {
	sealing  string
	together bool // all running instances must hold the keyring as it is
	add      []any
	drop     [2]string
}

// change makes a change, and waits for running instances where it must.
func (r *rotation) change(ctx context.Context, stored storedRing, c change) error {
	args := []any{0, stored.version, flag(c.together), c.sealing, c.drop[0], c.drop[1]}
	args = append(args, c.add...)
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		// This process is a running instance too.
		if err := r.store.readers[r.provider].refresh(ctx); err != nil {
			return err
		}
		args[0] = r.store.now()
		answer, err := scriptRekey.run(ctx, r.store.rdb, prefix(r.provider), args...)
		if err != nil {
			return err
		}
		if answer[0] == "0" {
			return r.store.readers[r.provider].refresh(ctx)
		}
		behind, err := strconv.Atoi(answer[0])
		if err != nil {
			return fmt.Errorf("instances behind: %w", err)
		}
		r.report(Rotation{Stage: Waiting, Count: behind})
		if time.Now().After(r.deadline) {
			return fmt.Errorf("%w (%d)", ErrInstancesBehind, behind)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
