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
