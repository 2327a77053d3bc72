package flows_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// freeText is one text of testdata/freetexts, with the place that names it: what
// it says is never printed.
type freeText struct{ place, text string }

// freeTexts reads the corpus: after its first line, each line of a file is a text,
// with escapes as in Go.
func freeTexts(t testing.TB) []freeText {
	t.Helper()
	files, err := filepath.Glob("testdata/freetexts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("free texts: %d files, error %v", len(files), err)
	}
	var out []freeText
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
			if i == 0 {
				continue
			}
			place := fmt.Sprintf("%s:%d", file, i+1)
			text, err := unescaped(line)
			if err != nil || text == "" {
				t.Fatalf("%s: no text, error %v", place, err)
			}
			out = append(out, freeText{place, text})
		}
	}
	return out
}

// unescaped reads \n \t \r \\ \xNN \uNNNN \UNNNNNNNN.
func unescaped(line string) (string, error) {
	var b strings.Builder
	for line != "" {
		r, multibyte, rest, err := strconv.UnquoteChar(line, 0)
		if err != nil {
			return "", err
		}
		line = rest
		switch {
		case multibyte && r != unicode.ReplacementChar:
			b.WriteRune(r)
		case multibyte:
			b.WriteString("\ufffd")
		default:
			b.WriteByte(byte(r))
		}
	}
	return b.String(), nil
}

// The corpus is what people may send: texts that are alike try nothing twice.
func TestFreeTextsAreAThousandAndDiffer(t *testing.T) {
	seen := map[string]string{}
	for _, f := range freeTexts(t) {
		if first := seen[f.text]; first != "" {
			t.Errorf("%s: the same text as %s", f.place, first)
		}
		seen[f.text] = f.place
	}
	if len(seen) < 1000 {
		t.Errorf("%d texts, want 1,000", len(seen))
	}
}
