package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"heard/bot"
	"heard/bot/redisstore"
	"heard/channels"
	"heard/flows"
	"heard/flows/library"
)

// benchScript is the journey of the people of bench and sizes: each message has
// one reply. It is gone through again and again.
func benchScript() []string {
	return []string{"complain", "1", "Ward 6", "skip", "Nobody came all night when she rang.", "done", "An apology", "3", "send", "status"}
}

// shape is what the turns of benchScript really are: the journeys of one person as
// the bot committed them, recorded. The more complaints a person has, the more
// their conversation says, up to as many as it remembers; all later ones are like
// the last.
type shape struct {
	turns []bot.Turn
	conv  bot.ConversationID
	made  atomic.Int64 // cases
}

// recorder is a store that keeps a copy of each turn.
type recorder struct {
	bot.Store
	turns []bot.Turn
}

// Commit keeps the turn as it is now: once committed, versions move.
func (r *recorder) Commit(ctx context.Context, t bot.Turn) (bot.Committed, error) {
	kept := t
	kept.Ops = nil
	for _, o := range t.Ops {
		kept.Ops = append(kept.Ops, frozen(o))
	}
	done, err := r.Store.Commit(ctx, t)
	if err == nil {
		r.turns = append(r.turns, kept)
	}
	return done, err
}

func frozen(o bot.Op) bot.Op {
	switch o := o.(type) {
	case bot.PutConversation:
		c := *o.Conversation
		return bot.PutConversation{Conversation: &c}
	case bot.PutCase:
		c := *o.Case
		c.Key = nil
		return bot.PutCase{Case: &c, Conversation: o.Conversation}
	case bot.Append:
		c := *o.Case
		return bot.Append{Case: &c, Entry: o.Entry}
	case bot.Happened:
		c := *o.Case
		return bot.Happened{Case: &c, Kind: o.Kind, At: o.At}
	}
	return o
}

// newBot is the bot as heard makes it, on a store, without what sends.
func newBot(ctx context.Context, store bot.Store, versions bot.FlowStore, id bot.ProviderID, now func() time.Time, deliver func(bot.Lease)) (*bot.Bot, error) {
	src, err := flows.Parse(library.Files)
	if err != nil {
		return nil, err
	}
	limits := map[flows.Channel]flows.Limits{}
	for _, c := range []channels.Channel{channels.SMS, channels.WhatsApp, channels.Telegram} {
		can := channels.CapabilitiesOf(c)
		limits[flows.Channel(c)] = flows.Limits{
			Text: can.TextLimit, Buttons: can.Buttons, ButtonLabel: can.ButtonLabel, List: can.List, ListLabel: can.ListLabel,
		}
	}
	set, err := flows.Compile(src, flows.Options{Languages: []string{"en", "cy"}, Provider: string(id), Limits: limits})
	if err != nil {
		return nil, err
	}
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		return nil, err
	}
	return bot.New(ctx, bot.Options{
		Store: store, Versions: versions, Deliver: deliver, Now: now, Log: quiet(),
		Providers: []bot.Provider{{
			ID: id, Name: "St Mary's Hospital", PublicName: "St Mary's", Flows: set,
			Calendar: bot.NewCalendar(src.Jurisdiction[0], london), ReflectAfter: 14 * 24 * time.Hour,
		}},
	})
}

// journeys is how many are recorded: one more than a conversation remembers.
const journeys = 11

// recordShape lets the bot take the journeys of one person on this store.
func recordShape(ctx context.Context, store *redisstore.Store, id bot.ProviderID) (*shape, error) {
	r := &recorder{Store: store}
	b, err := newBot(ctx, r, store, id, time.Now, func(bot.Lease) {})
	if err != nil {
		return nil, err
	}
	script := benchScript()
	for i := range journeys * len(script) {
		in := channels.Inbound{
			ID: channels.MessageID(fmt.Sprintf("tw:SM%032x", i)), Channel: channels.SMS, Sender: smsFrom, Address: "+447700900999",
			At: time.Now(), Text: script[i%len(script)],
		}
		if err := b.Receive(ctx, id, in); err != nil {
			return nil, err
		}
	}
	if len(r.turns) != journeys*len(script) {
		return nil, fmt.Errorf("%d turns were recorded of %d messages", len(r.turns), journeys*len(script))
	}
	for i := range r.turns {
		r.turns[i].Provider = id
	}
	return &shape{turns: r.turns, conv: r.turns[0].Ops[0].(bot.PutConversation).Conversation.ID}, nil
}

// standing is where a person stands who goes through the recorded turns: their
// records, by the names that these have in the recording.
type standing struct {
	sync.Mutex
	step  int
	conv  bot.Conversation
	cases map[bot.CaseRef]*bot.Case
}

func newStanding(n int, address channels.Address) *standing {
	return &standing{
		conv:  bot.Conversation{ID: bot.ConversationID(fmt.Sprintf("yardstick-%012d", n)), Address: address},
		cases: map[bot.CaseRef]*bot.Case{},
	}
}

// next is the person's next turn: the recorded one with their own records and
// with ids of its own.
func (s *shape) next(p *standing, message channels.MessageID, id string) bot.Turn {
	if p.step == len(s.turns) {
		p.again(s)
	}
	was := s.turns[p.step]
	p.step++
	t := bot.Turn{Provider: was.Provider, ID: bot.TurnID(id), Message: message}
	for i, o := range was.Ops {
		t.Ops = append(t.Ops, s.own(p, o, id+string(rune('a'+i))))
	}
	for _, x := range was.Expect {
		if x.Case != "" {
			c := s.caseOf(p, x.Case)
			x.Case, x.Version = c.Ref, c.Version
		}
		t.Expect = append(t.Expect, x)
	}
	return t
}

// again goes back to the beginning of the last journey, before which each case has
// now the place of the one before it.
func (p *standing) again(s *shape) {
	p.step = len(s.turns) - len(s.turns)/journeys
	var refs []bot.CaseRef // in the order in which the recording made them
	for _, t := range s.turns {
		for _, o := range t.Ops {
			if put, ok := o.(bot.PutCase); ok && put.Case.Version == 0 {
				refs = append(refs, put.Case.Ref)
			}
		}
	}
	for i, ref := range refs[1:] {
		p.cases[refs[i]] = p.cases[ref]
	}
	delete(p.cases, refs[len(refs)-1])
}

// caseOf is the person's own case that stands for a recorded one. Its names are as
// long as those that heard makes.
func (s *shape) caseOf(p *standing, recorded bot.CaseRef) *bot.Case {
	c := p.cases[recorded]
	if c == nil {
		n := s.made.Add(1)
		c = &bot.Case{Ref: bot.CaseRef(fmt.Sprintf("H-%07d", n)), Handle: bot.Handle(fmt.Sprintf("handle-%015d", n))}
		p.cases[recorded] = c
	}
	return c
}

// own is one change, of the person's own records.
func (s *shape) own(p *standing, o bot.Op, id string) bot.Op {
	switch o := o.(type) {
	case bot.PutConversation:
		c := *o.Conversation
		c.ID, c.Version, c.Address = p.conv.ID, p.conv.Version, p.conv.Address
		if c.Case != "" {
			own := s.caseOf(p, c.Case)
			c.Case, c.Handle = own.Ref, own.Handle
		}
		p.conv = c
		return bot.PutConversation{Conversation: &p.conv}
	case bot.PutCase:
		own := s.caseOf(p, o.Case.Ref)
		c := *o.Case
		c.Ref, c.Version, c.Key, c.Handle = own.Ref, own.Version, own.Key, own.Handle
		*own = c
		if o.Conversation != "" {
			o.Conversation = p.conv.ID
		}
		return bot.PutCase{Case: own, Conversation: o.Conversation}
	case bot.Append:
		o.Case = s.caseOf(p, o.Case.Ref)
		o.Entry.ID = bot.EntryID(id)
		return o
	case bot.Enqueue:
		o.Conversation, o.Message.Task = p.conv.ID, bot.TaskID(id)
		return o
	case bot.SetTimer:
		if o.Timer.Conversation != "" {
			o.Timer.Conversation = p.conv.ID
		}
		if o.Timer.Case != "" {
			o.Timer.Case = s.caseOf(p, o.Timer.Case).Ref
		}
		return o
	case bot.DropTimer:
		return bot.DropTimer{ID: bot.TimerID(s.named(p, string(o.ID)))}
	case bot.AddTask:
		o.Task.ID = s.named(p, o.Task.ID)
		if o.Task.Case != "" {
			o.Task.Case = s.caseOf(p, o.Task.Case).Ref
		}
		return o
	case bot.EndTask:
		return bot.EndTask{ID: s.named(p, o.ID)}
	case bot.Happened:
		o.Case = s.caseOf(p, o.Case.Ref)
		return o
	}
	return o
}

// named is an id that is made of a record's, with the person's own record.
func (s *shape) named(p *standing, id string) string {
	id = strings.ReplaceAll(id, string(s.conv), string(p.conv.ID))
	for recorded, c := range p.cases {
		id = strings.ReplaceAll(id, string(recorded), string(c.Ref))
	}
	return id
}

// describe writes which changes the turns of the last journey make.
func (s *shape) describe(out io.Writer) {
	script := benchScript()
	for i, t := range s.turns[len(s.turns)-len(script):] {
		names := ""
		for _, o := range t.Ops {
			names += " " + opName(o)
		}
		_, _ = fmt.Fprintf(out, "  %-38s%s\n", strconv.Quote(script[i]), names)
	}
}

func opName(o bot.Op) string { return strings.TrimPrefix(fmt.Sprintf("%T", o), "bot.") }
