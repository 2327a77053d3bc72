package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"heard/channels"
	"heard/flows"
)

// noticeEnrolled welcomes somebody at the start of their care.
const noticeEnrolled = "enrolled"

// Enrolment is one person who is to be told, once, that they can write to us.
type Enrolment struct {
	Number   string // a mobile number, as it is typed
	Language string // empty: the provider's first

	// WhatsApp: it is on record that they agreed to be written to there. Else a text goes.
	WhatsApp bool
}

// Welcome is what became of an enrolment.
type Welcome string

// What can become of one.
const (
	Welcomed       Welcome = "welcomed"        // the message goes when people are not asleep
	WelcomedBefore Welcome = "welcomed before" // it is sent once in a lifetime
	KnownAlready   Welcome = "known"           // they have written to us: they know how
	WantsNone      Welcome = "wants none"      // opted out, or said that the number is another's
	HasDied        Welcome = "died"            // we were told that they have died
)

// Enrol has somebody hear, without a word of what it is about, that they can write to
// us. A number that cannot be written to is a Rejection; the same turn does it once.
func (b *Bot) Enrol(ctx context.Context, id ProviderID, by By, e Enrolment) (Welcome, error) {
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	p, err := b.provider(id)
	if err != nil {
		return "", err
	}
	address, err := Mobile(e.Number)
	if err != nil {
		return "", err
	}
	channel, sender, address, err := p.welcomes(e, address)
	if err != nil {
		return "", err
	}
	if by.Turn == "" {
		by.Turn = TurnID(randomID())
	}
	for range maxConflicts {
		v, err := b.store.Lookup(ctx, id, channel, sender, address)
		if err != nil {
			return "", fmt.Errorf("enrol: %w", err)
		}
		w := newWork(p, v, b.now(), by.Turn)
		if is := w.welcome(e.Language); is != Welcomed {
			return is, nil
		}
		w.op(Audit{AuditRecord{At: w.now, Member: by.Member, Did: "enrol", Reason: by.Reason}})
		if _, err = b.commit(ctx, w.turn()); !errors.Is(err, ErrConflict) {
			return Welcomed, err
		}
	}
	return "", ErrConflict
}

// welcomes is where somebody is written to.
func (p *provider) welcomes(e Enrolment, number channels.Address) (channels.Channel, channels.Sender, channels.Address, error) {
	if e.WhatsApp && p.Ways != nil {
		for _, way := range p.Ways() {
			if way.Channel == channels.WhatsApp {
				return channels.WhatsApp, way.Sender, "whatsapp:" + number, nil
			}
		}
	}
	if p.SMS == "" {
		return "", "", "", &Rejection{RejectNumber, "There is no number of ours to send a text from."}
	}
	return channels.SMS, p.SMS, number, nil
}

// welcome leaves the welcome with a conversation, if it is to have one.
func (w *work) welcome(language string) Welcome {
	c := &w.conv
	switch {
	case !c.Enrolled.IsZero():
		return WelcomedBefore
	case c.Left || c.undisturbed():
		return WantsNone
	case w.current != nil && w.current.bereaved():
		return HasDied
	case !c.LastAt.IsZero() || len(c.Cases) > 0 || c.MovedTo != "":
		return KnownAlready
	}
	if c.Version == 0 && slices.Contains(w.p.Flows.Languages(), strings.ToLower(language)) {
		if session, err := flows.Encode(&flows.State{Language: strings.ToLower(language)}); err == nil {
			c.Session = session
		}
	}
	c.Enrolled = w.now
	c.Pending = append(slices.Clone(c.Pending), Notice{Kind: noticeEnrolled})
	w.op(SetTimer{Timer{Kind: Consult, Conversation: c.ID}})
	return Welcomed
}
