package redisstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"heard/bot"
)

var _ bot.Drawers = (*Desk)(nil)

// drawnHead is how many words stand before what is sealed: version, until.
const drawnHead = 2

func drawnPlace(p bot.ProviderID, drawer, id string) place {
	return place{p, kindDrawn, drawer + "/" + id}
}

// Drawn reads one record of a drawer.
func (d *Desk) Drawn(ctx context.Context, p bot.ProviderID, drawer, id string) (bot.Drawn, error) {
	if id == "" {
		return bot.Drawn{}, bot.ErrNotFound
	}
	all, err := d.drawn(ctx, p, drawer, id)
	if err != nil {
		return bot.Drawn{}, err
	}
	if len(all) == 0 {
		return bot.Drawn{}, bot.ErrNotFound
	}
	return all[0], nil
}

// Drawer reads all records of a drawer, by id.
func (d *Desk) Drawer(ctx context.Context, p bot.ProviderID, drawer string) ([]bot.Drawn, error) {
	all, err := d.drawn(ctx, p, drawer, "")
	slices.SortFunc(all, func(a, b bot.Drawn) int { return cmp.Compare(a.ID, b.ID) })
	return all, err
}

func (d *Desk) drawn(ctx context.Context, p bot.ProviderID, drawer, id string) (all []bot.Drawn, err error) {
	err = d.withRing(ctx, p, func(ring *keyring) error {
		answer, err := scriptDrawn.run(ctx, d.rdb, prefix(p), d.now(), drawer, id)
		if err != nil {
			return err
		}
		all = nil
		for ; len(answer) >= 2; answer = answer[2:] {
			one := bot.Drawn{ID: answer[0]}
			_, _, sealed, err := cutElement(answer[1], drawnHead)
			if err != nil {
				return err
			}
			version, _, _ := strings.Cut(answer[1], " ")
			if one.Version, err = parseVersion(version); err != nil {
				return err
			}
			if one.Data, err = ring.data.open(drawnPlace(p, drawer, one.ID), []byte(sealed)); err != nil {
				return err
			}
			all = append(all, one)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read drawer %s: %w", drawer, err)
	}
	return all, nil
}

// Put writes a record over the version that it was read with.
func (d *Desk) Put(ctx context.Context, p bot.ProviderID, drawer string, r bot.Drawn, keep time.Duration) error {
	err := d.withRing(ctx, p, func(ring *keyring) error {
		sealed := ring.data.seal(drawnPlace(p, drawer, r.ID), r.Data)
		_, err := scriptDrawer.run(ctx, d.rdb, prefix(p), d.now(), ring.sealing, drawer, r.ID, r.Version, keep.Milliseconds(), sealed)
		return err
	})
	if err != nil {
		return fmt.Errorf("write in drawer %s: %w", drawer, err)
	}
	return nil
}

// Drop removes a record.
func (d *Desk) Drop(ctx context.Context, p bot.ProviderID, drawer, id string) error {
	err := d.withRing(ctx, p, func(ring *keyring) error {
		_, err := scriptDrawer.run(ctx, d.rdb, prefix(p), d.now(), ring.sealing, drawer, id, "")
		return err
	})
	if err != nil {
		return fmt.Errorf("remove from drawer %s: %w", drawer, err)
	}
	return nil
}
