package flows

// State is where a conversation stands. It is small: a story and long texts go
// to the case's timeline, and only an excerpt stays here. The zero State is a
// person who has never written. It is stored as CBOR by Encode and Decode.
type State struct {
	Frames   []Frame  `cbor:"1,keyasint,omitempty"` // the flow under way last, under it those it returns to
	Language string   `cbor:"2,keyasint,omitempty"` // the person's choice; empty: the provider's first
	Visit    uint32   `cbor:"3,keyasint,omitempty"` // counts the questions shown; never goes back
	Answers  []Answer `cbor:"4,keyasint,omitempty"` // in the order they were first given
	Case     string   `cbor:"5,keyasint,omitempty"` // the draft or case the conversation is about
	Draft    bool     `cbor:"6,keyasint,omitempty"` // Case is a draft that was not sent yet
	Waiting  []Notice `cbor:"7,keyasint,omitempty"` // what is told once the current question is answered
	Last     int64    `cbor:"8,keyasint,omitempty"` // when the person last wrote, Unix seconds
	Notice   *Notice  `cbor:"9,keyasint,omitempty"` // what the flow under way tells about

	Measured []Measured `cbor:"10,keyasint,omitempty"` // answers to statements, until the questionnaire ends
	Pending  string     `cbor:"11,keyasint,omitempty"` // a command that waits for its yes, or the text it may have been
	Never    bool       `cbor:"12,keyasint,omitempty"` // never ask statements again
}

// Frame is one flow under way.
type Frame struct {
	Flow   string `cbor:"1,keyasint"`
	Hash   string `cbor:"2,keyasint"`           // of the flow's structure: the version this person is on
	Step   string `cbor:"3,keyasint"`           // the step whose answer is awaited
	Visit  uint32 `cbor:"4,keyasint,omitempty"` // of the question shown; 0: not shown yet
	Tries  uint8  `cbor:"5,keyasint,omitempty"` // answers that did not fit, in a row
	Shown  string `cbor:"6,keyasint,omitempty"` // the labels as shown, joined by U+001F
	Nudges uint8  `cbor:"7,keyasint,omitempty"` // reminders sent at this step
	Aside  bool   `cbor:"8,keyasint,omitempty"` // a command with return: then the same question again
	Check  string `cbor:"9,keyasint,omitempty"` // the check step to come back to after a change
}

// Answer is one saved answer. Value is the option's name, the text (or its
// excerpt), the date; for a story the excerpt with its counts.
type Answer struct {
	Field string `cbor:"1,keyasint"`
	Value string `cbor:"2,keyasint,omitempty"`
	Step  string `cbor:"3,keyasint,omitempty"` // "flow.step" that asked, for change and for {answers}
	Parts uint16 `cbor:"4,keyasint,omitempty"` // story: messages kept
	Files uint16 `cbor:"5,keyasint,omitempty"` // story, photo: files kept
	More  bool   `cbor:"6,keyasint,omitempty"` // Value is an excerpt; the whole is on the timeline
}

// Measured is the answer to one statement, kept here only until the
// questionnaire ends.
type Measured struct {
	Statement string `cbor:"1,keyasint"`
	Value     string `cbor:"2,keyasint"` // one of the Scale* values
}

// Notice is something that happened to a case and that the person is told of in
// a flow of the same name as its kind.
type Notice struct {
	Kind string `cbor:"1,keyasint"` // "update", "outcome", "reflection", "acknowledged"
	Case string `cbor:"2,keyasint"`
	ID   string `cbor:"3,keyasint"` // of the timeline entry that holds the words
}
