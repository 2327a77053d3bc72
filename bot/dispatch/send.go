package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"heard/bot"
	"heard/channels"
)

// The rules of trying again.
const (
	patientAfter = 4  // attempts that wait as long as the provider asks, and not longer
	maxAttempts  = 20 // in about two hours: an outage of a provider is over by then
	firstWait    = 2 * time.Second
	longestWait  = 10 * time.Minute

	// margin is what is left of a lease when a send may last begin: time for the
	// answer to come and to be settled.
	margin = 8 * time.Second

	// doubtWait is how long a callback is waited for before the provider is asked
	// whether it has a message.
	doubtWait = 60 * time.Second

	// clockSkew is how far the provider's clock may be from ours in a look-up.
	clockSkew = time.Minute
)

// conversation sends a leased message, and after it those behind it for as long
// as each settles, so that one person's messages go in order and without a poll
// between them.
func (d *Dispatcher) conversation(ctx context.Context, turns Turns, l bot.Lease) {
	for next := &l; next != nil; {
		if ctx.Err() != nil {
			d.untried(ctx, *next, shortRest)
			return
		}
		following, err := d.settle(ctx, *next, d.deliver(ctx, turns, *next))
		if err != nil {
			return
		}
		next = following
	}
}

// settle tells the store how a send ended, and keeps it while the store does not
// answer.
func (d *Dispatcher) settle(ctx context.Context, l bot.Lease, s bot.Settlement) (*bot.Lease, error) {
	next, err := d.tell(ctx, l, s)
	if err != nil && !errors.Is(err, bot.ErrFenced) {
		d.owed.keep(outcome{lease: l, end: s})
		d.failed(ctx, "settle", err)
	}
	return next, err
}

// tell tells the store how a send ended, also while stopping. It is told twice
// where the first answer was lost: it answers the same.
func (d *Dispatcher) tell(ctx context.Context, l bot.Lease, s bot.Settlement) (*bot.Lease, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	next, err := d.o.Queue.Settle(ctx, l, s)
	if err != nil && !errors.Is(err, bot.ErrFenced) && ctx.Err() == nil {
		next, err = d.o.Queue.Settle(ctx, l, s)
	}
	if err != nil {
		d.o.Count("not settled")
		return nil, err
	}
	d.o.Count(word(s.Result))
	return next, nil
}

func word(r bot.SendResult) string {
	switch r {
	case bot.Accepted:
		return "accepted"
	case bot.Again:
		return "again"
	case bot.InDoubt:
		return "in doubt"
	case bot.Untried:
		return "given back"
	case bot.Parked:
		return "parked"
	case bot.Opened:
		return "opened"
	}
	return "set aside"
}

// deliver makes one attempt and says how it ended.
func (d *Dispatcher) deliver(ctx context.Context, turns Turns, l bot.Lease) bot.Settlement {
	sender := d.o.Lines[Line{l.Provider, l.Channel, l.Sender}]
	switch {
	case l.Unreadable:
		d.unreadable(ctx, l.Provider, "message")
		return aside("unreadable", "A message to this person cannot be read any more, and was not sent. Write to them.")
	case sender == nil:
		return d.gaveUp(ctx, turns, l, "not configured", "The number or bot this person wrote to is not configured any more.")
	case l.Left:
		return aside("left", "") // bot told staff, or will: an anonymous case must not say when
	}
	if d.opens(l) {
		return bot.Settlement{Result: bot.Opened}
	}
	if time.Until(l.Deadline.Add(-margin)) < 0 { // it waited here too long
		return bot.Settlement{Result: bot.Untried, After: d.rest(l)}
	}
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), l.Deadline)
	defer cancel()
	if !l.Doubt.IsZero() {
		if s := d.doubt(ctx, sender, l, d.outbound(l, d.shut(l, l.Doubt))); s != nil {
			return *s
		}
	}
	return d.send(ctx, turns, sender, l, d.shut(l, d.o.Now()))
}

// send sends it, or what may go while WhatsApp's window is shut. Where WhatsApp
// knows better than we that it is, it is done as if we had known.
func (d *Dispatcher) send(ctx context.Context, turns Turns, sender Sender, l bot.Lease, shut bool) bot.Settlement {
	out := d.outbound(l, shut)
	if shut && (out.Template == nil || !l.Message.Unasked() && l.Parked > 0) { // one template is enough
		return parked(out.Template == nil)
	}
	began := d.o.Now()
	sent, err := sender.Send(ctx, out)
	var e *channels.SendError
	if errors.As(err, &e) && e.Window && !shut {
		s := d.send(ctx, turns, sender, l, true)
		s.Closed = true
		return s
	}
	if err == nil {
		return accepted(l, out, sent.IDs)
	}
	return d.failure(ctx, turns, l, began, err)
}

// outbound makes the provider's message.
func (d *Dispatcher) outbound(l bot.Lease, shut bool) channels.Outbound {
	m := l.Message
	out := channels.Outbound{
		Task: string(m.Task), Sender: l.Sender, Address: l.Address, Text: m.Text, Options: m.Options,
		Deadline: l.Deadline.Add(-margin),
	}
	if shut {
		d.knock(l, &out)
	}
	return out
}

// doubt looks for a message that an earlier attempt may have sent. Nil: it was
// not, or nobody can know, and it is sent again. Telegram cannot be asked. There a
// question, an answer or news goes again, since one that comes twice is better
// than one that never comes; a code that is good once does not.
func (d *Dispatcher) doubt(ctx context.Context, sender Sender, l bot.Lease, out channels.Outbound) *bot.Settlement {
	if !channels.CapabilitiesOf(l.Channel).Lookup {
		if l.Message.Once {
			s := aside("unknown", givenUpInDoubt)
			return &s
		}
		return nil
	}
	if wait := doubtWait - d.o.Now().Sub(l.Doubt); wait > 0 {
		return &bot.Settlement{Result: bot.InDoubt, After: wait}
	}
	var claimed []bool
	ids, err := sender.Find(ctx, out, l.Doubt.Add(-clockSkew))
	if err == nil && len(ids) > 0 {
		claimed, err = d.o.Queue.Claimed(ctx, l.Provider, ids)
	}
	switch {
	case err != nil && l.Attempt >= maxAttempts:
		s := aside("unknown", givenUpInDoubt)
		return &s
	case err != nil:
		return &bot.Settlement{Result: bot.InDoubt, After: backoff(l.Attempt)}
	}
	for i, id := range ids {
		if !claimed[i] {
			s := accepted(l, out, []string{id})
			return &s
		}
	}
	return nil
}

// failure says what the error of a send that began then means for the message.
func (d *Dispatcher) failure(ctx context.Context, turns Turns, l bot.Lease, began time.Time, err error) bot.Settlement {
	var e *channels.SendError
	if !errors.As(err, &e) {
		e = &channels.SendError{InDoubt: true, Code: "unknown", Sentence: "The provider's answer was not understood."}
	}
	d.o.Log.LogAttrs(ctx, slog.LevelWarn, "a message was not sent",
		slog.String("provider", string(l.Provider)), slog.String("channel", string(l.Channel)),
		slog.String("code", e.Code), slog.Int("attempt", l.Attempt), slog.Bool("in_doubt", e.InDoubt))
	wait := max(e.After, backoff(l.Attempt))
	lookup := channels.CapabilitiesOf(l.Channel).Lookup
	switch {
	case e.OptOut:
		if left, err := turns.OptedOut(ctx, l.Provider, l.Conversation, began); err != nil || !left {
			return bot.Settlement{Result: bot.Again, After: wait, Code: e.Code}
		}
		return aside(e.Code, "") // as for one who left before
	case l.Attempt >= maxAttempts && e.InDoubt:
		return aside(e.Code, givenUpInDoubt)
	case l.Attempt >= maxAttempts && e.Retry:
		return d.gaveUp(ctx, turns, l, e.Code, givenUp)
	case e.InDoubt && lookup:
		return bot.Settlement{Result: bot.InDoubt, After: doubtWait, Code: e.Code}
	case e.InDoubt:
		return bot.Settlement{Result: bot.InDoubt, After: wait, Code: e.Code}
	case e.Retry:
		if e.After > 0 && l.Attempt < patientAfter {
			wait = e.After
		}
		return bot.Settlement{Result: bot.Again, After: wait, AllChats: e.AllChats, Unscoped: e.Unscoped, Code: e.Code}
	}
	return d.gaveUp(ctx, turns, l, e.Code, e.Sentence)
}

// gaveUp is the end of a message that its person does not get here.
func (d *Dispatcher) gaveUp(ctx context.Context, turns Turns, l bot.Lease, code, sentence string) bot.Settlement {
	done, err := turns.Unreached(ctx, l, sentence)
	if err != nil {
		d.failed(ctx, "note what was not taken", err)
	}
	if done {
		return aside(code, "")
	}
	return aside(code, sentence)
}

// What staff read of a message that many attempts did not bring to its end.
const (
	givenUp        = "The provider did not take this message, in many tries. Reach the person another way."
	givenUpInDoubt = "Nobody can say whether this message arrived, after many tries. Ask the person another way."
)

func aside(code, sentence string) bot.Settlement {
	return bot.Settlement{Result: bot.SetAside, Code: code, Sentence: sentence}
}

// backoff doubles with each attempt, with a fifth of chance in it, so that what
// failed together does not come back together.
func backoff(attempt int) time.Duration {
	wait := firstWait << min(max(attempt-1, 0), 12)
	wait = min(wait, longestWait)
	return wait + rand.N(wait/5+1)
}
