package bot_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"heard/bot"
	"heard/bot/redisstore"
	"heard/channels"
	"heard/flows"
)

// whatPeopleSend is what a random person may do next: a text of which each % is a
// number that no other text of theirs has, or what brackets say.
var whatPeopleSend = []string{
	"complain", "hello", "1", "2", "3", "4", "yes", "no", "Ward 6, bay %", "skip", "back", "menu", "pause", "done", "send", "send now",
	"status", "person", "thank you", "concern", "idea", "more", "withdraw", "add something", "privacy", "formal", "CF10", "quit",
	"They left my mum alone all night and nobody came, time %", "I want to die, no %", "dunno %", "👍", "An apology %", "it settles it",
	"later", "he came back and grabbed my arm, time %", "my mother has died, bed %", "someone else reads this phone, no %",
	"delete", "delete that", "start again", "pass on", "[photo]", "[sticker]", "[tap]", "[old tap]", "[late so it was, time %]",
	"[edit I meant bay %]", "[stop]", "[start]", "[go on elsewhere]",
}

// person is somebody who does random things, and all that the house must do for them.
type person struct {
	*rapid.T
	w       *world
	at      place
	texts   int
	taps    []channels.Option
	mislaid *words
}

// words are what a person wrote and what is known of where it is: with each commit
// every text of theirs must be kept for good, or stand in a session, or be erased as
// they wished.
type words struct {
	bot.Store
	session   map[bot.ConversationID]string
	pending   map[string]bool // texts that only a session holds
	takesBack bool            // the person deletes what they said last, which may stand in a session only
	lost      []string
}

func (k *words) Commit(ctx context.Context, t bot.Turn) (bot.Committed, error) {
	done, err := k.Store.Commit(ctx, t)
	if err != nil || done.Duplicate {
		return done, err
	}
	var kept strings.Builder
	erases := k.takesBack
	for _, o := range t.Ops {
		switch o := o.(type) {
		case bot.PutConversation:
			st, _ := flows.Decode(o.Conversation.Session)
			k.session[o.Conversation.ID] = fmt.Sprintf("%+v %+v %+v %s", st.Early, st.Answers, st.Frames, o.Conversation.Idea)
			if st.Pending != nil {
				k.session[o.Conversation.ID] += st.Pending.Text
			}
		case bot.PutCase:
			fmt.Fprintf(&kept, "%+v ", o.Case.Fields)
		case bot.Append:
			fmt.Fprintln(&kept, o.Entry.Text)
		case bot.KeepWith:
			fmt.Fprintln(&kept, o.Entry.Text)
		case bot.AddTask:
			fmt.Fprintln(&kept, o.Task.Words)
		case bot.EraseCase, bot.EraseKept, bot.Remove:
			erases = true
		}
	}
	for text := range k.pending {
		switch {
		case strings.Contains(kept.String(), text), erases:
			delete(k.pending, text)
		case !k.held(text):
			delete(k.pending, text)
			k.lost = append(k.lost, text)
		}
	}
	return done, nil
}

func (k *words) held(text string) bool {
	for _, s := range k.session {
		if strings.Contains(s, text) {
			return true
		}
	}
	return false
}

// enough is how long it is looked for somebody who is stuck, where nobody asks for more
// by -rapid.checks: with the race detector a hundred take minutes.
const enough = 12 * time.Second

// usualChecks is what -rapid.checks is if it is not set.
const usualChecks = "100"

// Nobody is ever stuck, whatever they, the staff and the clock did: from there STATUS
// tells how things stand, CALL ME gives somebody the task to ring them, plain answers
// come to an end, and nothing that they wrote was lost on the way.
func TestNobodyIsStuckInTheHouse(t *testing.T) {
	set := librarySet(t)
	e := startEmbedded(t)
	before, err := redisstore.NewClient(e.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = before.Close() })
	began, failed := time.Now(), false
	rapid.Check(t, func(rt *rapid.T) {
		if time.Since(began) > enough && !failed && flag.Lookup("rapid.checks").Value.String() == usualChecks {
			return
		}
		defer func() { failed = failed || rt.Failed() }() // to find the shortest way there takes longer
		if err := before.FlushAll(t.Context()).Err(); err != nil {
			rt.Fatal(err)
		}
		w := newWorldOf(t, e.URL(), redisstore.Ephemeral, set)
		k := &words{Store: w.store, session: map[bot.ConversationID]string{}, pending: map[string]bool{}}
		w.bot = w.newBot(k, set)
		p := &person{T: rt, w: w, at: rapid.SampledFrom([]place{sms, whatsApp, telegram}).Draw(rt, "place"), mislaid: k}
		for range rapid.IntRange(0, 20).Draw(rt, "length") {
			p.wanders()
		}
		p.isReached()
		p.isToldHowItStands()
		p.comesToAnEnd()
		if aside := w.task(bot.PutAside); aside != nil {
			rt.Fatalf("something could not be handled: %s", aside.Text)
		}
	})
}

// wanders does one random thing.
func (p *person) wanders() {
	switch rapid.IntRange(0, 9).Draw(p.T, "who") {
	case 0:
		p.w.later(rapid.SampledFrom([]time.Duration{5 * time.Minute, 2 * time.Hour, 25 * time.Hour, 4 * day, 30 * day}).Draw(p.T, "later"))
	case 1:
		p.staff()
	default:
		p.sends(rapid.SampledFrom(whatPeopleSend).Draw(p.T, "text"))
	}
	p.hears()
}

// sends has the person send a text, or what brackets say.
func (p *person) sends(text string) {
	for strings.Contains(text, "%") {
		p.texts++
		text = strings.Replace(text, "%", fmt.Sprintf("no. %d of mine", 1000+p.texts), 1)
	}
	in := p.w.from(p.at, text)
	if inside, ok := strings.CutPrefix(text, "["); ok {
		what, words, _ := strings.Cut(strings.TrimSuffix(inside, "]"), " ")
		in.Text = words
		switch what {
		case "photo":
			in.Media = []channels.Media{{Kind: "photo", Ref: "ref", Type: "image/jpeg"}}
		case "sticker":
			in.Other = "sticker"
		case "tap", "old":
			in.Text = ""
			if len(p.taps) == 0 {
				return
			}
			in.Choice = p.taps[len(p.taps)-1].Data
			if what == "old" {
				in.Choice = p.taps[0].Data
			}
		case "late":
			in.At = in.At.Add(-time.Hour)
		case "edit":
			in.Edit = true
		case "stop":
			in.Opt, in.Text = channels.OptOut, "STOP"
		case "start":
			in.Opt, in.Text = channels.OptIn, "START"
		case "go":
			p.goesOn()
			return
		}
	}
	p.receives(in)
}

// receives has a message come in, all of which must be kept from then on.
func (p *person) receives(in channels.Inbound) {
	if strings.Contains(in.Text, "of mine") {
		p.mislaid.pending[in.Text] = true
	}
	p.mislaid.takesBack = in.Text == "delete that"
	if err := p.w.bot.Receive(p.w.ctx, hospital, in); err != nil {
		p.Fatal(err)
	}
	p.w.clock.Advance(time.Second)
}

var moveCode = regexp.MustCompile(`MOVE [0-9A-Z]{4}-[0-9A-Z]{4}`)

// goesOn has the person ask for a code, and send it from the next channel.
func (p *person) goesOn() {
	p.receives(p.w.from(p.at, "change channel"))
	code := moveCode.FindString(p.hears())
	if code == "" {
		return // it was asked whether that was an answer, say
	}
	next := map[place]place{sms: whatsApp, whatsApp: telegram, telegram: sms}[p.at]
	p.receives(p.w.from(next, code))
	if strings.Contains(p.w.hears(next.address), "You can go on here now") {
		p.at = next
	}
}

// leftAlone is said to who chose that their words go no further: they are erased.
const leftAlone = "Nobody but you has seen it"

// hears is what came to the person since the last time.
func (p *person) hears() string {
	p.w.deliver()
	p.w.mu.Lock()
	for _, m := range p.w.heard[p.at.address] {
		p.taps = append(p.taps, m.Options...)
	}
	p.w.mu.Unlock()
	said := p.w.hears(p.at.address)
	if len(p.mislaid.lost) > 0 && !strings.Contains(said, leftAlone) {
		p.Fatalf("what the person wrote is nowhere: %q", p.mislaid.lost)
	}
	p.mislaid.lost = nil
	if strings.Contains(said, "{") || strings.Contains(said, "reference is .") {
		p.Fatalf("a hole in what is said: %q", said)
	}
	return said
}

// staff does something to one of the person's cases. What they may not do is refused
// with a sentence, and is no fault.
func (p *person) staff() {
	cases := p.w.at(p.at).Conversation.Cases
	if len(cases) == 0 {
		return
	}
	w, by := p.w, bot.By{Name: "Sam"}
	ref := cases[rapid.IntRange(0, len(cases)-1).Draw(p.T, "case")].Ref
	var err error
	switch act := rapid.IntRange(0, 8).Draw(p.T, "act"); act {
	case 0, 1:
		err = w.bot.Update(w.ctx, hospital, ref, by, "We looked at it.")
	case 2, 3:
		err = w.offerPoints(ref, by)
	case 4:
		err = w.bot.Acknowledge(w.ctx, hospital, ref, by, bot.Acknowledgement{Handler: "Grace", Decides: "an apology"})
	case 5:
		err = w.bot.ProposeLater(w.ctx, hospital, ref, by, w.clock.Now().Add(60*day), "The doctor is away.")
	case 6:
		err = w.bot.ConfirmWithdrawal(w.ctx, hospital, ref, by)
	case 7:
		err = w.bot.Died(w.ctx, hospital, ref, by)
	case 8:
		err = errors.Join(w.bot.Release(w.ctx, hospital, ref, by), w.bot.Did(w.ctx, hospital, []bot.CaseRef{ref}, by, "it is warm now."))
	}
	if err != nil && !errors.As(err, new(*bot.Rejection)) {
		p.Fatal(err)
	}
	w.wake(w.bot)
}

// isBack has a person who left come back.
func (p *person) isBack() {
	if p.w.at(p.at).Conversation.Left {
		p.sends("[start]")
		p.hears()
	}
}

// isReached sees that a person gets the task to ring who asks for it, and the number.
func (p *person) isReached() {
	p.isBack()
	p.receives(p.w.from(p.at, "call me"))
	if said := p.hears(); !strings.Contains(said, "Which number") {
		p.Fatalf("CALL ME is answered %q", said)
	}
	p.receives(p.w.from(p.at, "07700 900123"))
	p.hears()
	if task := p.w.task(bot.CallPerson); task == nil || task.Phone == "" {
		p.Fatalf("nobody has the task to call: %+v", task)
	}
}

func (p *person) isToldHowItStands() {
	p.receives(p.w.from(p.at, "status"))
	if said := p.hears(); !strings.Contains(strings.ToLower(said), "complaint") && !strings.Contains(said, "hear") {
		p.Fatalf("STATUS is answered %q", said)
	}
}

// comesToAnEnd gives the plainest answer to each question until none is open.
func (p *person) comesToAnEnd() {
	answers := []string{"07700 900123", "done", "skip", "send", "1", "no", "Ward 6", "3", "2"}
	for i := 0; len(p.w.state(p.at).Frames) > 0; i++ {
		if i > 400 {
			p.Fatalf("no end from %+v", p.w.state(p.at).Frames)
		}
		p.receives(p.w.from(p.at, answers[i%len(answers)]))
		p.hears()
	}
}
