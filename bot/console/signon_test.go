package console_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"heard/bot"
	"heard/bot/console"
	"heard/bot/desk"
	"heard/bot/signon"
)

// worksystem is a hospital's own sign-in: it speaks the protocol over HTTP and signs
// with RS256. Who comes is signed in already.
type worksystem struct {
	*httptest.Server
	t      testing.TB
	key    *rsa.PrivateKey
	claims map[string]any        // of who comes, over what it says by itself
	spoil  func(url.Values)      // alters what it sends a browser back with
	given  map[string]url.Values // what was asked, by code
	signed *rsa.PrivateKey       // with what it signs; nil: its own key
}

func newWorksystem(t testing.TB) *worksystem {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s := &worksystem{t: t, key: key, given: map[string]url.Values{}}
	known := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k1", Algorithm: "RS256"}}}
	mux := http.NewServeMux()
	mux.Handle("/", known)
	mux.HandleFunc("GET /auth", s.authorise)
	mux.HandleFunc("POST /token", s.token)
	s.Server = httptest.NewServer(mux)
	known.SetIssuer(s.URL)
	t.Cleanup(s.Close)
	return s
}

// authorise sends the browser back with a code.
func (s *worksystem) authorise(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("response_type") != "code" || q.Get("client_id") != "heard" || q.Get("code_challenge_method") != "S256" || !strings.Contains(q.Get("scope"), "openid") {
		s.t.Errorf("asked for %q", r.URL.RawQuery)
	}
	code := rand.Text()
	s.given[code] = q
	back := url.Values{"code": {code}, "state": {q.Get("state")}}
	if s.spoil != nil {
		s.spoil(back)
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

// token trades a code, once, for who it is of.
func (s *worksystem) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm() // what is missing is refused
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	code := r.PostForm.Get("code")
	asked, known := s.given[code]
	delete(s.given, code)
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	w.Header().Set("Content-Type", "application/json")
	if !known || id != "heard" || secret != "hush" || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant","error_description":"it is sam@hospital.example"}`))
		return
	}
	claims := map[string]any{
		"iss": s.URL, "aud": "heard", "sub": "0451", "exp": time.Now().Add(time.Minute).Unix(), "iat": time.Now().Unix(), "nonce": asked.Get("nonce"),
		"email": "Sam@Hospital.example", "email_verified": true,
	}
	for name, value := range s.claims {
		claims[name] = value
	}
	text, err := json.Marshal(claims)
	if err != nil {
		s.t.Error(err)
	}
	key := s.key
	if s.signed != nil {
		key = s.signed
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": oidctest.SignIDToken(key, "k1", "RS256", string(text))})
}

// signOnHouse is a desk whose staff sign in with a system of their own.
func signOnHouse(t testing.TB, s *worksystem, o signon.Options) *house {
	t.Helper()
	hop := &struct{ console.SignOn }{}
	h := newHouse(t, func(d *console.Options) { d.SignOn = map[bot.ProviderID]console.SignOn{provider: hop} })
	o.Issuer, o.ClientID, o.ClientSecret, o.Redirect = s.URL, "heard", "hush", h.server.URL+"/desk/try"+console.SignOnDone
	hop.SignOn = signon.New(o)
	return h
}

// Staff sign in with their work account: known by their address the first time, and
// then whatever their address becomes. Nobody becomes a member by it.
func TestSignOn(t *testing.T) {
	s := newWorksystem(t)
	h := signOnHouse(t, s, signon.Options{})
	h.staff("sam@hospital.example", "Sam Reed", desk.Handler)
	c := h.stranger()
	_, page := c.get("/password")
	c.sees(page, "Sign in with your work account", `href="/desk/try/sign-on?to=%2fdesk%2ftry%2fpassword"`)
	_, page = c.get("/sign-on?to=%2Fdesk%2Ftry%2Fpassword")
	c.sees(page, "Your account", "Sam Reed", "Sign out")
	s.claims = map[string]any{"email": "sam.lee@hospital.example"}
	married := h.stranger()
	_, page = married.get("/sign-on")
	married.sees(page, "Your account: </span>Sam Reed")
	for name, claims := range map[string]map[string]any{
		"nobody's address":              {"sub": "7", "email": "bo@hospital.example"},
		"another with the same address": {"sub": "7"},
		"no address":                    {"sub": "7", "email": ""},
	} {
		s.claims = claims
		other := h.stranger()
		status, page := other.get("/sign-on")
		other.sees(page, "Nobody at this desk has your work address.")
		if status != http.StatusForbidden || strings.Contains(page, "Sign out") {
			t.Errorf("%s: status %d", name, status)
		}
	}
}

// An address that the system does not vouch for could be anybody's.
func TestSignOnTakesVerifiedAddressesAlone(t *testing.T) {
	for name, tt := range map[string]struct {
		verified any
		trust    bool
		in       bool
	}{
		"verified": {true, false, true}, "in words": {"true", false, true}, "not": {false, false, false}, "not in words": {"false", false, false},
		"not told": {nil, false, false}, "not told, but trusted": {nil, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newWorksystem(t)
			h := signOnHouse(t, s, signon.Options{TrustEmail: tt.trust})
			h.staff("sam@hospital.example", "Sam Reed", desk.Handler)
			s.claims = map[string]any{"email_verified": tt.verified}
			if _, page := h.stranger().get("/sign-on"); strings.Contains(page, "Sign out") != tt.in {
				t.Errorf("signed in: %v, want %v", !tt.in, tt.in)
			}
		})
	}
}

// What did not come from the system, for us, to this sign-in and now, lets nobody in;
// and what the system says of somebody is in no log.
func TestSignOnRefusesWhatItCannotTrust(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*worksystem){
		"another's key":       func(s *worksystem) { s.signed = other },
		"for another program": func(s *worksystem) { s.claims = map[string]any{"aud": "else"} },
		"another system":      func(s *worksystem) { s.claims = map[string]any{"iss": "https://evil.example.org"} },
		"too old":             func(s *worksystem) { s.claims = map[string]any{"exp": time.Now().Add(-time.Hour).Unix()} },
		"another sign-in's":   func(s *worksystem) { s.claims = map[string]any{"nonce": "x"} },
		"no subject":          func(s *worksystem) { s.claims = map[string]any{"sub": ""} },
		"a made-up code":      func(s *worksystem) { s.spoil = func(q url.Values) { q.Set("code", "x") } },
		"another state":       func(s *worksystem) { s.spoil = func(q url.Values) { q.Set("state", "x") } },
		"no state":            func(s *worksystem) { s.spoil = func(q url.Values) { q.Del("state") } },
		"a refusal":           func(s *worksystem) { s.spoil = func(q url.Values) { q.Set("error", "access_denied") } },
	} {
		t.Run(name, func(t *testing.T) {
			s := newWorksystem(t)
			h := signOnHouse(t, s, signon.Options{})
			h.staff("sam@hospital.example", "Sam Reed", desk.Handler)
			change(s)
			c := h.stranger()
			status, page := c.get("/sign-on")
			if status < 400 || strings.Contains(page, "Sign out") {
				t.Errorf("status %d", status)
			}
			if _, page = c.get("/"); strings.Contains(page, "Sign out") {
				t.Error("they are signed in")
			}
			if log := strings.ToLower(h.logged.String()); strings.Contains(log, "sam@") || strings.Contains(log, "hush") {
				t.Errorf("the log says %q", log)
			}
		})
	}
}

// Somebody else's answer, put into a link, must not sign a browser in as them.
func TestSignOnEndsWhereItBegan(t *testing.T) {
	s := newWorksystem(t)
	h := signOnHouse(t, s, signon.Options{})
	h.staff("sam@hospital.example", "Sam Reed", desk.Handler)
	var answer url.Values
	s.spoil = func(q url.Values) { answer = url.Values{"code": q["code"], "state": q["state"]}; q.Set("state", "x") }
	h.stranger().get("/sign-on")
	victim := h.stranger()
	status, page := victim.get(console.SignOnDone + "?" + answer.Encode())
	victim.sees(page, "begun in another window")
	if status != http.StatusBadRequest {
		t.Errorf("status %d", status)
	}
}

// Where the system tells the roles, they are those, from this sign-in on; who has
// none there has none here.
func TestSignOnTakesRoles(t *testing.T) {
	s := newWorksystem(t)
	h := signOnHouse(t, s, signon.Options{RolesClaim: "groups"})
	h.staff("sam@hospital.example", "Sam Reed", desk.Administrator)
	s.claims = map[string]any{"groups": []string{"Flow-Editor", "staff", "lead"}}
	c := h.stranger()
	c.get("/sign-on")
	_, page := c.get("/password")
	c.sees(page, "flow editor, lead")
	if status, _ := c.get("/members"); status != http.StatusForbidden {
		t.Errorf("status %d for who is no administrator any more", status)
	}
	s.claims = map[string]any{"groups": []string{"staff"}}
	_, page = h.stranger().get("/sign-on")
	c.sees(page, "gives you no role at this desk")
}

// Who was disabled here is out, whatever their work account says.
func TestSignOnOfWhoIsDisabled(t *testing.T) {
	s := newWorksystem(t)
	h := signOnHouse(t, s, signon.Options{})
	id := h.staff("sam@hospital.example", "Sam Reed", desk.Handler)
	h.stranger().get("/sign-on")
	if err := h.desk.Disable(t.Context(), desk.Operator(), id, true); err != nil {
		t.Fatal(err)
	}
	c := h.stranger()
	_, page := c.get("/sign-on")
	c.sees(page, "You cannot sign in here any more.")
}

// A system that is down is said, and a password still opens the desk.
func TestSignOnWhileTheSystemIsDown(t *testing.T) {
	s := newWorksystem(t)
	h := signOnHouse(t, s, signon.Options{})
	h.staff("sam@hospital.example", "Sam Reed", desk.Handler)
	s.Close()
	c := h.stranger()
	status, page := c.get("/sign-on")
	c.sees(page, "does not answer just now")
	if status != http.StatusBadGateway {
		t.Errorf("status %d", status)
	}
	_, page = c.signIn("sam@hospital.example", ownPassword)
	c.sees(page, "Your account: ")
}
