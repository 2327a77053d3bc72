package flows

import (
	"context"
	"fmt"
	"sync"

	"github.com/looplab/fsm"
)

// machine runs one version of a flow: steps are its states, and there is one
// event per edge, so that whoever fires an event has chosen where it goes. It
// has no callbacks. Machines are pooled, because making one costs far more than
// using it, and each is used by one goroutine at a time.
type machine struct {
	events []fsm.EventDesc
	pool   sync.Pool
}

// newMachine checks what looplab/fsm would accept in silence: an event that
// leaves a state twice, where the last would win.
func newMachine(initial string, events []fsm.EventDesc) (*machine, error) {
	seen := make(map[[2]string]bool, len(events))
	for _, e := range events {
		for _, src := range e.Src {
			if seen[[2]string{e.Name, src}] {
				return nil, fmt.Errorf("event %s leaves %s twice", e.Name, src)
			}
			seen[[2]string{e.Name, src}] = true
		}
	}
	m := &machine{events: events}
	m.pool.New = func() any { return fsm.NewFSM(initial, events, nil) }
	return m, nil
}

// fire takes the edge named event from a state and returns the state it leads
// to. A machine that answers anything unexpected is dropped, since an fsm can be
// stuck for good after that.
func (m *machine) fire(from, event string) (string, error) {
	f := m.pool.Get().(*fsm.FSM)
	f.SetState(from)
	err := f.Event(context.Background(), event)
	if same, ok := err.(fsm.NoTransitionError); ok && same.Err == nil {
		err = nil
	}
	if err != nil {
		return "", fmt.Errorf("event %s at %s: %w", event, from, err)
	}
	to := f.Current()
	m.pool.Put(f)
	return to, nil
}
