package channels

import (
	"fmt"
	"time"
)

// SendError is why a message was not sent, in terms of what to do about it, so
// that the dispatcher matches no strings. It never holds an address, a token or
// the text.
type SendError struct {
	Retry    bool          // the same send may succeed later
	After    time.Duration // not before this long; 0: the dispatcher's own backoff
	AllChats bool          // After holds for the whole sender, not for this person only
	Unscoped bool          // whether After is for this person or for all, the provider does not say
	OptOut   bool          // the person does not want messages here
	Window   bool          // outside WhatsApp's 24-hour window: needs a template
	InDoubt  bool          // the provider may have taken it: look up before sending again
	Code     string        // the provider's code: "21610", "429", "timeout"
	Sentence string        // for staff: what happened and what they can do
}

// Error names the code and the sentence, and nothing about the person.
func (e *SendError) Error() string {
	return fmt.Sprintf("send: %s: %s", e.Code, e.Sentence)
}
