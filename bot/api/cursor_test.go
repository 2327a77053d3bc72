package api

import (
	"testing"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

// A cursor that ends a request with a panic ends the night's synchronisation too.
func FuzzCursor(f *testing.F) {
	f.Add("")
	f.Add(caseCursor(desk.Summary{Ref: bot.NewCaseRef(), Opened: time.Unix(1, 5)}))
	f.Add(taskCursor(desk.TaskPlace{Due: time.Unix(7, 7), Task: "a b/c", Rest: true}))
	f.Add("Y2FzZXMgMSA")
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := casePlace(text); err == nil && text != "" {
			if again, err := casePlace(caseCursor(desk.Summary{Ref: p.Ref, Opened: p.Opened})); err != nil || again != p {
				t.Errorf("%+v is read as %+v, %v", p, again, err)
			}
		}
		if n, err := eventPlace(text); err == nil && text != "" {
			if again, err := eventPlace(eventCursor(n)); err != nil || again != n {
				t.Errorf("%d is read as %d, %v", n, again, err)
			}
		}
		if p, err := taskPlace(text); err == nil && text != "" {
			if again, err := taskPlace(taskCursor(p)); err != nil || again != p {
				t.Errorf("%+v is read as %+v, %v", p, again, err)
			}
		}
	})
}
