package bot

import (
	"context"
	"errors"
	"slices"
	"strings"

	"heard/channels"
	"heard/flows"
)

// The patient is asked by text whether somebody may act for them, in a
// conversation of their own, which may be the complainant's phone. What is asked
// names no complaint; who is asked learns nothing of the case.

// askPatient asks for consent where the step wanted it: by staff where danger was
// told, where there is no number to send from, or where the number cannot be read.
func (b *Bot) askPatient(ctx context.Context, w *work) error {
	number := w.patient
	w.patient = ""
	c := w.subject
	if number == "" || c == nil || c.bereaved() || c.Consent != "" {
		return nil
	}
	address, ok := british(number)
	if w.p.SMS == "" || !ok || !w.conv.AlertAt.IsZero() {
		w.task(VerifyConsent, withinDays, "The person complains for somebody who asked them to. Ask that person yourselves: by message it was not possible, or not safe.")
		w.complete(func(t *StaffTask) { t.Phone = number })
		return nil
	}
	w.change(c)
	c.Consent = ConsentAsked
	n := Notice{Kind: noticeConsent, Case: c.Ref}
	if w.conv.Channel == channels.SMS && w.conv.Address == address && w.conv.Sender == w.p.SMS {
		w.conv.Pending = append(slices.Clone(w.conv.Pending), n)
		w.op(SetTimer{Timer{Kind: Consult, Conversation: w.conv.ID}})
		return nil
	}
	v, err := b.store.Lookup(ctx, w.p.ID, channels.SMS, w.p.SMS, address)
	if err != nil {
		return storeError{err}
	}
	theirs := v.Conversation
	if theirs.Left || theirs.Unwanted {
		w.task(VerifyConsent, withinDays, "The patient cannot be asked by message. Ask them another way.")
		return nil
	}
	theirs.Pending = append(slices.Clone(theirs.Pending), n)
	c.Patient = theirs.ID
	w.op(PutConversation{&theirs})
	w.op(SetTimer{Timer{Kind: Consult, Conversation: theirs.ID}})
	return nil
}

// british makes a number as it is typed here the address that a network knows.
func british(number string) (channels.Address, bool) {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, number)
	switch {
	case strings.HasPrefix(digits, "+"):
	case strings.HasPrefix(digits, "00"):
		digits = "+" + digits[2:]
	case strings.HasPrefix(digits, "44"):
		digits = "+" + digits
	case strings.HasPrefix(digits, "0"):
		digits = "+44" + digits[1:]
	}
	return channels.Address(digits), strings.HasPrefix(digits, "+") && len(digits) >= 10 && len(digits) <= 16
}

// consented notes the patient's answer.
func (w *work) consented(answer Consent, text string) {
	w.change(w.subject)
	w.subject.Consent = answer
	w.task(VerifyConsent, withinDays, text)
}

// consulted ends the question to a patient, and lets the next come.
func (w *work) consulted(n flows.Notice) {
	w.conv.Pending = slices.DeleteFunc(slices.Clone(w.conv.Pending), func(p Notice) bool { return p.Kind == n.Kind && string(p.Case) == n.Case })
	if len(w.conv.Pending) > 0 {
		w.op(SetTimer{Timer{Kind: Consult, Conversation: w.conv.ID}})
	}
}

// consult asks a patient. What has passed meanwhile is not asked.
func (b *Bot) consult(ctx context.Context, p *provider, l TimerLease, nothing Turn) (Turn, error) {
	v, err := b.store.LookupID(ctx, p.ID, l.Timer.Conversation)
	if err != nil || len(v.Conversation.Pending) == 0 {
		return nothing, err
	}
	w := newWork(p, v, b.now(), nothing.ID)
	w.timer = &l
	n := w.conv.Pending[0]
	c, _, err := b.store.Case(ctx, p.ID, n.Case)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nothing, err
	}
	if n.passed(c) || w.conv.Left || w.conv.Unwanted {
		w.consulted(n.flow(n.Case))
		return w.turn(), nil
	}
	if hold := w.mustWait(n.Kind); hold > 0 {
		w.op(SetTimer{Timer{Kind: Consult, Conversation: w.conv.ID, After: hold}})
		return w.turn(), nil
	}
	task := StaffTask{ID: w.conv.taskID(Undelivered), Kind: Undelivered, Conv: w.conv.ID}
	if c != nil {
		if w.subject == nil || w.subject.Ref != c.Ref {
			w.about(c)
		}
		task = StaffTask{ID: c.taskID(n.undone()), Kind: n.undone(), Case: c.Ref}
	}
	_, err = b.stepWoken(ctx, w, flows.Event{Kind: flows.Happened, Notice: n.flow(n.Case)})
	switch {
	case errors.As(err, new(storeError)):
		return nothing, err
	case err != nil:
		return b.notTold(nothing, task, err), nil
	}
	return w.turn(), nil
}

// asksHere tells whether a notice is kept with the conversation that is asked, and not
// with a case: it is about somebody else's, or about none.
func asksHere(kind string) bool {
	return slices.Contains([]string{noticeConsent, noticeRecorded, noticeEnrolled}, kind)
}

// passed tells whether a notice need not be told any more. c is the case that it is
// about; nil: there is none, or none any more.
func (n Notice) passed(c *Case) bool {
	switch n.Kind {
	case noticeEnrolled:
		return false
	case noticeRecorded:
		return c == nil || c.bereaved() || c.Recorded == nil || !c.Recorded.Joined.IsZero()
	}
	return c == nil || c.bereaved()
}

// undone is what staff are to do where a notice could not be told.
func (n Notice) undone() StaffTaskKind {
	if n.Kind == noticeRecorded {
		return NotJoined
	}
	return VerifyConsent
}
