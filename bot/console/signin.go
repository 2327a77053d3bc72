package console

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"heard/bot/desk"
)

const (
	signInPath   = "/sign-in"
	signOutPath  = "/sign-out"
	passwordPath = "/password"
)

func (p *pages) signInRoutes() {
	p.mux.HandleFunc("GET "+p.root+signInPath, p.signInPage)
	p.mux.HandleFunc("POST "+p.root+signInPath, p.signIn)
	if p.signOn != nil {
		p.mux.HandleFunc("GET "+p.root+signOnPath, p.beginSignOn)
		p.mux.HandleFunc("GET "+p.root+SignOnDone, p.endSignOn)
	}
	p.page("POST "+signOutPath, "", p.signOut)
	p.page("POST /sign-out-everywhere", "", p.signOutEverywhere)
	p.page("GET "+passwordPath, "", p.passwordPage)
	p.page("POST "+passwordPath, "", p.changePassword)
}

// signInBody is what the page of the sign-in shows.
type signInBody struct {
	Login string
	To    string // where to go then, below the root
	Own   bool   // there is a system of their own to sign in with
	Lost  []lost // what was typed into a form that could not be taken
	Kept  bool   // it is carried through the sign-in, and shown once more
}

// local is a path below the desk's root that may be led to; all else leads to
// what they need first.
func (p *pages) local(path string) string {
	rest, ok := strings.CutPrefix(path, p.root+"/")
	if !ok || strings.ContainsAny(path, "\\\r\n") || strings.HasPrefix(rest, "/") {
		return "/"
	}
	return "/" + rest
}

func (p *pages) signInPage(w http.ResponseWriter, r *http.Request) {
	if _, err := p.desk.SignedIn(r.Context(), p.token(r)); err == nil {
		http.Redirect(w, r, p.root+p.local(r.URL.Query().Get("to")), http.StatusSeeOther)
		return
	}
	s := p.anybody("Sign in", signInBody{To: r.URL.Query().Get("to"), Own: p.signOn != nil})
	s.Said = p.said(w, r)
	p.write(w, r, http.StatusOK, "sign_in", s)
}

// signInFirst asks who is not signed in to, and leads them on from there. What they
// wrote is not lost: they see it below.
func (p *pages) signInFirst(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		to := ""
		if here := r.URL.RequestURI(); here != p.root+"/" {
			to = "?to=" + url.QueryEscape(here)
		}
		http.Redirect(w, r, p.root+signInPath+to, http.StatusSeeOther)
		return
	}
	if r.URL.Path == p.root+signOutPath {
		http.Redirect(w, r, p.root+signInPath, http.StatusSeeOther)
		return
	}
	body := signInBody{To: p.pageOf(r), Own: p.signOn != nil, Lost: lostOf(r.PostForm)}
	body.Kept = keepable(body.Lost)
	s := p.anybody("Sign in", body)
	s.Faults.add("", "You are not signed in, or it was too long ago. Nothing was sent or changed.")
	p.write(w, r, http.StatusUnauthorized, "sign_in", s)
}

func (p *pages) signIn(w http.ResponseWriter, r *http.Request) {
	if !p.readForm(w, r) {
		return
	}
	v := &visit{w: w, r: r, pages: p}
	body := signInBody{Login: v.text("login"), To: v.text("to"), Own: p.signOn != nil, Kept: true, Lost: carried(r.PostForm)}
	password := r.PostForm.Get("password")
	var wrong faults
	if body.Login == "" {
		wrong.add("login", "Write what you sign in with.")
	}
	if password == "" {
		wrong.add("password", "Write your password.")
	}
	if len(wrong.All) == 0 {
		token, err := p.desk.SignIn(r.Context(), body.Login, password, client(r))
		if wrong.take(err) {
			p.setCookie(w, "", token, 0)
			p.signedInAgain(w, r, body.To, body.Lost)
			return
		}
		retryAfter(w, err)
	}
	if err := v.again("sign_in", "Sign in", body, wrong); err != nil {
		p.refused(w, r, p.anybody("", nil), err)
	}
}

// retryAfter tells programs too how long they are to wait.
func retryAfter(w http.ResponseWriter, err error) {
	var slow *desk.SlowError
	if errors.As(err, &slow) {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(slow.Wait.Seconds()))))
	}
}

func (p *pages) signOut(v *visit) error {
	if err := p.desk.SignOut(v.r.Context(), p.token(v.r)); err != nil {
		return err
	}
	p.setCookie(v.w, "", "", -1)
	return v.back(signInPath, "You are signed out.")
}

func (p *pages) signOutEverywhere(v *visit) error {
	if err := p.desk.SignOutEverywhere(v.r.Context(), v.who.Who); err != nil {
		return err
	}
	p.setCookie(v.w, "", "", -1)
	return v.back(signInPath, "You are signed out, here and wherever else you were signed in.")
}

func (p *pages) passwordPage(v *visit) error { return v.show("password", passwordTitle(v), nil) }

func passwordTitle(v *visit) string {
	if v.who.MustChange {
		return "Choose your own password"
	}
	return "Your account"
}

func (p *pages) changePassword(v *visit) error {
	old, password := v.r.PostForm.Get("old"), v.r.PostForm.Get("password")
	var wrong faults
	if old == "" {
		wrong.add("old", "Write the password that you have now.")
	}
	if password != v.r.PostForm.Get("again") {
		wrong.add("again", "This is not the same as above. Type both again.")
	}
	if len(wrong.All) == 0 {
		token, err := p.desk.ChangePassword(v.r.Context(), v.who.Who, old, password)
		if wrong.take(err) {
			p.setCookie(v.w, "", token, 0)
			return v.back("/", "Your password is changed. You are signed out wherever else you were signed in.")
		}
		retryAfter(v.w, err)
	}
	return v.again("password", passwordTitle(v), nil, wrong)
}
