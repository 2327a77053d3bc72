package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"heard/bot"
	"heard/channels"
	"heard/flows"
	"heard/flows/library"
)

// A provider delivers one message fifty times at once, and again later: the
// person must not get fifty answers, nor answer fifty questions.
func TestTheSameMessageHasOneEffect(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.tell(daughter)
		in := w.inbound(daughter, "Nobody came all night.")
		w.atOnce(50, func(int) error { return w.bot.Receive(w.ctx, hospital, in) })
		w.hasWords(w.hears(daughter), "we have kept that")
		w.say(daughter, "She was cold.")
		if got := w.send(in); got != "" {
			t.Errorf("answered again: %q", got)
		}
		if got := texts(w.timeline(w.caseOf(daughter)), bot.Said); !slices.Equal(got, []string{"Nobody came all night.", "She was cold."}) {
			t.Errorf("the story is %q", got)
		}
	})
}

func (w *world) atOnce(n int, do func(i int) error) {
	w.t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if err := do(i); err != nil {
				w.t.Error(err)
			}
		})
	}
	all.Wait()
}

// Two people's thumbs, or one that is fast: every message counts, also when two
// instances take them, each with its own memory of what was.
func TestMessagesAtOnceAreAllTaken(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		bots := []*bot.Bot{w.bot, w.newBot(w.store, librarySet(t))}
		const people, each = 8, 12
		address := func(i int) channels.Address { return channels.Address(fmt.Sprint("+447700900", 200+i)) }
		for i := range people {
			w.tell(address(i))
		}
		messages := make([]channels.Inbound, people*each)
		for i := range messages {
			messages[i] = w.inbound(address(i%people), fmt.Sprint("part ", i/people))
		}
		w.atOnce(len(messages), func(i int) error { return bots[i/people%2].Receive(w.ctx, hospital, messages[i]) })
		for i := range people {
			got := texts(w.timeline(w.caseOf(address(i))), bot.Said)
			slices.Sort(got)
			if len(slices.Compact(got)) != each {
				t.Errorf("%d of %d parts of a story are there", len(got), each)
			}
			w.hasWords(w.hears(address(i)), "we have kept that")
		}
	})
}

// Two instances take one person's messages in turn: what each remembers is
// always old, and nothing may be lost by that.
func TestAStaleMemoryLosesNothing(t *testing.T) {
	w := onEmbedded(t)
	bots := []*bot.Bot{w.bot, w.newBot(w.store, librarySet(t))}
	for i, text := range []string{"Complain", "Me", "Ward 6", "skip", "one", "two", "three", "done"} {
		if err := bots[i%2].Receive(w.ctx, hospital, w.inbound(daughter, text)); err != nil {
			t.Fatal(err)
		}
	}
	if got := texts(w.timeline(w.caseOf(daughter)), bot.Said); !slices.Equal(got, []string{"one", "two", "three"}) {
		t.Errorf("the story is %q", got)
	}
}

// wire is a store whose commits fail as they are told to.
type wire struct {
	bot.Store
	before, after error // of the next commits
	failures      int
}

func (s *wire) Commit(ctx context.Context, t bot.Turn) (bot.Committed, error) {
	if s.failures > 0 && s.before != nil {
		s.failures--
		return bot.Committed{}, s.before
	}
	done, err := s.Store.Commit(ctx, t)
	if s.failures > 0 && err == nil {
		s.failures--
		return bot.Committed{}, s.after
	}
	return done, err
}

var errDown = errors.New("the store is down")

// A store that is down must be told to the provider, which keeps the message,
// and nothing of it may be half true.
func TestAStoreThatIsDown(t *testing.T) {
	w := onEmbedded(t)
	s := &wire{Store: w.store}
	w.bot = w.newBot(s, librarySet(t))
	w.say(daughter, "Complain")
	before := w.dump()
	s.before, s.failures = errDown, 2
	in := w.inbound(daughter, "Me")
	if err := w.bot.Receive(w.ctx, hospital, in); !errors.Is(err, errDown) {
		t.Fatalf("error %v", err)
	}
	if w.dump() != before {
		t.Error("something was written")
	}
	w.hasWords(w.send(in), "Where did it happen?")
}

// The commit was done and its answer lost: the step must not be done twice, and
// the reply must not wait.
func TestALostAnswerDoublesNothing(t *testing.T) {
	w := onEmbedded(t)
	s := &wire{Store: w.store}
	w.bot = w.newBot(s, librarySet(t))
	w.tell(daughter)
	s.after, s.failures = errDown, 1
	w.hasWords(w.say(daughter, "Nobody came."), "we have kept that")
	s.after, s.failures = errDown, 1
	w.hasWords(w.say(daughter, "done"), "What would put it right")
	if got := texts(w.timeline(w.caseOf(daughter)), bot.Said); !slices.Equal(got, []string{"Nobody came."}) {
		t.Errorf("the story is %q", got)
	}
}

// setSession puts a person where no flow leads.
func (w *world) setSession(a channels.Address, st flows.State) {
	w.t.Helper()
	c := w.view(a).Conversation
	session, err := flows.Encode(&st)
	if err != nil {
		w.t.Fatal(err)
	}
	c.Session = session
	w.commit(&c)
}

func (w *world) commit(c *bot.Conversation) {
	w.t.Helper()
	turn := bot.Turn{Provider: hospital, ID: bot.TurnID(fmt.Sprint("T", w.next.Add(1))), Ops: []bot.Op{bot.PutConversation{Conversation: c}}}
	if _, err := w.store.Commit(w.ctx, turn); err != nil {
		w.t.Fatal(err)
	}
}

func hashOf(t *testing.T, set *flows.Set, flow string) string {
	t.Helper()
	all, err := set.Publish()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		if v.Flow == flow {
			return v.Hash
		}
	}
	t.Fatalf("no flow %q", flow)
	return ""
}

// A fault of ours must not swallow what somebody wrote, nor end their
// conversation, nor anybody else's.
func TestAMessageThatCannotBeHandledIsPutAside(t *testing.T) {
	circle := fstest.MapFS{"circle.yaml": {Data: []byte(`
flow: circle
title: Goes round
owner: A test
version: 1
stage: considering
start: [ring a ring]
steps:
  one:
    say: Round
    next: {status is none: two, else: end}
  two:
    say: And round
    next: one
`)}}
	for name, prepare := range map[string]func(t *testing.T, w *world){
		"panics": func(t *testing.T, w *world) {
			w.setSession(daughter, flows.State{Frames: []flows.Frame{{Flow: "complain", Hash: hashOf(t, librarySet(t), "complain"), Step: "nowhere", Visit: 1}}})
		},
		"does not load": func(_ *testing.T, w *world) {
			w.setSession(daughter, flows.State{Frames: []flows.Frame{{Flow: "complain", Hash: "unknown", Step: "about", Visit: 1}}})
		},
		"cannot be read": func(_ *testing.T, w *world) {
			c := w.view(daughter).Conversation
			c.Session = []byte("\xff nothing")
			w.commit(&c)
		},
		"goes round": func(t *testing.T, w *world) { w.bot = w.newBot(w.store, librarySet(t, circle)) },
	} {
		t.Run(name, func(t *testing.T) { testPutAside(t, prepare) })
	}
}

func testPutAside(t *testing.T, prepare func(*testing.T, *world)) {
	w := onEmbedded(t)
	prepare(t, w)
	session := w.view(daughter).Conversation.Session
	in := w.inbound(daughter, "ring a ring")
	in.Media = []channels.Media{{Kind: "photo", Ref: "file-1"}}
	w.hasWords(w.send(in), "We have kept your message", "999")
	kept := w.kept(daughter)
	if len(kept) != 1 || kept[0].Kind != bot.Aside || kept[0].Text != "ring a ring" || len(kept[0].Media) != 1 || kept[0].From != in.ID {
		t.Errorf("kept %+v", kept)
	}
	if task := w.task(bot.PutAside); task == nil || task.Conv != w.view(daughter).Conversation.ID {
		t.Errorf("task %+v", task)
	}
	if string(w.view(daughter).Conversation.Session) != string(session) {
		t.Error("the session changed")
	}
	if got := w.send(in); got != "" {
		t.Errorf("repeated: %q", got)
	}
	place := w.inbound(daughter, "ring a ring")
	place.Location = &channels.Location{Latitude: 1, Longitude: 2}
	w.send(place)
	if kept := w.kept(daughter); kept[0].Kind == bot.Aside && len(kept) > 1 && kept[1].Text != "ring a ring\n1.00000, 2.00000" {
		t.Errorf("a position is not kept: %+v", kept)
	}
	if !strings.Contains(w.log.String(), "put aside") {
		t.Error("nothing is logged")
	}
	w.hasWords(w.say(neighbor, "Complain"), "Who is this about?")
	w.setSession(daughter, flows.State{})
	w.hasWords(w.say(daughter, "Complain"), "Who is this about?")
}

// News that cannot be made by our fault is for a person to tell, and is not
// forgotten.
func TestNewsThatCannotBeMadeIsATask(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.setSession(daughter, flows.State{Case: string(c.Ref), Frames: []flows.Frame{{Flow: "complain", Hash: "unknown", Step: "about", Visit: 1}}})
	conv := w.view(daughter).Conversation
	conv.Session = []byte("\xff nothing")
	w.commit(&conv)
	w.update(c.Ref, "The ward has answered.")
	if task := w.task(bot.Undelivered); task == nil || task.Case != c.Ref {
		t.Errorf("task %+v", task)
	}
	if len(w.news(c.Ref)) != 1 {
		t.Error("the news is forgotten")
	}
}

// changed is the library with other steps, or other words.
func changed(t *testing.T, edit func(f *flows.FlowSource)) *flows.Set {
	t.Helper()
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	src.Wordings = nil // they translate the steps as they ship
	for i := range src.Flows {
		if src.Flows[i].Name == "complain" {
			edit(&src.Flows[i])
		}
	}
	return compile(t, src)
}

// The provider publishes a flow without the question that somebody stands at:
// they finish on theirs, also with an instance that has never seen it.
func TestAFlowChangesUnderAPerson(t *testing.T) {
	w := onEmbedded(t)
	w.say(daughter, "Complain")
	w.say(daughter, "Someone I care for")
	w.bot = w.newBot(w.store, changed(t, func(f *flows.FlowSource) {
		f.Steps = slices.DeleteFunc(f.Steps, func(s flows.StepSource) bool { return s.Name == "why_you" || s.Name == "sorry" })
		for i := range f.Steps {
			if f.Steps[i].Name == "about" {
				f.Steps[i].Next = nil
			}
		}
	}))
	w.hasWords(w.say(neighbor, "Complain"), "Who is this about?")
	w.hasWords(w.say(neighbor, "Someone I care for"), "Where did it happen?")
	w.hasWords(w.say(daughter, "They asked me to"), "Where did it happen?")
	for _, text := range []string{"Ward 6", "skip", "Nobody came.", "done", "skip", "Nobody", "Send"} {
		w.say(daughter, text)
	}
	if c := w.caseOf(daughter); c.Status != bot.Open || w.task(bot.PutAside) != nil {
		t.Errorf("status %q", c.Status)
	}
}

// Better words are for everybody, at once.
func TestNewWordsAreHeardAtOnce(t *testing.T) {
	w := onEmbedded(t)
	w.say(daughter, "Complain")
	w.bot = w.newBot(w.store, changed(t, func(f *flows.FlowSource) {
		for i := range f.Steps {
			if f.Steps[i].Name == "where" {
				f.Steps[i].Text.Text = "In which place was that?"
			}
		}
	}))
	w.hasWords(w.say(daughter, "Me"), "In which place was that?")
}

// A provider may take in no message of another: its id comes from an address on
// the web.
func TestAnUnknownProviderIsAnError(t *testing.T) {
	w := onEmbedded(t)
	if err := w.bot.Receive(w.ctx, "elsewhere", w.inbound(daughter, "Complain")); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("error %v", err)
	}
}

// Each round trip is time that somebody waits: two, and one for who just wrote.
func TestRoundTrips(t *testing.T) {
	w := onRedis(t)
	trips := func(in channels.Inbound) int64 {
		before := w.trips.Load()
		w.receive(in)
		return w.trips.Load() - before
	}
	w.say(daughter, "hello")
	other := w.newBot(w.store, librarySet(t))
	if n := trips(w.inbound(daughter, "Complain")); n != 1 {
		t.Errorf("%d round trips for who just wrote", n)
	}
	w.bot = other
	for i, text := range []string{"Me", "Ward 6", "skip", "Nobody came."} {
		if n := trips(w.inbound(daughter, text)); n > 2 || i > 0 && n != 1 {
			t.Errorf("%d round trips", n)
		}
	}
}
