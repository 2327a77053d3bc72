package main

import (
	"context"
	"regexp"
	"slices"
)

// mostListed is how many complaints STATUS lists: the newest.
const mostListed = 10

var aReference = regexp.MustCompile(`\bH-[0-9A-Z]{3}-[0-9A-Z]{3}\b`)

// sent notes a complaint whose reference the person has just been told.
func (p *person) sent(j *journey) {
	j.ref = referenceIn(p.last.text)
	p.told = append(p.told, j.ref)
	p.h.ledger.finished(j)
}

// status asks how things stand. One complaint is told of in a sentence, several in
// a list: they must be those that the person sent, each once and nothing besides,
// for a complaint that nobody sent twice is a loss of trust.
func (p *person) status(ctx context.Context) error {
	hear := "These are with us:"
	if len(p.told) == 1 {
		hear = "Your complaint " + p.told[0]
	}
	if err := p.take(ctx, turn{"status", hear}); err != nil {
		return err
	}
	return p.h.ledger.compareStatus(p, p.last.text)
}

// compareStatus compares the complaints in a text with those that a person sent.
func (l *ledger) compareStatus(p *person, text string) error {
	want, got := p.told[max(0, len(p.told)-mostListed):], aReference.FindAllString(text, -1)
	if slices.Equal(want, got) {
		return nil
	}
	for _, ref := range want {
		if !slices.Contains(got, ref) {
			l.lose("%s sent %s, and STATUS does not know of it", p.name, ref)
		}
	}
	for i, ref := range got {
		if !slices.Contains(want, ref) || slices.Contains(got[:i], ref) {
			l.double("%s sent %v, and STATUS tells of %s as well", p.name, want, ref)
		}
	}
	if len(got) == len(want) && l.fault() == nil {
		l.disorder("%s sent %v, and STATUS tells of %v", p.name, want, got)
	}
	return errAstray
}
