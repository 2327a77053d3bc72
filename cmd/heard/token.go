package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

const tokenUsage = `token add|list|revoke [flags]

  heard token add     makes a token for a program, and prints it this once
  heard token list    lists tokens: their ids, scopes, and when they were last used
  heard token revoke  ends a token at once

What a program may do is its scopes. /api/v1/openapi.json describes the API.
`

// desked is a command about one provider's desk, with flags of its own.
type desked struct {
	flags   *flag.FlagSet
	options userFlags
}

func newDesked(p *program, name string) *desked {
	d := &desked{flags: flag.NewFlagSet(name, flag.ContinueOnError)}
	d.flags.StringVar(&d.options.config, "config", p.getenv("HEARD_CONFIG"), "the configuration `file`; HEARD_CONFIG names it too")
	d.flags.StringVar(&d.options.provider, "provider", "", "the provider's `id`, where the file has several")
	return d
}

// open reads the flags, which may leave up to args words, and opens the desk.
func (d *desked) open(ctx context.Context, p *program, usage string, args int) (*staffed, error) {
	if err := p.parse(d.flags, usage); err != nil {
		return nil, err
	}
	return d.opened(ctx, p, args)
}

// opened opens the desk once the flags are read.
func (d *desked) opened(ctx context.Context, p *program, args int) (*staffed, error) {
	if len(p.args) != args {
		return nil, usageError{fmt.Errorf("%s takes %d words after its flags, not %d: heard %s -h", d.flags.Name(), args, len(p.args), d.flags.Name())}
	}
	return openStaffOf(ctx, p, &d.options)
}

// oneOf runs one of a command's own commands.
func oneOf(ctx context.Context, p *program, name, usage string, commands map[string]func(context.Context, *program) error) error {
	if len(p.args) > 0 {
		if do := commands[p.args[0]]; do != nil {
			p.args = p.args[1:]
			return do(ctx, p)
		}
	}
	if err := p.parse(flag.NewFlagSet(name, flag.ContinueOnError), usage); err != nil {
		return err
	}
	first, _, _ := strings.Cut(usage, " [")
	return usageError{errors.New("say what to do: heard " + first)}
}

// token makes, lists and ends the tokens of programs.
func token(ctx context.Context, p *program) error {
	return oneOf(ctx, p, "token", tokenUsage, map[string]func(context.Context, *program) error{"add": addToken, "list": listTokens, "revoke": revokeToken})
}

func scopeNames() string {
	var all []string
	for _, s := range desk.Scopes() {
		all = append(all, string(s))
	}
	return strings.Join(all, ", ")
}

func addToken(ctx context.Context, p *program) error {
	d := newDesked(p, "token add")
	name := d.flags.String("name", "", "the program's `name`; people read it under an answer that names nobody else")
	scopes := d.flags.String("scopes", "", "what it may do, with commas between: "+scopeNames())
	until := d.flags.String("until", "", "the last `day` on which it opens anything, as 2027-03-31; else until it is revoked")
	s, err := d.open(ctx, p, "token add -name NAME -scopes SCOPES [-until DAY] [-config heard.yaml] [-provider id]", 0)
	if err != nil {
		return err
	}
	defer func() { _ = s.store.Close() }() // everything is written by then
	var may []desk.Permission
	for one := range strings.SplitSeq(*scopes, ",") {
		if one = strings.TrimSpace(one); one != "" {
			may = append(may, desk.Permission(one))
		}
	}
	ends, err := dayOf(*until, false)
	if err != nil {
		return usageError{err}
	}
	if !ends.IsZero() {
		ends = ends.Add(7 * time.Hour) // dayOf ends at five; this one at midnight
	}
	t, secret, err := s.desk.AddToken(ctx, desk.Operator(), *name, may, ends)
	if errors.As(err, new(*bot.Rejection)) {
		return usageError{fmt.Errorf("%w -name and -scopes say so; the scopes are: %s", err, scopeNames())}
	}
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(p.err, "token %s of %s: keep it now, it is not shown again\n", t.ID, s.id)
	_, err = fmt.Fprintln(p.out, secret)
	return err
}

func listTokens(ctx context.Context, p *program) error {
	s, err := newDesked(p, "token list").open(ctx, p, "token list [-config heard.yaml] [-provider id]", 0)
	if err != nil {
		return err
	}
	defer func() { _ = s.store.Close() }() // nothing is written
	all, err := s.desk.Tokens(ctx, desk.Operator())
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "id\tname\tmay\tmade\tlast used\tends")
	for _, t := range all {
		used, ends := "never", "never"
		if !t.Used.IsZero() {
			used = t.Used.Format(time.DateOnly)
		}
		if !t.Ends.IsZero() {
			ends = t.Ends.Format(time.DateTime)
		}
		var may []string
		for _, one := range t.Scopes {
			may = append(may, string(one))
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Name, strings.Join(may, ", "), t.Made.Format(time.DateOnly), used, ends)
	}
	return w.Flush()
}

func revokeToken(ctx context.Context, p *program) error {
	s, err := newDesked(p, "token revoke").open(ctx, p, "token revoke [-config heard.yaml] [-provider id] ID", 1)
	if err != nil {
		return err
	}
	defer func() { _ = s.store.Close() }() // everything is written by then
	err = s.desk.RevokeToken(ctx, desk.Operator(), p.args[0])
	if errors.As(err, new(*bot.Rejection)) {
		return usageError{fmt.Errorf("%w heard token list names them all", err)}
	}
	if err == nil {
		_, err = fmt.Fprintln(p.out, "the token is worth nothing any more")
	}
	return err
}
