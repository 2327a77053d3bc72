package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"heard/channels"
	"heard/flows"
)

// How is the way in which something was told to staff.
type How string

// The ways.
const (
	HowTold   How = "told"
	HowCalled How = "call"
	HowLetter How = "letter"
	HowMail   How = "e-mail"
)

// Recording is what a member of staff writes down for somebody: a concern that they
// were told, or a letter, an e-mail or a call that came in.
type Recording struct {
	Slip     Slip      // NewSlip made it
	Words    string    // as they were said
	How      How       // empty: told
	At       time.Time // when; zero: now. The clocks count from its day.
	Place    string    // in words; may be empty
	Code     string    // of the place, and its service, where they are known
	Service  string
	Language string // the person's; empty: the provider's first

	// Number is the person's mobile number, as it is typed, who said that they may be
	// written to; empty: none. It stands on no case.
	Number string

	Name  string // the person's, who said that the team may know it; empty: they are anonymous
	Cause string // who of the staff is said to have caused it; empty: nobody is named

	// Barred may not see the case: they are named in it.
	Barred []MemberID
}

// Recorded is how a case came about that staff wrote down.
type Recorded struct {
	How       How       `cbor:"1,keyasint"`
	By        string    `cbor:"2,keyasint,omitempty"` // who wrote it down: a name, or a work address
	Cause     string    `cbor:"3,keyasint,omitempty"`
	Joined    time.Time `cbor:"4,keyasint,omitempty"` // when the person gave the code on their slip; zero: not yet
	Confirmed time.Time `cbor:"5,keyasint,omitempty"` // when they said that the words are right
}

// The notices of what was written down: the first to a number that somebody else
// typed, content-free; the second, with the words, to who gave the code.
const (
	noticeRecorded = "recorded"
	noticeWritten  = "written"
)

// The codes of what cannot be recorded.
const (
	RejectNumber = "number"
	RejectDate   = "date"
	RejectLong   = "too long"
)

// longestRecorded bounds what is written down at once, in characters.
const longestRecorded = 10_000

// Record opens a case with what a member of staff wrote down. Its clocks run from the
// day on which it was told, whether or not the person answers. It is theirs once they
// send the code on their slip; before that nothing of it is told to anybody but staff.
// The same turn does it once.
func (b *Bot) Record(ctx context.Context, id ProviderID, by By, r Recording) error {
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	p, err := b.provider(id)
	if err != nil {
		return err
	}
	number, err := r.check(b.now())
	if err != nil {
		return err
	}
	if by.Turn == "" {
		by.Turn = TurnID(randomID())
	} else if done, err := b.store.TurnDone(ctx, id, by.Turn); done || err != nil {
		return err
	}
	for range maxConflicts {
		w := &work{p: p, now: b.now(), id: by.Turn}
		w.recorded(by, r)
		if err := b.invite(ctx, w, number, r.Language); err != nil {
			return fmt.Errorf("record: %w", err)
		}
		if _, err = b.commit(ctx, w.turn()); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return ErrConflict
}

// check tells what is wrong with a recording, and reads the number.
func (r *Recording) check(now time.Time) (number channels.Address, err error) {
	r.Words = strings.TrimSpace(r.Words)
	switch {
	case r.Words == "":
		return "", &Rejection{RejectEmpty, "Write what the person said."}
	case utf8.RuneCountInString(r.Words) > longestRecorded:
		return "", &Rejection{RejectLong, "This is too long. Write the first 10,000 characters, and add the rest as a note."}
	case r.At.After(now):
		return "", &Rejection{RejectDate, "This day is still to come. Write the day on which it was said or came in."}
	case r.Slip.Ref == "" || r.Slip.Code == "":
		return "", errors.New("record: there is no slip")
	}
	if r.Number == "" {
		return "", nil
	}
	return Mobile(r.Number)
}

// Mobile reads a number that texts reach, as people type it here. Of numbers abroad
// nobody can tell that from their digits: only British ones are taken.
func Mobile(number string) (channels.Address, error) {
	a, ok := british(number)
	digits := strings.TrimPrefix(string(a), "+447")
	pager := strings.HasPrefix(digits, "6") && !strings.HasPrefix(digits, "624") // 07624: the Isle of Man
	switch {
	case !ok || len(digits) == len(a) && !strings.HasPrefix(string(a), "+44"):
		return "", &Rejection{RejectNumber, "This is no British number. Write a mobile number, like 07700 900123."}
	case len(digits) == len(a) || strings.HasPrefix(digits, "0") || pager:
		return "", &Rejection{RejectNumber, "This is no mobile number, so a text may not reach it. Leave it out, and give them the slip."}
	case len(digits) != 9:
		return "", &Rejection{RejectNumber, "This number has too many or too few digits. A mobile number has 11, like 07700 900123."}
	}
	return a, nil
}

// recorded makes the case, and the conversation without an address that has it.
func (w *work) recorded(by By, r Recording) {
	at := w.now
	if !r.At.IsZero() {
		at = r.At
	}
	if r.How == "" {
		r.How = HowTold
	}
	if w.lang = r.Language; !slices.Contains(w.p.Flows.Languages(), w.lang) {
		w.lang = w.p.Flows.Languages()[0]
	}
	c := w.hold(&Case{
		Ref: r.Slip.Ref, Status: Open, Stage: flows.Making, Handle: Handle(randomID()), Received: at, Opened: w.now, Formal: true,
		Due: w.p.Calendar.AcknowledgeBy(at), Language: w.lang, Barred: slices.Clone(r.Barred),
		Recorded: &Recorded{How: r.How, By: by.Name, Cause: strings.TrimSpace(r.Cause)},
	})
	w.change(c)
	w.current, w.subject = c, c
	w.conv = Conversation{ID: ConversationID(randomID()), Nobody: true, Case: c.Ref, Handle: c.Handle}
	_ = c.moveStage(stageOpen, w.now) // from Making it leads on
	for _, f := range []Field{{Name: "place", Value: r.Place}, {Name: "place_code", Value: r.Code}, {Name: "service", Value: r.Service}} {
		if f.Value = strings.TrimSpace(f.Value); f.Value != "" {
			c.Fields = append(c.Fields, f)
		}
	}
	if name := strings.TrimSpace(r.Name); name != "" {
		c.Privacy = PrivacyNamed
		c.Fields = append(c.Fields, Field{Name: privacyProperty, Value: PrivacyNamed}, Field{Name: "name", Value: name})
	}
	words := Entry{ID: newEntryID(), At: at, Kind: Said, Field: "story", Text: r.Words, By: by.Name}
	w.op(Append{Case: c, Entry: words})
	w.note(by, r.how())
	c.Pending = []Notice{{Kind: noticeWritten, Entry: words.ID}}
	w.op(SetCode{Code: r.Slip.Code, Conversation: w.conv.ID, For: slipTime})
	w.op(Audit{AuditRecord{At: w.now, Member: by.Member, Did: "record for somebody", Case: c.Ref, Reason: by.Reason}})
	w.taskBy(Acknowledge, c.Due, "Acknowledge it: say who handles it, and offer to talk about how. A member of staff wrote it down.")
	if w.p.Flows.Alarming(r.Words) {
		w.words = r.Words
		w.danger(Danger, withinDanger, "A member of staff wrote down words that may mean danger. Read them now.")
	}
}

// how says on the timeline how it came about.
func (r *Recording) how() string {
	how := map[How]string{
		HowTold: "A member of staff wrote this down when they were told it.", HowCalled: "A member of staff wrote this down from a call.",
		HowLetter: "A letter, typed in by a member of staff.", HowMail: "An e-mail, put in by a member of staff.",
	}[r.How]
	if how == "" {
		how = "A member of staff wrote this down."
	}
	if cause := strings.TrimSpace(r.Cause); cause != "" {
		how += " Named as the cause: " + cause + ". They must not work on it."
	}
	return how
}

// What staff are told of a case whose person gave no code yet.
const (
	noNumber   = "The person gave no number, so nothing that you write reaches them before they send the code on their slip. Answer them another way."
	notInvited = "The number that was written down gets no messages from us, so nothing reaches the person before they send the code on their slip. Answer them another way."
	notYetHere = "The person has not sent the code on their slip yet, and nothing that you write reaches them before. If it stays so, answer them another way."
)

// invite leaves the question whether to show what was written down, without a word of
// it, at the number that was given for it.
func (b *Bot) invite(ctx context.Context, w *work, number channels.Address, language string) error {
	text := noNumber
	if number != "" {
		asked, err := b.ask(ctx, w, number, language, Notice{Kind: noticeRecorded, Case: w.current.Ref})
		if err != nil {
			return err
		}
		text = notInvited
		if asked {
			text = notYetHere
		}
	}
	w.taskBy(NotJoined, w.current.Due, text)
	return nil
}

// ask leaves a notice in the conversation of a number, by text; false: it gets none.
func (b *Bot) ask(ctx context.Context, w *work, number channels.Address, language string, n Notice) (bool, error) {
	if w.p.SMS == "" {
		return false, nil
	}
	v, err := b.store.Lookup(ctx, w.p.ID, channels.SMS, w.p.SMS, number)
	if err != nil {
		return false, err
	}
	theirs := v.Conversation
	if theirs.Left || theirs.undisturbed() {
		return false, nil
	}
	if theirs.Version == 0 {
		if theirs.Session, err = flows.Encode(&flows.State{Language: language}); err != nil {
			return false, err
		}
	}
	theirs.Pending = append(slices.Clone(theirs.Pending), n)
	w.op(PutConversation{&theirs})
	w.op(SetTimer{Timer{Kind: Consult, Conversation: theirs.ID}})
	return true, nil
}
