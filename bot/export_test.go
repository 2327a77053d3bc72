package bot

import (
	"context"

	"heard/channels"
	"heard/flows"
)

// AskMove has the person of a conversation ask for a code to move by, as a flow's
// act does, and returns it with the ways that they are told of.
func (b *Bot) AskMove(ctx context.Context, id ProviderID, in channels.Inbound) (code, ways string, err error) {
	v, err := b.store.Lookup(ctx, id, in.Channel, in.Sender, in.Address)
	if err != nil {
		return "", "", err
	}
	w := newWork(b.providers[id], v, b.now(), TurnID(randomID()))
	if err := w.act(flows.Act{Action: flows.MoveCode}); err != nil {
		return "", "", err
	}
	w.say(Message{Text: "Your code is " + ShowMoveCode(w.moveCode()), Purpose: flows.Reply}, true)
	_, err = b.commit(ctx, w.turn())
	return ShowMoveCode(w.moveCode()), w.ways(), err
}
