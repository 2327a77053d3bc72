package hooks

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
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

	// Before is the secret that was used before; messages are signed with it as well
	// until then, so that the receiver can change over.
	Before      string    `json:"before,omitempty"`
	BeforeUntil time.Time `json:"before_until,omitzero"`

	Paused bool      `json:"paused,omitempty"` // nothing is told until somebody lets it go on
	Since  time.Time `json:"since,omitzero"`   // it went on: nothing that is older is given up for its age

	Told    uint64    `json:"told"`               // number of the last event that was told, or passed over
	Tries   int       `json:"tries,omitempty"`    // at the event after it
	Next    time.Time `json:"next,omitzero"`      // not before
	Trouble string    `json:"trouble,omitempty"`  // what became of the last try: a fixed phrase
	GivenUp int       `json:"given_up,omitempty"` // events that were not taken within three days

	Recent []Delivery `json:"recent,omitempty"` // the last tries, newest first, at most mostRecent
	Lost   []Lost     `json:"lost,omitempty"`   // what was given up and not told since, oldest first, at most mostLost

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

// longestURL bounds an address, in bytes.
const longestURL = 2000

// New checks what a hook is made of. inside: its address may be in the provider's own
// network, or on this machine, where plain http will do. That is for who runs heard to
// say: through it heard asks a machine that others cannot.
func New(address string, kinds []bot.CaseEventKind, inside bool, now time.Time) (Hook, error) {
	h := Hook{ID: strings.ToLower(rand.Text()[:12]), URL: address, Kinds: kinds, Private: inside, Made: now, Secret: newSecret()}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || len(address) > longestURL:
		return h, errors.New("this is no web address: write it like https://complaints.example.org/heard")
	case u.Scheme == "http" && inside && isHere(u.Hostname()):
	case u.Scheme != "https":
		return h, errors.New("the address must begin with https: who listens in between must not learn which cases there are")
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !h.reaches(ip.WithZone("")) || isHere(u.Hostname()) && !inside {
		return h, errors.New("the address is inside a network: only who runs heard can add it, with heard hook add -private")
	}
	for _, k := range kinds {
		if !slices.Contains(bot.CaseEventKinds(), k) {
			return h, fmt.Errorf("there is no event %q", k)
		}
	}
	return h, nil
}

func newSecret() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: crypto/rand
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

// isHere tells whether a host is this machine.
func isHere(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}

// mostHooks is how many addresses of a provider are told.
const mostHooks = 20

// Add keeps a hook. It is told what happens from now on. by is who adds it; empty: who
// runs heard.
func Add(ctx context.Context, s Store, p bot.ProviderID, by bot.MemberID, h Hook) (err error) {
	all, err := List(ctx, s, p)
	if err != nil {
		return err
	}
	if len(all) >= mostHooks {
		return &bot.Rejection{Code: bot.RejectNotReady, Sentence: fmt.Sprintf("There are %d webhooks already, and no more are told. Remove one first.", mostHooks)}
	}
	if h.Told, err = s.LastEvent(ctx, p); err != nil {
		return err
	}
	if err := s.Audit(ctx, p, bot.AuditRecord{At: h.Made, Member: by, Did: "add a webhook", On: h.ID}); err != nil {
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
func Remove(ctx context.Context, s Store, p bot.ProviderID, by bot.MemberID, id string, now time.Time) error {
	if _, err := s.Drawn(ctx, p, drawer, id); err != nil {
		return err
	}
	if err := s.Audit(ctx, p, bot.AuditRecord{At: now, Member: by, Did: "remove a webhook", On: id}); err != nil {
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
