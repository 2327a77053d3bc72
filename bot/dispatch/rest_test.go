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

// One that the store never takes must not hold up the others for ever; while it
// takes none, nothing may be forgotten.
func TestWhatIsNeverTakenIsLetGo(t *testing.T) {
	var o owed
	o.keep(outcome{})
	for range 100 {
		o.failed(false)
	}
	for range owedTries {
		one, ok := o.first()
		if !ok {
			t.Fatal("forgotten")
		}
		o.keep(one)
		o.failed(true)
	}
	if _, ok := o.first(); ok {
		t.Error("it is tried for ever")
	}
}
