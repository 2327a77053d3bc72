package redisstore

import (
	"context"
	"fmt"
	"strings"

	"heard/bot"
)

var _ bot.Moves = (*Store)(nil)

// hashedCode is what the HMAC of a code to move by is made of, beside the code.
const hashedCode = "move"

// Coded is the conversation that a code to move by stands for.
func (s *Store) Coded(ctx context.Context, p bot.ProviderID, code string) (bot.ConversationID, error) {
	ring, err := s.ring(ctx, p)
	if err != nil {
		return "", fmt.Errorf("read a code: %w", err)
	}
	answer, err := scriptCode.run(ctx, s.rdb, prefix(p), s.now(), ring.hash(hashedCode, code))
	if err != nil {
		return "", fmt.Errorf("read a code: %w", err)
	}
	return bot.ConversationID(answer[0]), nil
}

// Luggage reads what a conversation holds beside its record, at one moment.
func (s *Store) Luggage(ctx context.Context, p bot.ProviderID, id bot.ConversationID) (l bot.Luggage, err error) {
	err = s.withRing(ctx, p, func(ring *keyring) error {
		answer, err := scriptSealed.run(ctx, s.rdb, prefix(p), string(id))
		if err == nil {
			l, err = s.openLuggage(ring, p, id, answer)
		}
		return err
	})
	if err != nil {
		return bot.Luggage{}, fmt.Errorf("read what a conversation holds: %w", err)
	}
	return l, nil
}

// openLuggage opens what lua/sealed.lua returns. Of a message that does not open the
// task is all there is, and a kept entry that does not open is left out: nobody can
// read them, and a person must not be held by that. What waits is in the order that
// lua/commit.lua compares it in: help, what waits for WhatsApp's window, the rest.
func (s *Store) openLuggage(ring *keyring, p bot.ProviderID, id bot.ConversationID, flat []string) (l bot.Luggage, err error) {
	waiting := map[string][]bot.Message{}
	for ; len(flat) >= 3; flat = flat[3:] {
		name, _, _ := strings.Cut(flat[0], ":")
		switch name {
		case "w":
			var e bot.Entry
			if s.openRecord(ring.closed, place{p, kindKept, string(id)}, flat[2], &e) == nil {
				l.Kept = append(l.Kept, e)
			}
		case "oh", "op", "o":
			_, task, sealed, err := cutElement(flat[2], waitingHead)
			if err != nil {
				return l, err
			}
			m := bot.Message{Task: bot.TaskID(task)}
			if s.openRecord(ring.closed, place{p, kindMessage, task}, sealed, &m) != nil {
				m = bot.Message{Task: bot.TaskID(task)}
			}
			waiting[name] = append(waiting[name], m)
		}
	}
	for _, name := range []string{"oh", "op", "o"} {
		l.Unsent = append(l.Unsent, waiting[name]...)
	}
	return l, nil
}

// Tasks reads those staff tasks that there are.
func (s *Store) Tasks(ctx context.Context, p bot.ProviderID, ids []string) ([]bot.StaffTask, error) {
	return s.readTasks(ctx, p, ids)
}

// joinTasks names tasks as lua/commit.lua compares them.
func joinTasks(tasks []bot.TaskID) string {
	all := make([]string, len(tasks))
	for i, t := range tasks {
		all[i] = string(t)
	}
	return strings.Join(all, " ")
}
