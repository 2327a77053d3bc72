package redisstore

import (
	"context"
	"errors"
	"fmt"

	"heard/bot"
	"heard/channels"
)

// Receipt moves a message's status forward, never back, in one trip. Most of what
// providers tell ends there.
func (s *Store) Receipt(ctx context.Context, p bot.ProviderID, r channels.Receipt) (d *bot.Delivered, err error) {
	ring, err := s.ring(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("receipt: %w", err)
	}
	id := ""
	if r.ID != "" {
		id = ring.hash("outgoing", r.ID)
	}
	answer, err := scriptReceipt.run(ctx, s.rdb, prefix(p), s.now(), s.lease.Milliseconds(), s.pace,
		r.Task, id, int(r.Status), int(channels.StatusDelivered), int(channels.StatusUndelivered), flag(r.Window))
	if err != nil || len(answer) == 0 {
		return nil, err
	}
	err = s.withRing(ctx, p, func(ring *keyring) error {
		d, err = s.openDelivered(ctx, ring, p, r.Status, answer)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("receipt: %w", err)
	}
	return d, nil
}

// openDelivered opens what lua/receipt.lua returns; nil: nobody need know. Where the
// receipt came before the answer to the send, only the message itself knows what
// it has news of.
func (s *Store) openDelivered(ctx context.Context, ring *keyring, p bot.ProviderID, status channels.Status, f []string) (*bot.Delivered, error) {
	d := &bot.Delivered{Task: bot.TaskID(f[0]), Conversation: bot.ConversationID(f[1]), Again: f[2] != "", Status: status}
	news := f[8] != ""
	if sealed := f[3]; sealed != "" {
		var m bot.Message
		err := s.openRecord(ring.closed, place{p, kindMessage, f[0]}, sealed, &m)
		if err != nil && !news {
			return nil, err
		}
		if err == nil {
			d.Message = &m
		}
		if err := s.countArrived(ctx, p, d); err != nil {
			return nil, err
		}
		if m.Case != "" && !news {
			d.News = m.Case
			c, _, err := s.Case(ctx, p, m.Case)
			if errors.Is(err, bot.ErrNotFound) {
				return d, nil
			}
			d.Case = c
			return d, err
		}
	}
	if !news && status != channels.StatusUndelivered {
		return nil, nil
	}
	if news {
		d.News = bot.CaseRef(f[4])
	}
	var err error
	if f[5] != "0" {
		d.Case, err = s.openCase(ring.data, p, bot.CaseRef(f[4]), f[5], f[6], f[7])
	}
	return d, err
}

// countArrived counts a question of a survey whose receipt came before the answer to
// its send: until then only the message itself knows what it asks.
func (s *Store) countArrived(ctx context.Context, p bot.ProviderID, d *bot.Delivered) error {
	if d.Message == nil || d.Message.Asks == nil || d.Again || d.Status != channels.StatusDelivered {
		return nil
	}
	of := *d.Message.Asks
	return s.rdb.HIncrBy(ctx, countsKey(p, of.Month), arrivalOf(of), 1).Err()
}

// Claimed tells which of the provider's ids belong to a message of ours.
func (s *Store) Claimed(ctx context.Context, p bot.ProviderID, ids []string) ([]bool, error) {
	ring, err := s.ring(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("claimed: %w", err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = receiptKey(p, ring.hash("outgoing", id))
	}
	tasks, err := s.rdb.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, fmt.Errorf("claimed: %w", err)
	}
	claimed := make([]bool, len(ids))
	for i, task := range tasks {
		claimed[i] = task != nil
	}
	return claimed, nil
}
