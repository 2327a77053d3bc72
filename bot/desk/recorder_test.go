package desk_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

// postbox keeps what is e-mailed.
type postbox struct {
	sent   []string // to, a line, and the text
	failed error
}

func (p *postbox) Send(_ context.Context, to, subject, text string) error {
	p.sent = append(p.sent, to+"\n"+subject+"\n"+text)
	return p.failed
}

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// code is the newest that was sent.
func (p *postbox) code() string {
	if len(p.sent) == 0 {
		return ""
	}
	return sixDigits.FindString(p.sent[len(p.sent)-1])
}

const nurse = "bo.nurse@hospital.example"

func mailing(t *testing.T) (*house, *postbox) {
	t.Helper()
	h := open(t)
	box := new(postbox)
	h.mailed(box)
	return h, box
}

// A nurse without an account records for half an hour, and sees nothing else.
func TestRecordingWithoutAnAccount(t *testing.T) {
	h, box := mailing(t)
	if err := h.desk.SendCode(h.ctx, " Bo.Nurse@Hospital.example", "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	token, err := h.desk.EnterCode(h.ctx, nurse, box.code()[:3]+" "+box.code()[3:], "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.desk.EnterCode(h.ctx, nurse, box.code(), "192.0.2.1")
	h.refused(err, desk.RejectCode, "the same code again")
	who, err := h.desk.Recorder(h.ctx, token)
	if err != nil || !who.May(desk.Record) || who.May(desk.SeeCases) || who.May(desk.Answer) || !strings.HasPrefix(string(who.Member), "staff:") || strings.Contains(string(who.Member), "nurse") {
		t.Fatalf("%+v, %v", who, err)
	}
	slip, err := h.desk.Record(h.ctx, who, "turn", desk.Recording{Words: "The light is on all night", Place: "ward 6", Number: "07700 900123", MayWrite: true})
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.desk.Record(h.ctx, who, "turn", desk.Recording{Words: "The light is on all night", MayWrite: true})
	if err != nil || again != slip {
		t.Errorf("a form that was sent twice: %v, %v", again, err)
	}
	_, err = h.desk.Case(h.ctx, who, slip.Ref)
	h.refused(err, bot.RejectNoCase, "the nurse opens the case")
	v := h.look(handler, slip.Ref)
	if len(v.Story) != 1 || v.Story[0].By != nurse {
		t.Errorf("the team sees %+v", v.Story)
	}
	h.now = h.now.Add(31 * time.Minute)
	_, err = h.desk.Recorder(h.ctx, token)
	h.refused(err, desk.RejectSignIn, "after half an hour")
}

// Whoever asks for a code for an address that is none of ours hears what everybody
// hears, and gets nothing in.
func TestCodesGoToWorkAddressesOnly(t *testing.T) {
	h, box := mailing(t)
	for _, address := range []string{"bo@elsewhere.example", "bo@hospital.example.elsewhere.example", "bo@nothospital.example"} {
		if err := h.desk.SendCode(h.ctx, address, ""); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	if len(box.sent) != 0 {
		t.Fatalf("%d were sent", len(box.sent))
	}
	for _, address := range []string{"", "bo", "bo@", "Bo <bo@hospital.example>", "bo@hospital.example\r\nbcc: x@elsewhere.example", "a@hospital.example, b@hospital.example"} {
		h.refused(h.desk.SendCode(h.ctx, address, ""), desk.RejectField, address)
	}
	_, err := h.desk.EnterCode(h.ctx, "bo@elsewhere.example", "000000", "")
	h.refused(err, desk.RejectCode, "a guess for a foreign address")
}

// A code is for ten minutes and five tries, and asking for many is slow.
func TestCodesAreNotGuessed(t *testing.T) {
	h, box := mailing(t)
	ask := func() error { return h.desk.SendCode(h.ctx, nurse, "") }
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	wrong := "000000"
	if box.code() == wrong {
		wrong = "000001"
	}
	for range 5 {
		_, err := h.desk.EnterCode(h.ctx, nurse, wrong, "")
		h.refused(err, desk.RejectCode, "a wrong code")
	}
	_, err := h.desk.EnterCode(h.ctx, nurse, box.code(), "")
	h.refused(err, desk.RejectCode, "the right code after five wrong ones")
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(11 * time.Minute)
	_, err = h.desk.EnterCode(h.ctx, nurse, box.code(), "")
	h.refused(err, desk.RejectCode, "after eleven minutes")
	for range 3 {
		err = ask()
	}
	h.refused(err, desk.RejectSlow, "the fifth code")
}

// All the phones of a hospital come from one address: a nurse who asks for a code in the
// evening must not wait for what hundreds did before her, who mistyped or never came
// back for theirs.
func TestAHospitalRecordsFromOneAddress(t *testing.T) {
	h, box := mailing(t)
	const nurses, from = 500, "192.0.2.1"
	for i := range nurses {
		address := fmt.Sprintf("nurse%d@hospital.example", i)
		if err := h.desk.SendCode(h.ctx, address, from); err != nil {
			t.Fatalf("nurse %d gets no code: %v", i, err)
		}
		h.now = h.now.Add(24 * time.Hour / nurses)
		code := box.code()
		if i%5 == 0 {
			continue // she was called away
		}
		if i%4 == 0 {
			if _, err := h.desk.EnterCode(h.ctx, address, code[1:], from); err == nil {
				t.Fatal("half a code lets somebody in")
			}
		}
		if _, err := h.desk.EnterCode(h.ctx, address, code, from); err != nil {
			t.Fatalf("nurse %d gives her code: %v", i, err)
		}
	}
}

// When a shift begins many ask at once.
func TestAShiftRecordsAtOnce(t *testing.T) {
	h, box := mailing(t)
	for i := range 250 {
		address := fmt.Sprintf("nurse%d@hospital.example", i)
		if err := h.desk.SendCode(h.ctx, address, "192.0.2.1"); err != nil {
			t.Fatalf("nurse %d gets no code: %v", i, err)
		}
		if _, err := h.desk.EnterCode(h.ctx, address, box.code(), "192.0.2.1"); err != nil {
			t.Fatalf("nurse %d gives her code: %v", i, err)
		}
	}
}

// Who records in every shift is not taken for somebody who asks for too many codes.
func TestWhoRecordsOftenDoesNotWait(t *testing.T) {
	h, box := mailing(t)
	for i := range 40 {
		for range 2 {
			if err := h.desk.SendCode(h.ctx, nurse, ""); err != nil {
				t.Fatalf("shift %d: %v", i, err)
			}
			if _, err := h.desk.EnterCode(h.ctx, nurse, box.code(), ""); err != nil {
				t.Fatalf("shift %d: %v", i, err)
			}
			h.now = h.now.Add(3 * time.Minute)
		}
		h.now = h.now.Add(11 * time.Hour)
	}
}

// A stranger who has codes sent to everybody fills few letter boxes, and keeps nobody who
// has a code from giving it.
func TestCodesForEverybody(t *testing.T) {
	h, box := mailing(t)
	const from = "192.0.2.1"
	if err := h.desk.SendCode(h.ctx, nurse, from); err != nil {
		t.Fatal(err)
	}
	code, end := box.code(), h.now.Add(time.Hour)
	for i := 0; h.now.Before(end); i++ {
		if err := h.desk.SendCode(h.ctx, fmt.Sprintf("nurse%d@hospital.example", i), from); err != nil {
			h.refused(err, desk.RejectSlow, "a stranger")
			h.now = h.now.Add(5 * time.Second)
		}
		if i == 250 {
			if _, err := h.desk.EnterCode(h.ctx, nurse, code, from); err != nil {
				t.Errorf("who has a code: %v", err)
			}
		}
	}
	if n := len(box.sent); n < 100 || n > 300 {
		t.Errorf("%d codes in an hour", n)
	}
	h.now = h.now.Add(time.Minute + time.Second)
	if err := h.desk.SendCode(h.ctx, "late.shift@hospital.example", from); err != nil {
		t.Errorf("who comes after waits longer than a minute: %v", err)
	}
}

// A mail server that is down is said, not passed over: nobody waits for a code.
func TestACodeThatCannotBeSent(t *testing.T) {
	h, box := mailing(t)
	box.failed = errors.New("down")
	if err := h.desk.SendCode(h.ctx, nurse, ""); err == nil {
		t.Error("nothing is said")
	}
}

// Who is named as the cause does not work on it, and what a form lacks stands beside it.
func TestWhoIsNamedIsKeptAway(t *testing.T) {
	h, _ := mailing(t)
	sam := h.add("sam", desk.Handler)
	slip, err := h.desk.Record(h.ctx, recorder, "", desk.Recording{Words: "Sam shouted", Cause: "  sam  reed", Mine: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = h.desk.Case(h.ctx, sam, slip.Ref); err == nil {
		t.Error("who is named opens the case")
	}
	if v := h.look(lead, slip.Ref); len(v.Barred) != 2 {
		t.Errorf("barred: %v", v.Barred)
	}
	for field, r := range map[string]desk.Recording{
		"words": {}, "number": {Words: "a", Number: "020 7946 0000", MayWrite: true}, "may_write": {Words: "a", Number: "07700 900123"},
		"how": {Words: "a", How: bot.HowLetter}, "at": {Words: "a", At: h.now.Add(time.Hour)},
	} {
		_, err := h.desk.Record(h.ctx, recorder, "", r)
		if all := desk.FieldErrors(err); len(all) != 1 || all[0].Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	_, err = h.desk.Record(h.ctx, guardian, "", desk.Recording{Words: "a"})
	h.refused(err, desk.RejectNotAllowed, "who may not record")
	if _, err := h.desk.Record(h.ctx, handler, "", desk.Recording{Words: "a", How: bot.HowLetter}); err != nil {
		t.Errorf("a handler types in a letter: %v", err)
	}
}
