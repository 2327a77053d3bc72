package bot_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"heard/bot"
	"heard/channels"
)

// tellsOf delivers what is due and notes what the provider tells of the last
// message that a person heard.
func (w *world) tellsOf(a channels.Address, r channels.Receipt) error {
	w.t.Helper()
	w.deliver()
	w.mu.Lock()
	heard := w.heard[a]
	delete(w.heard, a)
	w.mu.Unlock()
	if len(heard) > 0 {
		w.lastTask = heard[len(heard)-1].Task
	}
	r.Task = string(w.lastTask)
	return w.bot.Receipt(w.ctx, hospital, r)
}

func (w *world) told(a channels.Address, status channels.Status) {
	w.t.Helper()
	if err := w.tellsOf(a, channels.Receipt{Status: status, Sentence: "The phone is off."}); err != nil {
		w.t.Fatalf("receipt: %v", err)
	}
}

// Staff must see whether what they wrote has reached the person, and what only
// answers the person must not bury that.
func TestStaffSeeWhetherNewsArrived(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		c := w.complain(daughter, "Nobody")
		w.told(daughter, channels.StatusRead)
		if got := texts(w.timeline(c), bot.Delivery); len(got) != 0 {
			t.Errorf("of a reply is noted %q", got)
		}
		w.update(c.Ref, "The ward has answered.")
		w.told(daughter, channels.StatusSent)
		w.told(daughter, channels.StatusDelivered)
		w.told(daughter, channels.StatusRead)
		w.told(daughter, channels.StatusRead)
		w.told(daughter, channels.StatusDelivered)
		want := []string{"A message about this case is on the person's phone.", "The person opened a message about this case."}
		if got := texts(w.timeline(c), bot.Delivery); !slices.Equal(got, want) {
			t.Errorf("noted %q", got)
		}
		w.receive(w.inbound(daughter, "1"))
		w.told(daughter, channels.StatusDelivered)
		w.receive(w.inbound(daughter, "no"))
		w.told(daughter, channels.StatusDelivered)
		if got := texts(w.timeline(c), bot.Delivery); len(got) != 3 || got[2] != want[0] {
			t.Errorf("of the words of the update is noted %q", got)
		}
		for _, e := range w.timeline(c) {
			if e.Kind == bot.Delivery && (e.At.Hour() != 0 || e.At.Minute() != 0 || e.From != "" || e.By != "") {
				t.Errorf("it shows when an anonymous person had their phone in hand: %+v", e)
			}
		}
	})
}

// A message that never comes is for a person, who must know why and whose it was,
// and once.
func TestWhatDoesNotArriveIsATask(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		c := w.complain(daughter, "Nobody")
		w.update(c.Ref, "The ward has answered.")
		w.told(daughter, channels.StatusUndelivered)
		task := w.task(bot.Undelivered)
		if task == nil || task.Case != c.Ref || task.Conv != "" || task.Text != "The phone is off." || task.At.Minute() != 0 {
			t.Fatalf("task %+v", task)
		}
		changes, _ := w.desk.Changes(w.ctx, hospital)
		w.told(daughter, channels.StatusUndelivered)
		if now, _ := w.desk.Changes(w.ctx, hospital); now != changes {
			t.Error("told again, and noted again")
		}
		if got := texts(w.timeline(c), bot.Delivery); len(got) != 1 || !strings.Contains(got[0], "did not arrive. The phone is off.") {
			t.Errorf("noted %q", got)
		}
	})
}

// A draft is seen by nobody: its failures are of the conversation.
func TestWhatDoesNotArriveOfADraft(t *testing.T) {
	w := onEmbedded(t)
	w.tell(daughter)
	w.receive(w.inbound(daughter, "Nobody came all night."))
	w.told(daughter, channels.StatusUndelivered)
	c := w.caseOf(daughter)
	task := w.task(bot.Undelivered)
	if task == nil || task.Case != "" || task.Conv != w.view(daughter).Conversation.ID || strings.Contains(task.ID, string(c.Ref)) {
		t.Errorf("task %+v", task)
	}
	if got := texts(w.timeline(c), bot.Delivery); len(got) != 0 {
		t.Errorf("noted %q", got)
	}
	w.receive(w.inbound(neighbor, "hello"))
	w.told(neighbor, channels.StatusUndelivered)
	if err := w.bot.Receipt(w.ctx, hospital, channels.Receipt{Task: "elsewhere", Status: channels.StatusUndelivered}); err != nil {
		t.Errorf("a message that is not ours is an error, which the provider would repeat: %v", err)
	}
}

// The network says that the person sent STOP: nothing more may go to them, and
// what staff of an anonymous case learn of it they learn late.
func TestAnOptOutInAReceipt(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.update(c.Ref, "The ward has answered.")
	if err := w.tellsOf(daughter, channels.Receipt{Status: channels.StatusUndelivered, OptOut: true}); err != nil {
		t.Fatal(err)
	}
	if !w.view(daughter).Conversation.Left || w.task(bot.Undelivered) != nil || w.task(bot.PersonLeft) != nil {
		t.Error("it is not noted, or shows at once")
	}
	if got := texts(w.timeline(c), bot.Delivery); len(got) != 0 {
		t.Errorf("noted %q", got)
	}
}

// The store fails between the two steps: the provider tells it again, and nobody
// may go without the task.
func TestAReceiptIsFinishedWhenItComesAgain(t *testing.T) {
	w := onEmbedded(t)
	s := &wire{Store: w.store}
	w.bot = w.newBot(s, librarySet(t))
	c := w.complain(daughter, "Nobody")
	w.update(c.Ref, "The ward has answered.")
	w.deliver()
	s.before, s.failures = errDown, 2
	if err := w.tellsOf(daughter, channels.Receipt{Status: channels.StatusUndelivered, Sentence: "x"}); !errors.Is(err, errDown) {
		t.Fatalf("error %v", err)
	}
	if w.task(bot.Undelivered) != nil {
		t.Fatal("it was to fail")
	}
	w.told(daughter, channels.StatusUndelivered)
	if w.task(bot.Undelivered) == nil {
		t.Error("nobody learns that the message did not arrive")
	}
}

// Nearly all that providers tell leads to nothing: it must cost no more than the
// one trip that notes it, and what is noted two more at most.
func TestReceiptsAreCheap(t *testing.T) {
	w := onRedis(t)
	c := w.complain(daughter, "Nobody")
	w.say(daughter, "status")
	w.update(c.Ref, "The ward has answered.")
	w.hears(daughter)
	trips := func(r channels.Receipt) int64 {
		before := w.trips.Load()
		if err := w.tellsOf(daughter, r); err != nil {
			t.Fatal(err)
		}
		return w.trips.Load() - before
	}
	w.receive(w.inbound(daughter, "later"))
	w.told(daughter, channels.StatusSent)
	if n := trips(channels.Receipt{Status: channels.StatusDelivered}) - 1; n != 1 { // one looks for what is due
		t.Errorf("%d trips for what nobody need know", n)
	}
	w.update(c.Ref, "The doctor has answered.")
	w.told(daughter, channels.StatusSent)
	if n := trips(channels.Receipt{Status: channels.StatusDelivered}) - 1; n != 2 {
		t.Errorf("%d trips for what is noted", n)
	}
}
