package redisstore

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"heard/bot"
	"heard/channels"
	"heard/flows"
)

// encode writes one op: its letter and arguments, as lua/commit.lua lists them.
func (e *turnEncoder) encode(op bot.Op) error {
	switch op := op.(type) {
	case bot.PutConversation:
		return e.putConversation(op.Conversation)
	case bot.PutCase:
		return e.putCase(op)
	case bot.EraseCase:
		e.add("d", string(op.Case.Ref), op.Case.Version, string(op.Case.Handle))
		e.add("u", string(bot.Timer{Kind: bot.News, Case: op.Case.Ref}.ID()))
		return nil
	case bot.Append:
		return e.appendEntry(op)
	case bot.Remove:
		e.add("z", string(op.Case.Ref), string(op.Entry))
		return nil
	case bot.CancelPrompts:
		e.add("r", string(op.Conversation))
		return nil
	case bot.KeepWith:
		sealed, err := e.store.sealRecord(e.ring.closed, place{e.provider, kindKept, string(op.Conversation)}, &op.Entry)
		e.add("w", string(op.Conversation), sealed)
		return err
	case bot.EraseKept, bot.Vacate:
		return nil // written before all else
	case bot.SetCode:
		e.add("g", string(op.Conversation), e.ring.hash(hashedCode, op.Code), op.For.Milliseconds())
		return nil
	case bot.UseCode:
		e.add("y", e.ring.hash(hashedCode, op.Code), string(op.Conversation))
		return nil
	case bot.Relink:
		e.add("l", string(op.Handle), e.link(op.Handle, op.Conversation))
		return nil
	case bot.Enqueue:
		return e.enqueue(&op)
	case bot.SetTimer:
		timer, err := e.store.wire.marshal(op.Timer)
		e.add("t", string(op.Timer.ID()), op.Timer.After.Milliseconds(), timer)
		return err
	case bot.DropTimer:
		e.add("u", string(op.ID))
		return nil
	case bot.AddTask:
		return e.addTask(op.Task)
	case bot.MoveTask:
		e.add("e", op.From)
		return e.addTask(op.Task)
	case bot.EndTask:
		e.add("e", op.ID)
		return nil
	case bot.CountAsked:
		of := op.Of
		e.add("m", of.Month, countOf(of))
		return nil
	case bot.Audit:
		return e.addAudit(op.Record)
	case bot.Happened:
		e.addEvent(op)
		return nil
	case bot.AddAnswers:
		return e.addAnswers(op.Answers)
	}
	return fmt.Errorf("unknown op %T", op)
}

func (e *turnEncoder) putConversation(c *bot.Conversation) error {
	sealed, err := e.store.sealRecord(e.ring.closed, place{e.provider, kindConversation, string(c.ID)}, c)
	if err != nil {
		return err
	}
	e.add("c", string(c.ID), c.Version, sealed, string(c.Case), senderTag(c.Channel, c.Sender))
	e.bumps = append(e.bumps, bump{&c.Version, c.Version + 1})
	return nil
}

// senderTag names a sender in keys: the channel first, by which its pace is found.
func senderTag(c channels.Channel, s channels.Sender) string { return string(c) + ":" + string(s) }

func (e *turnEncoder) putCase(op bot.PutCase) error {
	c := op.Case
	own, err := e.sealer(c)
	if err != nil {
		return err
	}
	sealed, err := e.store.sealRecord(own, place{e.provider, kindCase, string(c.Ref)}, c)
	if err != nil {
		return err
	}
	var wrapped, link []byte
	if c.Version == 0 {
		wrapped = e.ring.data.seal(place{e.provider, kindCaseKey, string(c.Ref)}, c.Key)
		link = e.link(c.Handle, op.Conversation)
	}
	e.add("k", string(c.Ref), c.Version, sealed, wrapped, string(c.Handle), link, listedAt(c))
	e.bumps = append(e.bumps, bump{&c.Version, c.Version + 1})
	return nil
}

// link is where a handle leads.
func (e *turnEncoder) link(h bot.Handle, to bot.ConversationID) []byte {
	return e.ring.closed.seal(place{e.provider, kindHandle, string(h)}, []byte(to))
}

// listedAt is a case's place in the desk's list; a draft has none.
func listedAt(c *bot.Case) any {
	switch {
	case c.Status == bot.Draft:
		return ""
	case c.Opened.IsZero():
		return c.Received.UnixMilli()
	default:
		return c.Opened.UnixMilli()
	}
}

func (e *turnEncoder) sealer(c *bot.Case) (sealer, error) {
	if own, ok := e.sealers[c.Ref]; ok {
		return own, nil
	}
	own, err := newSealer(caseKeyOnly, c.Key)
	if err != nil {
		return own, fmt.Errorf("case without its key: %w", err)
	}
	e.sealers[c.Ref] = own
	return own, nil
}

func (e *turnEncoder) appendEntry(op bot.Append) error {
	own, err := e.sealer(op.Case)
	if err != nil {
		return err
	}
	sealed, err := e.store.sealRecord(own, entryPlace(e.provider, op.Case.Ref, op.Entry.ID), &op.Entry)
	e.add("a", string(op.Case.Ref), string(op.Entry.ID), sealed, flag(e.cases[op.Case.Ref]))
	return err
}

func (e *turnEncoder) enqueue(op *bot.Enqueue) error {
	task := string(op.Message.Task)
	if task == "" || strings.ContainsAny(task, " \t\r\n") {
		return fmt.Errorf("a message needs a task without spaces")
	}
	sealed, err := e.store.sealRecord(e.ring.closed, place{e.provider, kindMessage, task}, &op.Message)
	sender := ""
	if c := e.own.conversation(op.Conversation); c != nil {
		sender = senderTag(c.Channel, c.Sender)
	}
	e.add("q", string(op.Conversation), task, class(op.Message.Purpose), sealed, sender)
	e.own.messages = append(e.own.messages, &op.Message)
	return err
}

func class(p flows.Purpose) string {
	switch p {
	case flows.Help:
		return "h"
	case flows.Prompt:
		return "p"
	default:
		return "r"
	}
}

func (e *turnEncoder) addTask(t bot.StaffTask) error {
	sealed, err := e.store.sealTask(e.ring, e.provider, t)
	e.add("s", t.ID, caseOrNone(t.Case), t.Due.UnixMilli(), sealed, flag(e.cases[t.Case]))
	return err
}

func (s *Store) sealTask(ring *keyring, p bot.ProviderID, t bot.StaffTask) ([]byte, error) {
	return s.sealRecord(ring.data, place{p, kindTask, t.ID}, t)
}

func caseOrNone(ref bot.CaseRef) string {
	if ref == "" {
		return "-"
	}
	return string(ref)
}

// countSeparator parts what a count is of: no name holds it.
const countSeparator = "\x1f"

// addAnswers gives each answer a random name of its own: nothing joins it to the
// others of its turn, or to when it was given.
func (e *turnEncoder) addAnswers(answers []bot.StatementAnswer) error {
	for _, a := range answers {
		if _, err := time.Parse("2006-01", a.Month); err != nil {
			return fmt.Errorf("an answer's month is written 2006-01")
		}
		id := rand.Text()
		sealed, err := e.store.sealRecord(e.ring.data, answerPlace(e.provider, a.Month, id), a)
		if err != nil {
			return err
		}
		e.add("n", a.Month, id, sealed)
	}
	return nil
}

func answerPlace(p bot.ProviderID, month, id string) place {
	return place{p, kindAnswer, month + "/" + id}
}
