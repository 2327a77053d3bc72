package flows

import (
	"fmt"
	"strconv"
	"strings"
)

// The engine's own sentences, by their key in phrases.yaml. Every key must be
// there: a missing one is an error before anybody meets it.
const (
	phraseYes            = "yes"
	phraseNo             = "no"
	phraseRetryOffer     = "retry.offer"
	phraseRetryTeam      = "retry.team"
	phraseRetryTooLong   = "retry.too_long"
	phraseRetryKind      = "retry.kind"
	phraseOldButton      = "old_button"
	phraseAskCommand     = "ask.command"
	phraseDoCommand      = "ask.command.do"
	phraseIsAnswer       = "ask.command.answer"
	phraseSureDelete     = "ask.delete"
	phraseSureSent       = "ask.delete.sent"
	phraseSureRestart    = "ask.restart"
	phraseAskAnswer      = "ask.answer"
	phraseDeleted        = "deleted"
	phraseDeleteAsked    = "delete.asked"
	phraseKept           = "kept"
	phrasePaused         = "paused"
	phraseBackNone       = "back.none"
	phraseSkipNo         = "skip.no"
	phraseSkipHow        = "skip.how"
	phraseSendNoStory    = "send.no_story"
	phraseSent           = "send.sent"
	phraseWelcomeBack    = "welcome_back"
	phraseStoryMore      = "story.more"
	phraseToldMore       = "told.more"
	phraseSureRestartNew = "ask.restart.sent"
	phraseStoryKept      = "story.kept"
	phraseStoryOne       = "story.one"
	phraseStoryCount     = "story.count"
	phraseSeveralHow     = "several.how"
	phraseCheckHow       = "check.how"
	phraseCheckSend      = "check.send"
	phraseCheckChange    = "check.change"
	phraseCheckWhich     = "check.which"
	phraseRemindFirst    = "remind.first"
	phraseRemindAgain    = "remind.again"
	phraseRemindLast     = "remind.last"
	phraseLastSend       = "remind.last.send"
	phraseLastKeep       = "remind.last.keep"
	phraseLastDelete     = "remind.last.delete"
	phraseLastAsk        = "remind.last.ask"
	phraseNothingHere    = "nothing.here"
	phraseSeenInDanger   = "seen_in_danger"
	phraseWordsYes       = "words.yes"
	phraseWordsNo        = "words.no"
	phraseWordsSend      = "words.send"
	phraseWordsUnsure    = "words.unsure"
	phraseWordsMonths    = "words.months"
	phraseWordsToday     = "words.today"
	phraseWordsYesterday = "words.yesterday"
	phraseWordsComing    = "words.coming"
	phraseWordsWeekdays  = "words.weekdays"
	phraseWordsDay       = "words.day"
	phraseWordsNumbers   = "words.numbers"
	phraseWordsDays      = "words.days"
	phraseWordsWeeks     = "words.weeks"
	phraseWordsMonthLong = "words.month"
	phraseWordsYears     = "words.years"
	phraseWordsLastYear  = "words.last_year"
	phraseWordsLast      = "words.last"
	phraseWordsAgo       = "words.ago"
	phraseWordsNotMonths = "words.not_months"
	phraseWordsOf        = "words.of"
	phraseSentMore       = "send.more"
	phrasePointMore      = "points.more"
	phraseReplyKept      = "reply.kept"
	phraseReplyLeft      = "reply.left"
	phraseUnsaid         = "unsaid"
	phraseUnsaidNone     = "unsaid.none"
	phraseAskRaise       = "ask.raise"
	phraseRaiseNo        = "ask.raise.no"
	phraseStatusSeveral  = "status.several"
	phraseStatusLine     = "status.line"
	phraseStatusLate     = "status.line.overdue"
	phraseStatusDraft    = "status.draft_too"
)

// enginePhrases lists all of them.
func enginePhrases() []string {
	keys := []string{
		phraseYes, phraseNo, phraseRetryOffer, phraseRetryTeam, phraseRetryTooLong, phraseRetryKind, phraseOldButton,
		phraseAskCommand, phraseDoCommand, phraseIsAnswer, phraseSureDelete, phraseSureSent, phraseSureRestart,
		phraseAskAnswer, phraseDeleted, phraseDeleteAsked, phraseKept, phrasePaused, phraseBackNone, phraseSkipNo,
		phraseSkipHow, phraseSendNoStory, phraseSent, phraseWelcomeBack, phraseStoryMore, phraseToldMore, phraseSureRestartNew, phraseStoryKept,
		phraseStoryOne, phraseStoryCount, phraseSeveralHow, phraseCheckHow, phraseCheckSend, phraseCheckChange, phraseCheckWhich,
		phraseRemindFirst, phraseRemindAgain, phraseRemindLast, phraseLastSend, phraseLastKeep, phraseLastDelete, phraseLastAsk,
		phraseNothingHere, phraseSeenInDanger, phraseWordsYes, phraseWordsNo, phraseWordsSend, phraseWordsUnsure, phraseWordsMonths, phraseWordsToday,
		phraseWordsYesterday, phraseWordsComing, phraseWordsWeekdays, phraseWordsDay, phraseWordsNumbers, phraseWordsDays,
		phraseWordsWeeks, phraseWordsMonthLong, phraseWordsYears, phraseWordsLastYear, phraseWordsLast, phraseWordsAgo, phraseWordsNotMonths, phraseWordsOf,
		phraseSentMore, phraseFinding, phrasePointMore, phraseReplyKept, phraseReplyLeft, phraseUnsaid, phraseUnsaidNone, phraseAskRaise, phraseRaiseNo,
		phraseStatusSeveral, phraseStatusLine, phraseStatusLate, phraseStatusDraft,
	}
	keys = append(keys, apartPhrases()...)
	for _, k := range []AnswerKind{AnswerChoice, AnswerText, AnswerYesNo, AnswerNumber, AnswerScale, AnswerDate,
		AnswerPhoto, AnswerStory, AnswerPoints, AnswerSeveral, AnswerPhone, AnswerPostcode, AnswerCheck} {
		keys = append(keys, retryPhrase(k))
	}
	for _, v := range ScaleValues() {
		keys = append(keys, "scale."+v)
	}
	keys = append(keys, phraseFindingDoes)
	for _, kind := range findingPhrases() {
		keys = append(keys, phraseFindingPrefix+kind)
	}
	for _, s := range []string{"none", "draft", "both", "open", "overdue", "withdrawn", "transferred", "closed"} {
		keys = append(keys, "status."+s)
	}
	return keys
}

// retryPhrase is the key of what is said to a first answer that does not fit.
func retryPhrase(k AnswerKind) string {
	return "retry." + strings.ReplaceAll(string(k), "/", "_")
}

// wordLists are the words of one language that answers are read by.
type wordLists struct {
	yes, no, send, today, yesterday map[string]bool
	unsure                          map[string]bool // "I do not know": it answers nothing, and tells nothing
	months                          map[string]int  // full names and three letters, to 1..12
	monthNames                      []string

	weekdays     map[string]int // to 0..6, Sunday first
	weekdayNames []string       // Sunday first

	coming, last, ago, of map[string]bool
	dayWords              map[string]bool // what makes the name of a month one of a day, where they are the same
	notMonths             map[string]bool // names of months that mean something else as well: "may"
	numbers               map[string]int
	spans                 map[string]span
	pastSpan              map[string]span // "llynedd"
}

func (s *Set) compileWords(src *Sources, o Options) error {
	phrases, statements := FlowSource{Name: "phrases"}, FlowSource{Name: "statements"}
	own, exact := map[string]words{}, map[string]words{}
	for _, p := range src.Phrases {
		own[p.Name] = wordsOf(p.Text)
	}
	for _, st := range Statements() {
		exact[st.ID] = words{Text: st.Text}
	}
	var err error
	if s.phrases, err = compilePhrases(phrases.Name, own, src.Wordings, o); err != nil {
		return err
	}
	if s.statements, err = compilePhrases(statements.Name, exact, src.Wordings, o); err != nil {
		return err
	}
	for _, key := range enginePhrases() {
		if s.phrases[key] == nil {
			return fmt.Errorf("phrases.yaml: the phrase %q is missing: add it under the key phrases", key)
		}
	}
	for i := range s.languages {
		lists, err := s.compileLists(i)
		if err != nil {
			return err
		}
		if i > 0 {
			lists.borrow(&s.lists[0])
		}
		s.lists = append(s.lists, lists)
	}
	return nil
}

func compilePhrases(name string, own map[string]words, rewordings []WordingSource, o Options) (map[string][]text, error) {
	w := wording{"": own}
	w.lay(name, rewordings, "")
	if o.Provider != "" {
		w.lay(name, rewordings, o.Provider)
	}
	out := make(map[string][]text, len(own))
	for key := range own {
		texts, err := compileTexts(w, o.Languages, key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[key] = texts
	}
	return out, nil
}

// borrow takes over the names of days and months of the first language that mean
// nothing else in this one: people mix the two.
func (l *wordLists) borrow(first *wordLists) {
	for i, name := range first.monthNames {
		if _, own := l.months[normalise(name)]; !own {
			l.months[normalise(name)] = i + 1
		}
	}
	for word, n := range first.weekdays {
		if _, own := l.weekdays[word]; !own {
			l.weekdays[word] = n
		}
	}
	for word, one := range first.spans {
		if _, own := l.spans[word]; !own {
			l.spans[word] = one
		}
	}
}

// wordList is a phrase that lists words, parted by commas.
func (s *Set) wordList(key string, language int) []string {
	t := &s.phrases[key][language]
	return strings.Split(fill(t.plain, func(string) string { return "" }), ",")
}

func (s *Set) wordSet(key string, language int) map[string]bool {
	m := map[string]bool{}
	for _, w := range s.wordList(key, language) {
		if w = normalise(w); w != "" {
			m[w] = true
		}
	}
	return m
}

// compileDays makes the lists that days in people's words are read by.
func (s *Set) compileDays(l *wordLists, language int) error {
	names := s.wordList(phraseWordsWeekdays, language)
	if len(names) != 7 {
		return fmt.Errorf("phrases.yaml: %s must name 7 days from Sunday, parted by commas, not %d", phraseWordsWeekdays, len(names))
	}
	l.weekdays = map[string]int{}
	for i, name := range names {
		name, others, _ := strings.Cut(strings.TrimSpace(name), "/")
		l.weekdayNames = append(l.weekdayNames, name)
		word := normalise(name)
		l.weekdays[word[strings.LastIndexByte(word, ' ')+1:]] = i // "dydd Llun"
		if others != "" {
			l.weekdays[normalise(others)] = i
		}
	}
	l.coming, l.last, l.ago = s.wordSet(phraseWordsComing, language), s.wordSet(phraseWordsLast, language), s.wordSet(phraseWordsAgo, language)
	l.of = s.wordSet(phraseWordsOf, language)
	l.dayWords, l.notMonths = s.wordSet(phraseWordsDay, language), s.wordSet(phraseWordsNotMonths, language)
	l.numbers, l.spans, l.pastSpan = map[string]int{}, map[string]span{}, map[string]span{}
	for _, pair := range s.wordList(phraseWordsNumbers, language) {
		word, figure, ok := strings.Cut(pair, "=")
		n, err := strconv.Atoi(strings.TrimSpace(figure))
		if !ok || err != nil {
			return fmt.Errorf("phrases.yaml: %s: %q is not WORD=NUMBER", phraseWordsNumbers, pair)
		}
		l.numbers[normalise(word)] = n
	}
	for key, one := range map[string]span{
		phraseWordsDays: {days: 1}, phraseWordsWeeks: {days: 7}, phraseWordsMonthLong: {months: 1}, phraseWordsYears: {months: 12},
	} {
		for w := range s.wordSet(key, language) {
			l.spans[w] = one
		}
	}
	for w := range s.wordSet(phraseWordsLastYear, language) {
		l.pastSpan[w] = span{months: 12}
	}
	return nil
}

func (s *Set) compileLists(language int) (wordLists, error) {
	list := func(key string) []string { return s.wordList(key, language) }
	among := func(key string) map[string]bool { return s.wordSet(key, language) }
	l := wordLists{yes: among(phraseWordsYes), no: among(phraseWordsNo), send: among(phraseWordsSend), unsure: among(phraseWordsUnsure),
		today: among(phraseWordsToday), yesterday: among(phraseWordsYesterday), months: map[string]int{}}
	if err := s.compileDays(&l, language); err != nil {
		return l, err
	}
	names := list(phraseWordsMonths)
	if len(names) != 12 {
		return l, fmt.Errorf("phrases.yaml: %s must name 12 months, parted by commas, not %d", phraseWordsMonths, len(names))
	}
	for i, name := range names {
		name = strings.TrimSpace(name)
		l.monthNames = append(l.monthNames, name)
		word := normalise(name)
		l.months[word] = i + 1
		if runes := []rune(word); len(runes) > 3 {
			if _, taken := l.months[string(runes[:3])]; !taken {
				l.months[string(runes[:3])] = i + 1
			}
		}
	}
	return l, nil
}
