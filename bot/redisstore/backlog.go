package redisstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"heard/bot"
)

// Backlog is how much of a provider waits, for who watches.
type Backlog struct {
	Messages    int           // that may go now and have not, those being sent among them
	MessagesFor time.Duration // how long the first of them has waited
	Timers      int           // that are due
	TimersFor   time.Duration
	Tasks       int           // of staff
	Overdue     int           // of those
	ListedAgo   time.Duration // of the inbox that was listed in full the longest time ago; 0: none was
}

// Backlog counts what waits.
func (s *Store) Backlog(ctx context.Context, p bot.ProviderID) (Backlog, error) {
	answer, err := scriptBacklog.run(ctx, s.rdb, prefix(p), s.now())
	if err != nil {
		return Backlog{}, err
	}
	n, err := integers(answer...)
	if err != nil || len(n) != 7 {
		return Backlog{}, fmt.Errorf("backlog: %w", errors.Join(errWire, err))
	}
	return Backlog{
		Messages: int(n[0]), MessagesFor: milliseconds(n[1]), Timers: int(n[2]), TimersFor: milliseconds(n[3]),
		Tasks: int(n[4]), Overdue: int(n[5]), ListedAgo: milliseconds(n[6]),
	}, nil
}

func milliseconds(n int64) time.Duration { return time.Duration(n) * time.Millisecond }
