package main

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"heard/bot/storetest"
)

// TestMain lets the scripts run heard in this test's own binary.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"heard": main})
}

// What a person sees who types heard's commands: each script is a session in a
// terminal.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata", Cmds: map[string]func(*testscript.TestScript, bool, []string){"answers": reportedTo(t), "redis": emptyRedis(t)},
	})
}

// emptyRedis is a script's command that starts a real Redis and sets HEARD_REDIS to it.
func emptyRedis(t *testing.T) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, _ []string) {
		ts.Setenv("HEARD_REDIS", storetest.StartRedis(t).URL())
	}
}

// A port that is taken is the operator's to mend: the error says how.
func TestListenError(t *testing.T) {
	p := &program{args: []string{"serve"}, out: os.Stdout, err: os.Stderr, getenv: func(string) string { return "" }}
	if code := run(context.Background(), p); code != exitUsage {
		t.Errorf("exit code %d, want %d", code, exitUsage)
	}
}
