package bot

import (
	"math/rand/v2"
	"time"

	"heard/channels"
)

// opted notes that the person left or came back. STOP that is older than the
// last word on it changes nothing. Where the channel does not hold messages back
// by itself, whoever writes again has come back.
func (w *work) opted(in channels.Inbound, late bool) {
	switch {
	case in.Opt == channels.OptOut, in.Opt == channels.OptIn:
		if before(in, w.conv.OptAt, w.conv.OptSeq) {
			break
		}
		w.conv.OptAt, w.conv.OptSeq = in.At, in.Seq
		if in.Opt == channels.OptOut {
			w.leave()
		} else {
			w.comeBack()
		}
	case w.conv.Left && !late && !in.Edit && in.Channel != channels.SMS:
		w.comeBack()
	}
	if in.Opt == channels.OptOut {
		// Not on the case: an anonymous one would show at once who left.
		w.write(nil, Entry{ID: newEntryID(), At: w.now, Kind: Said, Text: w.words, From: in.ID})
	}
}

// leave notes an opt-out: no message goes to the person, the case goes on, and
// staff learn it.
func (w *work) leave() {
	w.conv.Left = true
	if w.current != nil {
		w.unreachable(w.current)
	}
	w.refusesTexts()
}

// comeBack notes that the person may be written to again, and tells them what
// happened meanwhile.
func (w *work) comeBack() {
	if !w.conv.Left {
		return
	}
	w.conv.Left = false
	if w.current != nil {
		w.reachable(w.current)
	}
}

// reachable takes back that the person of a case gets no messages.
func (w *work) reachable(c *Case) {
	w.op(EndTask{c.taskID(PersonLeft)})
	w.op(DropTimer{Timer{Kind: Gone, Case: c.Ref}.ID()})
	w.wakeFor(c)
}

// unreachable tells staff that the person of a case gets no messages. Those of
// an anonymous case learn only later, at random, and not why: else they could
// join the case with who left.
func (w *work) unreachable(c *Case) {
	switch {
	case c.Status == Draft:
	case c.anonymous():
		w.op(SetTimer{Timer{Kind: Gone, Case: c.Ref, After: 2*time.Hour + rand.N(8*time.Hour)}})
	default:
		w.op(AddTask{StaffTask{
			ID: c.taskID(PersonLeft), Kind: PersonLeft, Case: c.Ref, At: w.now, Due: w.now.Add(withinDay),
			Text: "The person opted out of messages. Their case goes on: reach them another way.",
		}})
	}
}

func (c *Case) taskID(kind StaffTaskKind) string { return string(c.Ref) + "/" + string(kind) }

func (c *Conversation) taskID(kind StaffTaskKind) string { return string(c.ID) + "/" + string(kind) }
