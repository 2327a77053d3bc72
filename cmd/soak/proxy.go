package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
)

// proxy stands between one heard and Redis and sees each command. It can refuse,
// hold and delay, and do something at a command: before it reaches Redis, or
// after it was done there and before heard hears of it.
type proxy struct {
	listener net.Listener
	to       string

	mu    sync.Mutex
	conns map[net.Conn]bool
	mode  mode
	delay time.Duration
	moved chan struct{} // closed when the mode changes
	point *point
	lossy func(command []byte) bool // whether the answer to this is lost
}

// mode is what the proxy does with the connections as a whole.
type mode int

const (
	passing mode = iota
	refusing
	swallowing // takes everything and answers nothing, as a cut wire does
)

// point is a place in the stream of commands.
type point struct {
	nth   int // of those that match, counted from 1
	match func(command []byte) bool
	after bool   // Redis has done it
	do    func() // runs there; then, if cut, the connection ends without the answer
	cut   bool

	seen int
}

func newProxy(to string) (*proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	p := &proxy{listener: l, to: to, conns: map[net.Conn]bool{}, moved: make(chan struct{})}
	go p.accept()
	return p, nil
}

func (p *proxy) url() string { return "redis://" + p.listener.Addr().String() + "/0" }

func (p *proxy) close() {
	_ = p.listener.Close() // ends accept
	p.set(refusing)
}

// set changes the mode. Refusing ends the connections there are.
func (p *proxy) set(m mode) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode = m
	close(p.moved)
	p.moved = make(chan struct{})
	if m == refusing {
		for c := range p.conns {
			_ = c.Close() // whatever it was doing
		}
	}
}

// slow makes each answer come later by d.
func (p *proxy) slow(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = d
}

// at sets the place where something happens.
func (p *proxy) at(pt point) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.point = &pt
}

// loses has the answers lost that f chooses; nil: none.
func (p *proxy) loses(f func(command []byte) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lossy = f
}

// nowhere takes the place away again.
func (p *proxy) nowhere() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.point = nil
}

func isScript(command []byte) bool {
	return bytes.Contains(command[:min(len(command), 40)], []byte("\r\nevalsha\r\n"))
}

func (p *proxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.serve(c)
	}
}

func (p *proxy) serve(c net.Conn) {
	defer func() { _ = c.Close() }() // whatever it was doing
	if !p.open(c) {
		return
	}
	defer p.drop(c)
	r, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	defer func() { _ = r.Close() }() // whatever it was doing
	in, out := bufio.NewReaderSize(c, 16<<10), bufio.NewReaderSize(r, 16<<10)
	var buf []byte
	for {
		if buf, err = readValue(in, buf[:0]); err != nil {
			return
		}
		p.wait()
		pt, lost := p.reached(buf)
		if pt != nil && !pt.after {
			if pt.do(); pt.cut {
				return
			}
		}
		if _, err := r.Write(buf); err != nil {
			return
		}
		if buf, err = readValue(out, buf[:0]); err != nil || lost {
			return
		}
		if pt != nil && pt.after {
			if pt.do(); pt.cut {
				return
			}
		}
		p.wait()
		p.mu.Lock()
		delay := p.delay
		p.mu.Unlock()
		if delay > 0 {
			time.Sleep(delay) // the wire itself
		}
		if _, err := c.Write(buf); err != nil {
			return
		}
	}
}

func (p *proxy) open(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mode == refusing {
		return false
	}
	p.conns[c] = true
	return true
}

func (p *proxy) drop(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}

// wait holds a connection while everything is swallowed.
func (p *proxy) wait() {
	for {
		p.mu.Lock()
		m, moved := p.mode, p.moved
		p.mu.Unlock()
		if m != swallowing {
			return
		}
		<-moved
	}
}

// reached counts a command, and returns the place if this is it, and whether its
// answer is to be lost.
func (p *proxy) reached(command []byte) (*point, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	lost := p.lossy != nil && p.lossy(command)
	pt := p.point
	if pt == nil || !pt.match(command) {
		return nil, lost
	}
	if pt.seen++; pt.seen != pt.nth && pt.nth != 0 {
		return nil, lost
	}
	if pt.nth != 0 {
		p.point = nil
	}
	return pt, lost
}

// readValue appends one value of Redis' protocol, as it came: a command, or an
// answer.
func readValue(r *bufio.Reader, buf []byte) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return buf, err
	}
	buf = append(buf, line...)
	if len(line) < 3 {
		return buf, errors.New("proxy: not Redis' protocol")
	}
	kind := line[0]
	if kind != '$' && kind != '*' {
		return buf, nil
	}
	n, err := strconv.Atoi(string(line[1 : len(line)-2]))
	if err != nil || n < 0 {
		return buf, err
	}
	if kind == '$' {
		at := len(buf)
		buf = append(buf, make([]byte, n+2)...)
		_, err := io.ReadFull(r, buf[at:])
		return buf, err
	}
	for range n {
		if buf, err = readValue(r, buf); err != nil {
			return buf, err
		}
	}
	return buf, nil
}
