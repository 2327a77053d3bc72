package flows

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Parse reads every *.yaml of each folder, in the order of the names; folders in
// folders are not read. A later folder adds to an earlier one: a provider's own
// flows and wordings to the library. Of templates and jurisdictions it may bring
// its own by the same name, since they are facts of that provider.
//
// The error is Problems. What could be read is returned beside them, so that
// Check can name the rest in the same run.
func Parse(folders ...fs.FS) (*Sources, error) {
	r := &sourceReader{src: &Sources{}, seen: map[string]Pos{}, inFolder: map[string]int{}}
	for i, folder := range folders {
		r.folder, r.earlier = i, len(r.src.Wordings)
		r.readFolder(folder)
	}
	if len(r.problems) > 0 {
		r.problems.sort()
		return r.src, r.problems
	}
	return r.src, nil
}

// sourceReader fills Sources from files and collects what is wrong with them.
// Where it is in a flow is kept for the problems' sake.
type sourceReader struct {
	src      *Sources
	problems Problems
	folder   int
	earlier  int            // how many wordings are of earlier folders
	seen     map[string]Pos // what was defined already, by kind and name
	inFolder map[string]int // which folder what may be replaced came from, likewise

	flow, step string
}

func (r *sourceReader) readFolder(folder fs.FS) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		r.fail(Pos{File: ".", Line: 1, Column: 1}, "the folder cannot be read: %v", err)
		return
	}
	for _, entry := range entries {
		if entry.IsDir() || path.Ext(entry.Name()) != ".yaml" {
			continue
		}
		data, err := readFile(folder, entry.Name())
		if err != nil {
			r.fail(Pos{File: entry.Name(), Line: 1, Column: 1}, "the file cannot be read: %v", err)
			continue
		}
		r.readFile(entry.Name(), data)
	}
}

// readFile reads a file, but no more of it than is needed to see that it is too
// large.
func readFile(folder fs.FS, name string) ([]byte, error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFileBytes+1))
}

// flowLine finds the name of a flow whose file is not YAML.
var flowLine = regexp.MustCompile(`(?m)^flow: *([A-Za-z0-9_-]+)`)

func (r *sourceReader) readFile(name string, data []byte) {
	docs, err := readYAML(name, data)
	if problems, ok := errors.AsType[Problems](err); ok {
		r.problems = append(r.problems, problems...)
		for _, match := range flowLine.FindAllSubmatch(data, -1) {
			r.src.unread = append(r.src.unread, string(match[1]))
		}
		return
	}
	for _, doc := range docs {
		r.flow, r.step = "", ""
		r.document(doc)
	}
	r.flow, r.step = "", ""
}

// document reads one document; its top key says what it is.
func (r *sourceReader) document(doc yamlNode) {
	if doc.kind != yamlMap {
		r.fail(doc.pos, "a file begins with one of %s", topKeys)
		return
	}
	for _, pair := range doc.pairs {
		switch pair.key.words {
		case "flow":
			r.readFlow(doc)
		case "wording_for":
			r.readWording(doc)
		case "jurisdiction":
			r.readJurisdiction(doc)
		case "fields", "commands", "phrases", "urgent", "templates", "protected", "places", "advocacy", "desk":
			r.object(doc, "", yamlKeys{
				"places": r.readPlaces, "advocacy": r.readAdvocacy, "desk": r.readDesk,
				"fields": r.readFields, "commands": r.readCommands, "phrases": r.readPhrases,
				"urgent": r.readUrgent, "templates": r.readTemplates, "protected": r.readProtected,
			})
		default:
			continue
		}
		return
	}
	first := doc.pairs[0].key
	r.failMeant(first.pos, meantWord(first.words, strings.Split(topKeys, " ")),
		"nothing here says what the file is: it begins with one of %s", topKeys)
}

// topKeys are the keys by which a file is recognised.
const topKeys = "flow wording_for fields commands phrases urgent templates protected jurisdiction places advocacy desk"

// fail notes a problem that blocks publishing.
func (r *sourceReader) fail(pos Pos, format string, args ...any) {
	r.failMeant(pos, "", format, args...)
}

func (r *sourceReader) failMeant(pos Pos, meant, format string, args ...any) {
	r.problems = append(r.problems, Problem{
		Pos: pos, Severity: Block, Flow: r.flow, Step: r.step, Text: fmt.Sprintf(format, args...), Meant: meant,
	})
}

// yamlKeys says how each key of a map is read. No other key is known.
type yamlKeys map[string]func(yamlNode)

func (k yamlKeys) names() []string { return sortedKeys(k) }

// object reads a map whose keys are known, in the order of the file. What names
// the thing in a problem; it may be empty.
func (r *sourceReader) object(n yamlNode, what string, keys yamlKeys) map[string]Pos {
	if n.kind != yamlMap {
		r.fail(n.pos, "%s needs keys below it: %s", orFile(what), strings.Join(keys.names(), ", "))
		return nil
	}
	at := map[string]Pos{}
	for _, pair := range n.pairs {
		key := pair.key.words
		if pair.key.kind != yamlWords {
			r.fail(pair.key.pos, "a key is a word; <<, ? and the like are not known here")
			continue
		}
		read, known := keys[key]
		if !known {
			r.failMeant(pair.key.pos, meantKey(key, keys.names()), "the key %q is not known in %s", key, orFile(what))
			continue
		}
		if _, twice := at[key]; twice {
			r.fail(pair.key.pos, "the key %q is there twice", key)
			continue
		}
		at[key] = pair.key.pos
		read(pair.value)
	}
	return at
}

func orFile(what string) string {
	if what == "" {
		return "this file"
	}
	return what
}

// entries calls read for each entry of a map whose keys are names that the
// author gives. A name that is there twice is an error, and read once.
func (r *sourceReader) entries(n yamlNode, what string, read func(key, value yamlNode)) {
	if n.kind != yamlMap {
		r.fail(n.pos, "%s: write one entry a line, name: value", what)
		return
	}
	seen := map[string]bool{}
	for _, pair := range n.pairs {
		switch key := pair.key; {
		case key.kind != yamlWords:
			r.fail(key.pos, "%s: a name is missing before the colon", what)
		case seen[key.words]:
			r.fail(key.pos, "%s: %q is there twice", what, key.words)
		default:
			seen[key.words] = true
			read(key, pair.value)
		}
	}
}

// define tells whether name is new, and notes a problem if it is not. Across
// folders the second is an error too: remedy says what to do instead.
func (r *sourceReader) define(kind, name string, pos Pos, remedy string) bool {
	before, twice := r.seen[kind+" "+name]
	if twice {
		r.fail(pos, "the %s %q is already in %s:%d%s", kind, name, before.File, before.Line, remedy)
		return false
	}
	r.seen[kind+" "+name] = pos
	return true
}

// name reads a name that the language refers to.
func (r *sourceReader) name(n yamlNode, what string) string {
	words := r.words(n, what)
	if words != "" && !isName(words) {
		r.fail(n.pos, "%s %q: a name is one word of letters, digits and _", what, words)
	}
	return words
}

// words reads a scalar that people do not see.
func (r *sourceReader) words(n yamlNode, what string) string {
	if n.kind != yamlWords || strings.TrimSpace(n.words) == "" {
		r.fail(n.pos, "%s needs a word after it", what)
		return ""
	}
	return n.words
}

// oneOf reads a word of a closed list.
func (r *sourceReader) oneOf(n yamlNode, what string, known ...string) string {
	words := r.words(n, what)
	if words == "" || slices.Contains(known, words) {
		return words
	}
	r.failMeant(n.pos, meantWord(words, known), "%s %q is not known; it is one of %s", what, words, strings.Join(known, ", "))
	return ""
}

// list reads a list, or the one word that stands for a list of one.
func (r *sourceReader) list(n yamlNode, what string) []WordSource {
	items := n.items
	if n.kind == yamlWords {
		items = []yamlNode{n}
	}
	var list []WordSource
	for _, item := range items {
		if words := r.words(item, what); words != "" {
			list = append(list, WordSource{Pos: item.pos, Text: words})
		}
	}
	if len(items) == 0 {
		r.fail(n.pos, "%s needs a word or a list [a, b] after it", what)
	}
	return list
}

// sortedKeys lists the keys of a map in order, so that messages are stable.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
