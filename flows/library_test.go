package flows_test

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
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

// librarySet compiles the library in these languages; without any, in English.
func librarySet(t testing.TB, languages ...string) *flows.Set {
	t.Helper()
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	set, err := flows.Compile(src, flows.Options{Languages: languages, Limits: limits()})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// A provider starts with the library unchanged: whatever blocks or warns here
// would stop or worry everyone. A text without its Welsh would be said in English
// to who chose Welsh.
func TestLibraryIsClean(t *testing.T) {
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, languages := range [][]string{{"en"}, {"en", "cy"}} {
		for _, p := range flows.Check(src, flows.CheckOptions{Languages: languages}) {
			t.Errorf("in %v: %s", languages, p)
		}
	}
}

// What a person answered stands on the page of their case under a name: a code would
// be read by no handler, and "What to call you" is not for them.
func TestStaffReadANameForEachAnswer(t *testing.T) {
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range src.Fields {
		if name := cmp.Or(f.Staff, f.Label); f.Property != "" && (name == "" || strings.Contains(" "+name+" ", " you ")) {
			t.Errorf("staff read %q for %s", name, f.Name)
		}
	}
}

// The statements are a measure: who answers in Welsh is asked all 21 in Welsh,
// also those that only a provider's own flow asks.
func TestStatementsAreInWelsh(t *testing.T) {
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	welsh := map[string]bool{}
	for _, w := range src.Wordings {
		if w.For == "statements" && w.Language == "cy" {
			for _, r := range w.Wording {
				welsh[r.Key] = r.Now.Text != ""
			}
		}
	}
	for _, s := range flows.Statements() {
		if !welsh[s.ID] {
			t.Errorf("%s is not in Welsh", s.ID)
		}
	}
}

// Outside WhatsApp's window only a template gets through: a translation that
// names another one, or none, leaves who chose Welsh without the news.
func TestTranslationsNameTheirTemplates(t *testing.T) {
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	templates := map[string]string{}
	for _, f := range src.Flows {
		for _, s := range f.Steps {
			templates[f.Name+"."+s.Name+"."+string(s.Kind)] = s.Text.Template
		}
	}
	for _, w := range src.Wordings {
		for _, r := range w.Wording {
			if want := templates[w.For+"."+r.Key]; r.Now.Template != want {
				t.Errorf("%s: the template is %q, and the text's is %q", r.Now.Pos, r.Now.Template, want)
			}
		}
	}
}

// Who chose Welsh has all of it in Welsh: no flow is without a conversation that a
// person who reads Welsh can judge.
func TestEveryFlowIsShownInWelsh(t *testing.T) {
	both := librarySet(t, "en", "cy")
	met := map[string]bool{}
	transcripts(t, func(tr *flows.Transcript) {
		if tr.Language != "cy" {
			return
		}
		_, fired := tr.Run(both)
		for k := range fired {
			flow, _, _ := strings.Cut(k, " ")
			met[flow] = true
		}
	})
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range src.Flows {
		if !met[f.Name] {
			t.Errorf("no transcript in Welsh meets %s", f.Name)
		}
	}
}

// Every transcript is a conversation that somebody will have; between them they
// meet every step and every branch of the library. Those in Welsh are had with a
// provider that speaks both languages.
func TestLibraryTranscripts(t *testing.T) {
	set, both := librarySet(t), librarySet(t, "en", "cy")
	met := map[string]bool{}
	transcripts(t, func(tr *flows.Transcript) {
		t.Run(tr.File, func(t *testing.T) {
			spoken := set
			if tr.Language == "cy" {
				spoken = both
			}
			problems, fired := tr.Run(spoken)
			for _, p := range problems {
				t.Error(p)
			}
			for k := range fired {
				met[k] = true
			}
		})
	})
	for _, missing := range set.Unvisited(met) {
		t.Errorf("no transcript meets %s", missing)
	}
}

// A supports tag is a claim: each of the 21 statements is supported and measured,
// 19 of them without the desk, and each has a conversation that a person can read
// and agree with.
func TestLibraryMakesEachStatementTrue(t *testing.T) {
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	transcripts(t, func(tr *flows.Transcript) {
		for _, id := range tr.Shows {
			if _, ok := flows.StatementByID(id); !ok {
				t.Errorf("%s shows %s, which is none of the 21", tr.File, id)
			}
			shown[id] = true
		}
	})
	talked := 0
	for _, c := range flows.Claims(src) {
		if len(c.Supports) == 0 || len(c.Measures) == 0 {
			t.Errorf("%s is made true by %v and asked by %v", c.Statement.ID, c.Supports, c.Measures)
		}
		if !shown[c.Statement.ID] {
			t.Errorf("no transcript shows %s", c.Statement.ID)
		}
		if c.ByConversation() {
			talked++
		}
	}
	if talked < 19 {
		t.Errorf("%d of 21 by conversation alone, want 19", talked)
	}
}

// The library is shown by at least 60 conversations, on every channel and in both
// languages: what is on one only is what somebody on another may not have.
func TestLibraryIsShownEverywhere(t *testing.T) {
	channels, languages, n := map[flows.Channel]int{}, map[string]int{}, 0
	transcripts(t, func(tr *flows.Transcript) {
		n++
		channels[tr.Channel]++
		languages[tr.Language]++
	})
	if n < 60 || channels[flows.SMS] < 15 || channels[flows.WhatsApp] < 15 || channels[flows.Telegram] < 15 || languages["cy"] < 20 {
		t.Errorf("%d transcripts: %v, %v", n, channels, languages)
	}
}

// transcripts reads every transcript of the library.
func transcripts(t *testing.T, read func(*flows.Transcript)) {
	t.Helper()
	files, err := filepath.Glob("library/transcripts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("transcripts: %d files, error %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tr, err := flows.ParseTranscript(filepath.Base(file), data)
		if err != nil {
			t.Fatal(err)
		}
		read(tr)
	}
}

// Where a provider has no Welsh, who asks for it is told so, and not that Welsh
// comes from now on.
func TestWelshThatIsNotThereIsNotPromised(t *testing.T) {
	k := newTalker(t, librarySet(t))
	k.says("cymraeg")
	k.hears(k.says("cymraeg"), "Sorry, we cannot write in Welsh here yet.")
	both := newTalker(t, librarySet(t, "en", "cy"))
	both.says("cymraeg")
	both.hears(both.says("cymraeg"), "Byddwn yn ysgrifennu atoch yn Gymraeg")
}

// The first answer must not cost three texts, nor fill a small phone: what it has to
// say (the right to complain, that it is automatic) comes with its question in two.
func TestTheFirstAnswerFitsInTwoTexts(t *testing.T) {
	set := librarySet(t, "en", "cy")
	const story = "The nurse shouted at my mum last night, and nobody came to say sorry to her or to us"
	for language, firsts := range map[string][]string{"en": {"hello", "complain", "concern", "support", story}, "cy": {"cwyno", "pryder", "cefnogaeth", story}} {
		for _, first := range firsts {
			w := flows.NewSimulation(set, flows.SMS, language)
			if err := w.Write(first); err != nil {
				t.Fatal(err)
			}
			var parts []string
			for _, m := range w.Said {
				parts = append(parts, m.Text)
			}
			if n := flows.CountSMS(strings.Join(parts, "\n\n")); n.Segments > 2 {
				t.Errorf("%q in %s is answered in %d texts", first, language, n.Segments)
			}
		}
	}
}
