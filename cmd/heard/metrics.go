package main

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"heard/channels"
)

// metrics counts what operators watch. No label ever holds anything of a person.
// config/alerts.yaml and config/dashboard.json are made for these names.
type metrics struct {
	registry *prometheus.Registry
	refusals *prometheus.CounterVec
	sends    *prometheus.CounterVec
	receipts *prometheus.CounterVec
	commits  *prometheus.CounterVec
	events   *prometheus.CounterVec
	inboxes  *prometheus.CounterVec
	programs *prometheus.CounterVec
	webhooks *prometheus.CounterVec
	turns    *prometheus.HistogramVec
}

func newMetrics() *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		refusals: counter("heard_requests_refused_total", "Requests that did not become a message, by way in and reason.", "way", "reason"),
		sends:    counter("heard_sends_total", "Attempts to send a message, by how they ended.", "result"),
		receipts: counter("heard_receipts_total", "What providers told of messages that were sent, by status.", "status"),
		commits:  counter("heard_commits_total", "Commits, by how they ended.", "result"),
		events:   counter("heard_events_total", "What a person must look at: messages put aside, words of danger, and that nobody takes them, crowds of new numbers, a clock that was set.", "kind"),
		inboxes:  counter("heard_inbox_failures_total", "Times that an inbox could not be read: Telegram polled, or Twilio's list.", "way"),
		programs: counter("heard_api_requests_total", "Requests of programs, by operation and status of the answer.", "operation", "status"),
		webhooks: counter("heard_webhooks_total", "Tries to tell other systems what happened to a case, by how they ended.", "result"),
		turns: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "heard_turn_seconds", Help: "Time from a message to its commit.",
			Buckets: []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5},
		}, []string{"channel", "result"}),
	}
	for _, kind := range eventKinds {
		m.events.WithLabelValues(kind) // there from the start, so that the first one is seen to rise
	}
	for _, result := range []string{"accepted", "again", "in doubt", "given back", "parked", "opened", "set aside", "not settled", "no room"} {
		m.sends.WithLabelValues(result)
	}
	for s := channels.StatusUnknown; s <= channels.StatusUndelivered; s++ {
		m.receipts.WithLabelValues(s.String())
	}
	for _, result := range []string{"told", "failed", "given up"} {
		m.webhooks.WithLabelValues(result)
	}
	for _, way := range []string{"poll", "list"} {
		m.inboxes.WithLabelValues(way)
	}
	m.registry.MustRegister(m.programs, m.webhooks, m.inboxes, m.refusals, m.sends, m.receipts, m.commits, m.events, m.turns,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *metrics) refused(way string) channels.Refused {
	return func(reason string) { m.refusals.WithLabelValues(way, reason).Inc() }
}

func (m *metrics) unread(way string) { m.inboxes.WithLabelValues(way).Inc() }

func (m *metrics) asked(operation string, status int) {
	m.programs.WithLabelValues(operation, strconv.Itoa(status)).Inc()
}

func (m *metrics) told(result string) { m.webhooks.WithLabelValues(result).Inc() }

// eventKinds are what somebody must look at.
var eventKinds = []string{"put aside", "danger", "danger untaken", "crowd", "clock set"}

// sent is what dispatch tells of its sends, and of the clock that it goes by.
func (m *metrics) sent(result string) {
	if !m.event(result) {
		m.sends.WithLabelValues(result).Inc()
	}
}

func (m *metrics) event(what string) bool {
	is := slices.Contains(eventKinds, what)
	if is {
		m.events.WithLabelValues(what).Inc()
	}
	return is
}

func (m *metrics) receipt(s channels.Status) { m.receipts.WithLabelValues(s.String()).Inc() }

// counted is what the bot tells of its commits, and of what somebody must look at.
func (m *metrics) counted(what string) {
	if !m.event(what) {
		m.commits.WithLabelValues(what).Inc()
	}
}

func (m *metrics) turn(c channels.Channel, took time.Duration, err error) {
	result := "taken"
	if err != nil {
		result = "failed"
	}
	m.turns.WithLabelValues(string(c), result).Observe(took.Seconds())
}
