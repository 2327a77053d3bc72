package flows

import "slices"

// State is where a conversation stands. It is small: a story and long texts go
// to the case's timeline, and only an excerpt stays here. The zero State is a
// person who has never written. It is stored as CBOR by Encode and Decode.
type State struct {
	Frames   []Frame  `cbor:"1,keyasint,omitempty"`  // the flow under way last, under it those it returns to
	Language string   `cbor:"2,keyasint,omitempty"`  // the person's choice; empty: the provider's first
	Visit    uint32   `cbor:"3,keyasint,omitempty"`  // counts the questions shown; never goes back
	Answers  []Answer `cbor:"4,keyasint,omitempty"`  // in the order they were first given
	Case     string   `cbor:"5,keyasint,omitempty"`  // the draft or case the conversation is about
	Sent     string   `cbor:"13,keyasint,omitempty"` // while Case is a draft: the case that was sent before it
	Draft    bool     `cbor:"6,keyasint,omitempty"`  // Case is a draft that was not sent yet
	Early    []Part   `cbor:"7,keyasint,omitempty"`  // words that came before there was a draft to keep them
	Last     int64    `cbor:"8,keyasint,omitempty"`  // when the person last wrote, Unix seconds
	Notice   *Notice  `cbor:"9,keyasint,omitempty"`  // what the flow under way tells about

	Measured []Measured `cbor:"10,keyasint,omitempty"` // answers to statements, until the questionnaire ends
	Pending  *Pending   `cbor:"11,keyasint,omitempty"` // the engine's own question, before the step's
	Never    bool       `cbor:"12,keyasint,omitempty"` // never ask statements again
	Owed     bool       `cbor:"14,keyasint,omitempty"` // Early was not asked about yet
	Tapped   string     `cbor:"15,keyasint,omitempty"` // the last tap that was taken, to know it when it comes twice
	Came     int64      `cbor:"16,keyasint,omitempty"` // when the code of a place was last used, Unix seconds
}

// Frame is one flow under way.
type Frame struct {
	Flow   string `cbor:"1,keyasint"`
	Hash   string `cbor:"2,keyasint"`            // of the flow's structure: the version this person is on
	Step   string `cbor:"3,keyasint"`            // the step whose answer is awaited
	Visit  uint32 `cbor:"4,keyasint,omitempty"`  // of the question shown; 0: not shown yet
	Tries  uint8  `cbor:"5,keyasint,omitempty"`  // answers that did not fit, in a row
	Shown  string `cbor:"6,keyasint,omitempty"`  // the labels as shown, joined by U+001F
	Nudges uint8  `cbor:"7,keyasint,omitempty"`  // reminders sent at this step
	Aside  bool   `cbor:"8,keyasint,omitempty"`  // beside the flow below: at its end, the question below again
	Check  string `cbor:"9,keyasint,omitempty"`  // the step to come back to after a change
	Case   string `cbor:"10,keyasint,omitempty"` // the draft or case that this flow made
	At     int64  `cbor:"11,keyasint,omitempty"` // when the question was shown, Unix seconds
	Heard  bool   `cbor:"12,keyasint,omitempty"` // a part of a story came since
}

// Answer is one saved answer. Value is the option's name, the text (or its
// excerpt), the date; for a story the excerpt with its counts.
type Answer struct {
	Field string `cbor:"1,keyasint"`
	Value string `cbor:"2,keyasint,omitempty"`
	Parts uint16 `cbor:"3,keyasint,omitempty"` // story: messages kept
	Files uint16 `cbor:"4,keyasint,omitempty"` // story, photo: files kept
	More  bool   `cbor:"5,keyasint,omitempty"` // Value is an excerpt; the whole is on the timeline
	Given bool   `cbor:"6,keyasint,omitempty"` // known without asking: by the code of a place
	Day   string `cbor:"7,keyasint,omitempty"` // when: the day that the words mean
}

// leftOut tells whether the question was asked and skipped.
func (a *Answer) leftOut() bool { return a.Value == "" && a.Parts == 0 }

// Part is one message of a story.
type Part struct {
	At    int64   `cbor:"3,keyasint,omitempty"` // Unix seconds
	Text  string  `cbor:"1,keyasint,omitempty"`
	Media []Media `cbor:"2,keyasint,omitempty"`
}

// Pending is a question of the engine's own: whether a word was a command,
// whether to delete, whether a late text is the answer.
type Pending struct {
	Ask     Asking  `cbor:"1,keyasint"`
	Command string  `cbor:"2,keyasint,omitempty"`
	Text    string  `cbor:"3,keyasint,omitempty"` // the message that raised it
	Visit   uint32  `cbor:"4,keyasint"`
	Media   []Media `cbor:"5,keyasint,omitempty"` // and what came with it
}

// Asking says what a Pending asks.
type Asking uint8

// What the engine asks of its own.
const (
	AskCommand  Asking = 1 // is this the command, or your answer?
	AskSure     Asking = 2 // do you really want it?
	AskAnswer   Asking = 3 // is this your answer to the question of days ago?
	AskLastWord Asking = 4 // the last reminder: send as it is, keep, delete
	AskRaise    Asking = 5 // is what was written at a statement something to raise?
)

// Measured is the answer to one statement, kept here only until the
// questionnaire ends.
type Measured struct {
	Statement string `cbor:"1,keyasint"`
	Value     string `cbor:"2,keyasint"` // one of ScaleValues
}

// Notice is something that happened to a case and that the person is told of in
// a flow of the same name as its kind.
type Notice struct {
	Kind string `cbor:"1,keyasint"` // "update", "outcome", "reflection", "acknowledged"
	Case string `cbor:"2,keyasint"`
	ID   string `cbor:"3,keyasint"`           // of the timeline entry that holds the words
	Told bool   `cbor:"4,keyasint,omitempty"` // the words were said
}

// Elsewhere is the state as it goes on at another address: what is open is asked anew
// there, with its reminders, so that an old button answers none of it.
func (s *State) Elsewhere() State {
	moved := *s
	moved.Frames = slices.Clone(s.Frames)
	for i := range moved.Frames {
		moved.Frames[i].Visit, moved.Frames[i].Nudges, moved.Frames[i].Heard = 0, 0, false
	}
	return moved
}

// asked forgets what belonged to the question before.
func (f *Frame) asked() { f.Visit, f.Tries, f.Nudges, f.Shown, f.Heard = 0, 0, 0, "", false }

func (s *State) answer(field string) *Answer {
	for i := range s.Answers {
		if s.Answers[i].Field == field {
			return &s.Answers[i]
		}
	}
	return nil
}

func (s *State) put(field string) *Answer {
	if a := s.answer(field); a != nil {
		return a
	}
	s.Answers = append(s.Answers, Answer{Field: field})
	return &s.Answers[len(s.Answers)-1]
}

func (s *State) drop(field string) {
	for i := range s.Answers {
		if s.Answers[i].Field == field {
			s.Answers = append(s.Answers[:i], s.Answers[i+1:]...)
			return
		}
	}
}
