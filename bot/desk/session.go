package desk

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"heard/bot"
)

const (
	sessionFor  = 12 * time.Hour   // at most, whatever is done
	idleFor     = 60 * time.Minute // without a page
	renewedEach = time.Minute      // a page writes nothing more often
)

// drawerSessions holds who is signed in, under the hash of what their cookie holds.
const drawerSessions = "sessions"

// session is a member who signed in.
type session struct {
	Member bot.MemberID `json:"member"`
	Epoch  int          `json:"epoch"` // the member's when it began
	Begun  time.Time    `json:"begun"`
	Seen   time.Time    `json:"seen"`
	SignOn bool         `json:"sign_on,omitempty"` // it began with the provider's own system

	id      string
	version uint64
}

// Signed is who is signed in.
type Signed struct {
	Who
	Login       string
	HasPassword bool // else they sign in with the provider's own system alone
	MustChange  bool // their password was given to them: they choose their own first
}

// RejectSignIn is the code of who is not, or no longer, signed in.
const RejectSignIn = "sign in"

// SignIn begins a session and returns what its cookie holds. A login that there is
// not, a wrong password and a member who was disabled get the same answer, after the
// same time. from is the client's address; empty: it is not known.
func (d *Desk) SignIn(ctx context.Context, login, password, from string) (string, error) {
	login = asLogin(login)
	if err := d.try(ctx, failuresOfAddress, from); err != nil {
		return "", err
	}
	if err := d.try(ctx, failuresOfLogin, login); err != nil {
		return "", err
	}
	m, err := d.byLogin(ctx, login)
	if err != nil {
		return "", err
	}
	ok, old, err := d.o.Passwords.matches(ctx, m.Password, password)
	if err != nil {
		return "", err
	}
	if !ok || m.Disabled || m.Temporary && d.o.Now().After(m.Until) {
		if err := d.audit(ctx, m.ID, "fail to sign in", m.ID); err != nil {
			return "", err
		}
		return "", &bot.Rejection{Code: RejectSignIn, Sentence: "This is not right. Check what you sign in with, and your password."}
	}
	if err := errors.Join(d.forget(ctx, failuresOfLogin, login), d.untry(ctx, failuresOfAddress, from)); err != nil {
		return "", err
	}
	if old {
		if err := d.rehash(ctx, m, password); err != nil {
			return "", err
		}
	}
	return d.begin(ctx, m, false)
}

// byLogin finds a member; the zero one: there is none.
func (d *Desk) byLogin(ctx context.Context, login string) (Member, error) {
	all, err := d.members(ctx)
	if err != nil {
		return Member{}, err
	}
	if i := slices.IndexFunc(all, func(m Member) bool { return m.Login == login }); i >= 0 {
		return all[i], nil
	}
	return Member{}, nil
}

// rehash makes a hash of today's cost. Where somebody changes the member meanwhile,
// the next sign-in does it.
func (d *Desk) rehash(ctx context.Context, m Member, password string) (err error) {
	if m.Password, err = d.o.Passwords.hash(ctx, password); err != nil {
		return err
	}
	if err = d.putMember(ctx, m); errors.Is(err, bot.ErrConflict) {
		return nil
	}
	return err
}

// begin begins a session.
func (d *Desk) begin(ctx context.Context, m Member, signOn bool) (string, error) {
	if err := d.audit(ctx, m.ID, "sign in", m.ID); err != nil {
		return "", err
	}
	token := base64.RawURLEncoding.EncodeToString(random(32))
	now := d.o.Now()
	s := session{Member: m.ID, Epoch: m.Epoch, Begun: now, Seen: now, SignOn: signOn, id: sessionID(token)}
	return token, d.putSession(ctx, s, now)
}

func sessionID(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func (d *Desk) putSession(ctx context.Context, s session, now time.Time) error {
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write a session: %w", err)
	}
	keep := max(min(idleFor, s.Begun.Add(sessionFor).Sub(now)), time.Second)
	return d.o.Store.Put(ctx, d.o.Provider.ID, drawerSessions, bot.Drawn{ID: s.id, Version: s.version, Data: data}, keep)
}

// SignedIn tells who a session's cookie is of, and keeps the session up.
func (d *Desk) SignedIn(ctx context.Context, token string) (Signed, error) {
	s, m, err := d.session(ctx, token)
	if err != nil {
		return Signed{}, err
	}
	if now := d.o.Now(); now.Sub(s.Seen) >= renewedEach {
		s.Seen = now
		// Two pages at once both renew it, or it was signed out: nothing is lost.
		if err := d.putSession(ctx, s, now); err != nil && !errors.Is(err, bot.ErrConflict) {
			return Signed{}, err
		}
	}
	return signed(s, m), nil
}

// Present tells who a session's cookie is of, and does not keep the session up: for what
// a page asks by itself.
func (d *Desk) Present(ctx context.Context, token string) (Signed, error) {
	s, m, err := d.session(ctx, token)
	if err != nil {
		return Signed{}, err
	}
	return signed(s, m), nil
}

func signed(s session, m Member) Signed {
	return Signed{Who: m.who(), Login: m.Login, HasPassword: m.Password != "", MustChange: m.Temporary && !s.SignOn}
}

func (d *Desk) session(ctx context.Context, token string) (s session, m Member, err error) {
	ended := &bot.Rejection{Code: RejectSignIn, Sentence: "You are not signed in, or it was too long ago. Sign in again."}
	if token == "" {
		return s, m, ended
	}
	r, err := d.o.Store.Drawn(ctx, d.o.Provider.ID, drawerSessions, sessionID(token))
	if errors.Is(err, bot.ErrNotFound) {
		return s, m, ended
	}
	if err != nil {
		return s, m, err
	}
	s = session{id: r.ID, version: r.Version}
	if err := json.Unmarshal(r.Data, &s); err != nil {
		return s, m, fmt.Errorf("read a session: %w", err)
	}
	var gone *bot.Rejection
	if m, err = d.member(ctx, s.Member); errors.As(err, &gone) {
		return s, m, ended
	} else if err != nil {
		return s, m, err
	}
	now := d.o.Now()
	if m.Disabled || m.Epoch != s.Epoch || now.Sub(s.Seen) >= idleFor || now.Sub(s.Begun) >= sessionFor {
		return s, m, ended
	}
	return s, m, nil
}

// SignOut ends a session. One that has ended already is none.
func (d *Desk) SignOut(ctx context.Context, token string) error {
	s, m, err := d.session(ctx, token)
	var ended *bot.Rejection
	switch {
	case errors.As(err, &ended):
		return nil
	case err != nil:
		return err
	}
	if err := d.o.Store.Drop(ctx, d.o.Provider.ID, drawerSessions, s.id); err != nil {
		return err
	}
	return d.audit(ctx, m.ID, "sign out", m.ID)
}

// SignOutEverywhere ends all sessions of who asks.
func (d *Desk) SignOutEverywhere(ctx context.Context, who Who) error {
	return d.change(ctx, who, who.Member, "sign out everywhere", func(m *Member) error {
		m.Epoch++
		return nil
	})
}

// ChangePassword changes the password of who asks. All their sessions end; a new one
// begins, and what its cookie holds is returned. A wrong old password counts like a
// failed sign-in.
func (d *Desk) ChangePassword(ctx context.Context, who Who, old, password string) (string, error) {
	m, err := d.member(ctx, who.Member)
	if err != nil {
		return "", err
	}
	if err := goodPassword(password, m.Login); err != nil {
		return "", err
	}
	if err := d.try(ctx, failuresOfLogin, m.Login); err != nil {
		return "", err
	}
	ok, _, err := d.o.Passwords.matches(ctx, m.Password, old)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", bad("old", "This is not your password as it is now.")
	}
	if old == password {
		return "", errors.Join(bad("password", "This is the password that you have. Choose another."), d.forget(ctx, failuresOfLogin, m.Login))
	}
	err = d.change(ctx, who, who.Member, "change their password", func(now *Member) error {
		if err := d.give(ctx, now, password, now.Login); err != nil {
			return err
		}
		now.Epoch++
		m = *now
		return nil
	})
	if err != nil {
		return "", err
	}
	if err := d.forget(ctx, failuresOfLogin, m.Login); err != nil {
		return "", err
	}
	return d.begin(ctx, m, false)
}
