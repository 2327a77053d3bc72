package bot

import (
	"context"
	"hash/fnv"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"heard/channels"
	"heard/flows"
)

// What is answered has bounds, since each answer costs and a machine never tires.
// What comes above them is kept like all else, words of danger are answered all
// the same, and the person is told once.

// Most is how much is answered; 0 is no bound.
type Most struct {
	// RepliesAnHour are those to one person.
	RepliesAnHour int

	// NewPeopleAnHour are those of one range of numbers, who write for the first
	// time. It bounds what somebody can spend who holds the range. Their second
	// message is answered: a range of machines seldom sends two.
	NewPeopleAnHour int
}

// Rush is how much was answered of late in a conversation.
type Rush struct {
	Since    time.Time `cbor:"1,keyasint,omitempty"` // of the hour that is counted
	Answered int       `cbor:"2,keyasint,omitempty"` // messages that had a reply in it
	Told     bool      `cbor:"3,keyasint,omitempty"` // the person knows that we stopped answering
	Words    uint32    `cbor:"4,keyasint,omitempty"` // of the last long message
	Same     int       `cbor:"5,keyasint,omitempty"` // how often it came again since
}

const (
	rushTime = time.Hour

	// A machine that answers ours says the same again and again. What a person
	// repeats is short, or tapped.
	sameWords = 4
	longWords = 20 // characters
)

// tooMuch tells whether a message is to be kept and not answered, and tells the
// person the first time.
func (b *Bot) tooMuch(w *work, in channels.Inbound, language string) bool {
	if w.conv.Version == 0 && b.crowds.full(w, in) {
		b.count("crowd")
		b.log.LogAttrs(context.Background(), slog.LevelError, "many new people write from one range of numbers: some are kept and not answered",
			slog.String("provider", string(w.p.ID)), slog.String("channel", string(in.Channel)))
		return true
	}
	most, r := w.p.Most.RepliesAnHour, &w.conv.Rush
	if most == 0 {
		return false
	}
	if past := w.now.Sub(r.Since); past < 0 || past >= rushTime {
		*r = Rush{Since: w.now, Words: r.Words, Same: r.Same}
	}
	r.repeat(in)
	if r.Answered < most && r.Same < sameWords {
		r.Told = false
		return false
	}
	if !r.Told {
		r.Told = true
		w.say(Message{Text: w.p.Flows.SlowDown(language), Language: language, Purpose: flows.Reply}, true)
	}
	return true
}

// repeat counts how often the same long message came without another between.
func (r *Rush) repeat(in channels.Inbound) {
	if in.Choice != "" || utf8.RuneCountInString(in.Text) < longWords {
		r.Words, r.Same = 0, 0
		return
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(in.Text)) // never fails
	if words := h.Sum32(); words == r.Words {
		r.Same++
	} else {
		r.Words, r.Same = words, 0
	}
}

// answered counts a message that has a reply.
func (w *work) answered() {
	if len(w.sends) > 0 && w.p.Most.RepliesAnHour > 0 {
		w.conv.Rush.Answered++
	}
}

// crowds counts new people by range of numbers, in this process only: it bounds a
// bill, and a round trip for each new person would cost more than it saves.
type crowds struct {
	mu    sync.Mutex
	since time.Time
	count map[crowd]int
}

type crowd struct {
	provider ProviderID
	numbers  string
}

const (
	rangeLength = 8 // characters of a number, the plus among them: a hundred thousand numbers in Britain
	mostCrowds  = 1 << 14
)

func newCrowds() *crowds { return &crowds{count: map[crowd]int{}} }

// full counts a new person, and tells whether there were too many of their range.
func (c *crowds) full(w *work, in channels.Inbound) bool {
	most := w.p.Most.NewPeopleAnHour
	if most == 0 || !strings.HasPrefix(string(in.Address), "+") || len(in.Address) < rangeLength {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if past := w.now.Sub(c.since); past < 0 || past >= rushTime || len(c.count) >= mostCrowds {
		c.since = w.now
		clear(c.count)
	}
	of := crowd{w.p.ID, string(in.Address[:rangeLength])}
	c.count[of]++
	return c.count[of] > most
}
