package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"heard/bot"
	"heard/channels"
)

// Lookup reads what a message from this address meets, in one round trip.
func (s *Store) Lookup(ctx context.Context, p bot.ProviderID, c channels.Channel, from channels.Sender, a channels.Address) (bot.View, error) {
	v, err := s.view(ctx, p, func(ring *keyring) bot.ConversationID { return ring.conversationID(c, from, a) })
	if err == nil && v.Conversation.Version == 0 {
		v.Conversation.Channel, v.Conversation.Sender, v.Conversation.Address = c, from, a
	}
	return v, err
}

// LookupID reads the same for a known conversation. One that does not exist has
// Version 0.
func (s *Store) LookupID(ctx context.Context, p bot.ProviderID, id bot.ConversationID) (bot.View, error) {
	return s.view(ctx, p, func(*keyring) bot.ConversationID { return id })
}

func (s *Store) view(ctx context.Context, p bot.ProviderID, id func(*keyring) bot.ConversationID) (v bot.View, err error) {
	err = s.withRing(ctx, p, func(ring *keyring) error {
		answer, err := scriptLookup.run(ctx, s.rdb, prefix(p), string(id(ring)))
		if err == nil {
			v, err = s.openView(ring, p, answer)
		}
		return err
	})
	if err != nil {
		return bot.View{}, fmt.Errorf("look up: %w", err)
	}
	return v, nil
}

// openView opens what lua/lookup.lua returns.
func (s *Store) openView(ring *keyring, p bot.ProviderID, r []string) (v bot.View, err error) {
	v.Conversation.ID = bot.ConversationID(r[0])
	id := v.Conversation.ID
	if r[1] != "0" {
		v.Conversation, err = s.openConversation(p, ring, id, r[1], r[2])
	}
	if err == nil && r[4] != "0" {
		v.Case, err = s.openCase(ring.data, p, bot.CaseRef(r[3]), r[4], r[5], r[6])
	}
	if err == nil {
		return v, nil
	}
	version, _ := parseVersion(r[1]) // 0 is never a version of a record
	return v, errors.Join(&bot.Unreadable{Conversation: id, Version: version}, err)
}

func (s *Store) openConversation(p bot.ProviderID, ring *keyring, id bot.ConversationID, version, record string) (bot.Conversation, error) {
	c := bot.Conversation{ID: id}
	if err := s.openRecord(ring.closed, place{p, kindConversation, string(id)}, record, &c); err != nil {
		return c, err
	}
	var err error
	c.Version, err = parseVersion(version)
	return c, err
}

// Case reads a case and the conversation that its handle leads to.
func (s *Store) Case(ctx context.Context, p bot.ProviderID, ref bot.CaseRef) (c *bot.Case, id bot.ConversationID, err error) {
	err = s.withRing(ctx, p, func(ring *keyring) error {
		r, err := scriptCase.run(ctx, s.rdb, prefix(p), string(ref))
		if err != nil {
			return err
		}
		if c, err = s.openCase(ring.data, p, ref, r[0], r[1], r[2]); err != nil {
			return errors.Join(&bot.Unreadable{}, err)
		}
		plain, err := ring.closed.open(place{p, kindHandle, r[3]}, []byte(r[4]))
		id = bot.ConversationID(plain)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("read case: %w", err)
	}
	return c, id, nil
}

// Cases reads those of several cases that there are and that open, in one round
// trip.
func (s *Store) Cases(ctx context.Context, p bot.ProviderID, refs []bot.CaseRef) (all []*bot.Case, err error) {
	args := make([]any, len(refs))
	for i, ref := range refs {
		args[i] = string(ref)
	}
	err = s.withRing(ctx, p, func(ring *keyring) error {
		r, err := scriptCases.run(ctx, s.rdb, prefix(p), args...)
		if err != nil {
			return err
		}
		all = all[:0]
		var missing error // a newer keyring may have its key
		for i, ref := range refs {
			if r[3*i] == "0" {
				continue
			}
			c, err := s.openCase(ring.data, p, ref, r[3*i], r[3*i+1], r[3*i+2])
			switch {
			case err == nil:
				all = append(all, c)
			case errors.Is(err, errKeyMissing):
				missing = err
			}
		}
		return missing
	})
	if err != nil && !errors.Is(err, errKeyMissing) {
		return nil, fmt.Errorf("read cases: %w", err)
	}
	return all, nil
}

// Entry reads one entry of a case's timeline.
func (s *Store) Entry(ctx context.Context, p bot.ProviderID, c *bot.Case, id bot.EntryID) (bot.Entry, error) {
	value, err := s.rdb.HGet(ctx, caseKey(p, c.Ref), entryField+string(id)).Result()
	if errors.Is(err, redis.Nil) {
		return bot.Entry{}, fmt.Errorf("read entry: %w", bot.ErrNotFound)
	}
	if err != nil {
		return bot.Entry{}, fmt.Errorf("read entry: %w", err)
	}
	_, sealed, _ := strings.Cut(value, " ")
	e, err := s.openEntry(p, c, id, sealed)
	if err != nil {
		return bot.Entry{}, fmt.Errorf("read entry: %w", err)
	}
	return e, nil
}

// Kept reads what is kept with a conversation because it belongs to no case,
// oldest first.
func (s *Store) Kept(ctx context.Context, p bot.ProviderID, id bot.ConversationID) (entries []bot.Entry, err error) {
	err = s.withRing(ctx, p, func(ring *keyring) error {
		values, err := s.rdb.LRange(ctx, keptKey(p, id), 0, -1).Result()
		if err != nil {
			return err
		}
		entries = make([]bot.Entry, len(values))
		for i, sealed := range values {
			if err := s.openRecord(ring.closed, place{p, kindKept, string(id)}, sealed, &entries[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what is kept: %w", err)
	}
	return entries, nil
}
