package bot_test

import (
	"context"
	"errors"
	"fmt"
	fieldsOf "reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/channels"
)

// between is a store that does something once, after a case was read.
type between struct {
	bot.Store
	then func()
}

func (s *between) Case(ctx context.Context, p bot.ProviderID, ref bot.CaseRef) (*bot.Case, bot.ConversationID, error) {
	c, id, err := s.Store.Case(ctx, p, ref)
	if then := s.then; then != nil {
		s.then = nil
		then()
	}
	return c, id, err
}

// News that is being told while the person moves must be told where they are, and
// not to the phone that they left.
func TestNewsFollowsWhileItIsTold(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	code := w.asks(sms)
	if err := w.bot.Update(w.ctx, hospital, c.Ref, bot.By{Name: "Sam"}, "We have spoken to the ward."); err != nil {
		t.Fatal(err)
	}
	mover := w.newBot(w.store, librarySet(t))
	moves := func() {
		if err := mover.Receive(w.ctx, hospital, w.from(telegram, "MOVE "+code)); err != nil {
			t.Error(err)
		}
	}
	w.wake(w.newBot(&between{Store: w.store, then: moves}, librarySet(t)))
	if got := w.hears(daughter); !strings.HasPrefix(got, there) || strings.Contains(got, "news") {
		t.Errorf("the old phone hears %q", got)
	}
	w.later(11 * time.Minute)
	w.hasWords(w.hears(onTelegram), "there is news")
}

// However much is written on both sides while it moves, all of it is somewhere, once.
func TestBothSidesWriteWhileItMoves(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		bots := []*bot.Bot{w.bot, w.newBot(w.store, librarySet(t))}
		for round := range 6 {
			from := place{channels.SMS, smsFrom, channels.Address(fmt.Sprint("+447700900", 200+round))}
			to := place{channels.Telegram, botFrom, channels.Address(fmt.Sprint("555020", round))}
			w.tell(from.address)
			w.say(from.address, "It began at night.")
			move := w.from(to, "MOVE "+w.asks(from))
			in := []channels.Inbound{move, move}
			var want []string
			for i := range 6 {
				old, now := fmt.Sprintf("old side, part %d of it", i), fmt.Sprintf("new side, part %d of it", i)
				in, want = append(in, w.from(from, old), w.from(to, now)), append(want, old, now)
			}
			w.atOnce(len(in), func(i int) error { return bots[i%2].Receive(w.ctx, hospital, in[i]) })
			w.eachOnce(from, to, append(want, "It began at night."))
			if old := w.at(from); old.Conversation.MovedTo != w.at(to).Conversation.ID {
				t.Error("it did not move")
			}
			w.deliver()
		}
	})
}

// eachOnce checks that each text is kept once, at one of two places.
func (w *world) eachOnce(from, to place, want []string) {
	w.t.Helper()
	var got []string
	for _, p := range []place{from, to} {
		v := w.at(p)
		if v.Case != nil {
			for _, e := range w.timeline(v.Case) {
				got = append(got, e.Text)
			}
		}
		for _, part := range w.state(p).Early {
			got = append(got, part.Text)
		}
		kept, err := w.store.Kept(w.ctx, hospital, v.Conversation.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, e := range kept {
			got = append(got, e.Text)
		}
	}
	for _, text := range want {
		n := 0
		for _, one := range got {
			n += strings.Count(one, text)
		}
		if n != 1 {
			w.t.Errorf("%q is kept %d times", text, n)
		}
	}
}

// An answer of the store that is lost, a provider that sends again, an instance
// that died before it wrote: it moves once and whole, or not at all.
func TestAMoveIsWholeOrNotAtAll(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		s := &wire{Store: w.store}
		w.bot = w.newBot(s, librarySet(t))
		w.tell(daughter)
		in := w.from(telegram, "MOVE "+w.asks(sms))
		s.before, s.failures = errDown, 2
		before := w.dump()
		if err := w.bot.Receive(w.ctx, hospital, in); !errors.Is(err, errDown) {
			t.Fatalf("a store that is down: %v", err)
		}
		if w.dump() != before {
			t.Fatal("half of it moved")
		}
		s.before, s.after, s.failures = nil, errDown, 1
		w.hasWords(w.send(in), here)
		w.hears(daughter)
		after := w.dump()
		if got := w.send(in); got != "" {
			t.Errorf("the same message moves again: %q", got)
		}
		if w.dump() != after {
			t.Error("the same message changed something")
		}
		w.hasWords(w.writes(telegram, "Nobody came all night."), "we have kept that")
	})
}

// An answer that never came to anybody, and the provider sends again to another
// instance: it must find that all is done.
func TestAMoveWhoseAnswerNobodyHeard(t *testing.T) {
	w := onEmbedded(t)
	s := &wire{Store: w.store}
	first := w.newBot(s, librarySet(t))
	w.tell(daughter)
	in := w.from(telegram, "MOVE "+w.asks(sms))
	s.after, s.failures = errDown, 2
	if err := first.Receive(w.ctx, hospital, in); !errors.Is(err, errDown) {
		t.Fatalf("got %v", err)
	}
	w.clock.Advance(time.Minute)
	w.hasWords(w.send(in), here)
	if strings.Count(w.hears(daughter), there) != 1 {
		t.Error("the old place is not told once")
	}
}

// A conversation whose record was damaged cannot move. Its person hears that somebody
// reads what they sent, staff see to it, and the code, good still, stands nowhere.
func TestADamagedConversationDoesNotMove(t *testing.T) {
	w := onEmbedded(t)
	w.tell(daughter)
	code := w.asks(sms)
	w.damage("c:")
	w.hasWords(w.writes(telegram, "MOVE "+code), "a person will read it")
	if task := w.task(bot.PutAside); task == nil || task.Words != "MOVE" {
		t.Errorf("staff have %+v", task)
	}
	kept, err := w.store.Kept(w.ctx, hospital, w.at(telegram).Conversation.ID)
	if err != nil || len(kept) != 1 || kept[0].Text != "MOVE" {
		t.Errorf("%d are kept: %v", len(kept), err)
	}
}

// Each thing that a conversation knows belongs to its address or to its person: one
// that is forgotten here stays with whoever has the old phone.
func TestWhatMovesIsDecidedForEachField(t *testing.T) {
	address := []string{
		"ID", "Version", "Channel", "Sender", "Address", "LastAt", "LastSeq", "Left", "MovedTo", "OptAt", "OptSeq", "Rush", "Guesses",
		"Watched", "Unwanted", "Resting", "Call", "Slip", "Nobody", "Enrolled",
		"Missed", // becomes messages of the new one
	}
	person := []string{"Session", "Case", "Handle", "AlertAt", "Cases", "LastSaid", "Pending", "Idea", "Texts"}
	w := onEmbedded(t)
	w.complain(daughter, "Nobody")
	w.say(daughter, "I want to kill myself")
	before := w.at(sms).Conversation
	before.LastSaid, before.Idea, before.Texts = bot.Spoken{Entry: "e"}, "Thank the porter.", bot.TextsAgreed
	before.Pending = []bot.Notice{{Kind: "consent", Case: "H-NONE"}}
	if _, err := w.store.Commit(w.ctx, bot.Turn{Provider: hospital, ID: "turn", Ops: []bot.Op{
		bot.PutConversation{Conversation: &before}, bot.SetTimer{Timer: bot.Timer{Kind: bot.Consult, Conversation: before.ID, After: time.Hour}},
	}}); err != nil {
		t.Fatal(err)
	}
	w.writes(telegram, "MOVE "+w.asks(sms))
	if all := w.dump(); strings.Contains(all, "T:"+string(before.ID)) || !strings.Contains(all, "T:"+string(w.at(telegram).Conversation.ID)+"/ask") {
		t.Error("what is to be asked is not asked where they are")
	}
	old, now := fieldsOf.ValueOf(w.at(sms).Conversation), fieldsOf.ValueOf(w.at(telegram).Conversation)
	for i := range old.NumField() {
		name := old.Type().Field(i).Name
		switch {
		case slices.Contains(address, name):
		case !slices.Contains(person, name):
			t.Errorf("decide in bring and bury what becomes of %s", name)
		case name != "Session" && !old.Field(i).IsZero():
			t.Errorf("%s stays with the old address", name)
		case now.Field(i).IsZero() || name != "Session" && !fieldsOf.DeepEqual(now.Field(i).Interface(), fieldsOf.ValueOf(before).Field(i).Interface()):
			t.Errorf("%s did not move", name)
		}
	}
}
