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
	"github.com/prometheus/client_golang/prometheus"

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
	name, label := regexp.MustCompile(`(heard|process)_[a-z_]+`), regexp.MustCompile(`(result|kind|status|way)!?="([a-z ]+)"`)
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

// What somebody must look at is told apart from how commits and sends ended, whoever
// tells of it: an alert that nobody takes would be one more commit.
func TestWhatSomebodyMustLookAt(t *testing.T) {
	m := newMetrics()
	for _, kind := range eventKinds {
		m.counted(kind)
		m.sent(kind)
	}
	w := httptest.NewRecorder()
	m.handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, kind := range []string{"put aside", "danger", "danger untaken", "crowd", "clock set"} {
		if !strings.Contains(w.Body.String(), `heard_events_total{kind="`+kind+`"} 2`) || strings.Contains(w.Body.String(), `result="`+kind+`"`) {
			t.Errorf("%q is not counted as what somebody must look at", kind)
		}
	}
}

// What is counted and nobody looks at tells nobody: each metric of heard's must be on
// the dashboard or in an alert.
func TestWhatIsCountedIsWatched(t *testing.T) {
	watched := strings.Join(dashboard(t), "\n")
	for _, g := range readAlerts(t).Groups {
		for _, r := range g.Rules {
			watched += "\n" + r.Expr
		}
	}
	m := newMetrics()
	m.registry.MustRegister(newBacklog(nil, nil))
	all := make(chan *prometheus.Desc)
	go func() {
		m.registry.Describe(all)
		close(all)
	}()
	name, counted := regexp.MustCompile(`fqName: "(heard_[a-z_]+)"`), 0
	for d := range all {
		found := name.FindStringSubmatch(d.String())
		if found == nil {
			continue // the runtime's own
		}
		counted++
		if !regexp.MustCompile(found[1] + `(_bucket|_count|_sum)?\b`).MatchString(watched) {
			t.Errorf("%s is counted, and neither on the dashboard nor in an alert", found[1])
		}
	}
	if counted < 15 {
		t.Errorf("%d metrics were found", counted)
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
	m.asked("list-cases", http.StatusOK)
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
