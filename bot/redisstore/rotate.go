package redisstore

import (
	"context"
	"fmt"

	"heard/bot"
)

// RewrapKeys wraps every key of every provider's keyring with the first of the
// configuration's keys. Nothing else changes: look-ups and records stay as they
// are, and the old configuration key may go once this has been done.
func (s *Store) RewrapKeys(ctx context.Context) error {
	for p := range s.readers {
		if err := s.rewrap(ctx, p); err != nil {
			return fmt.Errorf("rewrap keys of provider %s: %w", p, err)
		}
	}
	return nil
}

func (s *Store) rewrap(ctx context.Context, p bot.ProviderID) error {
	stored, err := s.exchange(ctx, p, 0)
	if err != nil {
		return err
	}
	var args []any
	for field, wrapped := range stored.fields {
		if field == fieldVersion {
			continue
		}
		key, err := s.wrap.unwrap(p, field, []byte(wrapped))
		if err != nil {
			return err
		}
		args = append(args, field, wrapped, s.wrap.wrap(p, field, key))
	}
	_, err = scriptRewrap.run(ctx, s.rdb, prefix(p), args...)
	return err
}
