package twilio

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"heard/channels"
	"heard/channels/channelstest"
)

func options(n int, label string) []channels.Option {
	var all []channels.Option
	for i := range n {
		all = append(all, channels.Option{Label: label + strconv.Itoa(i+1), Data: "17." + strconv.Itoa(i)})
	}
	return all
}

// A person who cannot tap must still be able to answer; one who can must send
// back what was put out.
func TestOptions(t *testing.T) {
	fake, client := stand(t)
	for name, c := range map[string]struct {
		sender  channels.Sender
		options []channels.Option
		shown   []channels.Option
		text    string
	}{
		"three short ones are buttons":      {ourWhatsApp, options(3, "Yes "), options(3, "Yes "), "Well?"},
		"ten are a list":                    {ourWhatsApp, options(10, "Ward "), options(10, "Ward "), "Well?"},
		"three longer ones are a list":      {ourWhatsApp, options(3, "Someone that I care "), options(3, "Someone that I care "), "Well?"},
		"labels that do not fit: numbers":   {ourWhatsApp, options(2, "Something that is much too long for any"), nil, "Well?\n1. Something that is much too long for any1\n2. Something that is much too long for any2"},
		"eleven do not fit: numbers":        {ourWhatsApp, options(11, "W"), nil, numbered("Well?", options(11, "W"))},
		"SMS has them in the text already":  {ourSMS, options(3, "Yes "), nil, "Well?"},
		"braces and quotes are no template": {ourWhatsApp, []channels.Option{{Label: `{{1}} "x"`, Data: `{{2}}`}}, []channels.Option{{Label: `{{1}} "x"`, Data: `{{2}}`}}, "Well?"},
	} {
		to := channels.Address("whatsapp:+4477009001" + strconv.Itoa(len(fake.Sent(""))+10))
		if c.sender == ourSMS {
			to = person
		}
		if _, err := client.Send(t.Context(), channels.Outbound{Sender: c.sender, Address: to, Text: "Well?", Options: c.options}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := fake.Sent(string(to))
		if len(got) != 1 || got[0].Body != c.text || !reflect.DeepEqual(got[0].Options, c.shown) {
			t.Errorf("%s: sent %d messages, text right %v, shown %v", name, len(got), got[0].Body == c.text, got[0].Options)
		}
	}
}

// Contents stay at Twilio for good: traffic and restarts must not add any, and
// none may hold what a person is told.
func TestContentsAreFew(t *testing.T) {
	fake, client := stand(t)
	send := func(c *Client, text string) {
		t.Helper()
		if _, err := c.Send(t.Context(), channels.Outbound{Sender: ourWhatsApp, Address: waPerson, Text: text, Options: options(2, text)}); err != nil {
			t.Fatal(err)
		}
	}
	send(client, "one")
	restarted, err := New(Config{AccountSID: account, AuthToken: token, WhatsAppFrom: ourWhatsApp, APIURL: fake.URL(), PublicURL: public})
	if err != nil {
		t.Fatal(err)
	}
	send(restarted, "three")
	if got := fake.Contents(); got != 1 {
		t.Errorf("%d contents, want one for one shape", got)
	}
	fake.Fail(channelstest.Fault{On: channelstest.Content, Status: 500}) // nobody must ask again
	send(client, "two")
	if got := fake.Sent(waPerson); len(got) != 3 || len(got[2].Options) != 2 {
		t.Error("the content is looked up for every message")
	}
}

// Many people are asked at once, and after a restart the shapes are on some page of
// a long list: each shape is still made once.
func TestContentsAreMadeOnce(t *testing.T) {
	fake, client := stand(t)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := client.Send(t.Context(), channels.Outbound{Sender: ourWhatsApp, Address: waPerson, Text: "?", Options: options(2, "x")}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	restarted, err := New(Config{AccountSID: account, AuthToken: token, WhatsAppFrom: ourWhatsApp, APIURL: fake.URL(), PublicURL: public})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*Client{client, restarted} {
		for n := 2; n <= 7; n++ {
			if _, err := c.Send(t.Context(), channels.Outbound{Sender: ourWhatsApp, Address: waPerson, Text: "?", Options: options(n, "x")}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := fake.Contents(); got != 6 {
		t.Errorf("%d contents of six shapes", got)
	}
}

// A content that Twilio does not take any more must not cost every message a
// refused request, and must come back by itself.
func TestRefusedContentIsLeftAlone(t *testing.T) {
	fake, client := stand(t)
	now := time.Now()
	client.now = func() time.Time { return now }
	out := channels.Outbound{Sender: ourWhatsApp, Address: waPerson, Text: "Well?", Options: options(2, "Yes ")}
	send := func() channelstest.TwilioMessage {
		t.Helper()
		if _, err := client.Send(t.Context(), out); err != nil {
			t.Fatal(err)
		}
		all := fake.Sent(waPerson)
		return all[len(all)-1]
	}
	send()
	fake.Fail(channelstest.Fault{Status: 400, Body: channelstest.TwilioError(400, 21655, "ContentSid")})
	send()
	if m := send(); len(m.Options) != 0 {
		t.Error("the refused content is tried again at once")
	}
	now = now.Add(contentPause + time.Second)
	if m := send(); len(m.Options) != 2 {
		t.Error("buttons do not come back")
	}
}

// A question without buttons can be answered; a question that is not sent cannot.
func TestNumbersWhereButtonsFail(t *testing.T) {
	out := channels.Outbound{Sender: ourWhatsApp, Address: waPerson, Text: "Well?", Options: options(2, "Yes ")}
	want := []string{"Well?\n1. Yes 1\n2. Yes 2"}
	for name, fault := range map[string]channelstest.Fault{
		"no Content API":       {On: channelstest.Content, Status: 403, Body: channelstest.TwilioError(403, 20003, "no")},
		"the API is cut":       {On: channelstest.Content},
		"an answer of nothing": {On: channelstest.Content, Status: 200, Body: "<html>"},
		"the content is gone":  {Status: 400, Body: channelstest.TwilioError(400, 21655, "ContentSid")},
	} {
		fake, client := stand(t)
		fake.Fail(fault)
		if _, err := client.Send(t.Context(), out); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := fake.Texts(waPerson); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: sent %q", name, got)
		}
	}
	fake, client := stand(t)
	fake.Fail(channelstest.Fault{Taken: true}, channelstest.Fault{Status: 503})
	for range 2 {
		if _, err := client.Send(t.Context(), out); err == nil || len(fake.Texts(waPerson)) != 1 {
			t.Error("buttons that are sent again by the outbox were sent as numbers too")
		}
	}
}

func TestTemplate(t *testing.T) {
	fake, client := stand(t)
	template := &channels.Template{ContentSID: "HX1", Variables: map[string]string{"1": `St "Mary's"`}}
	if _, err := client.Send(t.Context(), channels.Outbound{Task: "t", Sender: ourWhatsApp, Address: person, Text: "not this", Template: template}); err != nil {
		t.Fatal(err)
	}
	got := fake.Sent(waPerson) // the prefix was added to a number typed by hand
	if len(got) != 1 || got[0].Body != "" || got[0].ContentSID != "HX1" || !reflect.DeepEqual(got[0].Variables, template.Variables) {
		t.Fatalf("%+v", got)
	}
	if got[0].StatusCallback != public+"/twilio/status?task=t#rc=5&rp=all" {
		t.Errorf("the receipt goes to %s", got[0].StatusCallback)
	}
}

// A send in doubt that is not found is sent twice; one that is found wrongly is
// never sent.
func TestFind(t *testing.T) {
	fake, client := stand(t)
	since := time.Now()
	out := channels.Outbound{Sender: ourSMS, Address: person, Text: "You have news."}
	send := func(out channels.Outbound) string {
		t.Helper()
		sent, err := client.Send(t.Context(), out)
		if err != nil {
			t.Fatal(err)
		}
		return sent.IDs[len(sent.IDs)-1]
	}
	find := func(out channels.Outbound, since time.Time, want ...string) {
		t.Helper()
		got, err := client.Find(t.Context(), out, since)
		if err != nil || len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("found %v (%v), want %v", got, err, want)
		}
	}
	find(out, since)
	sid := send(out)
	other := out
	other.Text, other.Address = "Other news.", "+447700900124"
	send(other)
	find(out, since, sid)
	find(out, since.Add(time.Hour))
	// WhatsApp's user ids look like decimals, which the library's own queries drop.
	byID := channels.Outbound{Sender: ourWhatsApp, Address: "whatsapp:GB.13491208655302741918", Text: "Well?", Options: options(2, "Yes ")}
	find(byID, since, send(byID))
	fake.Fail(channelstest.Fault{On: channelstest.List, Status: 500})
	if _, err := client.Find(t.Context(), out, since); err == nil {
		t.Error("a list that failed was taken for an empty one: the message is sent again blindly")
	}
}

// After an outage the list is all there is of what people wrote.
func TestList(t *testing.T) {
	fake, client := stand(t)
	since := time.Now().Add(-59 * time.Minute)
	n := 2*pageSize + 7
	for i := range n {
		fake.Text(person, ourSMS, strconv.Itoa(i))
	}
	fake.Text(waPerson, ourWhatsApp, "on WhatsApp")
	if _, err := client.Send(t.Context(), channels.Outbound{Sender: ourSMS, Address: ourSMS, Text: "our own"}); err != nil {
		t.Fatal(err)
	}
	photo := fake.Media(person, ourSMS, "", "image/png", "PNG")
	stop := fake.Text(person, ourSMS, "STOP")
	var got []channels.Inbound
	list := func() error {
		got = nil
		return client.List(t.Context(), ourSMS, since, func(in channels.Inbound) error {
			got = append(got, in)
			return nil
		})
	}
	if err := list(); err != nil {
		t.Fatal(err)
	}
	if len(got) != n+2 {
		t.Fatalf("%d messages, want %d", len(got), n+2)
	}
	for i, in := range got[:n] {
		if in.Text != strconv.Itoa(i) || in.Address != person || in.Sender != ourSMS || in.Channel != channels.SMS || in.At.Before(since) {
			t.Fatalf("message %d: %+v", i, in)
		}
	}
	if !got[n].Unlisted || len(got[n].Media) > 0 {
		t.Errorf("the photo was asked for before anybody knows whether it is needed: %+v", got[n])
	}
	fake.Fail(channelstest.Fault{On: channelstest.List, Status: 503})
	if _, err := client.Files(t.Context(), got[n]); err == nil {
		t.Error("Twilio did not answer, and the photo is taken for none: it is never asked for again")
	}
	fake.Fail(channelstest.Fault{On: channelstest.List, Status: 404, Body: channelstest.TwilioError(404, 20404, "not found")})
	if in, err := client.Files(t.Context(), got[n]); err != nil || in.Unlisted || in.Other == "" {
		t.Errorf("a photo that is gone holds up all that came after it: %+v, %v", in, err)
	}
	in, err := client.Files(t.Context(), got[n])
	if err != nil || in.Unlisted || in.ID != channels.MessageID("tw:"+photo.Get("MessageSid")) || !reflect.DeepEqual(in.Media, []channels.Media{{Kind: "photo", Ref: photo.Get("MediaUrl0"), Type: "image/png"}}) {
		t.Errorf("the photo: %+v", in)
	}
	if in := got[n+1]; in.ID != channels.MessageID("tw:"+stop.Get("MessageSid")) || in.Opt != channels.OptOut {
		t.Errorf("STOP: %+v", in)
	}

	const empty = 11                               // requests for the parts of the hour in which nobody wrote
	for after := empty; after < empty+3; after++ { // three pages
		fake.Fail(channelstest.Fault{On: channelstest.List, Status: 503, After: after})
		if err := list(); err == nil {
			t.Errorf("call %d failed, and the listing says it is complete: what is missing is never asked for again", after)
		} else if len(got) > 0 {
			t.Errorf("call %d failed, and %d messages were handed over out of order", after, len(got))
		}
	}
	if err := client.List(t.Context(), ourSMS, time.Now().Add(time.Hour), func(channels.Inbound) error { return errors.New("nothing is that new") }); err != nil {
		t.Error(err)
	}
	stopped := errors.New("the store is down")
	if err := client.List(t.Context(), ourSMS, since, func(channels.Inbound) error { return stopped }); !errors.Is(err, stopped) {
		t.Errorf("the store's failure became %v", err)
	}
}

// What meets the end of one part of the list is in the next part too; it must come
// once, and everything must come in order.
func TestListGoesPartByPart(t *testing.T) {
	fake, client := stand(t)
	began := time.Now()
	client.now = func() time.Time { return began.Add(2 * time.Minute) }
	var want, got []channels.MessageID
	for range 5 {
		want = append(want, channels.MessageID("tw:"+fake.Text(person, ourSMS, "x").Get("MessageSid")))
	}
	for _, since := range []time.Duration{time.Hour, 10 * time.Minute, 0} { // a part ends, or begins, in the messages' second
		got = nil
		if err := client.List(t.Context(), ourSMS, began.Add(-since), func(in channels.Inbound) error {
			got = append(got, in.ID)
			return nil
		}); err != nil || !slices.Equal(got, want) {
			t.Errorf("since %v ago: listed %d of %d, or some twice, or not in order; error %v", since, len(got), len(want), err)
		}
	}
}

// Evidence must come whole; our credentials must go nowhere else.
func TestMedia(t *testing.T) {
	fake, client := stand(t)
	ref := fake.Media(waPerson, ourWhatsApp, "", "image/jpeg", "JPEG").Get("MediaUrl0")
	body, contentType, err := client.Media(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	if all, err := io.ReadAll(body); string(all) != "JPEG" || contentType != "image/jpeg" || err != nil {
		t.Errorf("%q, %q, %v", all, contentType, err)
	}
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host was asked") }))
	t.Cleanup(elsewhere.Close)
	refused := func(name, ref, code string) {
		t.Helper()
		_, _, err := client.Media(t.Context(), ref)
		failed := new(channels.SendError)
		if !errors.As(err, &failed) || failed.Code != code || strings.Contains(err.Error(), token) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, ref := range []string{
		elsewhere.URL + "/x", "file:///etc/passwd", "http://api.twilio.com/x", "https://api.twilio.com.evil.example/x",
		"https://user@api.twilio.com/x", "https://s3-external-1.amazonaws.com/other/x", "https://api.twilio.com:8443/x", "::", "",
	} {
		refused(ref, ref, "address")
	}
	fake.Fail(channelstest.Fault{On: channelstest.File, Status: 404})
	refused("gone", ref, "404")
	huge := fake.Media(waPerson, ourWhatsApp, "", "video/mp4", strings.Repeat("x", maxMedia+1)).Get("MediaUrl0")
	body, _, err = client.Media(t.Context(), huge)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	if _, err := io.Copy(io.Discard, body); err == nil {
		t.Error("a file that is too large was cut without a word")
	}
}

// What was fetched must not stay with somebody else; what is gone there already is
// no trouble, and our credentials go nowhere else.
func TestRemoveMedia(t *testing.T) {
	fake, client := stand(t)
	ref := fake.Media(waPerson, ourWhatsApp, "", "image/jpeg", "JPEG").Get("MediaUrl0")
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host was asked") }))
	t.Cleanup(elsewhere.Close)
	if err := client.RemoveMedia(t.Context(), elsewhere.URL+"/x"); err != nil {
		t.Error(err)
	}
	fake.Fail(channelstest.Fault{On: channelstest.Remove, Status: 503})
	failed := new(channels.SendError)
	if err := client.RemoveMedia(t.Context(), ref); !errors.As(err, &failed) || !failed.Retry {
		t.Errorf("a fault of Twilio's became %v", err)
	}
	for range 2 {
		if err := client.RemoveMedia(t.Context(), ref); err != nil || fake.Files() != 0 {
			t.Errorf("%v, and %d files are left", err, fake.Files())
		}
	}
	fake.Fail(channelstest.Fault{On: channelstest.Remove, Status: 404})
	if err := client.RemoveMedia(t.Context(), ref); err != nil {
		t.Error(err)
	}
}

// A redirect to another host must be followed by nobody.
func TestMediaRedirect(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host was asked") }))
	t.Cleanup(elsewhere.Close)
	twilio := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(twilio.Close)
	client, err := New(Config{AccountSID: account, AuthToken: token, SMSFrom: ourSMS, APIURL: twilio.URL, PublicURL: public})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := client.Media(t.Context(), twilio.URL+"/x"); err == nil {
		t.Error("no error")
	}
}

// Whoever stops waiting must not leave a request behind, nor call it unsent.
func TestGivingUpWhileTwilioThinks(t *testing.T) {
	arrived := make(chan struct{})
	twilio := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(arrived)
		<-r.Context().Done()
	}))
	t.Cleanup(twilio.Close)
	client, err := New(Config{AccountSID: account, AuthToken: token, SMSFrom: ourSMS, APIURL: twilio.URL, PublicURL: public})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	_, err = client.Send(ctx, channels.Outbound{Sender: ourSMS, Address: person, Text: "hello"})
	failed := new(channels.SendError)
	if !errors.As(err, &failed) || !failed.InDoubt {
		t.Errorf("%v, want in doubt", err)
	}
}

// A connection is used again, also after an error: a burst of new ones costs
// more than the messages.
func TestConnectionsAreUsedAgain(t *testing.T) {
	fake, _ := stand(t)
	base := http.DefaultTransport.(*http.Transport).Clone()
	dial := base.DialContext
	dialled := 0
	base.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		dialled++
		return dial(ctx, network, address)
	}
	client, err := New(Config{AccountSID: account, AuthToken: token, SMSFrom: ourSMS, APIURL: fake.URL(), PublicURL: public, Transport: base})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		fake.Fail(channelstest.Fault{Status: 502, Body: strings.Repeat("<html>", 10_000)})
		_, _ = client.Send(t.Context(), channels.Outbound{Sender: ourSMS, Address: person, Text: "hello"})
	}
	if dialled != 1 {
		t.Errorf("%d connections for five requests in a row", dialled)
	}
}
