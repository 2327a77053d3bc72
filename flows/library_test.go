package flows_test

import (
	"os"
	"path/filepath"
	"testing"

	"heard/flows"
	"heard/flows/library"
)

// limits are those of the channels, as channels.CapabilitiesOf gives them.
func limits() map[flows.Channel]flows.Limits {
	return map[flows.Channel]flows.Limits{
		flows.SMS:      {Text: 1600},
		flows.WhatsApp: {Text: 1600, Buttons: 3, ButtonLabel: 20, List: 10, ListLabel: 24},
		flows.Telegram: {Text: 4096, Buttons: 12, ButtonLabel: 40},
	}
}

func librarySet(t testing.TB) *flows.Set {
	t.Helper()
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	set, err := flows.Compile(src, flows.Options{Limits: limits()})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// A provider starts with the library unchanged: whatever blocks or warns here
// would stop or worry everyone.
func TestLibraryIsClean(t *testing.T) {
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range flows.Check(src, flows.CheckOptions{Languages: []string{"en"}}) {
		t.Error(p)
	}
}

// Every transcript is a conversation that somebody will have; between them they
// meet every step and every branch of the library.
func TestLibraryTranscripts(t *testing.T) {
	set := librarySet(t)
	files, err := filepath.Glob("library/transcripts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("transcripts: %d files, error %v", len(files), err)
	}
	met := map[string]bool{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tr, err := flows.ParseTranscript(filepath.Base(file), data)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			problems, fired := tr.Run(set)
			for _, p := range problems {
				t.Error(p)
			}
			for k := range fired {
				met[k] = true
			}
		})
	}
	for _, missing := range set.Unvisited(met) {
		t.Errorf("no transcript meets %s", missing)
	}
}
