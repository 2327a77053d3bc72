package flows

// The sentences that the bot says by itself, beside every flow.
const (
	phraseSlowDown = "slow_down"
	phraseHolding  = "holding"
)

// SlowDown is what a person hears, once, who writes more often than is answered.
func (s *Set) SlowDown(language string) string { return s.apart(phraseSlowDown, language) }

// Holding is what a person hears whose message could not be handled by our fault.
func (s *Set) Holding(language string) string { return s.apart(phraseHolding, language) }

func (s *Set) apart(key, language string) string {
	return fill(s.phrases[key][s.language(language)].plain, func(string) string { return "" })
}
