package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heard/bot"
)

// Who cuts off the newest lines, in which they looked somebody up, must be found out:
// heard's own log says each hour where the audit log ended.
func TestWhereTheAuditLogEndsIsSaidEachHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		number := 2
		a := anchors{
			providers: []bot.ProviderID{"stmarys", "new", "away"}, log: slog.New(slog.NewJSONHandler(&out, nil)),
			end: func(_ context.Context, p bot.ProviderID) (int, string, error) {
				switch p {
				case "new":
					return 0, "", nil
				case "away":
					return 0, "", errors.New("the store is away")
				}
				number++
				return number, strings.Repeat("a", 64), nil
			},
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- a.run(ctx) }()
		time.Sleep(2*time.Hour + time.Minute)
		stop()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if strings.Count(out.String(), "cannot be read") != 3 || strings.Contains(out.String(), `"new:`) {
			t.Errorf("it says %s", out.String())
		}
		got, err := readAnchors(&out, "stmarys")
		if hash := strings.Repeat("a", 64); err != nil || !maps.EqualFunc(got, map[int][]string{3: {hash}, 4: {hash}, 5: {hash}}, func(a, b []string) bool { return a[0] == b[0] && len(a) == len(b) }) {
			t.Errorf("it is read as %v, %v", got, err)
		}
	})
}

// An anchor of another provider, or half of one, must not accuse anybody.
func TestAnchorsAreReadExactly(t *testing.T) {
	one, other := strings.Repeat("a", 64), strings.Repeat("b", 64)
	text := `{"msg":"x","anchor":"stmarys:7:` + one + `"}` + "\nnot-stmarys:8:" + one + "\nstmarys:9:" + one + "c\nstmarys:10:abc\nit ends with stmarys:7:" + other + "\n"
	got, err := readAnchors(strings.NewReader(text), "stmarys")
	if err != nil || len(got) != 1 || len(got[7]) != 2 {
		t.Errorf("%v, %v", got, err)
	}
	for what, c := range map[string]struct {
		all   map[int][]string
		count int
		wrong string
	}{
		"all there":     {map[int][]string{3: {one}}, 5, ""},
		"cut":           {map[int][]string{3: {one}, 6: {one}}, 5, "it had 6 lines once, and has 5"},
		"written anew":  {map[int][]string{3: {other}}, 5, "line 3 is not the one"},
		"two differing": {map[int][]string{3: {one, other}}, 5, "line 3 is not the one"},
	} {
		err := against(c.all, map[int]string{3: one}, c.count)
		if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
