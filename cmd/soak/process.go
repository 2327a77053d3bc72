package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is one running program: heard, or the yardstick. It may be killed and
// started again, and keeps its address.
type process struct {
	addr string
	args []string
	env  []string

	mu    sync.Mutex
	cmd   *exec.Cmd
	ended chan struct{} // closed when it is gone
	tail  []string      // the newest lines of its log
	bad   []string      // lines that must not be there
}

const tailLines = 40

// start runs it and waits until it says that it serves.
func (p *process) start(ctx context.Context) error {
	cmd := exec.Command(p.args[0], p.args[1:]...)
	cmd.Env = append(append(os.Environ(), "HEARD_LISTEN="+p.addr), p.env...)
	log, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.args[0], err)
	}
	serving, ended := make(chan struct{}), make(chan struct{})
	p.mu.Lock()
	p.cmd, p.ended = cmd, ended
	p.mu.Unlock()
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(log)
		lines.Buffer(nil, 1<<20)
		for once := sync.OnceFunc(func() { close(serving) }); lines.Scan(); {
			if p.note(lines.Text()) {
				once()
			}
		}
		_ = cmd.Wait() // how it ended is seen in ProcessState
	}()
	select {
	case <-serving:
		return nil
	case <-ended:
		return fmt.Errorf("the process ended before it served:\n%s", p.lastWords())
	case <-ctx.Done():
		return errors.Join(ctx.Err(), errors.New("the process does not serve"))
	}
}

// note keeps a line of the log and tells whether it is the one that says serving.
func (p *process) note(line string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tail = append(p.tail, line); len(p.tail) > tailLines {
		p.tail = p.tail[1:]
	}
	if strings.Contains(line, "panic") || strings.Contains(line, "7700900") {
		p.bad = append(p.bad, line)
	}
	return strings.Contains(line, `"msg":"serving"`)
}

func (p *process) lastWords() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.tail, "\n")
}

// trouble is an error if the log has a panic or a phone number in it.
func (p *process) trouble() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.bad) > 0 {
		return fmt.Errorf("%d lines of the log have a panic or a number in them; the first begins %.60q", len(p.bad), p.bad[0])
	}
	return nil
}

func (p *process) signal(s syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		_ = p.cmd.Process.Signal(s) // an error: it is gone
	}
}

// kill ends it at once and waits until it is gone. It may be called from anywhere,
// any number of times.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	p.mu.Lock()
	ended := p.ended
	p.mu.Unlock()
	if ended != nil {
		<-ended
	}
}

// stop asks it to end and tells how long that took.
func (p *process) stop(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	p.signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-ctx.Done():
		return 0, errors.New("the process does not stop")
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		return 0, fmt.Errorf("the process ended with %d:\n%s", code, p.lastWords())
	}
	return time.Since(began), nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// spentBy is the processor time of a process so far; 0 where there is no /proc.
func spentBy(pid int) time.Duration {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(stat), ") ") // behind its name
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])   // a number of the kernel's
	system, _ := strconv.Atoi(fields[12]) // the same
	return time.Duration(user+system) * 10 * time.Millisecond
}

// resident is the process's memory in bytes; 0: it is not running.
func (p *process) resident() int64 {
	p.mu.Lock()
	cmd := p.cmd
	p.mu.Unlock()
	if cmd == nil {
		return 0
	}
	return residentOf(cmd.Process.Pid)
}

// residentOf reads VmRSS; 0 where there is no such process, or no /proc.
func residentOf(pid int) int64 {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	var kb int64
	_, _ = fmt.Sscanf(after, "%d", &kb) // 0 where the line is missing
	return kb << 10
}

// ready asks whether the process can take messages.
func (p *process) ready(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.addr+"/readyz", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close() // only the status counts
	return resp.StatusCode == http.StatusOK
}
