package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"heard/flows"
)

// WaitReason is what a case waits for: one of a closed list, whose words for the person
// are phrases.
type WaitReason string

// The reasons to wait.
const (
	WaitConsent      WaitReason = "consent"
	WaitPolice       WaitReason = "police"
	WaitCoroner      WaitReason = "coroner"
	WaitSafeguarding WaitReason = "safeguarding"
	WaitPerson       WaitReason = "person" // an answer of the person's
	WaitBody         WaitReason = "body"   // another organisation
)

// WaitReasons lists them.
func WaitReasons() []WaitReason {
	var all []WaitReason
	for _, r := range flows.WaitReasons() {
		all = append(all, WaitReason(r))
	}
	return all
}

// Words end the sentence "it waits for", as staff read it.
func (r WaitReason) Words() string {
	switch r {
	case WaitConsent:
		return "consent of the person it is about"
	case WaitPolice:
		return "the police"
	case WaitCoroner:
		return "the coroner"
	case WaitSafeguarding:
		return "the safeguarding team"
	case WaitPerson:
		return "an answer from the person"
	case WaitBody:
		return "another organisation"
	}
	return string(r)
}

// Wait is why a case does not go on, and what was left of the promise then.
type Wait struct {
	Reason WaitReason `cbor:"1,keyasint"`
	Since  time.Time  `cbor:"2,keyasint"`
	Days   int        `cbor:"3,keyasint"` // working days that were left until the promised day; at least 1
	By     string     `cbor:"4,keyasint,omitempty"`
}

// Pause stops the clock of a case, which waits for somebody, and tells its person why
// and by when they hear all the same: nobody waits without an end. until is that day;
// zero: in the usual time. Without words they read the sentence of the reason. The law's
// clock for the acknowledgement is not stopped.
func (b *Bot) Pause(ctx context.Context, id ProviderID, ref CaseRef, by By, reason WaitReason, until time.Time, words string) error {
	return b.staff(ctx, id, ref, by, "pause", func(w *work) error {
		c := w.subject
		switch {
		case !slices.Contains(WaitReasons(), reason):
			return &Rejection{RejectEmpty, "Choose what the case waits for."}
		case c.Status == Open && c.Acknowledged.IsZero():
			return notAcknowledged()
		case c.Wait != nil:
			return &Rejection{RejectNotReady, "It waits already. Let it go on first, if it waits for something else now."}
		case !until.IsZero() && !until.After(w.now):
			return &Rejection{RejectLate, "This day has passed. Choose one to come."}
		}
		if err := w.mayChangeClock(); err != nil {
			return err
		}
		if until.IsZero() {
			until = w.p.Calendar.workingDays(w.now, untilNews)
		}
		w.dated(by, "The promised day, "+w.day(c.Due)+", does not count while it waits for "+reason.Words()+". The person hears by "+w.day(until)+" all the same.",
			because(by.Reason, reason.Words()))
		c.Wait = &Wait{Reason: reason, Since: w.now, Days: max(1, w.p.Calendar.WorkingDaysUntil(w.now, c.Due)), By: by.Name}
		set := w.p.Flows
		if words = strings.TrimSpace(words); words == "" {
			words = set.Waits(c.Language, string(reason))
		}
		w.tellSentence(by, words+" "+set.WaitsUntil(c.Language, until), "")
		w.promise(c, until)
		return nil
	})
}

// because is what a member of staff said, else the reason itself.
func because(said, reason string) string {
	if said = strings.TrimSpace(said); said != "" {
		return said
	}
	return reason + "."
}

// Resume lets a case go on that waited, with as many working days as there were left,
// or until a day, and tells the person.
func (b *Bot) Resume(ctx context.Context, id ProviderID, ref CaseRef, by By, due time.Time, words string) error {
	return b.staff(ctx, id, ref, by, "resume", func(w *work) error {
		c := w.subject
		switch {
		case c.Wait == nil:
			return &Rejection{RejectNotReady, "This case does not wait."}
		case !due.IsZero() && !due.After(w.now):
			return &Rejection{RejectLate, "This day has passed. Choose one to come."}
		}
		if err := w.mayChangeClock(); err != nil {
			return err
		}
		if due.IsZero() {
			due = w.p.Calendar.workingDays(w.now, c.Wait.Days)
		}
		over := w.p.Flows.WaitsOver(c.Language, due)
		w.dated(by, "It goes on. The promised day is "+w.day(due)+".", because(by.Reason, "it waits no more for "+c.Wait.Reason.Words()))
		c.Wait = nil
		w.tellSentence(by, words, over)
		w.promise(c, due)
		return nil
	})
}
