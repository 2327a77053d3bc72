package hooks

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"heard/bot"
)

// drawer holds the hooks of a provider.
const drawer = "hooks"

// secretPrefix is how secrets of Standard Webhooks begin.
const secretPrefix = "whsec_"

// Hook is an address that is told what happens.
type Hook struct {
	ID      string              `json:"-"`
	URL     string              `json:"url"`
	Secret  string              `json:"secret"` // whsec_ and base64
	Kinds   []bot.CaseEventKind `json:"kinds,omitempty"`
	Private bool                `json:"private,omitempty"` // the address may be inside the provider's own network
	Made    time.Time           `json:"made"`

	Told    uint64    `json:"told"`               // number of the last event that was told, or passed over
	Tries   int       `json:"tries,omitempty"`    // at the event after it
	Next    time.Time `json:"next,omitzero"`      // not before
	Trouble string    `json:"trouble,omitempty"`  // what became of the last try: a fixed phrase
	GivenUp int       `json:"given_up,omitempty"` // events that were not taken within three days

	version  uint64
	patience time.Duration // for its answer; 0: sendTime
}

// wants tells whether a hook is told of a kind of event.
func (h *Hook) wants(k bot.CaseEventKind) bool {
	return len(h.Kinds) == 0 || slices.Contains(h.Kinds, k)
}

// Store is what hooks need of the store.
type Store interface {
	bot.Drawers
	bot.EventLog
	Audit(ctx context.Context, p bot.ProviderID, r bot.AuditRecord) error
}

// New checks what a hook is made of.
func New(address string, kinds []bot.CaseEventKind, private bool, now time.Time) (Hook, error) {
	h := Hook{ID: strings.ToLower(rand.Text()[:12]), URL: address, Kinds: kinds, Private: private, Made: now}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return h, fmt.Errorf("this is no web address: write it like https://complaints.example.org/heard")
	case u.Scheme == "http" && isHere(u.Hostname()):
	case u.Scheme != "https":
		return h, fmt.Errorf("the address must begin with https: who listens in between must not learn which cases there are")
	}
	for _, k := range kinds {
		if !slices.Contains(bot.CaseEventKinds(), k) {
			return h, fmt.Errorf("there is no event %q", k)
		}
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: crypto/rand
	h.Secret = secretPrefix + base64.StdEncoding.EncodeToString(key)
	return h, nil
}

// isHere tells whether a host is this machine.
func isHere(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// Add keeps a hook. It is told what happens from now on.
func Add(ctx context.Context, s Store, p bot.ProviderID, h Hook) (err error) {
	if h.Told, err = s.LastEvent(ctx, p); err != nil {
		return err
	}
	if err := s.Audit(ctx, p, bot.AuditRecord{At: h.Made, Did: "add a webhook", On: h.ID}); err != nil {
		return err
	}
	return put(ctx, s, p, &h)
}

// List reads the hooks, the newest last.
func List(ctx context.Context, s bot.Drawers, p bot.ProviderID) ([]Hook, error) {
	drawn, err := s.Drawer(ctx, p, drawer)
	if err != nil {
		return nil, err
	}
	all := make([]Hook, len(drawn))
	for i, one := range drawn {
		if all[i], err = read(one); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b Hook) int { return a.Made.Compare(b.Made) })
	return all, nil
}

// Remove ends a hook.
func Remove(ctx context.Context, s Store, p bot.ProviderID, id string, now time.Time) error {
	if _, err := s.Drawn(ctx, p, drawer, id); err != nil {
		return err
	}
	if err := s.Audit(ctx, p, bot.AuditRecord{At: now, Did: "remove a webhook", On: id}); err != nil {
		return err
	}
	return s.Drop(ctx, p, drawer, id)
}

func read(d bot.Drawn) (h Hook, err error) {
	if err = json.Unmarshal(d.Data, &h); err != nil {
		return h, fmt.Errorf("read a webhook: %w", err)
	}
	h.ID, h.version = d.ID, d.Version
	return h, nil
}

func put(ctx context.Context, s bot.Drawers, p bot.ProviderID, h *Hook) error {
	data, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("write a webhook: %w", err)
	}
	if err := s.Put(ctx, p, drawer, bot.Drawn{ID: h.ID, Version: h.version, Data: data}, 0); err != nil {
		return err
	}
	h.version++
	return nil
}

// reaches tells whether a hook may go to an address on the network. A name that
// leads inside must not make heard ask a machine there, which answers it and no
// one else.
func (h *Hook) reaches(ip netip.Addr) bool {
	ip = ip.Unmap()
	u, _ := url.Parse(h.URL) // it was checked
	switch {
	case ip.IsLoopback():
		return h.Private || isHere(u.Hostname())
	case ip.IsUnspecified(), ip.IsMulticast(), ip.IsLinkLocalUnicast(): // cloud machines find their keys there
		return false
	case ip.IsPrivate(), slices.ContainsFunc(inner, func(n netip.Prefix) bool { return n.Contains(ip) }):
		return h.Private
	}
	return true
}

// inner are networks that are no part of the internet, beside those the library knows.
var inner = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("2002::/16"),
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
