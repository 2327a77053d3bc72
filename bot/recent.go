package bot

import "sync"

// recentSize bounds what is remembered of the conversations of the last minutes:
// some 2 KB each.
const recentSize = 4096

// recent remembers what conversations looked like after their last commit here,
// so that the next message of somebody who is writing needs no look-up. It may be
// wrong at any time, since other instances write too: the commit finds out.
type recent struct {
	mu    sync.Mutex
	size  int
	views map[addressKey]View
}

func newRecent(size int) *recent { return &recent{size: size, views: make(map[addressKey]View, size)} }

// take gives the view and forgets it, so that a turn that fails reads anew.
func (r *recent) take(k addressKey) (View, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.views[k]
	delete(r.views, k)
	return v, ok
}

// put remembers a view; where there is no room any other one goes.
func (r *recent) put(k addressKey, v View) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.views) >= r.size {
		for other := range r.views {
			delete(r.views, other)
			break
		}
	}
	r.views[k] = v
}
