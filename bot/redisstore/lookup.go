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
	ring, err := s.ring(p)
	if err != nil {
		return bot.View{}, fmt.Errorf("look up: %w", err)
	}
	v, err := s.view(ctx, p, ring, ring.conversationID(c, from, a))
	if err == nil && v.Conversation.Version == 0 {
		v.Conversation.Channel, v.Conversation.Sender, v.Conversation.Address = c, from, a
	}
	return v, err
}

// LookupID reads the same for a known conversation. One that does not exist has
// Version 0.
func (s *Store) LookupID(ctx context.Context, p bot.ProviderID, id bot.ConversationID) (bot.View, error) {
	ring, err := s.ring(p)
	if err != nil {
		return bot.View{}, fmt.Errorf("look up: %w", err)
	}
	return s.view(ctx, p, ring, id)
}

func (s *Store) view(ctx context.Context, p bot.ProviderID, ring *keyring, id bot.ConversationID) (bot.View, error) {
	r, err := scriptLookup.run(ctx, s.rdb, prefix(p), string(id))
	if err != nil {
		return bot.View{}, err
	}
	v := bot.View{Conversation: bot.Conversation{ID: bot.ConversationID(r[0])}}
	if r[1] != "0" {
		if v.Conversation, err = s.openConversation(p, ring, v.Conversation.ID, r[1], r[2]); err != nil {
			return bot.View{}, fmt.Errorf("look up: %w", err)
		}
	}
	if r[4] != "0" {
		if v.Case, err = s.openCase(ring.data, p, bot.CaseRef(r[3]), r[4], r[5], r[6]); err != nil {
			return bot.View{}, fmt.Errorf("look up: %w", err)
		}
	}
	return v, nil
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
func (s *Store) Case(ctx context.Context, p bot.ProviderID, ref bot.CaseRef) (*bot.Case, bot.ConversationID, error) {
	ring, err := s.ring(p)
	if err != nil {
		return nil, "", fmt.Errorf("read case: %w", err)
	}
	r, err := scriptCase.run(ctx, s.rdb, prefix(p), string(ref))
	if err != nil {
		return nil, "", err
	}
	c, err := s.openCase(ring.data, p, ref, r[0], r[1], r[2])
	if err != nil {
		return nil, "", fmt.Errorf("read case: %w", err)
	}
	id, err := ring.closed.open(place{p, kindHandle, r[3]}, []byte(r[4]))
	if err != nil {
		return nil, "", fmt.Errorf("read case: %w", err)
	}
	return c, bot.ConversationID(id), nil
}

// Entry reads one entry of a case's timeline.
func (s *Store) Entry(ctx context.Context, p bot.ProviderID, c *bot.Case, id bot.EntryID) (bot.Entry, error) {
	value, err := s.rdb.HGet(ctx, timelineKey(p, c.Ref), string(id)).Result()
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
func (s *Store) Kept(ctx context.Context, p bot.ProviderID, id bot.ConversationID) ([]bot.Entry, error) {
	ring, err := s.ring(p)
	if err != nil {
		return nil, fmt.Errorf("read what is kept: %w", err)
	}
	values, err := s.rdb.LRange(ctx, keptKey(p, id), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("read what is kept: %w", err)
	}
	entries := make([]bot.Entry, len(values))
	for i, sealed := range values {
		if err := s.openRecord(ring.closed, place{p, kindKept, string(id)}, sealed, &entries[i]); err != nil {
			return nil, fmt.Errorf("read what is kept: %w", err)
		}
	}
	return entries, nil
}
