package main

import (
	"context"
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"heard/bot"
	"heard/bot/redisstore"
	"heard/bot/report"
	"heard/bot/storetest"
	"heard/config"
	"heard/flows"
)

// reportedTo is a script's command that starts a real Redis, sets HEARD_REDIS to
// it, and commits answers as the bot does, so that a script is about a store with
// answers. They are those of the months that are closed, and of the open one:
//
//	making.myway   8 by SMS agree and 6 do not, each month; in the open one 1000 agree
//	making.time    the same, and one by WhatsApp agrees
func reportedTo(t *testing.T) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		server := storetest.StartRedis(t)
		ts.Setenv("HEARD_REDIS", server.URL())
		key, err := config.DecodeKey(args[0])
		ts.Check(err)
		ctx, provider := context.Background(), bot.ProviderID(args[1])
		store, err := redisstore.Open(ctx, redisstore.Options{URL: server.URL(), ConfigKeys: [][]byte{key}, Providers: []bot.ProviderID{provider}})
		ts.Check(err)
		defer func() { ts.Check(store.Close()) }()
		last := report.LastClosed(time.Now(), time.UTC)
		var all []bot.StatementAnswer
		for month := report.FirstNeeded(last); month <= last; month++ {
			all = append(all, given(month, "sms", "making.myway", 8, 6)...)
			all = append(all, given(month, "sms", "making.time", 8, 6)...)
			all = append(all, given(month, "whatsapp", "making.time", 1, 0)...)
		}
		all = append(all, given(last+1, "sms", "making.myway", 1000, 0)...)
		for some := range slices.Chunk(all, 50) {
			turn := bot.Turn{Provider: provider, ID: bot.TurnID(rand.Text()), Ops: []bot.Op{bot.AddAnswers{Answers: some}}}
			_, err := store.Commit(ctx, turn)
			ts.Check(err)
		}
	}
}

func given(month report.Month, channel, statement string, agree, not int) []bot.StatementAnswer {
	one := bot.StatementAnswer{Month: month.String(), Channel: channel, Language: "en", Statement: statement, Answer: flows.Agrees}
	other := one
	other.Answer = flows.Neither
	return append(slices.Repeat([]bot.StatementAnswer{one}, agree), slices.Repeat([]bot.StatementAnswer{other}, not)...)
}
