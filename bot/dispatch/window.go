package dispatch

import (
	"time"

	"heard/bot"
	"heard/channels"
)

// WhatsApp takes free text only for a while after the person's last message. What
// comes later waits in the outbox, apart from what may go, until they write again:
//
//   - What comes unasked says nothing of the matter. An approved template goes in
//     its place, and the words follow by the flow when the person answers.
//   - What has its own words waits. Where it has a template, that is sent to ask the
//     person to write; where it has none, staff learn that it waits.
//   - When the person has written, what waits goes before the answer to that.
//
// WhatsApp says sometimes at once, and mostly only in a receipt, that its window is
// shut: then it counts as shut until the person has written again.
const window = channels.TemplateWindow

// shut tells whether free text is not taken at a time.
func (d *Dispatcher) shut(l bot.Lease, at time.Time) bool {
	return channels.CapabilitiesOf(l.Channel).Templates && (at.Sub(l.LastAt) >= window || !l.LastAt.Truncate(time.Millisecond).After(l.Closed)) // the store knows no less
}

// opens tells whether others that waited for the window go before a message. One in
// doubt is settled first.
func (d *Dispatcher) opens(l bot.Lease) bool {
	return l.Parked > 0 && l.Doubt.IsZero() && !d.shut(l, d.o.Now())
}

// knock puts the template of a message in its place, if there is one. Where the
// words are still to come it goes under a task of its own: what becomes of it must
// not be taken for what becomes of them.
func (d *Dispatcher) knock(l bot.Lease, out *channels.Outbound) {
	if l.Message.Template == "" || d.o.Template == nil {
		return
	}
	out.Template = d.o.Template(l.Provider, l.Message.Template, l.Message.Language)
	if out.Template != nil && !l.Message.Unasked() {
		out.Task += "-k"
	}
}

// accepted is the end of what the provider has taken.
func accepted(l bot.Lease, out channels.Outbound, ids []string) bot.Settlement {
	s := bot.Settlement{Result: bot.Accepted, IDs: ids}
	switch {
	case out.Template == nil:
		s.Keep = channels.CapabilitiesOf(l.Channel).Templates
	case !l.Message.Unasked():
		s.Result, s.Knock = bot.Parked, bot.TaskID(out.Task)
	}
	return s
}

// parked is the end of what waits; staff learn of it where nothing asks the person
// to write.
func parked(tell bool) bot.Settlement {
	s := bot.Settlement{Result: bot.Parked, Code: "window"}
	if tell {
		s.Sentence = "WhatsApp takes only approved templates a day after the person's last message, and there is none for this one. " +
			"It goes out when they write again. If it cannot wait, reach them another way."
	}
	return s
}
