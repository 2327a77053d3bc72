package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"heard/bot"
	"heard/bot/redisstore"
	"heard/bot/storetest"
	"heard/channels"
)

// alerts is config/alerts.yaml, as far as it matters here.
type alerts struct {
	Groups []struct {
		Rules []struct {
			Alert       string            `yaml:"alert"`
			Expr        string            `yaml:"expr"`
			Labels      map[string]string `yaml:"labels"`
			Annotations map[string]string `yaml:"annotations"`
		} `yaml:"rules"`
	} `yaml:"groups"`
}

// An alert on a name that nobody counts never fires: every name and every label's
// value in the two files must be one that heard has.
func TestAlertsAndDashboardWatchWhatIsCounted(t *testing.T) {
	server := storetest.StartRedis(t)
	page := metricsPage(t, openAt(t, server.URL()))
	var expressions []string
	for _, g := range readAlerts(t).Groups {
		for _, r := range g.Rules {
			expressions = append(expressions, r.Expr)
			if r.Labels["severity"] == "" || r.Annotations["summary"] == "" || r.Annotations["description"] == "" {
				t.Errorf("%s does not say how bad it is, what it is and what to do", r.Alert)
			}
		}
	}
	expressions = append(expressions, dashboard(t)...)
	if len(expressions) < 20 {
		t.Fatalf("%d expressions were read", len(expressions))
	}
	name, label := regexp.MustCompile(`(heard|process)_[a-z_]+`), regexp.MustCompile(`(result|kind|status)!?="([a-z ]+)"`)
	for _, e := range expressions {
		for _, n := range name.FindAllString(e, -1) {
			if !strings.Contains(page, "\n"+n+"{") && !strings.Contains(page, "\n"+n+" ") {
				t.Errorf("%s: nothing is counted as %s", e, n)
			}
		}
		for _, l := range label.FindAllStringSubmatch(e, -1) {
			if !strings.Contains(page, l[1]+`="`+l[2]+`"`) {
				t.Errorf("%s: no %s is called %q", e, l[1], l[2])
			}
		}
	}
}

func readAlerts(t *testing.T) (a alerts) {
	t.Helper()
	data, err := os.ReadFile("../../config/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(data, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func dashboard(t *testing.T) (expressions []string) {
	t.Helper()
	data, err := os.ReadFile("../../config/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Panels []struct {
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			expressions = append(expressions, target.Expr)
		}
	}
	return expressions
}

// metricsPage is /metrics after one of each thing that is counted.
func metricsPage(t *testing.T, s *redisstore.Store) string {
	t.Helper()
	m := newMetrics()
	m.registry.MustRegister(newBacklog(s, []bot.ProviderID{"stmarys"}))
	m.refused("twilio")("signature")
	for _, result := range []string{"accepted", "in doubt", "set aside"} {
		m.sent(result)
	}
	for s := channels.StatusUnknown; s <= channels.StatusUndelivered; s++ {
		m.receipt(s)
	}
	m.counted("committed")
	m.counted("conflict")
	m.turn(channels.SMS, 0, nil)
	m.turn(channels.SMS, 0, os.ErrClosed)
	w := httptest.NewRecorder()
	m.handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return w.Body.String()
}

func openAt(t *testing.T, url string) *redisstore.Store {
	t.Helper()
	s, err := redisstore.Open(t.Context(), redisstore.Options{
		URL: url, ConfigKeys: [][]byte{[]byte("0123456789abcdef0123456789abcdef")}, Providers: []bot.ProviderID{"stmarys"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// With the store down the page still tells, and says so.
func TestMetricsWithoutAStore(t *testing.T) {
	server := storetest.StartRedis(t)
	s := openAt(t, server.URL())
	server.Kill()
	page := metricsPage(t, s)
	if !strings.Contains(page, `heard_store_up{provider="stmarys"} 0`) || !strings.Contains(page, "heard_turn_seconds_count") {
		t.Error("the page does not say that the store is down, or says nothing else")
	}
	if slices.Contains(strings.Split(page, "\n"), `heard_queue_messages{provider="stmarys"} 0`) {
		t.Error("a store that is down has no messages that wait")
	}
}
