package redisstore

import (
	"context"
	"fmt"

	"heard/bot"
)

// PublishFlow stores a version's structure under its hash, for good, and its
// newest wording, and moves the flow's pointer to it.
func (s *Store) PublishFlow(ctx context.Context, p bot.ProviderID, flow, hash string, structure, wording []byte) error {
	_, err := scriptPublish.run(ctx, s.rdb, prefix(p), flow, hash, structure, wording)
	return err
}

// FlowVersion reads a version.
func (s *Store) FlowVersion(ctx context.Context, p bot.ProviderID, hash string) (flow string, structure, wording []byte, err error) {
	v, err := s.rdb.HMGet(ctx, flowKey(p, hash), "flow", "structure", "wording").Result()
	if err != nil {
		return "", nil, nil, fmt.Errorf("read flow: %w", err)
	}
	flow, ok := v[0].(string)
	if !ok {
		return "", nil, nil, fmt.Errorf("read flow: %w", bot.ErrNotFound)
	}
	text, _ := v[1].(string)
	words, _ := v[2].(string)
	return flow, []byte(text), []byte(words), nil
}
