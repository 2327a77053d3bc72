package flows

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// readNumber finds the one whole number of a text: "5", "about 5 weeks".
func readNumber(word string) (int, bool) {
	found, n := 0, 0
	for w := range strings.FieldsSeq(word) {
		if v, err := strconv.Atoi(w); err == nil {
			n = v
			found++
		}
	}
	return n, found == 1
}

// phoneNumber is what may be a phone number in a text.
var phoneNumber = regexp.MustCompile(`\+?[0-9(][0-9 ().-]{5,}[0-9]`)

// readPhone finds the one phone number of a text, 7 to 15 digits, and takes its
// spaces out: "my number is 07700 900123, thanks".
func readPhone(text string) (string, bool) {
	found := phoneNumber.FindAllString(text, 2)
	if len(found) != 1 {
		return "", false
	}
	number := strings.NewReplacer(" ", "", "(", "", ")", "", ".", "", "-", "").Replace(found[0])
	digits := len(strings.TrimPrefix(number, "+"))
	return number, digits >= 7 && digits <= 15
}

// postcode is the form of a UK postcode, by the Royal Mail's programmers' guide:
// an outward code of two to four characters and an inward one of three. Its first
// half alone is taken too: it is enough to find who is near.
var postcode = regexp.MustCompile(`^([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})?$`)

// readPostcode reads a UK postcode and puts its space where it belongs.
func readPostcode(text string) (string, bool) {
	m := postcode.FindStringSubmatch(strings.ToUpper(strings.Join(strings.Fields(text), "")))
	if m == nil {
		return "", false
	}
	return strings.TrimSpace(m[1] + " " + m[2]), true
}

// parseDate reads a day; the day and month come before the year, as people here
// write them.
func (t *turn) parseDate(s *step, word string) answered {
	day, ok := readDate(word, t.now, &t.set.lists[t.lang])
	today := midnight(t.now)
	switch {
	case !ok:
		return answered{}
	case s.answer.Tense == "past" && day.After(today), s.answer.Tense == "future" && day.Before(today):
		return answered{why: retryPhrase(AnswerDate) + "_" + s.answer.Tense}
	}
	return answered{ok: true, value: day.Format(time.DateOnly)}
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// readDate reads "today", "yesterday", "3 May", "3rd May 2026", "May 3", "3/5",
// "03.05.26" and "2026-05-03". Without a year it is the last such day.
func readDate(word string, now time.Time, l *wordLists) (time.Time, bool) {
	today := midnight(now)
	switch {
	case l.today[word]:
		return today, true
	case l.yesterday[word]:
		return today.AddDate(0, 0, -1), true
	}
	parts := strings.Fields(word)
	if len(parts) == 3 && len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	if len(parts) < 2 || len(parts) > 3 {
		return time.Time{}, false
	}
	day, okDay := dayNumber(parts[0])
	month, okMonth := monthNumber(parts[1], l)
	if !okDay || !okMonth {
		day, okDay = dayNumber(parts[1])
		month, okMonth = l.months[parts[0]], l.months[parts[0]] > 0
	}
	if !okDay || !okMonth {
		return time.Time{}, false
	}
	return withYear(parts[2:], day, month, today)
}

func withYear(rest []string, day, month int, today time.Time) (time.Time, bool) {
	year := today.Year()
	if len(rest) == 1 {
		y, err := strconv.Atoi(rest[0])
		if err != nil || len(rest[0]) != 2 && len(rest[0]) != 4 {
			return time.Time{}, false
		}
		if year = y; len(rest[0]) == 2 {
			year += today.Year() / 100 * 100
			if year > today.Year()+20 {
				year -= 100
			}
		}
	}
	d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if len(rest) == 0 && d.After(today) {
		d = time.Date(year-1, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	}
	return d, d.Day() == day && year > 1900
}

// dayNumber reads "3", "03" and "3rd".
func dayNumber(s string) (int, bool) {
	s = strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyz")
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 1 && n <= 31
}

func monthNumber(s string, l *wordLists) (int, bool) {
	if n := l.months[s]; n > 0 {
		return n, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 1 && n <= 12
}

// day puts a date in words: "Friday 4 December 2026".
func (l *wordLists) day(d time.Time) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s %s %d", l.weekdayNames[d.Weekday()], l.dayMonth(d), d.Year())
}

// dayMonth puts a day of this year in words: "4 December".
func (l *wordLists) dayMonth(d time.Time) string {
	return fmt.Sprintf("%d %s", d.Day(), l.monthNames[d.Month()-1])
}
