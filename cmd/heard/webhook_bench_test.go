package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twilio/twilio-go/client"

	"heard/bot"
	"heard/bot/storetest"
	"heard/channels"
	"heard/channels/channelstest"
	"heard/config"
)

const (
	benchPublic = "https://heard.example.org"
	benchFrom   = "+447700900000"
)

// benchPeople are in conversation at the same time, each with the next message of
// benchScript in turn.
const benchPeople = 2000

func benchScript(turn int64) string {
	script := []string{"complain", "1", "Ward 6", "skip", "Nobody came all night.", "done", "An apology", "3", "send"}
	if turn < int64(len(script)) {
		return script[turn]
	}
	return "status"
}

// BenchmarkWebhook posts signed messages of many people over HTTP to heard and,
// in the same run, to a handler that only checks the signature and makes a
// commit of the same shape. It prints heard's share of that handler's rate: the
// load, both servers and Redis share the machine. The first message of a person
// takes a look-up, the others find them where the last one left them.
func BenchmarkWebhook(b *testing.B) {
	redis := storetest.StartRedis(b)
	twilio := channelstest.NewTwilio("AC1", "auth")
	b.Cleanup(twilio.Close)
	h := benchHouse(b, redis.URL(), twilio.URL())
	var empty, full float64
	b.Run("empty signed handler, same commit", func(b *testing.B) {
		empty = benchPost(b, twilio, emptyHandler(b, h))
	})
	b.Run("heard", func(b *testing.B) {
		full = benchPost(b, twilio, h.mux)
		if empty > 0 {
			b.ReportMetric(100*full/empty, "%-of-empty")
		}
	})
}

// benchHouse is heard without the loops behind it: what is measured is a message
// from its arrival to its commit.
func benchHouse(b *testing.B, redis, api string) *house {
	c, err := config.Parse("bench", fmt.Appendf(nil, `
public_url: %s
redis: %s
keys: [AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=]
files: %s
providers: [{id: stmarys, limits: {replies: 0, new_people: 0}, twilio: {account_sid: AC1, auth_token: auth, sms_from: "%s", api_url: "%s"}}]
`, benchPublic, redis, b.TempDir(), benchFrom, api), func(string) string { return "" })
	if err != nil {
		b.Fatal(err)
	}
	all, err := linesOf(c)
	if err != nil {
		b.Fatal(err)
	}
	h, err := build(context.Background(), plan{config: c, lines: all, log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = h.store.Close() }) // the benchmark is over
	return h
}

// oneAtATime is a conversation whose commits do not meet.
type oneAtATime struct {
	sync.Mutex
	conv bot.Conversation
}

// emptyHandler verifies as heard does and commits what a turn of heard commits,
// with nothing between the two.
func emptyHandler(b *testing.B, h *house) http.Handler {
	validator := client.NewRequestValidator("auth")
	session, text := make([]byte, 200), strings.Repeat("Thank you. ", 12)
	var n atomic.Int64
	var people sync.Map // From -> *oneAtATime, at the version it was left at
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			http.Error(w, "malformed", http.StatusBadRequest)
			return
		}
		params := map[string]string{}
		for k, v := range r.PostForm {
			params[k] = v[0]
		}
		if !validator.Validate(benchPublic+webhooks("stmarys")+"/twilio", params, r.Header.Get("X-Twilio-Signature")) {
			http.Error(w, "signature", http.StatusForbidden)
			return
		}
		id := fmt.Sprintf("bench-%d", n.Add(1))
		turn := bot.Turn{Provider: "stmarys", ID: bot.TurnID(id), Message: channels.MessageID(id)}
		from := r.PostForm.Get("From")
		kept, _ := people.LoadOrStore(from, &oneAtATime{conv: bot.Conversation{
			ID: bot.ConversationID("empty" + from), Channel: channels.SMS, Sender: benchFrom, Address: channels.Address(from), Session: session,
		}})
		person := kept.(*oneAtATime)
		person.Lock()
		defer person.Unlock()
		conv := &person.conv
		turn.Ops = []bot.Op{
			bot.PutConversation{Conversation: conv},
			bot.Enqueue{Conversation: conv.ID, Message: bot.Message{Task: bot.TaskID(id), Text: text}},
			bot.SetTimer{Timer: bot.Timer{Kind: bot.Nudge, Conversation: conv.ID, Visit: 1, After: 24 * time.Hour}},
		}
		if _, err := h.store.Commit(r.Context(), turn); err != nil {
			b.Error(err)
			http.Error(w, "not taken", http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprint(w, "<Response/>")
	})
}

// benchPost posts b.N messages, 64 at a time, each of another person, and
// returns how many were taken a second.
func benchPost(b *testing.B, twilio *channelstest.Twilio, handler http.Handler) float64 {
	server := httptest.NewServer(handler)
	defer server.Close()
	transport := &http.Transport{MaxIdleConnsPerHost: 128}
	defer transport.CloseIdleConnections()
	web := &http.Client{Transport: transport}
	var n atomic.Int64
	form := func() url.Values {
		i := n.Add(1) - 1
		return twilio.Text(fmt.Sprintf("+4477009%05d-%d", i%900, i%benchPeople), benchFrom, benchScript(i/benchPeople))
	}
	twilio.Public, twilio.Address = benchPublic+webhooks("stmarys"), server.URL+webhooks("stmarys")
	b.SetParallelism(32)
	b.ResetTimer()
	began := time.Now()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req, err := twilio.Request(context.Background(), twilio.Public+"/twilio", form())
			if err != nil {
				b.Error(err)
				return
			}
			resp, err := web.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body) // so that the connection is used again
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				b.Errorf("answered %s", resp.Status)
			}
		}
	})
	rate := float64(b.N) / time.Since(began).Seconds()
	b.ReportMetric(rate, "messages/s")
	return rate
}
