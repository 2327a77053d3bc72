package dispatch

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"heard/bot"
	"heard/channels"
)

// Lister lists what a sender received since a time, oldest first and to the end,
// or fails.
type Lister interface {
	List(ctx context.Context, sender channels.Sender, since time.Time, yield func(channels.Inbound) error) error
	// Files completes an Unlisted message: a request for each, so only for those that
	// were not taken in before.
	Files(ctx context.Context, in channels.Inbound) (channels.Inbound, error)
}

// Poller takes in what a bot without a webhook is sent, until ctx ends, and tells how
// each request for it ended.
type Poller interface {
	Poll(ctx context.Context, take channels.Take, refused channels.Refused, polled func(error)) error
}

// Inbox is one sender whose messages are fetched: by Lister or by Poller.
type Inbox struct {
	Provider bot.ProviderID
	Sender   channels.Sender
	Lister   Lister
	Poller   Poller

	store, list *outage // of the store, and of what is listed
}

// InboxOptions are what Inboxes is made of.
type InboxOptions struct {
	Marks    bot.Watermarks
	Instance string // names this process among others
	Inboxes  []Inbox
	Receive  func(ctx context.Context, p bot.ProviderID, in channels.Inbound) error
	Refused  channels.Refused
	Failed   func(way string) // is told of each time that an inbox could not be read, by "poll" or "list"; may be nil
	Every    time.Duration    // between two listings; 0: a minute
	Log      *slog.Logger
	Now      func() time.Time // nil: the clock
}

// Inboxes fetches what webhooks did not bring. One instance at a time does so
// for a sender, by a lease that it renews.
type Inboxes struct {
	o    InboxOptions
	soon []chan struct{} // by inbox: list before it is time
}

const (
	defaultEvery = time.Minute

	// overlap is how much of what was listed before is listed again, since a
	// message can appear in the provider's list after younger ones: a little each
	// time, and an hour's as often as wholeEvery says and after something failed.
	// A provider of hundreds of messages a second could not bear more.
	overlap      = time.Hour
	shortOverlap = 2 * time.Minute
	wholeEvery   = 15 * time.Minute

	// longestAhead is how far back is listed where the watermark is still to come.
	longestAhead = 48 * time.Hour

	// hurry is how soon a listing follows a message that was not taken, or a
	// listing that failed; twice as long after each failure more.
	hurry = 3 * time.Second

	// guardTime is how long a lease of an inbox lasts; it is renewed three times
	// in that.
	guardTime = 30 * time.Second

	// seenBatch is how many listed messages are asked about at once.
	seenBatch = 100
)

// NewInboxes makes Inboxes.
func NewInboxes(o InboxOptions) *Inboxes {
	if o.Every == 0 {
		o.Every = defaultEvery
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Refused == nil {
		o.Refused = func(string) {}
	}
	if o.Failed == nil {
		o.Failed = func(string) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Inboxes = slices.Clone(o.Inboxes)
	b := &Inboxes{o: o}
	for i := range o.Inboxes {
		o.Inboxes[i].store, o.Inboxes[i].list = new(outage), new(outage)
		b.soon = append(b.soon, make(chan struct{}, 1))
	}
	return b
}

// Soon has the inboxes listed in a moment: a message came and could not be taken,
// and its provider may not bring it again.
func (b *Inboxes) Soon() {
	for _, c := range b.soon {
		select {
		case c <- struct{}{}:
		default: // it will be
		}
	}
}

// Run works until ctx ends.
func (b *Inboxes) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for i, in := range b.o.Inboxes {
		wg.Go(func() { b.guarded(ctx, in, b.soon[i]) })
	}
	wg.Wait()
	return nil
}

// guarded does the work of an inbox for as long as this instance holds its
// lease.
func (b *Inboxes) guarded(ctx context.Context, in Inbox, soon <-chan struct{}) {
	for ctx.Err() == nil {
		if b.hold(ctx, in, guardTime) {
			b.held(ctx, in, soon)
		}
		pause(ctx, guardTime/3)
	}
}

// hold takes or renews the lease of an inbox.
func (b *Inboxes) hold(ctx context.Context, in Inbox, span time.Duration) bool {
	held, err := b.o.Marks.Guard(ctx, in.Provider, "inbox:"+string(in.Sender), b.o.Instance, span)
	if err != nil {
		if in.store.begin() {
			b.failed(ctx, in, "lease the inbox", err)
		}
	} else {
		b.over(ctx, in, in.store)
	}
	return held
}

// release lets the lease go when this process stops, so that the next need not
// wait for its end.
func (b *Inboxes) release(ctx context.Context, in Inbox) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	b.hold(ctx, in, time.Millisecond)
}

// held works in a context that ends with the lease.
func (b *Inboxes) held(parent context.Context, in Inbox, soon <-chan struct{}) {
	ctx, cancel := context.WithCancel(parent)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer cancel()
		for b.hold(ctx, in, guardTime) {
			if !pause(ctx, guardTime/3) {
				return
			}
		}
	})
	if in.Poller != nil {
		take := func(ctx context.Context, m channels.Inbound) error { return b.o.Receive(ctx, in.Provider, m) }
		polled := func(err error) { b.read(ctx, in, "poll", err) }
		_ = in.Poller.Poll(ctx, take, b.o.Refused, polled) // of what ended it we were told
	} else {
		b.listing(ctx, in, soon)
	}
	cancel()
	wg.Wait()
	if parent.Err() != nil {
		b.release(parent, in)
	}
}

// listing lists again and again: when it is time, and soon after something failed.
func (b *Inboxes) listing(ctx context.Context, in Inbox, soon <-chan struct{}) {
	anew := false
	for failed := 0; ctx.Err() == nil; {
		wait := b.o.Every
		if err := b.list(ctx, in, anew); err != nil {
			b.read(ctx, in, "list", err)
			wait = min(wait, hurry<<min(failed, 10))
			failed++
		} else {
			failed = 0
			b.read(ctx, in, "list", nil)
		}
		anew = failed > 0
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-t.C:
		case <-soon:
			anew = true
			pause(ctx, min(wait, hurry))
		}
		t.Stop()
	}
}

// list takes in everything since the watermark, which only a listing that came
// to its end moves; anew after something failed.
func (b *Inboxes) list(ctx context.Context, in Inbox, anew bool) error {
	began := b.o.Now()
	mark, err := b.o.Marks.Watermark(ctx, in.Provider, in.Sender)
	if err != nil {
		return fmt.Errorf("read the watermark: %w", err)
	}
	switch {
	case mark.IsZero():
		mark = began
	case mark.After(began.Add(time.Minute)): // noted by a clock that ran ahead: nobody knows what was listed since
		mark, anew = began.Add(-longestAhead), true
	}
	whole, err := b.o.Marks.Watermark(ctx, in.Provider, in.Sender+wholeMark)
	if err != nil {
		return fmt.Errorf("read the watermark: %w", err)
	}
	back := shortOverlap
	if anew || began.Sub(whole) >= wholeEvery || whole.After(began) {
		back, whole = overlap, time.Time{}
	}
	batch := make([]channels.Inbound, 0, seenBatch)
	err = in.Lister.List(ctx, in.Sender, mark.Add(-back), func(m channels.Inbound) error {
		if batch = append(batch, m); len(batch) < seenBatch {
			return nil
		}
		full := batch
		batch = batch[:0]
		return b.receive(ctx, in, full)
	})
	if err == nil {
		err = b.receive(ctx, in, batch)
	}
	if err != nil {
		return fmt.Errorf("list what was received: %w", err)
	}
	if whole.IsZero() {
		err = b.o.Marks.MoveWatermark(ctx, in.Provider, in.Sender+wholeMark, began)
	}
	if err == nil {
		err = b.o.Marks.MoveWatermark(ctx, in.Provider, in.Sender, began)
	}
	if err != nil {
		return fmt.Errorf("move the watermark: %w", err)
	}
	return nil
}

// wholeMark is put behind a sender's name to remember when the whole overlap was
// listed last.
const wholeMark = "/whole"

// receive takes in, in order, those of a list that were not taken in before: most
// came by the webhook.
func (b *Inboxes) receive(ctx context.Context, in Inbox, listed []channels.Inbound) error {
	ids := make([]channels.MessageID, len(listed))
	for i, m := range listed {
		ids[i] = m.ID
	}
	seen, err := b.o.Marks.Seen(ctx, in.Provider, ids)
	if err != nil {
		return err
	}
	for i, m := range listed {
		if seen[i] {
			continue
		}
		if m.Unlisted {
			if m, err = in.Lister.Files(ctx, m); err != nil {
				return err
			}
		}
		if err := b.o.Receive(ctx, in.Provider, m); err != nil {
			return err
		}
	}
	return nil
}

// read notes how an inbox was read: an outage is told once, and each failure counted.
func (b *Inboxes) read(ctx context.Context, in Inbox, way string, err error) {
	if err == nil {
		b.over(ctx, in, in.list)
		return
	}
	if ctx.Err() == nil {
		b.o.Failed(way)
	}
	if in.list.begin() {
		b.failed(ctx, in, way, err)
	}
}

func (b *Inboxes) failed(ctx context.Context, in Inbox, what string, err error) {
	if ctx.Err() != nil {
		return
	}
	b.o.Log.LogAttrs(ctx, slog.LevelWarn, "an inbox was not read", slog.String("provider", string(in.Provider)),
		slog.String("what", what), slog.String("error", err.Error()))
}

// over tells that an inbox is read again.
func (b *Inboxes) over(ctx context.Context, in Inbox, down *outage) {
	down.over(ctx, b.o.Log, "an inbox is read again", slog.String("provider", string(in.Provider)))
}

// pause waits; false: ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
