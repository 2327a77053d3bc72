package bot_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/channels"
)

const nurseHeard = "She says that the night light keeps her awake, and that nobody moved it."

// recording is a world that sends texts, and something that a nurse was told by the
// daughter, whose number she typed.
func recording(t *testing.T, change func(*bot.Recording)) (*world, bot.Slip) {
	t.Helper()
	w := onEmbedded(t)
	w.bot = w.newBotWith(w.store, librarySet(t), func(o *bot.Options) { o.Providers[0].SMS = smsFrom })
	r := bot.Recording{Slip: bot.NewSlip(), Words: nurseHeard, Place: "Ward 6", Number: string(daughter)}
	change(&r)
	w.secret = append(w.secret, nurseHeard, r.Slip.Code)
	if err := w.bot.Record(w.ctx, hospital, bot.By{Name: "Bo Nurse", Member: "staff:1", Turn: "turn-1"}, r); err != nil {
		t.Fatal(err)
	}
	w.wake(w.bot)
	return w, r.Slip
}

func (w *world) recorded(s bot.Slip) *bot.Case {
	w.t.Helper()
	c, err := w.desk.ReadCase(w.ctx, hospital, s.Ref)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// Who told a nurse reads, with the slip that she handed over, what she wrote down, and
// says that it is right; the clock has run since they told it.
func TestRecordedPersonConfirms(t *testing.T) {
	w, slip := recording(t, func(*bot.Recording) {})
	c := w.recorded(slip)
	if c.Status != bot.Open || !c.Due.Equal(england(t).AcknowledgeBy(w.clock.Now())) || w.task(bot.Acknowledge) == nil || w.task(bot.NotJoined) == nil {
		t.Fatalf("the case is %q, due %v", c.Status, c.Due)
	}
	w.hasWords(w.hears(daughter), "somebody in our team wrote down")
	w.hasWords(w.say(daughter, "1"), "code on the slip")
	w.hasWords(w.say(daughter, bot.ShowMoveCode(slip.Code)), nurseHeard, "Is that what you said?")
	w.hasWords(w.say(daughter, "1"), string(slip.Ref))
	c = w.recorded(slip)
	if c.Recorded.Joined.IsZero() || c.Recorded.Confirmed.IsZero() || w.task(bot.NotJoined) != nil {
		t.Errorf("recorded: %+v", c.Recorded)
	}
	w.update(slip.Ref, "The light was moved.")
	w.hasWords(w.hears(daughter), "there is news")
	w.hasWords(w.say(daughter, "1"), "The light was moved.")
}

// A number that somebody else typed may be a stranger's: whoever has it reads nothing of
// what was said, not even that it is about a complaint, nor what staff write since.
func TestNoContentBeforeTheCode(t *testing.T) {
	w, slip := recording(t, func(*bot.Recording) {})
	w.update(slip.Ref, "The light was moved.")
	w.later(day)
	all := w.hears(daughter)
	for _, text := range []string{"1", "I have none", "ABCD-2345", "status", "menu", "who are you?", "yes", "1"} {
		all += w.say(daughter, text)
		w.later(time.Hour)
		all += w.hears(daughter)
	}
	for range 10 {
		w.later(day)
		all += w.hears(daughter)
	}
	for _, told := range []string{"light", "Ward 6", string(slip.Ref), "Bo Nurse", "there is news"} {
		if strings.Contains(all, told) {
			t.Errorf("who has the phone hears %q", told)
		}
	}
	for _, e := range w.timeline(w.recorded(slip)) {
		if strings.Contains(e.Text, "I have none") {
			t.Error("what a stranger wrote is on the case")
		}
	}
	for _, f := range w.recorded(slip).Fields {
		if f.Name != "place" {
			t.Errorf("what a stranger wrote is on the case, as %s", f.Name)
		}
	}
	w.hasWords(w.say(daughter, "SLIP "+slip.Code), nurseHeard)
}

// Nobody guesses their way to somebody else's words: after five codes no more are looked
// at for an hour, not even the right one.
func TestCodesOfSlipsAreNotGuessed(t *testing.T) {
	w, slip := recording(t, func(*bot.Recording) {})
	for range 5 {
		w.hasWords(w.say(neighbor, "SLIP ABCD-2345"), "opens nothing")
	}
	if heard := w.say(neighbor, "slip: "+bot.ShowMoveCode(slip.Code)); strings.Contains(heard, "light") {
		t.Fatal("after five wrong codes the right one opens it at once")
	}
	w.later(time.Hour)
	w.hasWords(w.say(neighbor, "slip: "+bot.ShowMoveCode(slip.Code)), nurseHeard)
	if heard := w.say(mother, "SLIP "+slip.Code); strings.Contains(heard, "light") {
		t.Error("a code opens it twice")
	}
}

// "Not me" ends it, and staff learn it; what was written down stays theirs to answer.
func TestRecordedNumberIsAStrangers(t *testing.T) {
	w, slip := recording(t, func(*bot.Recording) {})
	w.hears(daughter)
	w.hasWords(w.say(daughter, "3"), "no more to this number")
	if w.task(bot.WrongNumber) == nil || w.task(bot.Acknowledge) == nil {
		t.Error("staff do not learn it, or need not answer any more")
	}
	for range 10 {
		w.later(day)
		if heard := w.hears(daughter); heard != "" {
			t.Fatalf("a stranger hears %q", heard)
		}
	}
	w.hasWords(w.say(mother, "MOVE "+slip.Code), nurseHeard) // as good as SLIP
}

// Who has no number, or gave none, goes on from whatever phone they find, by the code.
func TestRecordedWithoutANumber(t *testing.T) {
	w, slip := recording(t, func(r *bot.Recording) { r.Number, r.Language = "", "en" })
	if task := w.task(bot.NotJoined); task == nil || !strings.Contains(task.Text, "gave no number") {
		t.Errorf("staff are not told that nobody can be written to: %+v", task)
	}
	w.update(slip.Ref, "The light was moved.")
	w.later(2 * day)
	in := w.inbound(daughter, "")
	in.Channel, in.Sender, in.Start = channels.Telegram, "telegram:1", "s_"+slip.Code
	w.hasWords(w.send(in), nurseHeard)
	c := w.recorded(slip)
	if c.Channel != "" {
		t.Error("an anonymous case says on which channel its person came")
	}
}

// What the person says is wrong stands beside what was written, which nobody can change.
func TestRecordedPersonCorrects(t *testing.T) {
	w, slip := recording(t, func(*bot.Recording) {})
	w.say(daughter, "SLIP "+slip.Code)
	w.say(daughter, "2")
	w.say(daughter, "It was the radio, not the light")
	w.hasWords(w.say(daughter, "done"), "beside theirs", string(slip.Ref))
	entries := w.timeline(w.recorded(slip))
	if got := texts(entries, bot.Said); len(got) != 1 || got[0] != nurseHeard {
		t.Errorf("what was written down is now %q", got)
	}
	if got := texts(entries, bot.Replied); len(got) != 1 || got[0] != "It was the radio, not the light" || w.task(bot.ReadReply) == nil {
		t.Errorf("the correction: %q", got)
	}
}

// Who has a complaint of their own keeps it, and has both.
func TestRecordedForWhoHasACase(t *testing.T) {
	w, slip := recording(t, func(r *bot.Recording) { r.Number = "" })
	own := w.quietly(daughter)
	w.hasWords(w.say(daughter, "SLIP "+slip.Code), nurseHeard)
	w.hasWords(w.say(daughter, "1"), string(slip.Ref))
	w.hasWords(w.say(daughter, "status"), string(own.Ref), string(slip.Ref))
}

// A letter of last week runs from last week, words of danger reach staff at once, and a
// form that is sent twice makes one case.
func TestALetterIsRecorded(t *testing.T) {
	w, slip := recording(t, func(r *bot.Recording) {
		r.How, r.Number, r.Name, r.Words = bot.HowLetter, "", "Ade", "I want to kill myself"
		r.At = time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC)
		r.Cause, r.Barred = "Sam", []bot.MemberID{"sam"}
	})
	c := w.recorded(slip)
	if !c.Due.Equal(england(t).AcknowledgeBy(c.Received)) || c.Received.Day() != 12 || c.Privacy != bot.PrivacyNamed || c.Recorded.How != bot.HowLetter {
		t.Errorf("received %v, due %v, %q", c.Received, c.Due, c.Privacy)
	}
	if len(c.Barred) != 1 || w.task(bot.Danger) == nil {
		t.Errorf("barred %v", c.Barred)
	}
	again := bot.Recording{Slip: bot.NewSlip(), Words: "Twice"}
	if err := w.bot.Record(w.ctx, hospital, bot.By{Name: "Bo", Turn: "turn-1"}, again); err != nil {
		t.Fatal(err)
	}
	if n := len(w.cases()); n != 1 {
		t.Errorf("a form that was sent twice made %d cases", n)
	}
}

// What cannot be recorded is said in words, and nothing is kept of it.
func TestWhatCannotBeRecorded(t *testing.T) {
	w := onEmbedded(t)
	for code, r := range map[string]bot.Recording{
		bot.RejectEmpty: {Words: " "}, bot.RejectLong: {Words: strings.Repeat("a", 10_001)},
		bot.RejectNumber: {Words: "a", Number: "020 7946 0000"}, bot.RejectDate: {Words: "a", At: w.clock.Now().Add(time.Hour)},
	} {
		r.Slip = bot.NewSlip()
		err := w.bot.Record(w.ctx, hospital, bot.By{Name: "Bo"}, r)
		if rejected := new(bot.Rejection); !errors.As(err, &rejected) || rejected.Code != code {
			t.Errorf("%s: %v", code, err)
		}
	}
	if n := len(w.cases()); n != 0 {
		t.Errorf("%d cases", n)
	}
}

// A number that a text does not reach, or one abroad, is told from a mobile one.
func TestMobileNumbers(t *testing.T) {
	for number, want := range map[string]channels.Address{
		"07700 900123": "+447700900123", "+44 7700 900123": "+447700900123", "0044 (7700) 900-123": "+447700900123", "07624 300123": "+447624300123",
		"020 7946 0000": "", "07600 900123": "", "07000 900123": "", "+33 6 12 34 56 78": "", "07700 90012": "", "07700 9001234": "", "": "", "mum": "", "+": "",
	} {
		got, err := bot.Mobile(number)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", number, got, err)
		}
	}
}

// FuzzParseSlip: what comes from a phone is a code of eight characters, or none.
func FuzzParseSlip(f *testing.F) {
	f.Add("SLIP ABCD-2345", false)
	f.Add("abcd 2345", true)
	f.Fuzz(func(t *testing.T, text string, bare bool) {
		code, ok := bot.ParseSlip(text, bare)
		if ok && (len(code) != 8 || strings.Trim(code, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") != "") {
			t.Errorf("%q is read as %q", text, code)
		}
	})
}
