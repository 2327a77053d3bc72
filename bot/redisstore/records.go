package redisstore

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"heard/bot"
)

// sealRecord encodes and seals a record.
func (b *backend) sealRecord(k interface{ seal(place, []byte) []byte }, at place, record any) (sealed []byte, err error) {
	err = b.wire.with(record, func(plain []byte) { sealed = k.seal(at, plain) })
	return sealed, err
}

// openRecord is its reverse.
func (b *backend) openRecord(k interface {
	open(place, []byte) ([]byte, error)
}, at place, sealed string, record any) error {
	plain, err := k.open(at, []byte(sealed))
	if err != nil {
		return err
	}
	return b.wire.unmarshal(plain, record)
}

// openCase opens a case as it is stored: version, sealed record, wrapped key.
func (b *backend) openCase(data *keyset, p bot.ProviderID, ref bot.CaseRef, version, record, wrapped string) (*bot.Case, error) {
	key, err := data.open(place{p, kindCaseKey, string(ref)}, []byte(wrapped))
	if err != nil {
		return nil, err
	}
	own, err := newSealer(caseKeyOnly, key)
	if err != nil {
		return nil, err
	}
	c := &bot.Case{Ref: ref, Key: key}
	if err := b.openRecord(own, place{p, kindCase, string(ref)}, record, c); err != nil {
		return nil, err
	}
	c.Version, err = parseVersion(version)
	return c, err
}

// openEntry opens an entry of a case's timeline.
func (b *backend) openEntry(p bot.ProviderID, c *bot.Case, id bot.EntryID, sealed string) (bot.Entry, error) {
	own, err := newSealer(caseKeyOnly, c.Key)
	if err != nil {
		return bot.Entry{}, err
	}
	var e bot.Entry
	err = b.openRecord(own, entryPlace(p, c.Ref, id), sealed, &e)
	return e, err
}

func entryPlace(p bot.ProviderID, ref bot.CaseRef, id bot.EntryID) place {
	return place{p, kindEntry, string(ref) + "/" + string(id)}
}

func parseVersion(text string) (uint64, error) {
	v, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("version of a record: %w", err)
	}
	return v, nil
}

// readTasks reads those staff tasks that there are.
func (b *backend) readTasks(ctx context.Context, p bot.ProviderID, ids []string) (tasks []bot.StaffTask, err error) {
	err = b.withRing(ctx, p, func(ring *keyring) error {
		tasks = nil
		for batch := range slices.Chunk(ids, readAtOnce) {
			values, err := b.rdb.HMGet(ctx, tasksKey(p), batch...).Result()
			if err != nil {
				return err
			}
			for i, value := range values {
				text, ok := value.(string)
				if !ok {
					continue
				}
				t := bot.StaffTask{ID: batch[i]}
				_, sealed, _ := strings.Cut(text, " ")
				if err := b.openRecord(ring.data, place{p, kindTask, t.ID}, sealed, &t); err != nil {
					return err
				}
				tasks = append(tasks, t)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read staff tasks: %w", err)
	}
	return tasks, nil
}
