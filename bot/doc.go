// Package bot is the domain: conversations, cases, and the turn that a message
// makes. Receive looks up what a message meets, takes one step of its flow,
// turns the effects into a Turn and commits it; only then is the message
// acknowledged.
//
// It knows nothing of Redis, HTTP or any provider: the store and the way to
// dispatch are given to it. Texts that people read come from flows.
package bot
