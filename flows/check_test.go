package flows

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// planted is a defect in a file, marked by "# want: part of the message" on its
// line or directly above it.
type planted struct {
	file string
	line int
	part string
}

func readPlanted(t *testing.T, folder string) []planted {
	t.Helper()
	var wants []planted
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", folder, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		above := 0 // the wants that stand on lines of their own
		for i, line := range strings.Split(string(data), "\n") {
			before, part, found := strings.Cut(line, "# want: ")
			switch {
			case found && strings.TrimSpace(before) == "":
				above++
				wants = append(wants, planted{filepath.Base(file), 0, part})
				continue
			case found:
				wants = append(wants, planted{filepath.Base(file), i + 1, part})
				above++
			}
			for j := len(wants) - above; j < len(wants); j++ {
				wants[j].line = i + 1
			}
			above = 0
		}
	}
	return wants
}

func (p planted) is(found Problem) bool {
	if p.file != found.Pos.File || p.line != found.Pos.Line {
		return false
	}
	text := found.String()
	for part := range strings.SplitSeq(p.part, "; (") {
		if !strings.Contains(text, strings.TrimPrefix(part, "(")) {
			return false
		}
	}
	return true
}

func parseAndCheck(t *testing.T, folder string, o CheckOptions) Problems {
	t.Helper()
	src, err := Parse(os.DirFS(folder))
	problems, ok := err.(Problems)
	if err != nil && !ok {
		t.Fatalf("Parse's error is %T, not Problems", err)
	}
	return append(problems, Check(src, o)...)
}

// A defect that is not named reaches a person as a dead end, a wrong word or
// silence; one that is not there teaches authors to ignore the check.
func TestEveryPlantedDefectIsNamedAndNothingElse(t *testing.T) {
	wants := readPlanted(t, "testdata/defects")
	found := parseAndCheck(t, "testdata/defects", CheckOptions{Languages: []string{"en", "cy"}})
	for _, want := range wants {
		i := slices.IndexFunc(found, want.is)
		if i < 0 {
			t.Errorf("not found: %s:%d: %s", want.file, want.line, want.part)
			continue
		}
		found = slices.Delete(found, i, i+1)
	}
	for _, p := range found {
		t.Errorf("not planted: %s", p)
	}
	if len(wants) < 30 {
		t.Errorf("only %d defects are planted", len(wants))
	}
}

// A false alarm on good files would block a provider from publishing them.
func TestCleanFilesHaveNoProblems(t *testing.T) {
	for _, languages := range [][]string{nil, {"en"}, {"en", "cy"}} {
		t.Run(fmt.Sprint(languages), func(t *testing.T) {
			for _, p := range parseAndCheck(t, "testdata/clean", CheckOptions{Languages: languages}) {
				t.Error(p)
			}
		})
	}
}
