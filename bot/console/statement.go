package console

import (
	"net/http"
	"strings"

	"heard/bot"
	"heard/bot/desk"
)

// statementRoot begins the address of a question to somebody outside the team, who has
// no account: what the link holds is all that they have.
const statementRoot = "/statement/"

func (p *pages) statementRoutes() {
	at := statementRoot + string(p.desk.Provider().ID) + "/"
	p.mux.HandleFunc("GET "+at+"{token}", p.question)
	p.mux.HandleFunc("POST "+at+"{token}", p.answered)
	p.mux.HandleFunc("GET "+at+"{$}", p.thanks)
}

// askedBody is the link that somebody is given.
type askedBody struct {
	Ref    bot.CaseRef
	Link   string
	Mailed bool
}

// askStatement asks somebody, and shows the link once. Where their e-mail could not be
// sent they are asked all the same, and the page says what to do.
func (p *pages) askStatement(v *visit) error {
	ref := readRef(v.r.PathValue("ref"))
	var wrong faults
	for _, need := range [][2]string{{"ask_of", "Say who is asked: a name or a role."}, {"ask_question", "Write what they are asked."}, {"ask_day", "Choose the day by which they answer."}} {
		if v.text(need[0]) == "" {
			wrong.add(need[0], need[1])
		}
	}
	due, err := p.dayOf(v, "ask_day")
	if wrong.take(err) {
		request := bot.StatementRequest{Of: v.text("ask_of"), Question: v.text("ask_question"), Due: due}
		link, err := p.desk.AskStatement(v.r.Context(), v.who.Who, ref, v.form(), request, v.text("email"))
		done := wrong.takeBeside(err, "ask_of")
		if link != "" {
			return v.again("asked", "They are asked", askedBody{ref, link, done && v.text("email") != ""}, wrong)
		}
	}
	if wrong.err != nil {
		return wrong.err
	}
	if len(wrong.All) == 1 && wrong.All[0].Field == "" {
		wrong.All[0].Field = "others"
	}
	return p.caseAgain(v, wrong, "others")
}

// stated keeps an answer that came another way.
func stated(v *visit, p *pages, ref bot.CaseRef) error {
	return p.desk.AnswerStatement(v.r.Context(), v.who.Who, ref, v.form(), v.text("statement"), v.text("stated"))
}

// questionBody is a question as who was asked reads it.
type questionBody struct {
	desk.Question
	Path  string
	Words string
}

func (p *pages) question(w http.ResponseWriter, r *http.Request) {
	p.showQuestion(w, r, faults{})
}

// showQuestion shows what a link asks, with what is wrong with the answer.
func (p *pages) showQuestion(w http.ResponseWriter, r *http.Request, wrong faults) {
	q, err := p.desk.Question(r.Context(), r.PathValue("token"))
	if err == nil {
		err = wrong.err
	}
	if err != nil {
		p.refused(w, r, p.outside("", nil), err)
		return
	}
	v := &visit{w: w, r: r, pages: p}
	s := p.outside("A question for you", questionBody{q, r.URL.Path, v.text("words")})
	s.Faults = wrong
	status := http.StatusOK
	if len(wrong.All) > 0 {
		status = wrong.status()
	}
	p.write(w, r, status, "statement", s)
}

// longestStatement is the most characters of an answer.
const longestStatement = 20000

// answered keeps the answer, once.
func (p *pages) answered(w http.ResponseWriter, r *http.Request) {
	if !p.readForm(w, r) {
		return
	}
	v := &visit{w: w, r: r, pages: p}
	words := v.text("words")
	var wrong faults
	switch {
	case words == "":
		wrong.add("words", "Write your answer.")
	case len([]rune(words)) > longestStatement:
		wrong.add("words", "This is too long to be sent here. Shorten it, or send the rest to the team another way.")
	case wrong.takeBeside(p.desk.AnswerQuestion(r.Context(), r.PathValue("token"), words, v.form().Turn), "words"):
		http.Redirect(w, r, strings.TrimSuffix(r.URL.Path, r.PathValue("token")), http.StatusSeeOther)
		return
	}
	p.showQuestion(w, r, wrong)
}

// thanks is where an answer leads, and says nothing of it.
func (p *pages) thanks(w http.ResponseWriter, r *http.Request) {
	p.write(w, r, http.StatusOK, "message", p.outside("Thank you", "If you have just answered, your answer is with the team that asked. You can close this page."))
}

// outside is a page for who has nothing to do with the desk: none of its links.
func (p *pages) outside(title string, body any) shown {
	s := p.anybody(title, body)
	s.Root = ""
	return s
}
