package redisstore

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"heard/bot"
	"heard/channels"
)

// LeaseTimers takes up to max timers that are due or whose lease was lost. A
// lease ends with the commit of the turn that it wakes.
func (s *Store) LeaseTimers(ctx context.Context, p bot.ProviderID, max int) ([]bot.TimerLease, error) {
	if _, err := s.ring(ctx, p); err != nil {
		return nil, fmt.Errorf("lease timers: %w", err)
	}
	before := time.Now()
	answer, err := scriptLeaseTimers.run(ctx, s.rdb, prefix(p), s.now(), s.lease.Milliseconds(), max, s.passed(p))
	if err != nil {
		return nil, err
	}
	s.asked(p)
	step, err := integers(answer[0])
	if err != nil {
		return nil, fmt.Errorf("lease timers: %w", err)
	}
	if step[0] != 0 {
		return nil, fmt.Errorf("lease timers: %w", bot.ClockSet(milliseconds(step[0])))
	}
	answer = answer[1:]
	var leases []bot.TimerLease
	for ; len(answer) >= 3; answer = answer[3:] {
		l := bot.TimerLease{Provider: p, Deadline: before.Add(s.lease)}
		token, err := integers(answer[1])
		if err != nil {
			return nil, fmt.Errorf("lease timers: %w", err)
		}
		l.Token = token[0]
		id := bot.TimerID(answer[0])
		if err := s.wire.unmarshal([]byte(answer[2]), &l.Timer); err != nil || l.Timer.ID() != id {
			l.Timer, l.Unreadable = named(id), true
		}
		leases = append(leases, l)
	}
	return leases, nil
}

// asks remember when this instance last leased timers, by its own monotonic clock:
// the store's clock cannot have gone further than that.
type asks struct {
	mu   sync.Mutex
	last map[bot.ProviderID]time.Duration
	age  func() time.Duration // of this instance; nil: nobody can tell
}

// passed is how many ms ago that was; -1: it never did.
func (a *asks) passed(p bot.ProviderID) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	last, ok := a.last[p]
	if !ok || a.age == nil {
		return -1
	}
	return (a.age() - last).Milliseconds()
}

func (a *asks) asked(p bot.ProviderID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.age != nil {
		a.last[p] = a.age()
	}
}

// named is a timer of which only the id is known.
func named(id bot.TimerID) bot.Timer {
	record, kind := string(id), ""
	if i := strings.LastIndexByte(record, '/'); i >= 0 {
		record, kind = record[:i], record[i+1:]
	}
	return bot.Timer{Conversation: bot.ConversationID(record), Kind: bot.TimerKind(kind)}
}

// Watermark is up to when a sender's inbound messages were listed in full; zero
// if they never were.
func (s *Store) Watermark(ctx context.Context, p bot.ProviderID, from channels.Sender) (time.Time, error) {
	values, err := s.rdb.HMGet(ctx, marksKey(p), string(from)).Result()
	if err != nil {
		return time.Time{}, fmt.Errorf("watermark: %w", err)
	}
	text, ok := values[0].(string)
	if !ok {
		return time.Time{}, nil
	}
	ms, err := integers(text)
	if err != nil {
		return time.Time{}, fmt.Errorf("watermark: %w", err)
	}
	return time.UnixMilli(ms[0]), nil
}

// MoveWatermark moves it forward, never back.
func (s *Store) MoveWatermark(ctx context.Context, p bot.ProviderID, from channels.Sender, to time.Time) error {
	_, err := scriptWatermark.run(ctx, s.rdb, prefix(p), string(from), to.UnixMilli())
	return err
}

// Seen tells which messages were taken in before, as long as that is remembered.
func (s *Store) Seen(ctx context.Context, p bot.ProviderID, ids []channels.MessageID) ([]bool, error) {
	ring, err := s.ring(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("seen: %w", err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = prefix(p) + seenMark(ring, id)
	}
	turns, err := s.rdb.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, fmt.Errorf("seen: %w", err)
	}
	seen := make([]bool, len(ids))
	for i, turn := range turns {
		seen[i] = turn != nil
	}
	return seen, nil
}

// Guard takes or renews the lease of a name.
func (s *Store) Guard(ctx context.Context, p bot.ProviderID, name, instance string, ttl time.Duration) (held bool, err error) {
	answer, err := scriptGuard.run(ctx, s.rdb, prefix(p), s.now(), name, instance, ttl.Milliseconds())
	if err != nil {
		return false, err
	}
	return answer[0] == "1", nil
}
