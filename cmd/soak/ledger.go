package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"heard/bot"
	"heard/bot/redisstore"
	"heard/channels"
)

// ledger is the account of every message. A message that was said must have its
// reply, once and in its place; a complaint that was sent must stand in the store
// once, with each word of it once and in order. What is found wrong is a line.
type ledger struct {
	mu       sync.Mutex
	messages int // that people sent
	replies  int // that they were waiting for, and got
	retried  int // taken, but not at the first try
	listed   int // never taken by the webhook: Twilio's list has them

	// repeated came twice because nobody can know whether Telegram had taken the
	// first: the process was stopped short, or the wire cut, while it was sent.
	repeated int

	lost, doubled, disordered []string

	webhook, whole []time.Duration // from the message to its 200, and to its reply
	disturbed      []time.Time     // when processes or wires were cut
	journeys       []*journey
}

func newLedger() *ledger { return &ledger{} }

func (l *ledger) said() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.messages++
}

func (l *ledger) answered(after time.Duration, tries int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.webhook = append(l.webhook, after)
	if tries > 1 {
		l.retried++
	}
}

func (l *ledger) leftToTheList() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.listed++
}

func (l *ledger) heard(after time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.replies++
	l.whole = append(l.whole, after)
}

func (l *ledger) lose(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost = append(l.lost, fmt.Sprintf(format, args...))
}

func (l *ledger) double(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.doubled = append(l.doubled, fmt.Sprintf(format, args...))
}

func (l *ledger) disorder(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.disordered = append(l.disordered, fmt.Sprintf(format, args...))
}

// disturb notes that something was cut short now.
func (l *ledger) disturb() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.disturbed = append(l.disturbed, time.Now())
}

// doubtTime is how long before a disturbance a message may have been taken whose
// sender did not live to note it.
const doubtTime = 5 * time.Second

// twice accounts for a message that came again. On Telegram, which has no list of
// what was sent, that is right where the first one's end cannot be known; Twilio
// must be asked instead.
func (l *ledger) twice(p *person, first, second reply) {
	l.mu.Lock()
	defer l.mu.Unlock()
	doubt := slices.ContainsFunc(l.disturbed, func(at time.Time) bool {
		return at.After(first.at.Add(-time.Second)) && at.Before(first.at.Add(doubtTime))
	})
	if p.channel == channels.Telegram && doubt {
		l.repeated++
		return
	}
	l.doubled = append(l.doubled, fmt.Sprintf("%s on %s heard twice, %s apart: %.60q", p.name, p.channel, second.at.Sub(first.at).Round(time.Millisecond), second.text))
}

func (l *ledger) finished(j *journey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.journeys = append(l.journeys, j)
}

// audit compares what people were told with what staff find.
func (l *ledger) audit(ctx context.Context, h *house) error {
	desk, err := h.desk(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = desk.Close() }() // it was read
	refs, err := desk.Cases(ctx, provider, 0, 1<<30)
	if err != nil {
		return err
	}
	known := make(map[string]bool, len(refs))
	for _, ref := range refs {
		known[string(ref)] = true
	}
	for _, j := range l.journeys {
		if !known[j.ref] {
			l.lose("a complaint whose reference was told is not in the store, or was told to two people: %s", j.ref)
			continue
		}
		delete(known, j.ref)
		if err := l.compare(ctx, desk, j); err != nil {
			return err
		}
	}
	for ref := range known {
		l.double("a complaint is in the store that nobody was told of: %s", ref)
	}
	return nil
}

// compare looks for each word of a complaint.
func (l *ledger) compare(ctx context.Context, desk *redisstore.Desk, j *journey) error {
	c, err := desk.ReadCase(ctx, provider, bot.CaseRef(j.ref))
	if err != nil {
		return err
	}
	for name, want := range map[string]string{"place": j.place, "put_right": j.wish} {
		if !slices.ContainsFunc(c.Fields, func(f bot.Field) bool { return f.Name == name && f.Value == want }) {
			l.lose("the answer %q is not on %s", name, j.ref)
		}
	}
	entries, err := desk.Timeline(ctx, provider, c)
	if err != nil {
		return err
	}
	var story []string
	for _, e := range entries {
		if slices.Contains(j.story, e.Text) {
			story = append(story, e.Text)
		}
	}
	l.compareStory(j, story)
	return nil
}

func (l *ledger) compareStory(j *journey, story []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, part := range j.story {
		switch n := count(story, part); {
		case n == 0:
			l.lost = append(l.lost, fmt.Sprintf("part %d of the story of %s", i+1, j.ref))
		case n > 1:
			l.doubled = append(l.doubled, fmt.Sprintf("part %d of the story of %s is there %d times", i+1, j.ref, n))
		}
	}
	if j.ordered && len(story) == len(j.story) && !slices.Equal(story, j.story) {
		l.disordered = append(l.disordered, "the story of "+j.ref)
	}
}

func count(all []string, one string) int {
	n := 0
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

// settled waits until nothing is due any more, reads what is left, and audits.
func (l *ledger) settled(ctx context.Context, h *house, people []*person) error {
	if err := h.idle(ctx); err != nil {
		return err
	}
	for _, p := range people {
		p.rest()
	}
	return l.audit(ctx, h)
}

// fault is an error that says what is wrong with the account, or nil.
func (l *ledger) fault() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.lost)+len(l.doubled)+len(l.disordered) == 0 {
		return nil
	}
	all := slices.Concat(l.lost, l.doubled, l.disordered)
	return fmt.Errorf("%d lost, %d doubled, %d out of order:\n%s", len(l.lost), len(l.doubled), len(l.disordered), lines(all))
}

// print writes the account as a table.
func (l *ledger) print(out io.Writer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rows := [][2]string{
		{"messages sent by people", fmt.Sprint(l.messages)},
		{"  taken only when repeated", fmt.Sprint(l.retried)},
		{"  taken from Twilio's list", fmt.Sprint(l.listed)},
		{"replies that had to come, and came", fmt.Sprint(l.replies)},
		{"complaints", fmt.Sprint(len(l.journeys))},
		{"lost", fmt.Sprint(len(l.lost))},
		{"doubled", fmt.Sprint(len(l.doubled))},
		{"  repeated on Telegram, in doubt", fmt.Sprint(l.repeated)},
		{"out of order", fmt.Sprint(len(l.disordered))},
		{"message to its 200, p50 / p99", quantiles(l.webhook)},
		{"message to its reply, p50 / p99", quantiles(l.whole)},
	}
	for _, r := range rows {
		_, _ = fmt.Fprintf(out, "%-38s %s\n", r[0], r[1])
	}
	for what, all := range map[string][]string{"lost": l.lost, "doubled": l.doubled, "out of order": l.disordered} {
		for _, line := range all {
			_, _ = fmt.Fprintf(out, "%s: %s\n", what, line)
		}
	}
}

func quantiles(all []time.Duration) string {
	return fmt.Sprintf("%s / %s", quantile(all, 0.5), quantile(all, 0.99))
}

// quantile of a sample, which need not be in order.
func quantile(sample []time.Duration, q float64) time.Duration {
	if len(sample) == 0 {
		return 0
	}
	ordered := slices.Sorted(slices.Values(sample))
	return ordered[int(q*float64(len(ordered)-1))].Round(10 * time.Microsecond)
}

// idle waits until no message is due or under way: the account may be closed.
func (h *house) idle(ctx context.Context) error {
	return await(ctx, "everything is sent", func() (bool, error) {
		keys, err := h.redis.rdb.Keys(ctx, "{"+provider+"}:d:*").Result()
		if len(keys) > 0 {
			err = fmt.Errorf("still due: %s", strings.Join(keys, ", "))
		}
		return err == nil && len(keys) == 0, err
	})
}
