package main

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"heard/channels"
)

// metrics counts what operators watch. No label ever holds anything of a person.
type metrics struct {
	registry *prometheus.Registry
	refusals *prometheus.CounterVec
	sends    *prometheus.CounterVec
	turns    *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "heard_requests_refused_total", Help: "Requests that did not become a message, by way in and reason.",
		}, []string{"way", "reason"}),
		sends: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "heard_sends_total", Help: "Attempts to send a message, by how they ended.",
		}, []string{"result"}),
		turns: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "heard_turn_seconds", Help: "Time from a message to its commit.",
			Buckets: []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5},
		}, []string{"channel", "result"}),
	}
	m.registry.MustRegister(m.refusals, m.sends, m.turns)
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *metrics) refused(way string) channels.Refused {
	return func(reason string) { m.refusals.WithLabelValues(way, reason).Inc() }
}

func (m *metrics) sent(result string) { m.sends.WithLabelValues(result).Inc() }

func (m *metrics) turn(c channels.Channel, took time.Duration, err error) {
	result := "taken"
	if err != nil {
		result = "failed"
	}
	m.turns.WithLabelValues(string(c), result).Observe(took.Seconds())
}
