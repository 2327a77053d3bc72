package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"heard/bot"
	"heard/bot/hooks"
)

const hookUsage = `hook add|list|remove|test [flags]

  heard hook add     tells an address from now on what happens to cases, and
                     prints the secret by which it knows that it is told by heard
  heard hook list    lists the addresses, how far each has come, and its trouble
  heard hook remove  tells an address nothing any more
  heard hook test    sends one message that tells of nothing

Messages are signed as Standard Webhooks has it. They say which case and what, and
no more: what is new is read by the API.
`

// hook adds and removes the addresses that are told what happens.
func hook(ctx context.Context, p *program) error {
	return oneOf(ctx, p, "hook", hookUsage, map[string]func(context.Context, *program) error{
		"add": addHook, "list": listHooks, "remove": removeHook, "test": testHook,
	})
}

func addHook(ctx context.Context, p *program) error {
	d := newDesked(p, "hook add")
	events := d.flags.String("events", "", "only these `kinds`, with commas between; else all: "+kindNames(bot.CaseEventKinds()))
	private := d.flags.Bool("private", false, "the address is inside your own network, or on this machine")
	s, err := d.open(ctx, p, "hook add [-config heard.yaml] [-provider id] [-events KINDS] [-private] https://complaints.example.org/heard", 1)
	if err != nil {
		return err
	}
	defer func() { _ = s.store.Close() }() // everything is written by then
	var kinds []bot.CaseEventKind
	for one := range strings.SplitSeq(*events, ",") {
		if one = strings.TrimSpace(one); one != "" {
			kinds = append(kinds, bot.CaseEventKind(one))
		}
	}
	one, err := hooks.New(p.args[0], kinds, *private, time.Now())
	if err != nil {
		return usageError{err}
	}
	err = hooks.Add(ctx, s.store, s.id, "", one)
	if errors.As(err, new(*bot.Rejection)) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(p.err, "webhook %s of %s: keep the secret now, it is not shown again\n", one.ID, s.id)
	_, err = fmt.Fprintln(p.out, one.Secret)
	return err
}

func kindNames(kinds []bot.CaseEventKind) string {
	all := make([]string, len(kinds))
	for i, k := range kinds {
		all[i] = string(k)
	}
	return strings.Join(all, ", ")
}

func listHooks(ctx context.Context, p *program) error {
	s, err := newDesked(p, "hook list").open(ctx, p, "hook list [-config heard.yaml] [-provider id]", 0)
	if err != nil {
		return err
	}
	defer func() { _ = s.store.Close() }() // nothing is written
	all, err := hooks.List(ctx, s.store, s.id)
	if err != nil {
		return err
	}
	last, err := s.store.LastEvent(ctx, s.id)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "id\taddress\tevents\ttold\tgiven up\ttrouble")
	for _, h := range all {
		kinds := "all"
		if len(h.Kinds) > 0 {
			kinds = kindNames(h.Kinds)
		}
		if h.Paused {
			kinds += " (paused)"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\tup to %d of %d\t%d\t%s\n", h.ID, h.URL, kinds, h.Told, last, h.GivenUp, h.Trouble)
	}
	return w.Flush()
}

func removeHook(ctx context.Context, p *program) error {
	s, err := newDesked(p, "hook remove").open(ctx, p, "hook remove [-config heard.yaml] [-provider id] ID", 1)
	if err != nil {
		return err
	}
	defer func() { _ = s.store.Close() }() // everything is written by then
	err = hooks.Remove(ctx, s.store, s.id, "", p.args[0], time.Now())
	if errors.Is(err, bot.ErrNotFound) {
		return usageError{errNoHook}
	}
	if err == nil {
		_, err = fmt.Fprintln(p.out, "the address is told nothing any more")
	}
	return err
}

var errNoHook = errors.New("there is no webhook with this id: heard hook list names them all")

func testHook(ctx context.Context, p *program) error {
	s, err := newDesked(p, "hook test").open(ctx, p, "hook test [-config heard.yaml] [-provider id] ID", 1)
	if err != nil {
		return err
	}
	defer func() { _ = s.store.Close() }() // nothing is written
	all, err := hooks.List(ctx, s.store, s.id)
	if err != nil {
		return err
	}
	for _, h := range all {
		if h.ID == p.args[0] {
			if err := hooks.Test(ctx, s.id, h, time.Now()); err != nil {
				return fmt.Errorf("a test message was not taken: %w", err)
			}
			_, err := fmt.Fprintln(p.out, "a test message was taken")
			return err
		}
	}
	return usageError{errNoHook}
}
