package dispatch

import (
	"testing"
	"testing/synctest"
	"time"

	"heard/bot"
)

// What there is no room for must not come and go ten times a second while a line
// hangs: that load would be everybody's.
func TestWhatIsGivenBackRestsLongerAndLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l lane
		for _, want := range []time.Duration{shortRest, 3 * time.Second, 6 * time.Second, 9 * time.Second, longRest} {
			if got := l.rest(); got != want {
				t.Errorf("rests %v, want %v", got, want)
			}
			l.push(bot.Lease{})
			time.Sleep(3 * time.Second)
		}
		for range 5 {
			l.pop()
		}
		if got := l.rest(); got != shortRest {
			t.Errorf("rests %v although there is room", got)
		}
	})
}
