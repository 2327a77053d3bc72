package console

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"

	"heard/bot"
	"heard/bot/desk"
)

// SignOn is a system of the provider's own with which staff sign in.
type SignOn interface {
	// Begin is where a browser is led to; state comes back with it.
	Begin(ctx context.Context, state, nonce, verifier string) (string, error)
	// Finish trades the code that it comes back with for who it is.
	Finish(ctx context.Context, code, nonce, verifier string) (desk.Identity, error)
}

const (
	signOnPath = "/sign-on"

	// SignOnDone is where browsers are led back to, below the desk's root.
	SignOnDone = "/sign-on/done"

	cookieSignOn = "-sign-on"
	signOnFor    = 10 * 60 // seconds that somebody may take at the other system
)

// signingOn is what a browser keeps while it is at the other system. It keeps it
// itself: strangers who begin and never come back write nothing in the store, and an
// answer counts only in the browser that asked.
type signingOn struct{ State, Nonce, Verifier, To string }

// beginSignOn is a link, not a form: the policy of the page lets no form end
// elsewhere.
func (p *pages) beginSignOn(w http.ResponseWriter, r *http.Request) {
	s := signingOn{State: rand.Text(), Nonce: rand.Text(), Verifier: rand.Text() + rand.Text(), To: r.URL.Query().Get("to")}
	at, err := p.signOn.Begin(r.Context(), s.State, s.Nonce, s.Verifier)
	if err != nil {
		p.failed(r.Context(), err)
		p.notSignedOn(w, r, http.StatusBadGateway, "Your own system does not answer just now. Try again in a minute, or sign in with a password.")
		return
	}
	kept, err := json.Marshal(s)
	if err != nil {
		p.refused(w, r, p.anybody("", nil), err)
		return
	}
	p.setCookie(w, cookieSignOn, base64.RawURLEncoding.EncodeToString(kept), signOnFor)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, at, http.StatusSeeOther)
}

// endSignOn takes who comes back.
func (p *pages) endSignOn(w http.ResponseWriter, r *http.Request) {
	var s signingOn
	kept, err := base64.RawURLEncoding.DecodeString(p.cookie(r, cookieSignOn))
	if err == nil {
		err = json.Unmarshal(kept, &s)
	}
	p.setCookie(w, cookieSignOn, "", -1)
	q := r.URL.Query()
	switch {
	case err != nil || s.State == "" || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(s.State)) != 1:
		p.notSignedOn(w, r, http.StatusBadRequest, "This took too long, or was begun in another window. Begin again.")
		return
	case q.Get("error") != "" || q.Get("code") == "":
		p.notSignedOn(w, r, http.StatusForbidden, "Your own system did not sign you in. Begin again, or ask who looks after it.")
		return
	}
	who, err := p.signOn.Finish(r.Context(), q.Get("code"), s.Nonce, s.Verifier)
	if err != nil {
		p.failed(r.Context(), err)
		p.notSignedOn(w, r, http.StatusBadGateway, "Your own system gave no answer that can be trusted. Begin again; if it stays so, tell who runs heard.")
		return
	}
	token, err := p.desk.SignInAs(r.Context(), who)
	var rejected *bot.Rejection
	switch {
	case errors.As(err, &rejected):
		p.notSignedOn(w, r, http.StatusForbidden, rejected.Sentence)
	case err != nil:
		p.refused(w, r, p.anybody("", nil), err)
	default:
		p.setCookie(w, "", token, 0)
		http.Redirect(w, r, p.root+p.local(s.To), http.StatusSeeOther) // Lax cookies go with it: it is a GET at the top
	}
}

func (p *pages) notSignedOn(w http.ResponseWriter, r *http.Request, status int, sentence string) {
	s := p.anybody("Sign in", signInBody{Own: true})
	s.Faults.add("", sentence)
	p.write(w, r, status, "sign_in", s)
}
