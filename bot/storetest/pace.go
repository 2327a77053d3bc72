package storetest

import (
	"fmt"
	"time"

	"heard/bot"
	"heard/channels"
	"heard/flows"
)

func paced(w *world) {
	other := w.Paced(w.t, map[channels.Channel]float64{channels.SMS: 2})
	w.Store = w.Paced(w.t, map[channels.Channel]float64{channels.SMS: 2})
	for i := range 6 {
		conv := w.begin(channels.Address(fmt.Sprint("+44770090010", i)))
		w.commit(say(conv, "hello"))
		w.Clock.Advance(time.Millisecond)
	}
	count := func() int {
		leases, err := other.LeaseMessages(w.ctx, w.Provider, 10, 0)
		if err != nil {
			w.t.Fatalf("lease messages: %v", err)
		}
		return len(leases) + len(w.lease(10))
	}
	if n := count(); n != 0 {
		w.t.Fatalf("%d more than two in the first moment", n)
	}
	total := 2
	for second := 1; total < 6; second++ {
		w.Clock.Advance(time.Second)
		n := count()
		if n > 2 || second > 3 {
			w.t.Fatalf("%d sent in one second, at second %d", n, second)
		}
		total += n
	}
}

func holdSender(w *world) {
	one, two := w.begin(daughter), w.begin(neighbor)
	w.only(w.commit(say(w.begin("+447700900301"), "lost")), "lost")
	l := w.only(w.commit(say(one, "1")), "1")
	w.settle(l, bot.Settlement{Result: bot.Again, After: time.Minute, AllChats: true})
	w.Clock.Advance(w.Lease)
	w.none(w.lease(10), "the whole sender must wait, and a lost lease with it")
	w.none(w.commit(say(two, "2")), "the provider said that the whole sender must wait")
	w.Clock.Advance(time.Minute - w.Lease)
	if leases := w.lease(10); len(leases) != 3 {
		w.t.Fatalf("%d of 3 messages go on after the wait", len(leases))
	}
}

// holdForTwo: a provider says that it is too much, and not for whom. One person who
// taps and taps must not silence everybody.
func holdForTwo(w *world) {
	one, two, three, four := w.begin(daughter), w.begin(neighbor), w.begin("+447700900301"), w.begin("+447700900302")
	slower := bot.Settlement{Result: bot.Again, After: time.Minute, Unscoped: true}
	w.settle(w.only(w.commit(say(one, "1")), "1"), slower)
	w.accept(w.only(w.commit(say(three, "3")), "3"), "SM3") // goes on
	w.Clock.Advance(time.Minute)
	w.settle(w.only(w.lease(10), "1"), slower)
	w.settle(w.only(w.commit(say(two, "2")), "2"), slower)
	w.none(w.commit(say(four, "4")), "two people must wait at the same time: it is the sender")
	w.Clock.Advance(time.Minute - time.Second)
	w.none(w.lease(10), "the sender must wait")
	w.Clock.Advance(time.Second)
	if leases := w.lease(10); len(leases) != 3 {
		w.t.Fatalf("%d of 3 messages go on after the wait", len(leases))
	}
}

// keepsPlace: who waits longest goes first, also when something is added to what
// they wait for.
func keepsPlace(w *world) {
	w.Store = w.Paced(w.t, map[channels.Channel]float64{channels.SMS: 1})
	w.only(w.commit(say(w.begin("+447700900301"), "first")), "first")
	one, two := w.begin(daughter), w.begin(neighbor)
	for _, conv := range []*bot.Conversation{one, two, one} {
		w.none(w.commit(say(conv, string(conv.ID))), "the pace allows one a second")
		w.Clock.Advance(10 * time.Millisecond)
	}
	w.Clock.Advance(time.Second)
	w.only(w.lease(10), string(one.ID))
}

// chatPace: Telegram refuses more than one message a second to one person, but for a
// few at once. Whoever else waits is not held up.
func chatPace(w *world) {
	w.Store = w.Paced(w.t, map[channels.Channel]float64{channels.Telegram: 30})
	chat := func(a channels.Address) *bot.Conversation {
		v, err := w.Store.Lookup(w.ctx, w.Provider, channels.Telegram, "12345", a)
		if err != nil {
			w.t.Fatal(err)
		}
		return &v.Conversation
	}
	one, two := chat("1"), chat("2")
	ops := []bot.Op{bot.PutConversation{Conversation: one}}
	for i := range 6 {
		ops = append(ops, say(one, fmt.Sprint(i)))
	}
	next := &w.commit(ops...)[0]
	for i := range 3 {
		if next == nil || next.Message.Text != fmt.Sprint(i) {
			w.t.Fatalf("message %d of a few at once does not go", i)
		}
		next = w.accept(*next)
	}
	if next != nil {
		w.t.Fatal("a fourth goes in the same moment")
	}
	w.accept(w.only(w.commit(bot.PutConversation{Conversation: two}, say(two, "other")), "other"))
	for i := 3; i < 6; i++ {
		w.Clock.Advance(999 * time.Millisecond)
		w.none(w.lease(10), "a second has not passed")
		w.Clock.Advance(time.Millisecond)
		if next := w.accept(w.only(w.lease(10), fmt.Sprint(i))); next != nil {
			w.t.Fatal("two go in one second")
		}
	}
	w.none(w.commit(say(one, "waits")), "a second has not passed")
	w.settle(w.only(w.commit(say(two, "behind")), "behind"), bot.Settlement{Result: bot.Untried, After: time.Millisecond})
	w.Clock.Advance(time.Millisecond)
	w.only(w.lease(10), "behind")
	w.Clock.Advance(-24 * time.Hour)
	w.only(w.commit(say(one, "after")), "waits")
}

// wrongHold: a provider's wait is an hour at most; one that ends in a day is of a
// clock that was wrong, and would silence everybody.
func wrongHold(w *world) {
	one, two := w.begin(daughter), w.begin(neighbor)
	l := w.only(w.commit(say(one, "1")), "1")
	w.settle(l, bot.Settlement{Result: bot.Again, After: time.Hour, AllChats: true})
	w.none(w.commit(say(two, "2")), "the sender must wait")
	w.Clock.Advance(-24 * time.Hour)
	w.only(w.commit(say(two, "3")), "2")
}

// fullLine: what there is no room for is left for whoever has room, and takes no
// other line's place in the batch.
func fullLine(w *world) {
	for i := range 3 {
		conv := w.begin(channels.Address(fmt.Sprint("+44770090040", i)))
		w.settle(w.only(w.commit(say(conv, "sms")), "sms"), bot.Settlement{Result: bot.Untried, After: time.Second})
	}
	conv := w.onWhatsApp()
	w.settle(w.only(w.commit(say(conv, "whatsapp")), "whatsapp"), bot.Settlement{Result: bot.Untried, After: time.Second})
	w.Clock.Advance(time.Second)
	leases, err := w.Store.LeaseMessages(w.ctx, w.Provider, 3, 0, bot.Line{Channel: channels.SMS, Sender: ours})
	if err != nil {
		w.t.Fatal(err)
	}
	w.only(leases, "whatsapp")
	if leases := w.lease(10); len(leases) != 3 {
		w.t.Fatalf("%d of 3 are leased when there is room", len(leases))
	}
}

func repliesFirst(w *world) {
	w.Store = w.Paced(w.t, map[channels.Channel]float64{channels.SMS: 1})
	first := w.begin(daughter)
	w.only(w.commit(say(first, "first")), "first")
	for i := range 3 {
		conv := w.begin(channels.Address(fmt.Sprint("+44770090020", i)))
		q := say(conv, "news")
		q.Message.Purpose = flows.Prompt
		w.none(w.commit(q), "the pace allows one a second")
	}
	w.Clock.Advance(10 * time.Millisecond)
	w.none(w.commit(say(w.begin(neighbor), "reply")), "the pace allows one a second")
	w.Clock.Advance(time.Second)
	w.only(w.lease(10), "reply")
}
