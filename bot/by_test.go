package bot_test

import (
	"errors"
	"testing"

	"heard/bot"
)

// Two handlers who answer at once would each undo what the other promised; one who
// presses the button twice would tell the person twice. And whatever was done stands
// in the audit log, or was not done.
func TestActsOfStaff(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ref := w.complain(daughter, "1").Ref
		seen := w.read(ref).Version
		by := bot.By{Name: "Sam", Member: "m1", Seen: seen, Turn: "form-1"}
		for range 2 {
			if err := w.bot.Update(w.ctx, hospital, ref, by, "We have begun."); err != nil {
				t.Fatalf("the same form: %v", err)
			}
		}
		late := bot.By{Name: "Ade", Member: "m2", Seen: seen, Turn: "form-2"}
		rejected := new(bot.Rejection)
		if err := w.bot.Update(w.ctx, hospital, ref, late, "We have not begun."); !errors.As(err, &rejected) || rejected.Code != bot.RejectStale {
			t.Fatalf("over another's: %v", err)
		}
		told := 0
		for _, e := range w.timeline(w.read(ref)) {
			if e.Kind == bot.Told {
				told++
			}
		}
		if told != 1 {
			t.Errorf("%d updates stand on the timeline", told)
		}
		lines, err := w.desk.AuditTrail(w.ctx, hospital, 1, 10)
		if err != nil || len(lines) != 1 || lines[0].Record.Member != "m1" || lines[0].Record.Did != "update" || lines[0].Record.Case != ref {
			t.Errorf("the audit log: %+v, %v", lines, err)
		}
	})
}
