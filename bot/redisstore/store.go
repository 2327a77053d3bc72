package redisstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"regexp"
	"sort"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"heard/bot"
	"heard/channels"
)

// Options say where the store is and how it is used.
type Options struct {
	URL    string                // as NewClient takes it; or Client
	Client redis.UniversalClient // one made by NewClient, shared; closed by who made it

	// ConfigKeys are the 32-byte keys of the configuration: the first wraps the
	// providers' keyrings, all unwrap them.
	ConfigKeys [][]byte
	Providers  []bot.ProviderID

	Durability Durability
	Lease      time.Duration                // how long one instance may take to send or to wake; 0: 30 s
	Pace       map[channels.Channel]float64 // messages a second and sender, over all instances; left out: none

	// Clock stands in for the store's clock in tests; nil: the store's own.
	Clock func() time.Time

	// Age is how long this instance lives, by a clock that nobody sets; by it a set
	// clock is known. nil: the machine's; beside a Clock none, and it is not known.
	Age func() time.Duration
}

// How long an inbound message's id and the answer to a turn without one are kept.
const (
	keepMessage = 7 * 24 * time.Hour
	keepTurn    = 24 * time.Hour
)

// backend is what Store and Desk have in common.
type backend struct {
	rdb      redis.UniversalClient
	owned    bool
	wrap     *wrapper
	wire     encoding
	readers  map[bot.ProviderID]*reader
	instance string    // a random name
	opened   time.Time // its monotonic clock
	clock    func() time.Time
}

// Provider ids stand in keys and their hash tag.
var providerPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

func newBackend(o Options) (*backend, error) {
	for _, p := range o.Providers {
		if !providerPattern.MatchString(string(p)) {
			return nil, fmt.Errorf("provider id %q: letters, digits, '-', '_' and '.' only, 64 at most", p)
		}
	}
	wrap, err := newWrapper(o.ConfigKeys)
	if err != nil {
		return nil, err
	}
	wire, err := newEncoding()
	if err != nil {
		return nil, err
	}
	b := &backend{
		rdb: o.Client, wrap: wrap, wire: wire, readers: map[bot.ProviderID]*reader{},
		instance: rand.Text(), opened: time.Now(), clock: o.Clock,
	}
	if b.rdb == nil {
		if b.rdb, err = NewClient(o.URL); err != nil {
			return nil, err
		}
		b.owned = true
	}
	if retries(b.rdb) {
		return nil, errors.New("redis: a client that retries by itself writes twice when an answer is lost; make it with NewClient")
	}
	return b, nil
}

// readKeyrings reads each provider's keyring, which is made where there is none.
func (b *backend) readKeyrings(ctx context.Context, providers []bot.ProviderID, unwrap func(bot.ProviderID, storedRing) (*keyring, error)) error {
	for _, p := range providers {
		r := &reader{backend: b, provider: p, unwrap: unwrap}
		if err := r.refresh(ctx); err != nil {
			return fmt.Errorf("provider %s: %w", p, err)
		}
		b.readers[p] = r
	}
	return nil
}

// ring is a provider's keyring.
func (b *backend) ring(ctx context.Context, p bot.ProviderID) (*keyring, error) {
	r, ok := b.readers[p]
	if !ok {
		return nil, fmt.Errorf("no such provider: %q", p)
	}
	return r.ring(ctx), nil
}

// withRing does something with a provider's keyring, and once more with a newer
// one if this one turns out to be too old for it.
func (b *backend) withRing(ctx context.Context, p bot.ProviderID, do func(*keyring) error) error {
	ring, err := b.ring(ctx, p)
	if err != nil {
		return err
	}
	err = do(ring)
	if !errors.Is(err, errStale) && !errors.Is(err, errKeyMissing) {
		return err
	}
	if err := b.readers[p].refresh(ctx); err != nil {
		return err
	}
	return do(b.readers[p].held.Load())
}

// now is the argument by which scripts know the time: 0 is the store's own.
func (b *backend) now() int64 {
	if b.clock == nil {
		return 0
	}
	return b.clock().UnixMilli()
}

// uptime is this instance's age in ns.
func (b *backend) uptime() int64 { return int64(time.Since(b.opened)) }

// Close closes the connections, if the store made them.
func (b *backend) Close() error {
	if !b.owned {
		return nil
	}
	return b.rdb.Close()
}

// Store keeps everything, and holds all keys. It is safe for concurrent use and
// for any number of instances.
type Store struct {
	*backend
	lease time.Duration
	pace  string

	asks
	replicated bool // a turn counts once a replica has it
}

var (
	_ bot.Store      = (*Store)(nil)
	_ bot.FlowStore  = (*Store)(nil)
	_ bot.Queue      = (*Store)(nil)
	_ bot.Receipts   = (*Store)(nil)
	_ bot.Watermarks = (*Store)(nil)
)

// Open connects, checks that the store keeps what it is told, and reads each
// provider's keyring, which is made where there is none.
func Open(ctx context.Context, o Options) (*Store, error) {
	b, err := newBackend(o)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{backend: b, lease: o.Lease, pace: paceArgument(o.Pace)}
	s.last = map[bot.ProviderID]time.Duration{}
	if s.age = o.Age; s.age == nil && s.clock == nil { // a test's own goes by leaps
		s.age = func() time.Duration { return time.Since(b.opened) }
	}
	if s.lease == 0 {
		s.lease = 30 * time.Second
	}
	if err := s.begin(ctx, o); err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", err), s.Close())
	}
	return s, nil
}

func (s *Store) begin(ctx context.Context, o Options) error {
	if err := s.CheckDurability(ctx, o.Durability); err != nil {
		return err
	}
	var err error
	if s.replicated, err = s.hasReplicas(ctx, o.Durability); err != nil {
		return err
	}
	return s.readKeyrings(ctx, o.Providers, s.wrap.openKeyring)
}

// TurnDone tells whether a turn without a message was committed in the last day.
func (s *Store) TurnDone(ctx context.Context, p bot.ProviderID, id bot.TurnID) (bool, error) {
	n, err := s.rdb.Exists(ctx, prefix(p)+turnMark(id)).Result()
	if err != nil {
		return false, fmt.Errorf("look for a turn: %w", err)
	}
	return n == 1, nil
}

// paceArgument writes rates as scripts read them, in millionths of a message per ms,
// each with the pause of its channel between two messages to one person.
func paceArgument(rates map[channels.Channel]float64) string {
	var parts []string
	for c, perSecond := range rates {
		if perSecond > 0 {
			parts = append(parts, fmt.Sprintf("%s=%d:%d", c, int64(math.Ceil(perSecond*1000)), channels.CapabilitiesOf(c).Pause.Milliseconds()))
		}
	}
	sort.Strings(parts)
	return strings.Join(parts, ",")
}
