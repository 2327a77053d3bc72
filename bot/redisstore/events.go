package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"heard/bot"
)

var _ bot.EventLog = (*Desk)(nil)

func (e *turnEncoder) addEvent(op bot.Happened) {
	version := op.Case.Version
	if e.cases[op.Case.Ref] {
		version++
	}
	e.add("v", string(op.Case.Ref), string(op.Kind), version, op.At.UnixMilli())
}

// Events reads what happened to cases after a number.
func (d *Desk) Events(ctx context.Context, p bot.ProviderID, after uint64, limit int) ([]bot.CaseEvent, error) {
	lines, err := d.rdb.ZRangeByScore(ctx, eventsKey(p), &redis.ZRangeBy{
		Min: "(" + strconv.FormatUint(after, 10), Max: "+inf", Count: int64(limit),
	}).Result()
	if err != nil {
		return nil, fmt.Errorf("read what happened: %w", err)
	}
	events := make([]bot.CaseEvent, len(lines))
	for i, l := range lines {
		if events[i], err = parseEvent(l); err != nil {
			return nil, fmt.Errorf("read what happened: %w", err)
		}
	}
	return events, nil
}

func parseEvent(line string) (e bot.CaseEvent, err error) {
	parts := strings.Split(line, " ")
	if len(parts) != 5 {
		return e, errWire
	}
	number, err1 := strconv.ParseUint(parts[0], 10, 64)
	version, err2 := strconv.ParseUint(parts[3], 10, 64)
	at, err3 := strconv.ParseInt(parts[4], 10, 64)
	if errors.Join(err1, err2, err3) != nil {
		return e, errWire
	}
	return bot.CaseEvent{Number: number, Case: bot.CaseRef(parts[1]), Kind: bot.CaseEventKind(parts[2]), Version: version, At: time.UnixMilli(at)}, nil
}

// LastEvent is the number of the newest event there ever was.
func (d *Desk) LastEvent(ctx context.Context, p bot.ProviderID) (uint64, error) {
	n, err := d.rdb.Get(ctx, eventKey(p)).Uint64()
	if err != nil && !errors.Is(err, redis.Nil) {
		return 0, fmt.Errorf("read the number of events: %w", err)
	}
	return n, nil
}
