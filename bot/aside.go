package bot

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"heard/channels"
	"heard/flows"
)

// aside makes the turn of a message that could not be handled by our fault: the
// words are kept, staff are told, the session stays as it was, and the person
// hears that nothing is lost.
func (b *Bot) aside(p *provider, view View, in channels.Inbound, turn TurnID, cause error) *work {
	b.count("put aside")
	b.log.LogAttrs(context.Background(), slog.LevelError, "a message was put aside",
		slog.String("provider", string(p.ID)), slog.String("cause", cause.Error()))
	w, _ := b.arrived(p, view, in, turn)
	w.putAside(in, "A message could not be handled and was put aside. Read it and answer the person.")
	language := ""
	if st, err := flows.Decode(w.conv.Session); err == nil {
		language = st.Language
	}
	w.say(Message{Text: p.Flows.Holding(language), Purpose: flows.Reply}, false)
	return w
}

// receiveUnread takes a message from somebody whose record cannot be opened: the
// words are kept beside it, and staff have them to answer. The person is not
// answered, since what is known of them is in that record.
func (b *Bot) receiveUnread(ctx context.Context, p *provider, damaged *Unreadable, in channels.Inbound, turn TurnID) error {
	b.count("put aside")
	b.log.LogAttrs(ctx, slog.LevelError, "a message was put aside",
		slog.String("provider", string(p.ID)), slog.String("cause", damaged.Error()))
	w := &work{p: p, now: b.now(), words: words(in)}
	w.conv.ID = damaged.Conversation
	w.putAside(in, "A message came from a person whose record cannot be opened. Read it, and reach them another way.")
	_, err := b.commit(ctx, Turn{
		Provider: p.ID, ID: turn, Message: in.ID, Ops: w.ops,
		Expect: []Expect{{Conversation: damaged.Conversation, Version: damaged.Version}},
	})
	if err != nil {
		return fmt.Errorf("receive: %w", err)
	}
	return nil
}

// putAside keeps a message as it came, for staff.
func (w *work) putAside(in channels.Inbound, text string) {
	e := Entry{ID: newEntryID(), At: w.now, Kind: Aside, Text: w.words, Media: media(in), From: in.ID, Choice: in.Choice}
	w.op(KeepWith{Conversation: w.conv.ID, Entry: e})
	w.op(AddTask{StaffTask{
		ID: w.conv.taskID(PutAside), Kind: PutAside, Conv: w.conv.ID, At: w.now, Due: w.now.Add(time.Hour), Text: text, Words: w.words,
	}})
}

func newEntryID() EntryID { return EntryID(randomID()) }
