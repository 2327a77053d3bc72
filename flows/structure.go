package flows

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// structure is all of a flow that decides where a conversation goes, without
// its words: two files with the same structure are the same version.
type structure struct {
	Flow  string          `cbor:"1,keyasint"`
	Stage Stage           `cbor:"2,keyasint"`
	Steps []stepStructure `cbor:"3,keyasint"`
}

type stepStructure struct {
	Name      string          `cbor:"1,keyasint"`
	Kind      Kind            `cbor:"2,keyasint"`
	Answer    AnswerKind      `cbor:"3,keyasint,omitempty"`
	Low       int             `cbor:"4,keyasint,omitempty"`
	High      int             `cbor:"5,keyasint,omitempty"`
	Tense     string          `cbor:"6,keyasint,omitempty"`
	Optional  bool            `cbor:"7,keyasint,omitempty"`
	Options   []string        `cbor:"8,keyasint,omitempty"`
	Save      string          `cbor:"9,keyasint,omitempty"`
	Statement string          `cbor:"10,keyasint,omitempty"`
	Run       string          `cbor:"11,keyasint,omitempty"`
	Next      [][2]string     `cbor:"12,keyasint,omitempty"` // when, to
	Do        []string        `cbor:"13,keyasint,omitempty"`
	Remind    []time.Duration `cbor:"14,keyasint,omitempty"`
}

// wording holds the words of a version: by language ("" is the file's own) and
// key ("about.ask", "about.options.me").
type wording map[string]map[string]words

// words is one text as written, with what differs by channel.
type words struct {
	Text     string `cbor:"1,keyasint,omitempty"`
	SMS      string `cbor:"2,keyasint,omitempty"`
	WhatsApp string `cbor:"3,keyasint,omitempty"`
	Telegram string `cbor:"4,keyasint,omitempty"`
	Template string `cbor:"5,keyasint,omitempty"`
}

// spoken is what is kept beside a structure: its words, and the fields that its
// answers go to, as they are now.
type spoken struct {
	Words  wording       `cbor:"1,keyasint"`
	Fields []FieldSource `cbor:"2,keyasint,omitempty"`
}

// canonical makes the same bytes of the same value, so that a hash can name it.
var canonical = func() cbor.EncMode {
	m, err := cbor.CanonicalEncOptions().EncMode()
	if err != nil {
		panic(err) // the options are constant
	}
	return m
}()

func structureOf(f FlowSource) structure {
	out := structure{Flow: f.Name, Stage: f.Stage}
	for _, s := range f.Steps {
		st := stepStructure{
			Name: s.Name, Kind: s.Kind, Answer: s.Answer.Kind, Low: s.Answer.Low, High: s.Answer.High,
			Tense: s.Answer.Tense, Optional: s.Answer.Optional, Save: s.Save, Statement: s.Statement,
			Run: s.Flow, Remind: s.Remind,
		}
		for _, o := range s.Options {
			st.Options = append(st.Options, o.Name)
		}
		for _, b := range s.Next {
			st.Next = append(st.Next, [2]string{b.When, b.To})
		}
		for _, d := range s.Do {
			st.Do = append(st.Do, d.Name)
		}
		out.Steps = append(out.Steps, st)
	}
	return out
}

// encode returns the structure's canonical bytes and the hash that names it: 96
// bits, 16 characters.
func (s structure) encode() (data []byte, hash string, err error) {
	data, err = canonical.Marshal(s)
	if err != nil {
		return nil, "", fmt.Errorf("encode the structure of %s: %w", s.Flow, err)
	}
	sum := sha256.Sum256(data)
	return data, base64.RawURLEncoding.EncodeToString(sum[:12]), nil
}

// source is the flow that has this structure, without words.
func (s structure) source() FlowSource {
	f := FlowSource{Name: s.Flow, Stage: s.Stage}
	for _, st := range s.Steps {
		step := StepSource{
			Name: st.Name, Kind: st.Kind, Save: st.Save, Statement: st.Statement, Flow: st.Run, Remind: st.Remind,
			Answer: AnswerSource{Kind: st.Answer, Low: st.Low, High: st.High, Tense: st.Tense, Optional: st.Optional},
		}
		for _, o := range st.Options {
			step.Options = append(step.Options, OptionSource{Name: o})
		}
		for _, n := range st.Next {
			step.Next = append(step.Next, BranchSource{When: n[0], To: n[1]})
		}
		for _, d := range st.Do {
			step.Do = append(step.Do, ActionSource{Name: d})
		}
		f.Steps = append(f.Steps, step)
	}
	return f
}

// wordingOf collects a flow's words and lays translations and a provider's own
// words over them.
func wordingOf(f FlowSource, rewordings []WordingSource, provider string) wording {
	own := map[string]words{}
	for _, s := range f.Steps {
		key := "ask"
		if s.Kind == Say {
			key = "say"
		}
		if s.Kind == Say || s.Kind == Ask {
			own[s.Name+"."+key] = wordsOf(s.Text)
		}
		if s.Retry.Text != "" {
			own[s.Name+".retry"] = wordsOf(s.Retry)
		}
		for _, o := range s.Options {
			own[s.Name+".options."+o.Name] = words{Text: o.Label}
		}
	}
	w := wording{"": own}
	w.lay(f.Name, rewordings, "")
	if provider != "" {
		w.lay(f.Name, rewordings, provider)
	}
	return w
}

// lay puts the rewordings of one layer over w: translations first (provider is
// empty), then a provider's own.
func (w wording) lay(name string, rewordings []WordingSource, provider string) {
	for _, r := range rewordings {
		if r.For != name || r.Provider != provider {
			continue
		}
		if w[r.Language] == nil {
			w[r.Language] = map[string]words{}
		}
		for _, one := range r.Wording {
			if !one.Hide {
				w.reword(r.Language, one.Key, one.Now)
			}
		}
	}
}

func (w wording) reword(language, key string, now TextSource) {
	base, channel := cutChannel(key)
	old := w[language][base]
	switch channel {
	case SMS:
		old.SMS = now.Text
	case WhatsApp:
		old.WhatsApp = now.Text
	case Telegram:
		old.Telegram = now.Text
	default:
		template := old.Template
		old = wordsOf(now)
		if old.Template == "" {
			old.Template = template
		}
	}
	w[language][base] = old
}

func cutChannel(key string) (base string, c Channel) {
	for _, c := range []Channel{SMS, WhatsApp, Telegram} {
		if n := len(key) - len(c) - 1; n > 0 && key[n] == '.' && key[n+1:] == string(c) {
			return key[:n], c
		}
	}
	return key, ""
}

func wordsOf(t TextSource) words {
	return words{Text: t.Text, SMS: t.SMS, WhatsApp: t.WhatsApp, Telegram: t.Telegram, Template: t.Template}
}
