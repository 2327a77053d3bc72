package flows

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func folderOf(files map[string]string) fs.FS {
	folder := fstest.MapFS{}
	for name, text := range files {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return folder
}

// mustParse parses one file.
func mustParse(t *testing.T, text string) *Sources {
	t.Helper()
	src, err := Parse(folderOf(map[string]string{"a.yaml": text}))
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// firstProblem parses one file and returns the first thing wrong with it.
func firstProblem(t *testing.T, text string) Problem {
	t.Helper()
	_, err := Parse(folderOf(map[string]string{"a.yaml": text}))
	problems, ok := errors.AsType[Problems](err)
	if !ok || len(problems) == 0 {
		t.Fatalf("no problem is told: %v", err)
	}
	return problems[0]
}

// Steps, options and branches out of order would ask in another order, number
// options otherwise, and take the wrong branch.
func TestOrderOfTheFileIsKept(t *testing.T) {
	const letters = "q w e r t y u i o p a s d f g h j k l z x c v b n m"
	var steps, options, next []string
	for _, name := range strings.Fields(letters) {
		options = append(options, name+": Label "+name)
		next = append(next, name+": end")
	}
	for _, name := range strings.Fields(letters) {
		steps = append(steps, "  "+name+":\n    ask: Which?\n    save: x\n    options: {"+strings.Join(options, ", ")+
			"}\n    next:\n      "+strings.Join(next, "\n      "))
	}
	flow := mustParse(t, "flow: order\nsteps:\n"+strings.Join(steps, "\n")).Flows[0]
	var gotSteps, gotOptions, gotNext []string
	for _, s := range flow.Steps {
		gotSteps = append(gotSteps, s.Name)
	}
	for i := range flow.Steps[0].Options {
		gotOptions = append(gotOptions, flow.Steps[0].Options[i].Name)
		gotNext = append(gotNext, flow.Steps[0].Next[i].When)
	}
	for what, got := range map[string][]string{"steps": gotSteps, "options": gotOptions, "next": gotNext} {
		if strings.Join(got, " ") != letters {
			t.Errorf("%s: %v", what, got)
		}
	}
}

// The words must reach people as the author wrote them.
func TestTextsKeepTheirWords(t *testing.T) {
	for written, want := range map[string]string{
		"Hello there.":                                "Hello there.",
		`"One.\nTwo {ref}: three #4."`:                "One.\nTwo {ref}: three #4.",
		"'It''s here'":                                "It's here",
		">\n      Folded: text # kept\n      on.\n\n": "Folded: text # kept on.",
		">\n      One.\n\n      Two.\n":               "One.\nTwo.",
		"|\n      One.\n      Two.\n":                 "One.\nTwo.",
		"Plain\n      on.":                            "Plain on.",
		"12":                                          "12",
		"true":                                        "true",
		"null":                                        "null",
		"Ward#6 is -- fine, {ref}":                    "Ward#6 is -- fine, {ref}",
		"ŵŷ 😀 مرحبا":                                  "ŵŷ 😀 مرحبا",
		"{text: Hello, sms: Hi}":                      "Hello",
	} {
		src := mustParse(t, "flow: x\nsteps:\n  a:\n    say: "+written+"\n")
		if got := src.Flows[0].Steps[0].Text.Text; got != want {
			t.Errorf("%q is %q, want %q", written, got, want)
		}
	}
}

func TestPlacesAreThoseOfTheFile(t *testing.T) {
	src := mustParse(t, "# A comment\nflow: x\nsteps:\n  a:\n    ask: ŵŷ?\n    options: {w: Yr ŵ, b: B}\n    save: f\n    next:\n      b: end\n")
	step := src.Flows[0].Steps[0]
	for what, got := range map[string]Pos{
		"2:7": src.Flows[0].Pos, "4:3": step.Pos, "5:10": step.Text.Pos, "6:24": step.Options[1].Pos,
		"7:5": step.At["save"], "9:7": step.Next[0].Pos,
	} {
		if want := "a.yaml:" + what; got.String() != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestAnswersAreRead(t *testing.T) {
	for written, want := range map[string]AnswerSource{
		"text up to 100":           {Kind: AnswerText, High: 100},
		"text up to 100, optional": {Kind: AnswerText, High: 100, Optional: true},
		"yes/no":                   {Kind: AnswerYesNo},
		"number 0 to 120":          {Kind: AnswerNumber, High: 120},
		"number -5 to 5":           {Kind: AnswerNumber, Low: -5, High: 5},
		"scale 1 to 5":             {Kind: AnswerScale, Low: 1, High: 5},
		"date":                     {Kind: AnswerDate},
		"date past, optional":      {Kind: AnswerDate, Tense: "past", Optional: true},
		"date future":              {Kind: AnswerDate, Tense: "future"},
		"photo":                    {Kind: AnswerPhoto},
		"story":                    {Kind: AnswerStory},
		"phone optional":           {Kind: AnswerPhone, Optional: true},
		"postcode":                 {Kind: AnswerPostcode},
		"check":                    {Kind: AnswerCheck},
	} {
		src := mustParse(t, "flow: x\nsteps:\n  a:\n    ask: What?\n    answer: "+written+"\n    save: f\n")
		got := src.Flows[0].Steps[0].Answer
		got.Pos = Pos{}
		if got != want {
			t.Errorf("%s: %+v, want %+v", written, got, want)
		}
	}
	for _, written := range []string{
		"text", "text up to", "text up to many", "text up to 0", "text to 5", "number", "number 5 to 5", "number 1 5",
		"scale 0 to 50", "scale -1 to 3", "date yesterday", "photo 3", "optionall", "yes/no/maybe",
	} {
		p := firstProblem(t, "flow: x\nsteps:\n  a:\n    ask: What?\n    answer: "+written+"\n    save: f\n")
		if !strings.Contains(p.Text, "is not understood") || p.Pos.Line != 5 {
			t.Errorf("%s: %s", written, p)
		}
	}
}

func TestRemindersAreRead(t *testing.T) {
	const day = 24 * time.Hour
	for written, want := range map[string][]time.Duration{
		"1 hour, 1 day, 3 days": {time.Hour, day, 3 * day},
		"[30 minutes, 2 weeks]": {30 * time.Minute, 14 * day},
		"90 days":               {90 * day},
	} {
		src := mustParse(t, "flow: x\nsteps:\n  a:\n    ask: What?\n    answer: story\n    save: f\n    remind: "+written+"\n")
		if got := src.Flows[0].Steps[0].Remind; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", written, got, want)
		}
	}
}

// The provider's folder lies over the library: it adds, and does not silently
// replace what people are told.
func TestLaterFoldersAddToEarlier(t *testing.T) {
	library := folderOf(map[string]string{
		"b.yaml":       "flow: b\nsteps: {a: {say: Hello}}\n",
		"a.yaml":       "flow: a\nsteps: {a: {say: Hello}}\n",
		"t.yaml":       "templates:\n  one: {content: {en: HX1}}\n",
		"u.yaml":       "urgent:\n  run: a\n  words: {en: [one]}\n",
		"notes.txt":    "not read",
		"sub/c.yaml":   "flow: c\nsteps: {a: {say: Hello}}\n",
		"empty.yaml":   "# nothing yet\n",
		"england.yaml": "jurisdiction: england\nacknowledge: 3 working days\nrespond: 6 months\nholidays: {source: x, days: [2026-12-25]}\n",
	})
	own := folderOf(map[string]string{
		"d.yaml":       "flow: d\nsteps: {a: {say: Hello}}\n",
		"t.yaml":       "templates:\n  one: {content: {en: HX2}}\n",
		"u.yaml":       "urgent:\n  words: {en: [two]}\n",
		"england.yaml": "jurisdiction: england\nacknowledge: 2 working days\nrespond: 30 working days\nholidays: {source: y, days: [2026-12-26]}\n",
	})
	src, err := Parse(library, own)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range src.Flows {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "a b d" {
		t.Errorf("flows: %s", got)
	}
	if len(src.Templates) != 1 || src.Templates[0].Content["en"] != "HX2" {
		t.Errorf("the provider's template does not win: %v", src.Templates)
	}
	if words := src.Urgent.Words["en"]; len(words) != 2 || src.Urgent.Run != "a" {
		t.Errorf("urgent words are lost: %v", src.Urgent)
	}
	if j := src.Jurisdiction; len(j) != 1 || j[0].Acknowledge != 2 || j[0].RespondDays != 30 || j[0].Respond != 0 || j[0].Holidays[0].Day() != 26 {
		t.Errorf("the provider's jurisdiction does not win: %v", j)
	}
	_, err = Parse(library, folderOf(map[string]string{"x.yaml": "flow: a\nsteps: {a: {say: Other}}\n"}))
	if err == nil || !strings.Contains(err.Error(), `the flow "a" is already in a.yaml:1: reword it by a file that begins with wording_for: a`) {
		t.Errorf("a flow is replaced without a word: %v", err)
	}
}

func TestFilesThatAreNoFlowFilesAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		strings.Repeat("# long", 200_000):               "more than 1 MB",
		strings.Repeat("#\n", 20_001):                   "more than 20000 lines",
		"flow: x\n# \xff\n":                             "2:1: error: this line is not UTF-8",
		"flow: x\n# \x00\n":                             "control character U+0000",
		"just words\n":                                  "a file begins with one of flow",
		"- flow: x\n":                                   "a file begins with one of flow",
		"title: x\n":                                    "nothing here says what the file is",
		"flow: x\nsteps: " + strings.Repeat("[", 1e5):   "nested more than 64 deep",
		"flow: x\n" + strings.Repeat("- ", 1e5):         "nested more than 64 deep",
		"flow: x\n" + strings.Repeat("!a ", 1e5):        "nested more than 64 deep",
		"flow: x\n<<: {a: b}\nsteps: {a: {say: b}}\n":   "2:1: error: x: a key is a word",
		"flow: x\nsteps:\n":                             "steps: write one entry a line",
		"flow: x\nsteps: {}\n":                          "the flow has no steps",
		"flow: x\n":                                     "the flow has no steps",
		"flow: two words\nsteps: {a: {say: b}}\n":       "a name is one word",
		"flow: x\nsteps:\n  end:\n    say: Bye\n":       "a step may not be called end",
		"flow: x\nversion: two\nsteps: {a: {say: b}}\n": "version is a whole number above 0",
		"urgent:\n  words: {en: [suicide]}\n":           "urgent needs run: and the flow that gives help",
		"phrases:\n  a:\n    sms: Hello\n":              "a needs text: beside the channels' own",
		"phrases:\n  a:\n    - Hello\n":                 "a text is needed here, not keys or a list",
	} {
		if p := firstProblem(t, text); !strings.Contains(p.String(), want) {
			t.Errorf("%.40q: %s, want %q", text, p, want)
		}
	}
}

// A folder that is not there is a slip in the configuration, not an empty bot.
func TestMissingFolderIsTold(t *testing.T) {
	if _, err := Parse(os.DirFS(filepath.Join(t.TempDir(), "none"))); err == nil {
		t.Error("nothing is told")
	}
}

func TestUnreadableFileIsTold(t *testing.T) {
	folder := t.TempDir()
	if err := os.Symlink("gone", filepath.Join(folder, "a.yaml")); err != nil {
		t.Skip("no symbolic links here")
	}
	if _, err := Parse(os.DirFS(folder)); err == nil || !strings.Contains(err.Error(), "a.yaml:1:1: error: the file cannot be read") {
		t.Errorf("told: %v", err)
	}
}

// What points to a flow whose file has a slip elsewhere is not wrong as well.
func TestOneSlipIsToldOnce(t *testing.T) {
	src, err := Parse(folderOf(map[string]string{
		"a.yaml": "flow: a\nsteps: {a: {run: b}}\n",
		"b.yaml": "flow: b\nsteps:\n  a:\n    say: Note: here\n",
	}))
	if err == nil {
		t.Fatal("the slip is not told")
	}
	for _, p := range Check(src, CheckOptions{}) {
		t.Errorf("told as well: %s", p)
	}
}

func TestProblemsAreInTheOrderOfTheFiles(t *testing.T) {
	ps := Problems{
		{Pos: Pos{"b", 1, 1}}, {Pos: Pos{"a", 2, 1}}, {Pos: Pos{"a", 1, 10}}, {Pos: Pos{"a", 1, 9}, Severity: Warn},
		{Pos: Pos{"a", 1, 9}, Severity: Block},
	}
	ps.sort()
	want := Problems{
		{Pos: Pos{"a", 1, 9}, Severity: Warn}, {Pos: Pos{"a", 1, 9}, Severity: Block}, {Pos: Pos{"a", 1, 10}},
		{Pos: Pos{"a", 2, 1}}, {Pos: Pos{"b", 1, 1}},
	}
	if !reflect.DeepEqual(ps, want) {
		t.Errorf("order: %v", ps)
	}
	if b := ps.Blocking(); len(b) != 1 || b[0].Severity != Block {
		t.Errorf("blocking: %v", b)
	}
}

func TestGuesses(t *testing.T) {
	known := []string{"ask", "say", "options", "next", "save", "why_you"}
	for word, want := range map[string]string{
		"question": "ask", "goto": "next", "choices": "options", "optoins": "options", "nxet": "next", "Ask": "ask",
		"why you": "why_you", "why-you": "why_you", "zzz": "", "": "", strings.Repeat("options", 100): "",
	} {
		if got := meantKey(word, known); got != want {
			t.Errorf("%.20q means %q, want %q", word, got, want)
		}
	}
}

// Files come from people and from the network share they keep them on: none may
// stop the process. Whatever is read is checked and drawn, for neither may fail
// on half of a file.
func FuzzParse(f *testing.F) {
	for _, folder := range []string{"testdata/clean", "testdata/defects"} {
		files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
		if err != nil || len(files) == 0 {
			f.Fatalf("no seeds: %v", err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	for _, seed := range []string{
		"", "---", "? a\n: b", "&a *a", "a: !!binary x", "[", "{", "%", "a:\n\t- b", "<<: *a", "flow: x\nsteps: {a: {say: b, next: a}}",
		"flow: x\nsteps: &a {a: *a}", "wording_for: x\nlanguage: cy\nwording: {a.ask: {was: b, now: c}}", "protected: {a.b: {why: c}}",
		"flow: x\nsteps:\n  ? {a: b}\n  : {say: c}\n", "fields: {a: {type: text, privacy: ordinary}}\n---\n...\nflow: x",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		src, err := Parse(fstest.MapFS{"a.yaml": {Data: data}})
		if problems, ok := errors.AsType[Problems](err); err != nil && (!ok || len(problems) == 0) {
			t.Fatalf("the error is no list of problems: %v", err)
		}
		for _, p := range Check(src, CheckOptions{Languages: []string{"en", "cy"}}) {
			if p.Text == "" || p.Severity == "" {
				t.Errorf("a problem without words: %+v", p)
			}
		}
		for i := range src.Flows[:min(len(src.Flows), 3)] {
			if len(src.Flows[i].Steps) < 20 {
				SVG(&src.Flows[i])
				Mermaid(&src.Flows[i])
			}
		}
	})
}
