package main

import (
	"errors"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// balancer stands before the processes as a proxy would: each request goes to the
// next that is in, and to another where nobody listens. It repeats nothing that
// was begun.
type balancer struct {
	base http.RoundTripper

	mu   sync.Mutex
	in   []string // addresses
	next int
	hook map[string]func() // by address: runs beside the next request to it
}

var errNobody = errors.New("no process is in rotation")

func newBalancer() *balancer {
	return &balancer{base: &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: 5 * time.Second}}
}

func (b *balancer) set(addr string, in bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var others []string
	for _, a := range b.in {
		if a != addr {
			others = append(others, a)
		}
	}
	if in {
		others = append(others, addr)
	}
	b.in = others
}

// order is the addresses to try, first to last.
func (b *balancer) order() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.in) == 0 {
		return nil
	}
	b.next++
	from := b.next % len(b.in)
	return append(append(make([]string, 0, len(b.in)), b.in[from:]...), b.in[:from]...)
}

// at runs do beside the next request to a process.
func (b *balancer) at(addr string, do func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.hook == nil {
		b.hook = map[string]func(){}
	}
	b.hook[addr] = do
}

func (b *balancer) begun(addr string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if do := b.hook[addr]; do != nil {
		delete(b.hook, addr)
		go do()
	}
}

// RoundTrip is http.RoundTripper's.
func (b *balancer) RoundTrip(req *http.Request) (*http.Response, error) {
	err := errNobody
	order := b.order()
	if first, ok := req.Context().Value(via{}).(string); ok {
		order = append([]string{first}, order...)
	}
	for _, addr := range order {
		one := req.Clone(req.Context())
		one.URL.Host = addr
		if req.GetBody != nil {
			if one.Body, err = req.GetBody(); err != nil {
				return nil, err
			}
		}
		b.begun(addr)
		var resp *http.Response
		if resp, err = b.base.RoundTrip(one); !errors.Is(err, syscall.ECONNREFUSED) {
			return resp, err
		}
	}
	return nil, err
}
