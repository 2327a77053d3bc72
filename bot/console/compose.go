package console

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"heard/bot"
	"heard/bot/desk"
	"heard/flows"
)

// letter is what is being written to a person, as its form has it.
type letter struct {
	bot.Telling

	Points []option // theirs, to tick; none: what happened is the only one
	When   string   // NotBefore, as it was typed
	Mark   string   // names what is written: a preview of something else is none
	Theirs string   // the language that they read, where it is not the desk's; empty: it is
	Reach  bot.Reach
	Quiet  time.Time // when the quiet hours end; zero: it is not late

	// Shown where it was asked for, or where something is to be looked at first.
	Preview  []arrival
	Warnings []string
}

// longestUpdate is the most characters that an update may have: what a person can read
// on a phone.
const longestUpdate = 3000

// letterOf reads the form of an update to the person of a case. Before it was sent,
// it is empty.
func (p *pages) letterOf(v *visit, one *desk.View) (l letter, wrong faults, err error) {
	l.Telling = bot.Telling{Words: v.text("update"), Written: v.text("written"), Translator: v.text("translator")}
	l.When = v.text("not_before")
	l.Points = pointsOf(one)
	for i := range l.Points {
		if l.Points[i].Chosen = slices.Contains(v.r.PostForm["about"], l.Points[i].Value); l.Points[i].Chosen {
			l.About = append(l.About, i+1)
		}
	}
	if len(l.Points) == 0 {
		l.About = []int{1}
	}
	l.Theirs = p.theirs(one)
	if l.Reach, err = p.desk.Reach(v.r.Context(), one); err != nil {
		return l, wrong, err
	}
	if l.Reach.Quiet > 0 {
		l.Quiet = p.o.Now().Add(l.Reach.Quiet)
	}
	sum := sha256.Sum256([]byte(fmt.Sprintf("%q", []any{l.Words, l.Written, l.Translator, l.When, l.About})))
	l.Mark = hex.EncodeToString(sum[:8])
	p.checkLetter(&l, &wrong)
	return l, wrong, nil
}

func (p *pages) checkLetter(l *letter, wrong *faults) {
	if l.Words == "" {
		wrong.add("update", "Write what the person should read.")
	}
	if n := len([]rune(l.Words)); n > longestUpdate {
		wrong.add("update", fmt.Sprintf("This has %d characters, and a person can be sent %d. Shorten it, or send it in two updates.", n, longestUpdate))
	}
	if l.Written == "" && l.Translator != "" {
		wrong.add("written", "Write here what was translated. Both texts are kept.")
	}
	if l.Written != "" && l.Translator == "" {
		wrong.add("translator", "Name who translated it. It is kept with both texts.")
	}
	if l.When == "" {
		return
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", l.When, p.o.Location)
	switch {
	case err != nil:
		wrong.add("not_before", "Write the day and the time like 2026-12-04T09:30.")
	case !at.After(p.o.Now()):
		wrong.add("not_before", "This time has passed. Choose one to come, or none.")
	}
	l.NotBefore = at
}

// pointsOf are the points of a complaint, to tick. The first is what happened.
func pointsOf(one *desk.View) []option {
	if len(one.Points) < 2 {
		return nil
	}
	var all []option
	for i, words := range one.Points {
		all = append(all, option{Value: strconv.Itoa(i + 1), Label: pointLabel(i, words)})
	}
	return all
}

// pointLabel is a point in a line: the story, which stands beside it whole, by its first
// words.
func pointLabel(i int, words string) string {
	short := []rune(strings.Join(strings.Fields(words), " "))
	if len(short) > mostOfPoint && i == 0 {
		words = string(short[:mostOfPoint]) + "…"
	}
	if i == 0 {
		return strings.TrimSuffix("What happened: "+words, ": ")
	}
	return words
}

// mostOfPoint is how many characters of a story name it.
const mostOfPoint = 100

func (p *pages) languageName(code string) string {
	if name, ok := p.desk.Provider().Flows.OptionLabel("language", code); ok {
		return name
	}
	return code
}

// sendUpdate sends an update, or shows how it arrives: where that was asked for, and
// where there is something to look at before it goes.
func (p *pages) sendUpdate(v *visit) error {
	ctx, ref := v.r.Context(), readRef(v.r.PathValue("ref"))
	one, err := p.desk.Case(ctx, v.who.Who, ref)
	if err != nil {
		return err
	}
	l, wrong, err := p.letterOf(v, one)
	if err != nil {
		return err
	}
	if len(wrong.All) > 0 {
		return p.showCase(v, one, l, wrong, "write")
	}
	if l.Preview, err = p.arrivals(one, l); err != nil {
		return err
	}
	l.Warnings = p.warnings(l)
	if v.text("preview") != "" || len(l.Warnings) > 0 && v.text("previewed") != l.Mark {
		return p.showCase(v, one, l, wrong, "write")
	}
	err = p.desk.Tell(ctx, v.who.Who, ref, v.form(), l.Telling)
	field := "update"
	if rejectedAs(err, bot.RejectLate) {
		field = "not_before"
	}
	if wrong.takeBeside(err, field) {
		said := "The update is on its way."
		if !l.NotBefore.IsZero() {
			said = "The update is kept, and goes when you said. Until then it can be taken back, under what happened."
		}
		return v.back("/cases/"+string(ref), said)
	}
	if wrong.err != nil {
		return wrong.err
	}
	return p.showCase(v, one, l, wrong, "write")
}

// warnings are what somebody should have seen before a letter goes.
func (p *pages) warnings(l letter) (all []string) {
	if len(l.Points) > 0 && len(l.About) == 0 {
		all = append(all, "It is about none of their points. Tick those that it answers: people feel heard where an answer is about what they said.")
	}
	english, read := l.Words, "It"
	if l.Theirs != "" {
		english, read = l.Written, "The English text"
		if l.Translator == "" {
			all = append(all, "They read "+l.Theirs+". Have it translated, and name who did it; or send it as it is, if it is in "+l.Theirs+" already.")
		}
	}
	if age := flows.HardToRead(english); age > 0 {
		all = append(all, fmt.Sprintf("%s takes a reading age of %d, and 11 is enough for nearly everybody. Use shorter sentences and shorter words.", read, age))
	}
	for _, a := range l.Preview {
		if a.Theirs && a.Texts > textsAtOnce {
			all = append(all, fmt.Sprintf("It comes in %d texts. Say the most important thing in one or two.", a.Texts))
		}
	}
	return all
}

// textsAtOnce is how many texts nobody minds.
const textsAtOnce = 3
