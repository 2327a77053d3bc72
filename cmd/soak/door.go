package main

import (
	"io"
	"net"
	"strings"
	"sync"
)

// door stands before a server and can be shut: then nobody listens there.
type door struct {
	addr, to string

	mu       sync.Mutex
	listener net.Listener
	conns    map[net.Conn]bool
}

// newDoor opens a door to a server's URL.
func newDoor(url string) (*door, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	d := &door{addr: addr, to: strings.TrimPrefix(url, "http://"), conns: map[net.Conn]bool{}}
	return d, d.open()
}

func (d *door) url() string { return "http://" + d.addr }

func (d *door) open() error {
	l, err := net.Listen("tcp", d.addr)
	if err != nil {
		return err
	}
	d.mu.Lock()
	d.listener = l
	d.mu.Unlock()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go d.pass(c)
		}
	}()
	return nil
}

// shut ends what is under way, too.
func (d *door) shut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	_ = d.listener.Close() // a second time is no harm
	for c := range d.conns {
		_ = c.Close() // whatever it was doing
	}
}

func (d *door) pass(c net.Conn) {
	defer func() { _ = c.Close() }() // both directions are over
	s, err := net.Dial("tcp", d.to)
	if err != nil {
		return
	}
	defer func() { _ = s.Close() }() // both directions are over
	d.mu.Lock()
	d.conns[c] = true
	d.mu.Unlock()
	go func() {
		_, _ = io.Copy(s, c) // ends with either of them
		_ = s.Close()        // so that the other direction ends
	}()
	_, _ = io.Copy(c, s) // ends with either of them
	d.mu.Lock()
	delete(d.conns, c)
	d.mu.Unlock()
}
