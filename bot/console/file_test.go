package console_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"

	"heard/bot"
	"heard/bot/desk"
	"heard/channels"
	"heard/flows"
)

// put writes a case that was sent, with one thing that its person said.
func (h *house) put(c bot.Case, e bot.Entry) bot.CaseRef {
	h.Helper()
	conv := &bot.Conversation{ID: bot.ConversationID(rand.Text()), Channel: channels.WhatsApp, Sender: "whatsapp:+447700900901", Address: channels.Address("whatsapp:" + rand.Text())}
	c.Ref, c.Handle, c.Status, c.Stage, c.Channel = bot.NewCaseRef(), bot.Handle(rand.Text()), bot.Open, flows.Informed, channels.WhatsApp
	e.ID, e.Kind, e.Field = "e1", bot.Said, "story"
	ops := []bot.Op{bot.PutConversation{Conversation: conv}, bot.PutCase{Case: &c, Conversation: conv.ID}, bot.Append{Case: &c, Entry: e}}
	if _, err := h.whole.Commit(context.Background(), bot.Turn{Provider: provider, ID: bot.TurnID(rand.Text()), Ops: ops}); err != nil {
		h.Fatal(err)
	}
	return c.Ref
}

// Staff must know before they open a file whether it may tell them who is anonymous, and
// be able to open what they saved.
func TestFilesOfWhoIsAnonymous(t *testing.T) {
	h := newHouse(t, nil)
	sam := h.colleague("sam", desk.Handler)
	media := []flows.Media{
		{Kind: "photo", File: "F1", Type: "image/jpeg"}, {Kind: "photo", File: "F2", Type: "image/heic"}, {Kind: "document", File: "F3", Type: "application/pdf"},
	}
	anonymous := h.put(bot.Case{}, bot.Entry{Text: "Look at it", Media: media})
	named := h.put(bot.Case{Privacy: bot.PrivacyNamed}, bot.Entry{Text: "Look at it", Media: media})
	_, page := sam.get("/cases/" + string(anonymous))
	sam.sees(page, `/files/F1"><img`, "so it is kept and not shown", `/files/F3" download`, "It may say who sent it.")
	if strings.Contains(page, "/files/F2") {
		t.Error("a picture that tells who is anonymous is on the page")
	}
	_, page = sam.get("/cases/" + string(named))
	sam.sees(page, `/files/F2"><img`)
	if strings.Contains(page, "It may say") {
		t.Error("of who is known it is said that a file may tell who they are")
	}
}
