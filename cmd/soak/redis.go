package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"heard/bot/redisstore"
)

// server is a redis-server, set up as production must be.
type server struct {
	addr string // host:port; the same after a restart
	dir  string
	args []string
	cmd  *exec.Cmd

	rdb redis.UniversalClient // for looking on; never for what heard would do
}

// startServer starts one on a free port. args are further settings.
func startServer(dir string, args ...string) (*server, error) {
	s := &server{dir: dir, args: args}
	for range 5 {
		var err error
		if s.addr, err = freeAddress(); err != nil {
			return nil, err
		}
		if err = s.start(); err == nil {
			s.rdb, err = redisstore.NewClient(s.url())
			return s, err
		}
	}
	return nil, errors.New("redis-server did not become ready: is it installed?")
}

func (s *server) url() string { return "redis://" + s.addr + "/0" }

// start runs the server and waits for the line by which it says that it is ready.
func (s *server) start(prefix ...string) error {
	host, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		return err
	}
	line := append(prefix, "redis-server", "--bind", host, "--port", port, "--dir", s.dir, "--save", "", "--appendonly", "yes",
		"--appendfsync", "always", "--maxmemory-policy", "noeviction", "--daemonize", "no")
	line = append(line, s.args...)
	s.cmd = exec.Command(line[0], line[1:]...)
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return fmt.Errorf("start redis-server: %w", err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the server
			return nil
		}
	}
	s.end(syscall.SIGKILL)
	return errors.New("redis-server ended before it was ready")
}

// end signals the server and waits until it is gone.
func (s *server) end(with syscall.Signal) {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(with) // an error: it is gone
	_ = s.cmd.Wait()               // its status is the signal
	s.cmd = nil
}

// gone waits until the server has ended by itself.
func (s *server) gone(ctx context.Context) error {
	ended := make(chan struct{})
	go func() { defer close(ended); _ = s.cmd.Wait() }() // its status is not of interest
	select {
	case <-ended:
		s.cmd = nil
		return nil
	case <-ctx.Done():
		return errors.New("redis-server did not end")
	}
}

func (s *server) close() {
	s.end(syscall.SIGKILL)
	_ = s.rdb.Close() // nothing is under way
}

// memory is what the server says it uses, in bytes.
func (s *server) memory(ctx context.Context) (int64, error) {
	info, err := s.rdb.Info(ctx, "memory").Result()
	if err != nil {
		return 0, err
	}
	var n int64
	_, after, _ := strings.Cut(info, "used_memory:")
	_, err = fmt.Sscanf(after, "%d", &n)
	return n, err
}

// freeAddress is an address on this machine that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("free port: %w", err)
	}
	defer func() { _ = l.Close() }() // only its address is wanted
	return l.Addr().String(), nil
}

// await polls for what another process does and cannot signal.
func await(ctx context.Context, what string, done func() (bool, error)) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := done()
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			if err != nil {
				return fmt.Errorf("%s: not in time: %w", what, err)
			}
			return fmt.Errorf("%s: not in time", what)
		case <-tick.C:
		}
	}
}

// kept is how many bytes its append-only file has.
func (s *server) kept(ctx context.Context) (int64, error) {
	info, err := s.rdb.Info(ctx, "persistence").Result()
	if err != nil {
		return 0, err
	}
	_, size, _ := strings.Cut(info, "aof_current_size:")
	size, _, _ = strings.Cut(size, "\r\n")
	return strconv.ParseInt(size, 10, 64)
}
