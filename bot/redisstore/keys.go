package redisstore

import (
	"fmt"
	"strings"

	"heard/bot"
)

// keyKind is the part of a key's name after the provider. The Lua name is the
// function by which scripts call it.
type keyKind struct{ lua, name string }

// The kinds of key, all of them. Those that end in a colon take an id.
var keyKinds = []keyKind{
	{"conversationKey", "c:"}, // hash: v version, r sealed record, k case, m moved to, s sender
	{"keptKey", "w:"},         // list: sealed entries that belong to no case
	{"caseKey", "k:"},         // hash: v version, r sealed record, w wrapped data key, h handle
	{"timelineKey", "l:"},     // hash: entry id -> "<number> <sealed entry>"
	{"caseTasksKey", "kt:"},   // set: ids of the staff tasks about a case
	{"handleKey", "h:"},       // string: sealed conversation id

	{"seenKey", "s:"}, // string: turn that did this inbound message, and its leases
	{"turnKey", "t:"}, // string: the same for a turn without a message

	{"helpKey", "oh:"},    // list: outbox, urgent help
	{"outboxKey", "o:"},   // list: outbox, all else
	{"flightKey", "f:"},   // hash: the one message under way: token, until, start, doubt, element
	{"asideKey", "oa:"},   // list: messages given up
	{"dueKey", "d:"},      // zset per lane and sender: conversation by when to look at it next
	{"paceKey", "p:"},     // hash per sender: tokens, at, hold
	{"outgoingKey", "q:"}, // hash per task: conversation, status, settled, next
	{"receiptKey", "r:"},  // string: hashed provider's id -> task

	{"timerKey", "T:"}, // hash: b timer, base, token
	{"guardKey", "g:"}, // hash: holder, until

	{"flowKey", "v:"},    // hash: flow, structure, wording; by the structure's hash
	{"answersKey", "a:"}, // hash per month: random id -> sealed answer
}

// The keys of which a provider has one.
var soleKeys = []keyKind{
	{"casesKey", "cases"},     // zset: case by when it was opened
	{"tasksKey", "tasks"},     // hash: staff task id -> "<case or -> <sealed task>"
	{"taskDueKey", "taskdue"}, // zset: staff task id by due
	{"changesKey", "changes"}, // counter of commits that staff can see
	{"tokenKey", "token"},     // counter that makes fencing tokens
	{"sendersKey", "senders"}, // set: senders that have conversations
	{"timersKey", "timers"},   // zset: timer by when it is due or its lease ends
	{"pointersKey", "flows"},  // hash: flow -> hash of its current structure
	{"marksKey", "marks"},     // hash: sender -> watermark
}

func prefix(p bot.ProviderID) string { return "{" + string(p) + "}:" }

func caseKey(p bot.ProviderID, ref bot.CaseRef) string     { return prefix(p) + "k:" + string(ref) }
func timelineKey(p bot.ProviderID, ref bot.CaseRef) string { return prefix(p) + "l:" + string(ref) }
func keptKey(p bot.ProviderID, id bot.ConversationID) string {
	return prefix(p) + "w:" + string(id)
}
func asideKey(p bot.ProviderID, id bot.ConversationID) string {
	return prefix(p) + "oa:" + string(id)
}
func receiptKey(p bot.ProviderID, hashed string) string { return prefix(p) + "r:" + hashed }
func seenKey(p bot.ProviderID, hashed string) string    { return prefix(p) + "s:" + hashed }
func flowKey(p bot.ProviderID, hash string) string      { return prefix(p) + "v:" + hash }
func answersKey(p bot.ProviderID, month string) string  { return prefix(p) + "a:" + month }
func casesKey(p bot.ProviderID) string                  { return prefix(p) + "cases" }
func changesKey(p bot.ProviderID) string                { return prefix(p) + "changes" }
func marksKey(p bot.ProviderID) string                  { return prefix(p) + "marks" }

// keyringKey is the hash that holds a provider's sealed keys. No script but the
// keyring's own names it.
func keyringKey(p bot.ProviderID) string { return prefix(p) + "keys" }

// luaKeys makes the functions for those keys that a script names; defining all
// of them would cost each run some microseconds.
func luaKeys(source string) string {
	var b strings.Builder
	b.WriteString("local P = KEYS[1]\n")
	for _, k := range keyKinds {
		if strings.Contains(source, k.lua+"(") {
			fmt.Fprintf(&b, "local function %s(id) return P .. '%s' .. id end\n", k.lua, k.name)
		}
	}
	for _, k := range soleKeys {
		if strings.Contains(source, k.lua) {
			fmt.Fprintf(&b, "local %s = P .. '%s'\n", k.lua, k.name)
		}
	}
	return b.String()
}
