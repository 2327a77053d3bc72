package flows

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// parseWhen takes any words that tell when something was, and keeps them as they
// are. The day they mean is read as well as it can be; only a day that is still
// to come is asked about again.
func (t *turn) parseWhen(s *step, word string) answered {
	a := t.parseText(s)
	if !a.ok {
		return a
	}
	day, ok := t.set.lists[t.lang].whenDay(word, t.now)
	switch {
	case !ok:
	case day.After(midnight(t.now)):
		return answered{why: retryPhrase(AnswerDate) + "_past"}
	default:
		a.day = day.Format(time.DateOnly)
	}
	return a
}

// monthsAgo is how many whole months ago it was, for conditions.
func (t *turn) monthsAgo() (string, bool) {
	for i := range t.st.Answers {
		if day, err := time.Parse(time.DateOnly, t.st.Answers[i].Day); err == nil {
			months := (t.now.Year()-day.Year())*12 + int(t.now.Month()) - int(day.Month())
			if t.now.Day() < day.Day() {
				months--
			}
			return strconv.Itoa(max(0, months)), true
		}
	}
	return "", false
}

// span is a length of time that a word stands for.
type span struct{ days, months int }

func (s span) before(day time.Time, n int) time.Time { return day.AddDate(0, -n*s.months, -n*s.days) }

// whenDay finds the day that words mean: "yesterday evening", "3 March 2025",
// "about two years ago", "last Tuesday", "in March". The most exact reading comes
// first. A day to come is told as such; false: nothing of a day is in it.
func (l *wordLists) whenDay(word string, now time.Time) (time.Time, bool) {
	today := midnight(now)
	words := slices.DeleteFunc(strings.Fields(word), func(w string) bool { return l.of[w] })
	if len(words) > maxWhenWords {
		words = words[:maxWhenWords]
	}
	if d, ok := l.dateIn(words, now); ok {
		return d, true
	}
	switch {
	case l.has(l.yesterday, words):
		return today.AddDate(0, 0, -1), true
	case l.has(l.coming, words):
		return today.AddDate(0, 0, 1), true
	case l.has(l.today, words):
		return today, true
	}
	if d, ok := l.agoIn(words, today); ok {
		return d, true
	}
	if d, ok := l.weekdayIn(words, today); ok {
		return d, true
	}
	return l.monthIn(words, today)
}

// maxWhenWords is how many words of an answer are looked at for a day.
const maxWhenWords = 30

// dateIn finds a whole date among the words.
func (l *wordLists) dateIn(words []string, now time.Time) (time.Time, bool) {
	for size := 3; size >= 2; size-- {
		for i := 0; i+size <= len(words); i++ {
			if d, ok := readDate(strings.Join(words[i:i+size], " "), now, l); ok {
				return d, true
			}
		}
	}
	return time.Time{}, false
}

// has tells whether one of the phrases stands among the words.
func (l *wordLists) has(phrases map[string]bool, words []string) bool {
	for i := range words {
		for size := 1; size <= 3 && i+size <= len(words); size++ {
			if phrases[strings.Join(words[i:i+size], " ")] {
				return true
			}
		}
	}
	return false
}

// agoIn reads "two years ago", "3 weeks", "last month", "wythnos diwethaf".
func (l *wordLists) agoIn(words []string, today time.Time) (time.Time, bool) {
	for i, w := range words {
		if s, ok := l.pastSpan[w]; ok { // "llynedd"
			return s.before(today, 1), true
		}
		unit, ok := l.spans[w]
		if !ok {
			continue
		}
		for back := 1; back <= 2 && i-back >= 0; back++ {
			if n, ok := l.count(words[i-back]); ok {
				return unit.before(today, n), true
			}
		}
		if i > 0 && l.last[words[i-1]] || i+1 < len(words) && l.last[words[i+1]] {
			return unit.before(today, 1), true
		}
		if i+1 < len(words) && l.ago[words[i+1]] {
			return unit.before(today, 1), true
		}
	}
	return time.Time{}, false
}

// count reads a number in figures or as a word.
func (l *wordLists) count(w string) (int, bool) {
	if n, ok := l.numbers[w]; ok {
		return n, true
	}
	n, err := strconv.Atoi(w)
	return n, err == nil && n >= 0 && n <= 120
}

// weekdayIn reads "on Tuesday", "last Friday night": the last such day, and with
// "last" not today.
func (l *wordLists) weekdayIn(words []string, today time.Time) (time.Time, bool) {
	for i, w := range words {
		n, ok := l.weekdays[w]
		if !ok || l.months[w] > 0 && !(i > 0 && l.dayWords[words[i-1]]) {
			continue
		}
		back := (int(today.Weekday()) - n + 7) % 7
		if back == 0 && l.has(l.last, words) {
			back = 7
		}
		return today.AddDate(0, 0, -back), true
	}
	return time.Time{}, false
}

// monthIn reads "in March", "March 2025", "2023": the middle of it.
func (l *wordLists) monthIn(words []string, today time.Time) (time.Time, bool) {
	year, month := 0, 0
	for _, w := range words {
		if n, err := strconv.Atoi(w); err == nil && len(w) == 4 && n > 1900 && n < 2200 {
			year = n
		}
		if n := l.months[w]; n > 0 && len(w) > 2 && month == 0 && (!l.notMonths[w] || len(words) <= 3) {
			month = n
		}
	}
	switch {
	case year == 0 && month == 0:
		return time.Time{}, false
	case month == 0 && year == today.Year():
		return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), true
	case month == 0:
		return time.Date(year, 7, 1, 0, 0, 0, 0, time.UTC), true
	case year == 0:
		year = today.Year()
		if month > int(today.Month()) {
			year--
		}
	}
	if month == int(today.Month()) && year == today.Year() {
		return today.AddDate(0, 0, 1-today.Day()), true
	}
	return time.Date(year, time.Month(month), 15, 0, 0, 0, 0, time.UTC), true
}
