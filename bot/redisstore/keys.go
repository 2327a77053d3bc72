package redisstore

import (
	"strings"

	"heard/bot"
	"heard/channels"
)

// keyKind is the part of a key's name after the provider. The Lua name is the one
// by which scripts write it.
type keyKind struct{ lua, name string }

// The kinds of key, all of them. Those that end in a colon take an id.
var keyKinds = []keyKind{
	{"conversationKey", "c:"}, // hash: v version, r sealed record, k case, s sender, n last token, f flight, w window, t pace, x code
	{"keptKey", "w:"},         // list: sealed entries that belong to no case
	{"caseKey", "k:"},         // hash: v version, r sealed record, w wrapped data key, h handle, n number of entries, l numbers of its events; timeline: see entryField
	{"caseTasksKey", "kt:"},   // set: ids of the staff tasks about a case
	{"handleKey", "h:"},       // string: sealed conversation id

	{"seenKey", "s:"}, // string: turn that did this inbound message, and its leases
	{"turnKey", "t:"}, // string: the same for a turn without a message

	{"helpKey", "oh:"},    // list: outbox, urgent help
	{"outboxKey", "o:"},   // list: outbox, all else
	{"parkedKey", "op:"},  // list: messages that wait for WhatsApp's window
	{"sentKey", "os:"},    // hash: task -> message that WhatsApp has and may still refuse
	{"asideKey", "oa:"},   // list: messages given up
	{"dueKey", "d:"},      // zset per lane and sender: conversation by when to look at it next
	{"paceKey", "p:"},     // hash per sender: tokens, at, hold
	{"outgoingKey", "q:"}, // string per task: conversation, status, settled, next; see lua/outbox.lua
	{"receiptKey", "r:"},  // string: hashed provider's id -> task

	{"codeKey", "x:"}, // string by hashed code to move by: until, conversation

	{"timerKey", "T:"}, // hash: b timer, base, token
	{"guardKey", "g:"}, // hash: holder, until

	{"flowKey", "v:"},        // hash: flow, structure, wording; by the structure's hash
	{"answersKey", "a:"},     // hash per month: random id -> sealed answer
	{"drawerKey", "n:"},      // hash per drawer: id -> "<version> <until, ms, or 0> <sealed>"
	{"drawerEndsKey", "ne:"}, // zset per drawer: id by when it is over, ms
	{"countsKey", "m:"},      // hash per month: service, channel, language, statement and finding -> how often it was asked
}

// The keys of which a provider has one.
var soleKeys = []keyKind{
	{"casesKey", "cases"},     // zset: case by when it was opened
	{"tasksKey", "tasks"},     // hash: staff task id -> "<case or -> <sealed task>"
	{"taskDueKey", "taskdue"}, // zset: staff task id by due
	{"changesKey", "changes"}, // counter of commits that staff can see
	{"feedKey", "feed"},       // zset: k<case>, s<staff task id> or x (all) by the count of changes when it was last written
	{"eventsKey", "events"},   // zset: "<number> <case> <kind> <version> <at, ms>" by number; see events.go
	{"eventKey", "event"},     // counter that numbers the events
	{"auditKey", "audit"},     // hash: number -> "<hash> <sealed line>"; appended to only
	{"tokenKey", "token"},     // counter that makes the fencing tokens of timers
	{"sendersKey", "senders"}, // set: senders that have conversations
	{"timersKey", "timers"},   // zset: timer by when it is due or its lease ends
	{"pointersKey", "flows"},  // hash: flow -> hash of its current structure
	{"seenAtKey", "seenat"},   // string: the store's time when timers were last leased
	{"marksKey", "marks"},     // hash: sender -> watermark
	{"keyringKey", "keys"},    // hash: the provider's wrapped keys; see keyring.go
	{"sealingKey", "sealing"}, // string: numbers of the keys that seal; no commit sealed with others is taken
	{"readyKey", "ready"},     // string: written to see whether the store takes writes
	{"readersKey", "readers"}, // hash: instance -> "<version of the keyring that it holds> <until, ms>"
}

func prefix(p bot.ProviderID) string { return "{" + string(p) + "}:" }

func caseKey(p bot.ProviderID, ref bot.CaseRef) string { return prefix(p) + "k:" + string(ref) }
func keptKey(p bot.ProviderID, id bot.ConversationID) string {
	return prefix(p) + "w:" + string(id)
}
func asideKey(p bot.ProviderID, id bot.ConversationID) string {
	return prefix(p) + "oa:" + string(id)
}
func receiptKey(p bot.ProviderID, hashed string) string { return prefix(p) + "r:" + hashed }

// seenMark and turnMark are the rest of the keys that remember what was done.
func seenMark(ring *keyring, id channels.MessageID) string {
	return "s:" + ring.hash("inbound", string(id))
}
func turnMark(id bot.TurnID) string { return "t:" + string(id) }

func flowKey(p bot.ProviderID, hash string) string     { return prefix(p) + "v:" + hash }
func answersKey(p bot.ProviderID, month string) string { return prefix(p) + "a:" + month }
func countsKey(p bot.ProviderID, month string) string  { return prefix(p) + "m:" + month }
func readyKey(p bot.ProviderID) string                 { return prefix(p) + "ready" }
func casesKey(p bot.ProviderID) string                 { return prefix(p) + "cases" }
func tasksKey(p bot.ProviderID) string                 { return prefix(p) + "tasks" }
func changesKey(p bot.ProviderID) string               { return prefix(p) + "changes" }
func feedKey(p bot.ProviderID) string                  { return prefix(p) + "feed" }
func eventsKey(p bot.ProviderID) string                { return prefix(p) + "events" }
func eventKey(p bot.ProviderID) string                 { return prefix(p) + "event" }
func auditKey(p bot.ProviderID) string                 { return prefix(p) + "audit" }
func marksKey(p bot.ProviderID) string                 { return prefix(p) + "marks" }

// entryField is the field of a case's hash that holds an entry of its timeline,
// as "<number> <sealed entry>". All that a case is stands under one key, so that
// it is read, written and destroyed at once.
const entryField = "e:"

// luaKeys puts the names of keys into a script: conversationKey(id) becomes
// (P..'c:'..id). It does so in place, since functions that are made at each run
// cost more than what they do. Arguments must bind tighter than "..", or be in
// brackets of their own.
func luaKeys(source string) string {
	var names []string
	for _, k := range keyKinds {
		names = append(names, k.lua+"(", "(P..'"+k.name+"'..")
	}
	for _, k := range soleKeys {
		names = append(names, k.lua, "(P..'"+k.name+"')")
	}
	return "local P = KEYS[1]\n" + strings.NewReplacer(names...).Replace(source)
}
