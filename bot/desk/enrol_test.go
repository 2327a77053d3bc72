package desk_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"heard/bot"
	"heard/bot/desk"
)

const people = "\ufeffNumber, Language, died, do not contact\n07700 900001,,,\n07700 900002,en,yes,\n07700 900003,,no,x\n020 7946 0000,,,\n07700 900004,fr,,\n07700 900001,,,\n"

// A list is read as people make it, and each line that nobody may be written to by is
// told by its number; who stands in it twice hears once.
func TestEnrollingAList(t *testing.T) {
	h := open(t)
	rows, err := desk.ReadEnrolment(strings.NewReader(people))
	if err != nil {
		t.Fatal(err)
	}
	good, refused, err := h.desk.CheckEnrolment(lead, rows)
	if err != nil || good != 2 || fmt.Sprint(lines(refused)) != "[3 4 5 6]" {
		t.Errorf("%d good, refused %v, %v", good, refused, err)
	}
	for _, want := range []bot.Welcome{bot.Welcomed, bot.WelcomedBefore} {
		got, err := h.desk.Enrol(h.ctx, lead, rows)
		if err != nil || got.Counts[want] == 0 || got.Counts[bot.Welcomed]+got.Counts[bot.WelcomedBefore] != 2 || len(got.Refused) != 4 {
			t.Errorf("%+v, %v", got, err)
		}
	}
	_, err = h.desk.Enrol(h.ctx, handler, rows)
	h.refused(err, desk.RejectNotAllowed, "a handler enrols people")
	for _, r := range refused {
		if strings.Contains(r.Sentence, "900") && !strings.Contains(r.Sentence, "07700 900123") {
			t.Error("a refusal repeats the number")
		}
	}
}

func lines(all []desk.EnrolRefusal) (numbers []int) {
	for _, r := range all {
		numbers = append(numbers, r.Line)
	}
	return numbers
}

// A file that is not what it should be is refused whole: half a list may leave out who
// has died.
func TestListsThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"": "headings", "a,b\n1,2\n": "column 1", "number,number\n": "Two columns", "language\nen\n": "no column called number", "number,died\n1\n": "Line 2",
		"number,died\n1,perhaps\n": "died must be yes or no", "number\n\"1\n": "Line 2", "number\n" + strings.Repeat("1\n", desk.MostEnrolled+1): "more than 5000",
	} {
		_, err := desk.ReadEnrolment(strings.NewReader(text))
		var r *bot.Rejection
		if !errors.As(err, &r) || !strings.Contains(r.Sentence, want) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

// FuzzReadEnrolment: whatever is uploaded is people, or an error.
func FuzzReadEnrolment(f *testing.F) {
	f.Add(people)
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := desk.ReadEnrolment(strings.NewReader(text))
		if err == nil && len(rows) > desk.MostEnrolled {
			t.Error("too many")
		}
	})
}
