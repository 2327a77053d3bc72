package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"heard/bot"
)

// Away is that a member is not at work, and who does theirs meanwhile.
type Away struct {
	Member bot.MemberID `json:"-"`
	From   time.Time    `json:"from"`
	Until  time.Time    `json:"until"` // the last moment of it
	Cover  bot.MemberID `json:"cover"`
	Name   string       `json:"name"` // of who covers

	version uint64
}

// drawerAway holds them, by member.
const drawerAway = "away"

// on tells whether they are away at a moment.
func (a Away) on(now time.Time) bool { return !now.Before(a.From) && now.Before(a.Until) }

// SetAway notes that who asks is away from one day until another, and who covers. It
// takes the place of what they noted before.
func (d *Desk) SetAway(ctx context.Context, who Who, from, until time.Time, cover bot.MemberID) error {
	if err := who.need(Answer); err != nil {
		return err
	}
	return d.setAway(ctx, who, who.Member, from, until, cover)
}

// SetAwayOf notes that another member is away, who may have fallen ill and cannot say
// so themselves.
func (d *Desk) SetAwayOf(ctx context.Context, who Who, member bot.MemberID, from, until time.Time, cover bot.MemberID) error {
	if err := who.need(GiveOut); err != nil {
		return err
	}
	all, err := d.Answering(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(w Who) bool { return w.Member == member }) {
		return bad("member", "There is no such member who answers cases.")
	}
	return d.setAway(ctx, who, member, from, until, cover)
}

func (d *Desk) setAway(ctx context.Context, who Who, member bot.MemberID, from, until time.Time, cover bot.MemberID) error {
	var wrong []error
	if from.IsZero() {
		wrong = append(wrong, bad("from", "Choose the first day."))
	}
	if !until.After(from) || !until.After(d.o.Now()) {
		wrong = append(wrong, bad("until", "Choose the last day, which is still to come."))
	}
	name, err := d.coverName(ctx, member, cover)
	if wrong = append(wrong, err); errors.Join(wrong...) != nil {
		return errors.Join(wrong...)
	}
	a := Away{Member: member, From: from, Until: until, Cover: cover, Name: name}
	old, err := d.o.Store.Drawn(ctx, d.o.Provider.ID, drawerAway, string(member))
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return err
	}
	did, on := "be away", cover
	if member != who.Member {
		did, on = "note who is away", member
	}
	if err := d.audit(ctx, who.Member, did, on); err != nil {
		return err
	}
	data, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("write who is away: %w", err)
	}
	r := bot.Drawn{ID: string(member), Version: old.Version, Data: data}
	return d.o.Store.Put(ctx, d.o.Provider.ID, drawerAway, r, until.Sub(d.o.Now()))
}

func (d *Desk) coverName(ctx context.Context, member, cover bot.MemberID) (string, error) {
	all, err := d.Answering(ctx)
	if err != nil {
		return "", err
	}
	for _, one := range all {
		if one.Member == cover && cover != member {
			return one.Name, nil
		}
	}
	return "", bad("cover", "Choose who does your work meanwhile.")
}

// Back notes that who asks is back.
func (d *Desk) Back(ctx context.Context, who Who) error {
	if err := d.audit(ctx, who.Member, "be back", who.Member); err != nil {
		return err
	}
	return d.o.Store.Drop(ctx, d.o.Provider.ID, drawerAway, string(who.Member))
}

// BackOf notes that another member is back.
func (d *Desk) BackOf(ctx context.Context, who Who, member bot.MemberID) error {
	if err := who.need(GiveOut); err != nil {
		return err
	}
	if err := d.audit(ctx, who.Member, "note who is back", member); err != nil {
		return err
	}
	return d.o.Store.Drop(ctx, d.o.Provider.ID, drawerAway, string(member))
}

// Aways are those who are away now or will be, by member.
func (d *Desk) Aways(ctx context.Context) (map[bot.MemberID]Away, error) {
	drawn, err := d.o.Store.Drawer(ctx, d.o.Provider.ID, drawerAway)
	if err != nil {
		return nil, err
	}
	all := map[bot.MemberID]Away{}
	for _, r := range drawn {
		a := Away{Member: bot.MemberID(r.ID), version: r.Version}
		if err := json.Unmarshal(r.Data, &a); err != nil {
			return nil, fmt.Errorf("read who is away: %w", err)
		}
		all[a.Member] = a
	}
	return all, nil
}

// covering is who does a member's work at a moment: who they named, or, where that one
// is away too, whom that one named; in the end somebody, though nobody is there.
func covering(aways map[bot.MemberID]Away, member bot.MemberID, now time.Time) bot.MemberID {
	at := member
	for range len(aways) {
		a, away := aways[at]
		if !away || !a.on(now) {
			return at
		}
		at = a.Cover
	}
	return at // they name each other, and somebody of them must have it
}

// withCovered is who asks, with those whose work they do now.
func (d *Desk) withCovered(ctx context.Context, who Who) (Who, error) {
	if who.Member == "" {
		return who, nil
	}
	aways, err := d.Aways(ctx)
	if err != nil {
		return who, err
	}
	now := d.o.Now()
	who.covers = nil
	for member := range aways {
		if member != who.Member && covering(aways, member, now) == who.Member {
			who.covers = append(who.covers, member)
		}
	}
	return who, nil
}

// Cover says who does a member's work just now; nil: they do.
func (d *Desk) Cover(ctx context.Context, member bot.MemberID) (*Away, error) {
	aways, err := d.Aways(ctx)
	if err != nil || member == "" {
		return nil, err
	}
	now := d.o.Now()
	a, away := aways[member]
	if !away || !a.on(now) {
		return nil, nil
	}
	for at := covering(aways, member, now); a.Cover != at && at != member; {
		a.Cover, a.Name = aways[a.Cover].Cover, aways[a.Cover].Name
	}
	return &a, nil
}

// Covered is a member whose work somebody else does now.
type Covered struct {
	Member bot.MemberID
	Name   string
	Until  time.Time
}

// Covers are those whose work who asks does now, by name.
func (d *Desk) Covers(ctx context.Context, who Who) ([]Covered, error) {
	who, err := d.withCovered(ctx, who)
	if err != nil || len(who.covers) == 0 {
		return nil, err
	}
	aways, err := d.Aways(ctx)
	if err != nil {
		return nil, err
	}
	all, err := d.Answering(ctx)
	if err != nil {
		return nil, err
	}
	var covered []Covered
	for _, one := range all {
		if slices.Contains(who.covers, one.Member) {
			covered = append(covered, Covered{one.Member, one.Name, aways[one.Member].Until})
		}
	}
	return covered, nil
}
