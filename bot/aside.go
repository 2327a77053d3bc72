package bot

import (
	"context"
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
	e := Entry{ID: newEntryID(), At: w.now, Kind: Aside, Text: w.words, Media: media(in), From: in.ID, Choice: in.Choice}
	w.op(KeepWith{Conversation: w.conv.ID, Entry: e})
	w.op(AddTask{StaffTask{
		ID: w.conv.taskID(PutAside), Kind: PutAside, Conv: w.conv.ID, At: w.now, Due: w.now.Add(time.Hour),
		Text:  "A message could not be handled and was put aside. Read it and answer the person.",
		Words: w.words,
	}})
	language := ""
	if st, err := flows.Decode(w.conv.Session); err == nil {
		language = st.Language
	}
	w.say(Message{Text: p.Flows.Holding(language), Purpose: flows.Reply}, false)
	return w
}

func newEntryID() EntryID { return EntryID(randomID()) }
