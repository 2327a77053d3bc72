package console

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

// Recording for somebody is under /record/{provider}/{place}: a poster in a staff room
// leads there. Who is a member goes straight to the form; who is not gets a code at
// their work address. Nothing else can be seen from here.

const (
	recordRoot     = "/record/"
	anyPlace       = "any" // stands for the place where the poster does not say one
	cookieRecorder = "-record"

	// cookieSlip changes with every slip. It holds nothing: a browser that keeps pages as
	// they were left fetches them anew where a cookie has changed, so that going back from
	// a slip leads to an empty form.
	cookieSlip  = "-slip"
	recorderFor = 30 * 60 // seconds; the session ends by itself too
)

// recordPages are the pages for who writes down what they were told.
type recordPages struct{ *pages }

func (p *pages) recordRoutes() {
	r := recordPages{p}
	at := recordRoot + string(p.desk.Provider().ID) + "/{place}"
	p.mux.HandleFunc("GET "+recordRoot+string(p.desk.Provider().ID)+"/{$}", func(w http.ResponseWriter, q *http.Request) {
		http.Redirect(w, q, r.path(anyPlace), http.StatusSeeOther)
	})
	p.mux.HandleFunc("GET "+at, r.serve(r.form))
	p.mux.HandleFunc("POST "+at, r.serve(r.record))
	p.mux.HandleFunc("GET "+at+"/slip", r.serve(r.slip))
	p.mux.HandleFunc("POST "+at+"/code", r.sendCode)
	p.mux.HandleFunc("POST "+at+"/enter", r.enter)
}

func (p recordPages) path(place string) string {
	return recordRoot + string(p.desk.Provider().ID) + "/" + url.PathEscape(place)
}

// recordVisit is one request of who may record.
type recordVisit struct {
	w     http.ResponseWriter
	r     *http.Request
	who   desk.Who
	place string // as the address has it
}

// serve serves a page to who may record, and asks everybody else who they are.
func (p recordPages) serve(do func(*recordVisit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !p.readForm(w, r) {
			return
		}
		who, err := p.recorder(r)
		switch {
		case rejectedAs(err, desk.RejectSignIn):
			p.askWho(w, r, recordAsk{Words: r.PostForm.Get("words")}, faults{})
			return
		case err == nil:
			err = do(&recordVisit{w, r, who, r.PathValue("place")})
		}
		if err != nil {
			p.refused(w, r, p.anybody("", nil), err)
		}
	}
}

// recorder is who asks: a member who may record, or who gave a code.
func (p recordPages) recorder(r *http.Request) (desk.Who, error) {
	if signed, err := p.signedIn(r); err == nil && signed.May(desk.Record) && !signed.MustChange {
		return signed.Who, nil
	} else if err != nil && !rejectedAs(err, desk.RejectSignIn) {
		return desk.Who{}, err
	}
	return p.desk.Recorder(r.Context(), p.cookie(r, cookieRecorder))
}

// recordAsk is what the page shows that asks who somebody is.
type recordAsk struct {
	Path    string
	Email   string
	Sent    bool   // a code was sent, if it is such an address
	Codes   bool   // codes can be sent
	SignIn  string // where members sign in
	Words   string // what was typed into a form that could not be taken
	Minutes int
}

func (p recordPages) askWho(w http.ResponseWriter, r *http.Request, body recordAsk, wrong faults) {
	body.Path, body.Codes = p.path(r.PathValue("place")), p.desk.RecordsWithoutAccount()
	body.SignIn = p.root + signInPath
	status := http.StatusOK
	if body.Words != "" {
		wrong.add("", "You can no longer be told from anybody else, so nothing was sent. Your words are below: copy them, ask for a code, and put them in again.")
	}
	if len(wrong.All) > 0 {
		status = wrong.status()
	}
	title := "Write down what you were told"
	if body.Sent {
		title = "Your code"
	}
	s := p.anybody(title, body)
	s.Faults = wrong
	p.write(w, r, status, "record_who", s)
}

// sendCode sends a code, and says the same of every address.
func (p recordPages) sendCode(w http.ResponseWriter, r *http.Request) {
	if !p.readForm(w, r) {
		return
	}
	var wrong faults
	body := recordAsk{Email: strings.TrimSpace(r.PostForm.Get("email"))}
	if err := p.desk.SendCode(r.Context(), body.Email, client(r)); wrong.take(err) {
		body.Sent = true
	} else {
		retryAfter(w, err)
	}
	p.orFail(w, r, body, wrong)
}

func (p recordPages) orFail(w http.ResponseWriter, r *http.Request, body recordAsk, wrong faults) {
	if wrong.err != nil {
		p.refused(w, r, p.anybody("", nil), wrong.err)
		return
	}
	p.askWho(w, r, body, wrong)
}

// enter takes the code.
func (p recordPages) enter(w http.ResponseWriter, r *http.Request) {
	if !p.readForm(w, r) {
		return
	}
	var wrong faults
	body := recordAsk{Email: strings.TrimSpace(r.PostForm.Get("email")), Sent: true}
	token, err := p.desk.EnterCode(r.Context(), body.Email, r.PostForm.Get("code"), client(r))
	if !wrong.take(err) {
		retryAfter(w, err)
		p.orFail(w, r, body, wrong)
		return
	}
	p.setCookie(w, cookieRecorder, token, recorderFor)
	http.Redirect(w, r, p.path(r.PathValue("place")), http.StatusSeeOther)
}

// recordBody is what the form shows.
type recordBody struct {
	Path                                             string
	Words, Place, Number, Name, Cause, How, Language string
	On                                               string // the day, as a field of a form has it
	MayWrite, Mine                                   []option
	Hows, Languages, Places                          []option
	Team                                             bool // they may type in letters, e-mails and calls
	Member                                           bool // who is signed in at the desk
	Root                                             string
	Slip                                             string // where the slip is of what was sent before; empty: it is new
}

func (p recordPages) form(v *recordVisit) error {
	body := recordBody{Place: v.place}
	if v.place == anyPlace {
		body.Place = ""
	}
	p.show(v, body, faults{}, "")
	return nil
}

func (p recordPages) show(v *recordVisit, body recordBody, wrong faults, turn string) {
	body.Path, body.Team, body.Root = p.path(v.place), v.who.May(desk.Answer), p.root
	body.Member = len(v.who.Roles) > 0
	body.Places = p.placeOptions(body.Place)
	for _, h := range []struct {
		how  bot.How
		name string
	}{{bot.HowTold, "I was told it"}, {bot.HowCalled, "It came by telephone"}, {bot.HowLetter, "It came as a letter"}, {bot.HowMail, "It came as an e-mail"}} {
		body.Hows = append(body.Hows, option{Value: string(h.how), Label: h.name, Chosen: body.How == string(h.how)})
	}
	for _, l := range p.desk.Provider().Flows.Languages() {
		body.Languages = append(body.Languages, option{Value: l, Label: languageName(l), Chosen: body.Language == l})
	}
	if body.MayWrite == nil {
		body.MayWrite = mayWrite(false)
	}
	if body.Mine == nil {
		body.Mine = isMine(false)
	}
	s := p.anybody("Write down what you were told", body)
	s.Faults = wrong
	if turn != "" {
		s.Turn = turn
	}
	status := http.StatusOK
	if len(wrong.All) > 0 {
		status = wrong.status()
	}
	p.write(v.w, v.r, status, "record", s)
}

func mayWrite(chosen bool) []option {
	return []option{{Value: "yes", Label: "They said that we may write to this number", Chosen: chosen}}
}

func isMine(chosen bool) []option {
	return []option{{Value: "yes", Label: "It is about me", Hint: "Then you do not work on it.", Chosen: chosen}}
}

// placeOptions are the places of the provider; none: it is typed in words.
func (p recordPages) placeOptions(chosen string) []option {
	places := p.desk.Provider().Flows.Places()
	if len(places) == 0 {
		return nil
	}
	all := []option{{Value: "", Label: "Somewhere else, or I do not know"}}
	for _, one := range places {
		all = append(all, option{Value: one.Code, Label: one.Name[""], Chosen: strings.EqualFold(one.Code, chosen)})
	}
	return all
}

func (p recordPages) record(v *recordVisit) error {
	text := func(name string) string {
		return strings.TrimSpace(strings.ToValidUTF8(v.r.PostForm.Get(name), "\uFFFD"))
	}
	may, mine := text("may_write") == "yes", text("mine") == "yes"
	body := recordBody{
		Words: text("words"), Place: text("place"), Number: text("number"), Name: text("name"), Cause: text("cause"), How: text("how"),
		Language: text("language"), On: text("at"), MayWrite: mayWrite(may), Mine: isMine(mine),
	}
	turn := turnOf(v.r)
	var wrong faults
	at, err := p.dayOf(body.On)
	if err != nil {
		wrong.add("at", "Write the day like 2026-11-30.")
	} else {
		_, err = p.desk.Record(v.r.Context(), v.who, turn, desk.Recording{
			Words: body.Words, How: bot.How(body.How), At: at, Place: body.Place, Number: body.Number, MayWrite: may, Name: body.Name,
			Language: body.Language, Cause: body.Cause, Mine: mine,
		})
		slip := p.path(v.place) + "/slip?of=" + url.QueryEscape(string(turn))
		if wrong.take(err) {
			http.Redirect(v.w, v.r, slip, http.StatusSeeOther)
			return nil
		}
		if rejectedAs(err, desk.RejectRecorded) {
			body.Slip = slip
		}
	}
	if wrong.err != nil {
		return wrong.err
	}
	again := text("turn")
	if body.Slip != "" || wrong.code == http.StatusNotFound || len(again) > longestTurn {
		again = "" // this form was used: the next press is another person's
	}
	p.show(v, body, wrong, again)
	return nil
}

// dayOf reads the day of a form; empty: today. Noon of another day is in that day
// everywhere.
func (p recordPages) dayOf(text string) (time.Time, error) {
	now := p.o.Now().In(p.o.Location)
	if text == "" || text == now.Format(time.DateOnly) {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, p.o.Location)
	if err != nil || day.Before(now.AddDate(-10, 0, 0)) {
		return day, errors.New("no day")
	}
	return day.Add(12 * time.Hour), nil
}

// slipBody is what is handed over.
type slipBody struct {
	Ref   bot.CaseRef
	Code  string // ABCD-2345
	Ways  []scanned
	Again string // where to record more
}

// slip shows what the person gets.
func (p recordPages) slip(v *recordVisit) error {
	s, err := p.desk.Slip(v.r.Context(), v.who, bot.TurnID(v.r.URL.Query().Get("of")))
	if err != nil {
		return err
	}
	body := slipBody{Ref: s.Ref, Code: bot.ShowMoveCode(s.Code), Again: p.path(v.place)}
	if body.Ways, err = scans(p.waysOf(), "SLIP "+body.Code, "s_"+s.Code); err != nil {
		return err
	}
	p.setCookie(v.w, cookieSlip, rand.Text(), saidFor)
	p.write(v.w, v.r, http.StatusOK, "record_slip", p.anybody("It is written down", body))
	return nil
}
