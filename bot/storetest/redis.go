package storetest

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Redis is a real server that keeps its data in the test's own folder, set up as
// production must be: append-only, fsync at each write, no eviction.
type Redis struct {
	Addr string // host:port; the same after a restart

	t    testing.TB
	dir  string
	args []string
	cmd  *exec.Cmd
}

// StartRedis starts a server and stops it when the test ends. Where there is no
// redis-server the test is skipped, but fails when CI is set: there it may not be
// missing. args are further settings ("--maxmemory", "10mb").
func StartRedis(t testing.TB, args ...string) *Redis {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("redis-server is not installed: in CI the tests on a real Redis may not be skipped")
		}
		t.Skip("skipped: redis-server is not installed, and this test needs a real one")
	}
	r := &Redis{t: t, dir: t.TempDir(), args: args}
	t.Cleanup(r.Kill)
	for range 5 {
		r.Addr = freeAddr(t)
		if r.start() {
			return r
		}
	}
	t.Fatal("redis-server did not become ready")
	return nil
}

// URL is the server's address as the configuration has it.
func (r *Redis) URL() string { return "redis://" + r.Addr + "/0" }

// Restart starts a server that was stopped or killed, on the same address and data.
func (r *Redis) Restart() {
	r.t.Helper()
	r.Kill()
	if !r.start() {
		r.t.Fatal("redis-server did not become ready again")
	}
}

// Kill ends the server at once, as kill -9 does. A second call does nothing.
func (r *Redis) Kill() { r.end(syscall.SIGKILL) }

// Stop lets the server end in its own time. A second call does nothing.
func (r *Redis) Stop() { r.end(syscall.SIGTERM) }

// Freeze halts the server without closing its connections, until Thaw.
func (r *Redis) Freeze() { r.signal(syscall.SIGSTOP) }

// Thaw lets a frozen server go on.
func (r *Redis) Thaw() { r.signal(syscall.SIGCONT) }

func (r *Redis) signal(s syscall.Signal) {
	if err := r.cmd.Process.Signal(s); err != nil {
		r.t.Fatalf("signal redis-server: %v", err)
	}
}

func (r *Redis) end(s syscall.Signal) {
	if r.cmd == nil {
		return
	}
	_ = r.cmd.Process.Signal(s)
	_ = r.cmd.Wait() // its exit status is the signal
	r.cmd = nil
}

// start runs the server and waits for the line by which it says that it is ready.
func (r *Redis) start() bool {
	host, port, err := net.SplitHostPort(r.Addr)
	if err != nil {
		r.t.Fatalf("address of redis-server: %v", err)
	}
	args := append([]string{"--bind", host, "--port", port, "--dir", r.dir, "--save", "", "--appendonly", "yes",
		"--appendfsync", "always", "--maxmemory-policy", "noeviction", "--daemonize", "no"}, r.args...)
	r.cmd = exec.Command("redis-server", args...)
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		r.t.Fatalf("redis-server: %v", err)
	}
	if err := r.cmd.Start(); err != nil {
		r.t.Fatalf("redis-server: %v", err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the server
			return true
		}
	}
	r.Kill()
	return false
}

func freeAddr(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("free port: %v", err)
	}
	defer l.Close()
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
}
