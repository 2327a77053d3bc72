package redisstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"heard/bot"
)

// Desk is what the staff's pages read through. It unwraps the data keys only:
// conversations, outboxes and the link from a case to its person stay closed to
// it, and without the index key no address can be tried.
type Desk struct{ *backend }

var _ bot.DeskStore = (*Desk)(nil)

// OpenDesk opens the staff's side of the store. Lease and Pace of the options do
// not matter to it.
func OpenDesk(ctx context.Context, o Options) (*Desk, error) {
	b, err := newBackend(o)
	if err != nil {
		return nil, fmt.Errorf("open desk: %w", err)
	}
	d := &Desk{backend: b}
	if err := b.readKeyrings(ctx, o.Providers, b.wrap.openDataKeys); err != nil {
		return nil, errors.Join(fmt.Errorf("open desk: %w", err), d.Close())
	}
	return d, nil
}

// Cases lists the references of cases that were sent, newest first. Drafts are
// not among them.
func (d *Desk) Cases(ctx context.Context, p bot.ProviderID, offset, limit int) ([]bot.CaseRef, error) {
	if limit <= 0 {
		return nil, nil
	}
	names, err := d.rdb.ZRangeArgs(ctx, redis.ZRangeArgs{Key: casesKey(p), Start: offset, Stop: offset + limit - 1, Rev: true}).Result()
	if err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	refs := make([]bot.CaseRef, len(names))
	for i, name := range names {
		refs[i] = bot.CaseRef(name)
	}
	return refs, nil
}

// ReadCase reads a case for staff. It reads drafts too, for the one task that
// tells of them: danger.
func (d *Desk) ReadCase(ctx context.Context, p bot.ProviderID, ref bot.CaseRef) (c *bot.Case, err error) {
	err = d.withRing(ctx, p, func(ring *keyring) error {
		v, err := d.rdb.HMGet(ctx, caseKey(p, ref), "v", "r", "w").Result()
		if err != nil {
			return err
		}
		version, ok := v[0].(string)
		if !ok {
			return bot.ErrNotFound
		}
		record, _ := v[1].(string)
		wrapped, _ := v[2].(string)
		c, err = d.openCase(ring.data, p, ref, version, record, wrapped)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read case: %w", err)
	}
	return c, nil
}

// unnamed takes out of an entry what leads to its person by way of the provider:
// the ids under which it keeps a message and its files.
func unnamed(e bot.Entry) bot.Entry {
	e.From = ""
	for i := range e.Media {
		e.Media[i].Ref = ""
	}
	return e
}

// Timeline reads the entries of a case, oldest first, but for those that are kept
// from who looks into it.
func (d *Desk) Timeline(ctx context.Context, p bot.ProviderID, c *bot.Case) ([]bot.Entry, error) {
	values, err := d.rdb.HGetAll(ctx, caseKey(p, c.Ref)).Result()
	if err != nil {
		return nil, fmt.Errorf("read timeline: %w", err)
	}
	type numbered struct {
		number int
		entry  bot.Entry
	}
	lines := make([]numbered, 0, len(values))
	for field, value := range values {
		id, ok := strings.CutPrefix(field, entryField)
		if !ok {
			continue // of the case itself
		}
		text, sealed, _ := strings.Cut(value, " ")
		number, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("read timeline: number of an entry: %w", err)
		}
		e, err := d.openEntry(p, c, bot.EntryID(id), sealed)
		if err != nil {
			return nil, fmt.Errorf("read timeline: %w", err)
		}
		if e.Kind != bot.Guarded {
			lines = append(lines, numbered{number, unnamed(e)})
		}
	}
	slices.SortFunc(lines, func(a, b numbered) int { return cmp.Compare(a.number, b.number) })
	entries := make([]bot.Entry, len(lines))
	for i, l := range lines {
		entries[i] = l.entry
	}
	return entries, nil
}

// StaffTasks lists what is to be done, soonest due first.
func (d *Desk) StaffTasks(ctx context.Context, p bot.ProviderID, limit int) (tasks []bot.StaffTask, err error) {
	if limit <= 0 {
		return nil, nil
	}
	err = d.withRing(ctx, p, func(ring *keyring) error {
		answer, err := scriptStaffTasks.run(ctx, d.rdb, prefix(p), limit)
		if err != nil {
			return err
		}
		tasks = nil
		for ; len(answer) >= 2; answer = answer[2:] {
			t := bot.StaffTask{ID: answer[0]}
			_, sealed, _ := strings.Cut(answer[1], " ")
			if err := d.openRecord(ring.data, place{p, kindTask, t.ID}, sealed, &t); err != nil {
				return err
			}
			tasks = append(tasks, t)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list staff tasks: %w", err)
	}
	return tasks, nil
}

// Changes counts the commits that changed anything that staff see.
func (d *Desk) Changes(ctx context.Context, p bot.ProviderID) (uint64, error) {
	n, err := d.rdb.Get(ctx, changesKey(p)).Uint64()
	if err != nil && !errors.Is(err, redis.Nil) {
		return 0, fmt.Errorf("count changes: %w", err)
	}
	return n, nil
}

// Answers reads the answers to statements of one month ("2026-11"), in an order
// that says nothing of when they were given.
func (d *Desk) Answers(ctx context.Context, p bot.ProviderID, month string) (answers []bot.StatementAnswer, err error) {
	err = d.withRing(ctx, p, func(ring *keyring) error {
		values, err := d.rdb.HGetAll(ctx, answersKey(p, month)).Result()
		if err != nil {
			return err
		}
		ids := slices.Sorted(maps.Keys(values))
		answers = make([]bot.StatementAnswer, len(ids))
		for i, id := range ids {
			if err := d.openRecord(ring.data, answerPlace(p, month, id), values[id], &answers[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read answers: %w", err)
	}
	return answers, nil
}

// Counts reads how often each statement was asked in a month ("2026-11"), and how
// often that is known to have arrived.
func (d *Desk) Counts(ctx context.Context, p bot.ProviderID, month string) ([]bot.StatementCount, error) {
	values, err := d.rdb.HGetAll(ctx, countsKey(p, month)).Result()
	if err != nil {
		return nil, fmt.Errorf("read counts: %w", err)
	}
	all := map[string]*bot.StatementCount{}
	for of, value := range values {
		name, come := strings.CutPrefix(of, arrived)
		if come {
			name, err = url.QueryUnescape(name)
		}
		n, bad := strconv.Atoi(value)
		parts := strings.Split(name, countSeparator)
		if len(parts) == 4 {
			parts = append(parts, "") // it was counted before findings were
		}
		if err != nil || bad != nil || len(parts) != 5 {
			return nil, fmt.Errorf("read counts: %w", errWire)
		}
		one := all[name]
		if one == nil {
			one = &bot.StatementCount{Of: bot.StatementAnswer{
				Month: month, Service: parts[0], Channel: parts[1], Language: parts[2], Statement: parts[3], Finding: bot.FindingKind(parts[4]),
			}}
			all[name] = one
		}
		if come {
			one.Delivered = n
		} else {
			one.Asked = n
		}
	}
	var counts []bot.StatementCount
	for _, name := range slices.Sorted(maps.Keys(all)) {
		counts = append(counts, *all[name])
	}
	return counts, nil
}
