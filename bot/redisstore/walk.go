package redisstore

import (
	"context"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"heard/bot"
)

var _ bot.CaseWalk = (*Desk)(nil)

// WalkCases lists the references of cases that were sent, oldest first. Those of one
// moment are in the order of their references.
func (d *Desk) WalkCases(ctx context.Context, p bot.ProviderID, after bot.CaseMark, limit int) (refs []bot.CaseRef, last bot.CaseMark, err error) {
	last = after
	by := redis.ZRangeBy{Min: strconv.FormatInt(after.At, 10), Max: "+inf", Count: int64(limit)}
	if after.Ref == "" {
		by.Min = "-inf"
	}
	for len(refs) < limit {
		lines, err := d.rdb.ZRangeByScoreWithScores(ctx, casesKey(p), &by).Result()
		if err != nil {
			return nil, after, fmt.Errorf("walk through cases: %w", err)
		}
		for _, l := range lines {
			name, _ := l.Member.(string)
			if at := int64(l.Score); after.Ref == "" || at > after.At || bot.CaseRef(name) > after.Ref {
				refs, last = append(refs, bot.CaseRef(name)), bot.CaseMark{At: at, Ref: bot.CaseRef(name)}
			}
			if len(refs) == limit {
				break
			}
		}
		if len(lines) < limit {
			break
		}
		by.Offset += int64(limit)
	}
	return refs, last, nil
}
