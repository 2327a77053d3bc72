package bot

import (
	"fmt"
	"slices"
	"time"
)

// RejectLacks is the code of an outcome that cannot be offered yet.
const RejectLacks = "lacks"

// LackError is an outcome that cannot be offered: it says everything that is missing.
type LackError struct {
	Rejection
	Lacks []Lack
}

// Lack is one thing that is missing or cannot be taken.
type Lack struct {
	Field    string // as forms and programs name it; empty: it is about the whole
	Sentence string
}

// As lets it be taken for the rejection that it is.
func (e *LackError) As(target any) bool {
	r, ok := target.(**Rejection)
	if ok {
		*r = &e.Rejection
	}
	return ok
}

func lackError(all []Lack) error {
	if len(all) == 0 {
		return nil
	}
	return &LackError{Rejection{RejectLacks, "The outcome cannot be offered yet: " + all[0].Sentence}, all}
}

// PointField names a field of a point, which count from 0 here and from 1 there.
func PointField(point int, name string) string { return fmt.Sprintf("point-%d-%s", point+1, name) }

// ActionField names a field of an action of a point.
func ActionField(point, action int, name string) string {
	return fmt.Sprintf("point-%d-action-%d-%s", point+1, action+1, name)
}

// lacks lists what an outcome must still have before its person may be told: a
// finding for each of so many points, and an answer to what they wish. today is when
// the day began.
func (a Answered) lacks(points int, wish bool, ombudsmen []string, today time.Time) (all []Lack) {
	lack := func(field, format string, args ...any) {
		all = append(all, Lack{field, fmt.Sprintf(format, args...)})
	}
	if a.Opening == "" {
		lack("opening", "Write how the answer begins, which the person reads before the points.")
	}
	for i := range max(points, len(a.Findings), 1) {
		var f Finding
		if i < len(a.Findings) {
			f = a.Findings[i]
		}
		f.lacks(i, lack, today)
	}
	if wish && a.Considered == "" {
		lack("considered", "Say how what the person wishes was considered.")
	}
	if a.Signatory == "" {
		lack("signatory", "Say who answers for this: name and role.")
	}
	if a.Written == "" && a.Translator != "" {
		lack("written", "Write here what was translated. Both texts are kept.")
	}
	if a.Written != "" && a.Translator == "" {
		lack("translator", "Name who translated it. It is kept with both texts.")
	}
	if !slices.Contains(ombudsmen, a.Ombudsman) {
		lack("ombudsman", "Choose which ombudsman the person can go to.")
	}
	return all
}

// lacks tells what one point must still have.
func (f Finding) lacks(i int, lack func(field, format string, args ...any), today time.Time) {
	n := i + 1
	switch {
	case !isFinding(f.Kind):
		lack(PointField(i, "kind"), "Point %d: choose what was found.", n)
		return
	case f.Kind == PointWithdrawn:
		return
	case f.Kind == NoFinding && f.Words == "":
		lack(PointField(i, "found"), "Point %d: say why no finding is possible.", n)
	case f.Kind == OtherBody && f.Body == "":
		lack(PointField(i, "body"), "Point %d: say which body it is for, and how to reach it.", n)
	case f.Kind != OtherBody && f.Words == "":
		lack(PointField(i, "found"), "Point %d: say what was found, and how it was looked into.", n)
	}
	for j, p := range f.Actions {
		p.lacks(i, j, lack, today)
	}
	if f.Kind != Upheld && f.Kind != PartlyUpheld {
		return
	}
	if f.Apology == "" {
		lack(PointField(i, "apology"), "Point %d: say sorry for what went wrong.", n)
	}
	if len(f.Actions) == 0 && f.NoAction == "" {
		lack(PointField(i, "no-action"), "Point %d: say what is done, or why nothing is.", n)
	}
}

func (p Promise) lacks(i, j int, lack func(field, format string, args ...any), today time.Time) {
	if p.What == "" {
		lack(ActionField(i, j, "what"), "Point %d, action %d: say what is done.", i+1, j+1)
	}
	if p.Owner == "" {
		lack(ActionField(i, j, "owner"), "Point %d, action %d: say who sees to it.", i+1, j+1)
	}
	switch {
	case !p.Due.IsZero() && p.Due.Before(today):
		lack(ActionField(i, j, "due"), "Point %d, action %d: this day has passed. Choose one that is still to come.", i+1, j+1)
	case p.Due.IsZero():
		lack(ActionField(i, j, "due"), "Point %d, action %d: say by which day.", i+1, j+1)
	}
}
