package main

import (
	"strings"
	"testing"
	"time"

	"heard/channels"
)

// An account that does not see what is wrong lets everything be lost in peace.
func TestTheAccountSeesWhatIsWrong(t *testing.T) {
	whole := []string{"one", "two", "three"}
	for name, tt := range map[string]struct {
		story   []string
		ordered bool
		want    [3]int // lost, doubled, out of order
	}{
		"whole":                         {whole, true, [3]int{}},
		"a part is missing":             {[]string{"one", "three"}, true, [3]int{1, 0, 0}},
		"a part is there twice":         {[]string{"one", "two", "two", "three"}, true, [3]int{0, 1, 0}},
		"out of order":                  {[]string{"two", "one", "three"}, true, [3]int{0, 0, 1}},
		"out of order, and may well be": {[]string{"two", "one", "three"}, false, [3]int{}},
		"nothing":                       {nil, true, [3]int{3, 0, 0}},
	} {
		l := newLedger()
		l.compareStory(&journey{story: whole, ordered: tt.ordered}, tt.story)
		if got := [3]int{len(l.lost), len(l.doubled), len(l.disordered)}; got != tt.want {
			t.Errorf("%s: lost, doubled, out of order %v, want %v", name, got, tt.want)
		}
		if (l.fault() == nil) != (tt.want == [3]int{}) {
			t.Errorf("%s: %v", name, l.fault())
		}
	}
}

// Who sent two complaints is told of these two: one that STATUS leaves out is lost to
// them, and one that they never sent was made twice.
func TestStatusTellsOfWhatWasSent(t *testing.T) {
	const one, two, other = "H-7K4-MQ2", "H-64Y-6FW", "H-111-111"
	var eleven []string
	for _, last := range "123456789AB" {
		eleven = append(eleven, "H-111-11"+string(last))
	}
	for name, tt := range map[string]struct {
		sent []string
		text string
		want [3]int // lost, doubled, out of order
	}{
		"one":           {[]string{one}, "Your complaint " + one + " is being looked at.", [3]int{}},
		"two":           {[]string{one, two}, "These are with us:\n" + one + ", sent 1 May\n" + two + ", sent 2 May", [3]int{}},
		"one is gone":   {[]string{one, two}, "These are with us:\n" + two, [3]int{1, 0, 0}},
		"one is extra":  {[]string{one, two}, one + "\n" + two + "\n" + other, [3]int{0, 1, 0}},
		"one twice":     {[]string{one, two}, one + "\n" + two + "\n" + two, [3]int{0, 1, 0}},
		"another's":     {[]string{one}, "Your complaint " + one + " and " + other, [3]int{0, 1, 0}},
		"out of order":  {[]string{one, two}, two + "\n" + one, [3]int{0, 0, 1}},
		"the newest 10": {eleven, strings.Join(eleven[1:], "\n"), [3]int{}},
	} {
		l := newLedger()
		err := l.compareStatus(&person{told: tt.sent}, tt.text)
		if got := [3]int{len(l.lost), len(l.doubled), len(l.disordered)}; got != tt.want || (err == nil) != (tt.want == [3]int{}) {
			t.Errorf("%s: lost, doubled, out of order %v, want %v; %v", name, got, tt.want, err)
		}
	}
}

// Only Telegram, which cannot be asked, may have a message twice, and only where a
// process ended while it was sent.
func TestWhatMayComeTwice(t *testing.T) {
	at := time.Now()
	for name, tt := range map[string]struct {
		channel   channels.Channel
		cut       time.Duration // after the first copy
		explained bool
	}{
		"Telegram, the process ended then":   {channels.Telegram, time.Second, true},
		"Telegram, the process ended later":  {channels.Telegram, time.Minute, false},
		"Telegram, the process ended before": {channels.Telegram, -time.Minute, false},
		"SMS, which can be looked up":        {channels.SMS, time.Second, false},
	} {
		l := newLedger()
		l.disturbed = []time.Time{at.Add(tt.cut)}
		l.twice(&person{channel: tt.channel}, reply{at: at}, reply{at: at.Add(30 * time.Second)})
		if explained := l.repeated == 1 && l.fault() == nil; explained != tt.explained {
			t.Errorf("%s: explained %v, want %v", name, explained, tt.explained)
		}
	}
}

// The pace must not be made up for after a stall: that would be another load.
func TestMetronome(t *testing.T) {
	m := newMetronome(1000)
	m.next = time.Now().Add(-time.Hour)
	began := time.Now()
	for range 50 {
		if err := m.wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(began); took < 45*time.Millisecond {
		t.Errorf("fifty at a thousand a second took %s", took)
	}
}
