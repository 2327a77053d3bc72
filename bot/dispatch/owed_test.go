package dispatch_test

import (
	"slices"
	"testing"
	"time"

	"heard/channels"
)

// The store went away while somebody was being answered, for longer than a lease.
// The process that sent knows that they have it: they must not read it twice, and
// what comes behind it goes on.
func TestWhatWasSentWhileTheStoreWasAwayIsNotSentAgain(t *testing.T) {
	for _, to := range []channels.Address{onTele, daughter} {
		h := newHouse(t)
		d, _ := h.start()
		leases := h.tell(to, "one", "two")
		h.queue.away.Store(true)
		deliver(d, leases)
		h.result("not settled")
		h.clock.Advance(3 * lease)
		h.queue.away.Store(false)
		h.settledThen("accepted", "accepted")
		if got := h.readBy(to); !slices.Equal(got, []string{"one", "two"}) {
			t.Errorf("they read %q", got)
		}
	}
}

// settledThen waits for the ends of sends, after any number that the store did not
// hear of.
func (h *house) settledThen(want ...string) {
	h.t.Helper()
	for len(want) > 0 {
		select {
		case got := <-h.results:
			if got == want[0] {
				want = want[1:]
			} else if got != "not settled" {
				h.t.Fatalf("a send ended %q, want %q", got, want[0])
			}
		case <-h.ctx.Done():
			h.t.Fatalf("no send ended; wanted %q", want)
		}
	}
}

func (h *house) readBy(a channels.Address) []string {
	if a != onTele {
		return h.twilio.Texts(a)
	}
	var texts []string
	for _, m := range h.telegram.Sent(string(a)) {
		texts = append(texts, m.Text)
	}
	return texts
}

// Another process finds the store back first, or starts just then: it leaves what was
// lost to the one that knows.
func TestWhatWasLostIsLeftToWhoKnows(t *testing.T) {
	h := newHouse(t)
	d, _ := h.start()
	leases := h.tell(onTele, "one")
	h.queue.away.Store(true)
	deliver(d, leases)
	h.result("not settled")
	h.clock.Advance(3 * lease)
	other := h.Options
	other.Queue = &watched{Queue: h.store, looks: make(chan struct{}, 1)}
	other.Grace = 10 * time.Second
	ended := make(chan string, 100)
	other.Count = func(result string) { ended <- result }
	_, stop := h.startAs(other)
	for range 3 {
		<-other.Queue.(*watched).looks
	}
	stop()
	if len(ended) > 0 {
		t.Errorf("another sent it: %q", <-ended)
	}
	h.queue.away.Store(false)
	h.settledThen("accepted")
	if got := h.readBy(onTele); len(got) != 1 {
		t.Errorf("they read %q", got)
	}
}

// The one that knows has ended: after its time somebody else sends it, or it would
// never come.
func TestWhatNobodyKnowsOfIsSent(t *testing.T) {
	h := newHouse(t)
	h.Grace = 10 * time.Second
	h.tell(onTele, "one")
	h.clock.Advance(lease + time.Second)
	h.start()
	h.quiet()
	h.clock.Advance(9 * time.Second)
	h.quiet()
	h.clock.Advance(2 * time.Second)
	h.result("accepted")
}

// A process that has lost the store for a moment is as new to it: what happened
// meanwhile it does not know.
func TestALookThatFailedBeginsTheTimeAnew(t *testing.T) {
	h := newHouse(t)
	h.Grace = 10 * time.Second
	h.start()
	h.quiet()
	h.clock.Advance(11 * time.Second)
	h.quiet()
	h.tell(onTele, "one")
	h.queue.away.Store(true)
	h.clock.Advance(lease + time.Second)
	h.quiet()
	h.queue.away.Store(false)
	h.quiet()
	h.clock.Advance(11 * time.Second)
	h.result("accepted")
}

// Who stops tells the store once more what it has not heard.
func TestWhoStopsSettlesFirst(t *testing.T) {
	h := newHouse(t)
	h.Poll = time.Hour
	d, stop := h.start()
	<-h.queue.looks
	leases := h.tell(onTele, "one")
	h.queue.away.Store(true)
	deliver(d, leases)
	h.result("not settled")
	h.queue.away.Store(false)
	stop()
	h.settledThen("accepted")
}
