package tryout_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/dispatch"
	"heard/bot/pagetest"
	"heard/bot/redisstore"
	"heard/bot/tryout"
	"heard/channels"
	"heard/channels/webchat"
	"heard/flows"
)

const provider = bot.ProviderID("try")

// house is everything that the try-out consists of, real: store, bot,
// dispatcher, phones and page.
type house struct {
	bot    *bot.Bot
	server *httptest.Server
	down   atomic.Bool // the bot takes nothing in
}

// newHouse starts one, and stops it with the test. change may alter what the
// console is made of.
func newHouse(t testing.TB, change func(*tryout.Options)) *house {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	embedded, err := redisstore.StartEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	o := redisstore.Options{
		URL: embedded.URL(), ConfigKeys: [][]byte{[]byte("0123456789abcdef0123456789abcdef")},
		Providers: []bot.ProviderID{provider}, Durability: redisstore.Ephemeral,
	}
	store, err := redisstore.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	desk, err := redisstore.OpenDesk(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	phones := webchat.New(time.Now, cost)
	set, calendar := pagetest.Flows(t)
	senders := map[dispatch.Line]dispatch.Sender{}
	for _, c := range []channels.Channel{channels.SMS, channels.WhatsApp, channels.Telegram} {
		line := phones.Line(c)
		senders[dispatch.Line{Provider: provider, Channel: c, Sender: line.Sender}] = line
	}
	out := dispatch.New(dispatch.Options{Queue: store, Providers: []bot.ProviderID{provider}, Lines: senders, Workers: 4})
	b, err := bot.New(ctx, bot.Options{
		Store: store, Versions: store, Deliver: out.Deliver,
		Providers: []bot.Provider{{ID: provider, Name: "St Mary's Hospital", PublicName: "St Mary's", Flows: set, Calendar: calendar}},
	})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{bot: b}
	take := func(ctx context.Context, in channels.Inbound) error {
		if h.down.Load() {
			return errors.New("the store does not answer")
		}
		return b.Receive(ctx, provider, in)
	}
	options := tryout.Options{
		Desk: desk, Staff: b, Provider: provider, ProviderName: "St Mary's Hospital", Flows: set, Phones: phones.Handler(take),
	}
	if change != nil {
		change(&options)
	}
	h.server = httptest.NewServer(tryout.New(options))
	var running sync.WaitGroup
	running.Go(func() { _ = embedded.Run(ctx) })
	running.Go(func() { _ = out.Run(ctx, b) })
	t.Cleanup(func() {
		h.server.CloseClientConnections() // live pages last as long as their connection
		h.server.Close()
		stop()
		running.Wait()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
		if err := desk.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// cost is what the try-out shows below an SMS.
func cost(c channels.Channel, text string) string {
	if !channels.CapabilitiesOf(c).Segments {
		return ""
	}
	return fmt.Sprintf("%d SMS, 7-bit", flows.CountSMS(text).Segments)
}
