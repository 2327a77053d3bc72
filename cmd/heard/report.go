package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"heard/bot"
	"heard/bot/desk"
	"heard/bot/export"
	"heard/bot/redisstore"
	"heard/bot/report"
	"heard/channels"
	"heard/config"
)

// reportUsage says too why there is nothing more to choose.
const reportUsage = `report [-config heard.yaml] [-provider id] [-table month|service|channel|language|finding] [-format text|csv]

Prints how far people agree with the 21 statements, in closed months. The tables
are fixed: with filters of one's own, answers of single people could be worked out.
`

// printReport prints one of the fixed tables.
func printReport(ctx context.Context, p *program) error {
	flags := flag.NewFlagSet("report", flag.ContinueOnError)
	file := flags.String("config", p.getenv("HEARD_CONFIG"), "the configuration `file`; HEARD_CONFIG names it too")
	id := flags.String("provider", "", "the `id` of the provider; may be left out where there is one only")
	name := flags.String("table", string(report.ByMonth), "the `table`: month, service, channel, language or finding")
	format := flags.String("format", "text", "the `format`: text or csv")
	if err := p.parse(flags, reportUsage); err != nil {
		return err
	}
	by := report.Dimension(*name)
	switch {
	case len(p.args) > 0:
		return usageError{fmt.Errorf("report takes no %q: its tables are fixed", p.args[0])}
	case !slices.Contains(report.Dimensions(), by):
		return usageError{fmt.Errorf("-table: there is no table %q: write month, service, channel, language or finding", by)}
	case *format != "text" && *format != "csv":
		return usageError{fmt.Errorf("-format: there is no format %q: write text or csv", *format)}
	}
	c, err := config.Load(*file, p.getenv)
	if err != nil {
		return usageError{err}
	}
	if c.Redis == config.Embedded {
		return usageError{errors.New("redis: an embedded store keeps nothing to report on: name the Redis that heard serve uses")}
	}
	one, err := providerToReport(c.Providers, *id)
	if err != nil {
		return usageError{err}
	}
	table, err := tableOf(ctx, c, one, by)
	if err != nil {
		return err
	}
	if *format == "csv" {
		return table.WriteCSV(p.out)
	}
	return table.WriteText(p.out, one.Name)
}

func providerToReport(all []config.Provider, id string) (config.Provider, error) {
	if id == "" && len(all) == 1 {
		return all[0], nil
	}
	ids := make([]string, len(all))
	for i, p := range all {
		if p.ID == id {
			return p, nil
		}
		ids[i] = p.ID
	}
	if id == "" {
		return config.Provider{}, fmt.Errorf("-provider: say which: %s", strings.Join(ids, ", "))
	}
	return config.Provider{}, fmt.Errorf("-provider: the configuration has no provider %q: it has %s", id, strings.Join(ids, ", "))
}

// tableOf makes a table from what the store holds. It reads through the desk's
// side, to which no person is open.
func tableOf(ctx context.Context, c config.Config, p config.Provider, by report.Dimension) (report.Table, error) {
	src, err := sources(p.Flows)
	if err != nil {
		return report.Table{}, err
	}
	calendar, err := calendarOf(src, p.Jurisdiction)
	if err != nil {
		return report.Table{}, usageError{err}
	}
	o, err := (&house{}).storeOptions(c)
	if err != nil {
		return report.Table{}, usageError{err}
	}
	o.Providers = []bot.ProviderID{bot.ProviderID(p.ID)}
	store, err := redisstore.OpenDesk(ctx, o)
	if err != nil {
		return report.Table{}, fmt.Errorf("open the store: %w", err)
	}
	defer func() { _ = store.Close() }() // everything is written by then
	one := desk.New(desk.Options{Store: store, Provider: bot.Provider{ID: bot.ProviderID(p.ID), Calendar: calendar}})
	return export.Statements(ctx, one, desk.Who{Roles: []desk.Role{desk.Analyst}}, by, columnsOf(p, by), time.Now())
}

// columnsOf are the columns that a table has in any case, in the order in which
// the configuration has them.
func columnsOf(p config.Provider, by report.Dimension) []string {
	var columns []string
	switch by {
	case report.ByLanguage:
		return p.Languages
	case report.ByChannel:
		if p.Twilio != nil && p.Twilio.SMSFrom != "" {
			columns = append(columns, string(channels.SMS))
		}
		if p.Twilio != nil && p.Twilio.WhatsAppFrom != "" {
			columns = append(columns, string(channels.WhatsApp))
		}
		if p.Telegram != nil {
			columns = append(columns, string(channels.Telegram))
		}
	}
	return columns
}
