package console

import (
	"encoding/base64"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// The cookies of a desk end with the browser, and the session in any case by itself.
// Over https their names begin with __Host-, which no other host and no page on plain
// http can set. Each provider has its own, so that who works for two can.

func (p *pages) cookieName(what string) string {
	name := "heard-" + string(p.desk.Provider().ID) + what
	if p.secure {
		return "__Host-" + name
	}
	return name
}

func (p *pages) setCookie(w http.ResponseWriter, what, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: p.cookieName(what), Value: value, Path: "/", MaxAge: seconds, Secure: p.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

func (p *pages) cookie(r *http.Request, what string) string {
	c, err := r.Cookie(p.cookieName(what))
	if err != nil {
		return ""
	}
	return c.Value
}

// token is what the session's cookie holds.
func (p *pages) token(r *http.Request) string { return p.cookie(r, "") }

const (
	cookieSaid = "-said"
	saidFor    = 60 // seconds
)

// say keeps a message for the page that a redirect leads to. It holds no word of
// anybody.
func (p *pages) say(w http.ResponseWriter, text string) {
	p.setCookie(w, cookieSaid, base64.RawURLEncoding.EncodeToString([]byte(text)), saidFor)
}

// said takes the message.
func (p *pages) said(w http.ResponseWriter, r *http.Request) string {
	kept := p.cookie(r, cookieSaid)
	text, err := base64.RawURLEncoding.DecodeString(kept)
	if kept == "" || err != nil {
		return ""
	}
	p.setCookie(w, cookieSaid, "", -1)
	return string(text)
}

// client is the address that a request comes from, as far as guesses are counted by
// it: of IPv6 the network of one customer. Behind a proxy on this machine or network
// it is what the proxy added last; where it added none nobody knows, and it is empty.
func client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return ""
	}
	if ip = ip.Unmap(); ip.IsLoopback() || ip.IsPrivate() {
		all := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		told, err := netip.ParseAddr(strings.TrimSpace(all[len(all)-1]))
		switch {
		case err == nil:
			ip = told.Unmap()
		case ip.IsLoopback():
			return ""
		}
	}
	if ip.Is6() {
		network, err := ip.WithZone("").Prefix(64)
		if err != nil {
			return ""
		}
		return network.String()
	}
	return ip.String()
}
