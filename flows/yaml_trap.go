package flows

import (
	"fmt"
	"regexp"
	"strings"
)

// keyAndWords matches a line "key: words", perhaps in a list.
var keyAndWords = regexp.MustCompile(`^ *(?:- +)*([^\s:#{}\[\]"'][^:#{}\[\]"']*):[ ]+(\S.*)$`)

// putBelow is the cure for all of plain YAML's traps.
func putBelow(key string) string {
	return fmt.Sprintf("put > after %s: and the text on the next line", key)
}

// yamlTrap looks around a line at which the parser gave up for one of the ways
// in which plain YAML chokes on ordinary sentences.
func yamlTrap(lines []string, line int) (at int, text string, found bool) {
	for _, n := range []int{line, line - 1, line + 1, line - 2} {
		if n < 1 || n > len(lines) {
			continue
		}
		match := keyAndWords.FindStringSubmatch(lines[n-1])
		if match == nil {
			continue
		}
		if text := trapIn(match[1], match[2], indentOf(lines[n-1]), lines[n:]); text != "" {
			return n, text, true
		}
	}
	return 0, "", false
}

// trapIn says which trap the words after a key are, if any; indent is that of
// the key's line, below are the lines that follow.
func trapIn(key, words string, indent int, below []string) string {
	switch first := words[0]; {
	case strings.IndexByte("*&!%@`", first) >= 0, first == '-' && (len(words) == 1 || words[1] == ' '):
		return fmt.Sprintf("a text may not begin with %c: %s", first, putBelow(key))
	case first == '{':
		return braceTrap(key, words)
	case first == '"' || first == '\'':
		if rest := strings.TrimSpace(words[1:]); !strings.HasSuffix(rest, string(first)) {
			return "text stands after a quote, or the quote is not closed: " + putBelow(key)
		}
		return ""
	case strings.IndexByte(">|[#", first) >= 0:
		return ""
	}
	if hasColon(words) {
		return "a text may not contain a colon and a space: " + putBelow(key)
	}
	for _, line := range below {
		if indentOf(line) <= indent || strings.TrimSpace(line) == "" {
			break
		}
		if hasColon(line) {
			return "a text may not contain a colon and a space, here in a later line of it: " + putBelow(key)
		}
	}
	return ""
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// braceTrap tells "{provider} welcomes you" from a map whose brace is open.
func braceTrap(key, words string) string {
	end := strings.IndexByte(words, '}')
	if end < 0 || strings.Contains(words[:end], " #") {
		return "the brace { is not closed on this line; in braces # begins a comment and each comma ends an entry: write one entry a line, without braces"
	}
	if rest := strings.TrimSpace(words[end+1:]); rest != "" && rest[0] != '#' {
		return "a text may not begin with {: " + putBelow(key)
	}
	return ""
}

func hasColon(words string) bool {
	words, _, _ = strings.Cut(words, " #")
	return strings.Contains(words, ": ") || strings.HasSuffix(strings.TrimRight(words, " "), ":")
}
