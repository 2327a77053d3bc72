package hooks

import (
	"errors"
	"net"
	"net/http"
	"testing"
	"time"
)

// A name that leads inside must not make heard fetch a cloud machine's keys.
func TestWhereAHookMayGo(t *testing.T) {
	public, err1 := New("https://example.org/", nil, false, time.Now())
	private, err2 := New("https://example.org/", nil, true, time.Now())
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	for _, one := range []struct {
		address         string
		public, private bool
	}{
		{"93.184.215.14:443", true, true},
		{"[2606:2800:21f::1]:443", true, true},
		{"[64:ff9b::5db8:d70e]:443", true, true}, // a public address by NAT64
		{"127.0.0.1:80", false, true},
		{"[::1]:80", false, true},
		{"[::ffff:127.0.0.1]:80", false, true},
		{"10.1.2.3:80", false, true},
		{"[::ffff:192.168.1.1]:80", false, true},
		{"[fd00::1]:80", false, true},
		{"100.64.0.1:80", false, true},
		{"[64:ff9b::a00:1]:80", false, true},
		{"[64:ff9b::a9fe:a9fe]:80", false, false}, // where clouds keep keys, by NAT64
		{"[::ffff:169.254.169.254]:80", false, false},
		{"169.254.169.254:80", false, false},
		{"100.100.100.200:80", false, false},
		{"192.0.0.192:80", false, false},
		{"[fd00:ec2::254]:80", false, false},
		{"[::7f00:1]:80", false, false},      // 127.0.0.1 as it was once written
		{"[2002:7f00:1::]:80", false, false}, // by 6to4
		{"[2001::1]:80", false, false},       // by Teredo
		{"[64:ff9b:1::1]:80", false, false},  // by a NAT64 of somebody's own
		{"[fe80::1%eth0]:80", false, false},
		{"[fec0::1]:80", false, false},
		{"0.0.0.0:80", false, false},
		{"[::]:80", false, false},
		{"224.0.0.1:80", false, false},
		{"nonsense", false, false},
	} {
		for hook, may := range map[*Hook]bool{&public: one.public, &private: one.private} {
			if got := hook.mayDial(one.address) == nil; got != may {
				t.Errorf("%s, private %v: %v", one.address, hook.Private, got)
			}
		}
	}
}

// What a name leads to is looked at when it is dialled, not before: it may lead
// elsewhere by then.
func TestAHookDialsNothingInside(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	for private, may := range map[bool]bool{true: true, false: false} {
		h, err := New("https://example.org/", nil, private, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		conn, err := h.client().Transport.(*http.Transport).DialContext(t.Context(), "tcp", l.Addr().String())
		if may != (err == nil) || !may && !errors.As(err, new(refused)) {
			t.Errorf("private %v: %v", private, err)
		}
		if err == nil {
			_ = conn.Close()
		}
	}
}
