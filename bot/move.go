package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"heard/channels"
	"heard/flows"
)

// Who asked for a code in one conversation goes on in another by sending it there:
// one turn over both. What the conversation holds goes along; the address it had
// begins afresh, and leads nowhere: somebody else may hold that phone.

const (
	moveTime = 15 * time.Minute // how long a code is good

	// mostGuesses is how many codes that are no good one address may try in an hour.
	mostGuesses = 5
	guessTime   = time.Hour
)

// Guesses are the codes of late that were no good.
type Guesses struct {
	Since time.Time `cbor:"1,keyasint,omitempty"` // of the hour that is counted
	Wrong int       `cbor:"2,keyasint,omitempty"`
}

// moveCode is the code of this turn, should the person ask for one.
func (w *work) moveCode() string {
	if w.code == "" {
		w.code = NewMoveCode()
	}
	return w.code
}

// mayMove lets the person go on elsewhere, by the code that this turn tells them.
func (w *work) mayMove() {
	w.gives = true
	w.op(SetCode{Code: w.moveCode(), Conversation: w.conv.ID, For: moveTime})
}

// tellsCode tells whether a message gives the person the code.
func (w *work) tellsCode(m Message) bool {
	return w.gives && (strings.Contains(m.Text, w.code) || strings.Contains(m.Text, ShowMoveCode(w.code)))
}

// takesCode tells whether a message is a code to move by. Who left and cannot be
// answered is not moved either: they would not know it.
func (b *Bot) takesCode(w *work, in channels.Inbound) (code string, is bool) {
	if b.moves == nil || w.conv.Left || in.Opt != "" {
		return "", false
	}
	return moveCode(in)
}

// moved takes a message that is a code to move by. The code stands in nothing that
// is kept: for 15 minutes it would let whoever reads it take the conversation.
func (b *Bot) moved(ctx context.Context, w *work, here flows.State, code string) (err error) {
	defer recovered(&err)
	if w.conv.Guesses.tooMany(w.now) {
		return nil
	}
	from, err := b.moves.Coded(ctx, w.p.ID, code)
	switch {
	case err != nil && !errors.Is(err, ErrNotFound):
		return storeError{err}
	case from == w.conv.ID:
		w.sayMove(w.p.Flows.MoveSame, here.Language)
		return nil
	case here.Draft: // good or not
		w.sayMove(w.p.Flows.MoveUnsent, here.Language)
		return nil
	case err != nil:
		w.conv.Guesses.Wrong++
		w.sayMove(w.p.Flows.MoveNoGood, here.Language)
		return nil
	}
	m := &move{from: from}
	if err := b.pack(ctx, w, m); err != nil {
		return err
	}
	if m.old.Nobody { // the code of a slip, with the other word
		return b.joined(ctx, w, here, code)
	}
	w.op(UseCode{Code: code, Conversation: from})
	return b.settleIn(ctx, w, here, m)
}

// tooMany tells whether no more codes are looked at. What was counted goes after an
// hour.
func (g *Guesses) tooMany(now time.Time) bool {
	if past := now.Sub(g.Since); past < 0 || past >= guessTime {
		*g = Guesses{Since: now}
	}
	return g.Wrong >= mostGuesses
}

func (w *work) sayMove(text func(language string) string, language string) {
	if language == "" {
		language = w.p.Flows.Languages()[0]
	}
	w.say(Message{Text: text(language), Language: language, Purpose: flows.Reply}, false)
}

// move is all that goes from one conversation to another.
type move struct {
	from  ConversationID
	old   Conversation
	state flows.State
	cases []*Case // that it has
	asked []*Case // of others, whose patient is asked here
	bags  Luggage
	tasks []StaffTask // about either conversation

	called bool         // nobody asked for it: the person answered where they were called to
	said   *flows.Event // by which they did
}

// pack reads it. All of it is checked again by the commit.
func (b *Bot) pack(ctx context.Context, w *work, m *move) error {
	v, err := b.store.LookupID(ctx, w.p.ID, m.from)
	if err != nil {
		return unlessDamaged(err)
	}
	m.old = v.Conversation
	if m.state, err = flows.Decode(m.old.Session); err != nil {
		return err
	}
	if m.bags, err = b.moves.Luggage(ctx, w.p.ID, m.from); err != nil {
		return storeError{err}
	}
	var ids []string
	for _, kind := range aboutPeople {
		ids = append(ids, m.old.taskID(kind), w.conv.taskID(kind))
	}
	if m.tasks, err = b.moves.Tasks(ctx, w.p.ID, ids); err != nil {
		return storeError{err}
	}
	if v.Case != nil {
		m.cases = append(m.cases, v.Case)
	}
	for _, ref := range m.refs() {
		c, id, err := b.store.Case(ctx, w.p.ID, ref)
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return unlessDamaged(err)
		case id == m.from:
			m.cases = append(m.cases, c)
		case c.Patient == m.from:
			m.asked = append(m.asked, c)
		}
	}
	return nil
}

// unlessDamaged is the store's error, but for a record that does not open: to try
// again does not help, and staff see to it.
func unlessDamaged(err error) error {
	if errors.As(err, new(*Unreadable)) {
		return err
	}
	return storeError{err}
}

// refs are the cases that the conversation has to do with, beside the one that it was
// read with.
func (m *move) refs() []CaseRef {
	var all []CaseRef
	add := func(ref CaseRef) {
		if ref != "" && ref != m.old.Case && !slices.Contains(all, ref) {
			all = append(all, ref)
		}
	}
	for _, o := range m.old.Cases {
		add(o.Ref)
	}
	for _, n := range m.old.Pending {
		add(n.Case)
	}
	add(CaseRef(m.state.Sent))
	if m.state.Notice != nil {
		add(CaseRef(m.state.Notice.Case))
	}
	return all
}

// settleIn puts what a conversation holds into the work's, asks the open question
// again, and leaves a tombstone.
func (b *Bot) settleIn(ctx context.Context, w *work, here flows.State, m *move) error {
	w.conv.MovedTo, w.conv.Unwanted = "", false
	if call := w.conv.Call; call != nil && call.From == m.from {
		w.conv.Call = nil
	}
	if m.old.AlertAt.After(w.conv.AlertAt) {
		w.conv.AlertAt = m.old.AlertAt
	}
	w.own(m)
	w.bring(m)
	st := w.join(m, here)
	if m.said != nil {
		danger, err := b.hearsFirst(ctx, w, m, st)
		if err != nil || danger {
			return errors.Join(err, b.leaves(w, m))
		}
		if st, err = flows.Decode(w.conv.Session); err != nil {
			return err
		}
	}
	w.sayMove(w.p.Flows.MovedHere, st.Language)
	ev := flows.Event{Kind: flows.Message, Channel: flows.Channel(w.conv.Channel), Returned: true}
	if err := b.know(ctx, w, &st, &ev); err != nil {
		return err
	}
	if _, err := b.handle(ctx, w, st, ev); err != nil {
		return err
	}
	return b.leaves(w, m)
}

// leaves leaves the tombstone.
func (b *Bot) leaves(w *work, m *move) error {
	b.recent.take(addressKey{w.p.ID, m.old.Channel, m.old.Sender, m.old.Address})
	return w.bury(m)
}

// join is the session that goes on: the one that moved, with what the other one
// held and must not be lost. What was open is asked anew, with its reminders, and
// later than anything that was asked at either address: an old button answers none.
func (w *work) join(m *move, here flows.State) flows.State {
	st := m.state.Elsewhere()
	st.Visit, st.Never = max(st.Visit, here.Visit), st.Never || here.Never
	if st.Language == "" {
		st.Language = here.Language
	}
	switch {
	case st.Case == "":
		st.Case, st.Sent = here.Case, here.Sent
	case st.Draft && st.Sent == "":
		st.Sent = here.Case
	}
	if !st.Draft {
		st.Early, st.Owed = append(slices.Clone(st.Early), here.Early...), st.Owed || here.Owed
	} else {
		for _, part := range here.Early {
			w.write(w.current, Entry{ID: newEntryID(), At: time.Unix(part.At, 0), Kind: AlsoSaid, Text: part.Text, Media: part.Media})
		}
	}
	if n := here.Notice; n != nil && n.Kind != noticeConsent {
		w.op(SetTimer{Timer{Kind: News, Case: CaseRef(n.Case)}}) // it is offered again when its time comes
	}
	return st
}

// own takes along what the conversation knows of its person.
func (w *work) own(m *move) {
	old := &m.old
	w.conv.Idea, w.conv.LastSaid = joined(w.conv.Idea, old.Idea), old.LastSaid
	if old.Texts != "" {
		w.conv.Texts = old.Texts
	}
	known := func(o OwnCase) bool {
		return slices.ContainsFunc(old.Cases, func(other OwnCase) bool { return other.Ref == o.Ref })
	}
	all := append(slices.DeleteFunc(slices.Clone(w.conv.Cases), known), old.Cases...)
	w.conv.Cases = all[max(0, len(all)-mostCases):]
	w.conv.Pending = append(slices.Clone(w.conv.Pending), old.Pending...)
	if len(w.conv.Pending) > 0 {
		w.op(SetTimer{Timer{Kind: Consult, Conversation: w.conv.ID}})
	}
}

// bring takes the cases along: from now on they lead to this conversation. Which
// channel that is on stands on no case that is anonymous: it would say who it was
// that moved.
func (w *work) bring(m *move) {
	if m.old.Case != "" {
		w.current, w.subject = nil, nil
	}
	for i, c := range m.cases {
		own := w.hold(c)
		if i == 0 && c.Ref == m.old.Case {
			w.current, w.subject = own, own
		}
		w.change(own) // whoever read where it leads before this must read again
		if own.Status == Draft || !own.anonymous() {
			own.Channel = w.conv.Channel
		}
		if m.old.Left {
			w.reachable(own)
		}
		w.op(Relink{Handle: own.Handle, Conversation: w.conv.ID})
	}
	for _, c := range m.asked {
		theirs := w.hold(c)
		w.change(theirs)
		theirs.Patient = w.conv.ID
	}
	for _, e := range m.bags.Kept {
		w.op(KeepWith{Conversation: w.conv.ID, Entry: e})
	}
	for _, unsent := range slices.Concat(m.old.Missed.Words, m.bags.Unsent) {
		for _, one := range readdressed(unsent, w.conv.Channel) {
			w.op(Enqueue{Conversation: w.conv.ID, Message: one})
		}
	}
	for _, t := range m.tasks {
		if t.Conv == m.from {
			w.op(MoveTask{From: t.ID, Task: w.joinTask(t, m.tasks)})
		}
	}
}

// aboutPeople are the kinds of staff task that may be about a conversation which has
// no case.
var aboutPeople = []StaffTaskKind{PutAside, Danger, ConfirmedDanger, NotUnderstood, NeedsPerson, CallPerson, AskedErasure, Undelivered, PersonLeft}

// joinTask is a task as it stands at the new conversation: with the words of the one
// that is there already, if any.
func (w *work) joinTask(t StaffTask, all []StaffTask) StaffTask {
	t.ID, t.Conv = w.conv.taskID(t.Kind), w.conv.ID
	i := slices.IndexFunc(all, func(own StaffTask) bool { return own.ID == t.ID })
	if i < 0 {
		return t
	}
	own := all[i]
	t.Words = strings.TrimSpace(t.Words + "\n" + own.Words)
	t.Aside = slices.Concat(t.Aside, own.Aside)
	if own.Due.Before(t.Due) {
		t.At, t.Due = own.At, own.Due
	}
	if own.Phone != "" {
		t.Phone, t.Text = own.Phone, own.Text
	}
	return t
}

// readdressed is a message as it fits another channel. Its options are those of a
// question that is asked again, or not open any more.
func readdressed(m Message, to channels.Channel) []Message {
	var all []Message
	m.Options = nil
	if m.Text == "" {
		return nil // it could not be read
	}
	for _, part := range channels.Split(m.Text, textLimit(to, false)) {
		m.Task, m.Text = TaskID(randomID()), part
		all = append(all, m)
	}
	return all
}

// bury leaves of the old conversation what belongs to its address, and tells who
// reads there, once, that it goes on elsewhere: not where, nor what it is about.
func (w *work) bury(m *move) error {
	old := m.old
	session, err := flows.Encode(&flows.State{Visit: m.state.Visit})
	if err != nil {
		return err
	}
	old.Session, old.Case, old.Handle, old.AlertAt, old.MovedTo = session, "", "", time.Time{}, w.conv.ID
	old.Cases, old.Pending, old.Idea, old.LastSaid = nil, nil, "", Spoken{}
	old.Texts, old.Missed, old.Call = "", Missed{}, nil
	if m.called {
		old.Call = &Call{From: w.conv.ID, Case: w.conv.Case, At: w.now} // who writes there again goes on there
	}
	w.op(Vacate{Conversation: old.ID, Unsent: m.bags.tasks()})
	w.op(DropTimer{Timer{Kind: Nudge, Conversation: old.ID}.ID()})
	w.op(DropTimer{Timer{Kind: Consult, Conversation: old.ID}.ID()})
	w.op(DropTimer{Timer{Kind: ByText, Conversation: old.ID}.ID()})
	w.op(PutConversation{&old})
	if !old.Left && !m.called {
		w.op(Enqueue{Conversation: old.ID, Message: Message{
			Task: TaskID(randomID()), Text: w.p.Flows.MovedAway(m.state.Language), Language: m.state.Language, Purpose: flows.Reply,
		}})
	}
	return nil
}

func (l Luggage) tasks() []TaskID {
	var all []TaskID
	for _, m := range l.Unsent {
		all = append(all, m.Task)
	}
	return all
}

// Way is one of the provider's addresses, as a person is told of it.
type Way struct {
	Channel channels.Channel
	Sender  channels.Sender
	Text    string // "Telegram: https://t.me/NAME?start=m_{code}"
	Reach   string // the same without a code, for anybody: "Telegram: https://t.me/NAME"
}

// ways are the others that a person can write to us by, a line each. A link brings
// the code along.
func (w *work) ways() string {
	if w.p.Ways == nil {
		return ""
	}
	var all []string
	for _, way := range w.p.Ways() {
		if way.Channel != w.conv.Channel || way.Sender != w.conv.Sender {
			all = append(all, strings.ReplaceAll(way.Text, "{code}", w.moveCode()))
		}
	}
	return strings.Join(all, "\n")
}
