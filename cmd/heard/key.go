package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"time"

	"heard/bot"
	"heard/bot/redisstore"
	"heard/config"
)

const keyUsage = `key [rotate | rewrap] [flags]

  heard key          prints a new configuration key alone on its line, for keys
  heard key rotate   gives each provider new keys for what is stored, seals
                     everything again with them, and drops the old ones; people
                     are answered meanwhile, and it may be stopped and run again
  heard key rewrap   wraps the providers' keys with the first of keys: put the
                     new key before the old in keys, restart heard, run this,
                     then take the old one out and restart

Look-ups do not change by either: the key that finds people is never rotated.
`

// key prints one key alone on its line, or changes the keys that are in use.
func key(ctx context.Context, p *program) error {
	flags := flag.NewFlagSet("key", flag.ContinueOnError)
	if len(p.args) > 0 {
		switch p.args[0] {
		case "rotate":
			p.args = p.args[1:]
			return rotateKeys(ctx, p)
		case "rewrap":
			p.args = p.args[1:]
			return rewrapKeys(ctx, p)
		}
	}
	if err := p.parse(flags, keyUsage); err != nil {
		return err
	}
	if len(p.args) > 0 {
		return usageError{fmt.Errorf("heard key %s: there is no such command: heard key, heard key rotate or heard key rewrap", p.args[0])}
	}
	var k [32]byte
	_, _ = rand.Read(k[:]) // never fails: crypto/rand
	_, err := fmt.Fprintln(p.out, base64.StdEncoding.EncodeToString(k[:]))
	return err
}

// patience is how long a rotation waits for the instances that are running:
// longer than one that died is taken for alive.
const patience = time.Minute

func rotateKeys(ctx context.Context, p *program) error {
	flags := flag.NewFlagSet("key rotate", flag.ContinueOnError)
	only := flags.String("provider", "", "the `id` of one provider; without it, all of them")
	store, providers, err := openKeys(ctx, p, flags, "key rotate [-config heard.yaml] [-provider id]", only)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }() // everything is written by then
	for _, id := range providers {
		if err := store.RotateKeys(ctx, id, patience, rotationReport(p, id)); err != nil {
			return fmt.Errorf("%w\n%s", err, rotationHint(err))
		}
	}
	return nil
}

// rotationReport prints each stage once, and how many are waited for when that changes.
func rotationReport(p *program, id bot.ProviderID) func(redisstore.Rotation) {
	var last redisstore.Rotation
	return func(at redisstore.Rotation) {
		if at == last {
			return
		}
		last = at
		_, _ = fmt.Fprintf(p.out, "%s: %s\n", id, rotationLine(at))
	}
}

func rotationLine(at redisstore.Rotation) string {
	switch at.Stage {
	case redisstore.Added:
		return "the new keys are in the keyring"
	case redisstore.Waiting:
		return fmt.Sprintf("waiting for running instances to read it: %d to go", at.Count)
	case redisstore.InUse:
		return "the new keys are in use"
	case redisstore.Resealed:
		return fmt.Sprintf("sealed again: %d", at.Count)
	default:
		return "the old keys are gone"
	}
}

func rotationHint(err error) string {
	if errors.Is(err, redisstore.ErrInstancesBehind) {
		return "see that every running heard has the same keys in its configuration, or restart it; then run this again"
	}
	return "nothing is lost, and all keys that are needed are still there: run this again when it is mended"
}

func rewrapKeys(ctx context.Context, p *program) error {
	flags := flag.NewFlagSet("key rewrap", flag.ContinueOnError)
	store, _, err := openKeys(ctx, p, flags, "key rewrap [-config heard.yaml]", new(string))
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }() // everything is written by then
	if err := store.RewrapKeys(ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, "the providers' keys are wrapped with the first of keys: the others may go once every running heard has it")
	return err
}

// openKeys reads the flags and the configuration, and opens the store. only, once
// the flags are read, is the provider to work on; empty: all.
func openKeys(ctx context.Context, p *program, flags *flag.FlagSet, usage string, only *string) (*redisstore.Store, []bot.ProviderID, error) {
	file := flags.String("config", p.getenv("HEARD_CONFIG"), "the configuration `file`; HEARD_CONFIG names it too")
	if err := p.parse(flags, usage); err != nil {
		return nil, nil, err
	}
	c, err := config.Load(*file, p.getenv)
	if err != nil {
		return nil, nil, usageError{err}
	}
	if c.Redis == config.Embedded {
		return nil, nil, usageError{errors.New("redis: an embedded store keeps nothing, its keys neither: name the Redis that heard serve uses")}
	}
	o, err := (&house{}).storeOptions(c)
	if err != nil {
		return nil, nil, usageError{err}
	}
	if *only != "" {
		o.Providers, err = onlyProvider(o.Providers, bot.ProviderID(*only))
		if err != nil {
			return nil, nil, usageError{err}
		}
	}
	store, err := redisstore.Open(ctx, o)
	return store, o.Providers, err
}

func onlyProvider(all []bot.ProviderID, id bot.ProviderID) ([]bot.ProviderID, error) {
	for _, p := range all {
		if p == id {
			return []bot.ProviderID{id}, nil
		}
	}
	return nil, fmt.Errorf("-provider: the configuration has no provider %q", id)
}

// configExample prints the commented example.
func configExample(_ context.Context, p *program) error {
	if err := p.parse(flag.NewFlagSet("config", flag.ContinueOnError), "config"); err != nil {
		return err
	}
	_, err := fmt.Fprint(p.out, config.Example)
	return err
}
