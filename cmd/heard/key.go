package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"flag"
	"fmt"

	"heard/config"
)

// key prints one key alone on its line, for `keys` in the configuration.
func key(_ context.Context, p *program) error {
	if err := p.parse(flag.NewFlagSet("key", flag.ContinueOnError), "key"); err != nil {
		return err
	}
	var k [32]byte
	_, _ = rand.Read(k[:]) // never fails: crypto/rand
	_, err := fmt.Fprintln(p.out, base64.StdEncoding.EncodeToString(k[:]))
	return err
}

// configExample prints the commented example.
func configExample(_ context.Context, p *program) error {
	if err := p.parse(flag.NewFlagSet("config", flag.ContinueOnError), "config"); err != nil {
		return err
	}
	_, err := fmt.Fprint(p.out, config.Example)
	return err
}
