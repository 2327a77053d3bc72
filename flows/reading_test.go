package flows

import "testing"

// People in distress read below their schooling: what is hard to read is not
// answered.
func TestReadingAgeTellsPlainFromOfficial(t *testing.T) {
	for text, want := range map[string][2]int{
		"Please tell us what went wrong. You can send one text or many. We read them all. Nobody will be cross with you.":                                                                                      {5, 9},
		"Thank you for getting in touch. You have a right to complain. Our staff must not treat you differently because you do.":                                                                               {6, 11},
		"Complainants communicating dissatisfaction regarding administrative arrangements invariably receive an individualised acknowledgement document immediately following registration of correspondence.": {18, 60},
	} {
		age, words := readingAge(text)
		if age < want[0] || age > want[1] {
			t.Errorf("age %d of %d words, want %d to %d: %s", age, words, want[0], want[1], text)
		}
	}
	if age, words := readingAge("123 !?"); age != 0 || words != 0 {
		t.Errorf("no words have the age %d, of %d words", age, words)
	}
}

func TestSyllables(t *testing.T) {
	for word, want := range map[string]int{
		"the": 1, "made": 1, "notes": 1, "like": 1, "little": 2, "apple": 2, "tables": 2, "rule": 1, "wanted": 2, "needed": 2,
		"finished": 2, "happened": 2, "messages": 3, "people": 2, "complaint": 2, "reply": 2, "mr": 1, "le": 1, "e": 1, "'": 0, "": 0,
	} {
		if got := syllablesOf(word); got != want {
			t.Errorf("%q has %d syllables, want %d", word, got, want)
		}
	}
}
