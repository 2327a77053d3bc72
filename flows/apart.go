package flows

// The sentences that the bot says by itself, beside every flow.
const (
	phraseSlowDown = "slow_down"
	phraseHolding  = "holding"

	phraseMovedHere  = "moved_here"
	phraseMovedAway  = "moved_away"
	phraseMoveNoGood = "move_no_good"
	phraseSlipNoGood = "slip_no_good"
	phraseMoveUnsent = "move_unsent"
	phraseMoveSame   = "move_same"
	phraseNotReached = "not_reached"
)

// apartPhrases lists all of them.
func apartPhrases() []string {
	return append(datePhrases(),
		phraseSlowDown, phraseHolding, phraseMovedHere, phraseMovedAway, phraseMoveNoGood, phraseSlipNoGood, phraseMoveUnsent, phraseMoveSame, phraseNotReached,
	)
}

// MovedHere is what a person hears where they go on, before the open question.
func (s *Set) MovedHere(language string) string { return s.apart(phraseMovedHere, language) }

// MovedAway is said once where they were before: not where they went, nor what the
// matter is.
func (s *Set) MovedAway(language string) string { return s.apart(phraseMovedAway, language) }

// MoveNoGood is said to a code that is wrong, used or old; which of them, nobody
// is told.
func (s *Set) MoveNoGood(language string) string { return s.apart(phraseMoveNoGood, language) }

// SlipNoGood is said to a code of a slip that is none, was used, or was tried too often.
func (s *Set) SlipNoGood(language string) string { return s.apart(phraseSlipNoGood, language) }

// MoveUnsent is said where something else was begun and not sent.
func (s *Set) MoveUnsent(language string) string { return s.apart(phraseMoveUnsent, language) }

// MoveSame is said to a code that is sent where it was asked for.
func (s *Set) MoveSame(language string) string { return s.apart(phraseMoveSame, language) }

// NotReached is the text to who was not reached on WhatsApp: it says nothing else.
// publicName is the provider's, which says nothing of a hospital.
func (s *Set) NotReached(language, publicName string) string {
	return fill(s.phrases[phraseNotReached][s.language(language)].plain, func(string) string { return publicName })
}

// SlowDown is what a person hears, once, who writes more often than is answered.
func (s *Set) SlowDown(language string) string { return s.apart(phraseSlowDown, language) }

// Holding is what a person hears whose message could not be handled by our fault.
func (s *Set) Holding(language string) string { return s.apart(phraseHolding, language) }

func (s *Set) apart(key, language string) string {
	return fill(s.phrases[key][s.language(language)].plain, func(string) string { return "" })
}
