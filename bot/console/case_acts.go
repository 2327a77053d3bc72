package console

import (
	"cmp"
	"maps"
	"net/http"
	"slices"

	"heard/bot"
	"heard/bot/desk"
)

// caseAct is one thing that can be done on the page of a case.
type caseAct struct {
	done  string   // what is said when it was
	box   string   // the part of the page that its form is in; empty: it is always seen
	field string   // beside which a rejection stands; empty: at the top
	late  string   // beside which it stands that a day is wrong; empty: as any other
	needs []string // fields that must not be empty, each with what to do about it
	do    func(v *visit, p *pages, ref bot.CaseRef) error
}

// caseActs are they, by the last part of their address.
func caseActs() map[string]caseAct {
	all := map[string]caseAct{
		"acknowledge": {done: "The acknowledgement is on its way.", box: "acknowledge", field: "handler", late: "ack_day", needs: []string{"handler", "Choose who handles the case: the person is told."}, do: acknowledge},
		"note":        {done: "The note is kept. Only staff can read it.", field: "note", needs: []string{"note", "Write the note."}, do: note},
		"take-back":   {done: "It is taken back. The person is not told it.", do: takeBack},
		"take":        {done: "The case is yours.", do: take},
		"give":        {done: "The case has another handler.", box: "give", field: "to", needs: []string{"to", "Choose whose case it becomes."}, do: give},
		"reveal":      {done: "Who the person is can be read below, until tonight.", field: "reason", needs: []string{"reason", "Say why you must know who this is. It is kept in the audit log."}, do: reveal},
		"stated":      {done: "The answer is kept. Only staff can read it.", box: "others", field: "stated", needs: []string{"statement", "Choose whose answer it is.", "stated", "Write what they answered."}, do: stated},
		"link":        {done: "The cases are linked.", box: "same", field: "other", needs: []string{"other", "Write the reference of the other case."}, do: link},
		"bar":         {done: "This member of staff no longer sees the case.", box: "named", field: "member", needs: []string{"member", "Choose whom the complaint names."}, do: bar},
		"died":        {done: "It is noted. Nothing more goes out by itself.", box: "ended", field: "death", needs: []string{"death", "Tick the box: nothing is sent to them after this."}, do: died},
		"release":     {done: "What waited is on its way.", box: "ended", do: release},
		"withdrawn":   {done: "The case is taken back, as its person wished.", box: "ended", field: "confirmed", needs: []string{"confirmed", "Tick the box once you have confirmed it with the person."}, do: withdrawn},
	}
	maps.Copy(all, dateActs())
	return all
}

// caseAct does it, or shows the page with what is wrong. A case that is not there, or not
// theirs to see, is no page; all else that is not found was typed in a field.
func (p *pages) caseAct(v *visit, act caseAct) error {
	ref := readRef(v.r.PathValue("ref"))
	var wrong faults
	for pair := range slices.Chunk(act.needs, 2) {
		if v.text(pair[0]) == "" {
			wrong.add(pair[0], pair[1])
		}
	}
	if len(wrong.All) == 0 {
		err := act.do(v, p, ref)
		field := act.field
		if act.late != "" && rejectedAs(err, bot.RejectLate) {
			field = act.late
		}
		if wrong.takeBeside(err, field) {
			return v.back("/cases/"+string(ref), act.done)
		}
	}
	if wrong.err != nil {
		return wrong.err
	}
	if wrong.code == http.StatusNotFound {
		wrong.code = http.StatusUnprocessableEntity
	}
	if act.box != "" && len(wrong.All) == 1 && wrong.All[0].Field == "" {
		wrong.All[0].Field = act.box // the summary leads to what was typed
	}
	return p.caseAgain(v, wrong, act.box)
}

// takeBeside is take, with a rejection beside a field. What somebody may not do, and
// a case that was changed meanwhile, are about the whole form.
func (f *faults) takeBeside(err error, field string) (done bool) {
	done = f.take(err)
	if !done && field != "" && f.code == http.StatusUnprocessableEntity && len(f.All) == 1 && f.All[0].Field == "" {
		f.All[0].Field = field
	}
	return done
}

func acknowledge(v *visit, p *pages, ref bot.CaseRef) error {
	due, err := p.dayOf(v, "ack_day")
	if err != nil {
		return err
	}
	member, name, err := p.memberOf(v, "handler")
	if err != nil {
		return err
	}
	return p.desk.Acknowledge(v.r.Context(), v.who.Who, ref, v.form(), bot.Acknowledgement{
		Member: member, Handler: cmp.Or(v.text("handler_name"), name), Decides: v.text("decides"), Words: v.text("ack_words"), Due: due,
	})
}

func takeBack(v *visit, p *pages, ref bot.CaseRef) error {
	return p.desk.TakeBack(v.r.Context(), v.who.Who, ref, v.form(), bot.EntryID(v.text("entry")))
}

// note keeps a note whatever became of the case meanwhile: it changes nothing of it.
func note(v *visit, p *pages, ref bot.CaseRef) error {
	f := v.form()
	f.Seen = 0
	return p.desk.Note(v.r.Context(), v.who.Who, ref, f, v.text("note"))
}

func take(v *visit, p *pages, ref bot.CaseRef) error {
	return p.desk.Assign(v.r.Context(), v.who.Who, ref, v.form(), v.who.Member, v.who.Name)
}

func give(v *visit, p *pages, ref bot.CaseRef) error {
	to, name, err := p.memberOf(v, "to")
	if err != nil {
		return err
	}
	return p.desk.Assign(v.r.Context(), v.who.Who, ref, v.form(), to, name)
}

// memberOf is who was chosen in a field, of those who answer cases.
func (p *pages) memberOf(v *visit, field string) (id bot.MemberID, name string, err error) {
	all, err := p.desk.Answering(v.r.Context())
	if err != nil {
		return "", "", err
	}
	id = bot.MemberID(v.text(field))
	i := slices.IndexFunc(all, func(w desk.Who) bool { return w.Member == id })
	if i < 0 {
		return "", "", wrongField(field, "Choose one of them.")
	}
	return id, all[i].Name, nil
}

// wrongField is that what was given in a field cannot be taken.
func wrongField(field, sentence string) error {
	return &desk.FieldError{Field: field, Rejection: bot.Rejection{Code: desk.RejectField, Sentence: sentence}}
}

func reveal(v *visit, p *pages, ref bot.CaseRef) error {
	return p.desk.Reveal(v.r.Context(), v.who.Who, ref, v.text("reason"))
}

func link(v *visit, p *pages, ref bot.CaseRef) error {
	return p.desk.Link(v.r.Context(), v.who.Who, ref, v.form(), readRef(v.text("other")))
}

func bar(v *visit, p *pages, ref bot.CaseRef) error {
	member, _, err := p.memberOf(v, "member")
	if err != nil {
		return err
	}
	return p.desk.Bar(v.r.Context(), v.who.Who, ref, v.form(), member, true)
}

func died(v *visit, p *pages, ref bot.CaseRef) error {
	return p.desk.Died(v.r.Context(), v.who.Who, ref, v.form())
}

func release(v *visit, p *pages, ref bot.CaseRef) error {
	return p.desk.Release(v.r.Context(), v.who.Who, ref, v.form())
}

func withdrawn(v *visit, p *pages, ref bot.CaseRef) error {
	f := v.form()
	f.Reason = v.text("how_asked")
	return p.desk.ConfirmWithdrawal(v.r.Context(), v.who.Who, ref, f)
}
