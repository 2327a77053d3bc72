package telegram

import (
	"context"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"heard/channels"
	"heard/channels/channelstest"
)

// polled runs Poll until the returned stop, which returns its error.
func polled(t *testing.T, c *Client, take channels.Take) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Poll(ctx, take, func(string) {}, func(error) {}) }()
	return func() error {
		cancel()
		return <-ended
	}
}

// A message that Telegram was told we have, and that is not stored, is lost.
func TestPollAcknowledgesOnlyWhatWasTaken(t *testing.T) {
	fake, client := stand(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	fake.Queue(fake.Text(person, "one"), fake.Text(person, "two"), fake.Update("telepathy", nil), fake.Text(person, "three"))

	tries := make(chan string, 16)
	failures := 2
	stop := polled(t, client, func(_ context.Context, in channels.Inbound) error {
		tries <- in.Text
		if in.Text == "two" && failures > 0 {
			failures--
			return errors.New("the store is down")
		}
		return nil
	})
	if err := fake.WaitTaken(ctx); err != nil {
		t.Fatal("not everything was taken in the end")
	}
	if err := stop(); !errors.Is(err, context.Canceled) {
		t.Errorf("Poll ended with %v", err)
	}
	close(tries)
	if got, want := slices.Collect(values(tries)), []string{"one", "two", "two", "two", "three"}; !reflect.DeepEqual(got, want) {
		t.Errorf("tried %q, want %q: in order, and none behind a failure", got, want)
	}
}

func values(c chan string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for v := range c {
			if !yield(v) {
				return
			}
		}
	}
}

// A process that dies between commit and acknowledgement gets the message again;
// one that dies before the commit must.
func TestPollAgainAfterACrash(t *testing.T) {
	fake, client := stand(t)
	fake.Queue(fake.Text(person, "hello"))
	asked := make(chan channels.MessageID, 1)
	stop := polled(t, client, func(ctx context.Context, in channels.Inbound) error {
		asked <- in.ID
		<-ctx.Done() // the store never answers
		return ctx.Err()
	})
	first := <-asked
	_ = stop()
	stop = polled(t, client, func(_ context.Context, in channels.Inbound) error {
		asked <- in.ID
		return nil
	})
	if second := <-asked; second != first {
		t.Errorf("the repetition has the id %s, first %s: it is taken for another message", second, first)
	}
	_ = stop()
}

// Telegram's bad days must end by themselves; a wrong token must be told.
func TestPollThroughFaults(t *testing.T) {
	fake, client := stand(t)
	fake.Fail(
		channelstest.Fault{On: channelstest.Updates},
		channelstest.Fault{On: channelstest.Updates, Status: 502, Body: "<html>"},
		channelstest.Fault{On: channelstest.Updates, Status: 200, Body: "<html>"},
		channelstest.Fault{On: channelstest.Updates, Status: 409, Body: channelstest.TelegramError(409, "Conflict", 0)},
	)
	fake.Queue(fake.Tap(person, "1"))
	taken, told := make(chan string, 1), make(chan error, 16)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	take := func(_ context.Context, in channels.Inbound) error {
		taken <- in.Choice
		return nil
	}
	go func() { ended <- client.Poll(ctx, take, func(string) {}, func(err error) { told <- err }) }()
	if got := <-taken; got != "1" {
		t.Errorf("taken %q", got)
	}
	if err := fake.WaitTaken(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, code := range []string{"", "", "", "409", "nil"} {
		var err error
		select {
		case err = <-told:
		default:
			t.Fatalf("of request %d we are told nothing", i)
		}
		if (err == nil) != (code == "nil") || err != nil && !strings.Contains(err.Error(), code) {
			t.Errorf("of request %d we are told %v", i, err)
		}
	}
	cancel()
	<-ended
	if got := fake.Answered("tap-1001"); got != 1 {
		t.Errorf("the tap was answered %d times", got)
	}

	wrong, err := New(Config{Token: "123456:wrong", APIURL: fake.URL()})
	if err != nil {
		t.Fatal(err)
	}
	err = wrong.Poll(t.Context(), nil, nil, func(error) {})
	failed := new(channels.SendError)
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "telegram.token") || strings.Contains(err.Error(), "123456:") {
		t.Errorf("a wrong token: %v", err)
	}
}

// Without my_chat_member a block is never known, without callback_query no
// button works, and what waited must not be thrown away.
func TestWebhookSettings(t *testing.T) {
	fake, client := stand(t)
	if err := client.SetWebhook(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := channelstest.TelegramHook{URL: public + "/telegram", Secret: secret, Allowed: []string{"message", "edited_message", "callback_query", "my_chat_member"}}
	if got := fake.Hook(); !reflect.DeepEqual(got, want) {
		t.Errorf("the webhook is %+v", got)
	}
	if err := client.DeleteWebhook(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := fake.Hook(); !reflect.DeepEqual(got, channelstest.TelegramHook{}) {
		t.Errorf("after deleting: %+v", got)
	}
	if name, err := client.BotName(t.Context()); name != "heard_test_bot" || err != nil {
		t.Errorf("the bot's name: %q, %v", name, err)
	}
}

// A keyboard that Telegram refuses takes the question with it.
func TestKeyboard(t *testing.T) {
	fake, client := stand(t)
	options := []channels.Option{
		{Label: "Yes", Data: "1.yes"}, {Label: "No", Data: "1.no"}, {Label: "Someone that I care for every day", Data: "1.other"}, {Label: "Not sure", Data: "1.unsure"},
	}
	text := strings.Repeat("It was a long night on the ward. ", 100) + "*Not* <b>markup</b>."
	if _, err := client.Send(t.Context(), channels.Outbound{Sender: "123456", Address: "5", Text: text, Options: options}); err != nil {
		t.Fatal(err)
	}
	sent := fake.Sent("5")
	if len(sent) != 1 || !strings.HasSuffix(sent[0].Text, "*Not* <b>markup</b>.") {
		t.Fatalf("%d messages", len(sent))
	}
	want := [][]channels.Option{{options[0], options[1]}, {options[2]}, {options[3]}}
	if !reflect.DeepEqual(sent[0].Keyboard, want) {
		t.Errorf("the keyboard is %v", sent[0].Keyboard)
	}
	if _, err := client.Send(t.Context(), channels.Outbound{Sender: "999", Address: "5", Text: "x"}); err == nil {
		t.Error("sent by another bot than the one the person wrote to")
	}
	if _, err := client.Send(t.Context(), channels.Outbound{Sender: "123456", Address: "5", Text: " "}); err == nil {
		t.Error("nothing was sent, without an error")
	}
}

// Evidence must come whole, and the token, which is in its address, nowhere.
func TestMedia(t *testing.T) {
	fake, client := stand(t)
	body, _, err := client.Media(t.Context(), fake.Keep("JPEG"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	if all, err := io.ReadAll(body); string(all) != "JPEG" || err != nil {
		t.Errorf("%q, %v", all, err)
	}
	id := fake.Keep("x")
	for name, c := range map[string]struct {
		fault channelstest.Fault
		id    string
		retry bool
	}{
		"unknown": {channelstest.Fault{On: "none"}, "unknown", false},
		"gone":    {channelstest.Fault{On: channelstest.File, Status: 404}, id, false},
		"a fault": {channelstest.Fault{On: channelstest.File, Status: 500}, id, true},
	} {
		fake.Fail(c.fault)
		_, _, err := client.Media(t.Context(), c.id)
		failed := new(channels.SendError)
		if !errors.As(err, &failed) || failed.Retry != c.retry || strings.Contains(err.Error(), token) {
			t.Errorf("%s: %v", name, err)
		}
	}
	huge, _, err := client.Media(t.Context(), fake.Keep(strings.Repeat("x", maxMedia+1)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = huge.Close() }()
	if _, err := io.Copy(io.Discard, huge); err == nil {
		t.Error("a file that is too large was cut without a word")
	}
	fake.Close()
	_, _, err = client.Media(t.Context(), id)
	if failed := new(channels.SendError); !errors.As(err, &failed) || !failed.Retry || strings.Contains(err.Error(), token) {
		t.Errorf("nobody listens: %v", err)
	}
}
