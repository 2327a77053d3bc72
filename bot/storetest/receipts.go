package storetest

import (
	"time"

	"heard/bot"
	"heard/channels"
)

func receiptForward(w *world) {
	conv := w.begin(daughter)
	l := w.only(w.commit(say(conv, "1")), "1")
	w.accept(l, "SM1")
	w.receipt(channels.Receipt{ID: "SM1", Status: channels.StatusDelivered})
	w.unchanged(func() {
		w.receipt(channels.Receipt{ID: "SM1", Status: channels.StatusSent})
	})
	if w.receipt(channels.Receipt{ID: "SM1", Status: channels.StatusRead}) {
		w.t.Fatal("a message that was read is told as failed")
	}
	l = w.only(w.commit(say(conv, "2")), "2")
	w.accept(l, "SM2")
	r := channels.Receipt{Task: string(l.Message.Task), ID: "SM2", Status: channels.StatusUndelivered}
	if first, second := w.receipt(r), w.receipt(r); !first || second {
		w.t.Fatalf("failure told %v at first, %v again: staff must learn of it once", first, second)
	}
}

func receiptEndsDoubt(w *world) {
	conv := w.begin(daughter)
	earlier := w.only(w.commit(say(conv, "0")), "0")
	w.accept(earlier)
	l := w.only(w.commit(say(conv, "1"), say(conv, "2")), "1")
	w.settle(l, bot.Settlement{Result: bot.InDoubt, After: time.Minute})
	w.receipt(channels.Receipt{Task: string(l.Message.Task), Status: channels.StatusUnknown})
	w.receipt(channels.Receipt{Task: string(earlier.Message.Task), Status: channels.StatusDelivered})
	w.none(w.lease(10), "neither a receipt that says nothing nor another's ends a doubt")
	w.receipt(channels.Receipt{Task: string(l.Message.Task), ID: "SM1", Status: channels.StatusSent})
	l = w.only(w.lease(10), "2") // and "1" is not sent a second time
	w.Clock.Advance(w.Lease)     // its instance dies, and the callback comes before the lease is taken again
	w.receipt(channels.Receipt{Task: string(l.Message.Task), Status: channels.StatusQueued})
	w.none(w.lease(10), "the receipt says that the provider has it")
	if ok, err := w.Store.Claimed(w.ctx, w.Provider, []string{"SM1"}); err != nil || !ok[0] {
		w.t.Fatalf("the id that a receipt told is not known as ours: %v", err)
	}
}

func receiptBeforeAnswer(w *world) {
	conv := w.begin(daughter)
	l := w.only(w.commit(say(conv, "1"), say(conv, "2")), "1")
	w.receipt(channels.Receipt{Task: string(l.Message.Task), ID: "SM1", Status: channels.StatusQueued})
	next := w.settle(l, bot.Settlement{Result: bot.InDoubt, After: time.Minute})
	if next == nil || next.Message.Text != "2" {
		w.t.Fatal("a message that a receipt proved is in doubt: it would be sent twice")
	}
	w.receipt(channels.Receipt{Task: string(next.Message.Task), ID: "SM2", Status: channels.StatusQueued})
	w.commit(say(conv, "3"))
	w.Clock.Advance(w.Lease)
	w.only(w.lease(10), "3")
}

func receiptUnknown(w *world) {
	for _, r := range []channels.Receipt{{ID: "SM9", Status: channels.StatusSent}, {Task: "none", Status: channels.StatusSent}, {}} {
		_, err := w.Store.Receipt(w.ctx, w.Provider, r)
		w.must(err, bot.ErrNotFound, "a receipt for nothing of ours")
	}
}

// receiptTells: a reply that arrived is nobody's concern; news that did is noted on
// its case, and a failure leads to the case of the conversation.
func receiptTells(w *world) {
	conv := w.begin(daughter)
	k := w.draft(conv)
	w.open(k)
	q := say(conv, "news")
	q.Message.Case = k.Ref
	l := w.only(w.commit(q, say(conv, "reply")), "news")
	next := w.accept(l, "SM1")
	w.accept(*next, "SM2")
	if d := w.delivered(channels.Receipt{ID: "SM1", Status: channels.StatusSent}); d != nil {
		w.t.Fatal("what is only on its way is told")
	}
	for i, status := range []channels.Status{channels.StatusDelivered, channels.StatusRead, channels.StatusRead} {
		d := w.delivered(channels.Receipt{ID: "SM1", Status: status})
		if d == nil || d.Case == nil || d.Case.Ref != k.Ref || d.Case.Version != k.Version || d.Conversation != conv.ID ||
			d.Task != l.Message.Task || d.Status != status || d.Again != (i == 2) {
			w.t.Fatalf("of news that arrived is told %+v", d)
		}
	}
	for _, late := range []channels.Status{channels.StatusDelivered, channels.StatusUndelivered} {
		if d := w.delivered(channels.Receipt{ID: "SM1", Status: late}); d != nil {
			w.t.Fatal("news that was read is told as less")
		}
	}
	if d := w.delivered(channels.Receipt{ID: "SM2", Status: channels.StatusDelivered}); d != nil {
		w.t.Fatal("that a reply arrived is told")
	}
	l = w.only(w.commit(say(conv, "lost")), "lost")
	w.accept(l, "SM3")
	if d := w.delivered(channels.Receipt{ID: "SM3", Status: channels.StatusUndelivered}); d == nil || d.Case == nil || d.Case.Ref != k.Ref {
		w.t.Fatal("of a reply that did not arrive it is not told whose case it was")
	}
}

func receiptTellsEarly(w *world) {
	conv := w.begin(daughter)
	k := w.draft(conv)
	w.open(k)
	q := say(conv, "news")
	q.Message.Case = k.Ref
	l := w.only(w.commit(q), "news")
	d := w.delivered(channels.Receipt{Task: string(l.Message.Task), ID: "SM1", Status: channels.StatusDelivered})
	if d == nil || d.Case == nil || d.Case.Ref != k.Ref {
		w.t.Fatal("news that arrived before its sender heard so is not told")
	}
	w.accept(l, "SM1")
	l = w.only(w.commit(say(conv, "reply")), "reply")
	if d := w.delivered(channels.Receipt{Task: string(l.Message.Task), Status: channels.StatusDelivered}); d != nil {
		w.t.Fatal("that a reply arrived is told")
	}
	if d := w.delivered(channels.Receipt{Task: string(l.Message.Task), Status: channels.StatusUndelivered}); d != nil {
		w.t.Fatal("a reply that arrived is told as lost")
	}
}

func claimed(w *world) {
	conv := w.begin(daughter)
	w.accept(w.only(w.commit(say(conv, "1")), "1"), "SM1", "SM2")
	got, err := w.Store.Claimed(w.ctx, w.Provider, []string{"SM2", "SM3", "SM1"})
	if err != nil || len(got) != 3 || !got[0] || got[1] || !got[2] {
		w.t.Fatalf("claimed %v, %v", got, err)
	}
	if got, err := w.Store.Claimed(w.ctx, w.Provider, nil); err != nil || len(got) != 0 {
		w.t.Fatalf("nothing asked: %v, %v", got, err)
	}
}
