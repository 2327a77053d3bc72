package bot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"heard/channels"
	"heard/flows"
)

// Who agreed to it gets a text where WhatsApp does not reach them: one that says
// only that, since nobody knows yet who holds the phone. What they were to hear
// comes once they have answered it: the conversation follows them to where they
// write, and back again when they write on WhatsApp. Nothing moves before that.

// Missed is what a person did not get where they were written to, and hears when they
// write again: here, or where the conversation goes.
type Missed struct {
	Since time.Time `cbor:"1,keyasint,omitempty"`
	Words []Message `cbor:"2,keyasint,omitempty"` // what a question that is asked again does not say anyhow
}

// Call says why an address was written to: what is held at From goes on here as soon
// as its person writes here.
type Call struct {
	From ConversationID `cbor:"1,keyasint"`
	Case CaseRef        `cbor:"2,keyasint,omitempty"`
	At   time.Time      `cbor:"3,keyasint,omitempty"`
}

// Texts is what a person said to being sent a text; empty: they were not asked.
type Texts string

// What they can say.
const (
	TextsAgreed  Texts = "agreed"
	TextsRefused Texts = "refused"
)

const (
	// mostMissed bounds what waits with a conversation. What comes above that is a
	// task for staff.
	mostMissed = 8

	// betweenTexts is the least time between two that say the same.
	betweenTexts = 24 * time.Hour
)

// textable is the number that texts could go to besides; false: there is none.
func (p *provider) textable(c *Conversation) (channels.Address, bool) {
	if p.SMS == "" || c.Channel != channels.WhatsApp {
		return "", false
	}
	return channels.Phone(c.Address)
}

// offersTexts tells whether the person may be asked whether they want them: once.
func (w *work) offersTexts() bool {
	_, can := w.p.textable(&w.conv)
	return can && w.conv.Texts == "" && !w.conv.Watched
}

// Unreached notes that a message with news of a case was not taken for its person, and
// why, and tells whether that is all: they get a text instead, which they agreed to, or
// staff have a task. False: it has news of no case that there is.
func (b *Bot) Unreached(ctx context.Context, l Lease, sentence string) (done bool, err error) {
	if l.Message.Case == "" {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	p, err := b.provider(l.Provider)
	if err != nil {
		return false, err
	}
	d := &Delivered{Task: l.Message.Task, Conversation: l.Conversation, News: l.Message.Case, Message: &l.Message, Status: channels.StatusUndelivered}
	if texted, err := b.instead(ctx, p, d, sentence); texted || err != nil {
		return texted, err
	}
	for range maxConflicts {
		d.Case, _, err = b.store.Case(ctx, p.ID, d.News)
		if errors.Is(err, ErrNotFound) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("a message that was not taken: %w", err)
		}
		t := p.delivered(d, channels.Receipt{Sentence: sentence}, b.now())
		if _, err := b.commit(ctx, t); !errors.Is(err, ErrConflict) {
			return err == nil, err
		}
	}
	return false, ErrConflict
}

// instead has a text go to the person of a message that did not arrive, if that was
// agreed; false: it was not, or cannot be.
func (b *Bot) instead(ctx context.Context, p *provider, d *Delivered, sentence string) (bool, error) {
	if d.News == "" {
		return false, nil
	}
	turn := TurnID(randomID())
	for range maxConflicts {
		v, err := b.store.LookupID(ctx, p.ID, d.Conversation)
		if err != nil {
			return false, fmt.Errorf("a message that did not arrive: %w", err)
		}
		w := newWork(p, v, b.now(), turn)
		w.message = d.messageID()
		if _, can := p.textable(&w.conv); !can || w.conv.Texts != TextsAgreed || w.conv.Left || w.conv.undisturbed() {
			return false, nil
		}
		if err := b.subjectIs(ctx, w, d.News); err != nil {
			return false, fmt.Errorf("a message that did not arrive: %w", err)
		}
		if w.subject == nil || !w.missed(d, sentence) {
			return false, nil
		}
		if _, err := b.commit(ctx, w.turn()); !errors.Is(err, ErrConflict) {
			return err == nil, err
		}
	}
	return false, ErrConflict
}

// subjectIs makes a case the work's, or nil where it is gone.
func (b *Bot) subjectIs(ctx context.Context, w *work, ref CaseRef) error {
	if w.subject != nil && w.subject.Ref == ref {
		return nil
	}
	w.subject = nil
	c, _, err := b.store.Case(ctx, w.p.ID, ref)
	if err == nil {
		w.about(c)
	}
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// missed notes what the person did not get; false: there is too much of it.
func (w *work) missed(d *Delivered, sentence string) bool {
	c, now := w.subject, w.now
	if c.Status == Draft || !c.Died.IsZero() {
		return false
	}
	if w.conv.Missed.Since.IsZero() {
		w.conv.Missed.Since = now
	}
	if m := d.Message; m != nil && !m.Unasked() {
		if len(w.conv.Missed.Words) >= mostMissed {
			return false
		}
		w.conv.Missed.Words = append(slices.Clone(w.conv.Missed.Words), *m)
	}
	text := deliveryText(channels.StatusUndelivered) + " " + sentence + " They agreed to a text, which tells them so."
	w.op(Append{Case: c, Entry: Entry{ID: newEntryID(), At: w.p.unlinked(c, now), Kind: Delivery, Text: text}})
	w.op(SetTimer{Timer{Kind: ByText, Conversation: w.conv.ID, Case: c.Ref}})
	return true
}

// hearsMissed says what did not arrive before to who writes again in the same place.
func (w *work) hearsMissed() {
	if w.conv.Missed.Since.IsZero() {
		return
	}
	for _, m := range w.conv.Missed.Words {
		for _, one := range readdressed(m, w.conv.Channel) {
			w.op(Enqueue{Conversation: w.conv.ID, Message: one})
		}
	}
	w.conv.Missed = Missed{}
	w.op(DropTimer{Timer{Kind: ByText, Conversation: w.conv.ID}.ID()})
}

// callByText writes to the number of somebody whom WhatsApp did not reach. Where that
// cannot be either, staff have to.
func (b *Bot) callByText(ctx context.Context, p *provider, l TimerLease, nothing Turn) (Turn, error) {
	v, err := b.store.LookupID(ctx, p.ID, l.Timer.Conversation)
	if err != nil {
		return nothing, err
	}
	old := v.Conversation
	c, id, err := b.store.Case(ctx, p.ID, l.Timer.Case)
	if errors.Is(err, ErrNotFound) || err == nil && id != old.ID {
		return nothing, nil // erased, or it went on elsewhere
	}
	if err != nil {
		return nothing, err
	}
	number, can := p.textable(&old)
	if !can || old.Left || old.undisturbed() || !c.Died.IsZero() {
		return b.neither(p, c, nothing), nil
	}
	v, err = b.store.Lookup(ctx, p.ID, channels.SMS, p.SMS, number)
	if err != nil {
		return nothing, err
	}
	w := newWork(p, View{Conversation: v.Conversation}, b.now(), nothing.ID)
	here, err := flows.Decode(w.conv.Session)
	switch {
	case err != nil, here.Draft, w.conv.Left, w.conv.undisturbed():
		return b.neither(p, c, nothing), nil
	case w.conv.Call != nil && w.now.Sub(w.conv.Call.At) < betweenTexts:
		return nothing, nil
	}
	if hold := w.mustWait(""); hold > 0 {
		later := l.Timer
		later.After = hold
		nothing.Ops = []Op{SetTimer{later}}
		return nothing, nil
	}
	st, err := flows.Decode(old.Session)
	if err != nil {
		return b.neither(p, c, nothing), nil
	}
	w.timer = &l
	w.about(c)
	w.conv.Call = &Call{From: old.ID, Case: c.Ref, At: w.now}
	w.say(Message{Text: p.Flows.NotReached(st.Language, p.PublicName), Language: st.Language, Purpose: flows.Prompt}, true)
	t := w.turn()
	t.Expect = append(t.Expect, Expect{Conversation: old.ID, Version: old.Version})
	return t, nil
}

// neither is the turn in which staff learn that no message reaches the person.
func (b *Bot) neither(p *provider, c *Case, t Turn) Turn {
	at := p.unlinked(c, b.now())
	t.Expect = []Expect{{Case: c.Ref, Version: c.Version}}
	t.Ops = []Op{AddTask{StaffTask{
		ID: c.taskID(Undelivered), Kind: Undelivered, Case: c.Ref, At: at, Due: at.Add(withinDay),
		Text: "A message did not reach the person, and they cannot be sent a text instead. Reach them another way.",
	}}}
	return t
}

// refusesTexts has staff learn, late and at random as of any STOP, that who was sent
// a text instead wants none.
func (w *work) refusesTexts() {
	if call := w.conv.Call; call != nil {
		w.op(SetTimer{Timer{Kind: ByText, Conversation: call.From, Case: call.Case, After: 2*time.Hour + rand.N(8*time.Hour)}})
	}
}

// follows goes on where the person answers, with what is held where they were. Their
// first words here are kept, and answer nothing: they have not seen the question.
func (b *Bot) follows(ctx context.Context, w *work, here flows.State, ev flows.Event) (err error) {
	defer recovered(&err)
	m := &move{from: w.conv.Call.From, called: true, said: &ev}
	w.conv.Call = nil
	err = b.pack(ctx, w, m)
	switch {
	case errors.As(err, new(storeError)):
		return err
	case err != nil, m.old.Version == 0, m.old.MovedTo != "":
		return b.answer(ctx, w, here, ev, false) // staff have the task of what does not open
	}
	return b.settleIn(ctx, w, here, m)
}

// followsHere tells whether a message brings along what is held elsewhere.
func (w *work) followsHere(in channels.Inbound, here flows.State, ev flows.Event) bool {
	return w.conv.Call != nil && ev.Kind == flows.Message && in.Opt == "" && !here.Draft
}

// hearsFirst has the words that came along taken for what they are: kept, and looked
// at for danger, which is then all that is answered.
func (b *Bot) hearsFirst(ctx context.Context, w *work, m *move, st flows.State) (danger bool, err error) {
	ev := *m.said
	ev.Kind = flows.Late
	if err := b.know(ctx, w, &st, &ev); err != nil {
		return false, err
	}
	effects, err := b.handle(ctx, w, st, ev)
	return slices.ContainsFunc(effects, isAlert), err
}
