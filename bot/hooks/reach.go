package hooks

import (
	"net"
	"net/netip"
	"slices"
)

// Whoever adds a webhook has heard ask a machine of their choice. What a name leads to
// is looked at when it is dialled, not before, as it may lead elsewhere by then; and no
// answer takes heard anywhere else.

// reaches tells whether a hook may go to an address on the network: one inside only
// where who runs heard said so, and some never.
func (h *Hook) reaches(ip netip.Addr) bool {
	ip = ip.Unmap()
	if nat64.Contains(ip) { // what is reached is the address within
		b := ip.As16()
		ip = netip.AddrFrom4([4]byte(b[12:]))
	}
	switch {
	case ip.IsLoopback():
		return h.Private
	case ip.IsUnspecified(), ip.IsMulticast(), ip.IsLinkLocalUnicast(), in(never, ip):
		return false
	case ip.IsPrivate(), in(inner, ip):
		return h.Private
	}
	return true
}

func in(all []netip.Prefix, ip netip.Addr) bool {
	return slices.ContainsFunc(all, func(n netip.Prefix) bool { return n.Contains(ip) })
}

// nat64 are addresses by which a network that has IPv6 alone reaches IPv4.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// inner are networks that are no part of the internet, beside those the library knows.
var inner = prefixes("100.64.0.0/10", "198.18.0.0/15")

// never are places where no receiver is: where cloud machines find their keys, beside
// the link-local ones, and ways to write one address as another.
var never = prefixes("0.0.0.0/8", "100.100.100.200/32", "192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4", "::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2002::/16",
	"fd00:ec2::254/128", "fec0::/10")

func prefixes(all ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, one := range all {
		out = append(out, netip.MustParsePrefix(one))
	}
	return out
}

// refused is what a dialler says of an address that a hook may not go to.
type refused struct{}

func (refused) Error() string { return "the address is inside a network" }

// mayDial is asked before each connection, with the address that its name led to.
func (h *Hook) mayDial(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !h.reaches(ip.WithZone("")) {
		return refused{}
	}
	return nil
}
