package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"heard/bot/storetest"
)

const (
	firstKey  = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	secondKey = "HxAeDx0OHA0bDBoLGQoYCRcIFgcVBhQFEwQSAxECEAE="
)

// keyCommand runs heard key with these keys in the configuration.
func keyCommand(t *testing.T, redis string, keys []string, args ...string) (code int, out, err string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "heard.yaml")
	text := fmt.Sprintf("redis: %s\nkeys: [%s]\nproviders: [{id: here, telegram: {token: '1:a'}}, {id: there, telegram: {token: '2:a'}}]\n",
		redis, strings.Join(keys, ", "))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	p := &program{args: append([]string{"key"}, append(args, "-config", file)...), out: &stdout, err: &stderr, getenv: func(string) string { return "" }}
	code = run(context.Background(), p)
	return code, stdout.String(), stderr.String()
}

// An operator whose key may be known to others changes it, and then what it
// wrapped: each by one command, and a wrong key says what to do.
func TestKeysAreChanged(t *testing.T) {
	url := storetest.StartRedis(t).URL()
	old, both, fresh := []string{firstKey}, []string{secondKey, firstKey}, []string{secondKey}

	code, out, err := keyCommand(t, url, old, "rotate", "-provider", "here")
	if code != exitOK || !strings.Contains(out, "here: the old keys are gone") || strings.Contains(out, "there: ") {
		t.Fatalf("rotate one provider: exit %d\n%s%s", code, out, err)
	}
	if code, _, err = keyCommand(t, url, fresh, "rotate", "-provider", "here"); code != exitFailed || !strings.Contains(err, "add the old one behind the new") {
		t.Fatalf("a key that never wrapped anything: exit %d\n%s", code, err)
	}
	if code, _, err = keyCommand(t, url, both, "rewrap"); code != exitOK {
		t.Fatalf("rewrap: exit %d\n%s", code, err)
	}
	if code, _, err = keyCommand(t, url, old, "rewrap"); code != exitFailed || !strings.Contains(err, "keys") {
		t.Fatalf("the old key still opens what was wrapped anew: exit %d\n%s", code, err)
	}
	if strings.Contains(err, firstKey) {
		t.Fatal("an error tells a key")
	}
}
