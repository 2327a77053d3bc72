package main_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
)

// A provider's own complaints system is told of a case that came by text, reads it, and
// answers it; the person reads the answer on their phone.
func TestAComplaintsSystemIsJoined(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithTimeout(t.Context(), longEnough)
	defer cancel()
	type message struct {
		Type string
		Data struct{ Reference string }
	}
	told := make(chan message, 100)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		var m message
		if err := json.NewDecoder(q.Body).Decode(&m); err == nil {
			told <- m
		}
	}))
	defer receiver.Close()
	heard := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(w.binary, args...)
		cmd.Env = w.env
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("heard %s: %v", args[0], err)
		}
		return strings.TrimSpace(string(out))
	}
	secret := heard("token", "add", "-name", "Complaints system", "-scopes", "see cases, answer")
	heard("hook", "add", "-private", receiver.URL)
	p := w.start(t)
	one := w.byTwilio("person-0", "+447700900100", smsFrom)
	w.talk(t, p, []*person{one}, append(before(), after()...))

	hears := func(kind string) message {
		t.Helper()
		select {
		case m := <-told:
			if m.Type != kind {
				t.Fatalf("it is told of %q, want %q", m.Type, kind)
			}
			return m
		case <-ctx.Done():
			t.Fatalf("it is not told of %q", kind)
			return message{}
		}
	}
	ref := hears("case.opened").Data.Reference
	if ref != reference.FindString(one.last.text) {
		t.Fatalf("it is told of %q, the person of %q", ref, one.last.text)
	}
	version := "" // of the case, as it was read last
	ask := func(method, path, body string, status int) string {
		t.Helper()
		q, err := http.NewRequestWithContext(ctx, method, "http://"+p.address+"/api/v1/"+provider+"/"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Authorization", "Bearer "+secret)
		q.Header.Set("Content-Type", "application/json")
		q.Header.Set("If-Match", version)
		res, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }() // it is read
		text, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != status {
			t.Fatalf("%s: %d %s, %v", path, res.StatusCode, text, err)
		}
		version = res.Header.Get("ETag")
		return string(text)
	}
	if got := ask("GET", "cases/"+ref, "", http.StatusOK); strings.Contains(got, "900100") || !strings.Contains(got, ref) {
		t.Errorf("the case is %s", got)
	}
	ask("POST", "cases/"+ref+"/updates", `{"words": "We have spoken to the ward.", "by": "Sam"}`, http.StatusNoContent)
	hears("case.updated")
	one.count++
	got, err := one.heard(ctx, one.count)
	if err != nil || !strings.Contains(got[one.count-1].text, "there is news for you") {
		t.Fatalf("the person heard %q, %v", got, err)
	}
	p.stop(t)
}
