package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"heard/bot"
	"heard/bot/redisstore"
)

// backlog asks the store, each time the metrics are read, how much waits.
type backlog struct {
	store     *redisstore.Store
	providers []bot.ProviderID

	up, messages, messagesFor, timers, timersFor, tasks, overdue, listed *prometheus.Desc
}

// backlogTime is how long the store may take for one provider.
const backlogTime = time.Second

func newBacklog(s *redisstore.Store, providers []bot.ProviderID) *backlog {
	gauge := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, []string{"provider"}, nil)
	}
	return &backlog{
		store: s, providers: providers,
		up:          gauge("heard_store_up", "1 if the store told its backlog, else 0."),
		messages:    gauge("heard_queue_messages", "Messages that may go now and have not, those being sent among them."),
		messagesFor: gauge("heard_queue_age_seconds", "How long the first of those messages has waited."),
		timers:      gauge("heard_timers_due", "Timers that are due."),
		timersFor:   gauge("heard_timers_age_seconds", "How long the first of those timers has been due."),
		tasks:       gauge("heard_staff_tasks", "What staff have to do."),
		overdue:     gauge("heard_staff_tasks_overdue", "What staff should have done by now."),
		listed:      gauge("heard_inbox_age_seconds", "Since the longest time ago at which one of the senders' inboxes was listed to its end; 0: none is."),
	}
}

// Describe names all of them.
func (b *backlog) Describe(all chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{b.up, b.messages, b.messagesFor, b.timers, b.timersFor, b.tasks, b.overdue, b.listed} {
		all <- d
	}
}

// Collect asks for each provider.
func (b *backlog) Collect(all chan<- prometheus.Metric) {
	for _, p := range b.providers {
		b.collect(p, all)
	}
}

func (b *backlog) collect(p bot.ProviderID, all chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), backlogTime)
	defer cancel()
	tell := func(d *prometheus.Desc, value float64) {
		all <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, string(p))
	}
	got, err := b.store.Backlog(ctx, p)
	if err != nil {
		tell(b.up, 0)
		return
	}
	tell(b.up, 1)
	tell(b.messages, float64(got.Messages))
	tell(b.messagesFor, got.MessagesFor.Seconds())
	tell(b.timers, float64(got.Timers))
	tell(b.timersFor, got.TimersFor.Seconds())
	tell(b.tasks, float64(got.Tasks))
	tell(b.overdue, float64(got.Overdue))
	tell(b.listed, got.ListedAgo.Seconds())
}
