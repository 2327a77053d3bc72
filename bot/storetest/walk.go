package storetest

import (
	"slices"
	"time"

	"heard/bot"
)

// An export in which a case is missing, or stands twice, tells a regulator what is not
// so: also where several were sent at one moment, and others come in meanwhile.
func walks(w *world) {
	var want []bot.CaseRef
	for i := range 9 {
		c := w.draft(w.begin(daughter))
		w.open(c)
		want = append(want, c.Ref)
		if i%4 == 3 {
			w.Clock.Advance(time.Minute)
		}
	}
	w.draft(w.begin(neighbor))
	for _, size := range []int{1, 2, 4, 100} {
		var got []bot.CaseRef
		var at bot.CaseMark
		for {
			refs, next, err := w.Desk.WalkCases(w.ctx, w.Provider, at, size)
			if err != nil {
				w.t.Fatal(err)
			}
			if len(refs) == 0 {
				break
			}
			if len(refs) > size {
				w.t.Errorf("%d of at most %d", len(refs), size)
			}
			got, at = append(got, refs...), next
		}
		sorted := slices.Clone(got)
		slices.Sort(sorted)
		slices.Sort(want)
		if !slices.Equal(sorted, want) {
			w.t.Errorf("%d at once: %d cases, want %d", size, len(got), len(want))
		}
	}
}
