package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"heard/bot"
	"heard/bot/desk"
	"heard/bot/dispatch"
	"heard/bot/hooks"
	"heard/bot/redisstore"
	"heard/channels"
	"heard/channels/webchat"
	"heard/config"
	"heard/flows"
)

// house is everything that runs in a process, put together. What starts, and in
// which order it stops, is written in run.
type house struct {
	log      *slog.Logger
	embedded *redisstore.Embedded // nil: a real Redis
	options  redisstore.Options
	store    *redisstore.Store
	desk     *redisstore.Desk // nil: no pages
	pager    *pager           // tells who is not at the desk
	desks    []*desk.Desk     // of its pages, a provider each
	flows    []*flows.Set     // by provider, in the configuration's order
	staffed  []bot.Provider   // those whose desks are served, the same
	bot      *bot.Bot
	dispatch *dispatch.Dispatcher
	inboxes  *dispatch.Inboxes
	teller   *hooks.Teller // nil: no program is told anything
	lines    []*lines
	files    *keeping
	metrics  *metrics
	mux      *http.ServeMux
}

// plan is what a house is built from.
type plan struct {
	config config.Config
	lines  []*lines // by provider, in the configuration's order
	log    *slog.Logger
	tryOut *webchat.Phones // the try-out's phones; nil: the real thing
}

// reflectAfter is how long after an outcome a person is asked to look back.
const reflectAfter = 14 * 24 * time.Hour

// build opens the store and puts the parts together. It starts nothing but the
// embedded store.
func build(ctx context.Context, p plan) (*house, error) {
	h := &house{log: p.log, lines: p.lines, metrics: newMetrics(), mux: http.NewServeMux(), pager: &pager{desks: map[bot.ProviderID]*desk.Desk{}}}
	var err error
	if h.options, err = h.storeOptions(p.config); err != nil {
		return nil, err
	}
	if h.store, err = redisstore.Open(ctx, h.options); err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	if h.files, err = openFiles(p.config); err != nil {
		return nil, errors.Join(usageError{err}, h.store.Close())
	}
	if err := h.furnish(ctx, p); err != nil {
		return nil, errors.Join(err, h.store.Close())
	}
	h.routes(p)
	return h, nil
}

// storeOptions says where the store is; an embedded one is started.
func (h *house) storeOptions(c config.Config) (redisstore.Options, error) {
	o := redisstore.Options{URL: c.Redis, Pace: pace()}
	for _, p := range c.Providers {
		o.Providers = append(o.Providers, bot.ProviderID(p.ID))
	}
	for _, text := range c.Keys {
		k, err := config.DecodeKey(text)
		if err != nil {
			return o, fmt.Errorf("keys: %w", err)
		}
		o.ConfigKeys = append(o.ConfigKeys, k)
	}
	switch {
	case c.Redis == config.Embedded:
		var err error
		if h.embedded, err = redisstore.StartEmbedded(); err != nil {
			return o, fmt.Errorf("start the embedded store: %w", err)
		}
		o.URL, o.Durability = h.embedded.URL(), redisstore.Ephemeral
		if len(o.ConfigKeys) == 0 {
			k := make([]byte, 32)
			_, _ = rand.Read(k) // never fails: crypto/rand
			o.ConfigKeys = [][]byte{k}
		}
	case c.Durability == "asserted":
		o.Durability = redisstore.Asserted
	case c.AllowDataLoss != "":
		o.Durability = redisstore.AllowEverysec
	}
	return o, nil
}

// pace is how many messages a second each sender may send. SMS has none here:
// Twilio queues for each number at the pace that its carrier allows.
func pace() map[channels.Channel]float64 {
	return map[channels.Channel]float64{channels.WhatsApp: 80, channels.Telegram: 30}
}

// furnish makes the parts that work on the store.
func (h *house) furnish(ctx context.Context, p plan) error {
	providers, templates, err := providersOf(p)
	if err != nil {
		return usageError{err}
	}
	ids := make([]bot.ProviderID, len(providers))
	senders := map[dispatch.Line]dispatch.Sender{}
	if p.tryOut != nil {
		senders = tryOutSenders(p.tryOut)
	}
	for i, one := range providers {
		ids[i] = one.ID
		providers[i].Media, providers[i].Ways = p.lines[i].media(), p.lines[i].ways
		h.flows = append(h.flows, one.Flows)
		p.lines[i].senders(senders)
		if names := templates.missing(one.ID, one.Flows.Languages()); len(names) > 0 && p.lines[i].twilio.WhatsApp() {
			h.log.LogAttrs(ctx, slog.LevelWarn, "templates have no content sid: on WhatsApp nothing can be said a day after a person's last message; set them in a templates.yaml under flows; heard flows check -config names each",
				slog.String("provider", string(one.ID)), slog.Any("templates", names))
		}
	}
	h.dispatch = dispatch.New(dispatch.Options{
		Queue: h.store, Providers: ids, Lines: senders, Template: templates.find, Log: h.log, Count: h.metrics.sent,
	})
	h.bot, err = bot.New(ctx, bot.Options{
		Store: h.store, Versions: h.store, Receipts: h.store, Moves: h.store, Providers: providers, Files: h.files.store, Deliver: h.dispatch.Deliver, Log: h.log,
		Count: h.metrics.counted, Pager: h.pager,
	})
	if err != nil {
		return err
	}
	h.staffed = providers
	h.metrics.registry.MustRegister(newBacklog(h.store, ids))
	var inboxes []dispatch.Inbox
	for _, l := range p.lines {
		inboxes = append(inboxes, l.inboxes()...)
	}
	h.inboxes = dispatch.NewInboxes(dispatch.InboxOptions{
		Marks: h.store, Instance: instance(), Inboxes: inboxes, Receive: h.receive, Refused: h.metrics.refused("inbox"), Log: h.log,
		Failed: h.metrics.unread,
	})
	return nil
}

// instance names this process among those that share the store.
func instance() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand
	name, _ := os.Hostname()
	return name + "-" + hex.EncodeToString(b[:])
}

// receive takes a message in and notes what the store made of it.
func (h *house) receive(ctx context.Context, p bot.ProviderID, in channels.Inbound) error {
	began := time.Now()
	err := h.bot.Receive(ctx, p, in)
	h.metrics.turn(in.Channel, time.Since(began), err)
	if err != nil {
		h.inboxes.Soon()
		h.log.LogAttrs(ctx, slog.LevelError, "a message was not taken; its provider will repeat it",
			slog.String("provider", string(p)), slog.String("channel", string(in.Channel)), slog.String("error", err.Error()))
	}
	return err
}

// stopTime is how long requests may take to end when the process stops: longer
// than a turn, shorter than what supervisors wait before they kill.
const stopTime = 10 * time.Second

// run serves until ctx ends. Start: the address, the store's clock, what is due, the inboxes,
// the way in. Stop is the reverse: nothing new comes in, then nothing is
// fetched, then what is being sent is finished, then the store may go.
func (h *house) run(ctx context.Context, s *server) error {
	if err := s.open(); err != nil {
		return errors.Join(err, h.close())
	}
	var wg sync.WaitGroup
	var stops []context.CancelFunc
	start := func(run func(context.Context) error) {
		own, cancel := context.WithCancel(context.WithoutCancel(ctx))
		done := make(chan struct{})
		wg.Go(func() {
			defer close(done)
			_ = run(own) // each ends with its context, and has told its troubles
		})
		stops = append(stops, func() { cancel(); <-done })
	}
	if h.embedded != nil {
		start(h.embedded.Run)
	}
	start(func(ctx context.Context) error { return h.dispatch.Run(ctx, h.bot) })
	start(h.inboxes.Run)
	start(h.announce)
	if h.teller != nil {
		start(anchors{h.options.Providers, h.desk.AuditEnd, h.log}.run)
		start(h.teller.Run)
	}
	err := s.serve(ctx, h.mux, h.log)
	for i := len(stops) - 1; i > 0 || i == 0 && h.embedded == nil; i-- {
		stops[i]()
	}
	err = errors.Join(err, h.close())
	if h.embedded != nil {
		stops[0]()
	}
	wg.Wait()
	return err
}

// close lets the store go.
func (h *house) close() error {
	err := h.store.Close()
	if h.desk != nil {
		err = errors.Join(h.desk.Close(), err)
	}
	return errors.Join(err, h.files.close())
}

// announce tells Telegram how updates are to come, until it has heard.
func (h *house) announce(ctx context.Context) error {
	var wg sync.WaitGroup
	for _, l := range h.lines {
		wg.Go(func() { l.announce(ctx, h.log) })
	}
	wg.Wait()
	return nil
}
