package bot

import (
	"slices"
	"time"
)

// The notices, each told by the flow of that name.
const (
	noticeUpdate       = "update"
	noticeOutcome      = "outcome"
	noticeAcknowledged = "acknowledged"
	noticeExtension    = "extension"
	noticeWeDid        = "we_did"
	noticeNoNews       = "no_news"    // nobody wrote; it says so, and gives the next date
	noticeCareCheck    = "care_check" // has care changed since the complaint?
	noticeConsent      = "consent"    // to the patient's conversation

	noticeAfterSending    = "after_sending"
	noticeMidCase         = "mid_case"
	noticeAfterOutcome    = "after_outcome"
	noticeReflection      = "reflection"
	noticeAfterWithdrawal = "after_withdrawal"
)

// isSurvey tells whether a notice asks statements.
func isSurvey(kind string) bool {
	return slices.Contains([]string{noticeAfterSending, noticeMidCase, noticeAfterOutcome, noticeReflection, noticeAfterWithdrawal}, kind)
}

// When a person hears from us though nobody wrote.
const (
	afterSending    = 24 * time.Hour
	midCase         = 21 * 24 * time.Hour
	afterOutcome    = 24 * time.Hour
	afterWithdrawal = 3 * 24 * time.Hour

	// betweenSurveys is the least time between two that nobody asked for.
	betweenSurveys = 30 * 24 * time.Hour

	firstCareCheck = 14 * 24 * time.Hour
	nextCareCheck  = 42 * 24 * time.Hour
	careChecks     = 2

	// untilNews is in how many working days a person hears again, if staff name no
	// other day. See nextNoNews for what comes before it.
	untilNews = 20
)

// notify leaves a notice that nobody wrote, once of a kind; nothing automatic goes
// out after a death.
func (w *work) notify(c *Case, kind string, at time.Time) {
	if c.bereaved() || slices.ContainsFunc(c.Pending, func(n Notice) bool { return n.Kind == kind }) {
		return
	}
	c.Pending = append(c.Pending, Notice{Kind: kind, NotBefore: at})
	w.wakeFor(c)
}

// survey has the person asked about how it went: not while danger is near, and
// not soon after another.
func (w *work) survey(c *Case, kind string, after time.Duration) {
	at := w.now.Add(after)
	for _, from := range []time.Time{w.quietUntil(), c.Surveyed.Add(betweenSurveys)} {
		if from.After(at) {
			at = from
		}
	}
	w.notify(c, kind, at)
}

// begun sets what comes by itself once a case was sent. That there is no news is
// said only once a person has acknowledged it: that was promised first.
func (w *work) begun(c *Case) {
	w.survey(c, noticeAfterSending, afterSending)
	w.survey(c, noticeMidCase, midCase)
	w.notify(c, noticeCareCheck, w.now.Add(firstCareCheck))
}

// nextCareCheck asks once more, while the case goes on.
func (w *work) nextCareCheck(c *Case) {
	c.withdrawNotices(noticeCareCheck)
	if c.Checked < careChecks && c.Status == Open {
		w.notify(c, noticeCareCheck, w.now.Add(nextCareCheck))
	}
}

// bereaved tells whether somebody told of the death of the person it is about.
func (c *Case) bereaved() bool { return !c.Died.IsZero() || c.field("why_you") == whyDied }

// early is how long a notice that is due must wait all the same: two surveys do
// not come one after the other, and nothing is asked while danger is near.
func (w *work) early(n Notice) time.Duration {
	if !isSurvey(n.Kind) && n.Kind != noticeCareCheck {
		return 0
	}
	from := w.quietUntil()
	if next := w.subject.Surveyed.Add(betweenSurveys); isSurvey(n.Kind) && !w.subject.Surveyed.IsZero() && next.After(from) {
		from = next
	}
	return from.Sub(w.now)
}
