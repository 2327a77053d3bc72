package flows

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Simulation is one person and a world around the flows: enough of a case, a
// clock and a staff to try them without a store. It is what transcripts run on.
type Simulation struct {
	Set     *Set
	State   State
	Facts   Facts
	Now     time.Time
	Channel Channel
	Said    []Send // everything said so far
	Acts    []Action
	Fired   map[string]bool // "flow event": every edge that was taken

	reminders []reminder
	pending   []pendingNotice // as bot keeps them with a case
	news      map[string]string
	refs      int
	written   Notice          // what the slip that was handed over opens; zero: none, or it was opened
	coded     time.Time       // when the code to move by was told; long ago: none is good
	log       strings.Builder // the lines of a transcript
	noted     int             // how much of Said is in it
}

type reminder struct {
	visit uint32
	at    time.Time
}

type pendingNotice struct {
	notice Notice
	from   time.Time // when it may be told by itself
	retry  time.Time // when it is tried again
}

// NewSimulation makes a world in which nobody has written yet.
func NewSimulation(set *Set, channel Channel, language string) *Simulation {
	return &Simulation{
		Set: set, Channel: channel, Fired: map[string]bool{}, news: map[string]string{},
		State: State{Language: language},
		Now:   time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC),
		Facts: Facts{
			Provider: "Anytown Hospital", PublicName: "Anytown", Guardian: Words{"": "the matron", "cy": "y metron"},
			Deputy: Words{"": "the chair of governors", "cy": "gadeirydd y llywodraethwyr"}, Hours: Words{"": "from 8am to 6pm", "cy": "rhwng 8am a 6pm"},
		},
	}
}

// Begin starts a flow as if the person had chosen it.
func (w *Simulation) Begin(flow string) error {
	v := w.Set.flows[flow]
	if v == nil {
		return fmt.Errorf("there is no flow %q", flow)
	}
	for _, word := range v.source.Start {
		if word.Text != startAny && word.Text != startAnyCase {
			return w.Write(word.Text)
		}
	}
	return w.Happen(flow, "")
}

// Transcript is everything so far as a conversation test: the bot's lines by
// step, so that they survive rewording.
func (w *Simulation) Transcript() string {
	w.note()
	return "A chat that was kept\nchannel: " + string(w.Channel) + "\nlanguage: " + w.Set.languages[w.Set.language(w.State.Language)] +
		"\n\n" + w.log.String()
}

// did notes a line of the transcript, after what was said before it.
func (w *Simulation) did(kind LineKind, text string) {
	w.note()
	w.log.WriteString(string(kind) + ": " + strings.ReplaceAll(text, "\n", "\n  ") + "\n")
}

func (w *Simulation) note() {
	for ; w.noted < len(w.Said); w.noted++ {
		w.log.WriteString("bot: [" + w.Said[w.noted].Step + "]\n")
	}
}

// Write lets the person send a text, or what brackets say: [photo], [voice],
// [video], [document], [caption WORDS], [sticker], [location], [start CODE], [late WORDS], [help], [tap LABEL].
func (w *Simulation) Write(text string) error {
	w.did(LineThem, text)
	ev := Event{Kind: Message, Text: text}
	if w.written.Case != "" && strings.HasSuffix(text, simulatedCode) {
		return w.join()
	}
	if inside, ok := strings.CutPrefix(text, "["); ok && strings.HasSuffix(inside, "]") {
		what, rest, _ := strings.Cut(strings.TrimSuffix(inside, "]"), " ")
		ev.Text = ""
		switch what {
		case "photo", "voice", "audio", "video", "document":
			ev.Media = []Media{{Kind: what, Ref: what + "-1"}}
		case "sticker", "contact":
			ev.Other = what
		case "location":
			ev.Text = "51.50000, -0.12000"
		case "start":
			ev.Start = rest
		case "caption":
			ev.Text, ev.Media = rest, []Media{{Kind: "photo", Ref: "photo-1"}}
		case "help":
			ev.Help, ev.Text = true, "HELP"
		case "late":
			ev.Kind, ev.Text = Late, rest
		case "tap":
			if ev.Choice = w.button(rest); ev.Choice == "" {
				return fmt.Errorf("there is no button %q to tap", rest)
			}
		default:
			return fmt.Errorf("[%s] is not understood: use photo, voice, video, document, caption, sticker, location, start, help, late or tap", what)
		}
	}
	return w.step(ev)
}

// codeTime is how long a code to move by is good.
const codeTime = 15 * time.Minute

// GoOn has the person send the code that they were told from another channel, and
// lets the conversation go on there, as bot moves it.
func (w *Simulation) GoOn(channel Channel) error {
	w.did(LineMove, string(channel))
	switch {
	case w.Set.limits[channel].Text == 0:
		return fmt.Errorf("there is no channel %q to go on on: use sms, whatsapp or telegram", channel)
	case w.Now.Sub(w.coded) > codeTime:
		return fmt.Errorf("no code is good: the person asks for one, and sends it within 15 minutes")
	}
	lang := w.Set.languages[w.Set.language(w.State.Language)]
	say := func(key, text string) {
		w.Said = append(w.Said, Send{Text: text, Step: "phrase." + key, Language: lang, Purpose: Reply})
	}
	say(phraseMovedAway, w.Set.MovedAway(lang))
	say(phraseMovedHere, w.Set.MovedHere(lang))
	w.State, w.Channel, w.coded, w.reminders = w.State.Elsewhere(), channel, time.Time{}, nil
	return w.step(Event{Kind: Message, Returned: true})
}

// invitation is the notice that asks for the code of a slip.
const invitation = "recorded"

// join has the person give the code on the slip that staff handed to them: the case is
// theirs from now on, as bot does it.
func (w *Simulation) join() error {
	n := w.written
	w.written = Notice{}
	if w.State.Notice != nil && w.State.Notice.Kind == invitation {
		w.State = w.State.WithoutNotice()
	}
	w.pending = slices.DeleteFunc(w.pending, func(p pendingNotice) bool { return p.notice.Kind == invitation })
	w.pending = append(w.pending, pendingNotice{notice: n})
	w.Facts.Case = CaseFacts{Ref: n.Case, Status: "open", Stage: Informed, Due: w.Now.AddDate(0, 0, 3)}
	if w.State.Case == "" {
		w.State.Case = n.Case
	}
	return w.step(Event{Kind: Happened, Notice: n, Asked: true})
}

// button finds the newest button of that label.
func (w *Simulation) button(label string) string {
	for _, m := range slices.Backward(w.Said) {
		for _, o := range m.Options {
			if o.Label == label {
				return o.Data
			}
		}
	}
	return ""
}

// Happen lets staff do something to the case: kind is the flow that tells it.
func (w *Simulation) Happen(kind, words string) error {
	w.did(LineStaff, strings.TrimSpace(kind+" "+words))
	id := fmt.Sprintf("entry-%d", len(w.news)+1)
	w.news[id] = words
	if kind == invitation {
		w.refs++
		w.written = Notice{Kind: "written", Case: fmt.Sprintf("H-TEST%d", w.refs), ID: id}
		w.pending = append(w.pending, pendingNotice{notice: Notice{Kind: kind, Case: w.written.Case, ID: id + "-asks"}})
		return w.tell()
	}
	w.pending = append(w.pending, pendingNotice{notice: Notice{Kind: kind, Case: w.Facts.Case.Ref, ID: id}})
	return w.tell()
}

// Know lets something be true from now on: a name and what it is, as the line fact:
// of a transcript has them.
func (w *Simulation) Know(text string) error {
	w.did(LineFact, text)
	name, value, _ := strings.Cut(text, " ")
	c := &w.Facts.Case
	switch name {
	case "ways":
		w.Facts.Moving = func() (string, string) { return simulatedCode, value }
	case "reach":
		w.Facts.Reach = func() string { return value }
	case "slip":
		w.Facts.Slip = value
	case "texts":
		w.Facts.Texts = value == "yes"
	case "handler":
		c.Handler = value
	case "decides":
		c.Decides = value
	case "about":
		c.About = value
	case "why":
		c.WhyYou = value
	case "kind":
		w.Facts.Kind = value
	case "nation":
		w.Facts.Nation = value
	case "proposed", "due":
		day, err := time.Parse(time.DateOnly, value)
		if err != nil {
			return fmt.Errorf("%q is not a date: write 2026-12-25", value)
		}
		if name == "due" {
			c.Due = day
		} else {
			c.Proposed = day
		}
	case "considered":
		c.Considered = value
	case "signatory":
		c.Signatory = value
	case "finding":
		f, err := parseFinding(value)
		if err != nil {
			return err
		}
		c.Findings = append(c.Findings, f)
	default:
		return fmt.Errorf("the fact %q is not known: handler, decides, about, why, kind, nation, ways, reach, slip, texts, proposed, due, considered, signatory, finding", name)
	}
	return nil
}

// tell wakes the conversation for the first thing that may be told now.
func (w *Simulation) tell() error {
	for _, p := range w.pending {
		if !p.retry.After(w.Now) && (w.State.Notice == nil || w.State.Notice.Kind != p.notice.Kind) {
			return w.step(Event{Kind: Happened, Notice: p.notice})
		}
	}
	return nil
}

// PassText moves the clock by a length of time in words: "25 hours".
func (w *Simulation) PassText(text string) error {
	span, err := parseSpan(text)
	if err != nil {
		return err
	}
	w.did(LineLater, text)
	return w.pass(span)
}

// pass moves the clock and wakes what is due on the way.
func (w *Simulation) pass(span time.Duration) error {
	end := w.Now.Add(span)
	for next := w.next(); !next.After(end); next = w.next() {
		w.Now = next
		if err := w.wake(); err != nil {
			return err
		}
	}
	w.Now = end
	return nil
}

// next is when something is due; far away if nothing is.
func (w *Simulation) next() time.Time {
	next := w.Now.AddDate(100, 0, 0)
	for _, r := range w.reminders {
		if r.at.Before(next) {
			next = r.at
		}
	}
	for _, p := range w.pending {
		if p.retry.After(w.Now) && p.retry.Before(next) {
			next = p.retry
		}
	}
	return next
}

// wake runs what is due now.
func (w *Simulation) wake() error {
	for i, r := range w.reminders {
		if !r.at.After(w.Now) {
			w.reminders = slices.Delete(w.reminders, i, i+1)
			return w.step(Event{Kind: Silence, Visit: r.visit})
		}
	}
	return w.tell()
}

// simulatedCode is the code of every simulated move.
const simulatedCode = "TEST-CDE7"

func (w *Simulation) step(ev Event) error {
	if w.Facts.Moving == nil {
		w.Facts.Moving = func() (string, string) { return simulatedCode, "" }
	}
	w.Facts.NewRef = fmt.Sprintf("H-TEST%d", w.refs+1)
	w.Facts.NewDue = func() time.Time { return w.Now.AddDate(0, 0, 3) }
	w.caseFacts(ev)
	ev.Facts, ev.Channel = w.Facts, w.Channel
	about := w.about(ev)
	next, effects, err := traced(w.Set, w.State, ev, w.Now, func(flow, event string) { w.Fired[flow+" "+event] = true })
	if err != nil {
		return err
	}
	data, err := Encode(&next)
	if err != nil {
		return err
	}
	if w.State, err = Decode(data); err != nil {
		return err
	}
	done := false
	for _, e := range effects {
		w.apply(e, about)
		_, is := e.(Done)
		done = done || is
	}
	if done && len(w.State.Frames) == 0 {
		return w.tell()
	}
	return nil
}

// caseFacts tells a turn what the case has to say.
func (w *Simulation) caseFacts(ev Event) {
	c := &w.Facts.Case
	c.Overdue = c.Status == "open" && w.Now.After(c.Due)
	w.Facts.Cases = slices.Clone(w.Facts.Cases)
	for i := range w.Facts.Cases {
		w.Facts.Cases[i].Overdue = w.Now.After(w.Facts.Cases[i].Due)
	}
	c.News, c.Waiting, c.WaitingDue = "", nil, false
	if len(w.pending) > 0 {
		n := w.pending[0].notice
		c.Waiting, c.WaitingDue, c.News = &n, !w.pending[0].from.After(w.Now), w.news[n.ID]
	}
	if n := w.State.Notice; n != nil {
		c.News = w.news[n.ID]
	}
	if ev.Kind == Happened {
		c.News = w.news[ev.Notice.ID]
	}
}

// about is the case that a turn is about: that of the news which is told, else the
// conversation's own.
func (w *Simulation) about(ev Event) string {
	switch {
	case ev.Kind == Happened:
		return ev.Notice.Case
	case w.State.Notice != nil:
		return w.State.Notice.Case
	}
	return w.Facts.Case.Ref
}

// apply makes an effect of a turn about a case true in the small world.
func (w *Simulation) apply(e Effect, about string) {
	switch e := e.(type) {
	case Send:
		w.Said = append(w.Said, e)
		w.Fired[strings.Replace(e.Step, ".", " ", 1)] = true
	case Begin:
		w.refs++
		w.Facts.Case = CaseFacts{Ref: e.Ref, Status: "draft", Stage: Making}
		w.Facts.Asked = nil
	case Measures:
		w.Facts.Asked = append(w.Facts.Asked, e.Asked...)
	case Remind:
		w.reminders = nil // a conversation has one timer for them
		for _, after := range e.After {
			w.reminders = append(w.reminders, reminder{visit: e.Visit, at: w.Now.Add(after)})
		}
	case NotNow:
		for i := range w.pending {
			if w.pending[i].notice.ID != e.Notice.ID {
				continue
			}
			w.pending[i].retry = w.Now.Add(e.After)
			if e.PutOff {
				w.pending[i].from = w.pending[i].retry
			}
		}
	case Done:
		w.pending = slices.DeleteFunc(w.pending, func(p pendingNotice) bool { return p.notice.ID == e.Notice.ID })
	case Act:
		w.Acts = append(w.Acts, e.Action)
		switch e.Action {
		case OpenCase:
			w.Facts.Case.Status, w.Facts.Case.Stage, w.Facts.Case.Due = "open", Informed, w.Now.AddDate(0, 0, 3)
			w.Facts.Cases = append(w.Facts.Cases, CaseBrief{Ref: w.Facts.Case.Ref, Sent: w.Now, Due: w.Facts.Case.Due})
		case MoveCode:
			w.coded = w.Now
		case AcceptOutcome:
			if about == w.Facts.Case.Ref {
				w.Facts.Case.Status, w.Facts.Case.Stage = "closed", Reflecting
			}
			w.Facts.Cases = slices.DeleteFunc(slices.Clone(w.Facts.Cases), func(c CaseBrief) bool { return c.Ref == about })
		case ToldOfDeath:
			w.pending, w.reminders = nil, nil
		case DeleteDraft:
			if w.Facts.Case.Status == "draft" {
				w.Facts.Case = CaseFacts{}
			}
		}
	}
}

// Holds tells whether a condition is true of the conversation now.
func (w *Simulation) Holds(text string) (bool, error) {
	c, err := parseCondition(text)
	if err != nil {
		return false, err
	}
	t := &turn{set: w.Set, st: w.State, ev: &Event{Channel: w.Channel, Facts: w.Facts}, now: w.Now}
	return c.holds(t.get), nil
}
