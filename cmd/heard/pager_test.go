package main_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// Somebody writes at night that they want to die, and nobody is at the desk: the server
// that runs calls those who are on call, at once, and says nothing of anybody in it.
func TestWhoIsOnCallIsToldOfDanger(t *testing.T) {
	const onCall, person = "+447700900555", "+447700900321"
	w := newWorld(t)
	text, err := os.ReadFile(w.config)
	if err != nil {
		t.Fatal(err)
	}
	away := time.Now().Add(12 * time.Hour) // whatever the zone, not now
	more := fmt.Sprintf("    kind: nhs\n    staffed: %02d:00-%02d:30\n    alerts: {numbers: [%q]}\n", away.Hour(), away.Hour(), onCall)
	if err := os.WriteFile(w.config, []byte(strings.Replace(string(text), "    kind: nhs\n", more, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	p := w.start(t)
	ctx, cancel := context.WithTimeout(t.Context(), longEnough)
	defer cancel()
	if status, err := w.twilio.Deliver(ctx, w.twilio.Text(person, smsFrom, "I want to kill myself")); err != nil || status >= 300 {
		t.Fatalf("status %d, %v", status, err)
	}
	got, err := w.twilio.WaitSent(ctx, onCall, 1)
	if err != nil {
		t.Fatalf("nobody on call was told: %v", err)
	}
	if want := public + "/desk/" + provider + "/work?kind=danger"; !strings.Contains(got[0].Body, want) || strings.Contains(got[0].Body, "kill") || strings.Contains(got[0].Body, person[1:]) {
		t.Errorf("who is on call reads %q, want the way to %s and nothing of anybody", got[0].Body, want)
	}
	p.stop(t)
}
