// Package channelstest has stand-ins for the providers, as real HTTP servers. The
// suite that every channel passes on them is heard/channels/channelsuite.
//
// Twilio and Telegram behave as their services do where Heard can notice: they
// keep what was sent to them, list what they delivered, sign what they deliver,
// and fail as they are told to. They know nothing of a test, so that a program
// under test, or one that makes load, may be pointed at them.
package channelstest

import (
	"context"
	"net/http"
	"sync"
)

// Call is what a request to a stand-in wants, for telling faults apart.
type Call string

// The calls that can be made to fail.
const (
	Send    Call = "send"
	List    Call = "list"    // Twilio's list of messages
	Content Call = "content" // Twilio's Content API
	File    Call = "file"    // a download
	Remove  Call = "remove"  // of a file
	Updates Call = "updates" // Telegram's getUpdates
	Answer  Call = "answer"  // Telegram's answerCallbackQuery
)

// Fault is how one call fails.
type Fault struct {
	On         Call   // empty: Send
	Status     int    // the answer; 0: the connection is cut instead
	Body       string // as it stands; the stand-in does not add JSON
	RetryAfter string // the header
	Taken      bool   // the request had its effect all the same
	After      int    // lets so many calls through before
	Then       func() // runs before the answer; nil: nothing
}

// faults are the faults to come, and a signal for whatever changes.
type faults struct {
	mu      sync.Mutex
	decide  func(call Call, person string) *Fault
	waiting []Fault
	changed chan struct{} // closed and made anew at each change
}

// Fail makes the next calls fail, one fault each, in order. Calls of other kinds
// are not touched.
func (f *faults) Fail(next ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range next {
		if fault.On == "" {
			fault.On = Send
		}
		f.waiting = append(f.waiting, fault)
	}
}

// FailAs asks decide about each call before the list of faults: nil lets it
// through. person is whom a send is for, else empty. Calls run at the same time,
// and decide may block, which is an answer that takes long.
func (f *faults) FailAs(decide func(call Call, person string) *Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.decide = decide
}

// next takes the fault of this call off the list.
func (f *faults) next(call Call, person string) (Fault, bool) {
	f.mu.Lock()
	decide := f.decide
	f.mu.Unlock()
	if decide != nil {
		if fault := decide(call, person); fault != nil {
			return *fault, true
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, fault := range f.waiting {
		if fault.On != call {
			continue
		}
		if fault.After > 0 {
			f.waiting[i].After--
			return Fault{}, false
		}
		f.waiting = append(f.waiting[:i], f.waiting[i+1:]...)
		return fault, true
	}
	return Fault{}, false
}

// apply answers with the fault.
func (f Fault) apply(w http.ResponseWriter) {
	if f.Then != nil {
		f.Then()
	}
	if f.Status == 0 {
		panic(http.ErrAbortHandler) // cuts the connection, without a trace in the log
	}
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(f.Body))
}

// change runs do under the lock and wakes everybody who waits.
func (f *faults) change(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do()
	if f.changed != nil {
		close(f.changed)
	}
	f.changed = make(chan struct{})
}

// wait blocks until done, which runs under the lock, is true.
func (f *faults) wait(ctx context.Context, done func() bool) error {
	for {
		f.mu.Lock()
		if done() {
			f.mu.Unlock()
			return nil
		}
		if f.changed == nil {
			f.changed = make(chan struct{})
		}
		changed := f.changed
		f.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
