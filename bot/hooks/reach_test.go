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
	here, err3 := New("http://127.0.0.1:1/", nil, false, time.Now())
	if err1 != nil || err2 != nil || err3 != nil {
		t.Fatal(err1, err2, err3)
	}
	for _, one := range []struct {
		address               string
		public, private, here bool
	}{
		{"93.184.215.14:443", true, true, true},
		{"[2606:2800:21f::1]:443", true, true, true},
		{"127.0.0.1:80", false, true, true},
		{"[::1]:80", false, true, true},
		{"[::ffff:127.0.0.1]:80", false, true, true},
		{"10.1.2.3:80", false, true, false},
		{"[::ffff:192.168.1.1]:80", false, true, false},
		{"[fd00::1]:80", false, true, false},
		{"100.64.0.1:80", false, true, false},
		{"[64:ff9b::a00:1]:80", false, true, false},
		{"169.254.169.254:80", false, false, false},
		{"[fe80::1%eth0]:80", false, false, false},
		{"0.0.0.0:80", false, false, false},
		{"[::]:80", false, false, false},
		{"224.0.0.1:80", false, false, false},
		{"nonsense", false, false, false},
	} {
		for hook, may := range map[*Hook]bool{&public: one.public, &private: one.private, &here: one.here} {
			if got := hook.mayDial(one.address) == nil; got != may {
				t.Errorf("%s, private %v, %s: %v", one.address, hook.Private, hook.URL, got)
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
