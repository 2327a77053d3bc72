package bot

import (
	"heard/channels"
	"heard/flows"
)

// Messages are what a flow says, as they are sent on a channel: joined where two fit in
// one, and divided where one is too long.
func Messages(c channels.Channel, said []flows.Send) []Message {
	w := &work{}
	w.conv.Channel = c
	for _, s := range said {
		w.say(message(s), s.Alone)
	}
	return w.sends
}
