package dispatch_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/dispatch"
	"heard/bot/redisstore"
	"heard/bot/storetest"
	"heard/channels"
	"heard/channels/channelstest"
	"heard/channels/twilio"
	"heard/flows"
	"heard/flows/library"
)

// The store stops in the middle of a story. Twilio is told so by 503, keeps the
// messages and repeats none: the list must bring each of them in, once and in
// order.
func TestTheListBringsInWhatTheWebhookCouldNot(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	server := storetest.StartRedis(t)
	stand := channelstest.NewTwilio("AC0001", "auth")
	defer stand.Close()
	client, err := twilio.New(twilio.Config{
		AccountSID: "AC0001", AuthToken: "auth", SMSFrom: string(smsFrom), APIURL: stand.URL(), PublicURL: public,
	})
	if err != nil {
		t.Fatal(err)
	}
	store, err := redisstore.Open(ctx, redisstore.Options{
		URL: server.URL(), ConfigKeys: [][]byte{[]byte("0123456789abcdef0123456789abcdef")}, Providers: []bot.ProviderID{hospital},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }() // the test is over
	b := libraryBot(t, store)
	mux := http.NewServeMux()
	take := func(ctx context.Context, in channels.Inbound) error { return b.Receive(ctx, hospital, in) }
	mux.Handle("POST /twilio", client.Webhook(take, func(string) {}))
	web := httptest.NewServer(mux)
	defer web.Close()
	stand.Public, stand.Address = public, web.URL

	say := func(text string, want int) {
		t.Helper()
		status, err := stand.Deliver(ctx, stand.Text(string(daughter), string(smsFrom), text))
		if err != nil || status != want {
			t.Fatalf("answered %d, want %d, error %v", status, want, err)
		}
	}
	for _, text := range []string{"Complain", "Me", "Ward 6", "skip", "part 0"} {
		say(text, http.StatusOK)
	}
	server.Kill()
	for i := range 12 {
		say(fmt.Sprint("part ", i+1), http.StatusServiceUnavailable)
	}
	server.Restart()

	received := make(chan struct{}, 100)
	inboxes := dispatch.NewInboxes(dispatch.InboxOptions{
		Marks: store, Instance: "a", Every: 10 * time.Millisecond,
		Inboxes: []dispatch.Inbox{{Provider: hospital, Sender: smsFrom, Lister: client}},
		Receive: func(ctx context.Context, p bot.ProviderID, in channels.Inbound) error {
			err := b.Receive(ctx, p, in)
			received <- struct{}{}
			return err
		},
	})
	run, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = inboxes.Run(run) // ends with its context
	}()
	for range 12 {
		select {
		case <-received:
		case <-ctx.Done():
			t.Fatal("not all were listed")
		}
	}
	stop()
	<-ended
	if n := len(received); n != 0 {
		t.Errorf("%d that were taken in before were received again", n)
	}
	wantStory(t, store, server.URL())
}

func wantStory(t *testing.T, store *redisstore.Store, url string) {
	t.Helper()
	v, err := store.Lookup(t.Context(), hospital, channels.SMS, smsFrom, daughter)
	if err != nil || v.Case == nil {
		t.Fatalf("case %v, error %v", v.Case, err)
	}
	desk, err := redisstore.OpenDesk(t.Context(), redisstore.Options{
		URL: url, ConfigKeys: [][]byte{[]byte("0123456789abcdef0123456789abcdef")}, Providers: []bot.ProviderID{hospital},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = desk.Close() }() // the test is over
	entries, err := desk.Timeline(t.Context(), hospital, v.Case)
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for i, e := range entries {
		got, want = append(got, e.Text), append(want, fmt.Sprint("part ", i))
	}
	if len(got) != 13 || !slices.Equal(got, want) {
		t.Errorf("the story is %q", got)
	}
}

func libraryBot(t *testing.T, store *redisstore.Store) *bot.Bot {
	t.Helper()
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	set, err := flows.Compile(src, flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := bot.New(t.Context(), bot.Options{
		Store: store, Versions: store, Deliver: func(bot.Lease) {},
		Providers: []bot.Provider{{ID: hospital, Name: "St Mary's", Flows: set, Calendar: bot.NewCalendar(src.Jurisdiction[0], time.UTC)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}
