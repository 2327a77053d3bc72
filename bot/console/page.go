package console

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"heard/bot"
	"heard/bot/desk"
	"heard/bot/web"
)

// How to add a page to the desk.
//
// Write templates/NAME.html, which defines "body" and finds in its dot what
// shown holds: {{.Root}} begins every link, {{.Who}} is who looks, {{.Body}} is
// what you gave. The layout writes the title, the navigation, the message after a
// redirect and the summary of what is wrong with a form. Fields are written by
//
//	{{template "field" (field .Faults "words" "What the person should read" .Body.Words "type" "textarea" "hint" "...")}}
//
// A form that acts on a case holds what v.form() reads:
//
//	<input type="hidden" name="seen" value="{{.Body.Version}}">
//	<input type="hidden" name="turn" value="{{.Turn}}">
//
// Then, in a file NAME.go, say in a method what is served, and call it in
// pages.routes:
//
//	func (p *pages) newsRoutes() {
//		p.page("GET /cases/{ref}/news", desk.Answer, p.newsForm)
//		p.page("POST /cases/{ref}/news", desk.Answer, p.sendNews)
//	}
//
//	func (p *pages) sendNews(v *visit) error {
//		ref, words := readRef(v.r.PathValue("ref")), v.text("words")
//		var wrong faults
//		if words == "" {
//			wrong.add("words", "Write what the person should read.")
//		} else if wrong.take(p.desk.Update(v.r.Context(), v.who.Who, ref, v.form(), words)) {
//			return v.back("/cases/"+string(ref), "The update is on its way.")
//		}
//		return v.again("news", "Send news", newsBody{Words: words}, wrong)
//	}
//
// Who is not signed in is asked to, and led back; who may not is told. What is
// returned as an error is shown: a *bot.Rejection by its sentence, everything else by
// a fixed one, and logged once. Posts from other sites never come here. An entry of
// the navigation is a line in nav.go. Styles are in bot/web/static/desk.css.

// pages are the pages of one provider's desk.
type pages struct {
	*Console
	desk    *desk.Desk
	changes *web.Changes // one watcher, however many look
	signOn  SignOn       // nil: there is none
	root    string       // "/desk/stmarys"
}

func newPages(all *Console, one *desk.Desk) *pages {
	return &pages{Console: all, desk: one, changes: web.NewChanges(one.Changes), signOn: all.o.SignOn[one.Provider().ID], root: rootOf(one)}
}

func (p *pages) routes() {
	p.navRoutes()
	p.page("GET /{rest...}", "", func(*visit) error { return noPage() })
	p.signInRoutes()
	p.workRoutes()
	p.liveRoutes()
	p.caseRoutes()
	p.fileRoutes()
	p.taskRoutes()
	p.statementRoutes()
	p.searchRoutes()
	p.awayRoutes()
	p.memberRoutes()
	p.auditRoutes()
	p.tokenRoutes()
	p.webhookRoutes()
	p.reportRoutes()
	p.outcomeRoutes()
	p.recordRoutes()
	p.posterRoutes()
	p.enrolRoutes()
}

// shown is what the layout and a page are made from.
type shown struct {
	Title       string
	Provider    string
	Root        string       // begins the path of every link
	Who         *desk.Signed // nil: nobody is signed in
	Nav         []navEntry
	Said        string // the message after a redirect
	Faults      faults
	NothingKept bool
	Turn        string // names this page: what is sent twice from it is done once
	Body        any
}

// visit is one request of somebody who is signed in.
type visit struct {
	w     http.ResponseWriter
	r     *http.Request
	who   desk.Signed
	pages *pages
}

// largestForm is the largest body that is read of a form.
const largestForm = 256 << 10

// page serves a pattern ("GET /cases/{ref}", below the desk's root) for who is signed
// in and has a permission; an empty one: for all members.
func (p *pages) page(pattern string, need desk.Permission, do func(*visit) error) {
	method, path, _ := strings.Cut(pattern, " ")
	p.mux.HandleFunc(method+" "+p.root+path, func(w http.ResponseWriter, r *http.Request) {
		if !p.readForm(w, r) {
			return
		}
		who, err := p.signedIn(r)
		v := &visit{w, r, who, p}
		switch {
		case rejectedAs(err, desk.RejectSignIn) && isLive(r):
			http.Error(w, "You are signed out.", http.StatusUnauthorized)
			return
		case rejectedAs(err, desk.RejectSignIn):
			p.signInFirst(w, r)
			return
		case err != nil:
		case who.MustChange && path != passwordPath && path != signOutPath:
			v.lead(passwordPath)
			return
		case need != "" && !who.May(need):
			err = notAllowed()
		default:
			err = do(v)
		}
		if err != nil {
			p.refused(w, r, v.shown("", nil), err)
		}
	})
}

func notAllowed() error {
	return &bot.Rejection{Code: desk.RejectNotAllowed, Sentence: "Your role does not allow this. Ask an administrator if it should."}
}

// signedIn is who asks: in a try-out the one who is always there.
func (p *pages) signedIn(r *http.Request) (desk.Signed, error) {
	if p.o.As != nil {
		return desk.Signed{Who: *p.o.As}, nil
	}
	if isLive(r) {
		return p.desk.Present(r.Context(), p.token(r))
	}
	return p.desk.SignedIn(r.Context(), p.token(r))
}

// readForm reads a form of a bounded size. Files are read by who takes them.
func (p *pages) readForm(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodPost || strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return true
	}
	r.Body = http.MaxBytesReader(w, r.Body, largestForm)
	err := r.ParseForm()
	if err == nil {
		return true
	}
	status, sentence := http.StatusBadRequest, "This could not be read. Go back and send it again."
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		status, sentence = http.StatusRequestEntityTooLarge, "This is too long. Go back, shorten it, and send it again."
	}
	p.write(w, r, status, "message", p.anybody("This was not done", sentence))
	return false
}

// text is a field of the form, without spaces around it.
func (v *visit) text(name string) string {
	return strings.TrimSpace(strings.ToValidUTF8(v.r.PostForm.Get(name), "\uFFFD"))
}

// form is what came with an act on a case.
func (v *visit) form() desk.Form {
	seen, _ := strconv.ParseUint(v.text("seen"), 10, 64) // without it, it does not matter
	f := desk.Form{Seen: seen, Reason: v.text("reason")}
	if v.turn() != "" {
		f.Turn = turnOf(v.r)
	}
	return f
}

// turnOf is the turn of a form. A page has several forms under one name, and stays in the
// browser when one of them was done: the turn is of what is asked, so that the same sent
// twice is done once, and another act is another.
func turnOf(r *http.Request) bot.TurnID {
	asked := maps.Clone(r.PostForm)
	delete(asked, "seen") // who looked again asks the same
	delete(asked, "had")
	sum := sha256.Sum256([]byte(r.URL.Path + "?" + asked.Encode()))
	return bot.TurnID(hex.EncodeToString(sum[:16]))
}

// turn names the page that a form came from; empty: it has no name, or none of ours.
func (v *visit) turn() string {
	if turn := v.text("turn"); len(turn) <= longestTurn {
		return turn
	}
	return ""
}

// longestTurn is the longest name of a form that was made here.
const longestTurn = 64

// show shows a page.
func (v *visit) show(template, title string, body any) error {
	v.pages.write(v.w, v.r, http.StatusOK, template, v.shown(title, body))
	return nil
}

// again shows the page of a form once more, with what is wrong with it.
func (v *visit) again(template, title string, body any, wrong faults) error {
	if wrong.err != nil {
		return wrong.err
	}
	s := v.shown(title, body)
	s.Faults, s.Turn = wrong, v.turn()
	v.pages.write(v.w, v.r, wrong.status(), template, s)
	return nil
}

// looksFirst shows the page of a form once more, with nothing wrong: somebody is to look
// at it before they press again.
func (v *visit) looksFirst(template, title string, body any) error {
	s := v.shown(title, body)
	s.Turn = v.turn()
	v.pages.write(v.w, v.r, http.StatusOK, template, s)
	return nil
}

// back leads to another page of the desk, which says what was done.
func (v *visit) back(path, said string) error {
	v.pages.say(v.w, said)
	v.lead(path)
	return nil
}

func (v *visit) lead(path string) { http.Redirect(v.w, v.r, v.pages.root+path, http.StatusSeeOther) }

func (v *visit) shown(title string, body any) shown {
	s := v.pages.anybody(title, body)
	if v.who.Member != "" {
		s.Who, s.Nav = &v.who, v.pages.nav(v.r, v.who.Who)
	}
	s.Said = v.pages.said(v.w, v.r)
	return s
}

// anybody is a page for who is not signed in.
func (p *pages) anybody(title string, body any) shown {
	return shown{Title: title, Provider: p.desk.Provider().Name, Root: p.root, Turn: rand.Text(), Body: body}
}

func noPage() error {
	return &bot.Rejection{Code: bot.RejectNoCase, Sentence: "There is nothing here. The address may be wrong, or what was here is gone."}
}

// rejectedAs tells whether an error is a rejection with a code.
func rejectedAs(err error, code string) bool {
	var r *bot.Rejection
	return errors.As(err, &r) && r.Code == code
}

// refused shows why something was not done.
func (p *pages) refused(w http.ResponseWriter, r *http.Request, s shown, err error) {
	var rejected *bot.Rejection
	status := http.StatusServiceUnavailable
	s.Title, s.Body = "This could not be done just now", "Nothing was changed that you were not told of. Please try again in a minute."
	if errors.As(err, &rejected) {
		status, s.Title, s.Body = statusOf(rejected.Code), "This was not done", rejected.Sentence
		if status == http.StatusNotFound {
			s.Title = "Not found"
		}
	} else {
		p.failed(r.Context(), err)
	}
	p.write(w, r, status, "message", s)
}

// statusOf is the status of a rejection's code.
func statusOf(code string) int {
	switch code {
	case bot.RejectNoCase, desk.RejectNoMember:
		return http.StatusNotFound
	case desk.RejectNotAllowed:
		return http.StatusForbidden
	case bot.RejectStale:
		return http.StatusConflict
	case desk.RejectSlow:
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}

// failed notes what went wrong once, without a word of anybody.
func (c *Console) failed(ctx context.Context, err error) {
	if ctx.Err() == nil {
		c.o.Log.LogAttrs(ctx, slog.LevelError, "the desk", slog.String("error", err.Error()))
	}
}

// write makes the whole page before a byte of it is sent.
func (c *Console) write(w http.ResponseWriter, r *http.Request, status int, name string, s shown) {
	s.NothingKept = c.o.NothingKept
	var b bytes.Buffer
	if err := c.templates[name].ExecuteTemplate(&b, "layout", s); err != nil {
		c.failed(r.Context(), err)
		http.Error(w, "This page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // it fails when the browser has left
}
