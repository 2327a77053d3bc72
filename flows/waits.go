package flows

import "time"

// The sentences that staff have said to a person about a date, by their key in
// phrases.yaml.
const (
	phraseWaits      = "waits." // before the reason
	phraseWaitsUntil = "waits.until"
	phraseWaitsOver  = "waits.over"
	phraseDateMoved  = "date.moved"
	phraseDateMissed = "date.missed"
)

// WaitReasons is the closed list of what a case can wait for.
func WaitReasons() []string {
	return []string{"consent", "police", "coroner", "safeguarding", "person", "body"}
}

func datePhrases() []string {
	keys := []string{phraseWaitsUntil, phraseWaitsOver, phraseDateMoved, phraseDateMissed}
	for _, r := range WaitReasons() {
		keys = append(keys, phraseWaits+r)
	}
	return keys
}

// Waits says what a case waits for; it must be one of WaitReasons.
func (s *Set) Waits(language, reason string) string { return s.apart(phraseWaits+reason, language) }

// WaitsUntil says by when there is news all the same.
func (s *Set) WaitsUntil(language string, due time.Time) string {
	return s.dated(phraseWaitsUntil, language, due)
}

// WaitsOver says that it goes on, and by when there is news.
func (s *Set) WaitsOver(language string, due time.Time) string {
	return s.dated(phraseWaitsOver, language, due)
}

// DateMoved says the new day; missed: the one that was promised has passed.
func (s *Set) DateMoved(language string, due time.Time, missed bool) string {
	if missed {
		return s.dated(phraseDateMissed, language, due)
	}
	return s.dated(phraseDateMoved, language, due)
}

// dated fills in a day, in words of the language.
func (s *Set) dated(key, language string, due time.Time) string {
	i := s.language(language)
	return fill(s.phrases[key][i].plain, func(string) string { return s.lists[i].day(due) })
}
