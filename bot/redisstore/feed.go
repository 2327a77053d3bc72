package redisstore

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"heard/bot"
)

var _ bot.DeskFeed = (*Desk)(nil)

// readAtOnce is how many records are read in one trip.
const readAtOnce = 500

// Changed names what was written since a count of changes.
func (d *Desk) Changed(ctx context.Context, p bot.ProviderID, since uint64) (bot.Changed, error) {
	c := bot.Changed{To: since}
	lines, err := d.rdb.ZRangeByScoreWithScores(ctx, feedKey(p), &redis.ZRangeBy{
		Min: "(" + strconv.FormatUint(since, 10), Max: "+inf",
	}).Result()
	if err != nil {
		return c, fmt.Errorf("read what changed: %w", err)
	}
	for _, l := range lines {
		name, _ := l.Member.(string)
		switch {
		case name == "x":
			c.All = since > 0
		case strings.HasPrefix(name, "k"):
			c.Cases = append(c.Cases, bot.CaseRef(name[1:]))
		case strings.HasPrefix(name, "s"):
			c.Tasks = append(c.Tasks, name[1:])
		}
		c.To = max(c.To, uint64(math.Round(l.Score)))
	}
	return c, nil
}

// ReadCases reads cases; drafts and what is gone are left out.
func (d *Desk) ReadCases(ctx context.Context, p bot.ProviderID, refs []bot.CaseRef) (cases []*bot.Case, err error) {
	err = d.withRing(ctx, p, func(ring *keyring) error {
		cases = nil
		for batch := range slices.Chunk(refs, readAtOnce) {
			read, err := d.readCases(ctx, ring, p, batch)
			if err != nil {
				return err
			}
			cases = append(cases, read...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read cases: %w", err)
	}
	return cases, nil
}

func (d *Desk) readCases(ctx context.Context, ring *keyring, p bot.ProviderID, refs []bot.CaseRef) ([]*bot.Case, error) {
	pipe := d.rdb.Pipeline()
	got := make([]*redis.SliceCmd, len(refs))
	for i, ref := range refs {
		got[i] = pipe.HMGet(ctx, caseKey(p, ref), "v", "r", "w")
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	var cases []*bot.Case
	for i, ref := range refs {
		v := got[i].Val()
		version, ok := v[0].(string)
		if !ok {
			continue
		}
		record, _ := v[1].(string)
		wrapped, _ := v[2].(string)
		c, err := d.openCase(ring.data, p, ref, version, record, wrapped)
		if err != nil {
			return nil, err
		}
		if c.Status != bot.Draft {
			cases = append(cases, c)
		}
	}
	return cases, nil
}

// ReadTasks reads staff tasks; what is done is left out.
func (d *Desk) ReadTasks(ctx context.Context, p bot.ProviderID, ids []string) ([]bot.StaffTask, error) {
	return d.readTasks(ctx, p, ids)
}
