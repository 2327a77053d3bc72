package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"heard/bot"
)

// Guessing is slowed down, for a login and for the address that it comes from,
// whether there is such a member or not. What failed is kept in the store, so that
// all instances know it.

// drawerFailures holds how often each failed, under keyed hashes: the store is not to
// tell who tried, nor from where.
const drawerFailures = "failures"

// failuresOf is what is counted.
type failuresOf struct {
	kind    string
	free    int           // how many may fail before anything is slowed down
	slowest time.Duration // the longest that anybody waits
	within  time.Duration // only those that failed of late count; 0: all
}

// Hundreds of staff of a hospital come from one address: it takes more to slow all
// of them down.
var (
	failuresOfLogin   = failuresOf{kind: "login", free: 5, slowest: slowestTry}
	failuresOfAddress = failuresOf{kind: "address", free: 30, slowest: slowestTry}
)

const (
	slowestTry  = 15 * time.Minute // the longest that anybody waits: else a stranger could lock a member out
	forgetAfter = 24 * time.Hour   // what failed, if nothing failed since
)

// RejectSlow is the code of a sign-in that has to wait.
const RejectSlow = "slow down"

// SlowError is a sign-in that has to wait.
type SlowError struct {
	Wait time.Duration
	bot.Rejection
}

// As lets it be taken for the rejection that it is.
func (e *SlowError) As(target any) bool {
	r, ok := target.(**bot.Rejection)
	if ok {
		*r = &e.Rejection
	}
	return ok
}

type failures struct {
	Count int       `json:"count"`
	Until time.Time `json:"until"` // the next try is refused before

	// Of what counts of late alone: when the counting of Count began, and what there was
	// in the time before.
	Since  time.Time `json:"since,omitzero"`
	Before int       `json:"before,omitempty"`
}

// recent is how many failed within a time until now: those of the time before count for
// the part of it that is within, as if they had been spread over it.
func (f *failures) recent(now time.Time, within time.Duration) int {
	if within == 0 {
		return f.Count
	}
	switch age := now.Sub(f.Since); {
	case age >= 2*within:
		f.Count, f.Before, f.Since = 0, 0, now
	case age >= within:
		f.Count, f.Before, f.Since = 0, f.Count, f.Since.Add(within)
	}
	return f.Count + int(time.Duration(f.Before)*(within-now.Sub(f.Since))/within)
}

// try counts a try as a failure before it is made, so that many made at once are no
// more than many made in turn. A success takes it back.
func (d *Desk) try(ctx context.Context, of failuresOf, who string) error {
	if who == "" {
		return nil
	}
	return d.count(ctx, of, who, func(f *failures) error {
		now := d.o.Now()
		if wait := f.Until.Sub(now); wait > 0 {
			return slow(wait)
		}
		over := f.recent(now, of.within) + 1 - of.free
		f.Count++
		if over >= 0 {
			f.Until = now.Add(min(time.Second<<min(over, 20), of.slowest))
		}
		return nil
	})
}

func slow(wait time.Duration) error {
	wait = wait.Round(time.Second) + time.Second
	text := fmt.Sprintf("%.0f seconds", wait.Seconds())
	if wait > 90*time.Second {
		text = fmt.Sprintf("%.0f minutes", wait.Minutes()+0.5)
	}
	return &SlowError{wait, bot.Rejection{Code: RejectSlow, Sentence: "That was tried too often. Wait " + text + ", then try again."}}
}

// untry takes a failure of an address back, the others that came from there stay.
func (d *Desk) untry(ctx context.Context, of failuresOf, who string) error {
	if who == "" {
		return nil
	}
	return d.count(ctx, of, who, func(f *failures) error {
		f.Count, f.Until = max(f.Count-1, 0), time.Time{}
		return nil
	})
}

// forget forgets what failed.
func (d *Desk) forget(ctx context.Context, of failuresOf, who string) error {
	id, err := d.failureID(ctx, of, who)
	if err != nil {
		return err
	}
	return d.o.Store.Drop(ctx, d.o.Provider.ID, drawerFailures, id)
}

// countTries is how often a count is tried again because another came between.
const countTries = 20

func (d *Desk) count(ctx context.Context, of failuresOf, who string, change func(*failures) error) error {
	id, err := d.failureID(ctx, of, who)
	if err != nil {
		return err
	}
	for range countTries {
		var f failures
		r := bot.Drawn{ID: id}
		switch read, err := d.o.Store.Drawn(ctx, d.o.Provider.ID, drawerFailures, id); {
		case err == nil:
			if err := json.Unmarshal(read.Data, &f); err != nil {
				return fmt.Errorf("read what failed: %w", err)
			}
			r.Version = read.Version
		case !errors.Is(err, bot.ErrNotFound):
			return err
		}
		if err := change(&f); err != nil {
			return err
		}
		if r.Data, err = json.Marshal(f); err != nil {
			return fmt.Errorf("write what failed: %w", err)
		}
		if err = d.o.Store.Put(ctx, d.o.Provider.ID, drawerFailures, r, forgetAfter); !errors.Is(err, bot.ErrConflict) {
			return err
		}
	}
	return slow(time.Second) // it is tried very often at this moment
}

// failureKey is the record of the key that the others stand under.
const failureKey = "key"

func (d *Desk) failureID(ctx context.Context, of failuresOf, who string) (string, error) {
	key, err := d.secret(ctx, failureKey)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(of.kind + "\x00" + who))
	return hex.EncodeToString(mac.Sum(nil)), nil
}

// drawerSecrets holds random keys of the desk's own.
const drawerSecrets = "secrets"

// secret is a random key of 32 bytes, made at its first use and the same for all
// instances.
func (d *Desk) secret(ctx context.Context, name string) ([]byte, error) {
	for range countTries {
		r, err := d.o.Store.Drawn(ctx, d.o.Provider.ID, drawerSecrets, name)
		if err == nil || !errors.Is(err, bot.ErrNotFound) {
			return r.Data, err
		}
		err = d.o.Store.Put(ctx, d.o.Provider.ID, drawerSecrets, bot.Drawn{ID: name, Data: random(32)}, 0)
		if err != nil && !errors.Is(err, bot.ErrConflict) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("make a secret: %w", bot.ErrConflict)
}
