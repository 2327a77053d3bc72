package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"heard/channels"
)

// Reach is how the person of a case can be written to now. It says nothing of who
// they are, and of an anonymous one only what their case says: else somebody could
// watch a patient with a phone and see on the desk that it was them.
type Reach struct {
	Channel channels.Channel

	// Shut: WhatsApp takes only approved templates now, so the person is first sent
	// that of the news.
	Shut bool

	// Waits: nothing goes there unasked. They left, or do not want it; they read it
	// when they ask.
	Waits bool

	Quiet time.Duration // how long news is held, because it is late; 0: it is not
}

// Reach tells how the person of a case can be written to. shown is when they wrote last
// as far as their case shows it, which is all that is told of an anonymous one.
func (b *Bot) Reach(ctx context.Context, id ProviderID, ref CaseRef, shown time.Time) (Reach, error) {
	p, err := b.provider(id)
	if err != nil {
		return Reach{}, err
	}
	c, conversation, err := b.store.Case(ctx, id, ref)
	if errors.Is(err, ErrNotFound) {
		return Reach{}, &Rejection{RejectNoCase, "There is no case with this reference."}
	}
	if err != nil {
		return Reach{}, fmt.Errorf("how a person can be written to: %w", err)
	}
	now := b.now()
	r := Reach{Channel: c.Channel, Quiet: p.Quiet.left(now.In(p.Calendar.Location))}
	if !c.anonymous() {
		v, err := b.store.LookupID(ctx, id, conversation)
		if err != nil {
			return r, fmt.Errorf("how a person can be written to: %w", err)
		}
		to := &v.Conversation
		r.Channel, r.Waits, shown = to.Channel, to.Left || to.undisturbed(), to.LastAt
	}
	r.Shut = channels.CapabilitiesOf(r.Channel).Templates && now.Sub(shown) >= channels.TemplateWindow
	return r, nil
}
