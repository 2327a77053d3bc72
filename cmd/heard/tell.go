package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"strings"

	"heard/bot"
	"heard/config"
)

// tell sends the person of a case an update, or an outcome, from the terminal of
// who runs heard. It commits what the desk would; the servers that run deliver it.
func tell(ctx context.Context, p *program) error {
	flags := flag.NewFlagSet("tell", flag.ContinueOnError)
	file := flags.String("config", p.getenv("HEARD_CONFIG"), "the configuration `file`; HEARD_CONFIG names it too")
	provider := flags.String("provider", "", "the provider's `id`; else the first of the file")
	ref := flags.String("case", "", "the `reference` of the case")
	by := flags.String("by", "", "the `name` of who answers, as the person reads it")
	outcome := flags.Bool("outcome", false, "the words are the outcome")
	if err := p.parse(flags, "tell -case H-7K4-MQ2 -by NAME [-outcome] [-config heard.yaml] [-provider id] WORDS ..."); err != nil {
		return err
	}
	found, ok := bot.ParseCaseRef(*ref)
	if !ok {
		return usageError{fmt.Errorf("-case: %q is no reference: it looks like H-7K4-MQ2, and a letter may be wrong", *ref)}
	}
	if *by == "" {
		return usageError{errors.New("-by: say who answers: the person is told")}
	}
	c, err := config.Load(*file, p.getenv)
	if err != nil {
		return usageError{err}
	}
	if c.Redis == config.Embedded {
		return usageError{errors.New("redis: an embedded store is in the process that serves: use its page")}
	}
	all, err := linesOf(c)
	if err != nil {
		return usageError{err}
	}
	h, err := build(ctx, plan{config: c, lines: all, log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	do := h.bot.Update
	if *outcome {
		do = h.bot.Resolve
	}
	id := bot.ProviderID(cmp.Or(*provider, c.Providers[0].ID))
	if err := errors.Join(do(ctx, id, found, *by, strings.Join(p.args, " ")), h.close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%s: the person is told that there is news, and reads it when they choose\n", found)
	return err
}
