package bot_test

import (
	"fmt"
	"slices"
	"strings"

	"heard/bot"
	"heard/channels"
)

func (w *world) view(a channels.Address) bot.View {
	w.t.Helper()
	v, err := w.store.Lookup(w.ctx, hospital, channels.SMS, smsFrom, a)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// caseOf is the case or draft that a person's conversation has.
func (w *world) caseOf(a channels.Address) *bot.Case {
	w.t.Helper()
	c := w.view(a).Case
	if c == nil {
		w.t.Fatal("the conversation has no case")
	}
	return c
}

func (w *world) timeline(c *bot.Case) []bot.Entry {
	w.t.Helper()
	entries, err := w.desk.Timeline(w.ctx, hospital, c)
	if err != nil {
		w.t.Fatal(err)
	}
	return entries
}

func (w *world) kept(a channels.Address) []bot.Entry {
	w.t.Helper()
	entries, err := w.store.Kept(w.ctx, hospital, w.view(a).Conversation.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return entries
}

func (w *world) cases() []bot.CaseRef {
	w.t.Helper()
	refs, err := w.desk.Cases(w.ctx, hospital, 0, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	return refs
}

// task finds a staff task of a kind; nil: none.
func (w *world) task(kind bot.StaffTaskKind) *bot.StaffTask {
	w.t.Helper()
	tasks, err := w.desk.StaffTasks(w.ctx, hospital, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	i := slices.IndexFunc(tasks, func(t bot.StaffTask) bool { return t.Kind == kind })
	if i < 0 {
		return nil
	}
	return &tasks[i]
}

// dump is everything that is stored, as one text.
func (w *world) dump() string {
	w.t.Helper()
	keys, err := w.rdb.Keys(w.ctx, "*").Result()
	if err != nil {
		w.t.Fatal(err)
	}
	slices.Sort(keys)
	var all strings.Builder
	for _, key := range keys {
		fmt.Fprintln(&all, key, w.value(key))
	}
	return all.String()
}

func (w *world) value(key string) any {
	w.t.Helper()
	var value any
	var err error
	switch kind := w.rdb.Type(w.ctx, key).Val(); kind {
	case "string":
		value, err = w.rdb.Get(w.ctx, key).Result()
	case "hash":
		value, err = w.rdb.HGetAll(w.ctx, key).Result()
	case "list":
		value, err = w.rdb.LRange(w.ctx, key, 0, -1).Result()
	case "set":
		value, err = w.rdb.SMembers(w.ctx, key).Result()
	case "zset":
		value, err = w.rdb.ZRange(w.ctx, key, 0, -1).Result()
	default:
		w.t.Fatalf("a key of kind %s", kind)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return value
}

// texts are the words of entries of a kind, in order.
func texts(entries []bot.Entry, kind bot.EntryKind) []string {
	var all []string
	for _, e := range entries {
		if e.Kind == kind && e.Text != "" {
			all = append(all, e.Text)
		}
	}
	return all
}
