package twilio

import (
	"sync"
	"time"

	"heard/channels"
)

// firsts remember when messages came first that could not be taken. Twilio's
// webhook has no time in it: a repeat that was dated by its own arrival would be
// younger than what the person wrote meanwhile, and be taken for the answer to the
// question after that.
type firsts struct {
	mu    sync.Mutex
	first map[channels.MessageID]time.Time
}

const (
	// mostFirsts bounds them; of more, some are dated by their repeat.
	mostFirsts = 4096

	// firstTime is longer than Twilio repeats.
	firstTime = time.Minute
)

// refused notes a message that was not taken.
func (r *firsts) refused(id channels.MessageID, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.first == nil {
		r.first = map[channels.MessageID]time.Time{}
	}
	if len(r.first) >= mostFirsts {
		r.forget(at)
	}
	if len(r.first) < mostFirsts {
		r.first[id] = at
	}
}

// forget drops what is not repeated any more.
func (r *firsts) forget(now time.Time) {
	for id, at := range r.first {
		if now.Sub(at) > firstTime {
			delete(r.first, id)
		}
	}
}

// cameFirst is when a message came first, now or before, and forgets it.
func (r *firsts) cameFirst(id channels.MessageID, now time.Time) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, ok := r.first[id]
	if !ok || at.After(now) {
		return now
	}
	delete(r.first, id)
	return at
}
