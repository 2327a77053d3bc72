package bot_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"heard/bot"
)

var (
	sam = bot.By{Name: "Sam Reed", Member: "m-sam"}
	ade = bot.By{Name: "Ade Lewis", Member: "m-ade"}
)

// an outcome that lacks nothing, of so many points.
func wholeOutcome(points int) bot.Answered {
	a := bot.Answered{
		Opening: "Thank you for waiting.", Considered: "You asked for a call. We call you on Monday.",
		Signatory: "Grace Okafor, chief nurse", Ombudsman: "nhs",
	}
	for range points {
		a.Findings = append(a.Findings, bot.Finding{
			Kind: bot.Upheld, Words: "Two nurses were away.", Apology: "We are sorry.",
			Actions: []bot.Promise{{What: "Call in a nurse when two are away.", Owner: "the ward manager", Due: time.Date(2027, 1, 15, 0, 0, 0, 0, time.UTC)}},
		})
	}
	return a
}

// offerPoints writes and offers an outcome of two points.
func (w *world) offerPoints(ref bot.CaseRef, by bot.By) error {
	if err := w.bot.SaveOutcome(w.ctx, hospital, ref, by, wholeOutcome(2)); err != nil {
		return err
	}
	return w.bot.OfferOutcome(w.ctx, hospital, ref, by, []string{"cold", "nobody came"})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// rejected wants a rejection with a code.
func (w *world) rejected(err error, code, why string) {
	w.t.Helper()
	var r *bot.Rejection
	if !errors.As(err, &r) || r.Code != code {
		w.t.Errorf("%s: %v, want %q", why, err, code)
	}
}

// lacks are the fields that an error names, in order.
func lacks(err error) []string {
	var lack *bot.LackError
	if !errors.As(err, &lack) {
		return nil
	}
	var fields []string
	for _, one := range lack.Lacks {
		if one.Sentence == "" {
			return nil
		}
		fields = append(fields, one.Field)
	}
	return fields
}

// points has the person divide their complaint, after it was sent.
func (w *world) points(points ...string) *bot.Case {
	w.t.Helper()
	w.say(daughter, "1")
	w.say(daughter, "no")
	for _, p := range points {
		w.say(daughter, p)
	}
	w.say(daughter, "done")
	return w.caseOf(daughter)
}

// A point that nobody answers is a person who was not heard: nothing is offered until
// each has its finding, and all that is missing is told at once, by its field.
func TestAnOutcomeIsNotOfferedWhileSomethingIsMissing(t *testing.T) {
	w := onEmbedded(t)
	w.complain(daughter, "Nobody")
	c := w.points("It was cold.")
	if c.AnswerPoints() != 2 {
		t.Fatalf("the case has %d points", c.Points)
	}
	offer := func(a bot.Answered, want ...string) {
		t.Helper()
		w.must(w.bot.SaveOutcome(w.ctx, hospital, c.Ref, sam, a))
		err := w.bot.OfferOutcome(w.ctx, hospital, c.Ref, sam, []string{"Nobody came.", "It was cold."})
		if got := lacks(err); !slices.Equal(got, want) {
			t.Errorf("missing: %q, want %q (%v)", got, want, err)
		}
		if got := w.caseOf(daughter); got.Outcome.Entry != "" || len(w.news(c.Ref)) != 0 {
			t.Error("it was offered all the same")
		}
	}
	w.rejected(w.bot.OfferOutcome(w.ctx, hospital, c.Ref, sam, nil), bot.RejectEmpty, "nothing is written")
	offer(bot.Answered{}, "opening", "point-1-kind", "point-2-kind", "signatory", "ombudsman")
	offer(wholeOutcome(1), "point-2-kind")
	a := wholeOutcome(2)
	a.Ombudsman = "the moon"
	a.Findings[0] = bot.Finding{Kind: bot.PartlyUpheld, Actions: []bot.Promise{{Owner: "the ward"}}}
	a.Findings[1] = bot.Finding{Kind: bot.Upheld, Words: "It was.", Apology: "Sorry."}
	offer(a, "point-1-found", "point-1-action-1-what", "point-1-action-1-due", "point-1-apology", "point-2-no-action", "ombudsman")
	a = wholeOutcome(2)
	a.Findings[1].Actions[0].Due = w.clock.Now().AddDate(0, 0, -1)
	offer(a, "point-2-action-1-due")
	a = wholeOutcome(2)
	a.Findings[0], a.Findings[1] = bot.Finding{Kind: bot.NoFinding}, bot.Finding{Kind: bot.OtherBody}
	offer(a, "point-1-found", "point-2-body")
	a.Findings[0] = bot.Finding{Kind: "guilty"}
	a.Findings[1] = bot.Finding{Kind: bot.PointWithdrawn}
	offer(a, "point-1-kind")
}

// What the person wants put right must be answered where they said it.
func TestAWishMustBeConsidered(t *testing.T) {
	w := onEmbedded(t)
	w.tell(daughter)
	for _, text := range []string{"Nobody came all night.", "done", "I want a call.", "Nobody", "Send"} {
		w.say(daughter, text)
	}
	c := w.caseOf(daughter)
	a := wholeOutcome(1)
	a.Considered = " "
	w.must(w.bot.SaveOutcome(w.ctx, hospital, c.Ref, sam, a))
	if got := lacks(w.bot.OfferOutcome(w.ctx, hospital, c.Ref, sam, nil)); !slices.Equal(got, []string{"considered"}) {
		t.Errorf("missing: %q", got)
	}
}

// A person reads on their phone what was found of each of their points, in plain
// words, with the apology, what is done by whom and when, how their wish was
// considered, who answers for it, and where they can go with it.
func TestAPersonReadsTheOutcomePointByPoint(t *testing.T) {
	w := onEmbedded(t)
	w.complain(daughter, "Nobody")
	c := w.points("It was cold.")
	a := wholeOutcome(2)
	a.Findings[1] = bot.Finding{Kind: bot.NotUpheld, Words: "It was 21 degrees at each reading."}
	a.Ombudsman = "both"
	w.must(w.bot.SaveOutcome(w.ctx, hospital, c.Ref, sam, a))
	w.must(w.bot.OfferOutcome(w.ctx, hospital, c.Ref, sam, []string{"Nobody came.", "It was cold."}))
	w.later(time.Hour)
	first := w.hears(daughter)
	w.hasWords(first, "we have an answer for you")
	if strings.Contains(first, "nurse") || strings.Contains(first, string(c.Ref)) {
		t.Errorf("the first message tells what it is about: %q", first)
	}
	w.hasWords(w.say(daughter, "1"),
		"Thank you for waiting.",
		`1 You said: "Nobody came."`, "this went wrong. Two nurses were away.", "We are sorry.",
		"What is done: Call in a nurse when two are away. By whom: the ward manager. By Friday 15 January 2027.",
		`2 You said: "It was cold."`, "We did not find that this went wrong. It was 21 degrees at each reading.",
		"About what you asked for: You asked for a call.", "from Grace Okafor, chief nurse", "Health Service and Social Care Ombudsmen")
	got := w.caseOf(daughter)
	if got.Outcome.Read.IsZero() || got.Draft != nil || len(got.Promises) != 1 || !slices.Equal(got.Outcome.Findings, []bot.FindingKind{bot.Upheld, bot.NotUpheld}) {
		t.Errorf("the case holds %+v, draft %v, promises %v", got.Outcome, got.Draft, got.Promises)
	}
	var shown []string
	for _, e := range w.timeline(got) {
		if e.Field == "electronic_answer" {
			shown = append(shown, e.Text+": "+e.Shown)
		}
	}
	if len(shown) != 1 || !strings.HasPrefix(shown[0], "now: St Mary's: we have an answer for you") {
		t.Errorf("that they agreed to read it here is kept as %q", shown)
	}
	w.hasWords(w.say(daughter, "disagree"), "what is not right")
	w.say(daughter, "It was not 21 degrees.")
	w.hasWords(w.say(daughter, "done"), "Health Service and Social Care Ombudsmen")
}

// A person who reads another language gets words that somebody answers for: who put them
// into it is named, and what they were put from is kept beside them.
func TestATranslatedOutcomeKeepsBothTexts(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	offer := func(written, translator string) error {
		a := wholeOutcome(1)
		a.Written, a.Translator = written, translator
		w.must(w.bot.SaveOutcome(w.ctx, hospital, c.Ref, sam, a))
		return w.bot.OfferOutcome(w.ctx, hospital, c.Ref, sam, []string{"Nobody came."})
	}
	if got := lacks(offer("We were wrong.", " ")); !slices.Equal(got, []string{"translator"}) {
		t.Errorf("without a translator: %q", got)
	}
	if got := lacks(offer("", "Nia Prys")); !slices.Equal(got, []string{"written"}) {
		t.Errorf("without what was translated: %q", got)
	}
	w.must(offer("We were wrong.", "Nia Prys"))
	var kept []string
	for _, e := range w.timeline(w.caseOf(daughter)) {
		if e.Kind == bot.Found {
			kept = append(kept, e.Text, e.Written, e.Translator, e.Outcome.Written)
		}
	}
	if !slices.Equal(kept, []string{"Thank you for waiting.", "We were wrong.", "Nia Prys", ""}) {
		t.Errorf("kept: %q", kept)
	}
}

// Two people who write at once do not lose each other's words.
func TestAStaleDraftIsNotWrittenOver(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	seen := sam
	seen.Seen = c.Version
	w.must(w.bot.SaveOutcome(w.ctx, hospital, c.Ref, seen, wholeOutcome(1)))
	late := ade
	late.Seen = c.Version
	w.rejected(w.bot.SaveOutcome(w.ctx, hospital, c.Ref, late, bot.Answered{Opening: "Mine."}), bot.RejectStale, "a stale draft")
	if got := w.caseOf(daughter).Draft; got == nil || got.Opening != "Thank you for waiting." || got.By != "Sam Reed" {
		t.Errorf("the draft is %+v", got)
	}
	long := bot.Answered{Opening: strings.Repeat("long ", 2000)}
	if got := lacks(w.bot.SaveOutcome(w.ctx, hospital, c.Ref, sam, long)); !slices.Equal(got, []string{"opening"}) {
		t.Errorf("too long: %q", got)
	}
	w.must(w.bot.DropOutcome(w.ctx, hospital, c.Ref, sam))
	if w.caseOf(daughter).Draft != nil {
		t.Error("the draft is still there")
	}
}

// Where a provider wants two people to see an outcome before it is sent, one cannot be
// both, and what is signed is what is sent.
func TestASecondPersonSigns(t *testing.T) {
	w := onEmbedded(t)
	w.bot = w.newBotWith(w.store, librarySet(t), func(o *bot.Options) { o.Providers[0].SecondSignature = true })
	c := w.complain(daughter, "Nobody")
	offer := func() error { return w.bot.OfferOutcome(w.ctx, hospital, c.Ref, sam, []string{"all of it"}) }
	w.must(w.bot.SaveOutcome(w.ctx, hospital, c.Ref, sam, bot.Answered{Opening: "Hello."}))
	if got := lacks(w.bot.AskSignature(w.ctx, hospital, c.Ref, sam)); len(got) == 0 {
		t.Error("a signature was asked for half an outcome")
	}
	w.must(w.bot.SaveOutcome(w.ctx, hospital, c.Ref, sam, wholeOutcome(1)))
	w.rejected(offer(), bot.RejectNotReady, "an offer without a signature")
	w.must(w.bot.AskSignature(w.ctx, hospital, c.Ref, sam))
	if w.task(bot.SignOutcome) == nil {
		t.Error("nobody is asked to sign")
	}
	w.rejected(w.bot.SignOutcome(w.ctx, hospital, c.Ref, sam), bot.RejectOwnWork, "a signature by who wrote it")
	w.must(w.bot.SignOutcome(w.ctx, hospital, c.Ref, ade))
	changed := wholeOutcome(1)
	changed.Opening = "Thank you."
	w.must(w.bot.SaveOutcome(w.ctx, hospital, c.Ref, ade, changed))
	w.rejected(offer(), bot.RejectNotReady, "an offer of what was changed after it was signed")
	w.rejected(w.bot.SignOutcome(w.ctx, hospital, c.Ref, ade), bot.RejectOwnWork, "a signature by who changed it")
	w.rejected(w.bot.SignOutcome(w.ctx, hospital, c.Ref, sam), bot.RejectOwnWork, "a signature by who began it")
	w.must(w.bot.SignOutcome(w.ctx, hospital, c.Ref, bot.By{Name: "Bo", Member: "m-bo"}))
	w.must(w.bot.SaveOutcome(w.ctx, hospital, c.Ref, sam, changed)) // as it is
	w.must(offer())
	if w.task(bot.SignOutcome) != nil || w.caseOf(daughter).Outcome.Entry == "" {
		t.Error("it was not offered, or is still to be signed")
	}
}

// Who did not open their answer in ten working days is thought of by a person, and
// gets no message about it.
func TestAnUnopenedOutcomeIsATask(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.resolve(c.Ref, "We were wrong.")
	w.hears(daughter)
	offered := w.clock.Now()
	w.later(24 * time.Hour)
	w.later(72 * time.Hour)
	w.hears(daughter) // the reminders of the question
	due := england(t)
	for due.WorkingDaysUntil(offered, w.clock.Now()) < 9 {
		w.later(24 * time.Hour)
	}
	w.hears(daughter)
	if w.task(bot.UnopenedOutcome) != nil {
		t.Fatal("it is a task after nine working days")
	}
	for due.WorkingDaysUntil(offered, w.clock.Now()) < 11 {
		w.later(24 * time.Hour)
	}
	if w.task(bot.UnopenedOutcome) == nil {
		t.Error("nobody learns that it was not opened")
	}
	if got := w.hears(daughter); got != "" {
		t.Errorf("the person hears %q", got)
	}
	w.say(daughter, "status")
	w.hasWords(w.say(daughter, "1"), "We were wrong.")
	if w.task(bot.UnopenedOutcome) != nil {
		t.Error("it is still a task once it was opened")
	}
}

// An outcome that was opened, or replaced, is nothing to see to.
func TestAnOpenedOutcomeIsNoTask(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.resolve(c.Ref, "We did nothing wrong.")
	w.hears(daughter)
	w.say(daughter, "1")
	w.resolve(c.Ref, "We were wrong after all.")
	w.say(daughter, "it settles it")
	w.wake(w.bot)
	w.hears(daughter)
	w.hasWords(w.say(daughter, "1"), "We were wrong after all.")
	w.later(30 * 24 * time.Hour)
	if w.task(bot.UnopenedOutcome) != nil {
		t.Error("what was opened is said to be unopened")
	}
}

// When an answer was offered and when it was read are two dates, each on the timeline; of
// a newer answer both are new.
func TestOfferedAndReadAreTwoDates(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.resolve(c.Ref, "We were wrong.")
	offered := w.clock.Now()
	w.hears(daughter)
	w.later(26 * time.Hour)
	w.hears(daughter)
	w.say(daughter, "1")
	opened := func() (all []bot.EntryID) {
		for _, e := range w.timeline(w.caseOf(daughter)) {
			if e.Kind == bot.WasRead {
				all = append(all, e.Of)
			}
		}
		return all
	}
	got := w.caseOf(daughter).Outcome
	if !got.Offered.Equal(offered) || !got.Read.After(offered.Add(20*time.Hour)) || !slices.Equal(opened(), []bot.EntryID{got.Entry}) {
		t.Errorf("offered %v, read %v; on the timeline: %v", got.Offered, got.Read, opened())
	}
	w.say(daughter, "I have a question")
	w.say(daughter, "Why?")
	w.say(daughter, "done")
	w.resolve(c.Ref, "We looked again.")
	if got := w.caseOf(daughter).Outcome; !got.Read.IsZero() {
		t.Error("a new answer is taken for read")
	}
	w.wake(w.bot)
	w.hears(daughter)
	w.say(daughter, "1")
	if got := w.caseOf(daughter).Outcome; got.Read.IsZero() || len(opened()) != 2 || opened()[1] != got.Entry {
		t.Errorf("of the new one: %+v, %v", got, opened())
	}
}

// Who chose to be told in a meeting gets no message with the answer, nor that there
// is one: a person arranges it, notes that it was told, and they are asked what they
// think without a word of it.
func TestAnOutcomeIsToldInPerson(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.resolve(c.Ref, "We did nothing wrong.")
	w.hears(daughter)
	for _, text := range []string{"another way", "a meeting", "At home, in the morning.", "skip"} {
		w.say(daughter, text)
	}
	if w.task(bot.ArrangeOutcome) == nil {
		t.Error("nobody arranges it")
	}
	w.later(5 * 24 * time.Hour)
	if got := w.hears(daughter); strings.Contains(got, "answer for you") {
		t.Errorf("they chose a meeting, and hear %q", got)
	}
	w.must(w.offerPoints(c.Ref, sam))
	w.later(5 * 24 * time.Hour)
	if got := w.hears(daughter); strings.Contains(got, "answer for you") {
		t.Errorf("of the next outcome, they hear %q", got)
	}
	if got := w.caseOf(daughter).Outcome; got.Manner != bot.ByMeeting || !got.Read.IsZero() {
		t.Errorf("the outcome is %+v", got)
	}
	if got := lacks(w.bot.NoteTold(w.ctx, hospital, c.Ref, sam, bot.InPerson{On: w.clock.Now().Add(48 * time.Hour)})); !slices.Equal(got, []string{"manner", "on"}) {
		t.Errorf("missing: %q", got)
	}
	w.must(w.bot.NoteTold(w.ctx, hospital, c.Ref, sam, bot.InPerson{Manner: bot.ByMeeting, On: w.clock.Now(), Who: "Grace Okafor"}))
	if w.task(bot.ArrangeOutcome) != nil || w.task(bot.UnopenedOutcome) != nil {
		t.Error("it is still to be arranged")
	}
	w.wake(w.bot)
	asked := w.hears(daughter)
	w.hasWords(asked, "May we ask one short thing")
	if strings.Contains(asked, "nurse") || strings.Contains(asked, string(c.Ref)) {
		t.Errorf("the first message tells what it is about: %q", asked)
	}
	w.hasWords(w.say(daughter, "1"), "What do you think of the answer that you were given?")
	w.hasWords(w.say(daughter, "it settles it"), "Because you spoke up")
	got := w.caseOf(daughter)
	if got.Status != bot.Closed || got.Outcome.Answer != "accepted" || got.Outcome.Read.IsZero() || got.Outcome.ToldBy != "Grace Okafor" {
		t.Errorf("status %q, outcome %+v", got.Status, got.Outcome)
	}
}

// Who is told in person may read it here after all, and may say not yet, or disagree.
func TestWhoChoseAnotherWayMayStillReadIt(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.resolve(c.Ref, "We did nothing wrong.")
	w.hears(daughter)
	for _, text := range []string{"another way", "a letter", "1 High Street"} {
		w.say(daughter, text)
	}
	w.hasWords(w.say(daughter, "status"), "we have an answer for you")
	w.hasWords(w.say(daughter, "1"), "We did nothing wrong.")
	if w.task(bot.ArrangeOutcome) != nil {
		t.Error("what was read is still to be told")
	}
	w.must(w.bot.NoteTold(w.ctx, hospital, c.Ref, sam, bot.InPerson{Manner: bot.ByLetter, On: w.clock.Now()}))
	w.say(daughter, "menu")
	w.later(time.Hour)
	w.hasWords(w.hears(daughter), "one short thing")
	w.hasWords(w.say(daughter, "later"), "You can write to us")
	if got := w.caseOf(daughter); got.Outcome.Answer != "later" || got.Status != bot.Open {
		t.Errorf("status %q, outcome %+v", got.Status, got.Outcome)
	}
}

// What people think of an outcome is counted by what was found, so that a provider which
// tells bad news well is seen to. Of all other statements nothing of it is kept.
func TestAnswersAboutAnOutcomeHaveItsFinding(t *testing.T) {
	w := onEmbedded(t)
	c := w.complain(daughter, "Nobody")
	w.points("It was cold.")
	a := wholeOutcome(2)
	a.Findings[1].Kind = bot.NotUpheld
	w.must(w.bot.SaveOutcome(w.ctx, hospital, c.Ref, sam, a))
	w.must(w.bot.OfferOutcome(w.ctx, hospital, c.Ref, sam, []string{"Nobody came.", "It was cold."}))
	w.later(time.Hour)
	w.hears(daughter)
	w.say(daughter, "1")
	w.say(daughter, "it settles it")
	for range 30 {
		w.later(48 * time.Hour)
		if strings.Contains(w.hears(daughter), "may we ask") {
			w.say(daughter, "1")
			for range 3 {
				w.say(daughter, "2")
			}
		}
	}
	of := map[bot.FindingKind][]string{}
	for _, month := range []string{"2026-11", "2026-12", "2027-01"} {
		answers, err := w.desk.Answers(w.ctx, hospital, month)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range answers {
			stage, _, _ := strings.Cut(a.Statement, ".")
			of[a.Finding] = append(of[a.Finding], stage)
		}
	}
	if got := of[bot.PartlyUpheld]; len(got) == 0 || len(of) != 2 || slices.ContainsFunc(got, func(s string) bool { return s != "outcomes" }) || slices.Contains(of[""], "outcomes") {
		t.Errorf("answers by finding: %v", of)
	}
}

// A promise that is kept is told to everybody whose case led to it.
func TestYouSaidWeDid(t *testing.T) {
	w := onEmbedded(t)
	one, two := w.complain(daughter, "Nobody"), w.complain(neighbor, "Nobody")
	w.must(w.offerPoints(one.Ref, sam))
	w.wake(w.bot)
	w.hears(daughter)
	w.say(daughter, "1")
	w.say(daughter, "it settles it")
	w.hears(neighbor)
	if task := w.task(bot.KeepPromise); task == nil || task.Due.Format(time.DateOnly) != "2027-01-15" {
		t.Errorf("the task of the promise is %v", task)
	}
	done := func(n int, words string) error {
		return w.bot.KeptPromise(w.ctx, hospital, one.Ref, sam, n, words, []bot.CaseRef{two.Ref, one.Ref})
	}
	if got := lacks(done(0, " ")); !slices.Equal(got, []string{"words"}) {
		t.Errorf("missing: %q", got)
	}
	w.rejected(done(2, "x"), bot.RejectNoCase, "an action that there is not")
	w.rejected(w.bot.FinishTask(w.ctx, hospital, w.task(bot.KeepPromise).ID, sam, "Done."), bot.RejectUntold, "a promise that ends on the work list")
	if w.task(bot.KeepPromise) == nil {
		t.Error("the task ended, and nobody was told")
	}
	w.must(done(0, "A nurse is called in now when two are away."))
	w.rejected(done(0, "Again."), bot.RejectNotReady, "an action that is done")
	w.wake(w.bot)
	w.later(13 * time.Hour)
	w.hasWords(w.hears(daughter), "there is news for you")
	w.hasWords(w.say(daughter, "1"), "because of that: A nurse is called in now")
	w.hasWords(w.hears(neighbor), "there is news for you")
	got := w.caseOf(daughter)
	if got.Status != bot.Closed || got.Promises[0].Done.IsZero() || !got.Promises[1].Done.IsZero() || w.task(bot.KeepPromise) == nil {
		t.Errorf("status %q, promises %+v", got.Status, got.Promises)
	}
}
