package bot_test

import (
	"strings"
	"testing"
	"time"

	"heard/bot"
)

// News that cannot be read any more is owed to somebody: staff must learn to whom,
// and the timer must not come again for ever.
func TestATimerThatDoesNotOpenIsATask(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	if err := w.bot.Update(w.ctx, hospital, c.Ref, "Sam", "The ward has answered."); err != nil {
		t.Fatal(err)
	}
	keys, err := w.rdb.Keys(w.ctx, "*:T:*/wake").Result()
	if err != nil || len(keys) != 1 {
		t.Fatalf("%d timers, error %v", len(keys), err)
	}
	if err := w.rdb.HSet(w.ctx, keys[0], "b", "\x01spoilt").Err(); err != nil {
		t.Fatal(err)
	}
	w.later(time.Second)
	task := w.task(bot.NotReadable)
	if task == nil || !strings.Contains(task.Text, string(c.Ref)) {
		t.Errorf("task %+v", task)
	}
	w.later(time.Hour) // it would fail if it came again for ever
}
