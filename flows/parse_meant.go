package flows

import "strings"

// keySynonyms are keys that people bring from other tools, or guess.
func keySynonyms(key string) []string {
	switch key {
	case "question", "prompt", "input", "quick_replies":
		return []string{"ask"}
	case "message", "send", "tell", "print", "reply", "body", "content":
		return []string{"say", "text", "content", "now"}
	case "goto", "go", "go to", "then", "jump", "transition", "transitions", "branch", "if", "when":
		return []string{"next"}
	case "choices", "buttons", "choice", "menu", "values":
		return []string{"options"}
	case "type", "expects", "expect", "format", "kind", "validate":
		return []string{"answer", "type"}
	case "variable", "field", "store", "into", "set", "save_as", "result":
		return []string{"save"}
	case "action", "actions", "execute":
		return []string{"do"}
	case "reminder", "reminders", "nudge", "timeout":
		return []string{"remind"}
	case "error", "fallback", "invalid", "sorry":
		return []string{"retry"}
	case "call", "subflow", "include":
		return []string{"run"}
	case "statement", "survey":
		return []string{"measure", "supports"}
	case "name", "id":
		return []string{"flow", "title", "label"}
	case "keyword", "keywords", "trigger", "triggers", "begin":
		return []string{"start", "words"}
	case "author", "maintainer", "by":
		return []string{"owner"}
	case "lang", "locale":
		return []string{"language"}
	case "old", "from", "source":
		return []string{"was"}
	case "new", "to", "translation":
		return []string{"now"}
	case "reason", "because":
		return []string{"why"}
	case "default", "otherwise", "*", "any":
		return []string{"else"}
	}
	return nil
}

// meantKey guesses which of the known keys an unknown one stands for; "" if none.
func meantKey(key string, known []string) string {
	for _, synonym := range keySynonyms(strings.ToLower(key)) {
		for _, k := range known {
			if k == synonym {
				return k
			}
		}
	}
	return meantWord(key, known)
}

// meantWord guesses which of the known words a misspelt one stands for, by the
// fewest letters added, left out, changed or swapped; "" if none is near.
func meantWord(word string, known []string) string {
	best, fewest := "", 1+min(3, max(1, len(word)/3))
	for _, k := range known {
		if d := editDistance(foldWord(word), foldWord(k)); d < fewest {
			best, fewest = k, d
		}
	}
	return best
}

// foldWord makes words comparable whose difference is case, spaces, - or _.
func foldWord(s string) string {
	return strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(s))
}

// editDistance counts the letters added, left out, changed or swapped with their
// neighbour between a and b. Long words are cut: nobody means them.
func editDistance(a, b string) int {
	const longest = 64
	from, to := []rune(a), []rune(b)
	if len(from) > longest || len(to) > longest {
		return longest
	}
	rows := make([][]int, len(from)+1)
	for i := range rows {
		rows[i] = make([]int, len(to)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(from); i++ {
		for j := 1; j <= len(to); j++ {
			changed := rows[i-1][j-1]
			if from[i-1] != to[j-1] {
				changed++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, changed)
			if i > 1 && j > 1 && from[i-1] == to[j-2] && from[i-2] == to[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(from)][len(to)]
}
