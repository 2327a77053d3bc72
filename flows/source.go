package flows

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// Pos is where something stands in a file; line and column count from 1.
type Pos struct {
	File         string
	Line, Column int
}

// String gives file:line:column, as editors read it.
func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// compare orders places by file, line and column.
func (p Pos) compare(q Pos) int {
	return cmp.Or(strings.Compare(p.File, q.File), p.Line-q.Line, p.Column-q.Column)
}

// Sources is everything that a folder of flows says, in the order of the file
// names, before anything of it is checked against anything else.
type Sources struct {
	Flows        []FlowSource
	Fields       []FieldSource        // fields.yaml
	Commands     []CommandSource      // commands.yaml
	Urgent       UrgentSource         // urgent.yaml
	Phrases      []PhraseSource       // phrases.yaml: what the engine itself says
	Templates    []TemplateSource     // templates.yaml
	Wordings     []WordingSource      // NAME.LANGUAGE.yaml and NAME.PROVIDER.yaml
	Protected    []ProtectedSource    // manifest.yaml
	Jurisdiction []JurisdictionSource // england.yaml, wales.yaml
	Places       []PlaceSource        // places.yaml
	Advocacy     []AdvocacySource     // advocacy.yaml
	Desk         []DeskSource         // manifest.yaml: statements that staff make true

	unread []string // flows whose file could not be read: what points to them is not wrong
}

// FlowSource is one flow as written.
type FlowSource struct {
	Pos     Pos
	Name    string
	Title   string
	Owner   string
	Version int
	Stage   Stage
	Start   []WordSource // a first message that is one of these begins the flow
	Steps   []StepSource // in the order of the file
}

// WordSource is a word or phrase with its place.
type WordSource struct {
	Pos  Pos
	Text string
}

// Kind is what a step does; the key that is present says it.
type Kind string

// The four kinds of step.
const (
	Say     Kind = "say"
	Ask     Kind = "ask"
	Measure Kind = "measure"
	Run     Kind = "run"
)

// StepSource is one step as written.
type StepSource struct {
	Pos       Pos
	At        map[string]Pos // where each key of the step stands
	Name      string
	Kind      Kind
	Text      TextSource // say, ask
	Statement string     // measure: one of the 21 ids
	Flow      string     // run: the flow to run
	Answer    AnswerSource
	Options   []OptionSource
	Save      string     // a field
	Retry     TextSource // what to say to a first answer that does not fit
	Next      []BranchSource
	Do        []ActionSource
	Remind    []time.Duration
	Supports  []string // statement ids
	After     string   // extra steps of a provider: the step this one follows
}

// TextSource is a text in the default language; where a channel differs, it has
// its own. An empty Text means that none was written.
type TextSource struct {
	Pos                     Pos
	Text                    string
	SMS, WhatsApp, Telegram string
	Template                string // name in templates.yaml
}

// AnswerKind is what counts as an answer.
type AnswerKind string

// The answer kinds. Choice is what `options` alone means; None is a step that
// asks nothing.
const (
	AnswerNone     AnswerKind = ""
	AnswerChoice   AnswerKind = "choice"
	AnswerText     AnswerKind = "text"     // text up to N (characters)
	AnswerYesNo    AnswerKind = "yes/no"   // saved as "yes" or "no"
	AnswerNumber   AnswerKind = "number"   // number LOW to HIGH
	AnswerScale    AnswerKind = "scale"    // scale LOW to HIGH
	AnswerDate     AnswerKind = "date"     // date, date past, date future; saved as YYYY-MM-DD
	AnswerPhoto    AnswerKind = "photo"    // any file
	AnswerStory    AnswerKind = "story"    // many messages until DONE
	AnswerSeveral  AnswerKind = "several"  // many options
	AnswerPhone    AnswerKind = "phone"    // a phone number, saved without spaces
	AnswerPostcode AnswerKind = "postcode" // a UK postcode, saved with its space
	AnswerCheck    AnswerKind = "check"    // check your answers
	AnswerWhen     AnswerKind = "when"     // when up to N: a day in people's own words, which are kept
	AnswerPoints   AnswerKind = "points"   // many messages until DONE, each a point of its own
	AnswerCase     AnswerKind = "case"     // one of the person's cases; passed where there is but one
)

// AnswerSource is `answer:` as written: "text up to 100, optional".
type AnswerSource struct {
	Pos       Pos
	Kind      AnswerKind
	Low, High int    // bounds of number and scale; High is the length of a text
	Tense     string // date: "past", "future" or ""
	Optional  bool   // SKIP is an answer
}

// OptionSource is one option: a stable name and the label that people see.
type OptionSource struct {
	Pos   Pos
	Name  string
	Label string
}

// BranchSource is one entry of `next`: where to go, and when. When is the text
// as written: an option's name, a condition, "else", or empty where `next` is a
// single target.
type BranchSource struct {
	Pos  Pos
	When string
	To   string // a step, "end", or "flow NAME"
}

// ActionSource is one entry of `do`.
type ActionSource struct {
	Pos  Pos
	Name string
}

// FieldSource declares a field that answers are saved to.
type FieldSource struct {
	Pos      Pos
	Name     string
	Type     string // "text", "option", "options", "yes/no", "number", "date", "when", "story", "points", "case", "phone", "postcode", "files"
	Label    string // in the summary; empty: not shown there
	Staff    string // what staff read for it; empty: Label
	Property string // the case property it becomes; empty: stays in the conversation
	Privacy  string // "ordinary", "identity" (hidden when not named), "special"
}

// CommandSource is a word that works at any moment. Either Do (one of the
// engine's own: back, menu, send, pause, delete, restart, language, skip, done)
// or Run (a flow) says what it does.
type CommandSource struct {
	Pos      Pos
	Name     string
	Words    map[string][]WordSource // by language
	Within   map[string][]WordSource // by language: what asks for it inside a sentence, where no free text is asked for
	Do       string
	Run      string
	Return   bool // then: return
	AskFirst bool // at a free-text step, ask whether it is a command
	Always   bool // always ask before doing it
}

// UrgentSource lists words that mean danger, by language, and the flow that is
// run aside when one of them is met in any free text.
type UrgentSource struct {
	Pos   Pos
	Run   string
	Words map[string][]WordSource
}

// PhraseSource is one of the engine's own sentences. Other languages reword it
// by a wording file for "phrases", as for a flow.
type PhraseSource struct {
	Pos  Pos
	Name string
	Text TextSource
}

// TemplateSource names approved WhatsApp templates: a content sid per language.
type TemplateSource struct {
	Pos       Pos
	Name      string
	Content   map[string]string // language -> content sid
	Variables []string          // in the order of the template: facts or fields
}

// placeholderSid begins the content sids that the library's templates have: those of no
// account.
const placeholderSid = "HX0000000000"

// Sid is the content sid in a language; empty: none was set.
func (t TemplateSource) Sid(language string) string {
	if strings.HasPrefix(t.Content[language], placeholderSid) {
		return ""
	}
	return t.Content[language]
}

// WordingSource is a translation or a provider's own words for one flow.
type WordingSource struct {
	Pos      Pos
	For      string // the flow
	Language string // one of Language and Provider is set; both: a provider's words in that language
	Provider string
	Version  int // set by publishing
	Wording  []RewordSource
	Extra    []StepSource
}

// RewordSource is one text reworded. Key is "step.ask", "step.say",
// "step.retry", "step.options.NAME", "step.ask.sms" …
type RewordSource struct {
	Pos      Pos
	Key      string
	Was, Now TextSource
	Hide     bool // now: hide — an optional question that this provider leaves out
}

// ProtectedSource names a text or step that a provider may reword within its
// language but not hide, and why.
type ProtectedSource struct {
	Pos  Pos
	Key  string // "flow.step"
	Why  string
	Must []string // words that a rewording must still contain
}

// JurisdictionSource holds what the law and the calendar of one nation say.
type JurisdictionSource struct {
	Pos         Pos
	Name        string
	Acknowledge int // working days after the day of receipt
	Respond     int // months; 0: see RespondDays
	RespondDays int // working days
	Holidays    []time.Time
	Source      string // where the dates come from, and when they were read

	Help      map[string]string          // help lines in danger beside 999, by language
	Process   map[string]string          // what the formal way is called, by language
	Ombudsmen map[string]OmbudsmanSource // by the provider's kind; "both" where two bodies are in it

	// Regulators check providers, by their kind. They decide no complaint; people can
	// tell them of their care.
	Regulators map[string]OmbudsmanSource
}

// OmbudsmanSource is who looks at it after the provider, or who checks the provider.
type OmbudsmanSource struct {
	Name    map[string]string // by language
	Web     string
	Phone   string
	Address string // where a letter reaches them, on one line; empty: none is known
	Months  int    // how long after the person knew of it they may go there; of a regulator nothing
}

// PlaceSource is a ward, clinic or home whose code a poster or a link carries.
type PlaceSource struct {
	Pos      Pos
	Code     string
	Name     TextSource
	Service  string
	Language string     // spoken first to who comes by this code; empty: the provider's
	Help     TextSource // what to do in danger at this place; empty: nothing of its own
}

// AdvocacySource is who helps people to complain in some postcode areas.
type AdvocacySource struct {
	Pos     Pos
	Name    string
	Areas   []string // "CF"; "*" is everywhere else
	Title   string
	Phone   string
	Web     string
	Source  string
	Checked string // the day it was last read there
	Check   string // what is not certain; empty: nothing
}

// DeskSource says that a statement is made true by staff, not in conversation.
type DeskSource struct {
	Pos       Pos
	Statement string
	Why       string
}
