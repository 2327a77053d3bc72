package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/channels"
	"heard/flows"
)

// What a person told must be there, whole and in order, with a promise that is
// kept: a reference, a date, a task for somebody.
func TestAConversationBecomesACase(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.hasWords(w.say(daughter, "Complain"), "right to complain", "Who is this about?")
		if w.view(daughter).Case != nil {
			t.Error("there is a draft before there is an answer")
		}
		w.hasWords(w.say(daughter, "Me"), "Where did it happen?")
		draft := w.caseOf(daughter)
		if draft.Status != bot.Draft || draft.Stage != flows.Making {
			t.Errorf("the first answer makes %q, %q", draft.Status, draft.Stage)
		}
		w.say(daughter, "Ward 6")
		w.say(daughter, "skip")
		w.say(daughter, "Nobody came all night.")
		w.say(daughter, "She was cold.")
		w.say(daughter, "done")
		if len(w.cases()) != 0 || w.task(bot.Acknowledge) != nil {
			t.Error("staff see a draft")
		}
		w.say(daughter, "An apology")
		w.say(daughter, "Complaints team only")
		w.hasWords(w.say(daughter, "Ade"), "check this", "Ward 6", "Nobody came", "Ade")
		w.hasWords(w.say(daughter, "Send"), "Your reference is "+string(draft.Ref), "5 November")
		w.wantSent(draft.Ref)
	})
}

func (w *world) wantSent(ref bot.CaseRef) {
	w.t.Helper()
	c, err := w.desk.ReadCase(w.ctx, hospital, ref)
	if err != nil {
		w.t.Fatal(err)
	}
	if c.Status != bot.Open || c.Stage != flows.Informed || c.Language != "en" || c.Privacy != bot.PrivacyConfidential {
		w.t.Errorf("status %q, stage %q, language %q, privacy %q", c.Status, c.Stage, c.Language, c.Privacy)
	}
	if c.Due.In(time.UTC) != time.Date(2026, 11, 5, 17, 0, 0, 0, time.UTC) {
		w.t.Errorf("due %v: not the end of the third working day", c.Due)
	}
	want := []bot.Field{
		{Name: "about", Value: "me"}, {Name: "place", Value: "Ward 6"}, {Name: "when"},
		{Name: "put_right", Value: "An apology"}, {Name: "privacy", Value: "confidential"}, {Name: "name", Value: "Ade"},
	}
	got := slices.DeleteFunc(slices.Clone(c.Fields), func(f bot.Field) bool { return f.Name == "when" })
	if want = slices.DeleteFunc(want, func(f bot.Field) bool { return f.Name == "when" }); !slices.Equal(got, want) {
		w.t.Errorf("fields %v, want %v", got, want)
	}
	if got := texts(w.timeline(c), bot.Said); !slices.Equal(got, []string{"Nobody came all night.", "She was cold."}) {
		w.t.Errorf("the story is %q", got)
	}
	if refs := w.cases(); !slices.Equal(refs, []bot.CaseRef{ref}) {
		w.t.Errorf("the desk lists %v", refs)
	}
	task := w.task(bot.Acknowledge)
	if task == nil || task.Case != ref || !task.Due.Equal(c.Due) {
		w.t.Errorf("the task to acknowledge is %+v", task)
	}
}

// A changed answer must stand where the old one stood, and the old one nowhere.
func TestAChangedAnswerKeepsItsPlace(t *testing.T) {
	w := onEmbedded(t)
	w.tell(daughter)
	w.say(daughter, "Nobody came.")
	for _, text := range []string{"done", "skip", "Nobody", "2", "Ward 7", "Send"} {
		w.say(daughter, text)
	}
	fields := w.caseOf(daughter).Fields
	i := slices.IndexFunc(fields, func(f bot.Field) bool { return f.Name == "place" })
	if i != 1 || fields[i].Value != "Ward 7" {
		t.Errorf("fields %v", fields)
	}
}

// Whatever alphabet people write in, and however long, it is theirs and stays
// whole.
func TestTextOfAnyKindIsKeptWhole(t *testing.T) {
	w := onEmbedded(t)
	w.tell(daughter)
	story := []string{
		"👩🏽‍🦽 sat there 😢", "الممرضة لم تأتِ أبداً", "nul\x00byte", "broken \uFFFD char", "{ref} {{.}} %s ' OR 1=1",
		strings.Repeat("0123456789", 1000),
	}
	for _, text := range story {
		w.say(daughter, text)
	}
	if got := texts(w.timeline(w.caseOf(daughter)), bot.Said); !slices.Equal(got, story) {
		t.Error("what was kept is not what was written")
	}
}

// A file, a position and a caption are part of what happened.
func TestFilesAndPositionsAreKept(t *testing.T) {
	w := onEmbedded(t)
	w.tell(daughter)
	in := w.inbound(daughter, "the bruise")
	in.Media = []channels.Media{{Kind: "photo", Ref: "https://files.example/1", Type: "image/jpeg", Size: 7}}
	w.receive(in)
	in = w.inbound(daughter, "here")
	in.Location = &channels.Location{Latitude: 51.5, Longitude: -0.12}
	w.receive(in)
	entries := w.timeline(w.caseOf(daughter))
	if len(entries) != 2 || len(entries[0].Media) != 1 || entries[0].Media[0].Type != "image/jpeg" || entries[0].Text != "the bruise" {
		t.Fatalf("the photo: %+v", entries)
	}
	if entries[0].Media[0].Ref != "" || entries[0].From != "" {
		t.Error("the desk is given the ids by which the provider knows who wrote")
	}
	c := w.caseOf(daughter)
	whole, err := w.store.Entry(w.ctx, hospital, c, entries[0].ID)
	if err != nil || len(whole.Media) != 1 || whole.Media[0].Ref != "https://files.example/1" {
		t.Errorf("the photo cannot be fetched: %+v, error %v", whole, err)
	}
	if len(entries) == 2 && entries[1].Text != "here\n51.50000, -0.12000" {
		t.Errorf("the position: %q", entries[1].Text)
	}
}

// A story that took days to be fetched was still told on its day: the clock
// counts from there, and the date that the person is told is the date that staff
// have.
func TestTheClockCountsFromTheDayOfWriting(t *testing.T) {
	w := onEmbedded(t)
	first := w.inbound(daughter, "They left him on the floor.")
	first.At = w.clock.Now().Add(-72 * time.Hour) // Friday; it comes in on Monday
	w.send(first)
	w.say(daughter, "1")
	w.hasWords(w.say(daughter, "send now"), "It is sent")
	c := w.caseOf(daughter)
	if got := c.Due.In(time.UTC); !c.Received.Before(w.clock.Now().Add(-71*time.Hour)) || got.Day() != 4 {
		t.Errorf("received %v, due %v", c.Received, got)
	}
}

// SEND NOW is for who has no strength left for questions.
func TestSendNowOpensTheCase(t *testing.T) {
	w := onEmbedded(t)
	w.tell(daughter)
	w.say(daughter, "Nobody came all night.")
	w.hasWords(w.say(daughter, "SEND NOW"), "It is sent. Your reference is H-")
	if c := w.caseOf(daughter); c.Status != bot.Open || w.task(bot.Acknowledge) == nil {
		t.Errorf("status %q", c.Status)
	}
}

// DELETE means that nothing is left: not in the draft, not beside it, not in
// what was to be said.
func TestDeleteErasesEverything(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.say(daughter, "Complain")
		w.say(daughter, "purple nonsense") // kept beside, before there is a draft
		w.say(daughter, "Me")
		w.say(daughter, "Ward 6")
		w.say(daughter, "skip")
		w.say(daughter, "The purple curtains were torn.")
		draft := w.caseOf(daughter)
		if strings.Contains(w.dump(), "purple") || strings.Contains(w.dump(), "7700900101") {
			t.Error("words or an address are in the store in clear")
		}
		w.receive(w.inbound(daughter, "done")) // its answer quotes the story and is not sent yet
		w.say(daughter, "DELETE")
		w.hasWords(w.say(daughter, "yes"), "deleted")
		if w.view(daughter).Case != nil || len(w.kept(daughter)) != 0 {
			t.Error("the draft, or what lay beside it, is still there")
		}
		if text := w.dump(); strings.Contains(text, string(draft.Ref)) || strings.Contains(text, string(draft.Handle)) {
			t.Error("the store still knows the draft")
		}
		if st, err := flows.Decode(w.view(daughter).Conversation.Session); err != nil || len(st.Answers)+len(st.Early) > 0 {
			t.Errorf("the session still has answers, error %v", err)
		}
		w.hasWords(w.say(daughter, "Complain"), "Who is this about?")
	})
}

// Words that mean danger are for a person to read now, not in three days.
func TestDangerIsATaskAtOnce(t *testing.T) {
	w := onEmbedded(t)
	w.tell(daughter)
	w.say(daughter, "Nobody came.")
	w.hasWords(w.say(daughter, "I want to end my life"), "999", "danger now?")
	c := w.caseOf(daughter)
	task := w.task(bot.Danger)
	if c.Status != bot.Draft || task == nil || task.Case != "" || task.Words != "I want to end my life" || task.Due.Sub(w.clock.Now()) > 15*time.Minute {
		t.Errorf("status %q, task %+v", c.Status, task)
	}
	if got := texts(w.timeline(c), bot.Said); !slices.Contains(got, "I want to end my life") {
		t.Errorf("the words are not where the task leads: %q", got)
	}
	w.hasWords(w.say(daughter, "no"), "go on")
}

// The same before anything was begun, and with a case that was sent: the words
// must be where the task leads.
func TestDangerInFirstWordsIsReadable(t *testing.T) {
	w := onEmbedded(t)
	w.say(neighbor, "I took an overdose")
	task := w.task(bot.Danger)
	if task == nil || task.Conv == "" || !slices.Contains(texts(w.kept(neighbor), bot.Alerted), "I took an overdose") {
		t.Errorf("task %+v, kept %+v", task, w.kept(neighbor))
	}
	w = onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.say(daughter, "I want to end my life")
	if got := texts(w.timeline(c), bot.Alerted); !slices.Contains(got, "I want to end my life") {
		t.Errorf("on the timeline: %q", got)
	}
}

// A correction is a note, unless it says that somebody is in danger.
func TestEditsAreNotes(t *testing.T) {
	w := onEmbedded(t)
	w.tell(daughter)
	w.say(daughter, "Nobody came.")
	edit := w.inbound(daughter, "Nobody came for hours.")
	edit.Edit = true
	if got := w.send(edit); got != "" {
		t.Errorf("an edit is answered: %q", got)
	}
	c := w.caseOf(daughter)
	if got := texts(w.timeline(c), bot.AlsoSaid); !slices.Equal(got, []string{"Nobody came for hours."}) {
		t.Errorf("notes %q", got)
	}
	edit = w.inbound(daughter, "Nobody came. I want to end my life.")
	edit.Edit = true
	w.hasWords(w.send(edit), "999")
	if w.task(bot.Danger) == nil {
		t.Error("danger in an edit alerts nobody")
	}
	if got := texts(w.timeline(c), bot.Said); !slices.Equal(got, []string{"Nobody came."}) {
		t.Errorf("the story became %q", got)
	}
}

// What comes late is not the answer to a question that was asked since.
func TestLateMessagesAreKeptAndAnswerNothing(t *testing.T) {
	w := onEmbedded(t)
	late := w.inbound(daughter, "Me")
	w.clock.Advance(time.Minute)
	w.say(daughter, "Complain")
	if got := w.send(late); got != "" || w.view(daughter).Case != nil {
		t.Errorf("a late message was taken for an answer: %q", got)
	}
	if got := texts(w.kept(daughter), bot.AlsoSaid); !slices.Equal(got, []string{"Me"}) {
		t.Errorf("kept %q", got)
	}
	w.hasWords(w.say(daughter, "Me"), "Where did it happen?")

	late = w.inbound(daughter, "and it was dark")
	w.clock.Advance(time.Minute)
	w.say(daughter, "Ward 6")
	w.say(daughter, "skip")
	w.say(daughter, "Nobody came.")
	w.receive(late)
	if got := texts(w.timeline(w.caseOf(daughter)), bot.Said); !slices.Equal(got, []string{"Nobody came.", "and it was dark"}) {
		t.Errorf("the story is %q", got)
	}
}

// Telegram begins to count anywhere after a week of silence: nobody may be held
// for late from then on.
func TestAProvidersNumbersMayBeginAnew(t *testing.T) {
	w := onEmbedded(t)
	message := func(seq int64, text string) channels.Inbound {
		in := w.inbound("4242", text)
		in.Channel, in.Sender, in.Seq = channels.Telegram, "77", seq
		return in
	}
	w.send(message(900_000, "Complain"))
	w.clock.Advance(8 * 24 * time.Hour)
	w.hasWords(w.send(message(17, "Me")), "Where did it happen?")
	if got := w.send(message(16, "Ward 6")); got != "" {
		t.Errorf("an older one was answered: %q", got)
	}
}

// Where things stand can be asked at any time, and nothing is lost by it.
func TestStatusAtAnyTime(t *testing.T) {
	w := onEmbedded(t)
	w.say(daughter, "Complain")
	w.hasWords(w.say(daughter, "status"), "You have not sent a complaint yet", "Who is this about?")
	w.say(daughter, "Me")
	w.hasWords(w.say(daughter, "Status"), "Where did it happen?")
	w.say(daughter, "Ward 6")
	w.say(daughter, "skip")
	w.say(daughter, "Nobody came.")
	w.say(daughter, "STATUS")
	for _, text := range []string{"done", "skip", "Nobody", "Send"} {
		w.say(daughter, text)
	}
	w.hasWords(w.say(daughter, "status"), "Your complaint "+string(w.caseOf(daughter).Ref)+" is being looked at")
}

// Somebody with a case may have another matter: both are cases, with their own
// words, and news of each comes.
func TestASecondComplaintIsACaseOfItsOwn(t *testing.T) {
	w := onEmbedded(t)
	first := w.complain(daughter, "Anyone who helps")
	w.clock.Advance(time.Hour)
	w.say(daughter, "Complain")
	w.say(daughter, "Someone I care for")
	second := w.caseOf(daughter)
	if second.Ref == first.Ref || second.Status != bot.Draft {
		t.Fatalf("the second is %q, %q", second.Ref, second.Status)
	}
	w.clock.Advance(time.Hour)
	w.update(first.Ref, "The ward has answered.")
	w.hasWords(w.hears(daughter), "there is news")
	w.hasWords(w.say(daughter, "1"), "About "+string(first.Ref)+": The ward has answered.")
	w.hasWords(w.say(daughter, "no"), "Why are you telling us for them?")
	if n := len(w.news(first.Ref)); n != 0 {
		t.Errorf("the first case still has %d things to tell", n)
	}
}

func (w *world) update(ref bot.CaseRef, words string) {
	w.t.Helper()
	if err := w.bot.Update(w.ctx, hospital, ref, bot.By{Name: "Sam"}, words); err != nil {
		w.t.Fatal(err)
	}
	w.wake(w.bot)
}

// A reminder comes at its times from the question, names who asks, and no more
// often; an answered question has none.
func TestRemindersKeepTheirTimes(t *testing.T) {
	w := onEmbedded(t)
	w.tell(daughter)
	asked := w.clock.Now()
	until := func(d time.Duration) { w.later(asked.Add(d).Sub(w.clock.Now())) }
	for _, at := range []time.Duration{time.Hour, 24 * time.Hour, 72 * time.Hour} {
		until(at - time.Minute)
		if got := w.hears(daughter); got != "" {
			t.Fatalf("too early: %q", got)
		}
		until(at + time.Minute)
		w.hasWords(w.hears(daughter), "St Mary's:")
	}
	w.later(300 * time.Hour)
	if got := w.hears(daughter); got != "" {
		t.Errorf("one too many: %q", got)
	}

	w.tell(neighbor)
	w.say(neighbor, "Nobody came.")
	w.say(neighbor, "done")
	w.later(5 * time.Hour)
	if got := w.hears(neighbor); got != "" {
		t.Errorf("reminded of a story that is told: %q", got)
	}
}

// Who asks to be called and has no case must be callable.
func TestTheNumberToCallIsKeptWithoutACase(t *testing.T) {
	w := onEmbedded(t)
	w.say(daughter, "call me")
	w.say(daughter, "020 7946 0123")
	if w.task(bot.CallPerson) == nil {
		t.Fatal("nobody is asked to call")
	}
	if !slices.ContainsFunc(w.kept(daughter), func(e bot.Entry) bool { return e.Field == "phone" && e.Text != "" }) {
		t.Error("the number is nowhere")
	}
}
