package bot_test

import (
	"errors"
	"strings"
	"testing"

	"heard/bot"
	"heard/flows"
)

// stuck is somebody at a question whose flow does not load: what they write is put
// aside. mend puts things right.
func stuck(t *testing.T, w *world) (mend func()) {
	t.Helper()
	w.hasWords(w.say(daughter, "Complain"), "Who is this about?")
	session, err := flows.Decode(w.view(daughter).Conversation.Session)
	if err != nil {
		t.Fatal(err)
	}
	broken := session
	broken.Frames = []flows.Frame{{Flow: "complain", Hash: "unknown", Step: "about", Visit: 1}}
	w.setSession(daughter, broken)
	return func() { w.setSession(daughter, session) }
}

func (w *world) replay() error {
	return w.bot.Replay(w.ctx, hospital, string(w.view(daughter).Conversation.ID)+"/"+string(bot.PutAside), bot.By{Name: "Ola", Member: "ola"})
}

// What was put aside by our fault is an answer like any other once the fault is
// mended: the person need not write it again.
func TestWhatWasPutAsideIsSentThrough(t *testing.T) {
	w := onEmbedded(t)
	mend := stuck(t, w)
	for i, text := range []string{"Someone I care for", "my mother"} {
		in := w.inbound(daughter, text)
		in.Seq = int64(7 + i)
		w.hasWords(w.send(in), "We have kept your message")
	}
	task := w.task(bot.PutAside)
	if task == nil || !strings.Contains(task.Words, "Someone I care for") || !strings.Contains(task.Words, "my mother") {
		t.Fatalf("staff do not see both: %+v", task)
	}

	var refused *bot.Rejection
	if err := w.replay(); !errors.As(err, &refused) || refused.Code != bot.RejectNotReady {
		t.Fatalf("the fault is there still: %v", err)
	}
	if again := w.task(bot.PutAside); again == nil || len(again.Aside) != 2 || w.hears(daughter) != "" {
		t.Errorf("a fault that is not mended changed something: %+v", again)
	}

	before := w.view(daughter).Conversation
	mend()
	if err := w.replay(); err != nil {
		t.Fatal(err)
	}
	got := w.hears(daughter)
	if !strings.HasPrefix(got, "Why are you telling us for them?") || !strings.Contains(got, "Sorry, please reply with a number") {
		t.Errorf("not answered in order: %q", got)
	}
	if w.task(bot.PutAside) != nil {
		t.Error("the task is still there")
	}
	if after := w.view(daughter).Conversation; !after.LastAt.Equal(before.LastAt) || after.LastSeq != before.LastSeq {
		t.Error("what they write next may be taken for late")
	}
	if err := w.replay(); !errors.As(err, &refused) || refused.Code != bot.RejectNoCase {
		t.Errorf("a second press: %v", err)
	}
	if got := w.hears(daughter); got != "" {
		t.Errorf("a second press is answered: %q", got)
	}
}

// Who has gone on meanwhile is at another question: the old words are kept, and
// answer nothing.
func TestWhatWasPutAsideAnswersNoLaterQuestion(t *testing.T) {
	w := onEmbedded(t)
	mend := stuck(t, w)
	w.say(daughter, "Someone I care for")
	mend()
	w.later(1)
	w.hasWords(w.say(daughter, "Me"), "Where did it happen?")
	if err := w.replay(); err != nil {
		t.Fatal(err)
	}
	if got := w.hears(daughter); got != "" {
		t.Errorf("answered: %q", got)
	}
	w.hasWords(w.say(daughter, "Ward 6"), "When was it?")
	c := w.caseOf(daughter)
	found := false
	for _, e := range w.timeline(c) {
		found = found || e.Text == "Someone I care for"
	}
	for _, e := range w.kept(daughter) {
		found = found || e.Kind == bot.AlsoSaid && e.Text == "Someone I care for"
	}
	if !found {
		t.Error("the words are lost")
	}
}
