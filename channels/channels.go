// Package channels says what a messaging channel is: what comes in, what goes
// out, what the provider tells of a message sent, and why a send failed.
//
// It holds plain data, and the two rules that are the same for every provider:
// where a long text is split (Split), and until when a request may be written
// (Attempt). Each provider has a package below this one, which verifies, parses
// and sends; none of them knows of flows, cases or the store.
package channels

import (
	"log/slog"
	"strings"
	"time"
)

// Channel is the kind of conversation a person sees.
type Channel string

// The channels a person can write on.
const (
	SMS      Channel = "sms"
	WhatsApp Channel = "whatsapp"
	Telegram Channel = "telegram"
)

// Address is the person's end of a channel: a phone number, a chat id or a
// business-scoped user id. It is opaque, never assumed to be E.164, and never
// printed: LogValue hides it.
type Address string

// LogValue keeps addresses out of every log.
func (Address) LogValue() slog.Value { return slog.StringValue("[address]") }

// Phone is the phone number in an address that has one: a WhatsApp user may be known
// by an id instead.
func Phone(a Address) (number Address, ok bool) {
	digits := strings.TrimPrefix(string(a), "whatsapp:")
	if len(digits) < 8 || digits[0] != '+' || strings.Trim(digits[1:], "0123456789") != "" {
		return "", false
	}
	return Address(digits), true
}

// Sender is our end of a channel: the number or bot that the person wrote to.
// It comes from the configuration and is unique within a provider.
type Sender string

// MessageID is the provider's own id of an inbound message, prefixed with the
// channel's name by the package that parsed it ("tw:SM...", "tg:123:456"), so
// that ids of two providers never meet. A repeated delivery has the same id.
type MessageID string

// Inbound is one thing that a person did. Exactly one of the groups below is
// set, but media may come with a text.
type Inbound struct {
	ID      MessageID
	Channel Channel
	Sender  Sender
	Address Address
	At      time.Time // when the person sent it, as far as the provider says; else when it arrived
	Seq     int64     // the provider's own order of messages (Telegram's update id); 0: none, At decides

	Text     string    // what was typed, whole; invalid UTF-8 is replaced, nothing is cut
	Choice   string    // the data of a tapped button or list row, as it was sent out
	Start    string    // the code of a deep link that opened the conversation
	Media    []Media   // photos, voice notes, videos, documents
	Location *Location // a shared position
	Other    string    // a kind we cannot keep: "sticker", "contact", "poll" …
	Opt      Opt       // the person left or came back by the channel's own means
	Unlisted bool      // of a list: it has files, which the list does not name
	Edit     bool      // the text of an earlier message was changed: a note, never an answer
}

// Opt is a person's leave or return by the channel's own means.
type Opt string

// What a channel can say of a person's consent to be messaged.
const (
	OptOut  Opt = "out"  // STOP and its kin, a block
	OptIn   Opt = "in"   // START, an unblock
	OptHelp Opt = "help" // HELP, INFO: our own help is owed
)

// Media is a file that the provider still holds.
type Media struct {
	Kind string // "photo", "voice", "audio", "video", "document", "sticker"
	Ref  string // the provider's own reference, a URL or a file id; never shown
	Type string // MIME type as the provider gives it; may be empty
	Size int64  // bytes; 0: unknown
}

// Location is a shared position in degrees, WGS 84.
type Location struct{ Latitude, Longitude float64 }

// Outbound is one message to one person. The channel's package shows it as the
// channel can: Options as buttons, a list, an inline keyboard or numbers.
type Outbound struct {
	Task     string // our own id of this message, returned in receipts; at most 40 characters, [A-Za-z0-9_-]
	Sender   Sender
	Address  Address
	Text     string // no longer than one message of the channel: see Split
	Options  []Option
	Template *Template // WhatsApp outside the 24-hour window: sent in place of the text
	Deadline time.Time // the sender must not begin to write after this; zero: none
}

// Option is one thing to choose. Data comes back in Inbound.Choice when tapped.
type Option struct {
	Label string
	Data  string // at most 64 bytes
}

// Template names an approved WhatsApp template.
type Template struct {
	ContentSID string
	Variables  map[string]string
}

// Sent is what a provider answered to a send.
type Sent struct{ IDs []string }

// Status is how far a message came. The order of the constants is the order in
// which they may follow each other; a receipt never moves a message back.
type Status int

// The statuses, in rank order.
const (
	StatusUnknown     Status = iota
	StatusQueued             // the provider has it
	StatusSent               // it left the provider
	StatusDelivered          // it is on the person's device
	StatusRead               // the person opened it
	StatusUndelivered        // it will not arrive; final
)

// String is the status in a word.
func (s Status) String() string {
	words := []string{"unknown", "queued", "sent", "delivered", "read", "undelivered"}
	if s < 0 || int(s) >= len(words) {
		return words[StatusUnknown]
	}
	return words[s]
}

// Receipt is what a provider tells later of a message.
type Receipt struct {
	Task   string // Outbound.Task, from the signed callback address; may be empty
	ID     string // the provider's id of the message
	Status Status
	At     time.Time

	// Of a message that will not arrive: the provider's error code, and for staff
	// what it means in plain words.
	Code     string
	Sentence string
	OptOut   bool // the person does not want messages here
	Window   bool // outside WhatsApp's 24-hour window: it needed a template
}

// Capabilities say how a channel shows things. The flow engine and the previews
// read them; no channel has code for what the data can say.
type Capabilities struct {
	TextLimit   int  // characters in one message; longer texts are split
	Buttons     int  // how many options fit as buttons
	ButtonLabel int  // characters of a button
	List        int  // how many options fit in a list; 0: no lists
	ListLabel   int  // characters of a list row
	Segments    bool // billed by SMS segment
	Templates   bool // needs a template outside the 24-hour window
	Lookup      bool // a send in doubt can be looked up at the provider

	Pause time.Duration // between two messages to one person, but for a few at once; 0: none
}

// TemplateWindow is how long a channel with templates takes free text after the
// person's last message.
const TemplateWindow = 24 * time.Hour

// CapabilitiesOf returns the data of one channel. Source: domain.md's limits,
// from Twilio's and Telegram's documentation.
func CapabilitiesOf(c Channel) Capabilities {
	switch c {
	case WhatsApp:
		return Capabilities{TextLimit: 1600, Buttons: 3, ButtonLabel: 20, List: 10, ListLabel: 24, Templates: true, Lookup: true}
	case Telegram:
		return Capabilities{TextLimit: 4096, Buttons: 12, ButtonLabel: 40, Pause: time.Second}
	default:
		return Capabilities{TextLimit: 1600, Segments: true, Lookup: true}
	}
}
