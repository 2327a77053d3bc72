package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

// A handler who remembers a word of it finds the case, and nobody finds out who complains
// by trying names.
func TestSearch(t *testing.T) {
	h := open(t)
	named := h.put(bot.Case{Privacy: bot.PrivacyNamed, Fields: secrets}, bot.Entry{Kind: bot.Said, Field: "story", Text: "The kettle fell on her."})
	hidden := h.put(bot.Case{Privacy: bot.PrivacyConfidential, Fields: secrets}, bot.Entry{Kind: bot.Said, Field: "name", Text: "Mair Griffiths"},
		bot.Entry{Kind: bot.Noted, Text: "Ask about the Kettle, and the handle"}, bot.Entry{Kind: bot.Guarded, Text: "no kettle for me now"})
	barred := h.put(bot.Case{}, bot.Entry{Kind: bot.Said, Field: "story", Text: "A kettle again"})
	h.must(h.desk.Bar(h.ctx, lead, barred, desk.Form{}, handler.Member, true))
	finds := func(words string) string {
		t.Helper()
		f, err := h.desk.Search(h.ctx, handler, words)
		h.must(err)
		var all []string
		for _, hit := range f.Hits {
			all = append(all, string(hit.Case.Ref))
		}
		return strings.Join(all, " ")
	}
	h.refused(func() error { _, err := h.desk.Search(h.ctx, handler, " a, "); return err }(), desk.RejectField, "for nothing")
	h.refused(func() error { _, err := h.desk.Search(h.ctx, recorder, "kettle"); return err }(), desk.RejectNotAllowed, "by a recorder")
	both := map[string]bool{string(named) + " " + string(hidden): true, string(hidden) + " " + string(named): true}
	if got := finds("KETTLE"); !both[got] {
		t.Errorf("kettle: %q", got)
	}
	if got := finds("handle kett"); got != string(hidden) {
		t.Errorf("both words: %q", got)
	}
	if got := finds("Griffiths"); got != string(named) {
		t.Errorf("the name of who is confidential is found: %q", got)
	}
	h.must(h.desk.Reveal(h.ctx, handler, hidden, "I must call her"))
	if got := finds("Griffiths"); !strings.Contains(got, string(hidden)) {
		t.Errorf("who was revealed is not found: %q", got)
	}
	searched := 0
	lines, err := h.options.Store.AuditTrail(h.ctx, hospital, 1, 100)
	h.must(err)
	for _, l := range lines {
		if l.Record.Did == "search" {
			searched++
		}
		if strings.Contains(fmt.Sprintf("%+v", l), "Griffiths") {
			t.Error("the audit log holds a name")
		}
	}
	if searched != 4 {
		t.Errorf("%d searches are in the audit log", searched)
	}
}

// A search that shows the first fifty says that there are more.
func TestSearchEnds(t *testing.T) {
	h := open(t)
	for range 51 {
		h.put(bot.Case{}, bot.Entry{Kind: bot.Said, Field: "story", Text: "The kettle fell."})
	}
	f, err := h.desk.Search(h.ctx, handler, "kettle")
	h.must(err)
	if len(f.Hits) != 50 || !f.More {
		t.Errorf("%d hits, more: %v", len(f.Hits), f.More)
	}
}

// Six people write about one night, and each is answered as if they were alone.
func TestAlikeCases(t *testing.T) {
	h := open(t)
	ward := func(name, day string) []bot.Field {
		return []bot.Field{{Name: "place", Value: name}, {Name: "when", Value: day, Day: day}}
	}
	story := func(text string) bot.Entry { return bot.Entry{Kind: bot.Said, Field: "story", Text: text} }
	put := func(fields []bot.Field, text string) bot.CaseRef { return h.put(bot.Case{Fields: fields}, story(text)) }
	one := put(ward("Ward 6", "2026-11-01"), "The fire alarm rang all night and nobody came to help us")
	same := put(ward("ward 6", "2026-11-01"), "Nobody came when the alarm rang in the night")
	put(ward("Ward 6", "2026-11-02"), "The fire alarm rang all night and nobody came to help us")
	put(ward("Ward 7", "2026-11-01"), "The fire alarm rang all night and nobody came to help us")
	put(ward("Ward 6", "2026-11-01"), "Breakfast was cold again, twice this week")
	linked := put(ward("Ward 6", "2026-11-01"), "That alarm rang all night, nobody came")
	h.must(h.desk.Link(h.ctx, handler, one, desk.Form{}, linked))
	barred := put(ward("Ward 6", "2026-11-01"), "The fire alarm rang all night and nobody came to help us")
	h.must(h.desk.Bar(h.ctx, lead, barred, desk.Form{}, handler.Member, true))
	all, err := h.desk.Alike(h.ctx, handler, one)
	if err != nil || len(all) != 1 || all[0].Ref != same {
		t.Errorf("%+v, %v", all, err)
	}
	nowhere := h.put(bot.Case{}, story("The fire alarm rang all night"))
	if all, err := h.desk.Alike(h.ctx, handler, nowhere); err != nil || len(all) != 0 {
		t.Errorf("of no place: %+v, %v", all, err)
	}
}

// A ward manager without an account answers by a link; a link that is passed on opens
// nothing more, and says nothing of the case.
func TestAStatementByALink(t *testing.T) {
	h := open(t)
	mail := &letters{}
	d := h.with(func(o *desk.Options) { o.Mail, o.Site = mail, "https://heard.example.org/desk/hospital" })
	ref := h.put(bot.Case{Privacy: bot.PrivacyNamed, Fields: secrets, Acknowledged: h.now})
	ask := bot.StatementRequest{Of: "Ward manager", Question: "Who was on duty that night?", Due: h.now.AddDate(0, 0, 3)}
	f := desk.Form{Turn: "form-1"}
	_, err := h.desk.AskStatement(h.ctx, handler, ref, f, ask, "ward@example.org")
	h.refused(err, desk.RejectField, "where no letter can be sent")
	_, err = d.AskStatement(h.ctx, recorder, ref, f, ask, "")
	h.refused(err, desk.RejectNotAllowed, "by a recorder")
	var links []string
	for range 2 { // the form is sent twice
		link, err := d.AskStatement(h.ctx, handler, ref, f, ask, "ward@example.org")
		h.must(err)
		links = append(links, link)
	}
	v := h.look(handler, ref)
	if len(v.Statements) != 1 || len(v.Timeline) != 1 {
		t.Fatalf("asked %d times", len(v.Statements))
	}
	for _, text := range append(mail.bodies, mail.sent...) {
		if strings.Contains(text, string(ref)) || strings.Contains(text, "Griffiths") || strings.Contains(text, "duty") {
			t.Errorf("a letter says %q", text)
		}
	}
	token := strings.TrimPrefix(links[1], "https://heard.example.org/statement/hospital/")
	q, err := d.Question(h.ctx, token)
	h.must(err)
	if text := fmt.Sprintf("%+v", q); q.Text != ask.Question || strings.Contains(text, string(ref)) || strings.Contains(text, "Griffiths") {
		t.Errorf("the link shows %+v", q)
	}
	_, err = d.Question(h.ctx, "nonsense")
	h.refused(err, bot.RejectNoCase, "a link that there never was")
	h.refused(d.AnswerQuestion(h.ctx, token, " ", "t"), bot.RejectEmpty, "nothing")
	h.must(d.AnswerQuestion(h.ctx, token, "Two agency nurses.", "t"))
	for _, link := range links {
		used := strings.TrimPrefix(link, "https://heard.example.org/statement/hospital/")
		_, err := d.Question(h.ctx, used)
		h.refused(err, bot.RejectNoCase, "a link that was used")
		h.refused(d.AnswerQuestion(h.ctx, used, "Three.", "u"), bot.RejectNoCase, "answered twice")
	}
	v = h.look(handler, ref)
	if last := v.Timeline[len(v.Timeline)-1]; last.Kind != bot.Stated || last.Text != "Two agency nurses." || last.By != "Ward manager" || len(v.Tasks) != 1 {
		t.Errorf("timeline %+v, tasks %+v", last, v.Tasks)
	}
	ask.Due = h.now.AddDate(0, 0, 1)
	link, err := d.AskStatement(h.ctx, handler, ref, desk.Form{}, ask, "")
	h.must(err)
	h.now = h.now.Add(62 * 24 * time.Hour)
	_, err = d.Question(h.ctx, link[strings.LastIndexByte(link, '/')+1:])
	h.refused(err, bot.RejectNoCase, "a link that is too old")
}

// The dates of a case are changed by who answers it, and by nobody else.
func TestWhoChangesDates(t *testing.T) {
	h := open(t)
	ref := h.put(bot.Case{Acknowledged: h.now, Due: h.now.AddDate(0, 0, 20)})
	f := desk.Form{Reason: "The doctor is ill"}
	h.refused(h.desk.Pause(h.ctx, recorder, ref, f, bot.WaitPolice, time.Time{}, ""), desk.RejectNotAllowed, "by a recorder")
	h.must(h.desk.Pause(h.ctx, handler, ref, f, bot.WaitPolice, time.Time{}, ""))
	l, err := h.desk.Cases(h.ctx, handler, desk.Filter{})
	if err != nil || l.Cases[0].Waits != bot.WaitPolice || h.look(handler, ref).Wait == nil {
		t.Errorf("the list does not say that it waits: %+v, %v", l, err)
	}
	h.must(h.desk.Resume(h.ctx, handler, ref, f, time.Time{}, ""))
	h.must(h.desk.Redate(h.ctx, handler, ref, f, h.now.AddDate(0, 0, 2), ""))
	v := h.look(handler, ref)
	if v.Wait != nil || !v.Due.Equal(h.now.AddDate(0, 0, 2)) {
		t.Errorf("%+v", v)
	}
	ask := bot.StatementRequest{Of: "Ward manager", Question: "Who?", Due: h.now.AddDate(0, 0, 3)}
	_, err = h.desk.AskStatement(h.ctx, handler, ref, desk.Form{}, ask, "")
	h.must(err)
	h.must(h.desk.AnswerStatement(h.ctx, handler, ref, desk.Form{}, h.look(handler, ref).Statements[0].ID, "Nobody."))
}
