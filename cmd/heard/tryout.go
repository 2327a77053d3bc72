package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"time"

	"heard/bot/desk"
	"heard/bot/dispatch"
	"heard/bot/tryout"
	"heard/channels"
	"heard/channels/webchat"
	"heard/config"
	"heard/flows"
)

// The try-out's one provider.
const tryOutID = "tryout"

// tryOutReflectAfter is short, so that a newcomer sees the end of the journey.
const tryOutReflectAfter = 3 * time.Second

// tryOut serves the page where a newcomer sees in two minutes what heard does:
// a phone beside the desk of those who answer, on a store that keeps nothing.
func tryOut(ctx context.Context, p *program) error {
	flags := flag.NewFlagSet("heard", flag.ContinueOnError)
	listen := flags.String("listen", cmp.Or(p.getenv("HEARD_LISTEN"), config.Default().Listen), "the `address` to serve the page on")
	if err := p.parse(flags, "[-listen host:port]"); err != nil {
		return err
	}
	if len(p.args) > 0 {
		return usageError{fmt.Errorf("%q is no command: heard help lists them", p.args[0])}
	}
	c := tryOutConfig(p.getenv)
	log := slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	all, err := linesOf(c)
	if err != nil {
		return usageError{err}
	}
	phones := webchat.New(time.Now, cost)
	h, err := build(ctx, plan{config: c, lines: all, log: log, tryOut: phones})
	if err != nil {
		return err
	}
	if err := h.openDesks(ctx, c, tryOutMember()); err != nil {
		return err
	}
	h.openPage(c.Providers[0], phones)
	return h.run(ctx, &server{listen: *listen, orAny: *listen == config.Default().Listen, started: func(address string) {
		_, _ = fmt.Fprintf(p.out, "Open http://%s in a browser: a phone, and the desk that answers it.\n"+
			"This is a try-out. NOTHING IS KEPT: all of it is gone when you stop heard with Ctrl-C.\n", address)
		if all[0].telegram != nil {
			_, _ = fmt.Fprintln(p.out, "Your bot answers on Telegram too. What is written there is not kept either.")
		}
		if p.started != nil {
			p.started(address)
		}
	}})
}

// tryOutConfig is a hospital that does not exist, with a real bot on Telegram if
// there is a token for one.
func tryOutConfig(getenv func(string) string) config.Config {
	c := config.Default()
	c.Redis = config.Embedded
	p := config.Provider{
		ID: tryOutID, Name: "Anytown Hospital", PublicName: "Anytown", Kind: "nhs", Jurisdiction: "england",
		Languages: []string{"en", "cy"}, Guardian: config.Words{"": "the matron Grace Okafor", "cy": "y metron Grace Okafor"},
		Deputy: config.Words{"": "Ade Cole of the patients' council", "cy": "Ade Cole o gyngor y cleifion"},
		Hours:  config.Words{"": "from 8am to 6pm", "cy": "rhwng 8am a 6pm"},
	}
	if token := getenv("TELEGRAM_BOT_TOKEN"); token != "" {
		p.Telegram = &config.Telegram{Token: token, APIURL: getenv("TELEGRAM_API_URL")}
	}
	c.Providers = []config.Provider{p}
	return c
}

// tryOutSenders are the lines of the phones on the page.
func tryOutSenders(phones *webchat.Phones) map[dispatch.Line]dispatch.Sender {
	all := map[dispatch.Line]dispatch.Sender{}
	for _, c := range []channels.Channel{channels.SMS, channels.WhatsApp, channels.Telegram} {
		line := phones.Line(c)
		all[dispatch.Line{Provider: tryOutID, Channel: c, Sender: line.Sender}] = line
	}
	return all
}

// tryOutMember is who answers in a try-out: somebody who may do everything.
func tryOutMember() *desk.Who {
	return &desk.Who{Member: "tryout", Name: "Sam Reed", Roles: desk.Roles()}
}

// openPage puts the page with the phones on the mux.
func (h *house) openPage(p config.Provider, phones *webchat.Phones) {
	take := func(ctx context.Context, in channels.Inbound) error { return h.receive(ctx, tryOutID, in) }
	h.mux.Handle("/", onlyHere(tryout.New(tryout.Options{
		Desk: h.desk, Staff: h.bot, Provider: tryOutID, ProviderName: p.Name, Flows: h.flows[0], Phones: phones.Handler(take),
		By: tryOutMember().Name, RealTelegram: p.Telegram != nil, Log: h.log,
	})))
}

// cost says what a text costs on a channel, for the page.
func cost(c channels.Channel, text string) string {
	if !channels.CapabilitiesOf(c).Segments {
		return ""
	}
	n := flows.CountSMS(text)
	alphabet := "7-bit"
	if n.UCS2 {
		alphabet = fmt.Sprintf("16-bit, because of %q", n.Culprit)
	}
	return fmt.Sprintf("%d SMS, %s", n.Segments, alphabet)
}
