package channels

import "context"

// Take is handed every inbound message that was verified and understood. It
// returns nil once the message and all it did are durable: only then is the
// provider told so. Any error means that it was not taken, and the provider is
// made to repeat it. The same message may come any number of times, also at once.
type Take func(ctx context.Context, in Inbound) error

// Refused is told of every request that did not become an Inbound, for
// counting. The reason is one of the constants below and says nothing of the
// request.
type Refused func(reason string)

// Why a request was refused, or acknowledged and left alone.
const (
	RefusedSignature = "signature" // Twilio's signature is missing or wrong
	RefusedSecret    = "secret"    // Telegram's secret is missing or wrong
	RefusedMalformed = "malformed" // it cannot be read at all
	RefusedTooLarge  = "too large"
	RefusedIgnored   = "ignored" // acknowledged: a group, another sender's, a kind that means nothing here
)
