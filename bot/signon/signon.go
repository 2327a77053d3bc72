// Package signon lets staff sign in with their provider's own system, by OpenID
// Connect: authorisation code with PKCE, state and nonce. It tells who somebody is to
// that system. Whether they are a member of a desk is for package desk to know.
package signon

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"heard/bot/desk"
)

// Options say with which system people sign in.
type Options struct {
	Issuer       string // as the system names itself
	ClientID     string
	ClientSecret string
	Redirect     string // where browsers are led back to
	RolesClaim   string // where the system tells roles; empty: the desk's own count
	TrustEmail   bool   // addresses that it does not say to be verified are taken too
}

// System is one such system. It is asked what it can at the first sign-in, not
// before: heard answers people while it is down. It is safe for concurrent use.
type System struct {
	o      Options
	client *http.Client

	mu    sync.Mutex
	known *oidc.Provider // nil: not asked yet
}

// answerTime is how long the system may take for one answer.
const answerTime = 10 * time.Second

// New makes a System.
func New(o Options) *System { return &System{o: o, client: &http.Client{Timeout: answerTime}} }

// Begin is where a browser is led to. The state comes back with it; verifier and
// nonce are for Finish.
func (s *System) Begin(ctx context.Context, state, nonce, verifier string) (string, error) {
	c, _, err := s.config(ctx)
	if err != nil {
		return "", err
	}
	return c.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), nil
}

// Finish trades the code that a browser came back with for who it is.
func (s *System) Finish(ctx context.Context, code, nonce, verifier string) (desk.Identity, error) {
	c, p, err := s.config(ctx)
	if err != nil {
		return desk.Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, s.client)
	got, err := c.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return desk.Identity{}, fmt.Errorf("sign-on: trade the code: %w", quiet(err))
	}
	raw, ok := got.Extra("id_token").(string)
	if !ok {
		return desk.Identity{}, errors.New("sign-on: there is no id_token in the answer")
	}
	id, err := p.Verifier(&oidc.Config{ClientID: s.o.ClientID}).Verify(ctx, raw)
	if err != nil {
		return desk.Identity{}, fmt.Errorf("sign-on: %w", err)
	}
	if nonce == "" || subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(nonce)) != 1 {
		return desk.Identity{}, errors.New("sign-on: the answer is not to this sign-in")
	}
	return s.identity(id)
}

// quiet keeps what the system answered, which may name somebody, out of an error.
func quiet(err error) error {
	if told := new(oauth2.RetrieveError); errors.As(err, &told) {
		status := 0
		if told.Response != nil {
			status = told.Response.StatusCode
		}
		return fmt.Errorf("refused with status %d, %q", status, told.ErrorCode)
	}
	return err
}

func (s *System) config(ctx context.Context) (oauth2.Config, *oidc.Provider, error) {
	p, err := s.provider(ctx)
	if err != nil {
		return oauth2.Config{}, nil, err
	}
	return oauth2.Config{
		ClientID: s.o.ClientID, ClientSecret: s.o.ClientSecret, Endpoint: p.Endpoint(), RedirectURL: s.o.Redirect,
		Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}, p, nil
}

func (s *System) provider(ctx context.Context) (*oidc.Provider, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known != nil {
		return s.known, nil
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, s.client), answerTime)
	defer cancel()
	p, err := oidc.NewProvider(ctx, s.o.Issuer)
	if err != nil {
		return nil, fmt.Errorf("sign-on: ask the system what it can: %w", err)
	}
	s.known = p
	return p, nil
}

// identity reads what the system says of somebody.
func (s *System) identity(id *oidc.IDToken) (desk.Identity, error) {
	if id.Subject == "" {
		return desk.Identity{}, errors.New("sign-on: the system does not say who it is")
	}
	var claims map[string]json.RawMessage
	if err := id.Claims(&claims); err != nil {
		return desk.Identity{}, fmt.Errorf("sign-on: read the claims: %w", err)
	}
	who := desk.Identity{Subject: id.Issuer + " " + id.Subject}
	if text(claims["email_verified"]) == "true" || s.o.TrustEmail {
		who.Email = text(claims["email"])
	}
	if s.o.RolesClaim != "" {
		who.Roles = []desk.Role{}
		for _, word := range list(claims[s.o.RolesClaim]) {
			role := desk.Role(strings.ReplaceAll(strings.ToLower(word), "-", " "))
			if slices.Contains(desk.Roles(), role) {
				who.Roles = append(who.Roles, role)
			}
		}
	}
	return who, nil
}

// text is a claim that is a text, or a truth: some systems write one as the other.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// list is a claim that is one text or several.
func list(raw json.RawMessage) []string {
	var all []string
	if json.Unmarshal(raw, &all) == nil {
		return all
	}
	if one := ""; json.Unmarshal(raw, &one) == nil {
		return strings.Fields(one)
	}
	return nil
}
