package flows

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/fxamacker/cbor/v2"
)

// Set is everything that Step runs on: the current version of each flow, the
// older ones that somebody may still be on, and the engine's own words. It is
// never changed after it was made, so that any number of goroutines may use it.
type Set struct {
	languages  []string
	limits     map[Channel]Limits
	flows      map[string]*version // by name
	versions   map[string]*version // by hash
	starts     map[string]string   // word -> flow
	commands   map[string]*command // word -> command
	within     within
	urgent     phraseIndex
	urgentFlow string
	fields     map[string]FieldSource
	phrases    map[string][]text
	statements map[string][]text
	lists      []wordLists // by language
	options    map[string]map[string][]string
	storyField string
	places     map[string]*place // by code
	nations    map[string]nation
	advocacy   []AdvocacySource
}

// Limits are what a channel can show. Zero options means: by number, in the text.
type Limits struct {
	Text        int // characters of one message
	Buttons     int // how many options fit as buttons
	ButtonLabel int // characters of a button
	List        int // how many options fit in a list
	ListLabel   int // characters of a row
}

// Options say for whom a Set is compiled.
type Options struct {
	Languages []string // the first is what a person gets who chose none; empty: English
	Provider  string   // whose wording files are laid over the library
	Limits    map[Channel]Limits
}

// The reserved start words: the flow that answers a message that starts nothing
// else, and the same where the person has an open case.
const (
	startAny     = "*"
	startAnyCase = "* with a case"
)

// VersionError says that a conversation is on a version that is not in the Set:
// load it with WithVersion and step again.
type VersionError struct{ Flow, Hash string }

// Error names the flow and the version.
func (e *VersionError) Error() string {
	return fmt.Sprintf("version %s of the flow %q is not loaded", e.Hash, e.Flow)
}

// ErrLoop says that a flow went 50 steps without asking anything.
var ErrLoop = errors.New("a flow went 50 steps without a question")

// Published is one version as it is kept for good: what it does under Hash, and
// what it says now.
type Published struct {
	Flow      string
	Hash      string
	Structure []byte
	Words     []byte
}

// Publish lists the current version of every flow, in the order of their names.
func (s *Set) Publish() ([]Published, error) {
	var out []Published
	for _, name := range slices.Sorted(maps.Keys(s.flows)) {
		v := s.flows[name]
		data, hash, err := structureOf(v.source).encode()
		if err != nil {
			return nil, err
		}
		words, err := canonical.Marshal(spoken{Words: v.words, Fields: s.fieldsOf(v)})
		if err != nil {
			return nil, fmt.Errorf("encode the words of %s: %w", name, err)
		}
		out = append(out, Published{Flow: name, Hash: hash, Structure: data, Words: words})
	}
	return out, nil
}

// WithVersion returns a Set that also has an older version, with the fields and
// options that are gone from the current one. What both have is the current one's.
func (s *Set) WithVersion(structureData, wordsData []byte) (*Set, error) {
	var st structure
	if err := cbor.Unmarshal(structureData, &st); err != nil {
		return nil, fmt.Errorf("decode a flow's structure: %w", err)
	}
	var w spoken
	if err := cbor.Unmarshal(wordsData, &w); err != nil {
		return nil, fmt.Errorf("decode the words of %s: %w", st.Flow, err)
	}
	next := *s
	next.versions, next.fields, next.options = maps.Clone(s.versions), maps.Clone(s.fields), maps.Clone(s.options)
	for _, f := range w.Fields {
		if _, current := s.fields[f.Name]; !current {
			next.fields[f.Name] = f
		}
	}
	v, err := compileVersion(st.source(), w.Words, s.languages, next.fields)
	if err != nil {
		return nil, err
	}
	next.versions[v.hash] = v
	for _, one := range v.steps {
		next.learnOptions(one)
	}
	return &next, nil
}

// fieldsOf lists the fields that a version saves to.
func (s *Set) fieldsOf(v *version) []FieldSource {
	var out []FieldSource
	for _, st := range v.steps {
		if f, ok := s.fields[st.save]; ok {
			f.Pos = Pos{}
			out = append(out, f)
		}
	}
	return out
}

// Languages lists the languages of the Set, the first for who chose none.
func (s *Set) Languages() []string { return slices.Clone(s.languages) }

// Names lists the flows of the Set in order.
func (s *Set) Names() []string { return slices.Sorted(maps.Keys(s.flows)) }

// Has tells whether there is a flow of that name.
func (s *Set) Has(flow string) bool { return s.flows[flow] != nil }

// FieldOf returns what is declared of a field.
func (s *Set) FieldOf(name string) (FieldSource, bool) {
	f, ok := s.fields[name]
	return f, ok
}

func (s *Set) language(name string) int {
	if i := slices.Index(s.languages, name); i >= 0 {
		return i
	}
	return 0
}
