// Package webchat is the three phones of the try-out: a person in a browser
// writes as if by SMS, WhatsApp or Telegram, and gets what each would show.
// Nothing leaves the process and nothing is kept: with it everything is gone.
//
// Each browser is one person on each channel, known by a random cookie and by
// nothing else. The page itself is not this package's: it gives data and events.
package webchat

import (
	"crypto/rand"
	"strings"
	"sync"
	"time"

	"heard/channels"
)

// What is held at most. The oldest goes first: the browser that was not seen for
// longest, and the messages at the top of a chat.
const (
	maxPeople   = 200
	maxMessages = 300 // of one person on one channel
	maxStreams  = 16  // live pages of one person
)

// Note says in a few words what a text costs on a channel, to be shown below it:
// "2 SMS, 7-bit". Empty: nothing is shown.
type Note func(c channels.Channel, text string) string

// Phones holds every browser's chats. It is safe for concurrent use.
type Phones struct {
	now  func() time.Time
	note Note

	mu     sync.Mutex
	people map[string]*person // by their cookie
}

// New makes Phones that nobody has used yet. now is read for every message; note
// may be nil.
func New(now func() time.Time, note Note) *Phones {
	if note == nil {
		note = func(channels.Channel, string) string { return "" }
	}
	return &Phones{now: now, note: note, people: map[string]*person{}}
}

// kinds are the channels that the phones have.
func kinds() []channels.Channel {
	return []channels.Channel{channels.SMS, channels.WhatsApp, channels.Telegram}
}

// person is one browser. All fields but the first four are held by Phones.mu.
type person struct {
	cookie string        // secret
	tag    string        // tells the page that it is still the same person; not secret
	gone   chan struct{} // closed when the person is dropped
	turns  map[channels.Channel]chan struct{}

	seen    time.Time
	last    int64 // the number of the newest message, over all channels
	chats   map[channels.Channel][]message
	streams map[chan struct{}]bool
}

// message is one line of a chat, as the page reads it.
type message struct {
	Number  int64            `json:"number"` // rises over all channels of a person
	Channel channels.Channel `json:"channel"`
	From    from             `json:"from"`
	Text    string           `json:"text,omitempty"`
	Media   string           `json:"media,omitempty"` // "photo"
	Note    string           `json:"note,omitempty"`
	Shown   shown            `json:"shown,omitempty"` // how the options are shown
	Options []option         `json:"options,omitempty"`
	Tapped  int64            `json:"tapped,omitempty"` // the number of the message whose option this is
	Choice  string           `json:"choice,omitempty"` // that option's data
	At      time.Time        `json:"at"`

	task string // ours: Outbound.Task; the person's: the key it was sent with
}

// option is channels.Option on the wire.
type option struct {
	Label string `json:"label"`
	Data  string `json:"data"`
}

// from says whose line it is.
type from string

const (
	fromPerson   from = "person"
	fromProvider from = "provider"
	fromNetwork  from = "network" // what the real network would say by itself
)

// shown is how a channel shows options.
type shown string

const (
	asButtons  shown = "buttons"  // below the bubble, up to three
	asList     shown = "list"     // behind one button
	asKeyboard shown = "keyboard" // in rows below the bubble
)

// known finds the person of a cookie; nil: none.
func (p *Phones) known(cookie string) *person {
	p.mu.Lock()
	defer p.mu.Unlock()
	one := p.people[cookie]
	if one != nil {
		one.seen = p.now()
	}
	return one
}

// newcomer makes a person, and room for them.
func (p *Phones) newcomer() *person {
	one := &person{
		cookie: rand.Text(), tag: rand.Text(), gone: make(chan struct{}), turns: map[channels.Channel]chan struct{}{},
		chats: map[channels.Channel][]message{}, streams: map[chan struct{}]bool{},
	}
	for _, c := range kinds() {
		one.turns[c] = make(chan struct{}, 1)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	one.seen = p.now()
	if len(p.people) >= maxPeople {
		p.dropOldest()
	}
	p.people[one.cookie] = one
	return one
}

func (p *Phones) dropOldest() {
	var oldest *person
	for _, one := range p.people {
		if oldest == nil || one.seen.Before(oldest.seen) {
			oldest = one
		}
	}
	delete(p.people, oldest.cookie)
	close(oldest.gone)
}

// address is the person's address on a channel.
func (one *person) address(c channels.Channel) channels.Address {
	return channels.Address(string(c) + ":" + one.cookie)
}

// at finds the person at an address; nil: dropped, or never there.
func (p *Phones) at(c channels.Channel, a channels.Address) *person {
	cookie, ours := strings.CutPrefix(string(a), string(c)+":")
	if !ours {
		return nil
	}
	return p.known(cookie)
}

// add puts a message at the end of a chat, numbers it, and wakes who watches.
func (p *Phones) add(one *person, m message) message {
	p.mu.Lock()
	defer p.mu.Unlock()
	one.last++
	m.Number, m.At = one.last, p.now()
	if m.From == fromProvider {
		m.Note = p.note(m.Channel, m.Text)
	}
	chat := append(one.chats[m.Channel], m)
	if over := len(chat) - maxMessages; over > 0 {
		chat = append([]message(nil), chat[over:]...)
	}
	one.chats[m.Channel] = chat
	for wake := range one.streams {
		select {
		case wake <- struct{}{}:
		default: // it is awake already
		}
	}
	return m
}

// chat is a copy of one channel's messages, and the number of the newest
// message of any channel.
func (p *Phones) chat(one *person, c channels.Channel) ([]message, int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]message{}, one.chats[c]...), one.last
}

// newest finds the newest message of a chat that is like what is looked for.
func (p *Phones) newest(one *person, c channels.Channel, like func(message) bool) (message, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	chat := one.chats[c]
	for i := len(chat) - 1; i >= 0; i-- {
		if like(chat[i]) {
			return chat[i], true
		}
	}
	return message{}, false
}
