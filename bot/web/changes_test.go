package web

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// However many pages are open, the store is asked by one; and by none when the
// last is closed.
func TestOneAsksForAllAndNobodyForNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		c := NewChanges(func(context.Context) (uint64, error) { asked.Add(1); return 7, nil })
		var leaves []func()
		for range 5 {
			heard, leave := c.listen()
			leaves = append(leaves, leave)
			synctest.Wait()
			if n := <-heard; n.count != 7 {
				t.Fatalf("heard %d, want 7", n.count)
			}
		}
		time.Sleep(10*pollEvery + time.Millisecond) // the bubble's own clock
		synctest.Wait()
		if got := asked.Load(); got != 11 {
			t.Errorf("asked %d times in 3 s, want 11", got)
		}
		for _, leave := range leaves {
			leave()
		}
		before := asked.Load()
		time.Sleep(time.Minute)
		if got := asked.Load(); got != before {
			t.Errorf("asked %d times when nobody listened", got-before)
		}
		heard, leave := c.listen() // and it starts again
		<-heard
		leave()
	})
}

// A page that reads slowly gets the newest, not all in turn; one that nothing
// changed for gets nothing.
func TestNewsIsTheNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var count atomic.Uint64
		var down atomic.Bool
		c := NewChanges(func(context.Context) (uint64, error) {
			if down.Load() {
				return 0, errors.New("no answer")
			}
			return count.Load(), nil
		})
		heard, leave := c.listen()
		defer leave()
		for i := range 4 {
			count.Store(uint64(i))
			time.Sleep(pollEvery)
			synctest.Wait()
		}
		if n := <-heard; n.count != 3 || n.down {
			t.Errorf("heard %d, want 3", n.count)
		}
		time.Sleep(10 * pollEvery)
		synctest.Wait()
		select {
		case n := <-heard:
			t.Errorf("heard %d again", n.count)
		default:
		}
		down.Store(true)
		if n := <-heard; !n.down {
			t.Error("a store that does not answer is not told")
		}
		down.Store(false)
		if n := <-heard; n.down || n.count != 3 {
			t.Error("a store that answers again is not told")
		}
	})
}

// A store that hangs is taken for one that is down, and does not hold the page.
func TestAStoreThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewChanges(func(ctx context.Context) (uint64, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		})
		heard, leave := c.listen()
		began := time.Now()
		if n := <-heard; !n.down || time.Since(began) != pollTime {
			t.Errorf("heard after %v", time.Since(began))
		}
		leave()
	})
}
