package console_test

import (
	"context"
	"crypto/rand"
	"net/url"
	"regexp"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/desk"
	"heard/channels"
	"heard/flows"
)

// What was put aside by a fault of ours is sent through from the page where staff read
// it: the person need not write it again, and staff need not be a person's memory.
func TestWhatWasPutAsideIsSentThroughFromItsPage(t *testing.T) {
	h := newHouse(t, nil)
	ctx := context.Background()
	in := channels.Inbound{ID: "SM" + channels.MessageID(t.Name()), Channel: channels.SMS, Sender: "+447700900999", Address: number, At: time.Now(), Text: "Complain"}
	if err := h.bot.Receive(ctx, provider, in); err != nil {
		t.Fatal(err)
	}
	v, err := h.whole.Lookup(ctx, provider, channels.SMS, "+447700900999", number)
	if err != nil {
		t.Fatal(err)
	}
	state, err := flows.Decode(v.Conversation.Session)
	if err != nil {
		t.Fatal(err)
	}
	mended := v.Conversation.Session
	state.Frames[0].Hash = "unknown"
	broken, err := flows.Encode(&state)
	if err != nil {
		t.Fatal(err)
	}
	session := func(is []byte) {
		t.Helper()
		v, err := h.whole.LookupID(ctx, provider, v.Conversation.ID)
		if err != nil {
			t.Fatal(err)
		}
		v.Conversation.Session = is
		if _, err := h.whole.Commit(ctx, bot.Turn{Provider: provider, ID: bot.TurnID(rand.Text()), Ops: []bot.Op{bot.PutConversation{Conversation: &v.Conversation}}}); err != nil {
			t.Fatal(err)
		}
	}
	session(broken)
	in.ID, in.Text, in.At = in.ID+"2", "Someone I care for", time.Now()
	if err := h.bot.Receive(ctx, provider, in); err != nil {
		t.Fatal(err)
	}

	sam := h.colleague("sam", desk.Handler)
	_, list := sam.get("/work")
	link := regexp.MustCompile(`href="/desk/try(/task[^"]*)"`).FindStringSubmatch(list)
	if link == nil {
		t.Fatal("it leads nowhere")
	}
	_, page := sam.get(link[1])
	sam.sees(page, "Someone I care for", "Send it through again", "Once the fault is mended")
	task := url.Values{"task": {regexp.MustCompile(`name="task" value="([^"]*)"`).FindStringSubmatch(page)[1]}}
	_, page = sam.post("/task/again", task)
	sam.sees(page, "It still cannot be handled", "Send it through again")
	session(mended)
	_, page = sam.post("/task/again", task)
	sam.sees(page, "It was sent through.", "Nothing here needs anybody now.")
	if v, err := h.whole.LookupID(ctx, provider, v.Conversation.ID); err != nil || v.Case == nil {
		t.Errorf("it was not handled: %v", err)
	}
	_, page = sam.post("/task/again", task)
	sam.sees(page, "That was done already.")
}
