package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"heard/channels"
	"heard/channels/channelstest"
)

func intakeRows() []row {
	return []row{
		{"same-webhook-50-times", 60 * time.Second, "one webhook fifty times at once, and once more later: one effect, always 2xx, ids kept for 48 hours and more", sameWebhook},
		{"two-at-once", 60 * time.Second, "different messages of one person at once: all taken, one after the other", twoAtOnce},
		{"statuses-out-of-order", 30 * time.Second, "a late \"sent\" does not cover \"delivered\", and \"undelivered\" is told to staff", statuses},
		{"bad-input", 90 * time.Second, "whatever is posted: 4xx, or 2xx where a provider would repeat for ever; no panic, nobody stuck", badInput},
	}
}

// sameWebhook posts each message of a journey fifty times at once to two
// processes, and every one of them again when the journey is over.
func sameWebhook(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 2, false); err != nil {
		return err
	}
	people := s.crowd(3)
	var mu sync.Mutex
	var old []letter
	err := all(people, func(p *person) error {
		j := p.newJourney()
		j.story = j.story[:1]
		turns := append(append(j.beginning(), turn{j.story[0], "we have kept that"}), j.ending()...)
		for _, t := range turns {
			l := p.write(t.say)
			mu.Lock()
			old = append(old, l)
			mu.Unlock()
			if err := fifty(ctx, l); err != nil {
				return fmt.Errorf("%s, at %q: %w", p.channel, t.say, err)
			}
			if err := p.wait(ctx, t.hear, time.Now()); err != nil {
				return err
			}
		}
		j.ref = referenceIn(p.last.text)
		s.ledger.finished(j)
		return nil
	})
	if err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	for _, l := range old {
		if status := posted(ctx, l); status != http.StatusOK {
			return fmt.Errorf("a repetition was answered %d, and would come again", status)
		}
	}
	if err := s.account(ctx, people); err != nil {
		return err
	}
	return s.remembered(ctx, len(old))
}

func fifty(ctx context.Context, l letter) error {
	var wg sync.WaitGroup
	var bad atomic.Int64
	for range 50 {
		wg.Go(func() {
			if status := posted(ctx, l); status != http.StatusOK {
				bad.Store(int64(status) + 1)
			}
		})
	}
	wg.Wait()
	if bad.Load() > 0 {
		return fmt.Errorf("a repetition was answered %d", bad.Load()-1)
	}
	return nil
}

// remembered sees how long the ids of messages stay in the store: what is kept of
// them is what a day cannot be waited for here.
func (s *stage) remembered(ctx context.Context, messages int) error {
	keys, err := s.redis.rdb.Keys(ctx, "{"+provider+"}:s:*").Result()
	if err != nil {
		return err
	}
	if len(keys) != messages {
		return fmt.Errorf("%d ids are remembered of %d messages", len(keys), messages)
	}
	for _, k := range keys {
		if ttl, err := s.redis.rdb.PTTL(ctx, k).Result(); err != nil || ttl < 48*time.Hour {
			return fmt.Errorf("the id of a message is forgotten in %s: %w", ttl, err)
		}
	}
	return nil
}

// twoAtOnce sends five parts of a story at the same time, and the answers to two
// questions at the same time, by way of two processes.
func twoAtOnce(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 2, false); err != nil {
		return err
	}
	people := s.crowd(18)
	err := all(people, func(p *person) error {
		j := p.newJourney()
		j.ordered = false
		for i := len(j.story); i < 6; i++ {
			j.story = append(j.story, fmt.Sprintf("%s And more, %d.", j.story[0], i))
		}
		turns := j.beginning()
		if err := p.through(ctx, append(turns, turn{j.story[0], "we have kept that"})); err != nil {
			return err
		}
		if err := s.together(ctx, p, j.story[1:]); err != nil {
			return err
		}
		ending := j.ending()
		if err := p.take(ctx, ending[0]); err != nil {
			return err
		}
		if err := s.twoAnswers(ctx, p, j); err != nil {
			return err
		}
		if err := p.take(ctx, ending[len(ending)-1]); err != nil {
			return err
		}
		j.ref = referenceIn(p.last.text)
		s.ledger.finished(j)
		return nil
	})
	if err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	return s.account(ctx, people)
}

// twoAnswers answers two questions at once: "Nobody" is an answer to both. On
// Telegram, which numbers its messages, the one that was sent first and comes last
// answers nothing, and the other is repeated; Twilio's have only their second.
func (s *stage) twoAnswers(ctx context.Context, p *person, j *journey) error {
	j.wish = "Nobody"
	if p.channel == channels.Telegram {
		return p.through(ctx, []turn{{"Nobody", "Who may know it was you?"}, {"Nobody", j.place}})
	}
	if into := time.Now().Nanosecond(); into > int(500*time.Millisecond) {
		if err := pause(ctx, time.Second-time.Duration(into)); err != nil { // so that both are of one second
			return err
		}
	}
	if err := s.together(ctx, p, []string{"Nobody", "Nobody"}); err != nil {
		return err
	}
	if err := p.wait(ctx, "Who may know it was you?", time.Now()); err != nil {
		return err
	}
	return p.wait(ctx, j.place, time.Now())
}

// together sends several texts of one person at the same time.
func (s *stage) together(ctx context.Context, p *person, texts []string) error {
	var wg sync.WaitGroup
	errs := make([]error, len(texts))
	letters := make([]letter, len(texts))
	for i, t := range texts {
		letters[i] = p.write(t)
	}
	for i := range texts {
		wg.Go(func() {
			if status := posted(ctx, letters[i]); status != http.StatusOK {
				errs[i] = fmt.Errorf("one of %d messages at once was answered %d", len(texts), status)
			}
		})
	}
	wg.Wait()
	return first(errs)
}

// statuses posts what became of a message in the wrong order, and looks at what
// is kept of it.
func statuses(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 1, false); err != nil {
		return err
	}
	p := s.personOn(channels.SMS, 0)
	if err := p.take(ctx, turn{"complain", "Who is this about?"}); err != nil {
		return err
	}
	if err := s.idle(ctx); err != nil {
		return err
	}
	m := s.twilio.Sent(p.address)[0]
	task := taskOf(m)
	before := ""
	for _, step := range []struct {
		tell  string
		moves bool
	}{{"queued", true}, {"delivered", true}, {"sent", false}, {"queued", false}, {"sending", false}, {"a status of tomorrow", false}, {"read", true}, {"delivered", false}} {
		if status, err := s.twilio.Status(ctx, m, step.tell, ""); err != nil || status >= 300 {
			return fmt.Errorf("the status %q was answered %d, error %w", step.tell, status, err)
		}
		now, err := s.redis.rdb.Get(ctx, "{"+provider+"}:q:"+task).Result()
		if err != nil {
			return err
		}
		if moved := now != before; moved != step.moves {
			return fmt.Errorf("after %q: moved %v, and it must be %v", step.tell, moved, step.moves)
		}
		before = now
	}
	return s.undelivered(ctx, p)
}

// taskOf is the task that is named in a message's callback.
func taskOf(m channelstest.TwilioMessage) string {
	u, err := url.Parse(m.StatusCallback)
	if err != nil {
		return ""
	}
	return u.Query().Get("task")
}

// undelivered tells of a reply that it will not arrive: staff must learn it.
func (s *stage) undelivered(ctx context.Context, p *person) error {
	if err := p.take(ctx, turn{"Me", "Where did it happen?"}); err != nil {
		return err
	}
	if err := s.idle(ctx); err != nil {
		return err
	}
	sent := s.twilio.Sent(p.address)
	if status, err := s.twilio.Status(ctx, sent[len(sent)-1], "undelivered", "30005"); err != nil || status >= 300 {
		return fmt.Errorf("\"undelivered\" was answered %d, error %w", status, err)
	}
	return await(ctx, "a task for staff about the message that did not arrive", func() (bool, error) {
		tasks, err := s.house.tasks(ctx)
		return len(tasks["undelivered"]) == 1, err
	})
}
