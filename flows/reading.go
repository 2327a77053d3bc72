package flows

import (
	"math"
	"strings"
	"unicode"
)

// HardToRead is the reading age of an English text, where that is above what people
// should need to have; 0: it is not, or there are too few words to tell.
func HardToRead(text string) (age int) {
	if age, words := readingAge(text); words >= enoughWords && age > highestReadingAge {
		return age
	}
	return 0
}

// readingAge is the age at which a child at school reads an English text with
// ease: the Flesch-Kincaid grade and five years. It is a rough measure that says
// little of a few words: words is how many it saw.
func readingAge(text string) (age, words int) {
	sentences, syllables := 0, 0
	for _, sentence := range strings.FieldsFunc(text, endsSentence) {
		found := 0
		for word := range strings.FieldsFuncSeq(sentence, isNoWord) {
			if n := syllablesOf(strings.ToLower(word)); n > 0 {
				found++
				syllables += n
			}
		}
		if found > 0 {
			sentences++
			words += found
		}
	}
	if words == 0 {
		return 0, 0
	}
	perSentence := float64(words) / float64(sentences)
	perWord := float64(syllables) / float64(words)
	grade := 0.39*perSentence + 11.8*perWord - 15.59
	return max(5, int(math.Round(grade+5))), words
}

func endsSentence(r rune) bool { return strings.ContainsRune(".!?:;\n", r) }

func isNoWord(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }

// syllablesOf counts groups of vowels, without the silent endings -e, -es and
// -ed. It is right for most words, which is enough for a mean.
func syllablesOf(word string) int {
	n, before := 0, false
	for _, r := range word {
		vowel := strings.ContainsRune("aeiouy", r)
		if vowel && !before {
			n++
		}
		before = vowel
	}
	if n > 1 && hasSilentEnding(word) {
		n--
	}
	if n == 0 && strings.IndexFunc(word, unicode.IsLetter) >= 0 {
		return 1
	}
	return n
}

func hasSilentEnding(word string) bool {
	switch {
	case strings.HasSuffix(word, "le"), strings.HasSuffix(word, "les"), strings.HasSuffix(word, "led"):
		return len(word) > 3 && strings.ContainsRune("aeiou", rune(word[strings.LastIndex(word, "le")-1]))
	case strings.HasSuffix(word, "ted"), strings.HasSuffix(word, "ded"),
		strings.HasSuffix(word, "ses"), strings.HasSuffix(word, "ces"), strings.HasSuffix(word, "ges"),
		strings.HasSuffix(word, "shes"), strings.HasSuffix(word, "ches"), strings.HasSuffix(word, "xes"):
		return false
	case strings.HasSuffix(word, "ee"), strings.HasSuffix(word, "ye"), strings.HasSuffix(word, "oe"):
		return false
	}
	return strings.HasSuffix(word, "e") || strings.HasSuffix(word, "es") || strings.HasSuffix(word, "ed")
}
