package bot_test

import (
	"strings"
	"testing"
	"time"

	"heard/bot"
)

// A record that was damaged is one person's trouble: their words are kept and given
// to staff, the provider is told that we have them, and their timers end with a
// task instead of coming back for ever. Everybody else is answered.
func TestARecordThatCannotBeOpened(t *testing.T) {
	for _, kind := range []string{"c:", "k:"} {
		t.Run(kind, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.bot = w.newBotWith(w.store, librarySet(t, evidence), func(*bot.Options) {})
				w.say(daughter, "evidence")
				w.say(daughter, "They left her on the floor")
				w.damage(kind)
				w.bot = w.newBotWith(w.store, librarySet(t, evidence), func(*bot.Options) {}) // one that remembers nobody
				const words = "and nobody came"
				w.receive(w.inbound(daughter, words))
				w.receive(w.inbound(neighbor, "hello"))
				if w.hears(neighbor) == "" {
					t.Error("somebody else is not answered")
				}
				if task := w.task(bot.PutAside); task == nil || !strings.Contains(task.Words, words) {
					t.Error("staff do not have the words")
				}
				w.later(2 * time.Hour)
				w.later(2 * time.Hour)
				if w.task(bot.Undelivered) == nil {
					t.Error("staff do not learn that a reminder could not be made")
				}
			})
		})
	}
}

// damage overwrites the records of a kind.
func (w *world) damage(kind string) {
	w.t.Helper()
	keys, err := w.rdb.Keys(w.ctx, "{*}:"+kind+"*").Result()
	if err != nil || len(keys) == 0 {
		w.t.Fatalf("%d records, error %v", len(keys), err)
	}
	for _, key := range keys {
		if err := w.rdb.HSet(w.ctx, key, "r", "damaged").Err(); err != nil {
			w.t.Fatal(err)
		}
	}
}
