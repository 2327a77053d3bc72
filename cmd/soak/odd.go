package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"heard/bot"
)

func oddRows() []row {
	return []row{
		{"flow-changed", 60 * time.Second, "a flow published with the current question of a hundred people removed: each finishes on the version they began, who begins then has the new one", flowChanged},
		{"poison", 60 * time.Second, "a message that always fails: 200, a holding reply, a task for staff with its words, once; everybody else unaffected; and with the fault mended the person goes on", poison},
	}
}

// parking is a flow of our own, which can be changed under those who are in it.
func parking(withSecond bool) string {
	second := `
  second:
    ask: Which car park was it?
    answer: text up to 100
    save: soak_place`
	if !withSecond {
		second = ""
	}
	return `flow: parking
title: Parking
owner: soak
version: 1
stage: considering
start: [parking]
steps:
  first:
    ask: What time was it?
    answer: text up to 100
    save: soak_time` + second + `
  third:
    ask: How long did you wait?
    answer: text up to 100
    save: soak_wait
  thanks:
    say: Thank you. We have written down the parking.
    next: end
`
}

// writeFlow lays the flow over the library.
func (s *stage) writeFlow(withSecond bool) error {
	s.flows = filepath.Join(s.dir, "flows")
	if err := os.MkdirAll(s.flows, 0o700); err != nil {
		return err
	}
	fields := "fields:\n"
	for _, name := range []string{"soak_time", "soak_place", "soak_wait"} {
		fields += "  " + name + ": {type: text, privacy: ordinary}\n"
	}
	if err := os.WriteFile(filepath.Join(s.flows, "fields.yaml"), []byte(fields), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.flows, "parking.yaml"), []byte(parking(withSecond)), 0o600)
}

// atSecond brings people to the question that goes.
func (s *stage) atSecond(ctx context.Context, n int) ([]*person, error) {
	if err := s.writeFlow(true); err != nil {
		return nil, err
	}
	if err := s.heards(ctx, 1, false); err != nil {
		return nil, err
	}
	people := s.crowd(n)
	err := all(people, func(p *person) error {
		return p.through(ctx, []turn{{"parking", "What time was it?"}, {"noon", "Which car park was it?"}})
	})
	return people, errors.Join(s.ledger.fault(), err)
}

// changed restarts heard with the flow as it is now.
func (s *stage) changed(ctx context.Context, withSecond bool) error {
	if err := s.idle(ctx); err != nil {
		return err
	}
	if _, err := s.processes[0].stop(ctx); err != nil {
		return err
	}
	if err := s.writeFlow(withSecond); err != nil {
		return err
	}
	return s.again(ctx, s.processes[0])
}

func flowChanged(ctx context.Context, s *stage) error {
	people, err := s.atSecond(ctx, 100)
	if err != nil {
		return err
	}
	if err := s.changed(ctx, false); err != nil {
		return err
	}
	err = all(people, func(p *person) error {
		return p.through(ctx, []turn{{"the north one", "How long did you wait?"}, {"an hour", "written down the parking"}})
	})
	if err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	newcomer := s.newPerson(500)
	if err := newcomer.through(ctx, []turn{{"parking", "What time was it?"}, {"noon", "How long did you wait?"}}); err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	return s.account(ctx, append(people, newcomer))
}

// poison takes away, behind heard's back, the version that somebody is on: each of
// their messages fails then, however often it is tried.
func poison(ctx context.Context, s *stage) error {
	people, err := s.atSecond(ctx, 3)
	if err != nil {
		return err
	}
	lost, err := s.redis.rdb.Keys(ctx, "{"+provider+"}:v:*").Result()
	if err != nil {
		return err
	}
	if err := s.redis.rdb.Del(ctx, lost...).Err(); err != nil {
		return err
	}
	if err := s.changed(ctx, false); err != nil {
		return err
	}
	for _, p := range people {
		l := p.write("the north one")
		for range 3 { // the provider repeats it
			if status := posted(ctx, l); status != http.StatusOK {
				return fmt.Errorf("a message that always fails was answered %d, and would come for ever", status)
			}
		}
		if err := p.wait(ctx, "We have kept your message", time.Now()); err != nil {
			return errors.Join(s.ledger.fault(), err)
		}
	}
	other := s.newPerson(500)
	if err := other.complain(ctx, atOnce); err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	if err := s.asideTasks(ctx, len(people)); err != nil {
		return err
	}
	if err := s.changed(ctx, true); err != nil {
		return err
	}
	err = all(people, func(p *person) error {
		return p.through(ctx, []turn{{"the north one", "How long did you wait?"}, {"an hour", "written down the parking"}})
	})
	if err != nil {
		return errors.Join(s.ledger.fault(), err)
	}
	return errors.Join(s.idle(ctx), s.ledger.audit(ctx, s.house), s.ledger.fault())
}

// asideTasks sees that staff have one task for each message that was put aside,
// with its words.
func (s *stage) asideTasks(ctx context.Context, n int) error {
	tasks, err := s.tasks(ctx)
	if err != nil {
		return err
	}
	aside := tasks[bot.PutAside]
	if len(aside) != n {
		return fmt.Errorf("%d messages were put aside, and staff have %d tasks", n, len(aside))
	}
	for _, t := range aside {
		if !strings.Contains(t.Words, "the north one") || t.Text == "" {
			return errors.New("a task for a message that was put aside does not have its words")
		}
	}
	return nil
}
