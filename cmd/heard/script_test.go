package main

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run heard in this test's own binary.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"heard": main})
}

// What a person sees who types heard's commands: each script is a session in a
// terminal.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata", Cmds: map[string]func(*testscript.TestScript, bool, []string){"answers": reportedTo(t)},
	})
}

// A port that is taken is the operator's to mend: the error says how.
func TestListenError(t *testing.T) {
	p := &program{args: []string{"serve"}, out: os.Stdout, err: os.Stderr, getenv: func(string) string { return "" }}
	if code := run(context.Background(), p); code != exitUsage {
		t.Errorf("exit code %d, want %d", code, exitUsage)
	}
}
