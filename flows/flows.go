// Package flows is the flow language: what the bot says and asks, in order.
//
// A folder of YAML files is parsed into Sources, checked into Problems, and
// compiled into a Set. One pure function, Step, then takes a conversation's
// State and an Event to the next State and a list of Effects. Nothing here
// reads a clock, a store or the network, and nothing here knows of a channel's
// provider: who calls Step makes the effects true.
//
//	Parse(fs) -> Sources -> Check -> []Problem
//	                     -> Compile -> *Set -> Step(set, state, event, now) -> state, effects
package flows

// Stage is one of the five of the vision that flows belong to.
type Stage string

// The five stages, in their order.
const (
	Considering Stage = "considering"
	Making      Stage = "making"
	Informed    Stage = "informed"
	Outcomes    Stage = "outcomes"
	Reflecting  Stage = "reflecting"
)

// Channel names how the person sees texts: "sms", "whatsapp" or "telegram".
type Channel string

// The channels that a text may differ on.
const (
	SMS      Channel = "sms"
	WhatsApp Channel = "whatsapp"
	Telegram Channel = "telegram"
)
