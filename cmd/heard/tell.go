package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"heard/bot"
	"heard/config"
)

// telling is what one use of heard tell says.
type telling struct {
	provider bot.ProviderID
	ref      bot.CaseRef
	by       bot.By // Member stays empty: who runs heard
	decides  string
	until    time.Time
	words    string
}

// tellings are what can be told, by the word after -as.
func tellings() map[string]func(context.Context, *bot.Bot, telling) error {
	return map[string]func(context.Context, *bot.Bot, telling) error{
		"update": func(ctx context.Context, b *bot.Bot, t telling) error {
			return b.Update(ctx, t.provider, t.ref, t.by, t.words)
		},
		"acknowledge": func(ctx context.Context, b *bot.Bot, t telling) error {
			return b.Acknowledge(ctx, t.provider, t.ref, t.by, bot.Acknowledgement{Handler: t.by.Name, Decides: t.decides, Words: t.words, Due: t.until})
		},
		"later": func(ctx context.Context, b *bot.Bot, t telling) error {
			return b.ProposeLater(ctx, t.provider, t.ref, t.by, t.until, t.words)
		},
		"did": func(ctx context.Context, b *bot.Bot, t telling) error {
			return b.Did(ctx, t.provider, []bot.CaseRef{t.ref}, t.by, t.words)
		},
		"died":    func(ctx context.Context, b *bot.Bot, t telling) error { return b.Died(ctx, t.provider, t.ref, t.by) },
		"release": func(ctx context.Context, b *bot.Bot, t telling) error { return b.Release(ctx, t.provider, t.ref, t.by) },
		"withdrawn": func(ctx context.Context, b *bot.Bot, t telling) error {
			return b.ConfirmWithdrawal(ctx, t.provider, t.ref, t.by)
		},
	}
}

// tellUsage says what it is still for, now that there is a desk.
const tellUsage = `tell -case H-7K4-MQ2 -by NAME [-as WHAT] [-config heard.yaml] [-provider id] WORDS ...

Tells the person of a case something, when nobody can get to the desk: who runs heard
does it, and the audit log says so. An outcome is written at the desk or by the API,
where it must be whole, and is signed by a second person where the provider wants that.
`

// tell does what staff do to a case, from the terminal of who runs heard: an
// acknowledgement, an update, more time, what was done, a death. It commits what the
// desk would; the servers that run deliver it.
func tell(ctx context.Context, p *program) error {
	flags := flag.NewFlagSet("tell", flag.ContinueOnError)
	file := flags.String("config", p.getenv("HEARD_CONFIG"), "the configuration `file`; HEARD_CONFIG names it too")
	provider := flags.String("provider", "", "the provider's `id`; else the first of the file")
	ref := flags.String("case", "", "the `reference` of the case")
	by := flags.String("by", "", "the `name` of who answers, as the person reads it")
	as := flags.String("as", "update", "what it `is`: "+strings.Join(slices.Sorted(maps.Keys(tellings())), ", "))
	decides := flags.String("decides", "", "with acknowledge: what NAME may decide, in `words` that end a sentence")
	until := flags.String("until", "", "with acknowledge and later: the `day` by which the person hears, as 2026-12-04")
	if err := p.parse(flags, tellUsage); err != nil {
		return err
	}
	t := telling{by: bot.By{Name: *by}, decides: *decides, words: strings.Join(p.args, " ")}
	do := tellings()[*as]
	if *as == "outcome" {
		return usageError{errors.New("-as: an outcome is not told from here: write it at the desk, point by point, where it is looked at before it goes")}
	}
	if do == nil {
		return usageError{fmt.Errorf("-as: %q is not known: write one of %s", *as, strings.Join(slices.Sorted(maps.Keys(tellings())), ", "))}
	}
	var ok bool
	if t.ref, ok = bot.ParseCaseRef(*ref); !ok {
		return usageError{fmt.Errorf("-case: %q is no reference: it looks like H-7K4-MQ2, and a letter may be wrong", *ref)}
	}
	if *by == "" {
		return usageError{errors.New("-by: say who answers: the person is told")}
	}
	var err error
	if t.until, err = dayOf(*until, *as == "later"); err != nil {
		return usageError{err}
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
	t.provider = bot.ProviderID(cmp.Or(*provider, c.Providers[0].ID))
	if err := errors.Join(do(ctx, h.bot, t), h.close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%s: noted. What there is to tell, the person is offered, and reads when they choose\n", t.ref)
	return err
}

// dayOf reads a day, which ends at five in the afternoon.
func dayOf(text string, needed bool) (time.Time, error) {
	if text == "" && !needed {
		return time.Time{}, nil
	}
	location, err := time.LoadLocation("Europe/London")
	if err != nil {
		return time.Time{}, fmt.Errorf("time zone: %w", err)
	}
	day, err := time.ParseInLocation(time.DateOnly, text, location)
	if err != nil {
		return time.Time{}, fmt.Errorf("-until: %q is no day: write it like 2026-12-04", text)
	}
	return day.Add(17 * time.Hour), nil
}
