package main_test

import (
	"bufio"
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"heard/channels/channelstest"
)

// A newcomer with a token from @BotFather talks to the try-out on their own
// phone: polled, on a store that needs nothing, and told that nothing is kept.
func TestTryOutOnTelegram(t *testing.T) {
	telegram := channelstest.NewTelegram(token)
	defer telegram.Close()
	binary := filepath.Join(t.TempDir(), "heard")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	cmd := exec.Command(binary)
	cmd.Env = []string{"HEARD_LISTEN=127.0.0.1:0", "TELEGRAM_BOT_TOKEN=" + token, "TELEGRAM_API_URL=" + telegram.URL()}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }() // an error: it has ended
	lines := bufio.NewScanner(out)
	said := ""
	for !strings.Contains(said, "Telegram") && lines.Scan() {
		said += lines.Text() + "\n"
	}
	if !strings.Contains(said, "Open http://127.0.0.1:") || !strings.Contains(said, "NOTHING IS KEPT") {
		t.Errorf("heard says %q", said)
	}
	ctx, cancel := context.WithTimeout(t.Context(), longEnough)
	defer cancel()
	telegram.Queue(telegram.Text(7, "complain"))
	got, err := telegram.WaitSent(ctx, "7", 1)
	if err != nil || !strings.Contains(got[0].Text, "Who is this about?") || len(got[0].Keyboard) == 0 {
		t.Fatalf("heard on Telegram: %v, error %v", got, err)
	}
	telegram.Queue(telegram.Tap(7, got[0].Keyboard[0][0].Data))
	if got, err = telegram.WaitSent(ctx, "7", 2); err != nil || !strings.Contains(got[1].Text, "Where did it happen?") {
		t.Fatalf("after a tap: %v, error %v", got, err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("heard did not end well: %v", err)
	}
}
