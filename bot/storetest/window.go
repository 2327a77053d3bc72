package storetest

import (
	"time"

	"heard/bot"
	"heard/channels"
)

// onWhatsApp begins a conversation there.
func (w *world) onWhatsApp() *bot.Conversation {
	w.t.Helper()
	v, err := w.Store.Lookup(w.ctx, w.Provider, channels.WhatsApp, "whatsapp:+447700900999", "whatsapp:+447700900123")
	if err != nil {
		w.t.Fatal(err)
	}
	c := v.Conversation
	w.commit(bot.PutConversation{Conversation: &c})
	return &c
}

func (w *world) park(l bot.Lease, end bot.Settlement) *bot.Lease {
	w.t.Helper()
	end.Result, end.Sentence = bot.Parked, "It waits."
	return w.settle(l, end)
}

func (w *world) waitTasks() []bot.StaffTask {
	w.t.Helper()
	tasks, err := w.Desk.StaffTasks(w.ctx, w.Provider, 10)
	if err != nil {
		w.t.Fatal(err)
	}
	return tasks
}

// parks: what only the person's next message lets out holds up nothing, is told to
// staff once, and goes before the answer to that message.
func parks(w *world) {
	conv := w.onWhatsApp()
	k := w.draft(conv)
	w.open(k)
	l := w.only(w.commit(say(conv, "1"), say(conv, "2"), say(conv, "3")), "1")
	began := w.Clock.Now()
	next := w.park(l, bot.Settlement{Closed: true})
	w.unchanged(func() {
		if again := w.park(l, bot.Settlement{Closed: true}); again == nil || again.Token != next.Token {
			w.t.Fatal("the answer was lost, and with it the lease of the next message")
		}
	})
	if next.Message.Text != "2" || next.Parked != 1 || !next.Closed.Equal(began) {
		w.t.Fatalf("leased %q with %d parked; a message that waits for the person holds up another", next.Message.Text, next.Parked)
	}
	changes, _ := w.Desk.Changes(w.ctx, w.Provider)
	next = w.accept(*w.park(*next, bot.Settlement{}))
	if now, _ := w.Desk.Changes(w.ctx, w.Provider); now != changes {
		w.t.Fatal("staff are told again")
	}
	if next != nil {
		w.t.Fatalf("%q was leased, which waits", next.Message.Text)
	}
	w.Clock.Advance(48 * time.Hour)
	w.none(w.lease(10), "two wait for the person")
	if tasks := w.waitTasks(); len(tasks) != 1 || tasks[0].Kind != bot.Waits || tasks[0].Case != k.Ref {
		w.t.Fatalf("staff are told by %d tasks that something waits", len(tasks))
	}
	l = w.only(w.commit(say(conv, "4"), help(conv, "999")), "999")
	if l.Parked != 2 || !l.Closed.Equal(began) {
		w.t.Fatalf("%d of 2 wait as far as is told", l.Parked)
	}
	w.opened(l, "999", "1", "2", "4")
	if tasks := w.waitTasks(); len(tasks) != 0 {
		w.t.Fatal("staff are still told that something waits")
	}
}

// opened settles a lease as not begun because the window is open, and looks at the
// order in which everything goes.
func (w *world) opened(l bot.Lease, order ...string) {
	w.t.Helper()
	next := w.settle(l, bot.Settlement{Result: bot.Opened})
	for _, want := range order {
		if next == nil || next.Message.Text != want || next.Parked != 0 || next.Attempt != 1 && want != "999" {
			w.t.Fatalf("%q does not go next, or is still told as waiting", want)
		}
		next = w.accept(*next)
	}
	if next != nil {
		w.t.Fatalf("%q goes twice", next.Message.Text)
	}
}

// parkedKnock: what becomes of the template that asked the person to write must not
// be taken for what becomes of the words.
func parkedKnock(w *world) {
	conv := w.onWhatsApp()
	l := w.only(w.commit(say(conv, "1")), "1")
	w.settle(l, bot.Settlement{Result: bot.Parked, Knock: l.Message.Task + "-k", IDs: []string{"SM1"}})
	if len(w.waitTasks()) != 0 {
		w.t.Fatal("staff have a task, and the person was asked to write")
	}
	w.receipt(channels.Receipt{Task: string(l.Message.Task) + "-k", ID: "SM1", Status: channels.StatusRead})
	w.opened(w.only(w.commit(say(conv, "2")), "2"), "1", "2")
	if !w.receipt(channels.Receipt{Task: string(l.Message.Task), ID: "SM2", Status: channels.StatusUndelivered}) {
		w.t.Fatal("the words did not arrive, and as the template did, nobody learns of it")
	}
	l = w.only(w.commit(say(conv, "3")), "3")
	w.settle(l, bot.Settlement{Result: bot.Parked, Knock: l.Message.Task + "-k", IDs: []string{"SM3"}})
	if !w.receipt(channels.Receipt{ID: "SM3", Status: channels.StatusUndelivered}) {
		w.t.Fatal("the template did not arrive, and nobody learns of it")
	}
}

// tookAndRefused: WhatsApp takes a message and says later that its window was
// closed. Nothing of it may be lost, and the order stays.
func tookAndRefused(w *world) {
	conv := w.onWhatsApp()
	l := w.only(w.commit(say(conv, "1"), say(conv, "2"), say(conv, "3"), say(conv, "4")), "1")
	keep := func(l bot.Lease, id string) *bot.Lease {
		return w.settle(l, bot.Settlement{Result: bot.Accepted, Keep: true, IDs: []string{id}})
	}
	second := keep(l, "SM1")
	third := keep(*second, "SM2")
	fourth := keep(*third, "SM3")
	refuse := func(l bot.Lease, id string) {
		w.t.Helper()
		r := channels.Receipt{Task: string(l.Message.Task), ID: id, Status: channels.StatusUndelivered, Window: true}
		for range 2 { // Twilio may tell it again
			if d := w.delivered(r); d != nil {
				w.t.Fatal("a message that will be sent again is told as lost")
			}
		}
	}
	refuse(l, "SM1")
	refuse(*second, "SM2")
	w.delivered(channels.Receipt{Task: string(third.Message.Task), ID: "SM3", Status: channels.StatusDelivered})
	refuse(*fourth, "SM4") // before its sender heard that it was taken
	_, err := w.Store.Settle(w.ctx, *fourth, bot.Settlement{Result: bot.Accepted, Keep: true})
	w.must(err, bot.ErrFenced, "it went back meanwhile")
	l = w.only(w.lease(10), "1")
	if l.Closed.IsZero() || !l.Doubt.IsZero() {
		w.t.Fatal("it is not told that the window is closed, or told that it may have arrived")
	}
	for _, want := range []string{"2", "4"} {
		next := w.park(l, bot.Settlement{})
		if next == nil || next.Message.Text != want {
			w.t.Fatalf("%s does not come next", want)
		}
		l = *next
	}
	w.park(l, bot.Settlement{})
	w.opened(w.only(w.commit(say(conv, "5")), "5"), "1", "2", "4", "5")
	l = w.only(w.commit(say(conv, "6")), "6")
	keep(l, "SM9")
	w.delivered(channels.Receipt{ID: "SM9", Status: channels.StatusDelivered})
	if d := w.delivered(channels.Receipt{ID: "SM9", Status: channels.StatusUndelivered, Window: true}); d != nil {
		w.t.Fatal("what arrived is told as lost")
	}
	w.none(w.lease(10), "what arrived is not sent again")
}

// eraseParked: what waits for a person, or may come back, goes with what is erased.
func eraseParked(w *world) {
	conv := w.onWhatsApp()
	l := w.only(w.commit(say(conv, "1"), say(conv, "2")), "1")
	next := w.park(l, bot.Settlement{})
	w.settle(*next, bot.Settlement{Result: bot.Accepted, Keep: true, IDs: []string{"SM2"}})
	l = w.only(w.commit(bot.EraseKept{Conversation: conv.ID}, say(conv, "deleted")), "deleted")
	w.delivered(channels.Receipt{ID: "SM2", Status: channels.StatusUndelivered, Window: true})
	if len(w.waitTasks()) != 0 {
		w.t.Fatal("a task says that something waits which was erased")
	}
	if next := w.accept(l); next != nil {
		w.t.Fatalf("%q was erased", next.Message.Text)
	}
	l = w.only(w.commit(say(conv, "after")), "after")
	if l.Parked != 0 {
		w.t.Fatal("what was erased is told as waiting")
	}
}
