package bot

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"heard/channels"
	"heard/flows"
)

// aside makes the turn of a message that could not be handled by our fault: the
// words are kept, staff are told, the session stays as it was, and the person
// hears that nothing is lost.
func (b *Bot) aside(ctx context.Context, p *provider, view View, in channels.Inbound, turn TurnID, cause error) (*work, error) {
	b.count("put aside")
	b.log.LogAttrs(context.Background(), slog.LevelError, "a message was put aside",
		slog.String("provider", string(p.ID)), slog.String("cause", cause.Error()))
	w, _ := b.arrived(p, view, in, turn)
	before, err := b.asideBefore(ctx, p, w.conv.ID)
	if err != nil {
		return nil, err
	}
	w.putAside(in, before, "A message could not be handled and was put aside. Read it. Once the fault is mended, send it through again, or answer the person yourself.")
	language := ""
	if st, err := flows.Decode(w.conv.Session); err == nil {
		language = st.Language
	}
	w.say(Message{Text: p.Flows.Holding(language), Purpose: flows.Reply}, false)
	return w, nil
}

// asideBefore is the task of what was put aside before and not seen to; it has no ID
// where there is none. The conversation's version keeps two from reading the same.
func (b *Bot) asideBefore(ctx context.Context, p *provider, id ConversationID) (StaffTask, error) {
	if b.moves == nil {
		return StaffTask{}, nil
	}
	tasks, err := b.moves.Tasks(ctx, p.ID, []string{string(id) + "/" + string(PutAside)})
	if err != nil || len(tasks) == 0 {
		return StaffTask{}, err
	}
	return tasks[0], nil
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
	before, err := b.asideBefore(ctx, p, w.conv.ID)
	if err != nil {
		return fmt.Errorf("receive: %w", err)
	}
	w.putAside(in, before, "A message came from a person whose record cannot be opened. Read it, and reach them another way.")
	_, err = b.commit(ctx, Turn{
		Provider: p.ID, ID: turn, Message: in.ID, Ops: w.ops,
		Expect: []Expect{{Conversation: damaged.Conversation, Version: damaged.Version}},
	})
	if err != nil {
		return fmt.Errorf("receive: %w", err)
	}
	return nil
}

// putAside keeps a message as it came, for staff, who see it with those before it.
func (w *work) putAside(in channels.Inbound, before StaffTask, text string) {
	e := Entry{ID: newEntryID(), At: in.At, Kind: Aside, Text: w.words, Media: media(in), From: in.ID, Choice: in.Choice}
	if e.At.IsZero() {
		e.At = w.now
	}
	w.op(KeepWith{Conversation: w.conv.ID, Entry: e})
	t := before
	t.ID, t.Kind, t.Conv, t.At, t.Text = w.conv.taskID(PutAside), PutAside, w.conv.ID, w.now, text
	t.Words = strings.TrimSpace(t.Words + "\n" + w.words)
	t.Aside = append(t.Aside, e.ID)
	if t.Due.IsZero() {
		t.Due = w.now.Add(time.Hour)
	}
	w.op(AddTask{t})
}

func newEntryID() EntryID { return EntryID(randomID()) }
