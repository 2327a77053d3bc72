package desk

import (
	"context"
	"slices"

	"heard/bot"
)

// Identity is who somebody is to the provider's own system.
type Identity struct {
	Subject string // never empty; for good, and of this system alone
	Email   string // empty: the system does not vouch for it
	Roles   []Role // nil: the desk's own count; else those that the system gives
}

// SignInAs begins a session of who signed in with the provider's own system. They are
// known by their subject; the first time, by the address that they were added with.
// Nobody becomes a member by signing in.
func (d *Desk) SignInAs(ctx context.Context, who Identity) (string, error) {
	m, err := d.identified(ctx, who)
	if err != nil {
		return "", err
	}
	refused := ""
	switch {
	case m.ID == "":
		refused = "Nobody at this desk has your work address. Ask an administrator of the desk to add you."
	case m.Disabled:
		refused = "You cannot sign in here any more. Ask an administrator of the desk if you should."
	case who.Roles != nil && len(who.Roles) == 0:
		refused = "Your work account gives you no role at this desk. Ask who looks after your work account."
	}
	if refused != "" {
		if err := d.audit(ctx, m.ID, "fail to sign in", m.ID); err != nil {
			return "", err
		}
		return "", &bot.Rejection{Code: RejectSignIn, Sentence: refused}
	}
	if m, err = d.learn(ctx, m, who); err != nil {
		return "", err
	}
	return d.begin(ctx, m, true)
}

// identified finds who it is; the zero member: nobody.
func (d *Desk) identified(ctx context.Context, who Identity) (Member, error) {
	all, err := d.members(ctx)
	if err != nil {
		return Member{}, err
	}
	if i := slices.IndexFunc(all, func(m Member) bool { return m.Subject == who.Subject }); i >= 0 {
		return all[i], nil
	}
	email := asLogin(who.Email)
	i := slices.IndexFunc(all, func(m Member) bool { return email != "" && m.Login == email && m.Subject == "" })
	if i < 0 {
		return Member{}, nil
	}
	return all[i], nil
}

// learn keeps the subject and the roles that the system tells.
func (d *Desk) learn(ctx context.Context, m Member, who Identity) (Member, error) {
	roles := slices.Compact(slices.Sorted(slices.Values(who.Roles)))
	if m.Subject == who.Subject && (who.Roles == nil || slices.Equal(roles, m.Roles)) {
		return m, nil
	}
	err := d.change(ctx, m.who(), m.ID, "take over what their work account says", func(now *Member) error {
		if now.Disabled || now.Subject != "" && now.Subject != who.Subject {
			return &bot.Rejection{Code: RejectSignIn, Sentence: "Your account was changed just now. Sign in again."}
		}
		now.Subject = who.Subject
		if who.Roles != nil {
			now.Roles = roles
		}
		m = *now
		return nil
	})
	return m, err
}
