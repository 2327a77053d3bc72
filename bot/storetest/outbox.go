package storetest

import (
	"fmt"
	"time"

	"heard/bot"
	"heard/channels"
	"heard/flows"
)

func fifo(w *world) {
	conv := w.begin(daughter)
	l := w.only(w.commit(say(conv, "1"), say(conv, "2"), say(conv, "3")), "1")
	if l.Address != daughter || l.Sender != ours || l.Channel != channels.SMS || l.Attempt != 1 || !l.Doubt.IsZero() {
		w.t.Fatal("a lease does not say where its message goes, or not that it is the first attempt")
	}
	if left := time.Until(l.Deadline); left > w.Lease || left < w.Lease/2 {
		w.t.Fatalf("the lease ends in %v, not within %v", left, w.Lease)
	}
	w.none(w.commit(say(conv, "4")), "one message at a time is under way")
	w.none(w.lease(10), "one message at a time is under way")
	for _, want := range []string{"2", "3", "4"} {
		next := w.accept(l)
		if next == nil || next.Message.Text != want {
			w.t.Fatalf("message %s does not follow", want)
		}
		l = *next
	}
	l2 := w.settle(l, bot.Settlement{Result: bot.Again, After: time.Minute})
	if l2 != nil {
		w.t.Fatal("a message that must wait was leased at once")
	}
	w.none(w.commit(say(conv, "5")), "those behind a message that is tried again wait")
	w.none(w.lease(10), "it is not yet time")
	w.Clock.Advance(time.Minute)
	l = w.only(w.lease(10), "4")
	if l.Attempt != 2 || !l.Doubt.IsZero() {
		w.t.Fatalf("attempt %d in doubt %v, want 2 without", l.Attempt, !l.Doubt.IsZero())
	}
	if next := w.accept(l); next == nil || next.Message.Text != "5" {
		w.t.Fatal("the last message does not follow")
	}
}

func help(c *bot.Conversation, text string) bot.Enqueue {
	q := say(c, text)
	q.Message.Purpose = flows.Help
	return q
}

func helpOvertakes(w *world) {
	conv := w.begin(daughter)
	l := w.only(w.commit(say(conv, "1"), say(conv, "2")), "1")
	w.commit(help(conv, "999"), help(conv, "116 123"))
	for _, want := range []string{"999", "116 123", "2"} {
		next := w.accept(l)
		if next == nil || next.Message.Text != want {
			w.t.Fatalf("%s does not come next", want)
		}
		l = *next
	}
}

func helpOvertakesRetry(w *world) {
	conv := w.begin(daughter)
	w.settle(w.only(w.commit(say(conv, "1")), "1"), bot.Settlement{Result: bot.Again, After: time.Hour})
	l := w.only(w.commit(help(conv, "999")), "999")
	if next := w.accept(l); next != nil {
		w.t.Fatal("a message that must wait was leased at once")
	}
	w.Clock.Advance(time.Hour)
	w.only(w.lease(1), "1")
}

func fencedSettle(w *world) {
	conv := w.begin(daughter)
	old := w.only(w.commit(say(conv, "1"), say(conv, "2")), "1")
	w.Clock.Advance(w.Lease)
	now := w.only(w.lease(1), "1")
	w.unchanged(func() {
		_, err := w.Store.Settle(w.ctx, old, bot.Settlement{Result: bot.Accepted})
		w.must(err, bot.ErrFenced, "an instance that froze and woke up settles over the one that took its place")
	})
	if next := w.accept(now); next == nil || next.Message.Text != "2" {
		w.t.Fatal("the message of the live lease does not end")
	}
}

func settleTwice(w *world) {
	conv := w.begin(daughter)
	l := w.only(w.commit(say(conv, "1"), say(conv, "2")), "1")
	first := w.accept(l, "SM1")
	w.unchanged(func() {
		again := w.accept(l, "SM1")
		if again == nil || again.Token != first.Token || again.Message.Text != "2" {
			w.t.Fatal("an answer was lost, and with it the lease of the next message")
		}
	})
	w.accept(*first)
	if next := w.accept(l, "SM1"); next != nil {
		w.t.Fatal("a message that was sent since is leased again")
	}
}

func lostLease(w *world) {
	conv := w.begin(daughter)
	began := w.Clock.Now()
	w.commit(say(conv, "1"))
	w.Clock.Advance(w.Lease - time.Second)
	w.none(w.lease(10), "the lease still holds")
	w.Clock.Advance(time.Second)
	l := w.only(w.lease(10), "1")
	if l.Attempt != 2 || !l.Doubt.Equal(began) {
		w.t.Fatalf("attempt %d, doubt since the first attempt: %v", l.Attempt, l.Doubt.Equal(began))
	}
	w.Clock.Advance(w.Lease)
	l = w.only(w.lease(10), "1")
	if l.Attempt != 3 || !l.Doubt.Equal(began) {
		w.t.Fatal("after two lost leases the doubt must still begin at the first")
	}
}

func doubtKeepsStart(w *world) {
	conv := w.begin(daughter)
	began := w.Clock.Now()
	l := w.only(w.commit(say(conv, "1"), say(conv, "2")), "1")
	w.Clock.Advance(10 * time.Second)
	if next := w.settle(l, bot.Settlement{Result: bot.InDoubt, After: time.Minute}); next != nil {
		w.t.Fatal("the next message went while the one before it is in doubt")
	}
	w.Clock.Advance(59 * time.Second)
	w.none(w.lease(10), "the callback may still come")
	w.Clock.Advance(time.Second)
	l = w.only(w.lease(10), "1")
	if !l.Doubt.Equal(began) || l.Attempt != 2 {
		w.t.Fatal("a look-up at the provider needs to know when the attempt in doubt began")
	}
	if next := w.accept(l); next == nil || next.Message.Text != "2" {
		w.t.Fatal("the next message does not follow")
	}
}

func setAside(w *world) {
	conv := w.begin(daughter)
	k := w.draft(conv)
	w.open(k)
	l := w.only(w.commit(say(conv, "1"), say(conv, "2")), "1")
	if l.Case != k.Ref {
		w.t.Fatal("a lease does not say which case its message is about")
	}
	before, _ := w.Desk.Changes(w.ctx, w.Provider)
	next := w.settle(l, bot.Settlement{Result: bot.SetAside, Sentence: "The number is not in use."})
	if next == nil || next.Message.Text != "2" {
		w.t.Fatal("a message that cannot be sent holds up all behind it")
	}
	if after, err := w.Desk.Changes(w.ctx, w.Provider); err != nil || after == before {
		w.t.Fatalf("the desk is not told that a task came: %v", err)
	}
	if kept, err := w.Aside(conv.ID); err != nil || len(kept) != 1 || kept[0].Text != "1" {
		w.t.Fatalf("the words of a message that was given up are lost: %v", err)
	}
	tasks, err := w.Desk.StaffTasks(w.ctx, w.Provider, 10)
	if err != nil || len(tasks) != 1 || tasks[0].Kind != bot.Undelivered || tasks[0].Case != k.Ref || tasks[0].Text == "" {
		w.t.Fatalf("staff are not told of a message that was given up: %d tasks, %v", len(tasks), err)
	}
	conv.Case, conv.Handle = "", ""
	w.commit(bot.PutConversation{Conversation: conv}, bot.EraseCase{Case: k})
	if tasks, _ := w.Desk.StaffTasks(w.ctx, w.Provider, 10); len(tasks) != 0 {
		w.t.Fatal("a task outlives its erased case")
	}
}

func setAsideDraft(w *world) {
	conv := w.begin(daughter)
	k := w.draft(conv)
	w.settle(w.only(w.commit(say(conv, "1")), "1"), bot.Settlement{Result: bot.SetAside, Sentence: "No."})
	tasks, err := w.Desk.StaffTasks(w.ctx, w.Provider, 10)
	if err != nil || len(tasks) != 1 || tasks[0].Case != "" || tasks[0].Conv != conv.ID || tasks[0].ID == string(k.Ref) {
		w.t.Fatalf("a task names a draft, which nobody may see: %v", err)
	}
}

func left(w *world) {
	conv := w.begin(daughter)
	l := w.only(w.commit(say(conv, "1"), say(conv, "2")), "1")
	conv.Left, conv.LastAt = true, w.Clock.Now()
	w.commit(bot.PutConversation{Conversation: conv})
	next := w.accept(l)
	if l.Left || next == nil || !next.Left || !next.LastAt.Equal(conv.LastAt) {
		w.t.Fatal("a message would be sent to a person who asked for none")
	}
}

func paced(w *world) {
	other := w.Paced(w.t, map[channels.Channel]float64{channels.SMS: 2})
	w.Store = w.Paced(w.t, map[channels.Channel]float64{channels.SMS: 2})
	for i := range 6 {
		conv := w.begin(channels.Address(fmt.Sprint("+44770090010", i)))
		w.commit(say(conv, "hello"))
		w.Clock.Advance(time.Millisecond)
	}
	count := func() int {
		leases, err := other.LeaseMessages(w.ctx, w.Provider, 10)
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
	leases, err := w.Store.LeaseMessages(w.ctx, w.Provider, 3, bot.Line{Channel: channels.SMS, Sender: ours})
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

// eraseKept: what quotes a person goes, also what waits to be sent; what is being
// sent, and what the same turn says to them, does not.
func eraseKept(w *world) {
	conv := w.begin(daughter)
	l := w.only(w.commit(say(conv, "1"), say(conv, "2")), "1")
	l = *w.settle(l, bot.Settlement{Result: bot.SetAside})
	w.commit(say(conv, "3"), bot.KeepWith{Conversation: conv.ID, Entry: bot.Entry{ID: "e", Text: "words"}})
	w.none(w.commit(say(conv, "deleted"), bot.EraseKept{Conversation: conv.ID}), "one message at a time is under way")
	kept, err := w.Kept(conv.ID)
	aside, asideErr := w.Aside(conv.ID)
	if err != nil || asideErr != nil || len(kept)+len(aside) != 0 {
		w.t.Fatalf("%d entries and %d messages outlive their erasure: %v, %v", len(kept), len(aside), err, asideErr)
	}
	if next := w.accept(l); next == nil || next.Message.Text != "deleted" {
		w.t.Fatal("what was to be said before the erasure is said after it, or the person is not told of it")
	}
}

// eraseWaiting: what was to be tried again leaves nothing behind that would send
// another message twice.
func eraseWaiting(w *world) {
	conv := w.begin(daughter)
	q := say(conv, "news")
	q.Message.Purpose = flows.Prompt
	w.settle(w.only(w.commit(q), "news"), bot.Settlement{Result: bot.Again, After: w.Lease / 2})
	l := w.only(w.commit(bot.EraseKept{Conversation: conv.ID}, say(conv, "deleted")), "deleted")
	w.Clock.Advance(w.Lease / 2)
	w.none(w.lease(10), "the message is being sent")
	if next := w.accept(l); next != nil {
		w.t.Fatalf("%s was erased", next.Message.Text)
	}
}

// firstReply: the first turn of a person brings conversation and reply at once.
func firstReply(w *world) {
	conv := w.lookup(daughter).Conversation
	l := w.only(w.commit(say(&conv, "welcome"), bot.PutConversation{Conversation: &conv}), "welcome")
	if l.Address != daughter || l.Attempt != 1 || !l.Doubt.IsZero() {
		w.t.Fatal("a first reply does not know where it goes")
	}
	w.Clock.Advance(w.Lease)
	again := w.only(w.lease(10), "welcome")
	if again.Address != daughter || again.Token == l.Token {
		w.t.Fatal("a first reply whose instance died is not found again, or by the same token")
	}
}
