package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"heard/bot"
)

// How far a search goes: what it reads is sealed, and opened as it goes.
const (
	mostSearched = 1000 // cases, the newest
	mostHits     = 50
)

// Hit is where words were found.
type Hit struct {
	Case  Summary
	Line  Line   // zero, if they stand in an answer
	Label string // of the answer
	Text  string
}

// Found is what a search came to.
type Found struct {
	Hits []Hit
	Read int  // in how many cases it looked
	More bool // there are older cases, or more hits
}

// Search finds words in what was said and written about the newest cases that somebody
// may see: all of the words, in any order. That they searched is in the audit log, not
// for what: the words may be a name.
func (d *Desk) Search(ctx context.Context, who Who, words string) (found Found, err error) {
	if err := who.need(SeeCases); err != nil {
		return found, err
	}
	wanted := wordsOf(words)
	if len(wanted) == 0 {
		return found, bad("words", "Write a word of three letters or more.")
	}
	if err := d.looked(ctx, who, "search", "", ""); err != nil {
		return found, err
	}
	var cases []*bot.Case
	now := d.days()
	err = d.index.now(ctx, func(s snapshot) error {
		for _, c := range s.all {
			if mayShow(who, c) {
				cases = append(cases, c)
			}
		}
		return nil
	})
	if err != nil {
		return found, err
	}
	found.More = len(cases) > mostSearched
	for _, c := range cases[:min(len(cases), mostSearched)] {
		hits, err := d.searchCase(ctx, who, c, wanted, now)
		if err != nil {
			return found, err
		}
		found.Read++
		if found.Hits = append(found.Hits, hits...); len(found.Hits) >= mostHits {
			found.More = found.More || len(found.Hits) > mostHits || found.Read < len(cases)
			found.Hits = found.Hits[:mostHits]
			break
		}
	}
	return found, nil
}

// searchCase finds words in one case, of what may be shown alone.
func (d *Desk) searchCase(ctx context.Context, who Who, c *bot.Case, wanted []string, now *days) (hits []Hit, err error) {
	revealed, err := d.revealed(ctx, who, c)
	if err != nil {
		return nil, err
	}
	entries, err := d.o.Store.Timeline(ctx, d.o.Provider.ID, c)
	if errors.Is(err, bot.ErrNotFound) {
		return nil, nil // it was erased meanwhile
	}
	if err != nil {
		return nil, err
	}
	v := d.view(c, revealed)
	for _, a := range slices.Concat(v.Identity, v.Needs, v.Answers, []Answered{{Label: d.Label("put_right"), Value: v.Wish}}) {
		if says(a.Value, wanted) {
			hits = append(hits, Hit{Case: d.summary(c, now), Label: a.Label, Text: a.Value})
		}
	}
	for _, e := range entries {
		if l := d.line(e, revealed); says(l.Text, wanted) {
			hits = append(hits, Hit{Case: d.summary(c, now), Line: l, Label: l.Label, Text: l.Text})
		}
	}
	return hits, nil
}

// says tells whether a text has all of some words, each as the beginning of one.
func says(text string, wanted []string) bool {
	if text == "" {
		return false
	}
	has := wordsOf(text)
	for _, w := range wanted {
		if !slices.ContainsFunc(has, func(h string) bool { return strings.HasPrefix(h, w) }) {
			return false
		}
	}
	return true
}

// wordsOf are the words of a text, small; those of fewer than three letters tell nothing.
func wordsOf(text string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), func(w string) bool { return len([]rune(w)) < 3 })
}

// How cases are compared.
const (
	mostCompared = 30  // cases of the same place and day
	alikeFrom    = 0.2 // of the words that either uses, both do
)

// Alike suggests cases that may be about the same matter: the same place, the same day,
// and words that many of either has. Those that are linked already are left out. It can
// not know who wrote them, and does not try.
func (d *Desk) Alike(ctx context.Context, who Who, ref bot.CaseRef) ([]Summary, error) {
	c, err := d.mayRead(ctx, who, ref)
	if err != nil {
		return nil, err
	}
	place := strings.ToLower(field(c, "place"))
	if place == "" {
		return nil, nil
	}
	var others []*bot.Case
	now := d.days()
	err = d.index.now(ctx, func(s snapshot) error {
		for _, o := range s.all {
			if o.Ref != ref && len(others) < mostCompared && mayShow(who, o) && strings.ToLower(field(o, "place")) == place &&
				d.dayOf(o) == d.dayOf(c) && !slices.Contains(c.Links, o.Ref) {
				others = append(others, o)
			}
		}
		return nil
	})
	if err != nil || len(others) == 0 {
		return nil, err
	}
	own, err := d.storyWords(ctx, c)
	if err != nil {
		return nil, err
	}
	type scored struct {
		Summary
		score float64
	}
	var all []scored
	for _, o := range others {
		words, err := d.storyWords(ctx, o)
		if err != nil {
			return nil, err
		}
		if score := shared(own, words); score >= alikeFrom {
			all = append(all, scored{d.summary(o, now), score})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	var list []Summary
	for _, one := range all {
		list = append(list, one.Summary)
	}
	return list, nil
}

// dayOf is the day that a case is about, as far as it is known; else when it came.
func (d *Desk) dayOf(c *bot.Case) string {
	for _, f := range c.Fields {
		if f.Day != "" {
			return f.Day
		}
	}
	return c.Received.In(d.o.Provider.Calendar.Location).Format("2006-01-02")
}

// storyWords are the words of what somebody told.
func (d *Desk) storyWords(ctx context.Context, c *bot.Case) (map[string]bool, error) {
	entries, err := d.o.Store.Timeline(ctx, d.o.Provider.ID, c)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return nil, err
	}
	set := map[string]bool{}
	for _, e := range entries {
		if c.TellsStory(e) || e.Kind == bot.Said && e.Point > 0 {
			for _, w := range wordsOf(e.Text) {
				if len(w) > 3 { // "the" and "and" are in everything
					set[w] = true
				}
			}
		}
	}
	return set, nil
}

// shared is how many of the words that either has are in both, from 0 to 1.
func shared(a, b map[string]bool) float64 {
	both := 0
	for w := range a {
		if b[w] {
			both++
		}
	}
	if either := len(a) + len(b) - both; either > 0 {
		return float64(both) / float64(either)
	}
	return 0
}
