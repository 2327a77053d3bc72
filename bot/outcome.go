package bot

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

// FindingKind is what was found of one point of a complaint.
type FindingKind string

// The kinds of finding. Yearly tables count the first three.
const (
	Upheld         FindingKind = "upheld"
	PartlyUpheld   FindingKind = "partly upheld"
	NotUpheld      FindingKind = "not upheld"
	PointWithdrawn FindingKind = "withdrawn"        // the person took the point back
	NoFinding      FindingKind = "none possible"    // and why
	OtherBody      FindingKind = "for another body" // and which
)

// FindingKinds lists them.
func FindingKinds() []FindingKind {
	return []FindingKind{Upheld, PartlyUpheld, NotUpheld, PointWithdrawn, NoFinding, OtherBody}
}

// Finding is what was found of one point of a complaint. One without a Kind is
// Point and Words only.
type Finding struct {
	Point string `cbor:"1,keyasint,omitempty"` // the person's own words; empty in a draft
	Words string `cbor:"2,keyasint,omitempty"` // what was found, and how it was looked into; why, where none was possible

	Kind     FindingKind `cbor:"3,keyasint,omitempty"`
	Apology  string      `cbor:"4,keyasint,omitempty"`
	Body     string      `cbor:"5,keyasint,omitempty"` // who else it is for
	Actions  []Promise   `cbor:"6,keyasint,omitempty"`
	NoAction string      `cbor:"7,keyasint,omitempty"` // why nothing is to be done, where there are none
}

// Promise is one thing that a person is told will be done.
type Promise struct {
	What  string    `cbor:"1,keyasint,omitempty"`
	Owner string    `cbor:"2,keyasint,omitempty"` // as the person reads it: a role or a name
	Due   time.Time `cbor:"3,keyasint,omitempty"` // the day; its time is nothing
	Done  time.Time `cbor:"4,keyasint,omitempty"` // zero: not yet
}

// empty tells whether nothing of it was written.
func (p Promise) empty() bool { return p.What == "" && p.Owner == "" && p.Due.IsZero() }

// Answered is the whole of an outcome, as it is offered to a person.
type Answered struct {
	Opening    string    `cbor:"1,keyasint,omitempty"` // read before the points
	Findings   []Finding `cbor:"2,keyasint,omitempty"` // one a point, in their order
	Considered string    `cbor:"3,keyasint,omitempty"` // how what the person wishes was considered
	Signatory  string    `cbor:"4,keyasint,omitempty"` // name and role of who answers for it
	Ombudsman  string    `cbor:"5,keyasint,omitempty"` // who looks at it next: a kind of the jurisdiction's ombudsmen

	// Where it was translated: all of it as it was written first, and who put it into
	// the person's language. Both texts are kept.
	Written    string `cbor:"6,keyasint,omitempty"`
	Translator string `cbor:"7,keyasint,omitempty"`
}

// OutcomeDraft is an outcome that is being written. It lives in the case's record,
// sealed with the case's key, and goes when it is offered.
type OutcomeDraft struct {
	Answered `cbor:"1,keyasint"`

	Authors []MemberID `cbor:"2,keyasint,omitempty"` // everybody who changed it: none of them is its second signature
	By      string     `cbor:"3,keyasint,omitempty"` // who saved it last
	At      time.Time  `cbor:"4,keyasint,omitempty"`
	Asked   time.Time  `cbor:"5,keyasint,omitempty"` // when a signature was asked for; zero: it was not
	Signed  time.Time  `cbor:"6,keyasint,omitempty"` // by a second person; a change takes it away
	Signer  string     `cbor:"7,keyasint,omitempty"`
}

// changes tells whether an outcome is another one. Times that are the same are, however they are
// written.
func (a Answered) changes(b Answered) bool { return !reflect.DeepEqual(a.plain(), b.plain()) }

// plain is the outcome without spaces around its texts, without actions that say
// nothing, and with days that can be compared.
func (a Answered) plain() Answered {
	trim(&a.Opening, &a.Considered, &a.Signatory, &a.Written, &a.Translator)
	findings := make([]Finding, 0, len(a.Findings))
	for _, f := range a.Findings {
		trim(&f.Words, &f.Apology, &f.Body, &f.NoAction)
		f.Point = ""
		var actions []Promise
		for _, p := range f.Actions {
			trim(&p.What, &p.Owner)
			if !p.Due.IsZero() {
				p.Due = p.Due.UTC()
			}
			if !p.empty() {
				actions = append(actions, p)
			}
		}
		f.Actions = actions
		findings = append(findings, f)
	}
	a.Findings = findings
	return a
}

func trim(texts ...*string) {
	for _, t := range texts {
		*t = strings.TrimSpace(*t)
	}
}

// kinds are the findings alone.
func (a Answered) kinds() []FindingKind {
	var all []FindingKind
	for _, f := range a.Findings {
		all = append(all, f.Kind)
	}
	return all
}

// promises are the actions of all points.
func (a Answered) promises() []Promise {
	var all []Promise
	for _, f := range a.Findings {
		all = append(all, f.Actions...)
	}
	return all
}

// Finding is what was found of the whole matter: upheld or not upheld where that is
// so of each point that was decided, else partly upheld. Empty: none was decided.
func (o Outcome) Finding() FindingKind {
	yes, no := false, false
	for _, k := range o.Findings {
		yes = yes || k == Upheld || k == PartlyUpheld
		no = no || k == NotUpheld || k == PartlyUpheld
	}
	switch {
	case yes && no:
		return PartlyUpheld
	case yes:
		return Upheld
	case no:
		return NotUpheld
	}
	return ""
}

// Manner is how a person is told an outcome.
type Manner string

// The manners; empty: by message, where they choose the moment.
const (
	ByMessage Manner = ""
	ByCall    Manner = "call"
	ByLetter  Manner = "letter"
	ByMeeting Manner = "meeting"
)

// Manner is how the person of a case chose to be told its outcome: when they were
// offered it, or else when they said how to keep in touch.
func (c *Case) Manner() Manner {
	for _, property := range []string{"outcome_manner", "contact"} {
		switch m := Manner(c.field(property)); m {
		case ByCall, ByLetter, ByMeeting:
			return m
		}
	}
	return ByMessage
}

// AnswerPoints is how many points an outcome must answer: what happened, and each that
// the person named beside it.
func (c *Case) AnswerPoints() int { return max(1, c.Points) }

// mostPromises is how many actions one outcome may have, and mostWords how long each
// of its texts may be, in bytes: the case is read with every message of its person.
const (
	mostPromises = 30
	mostWords    = 6 << 10
	mostWritten  = 4 * mostWords // a whole answer, before it was translated
)

// long names the texts that are too long to be kept, by field.
func (a Answered) long() (all []Lack) {
	check := func(field, text string, most int) {
		if len(text) > most {
			all = append(all, Lack{field, "This is too long. Make it shorter."})
		}
	}
	check("opening", a.Opening, mostWords)
	check("considered", a.Considered, mostWords)
	check("signatory", a.Signatory, mostWords/10)
	check("written", a.Written, mostWritten)
	check("translator", a.Translator, mostWords/10)
	for i, f := range a.Findings {
		check(PointField(i, "found"), f.Words, mostWords)
		check(PointField(i, "apology"), f.Apology, mostWords)
		check(PointField(i, "no-action"), f.NoAction, mostWords)
		check(PointField(i, "body"), f.Body, mostWords/10)
		for j, p := range f.Actions {
			check(ActionField(i, j, "what"), p.What, mostWords/4)
			check(ActionField(i, j, "owner"), p.Owner, mostWords/10)
		}
	}
	if len(a.promises()) > mostPromises {
		all = append(all, Lack{"", "These are more actions than one answer can hold. Put some of them together."})
	}
	return all
}

// isFinding tells whether a kind is one of FindingKinds.
func isFinding(k FindingKind) bool { return slices.Contains(FindingKinds(), k) }
