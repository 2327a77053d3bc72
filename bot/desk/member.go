package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"heard/bot"
)

// Member is a member of staff who may sign in. Their id is random, and what they
// sign in with is in the sealed record alone: a key made of it could be tried by
// anybody who has the store and a list of staff. A sign-in reads the whole drawer
// for it, which for the few hundred members of a provider takes less than a
// thousandth of what their password takes.
type Member struct {
	ID        bot.MemberID `json:"-"`
	Login     string       `json:"login"` // a work e-mail address or a name, in small letters
	Name      string       `json:"name"`  // as people read it under an answer
	Roles     []Role       `json:"roles"`
	Disabled  bool         `json:"disabled,omitempty"`
	Temporary bool         `json:"temporary,omitempty"` // the password was given to them: they must choose their own
	Until     time.Time    `json:"until,omitzero"`      // of a temporary password
	Password  string       `json:"password,omitempty"`  // its hash; empty: they cannot sign in with one
	Subject   string       `json:"subject,omitempty"`   // who they are to the provider's own sign-in; empty: they never used it
	Epoch     int          `json:"epoch,omitempty"`     // sessions of an earlier one have ended
	Added     time.Time    `json:"added"`

	version uint64
}

// drawerMembers holds them.
const drawerMembers = "members"

// temporaryFor is how long a password that was given to somebody opens anything.
const temporaryFor = 7 * 24 * time.Hour

// RejectField is the code of a form's field that cannot be taken as it is.
const RejectField = "field"

// FieldError is what is wrong with one field of a form.
type FieldError struct {
	Field string // as the form names it: login, name, roles, password
	bot.Rejection
}

func bad(field, sentence string) error {
	return &FieldError{field, bot.Rejection{Code: RejectField, Sentence: sentence}}
}

// As lets a field's error be taken for the rejection that it is.
func (e *FieldError) As(target any) bool {
	r, ok := target.(**bot.Rejection)
	if ok {
		*r = &e.Rejection
	}
	return ok
}

// Operator is who runs heard, at the terminal: they have no member.
func Operator() Who { return Who{Roles: []Role{Administrator}} }

// Members lists all members, by name. Their passwords' hashes are not in it.
func (d *Desk) Members(ctx context.Context, who Who) ([]Member, error) {
	if err := who.need(ManageStaff); err != nil {
		return nil, err
	}
	all, err := d.members(ctx)
	for i := range all {
		all[i].Password = map[bool]string{true: "set"}[all[i].Password != ""]
	}
	slices.SortFunc(all, func(a, b Member) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Login, b.Login))
	})
	return all, err
}

// State is how a member stands, in a few words.
func (m Member) State() string {
	switch {
	case m.Disabled:
		return "disabled"
	case m.Temporary:
		return "has to choose a password by " + m.Until.UTC().Format("2 January 2006")
	case m.Password == "" && m.Subject == "":
		return "never signed in"
	case m.Password == "":
		return "signs in with your own system"
	}
	return "signs in with a password"
}

// Answering lists the members who may answer cases, by name: those that a case can
// be given to.
func (d *Desk) Answering(ctx context.Context) ([]Who, error) {
	all, err := d.members(ctx)
	if err != nil {
		return nil, err
	}
	var who []Who
	for _, m := range all {
		if w := m.who(); w.May(Answer) && !m.Disabled {
			who = append(who, w)
		}
	}
	slices.SortFunc(who, func(a, b Who) int { return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.Member, b.Member)) })
	return who, nil
}

func (m Member) who() Who { return Who{Member: m.ID, Name: m.Name, Roles: m.Roles} }

// AddMember adds a member with a password that is theirs for a week, until they
// choose their own. Without a password they sign in with the provider's own system.
func (d *Desk) AddMember(ctx context.Context, who Who, login, name string, roles []Role, password string) (bot.MemberID, error) {
	if err := who.need(ManageStaff); err != nil {
		return "", err
	}
	now := d.o.Now()
	m := Member{ID: bot.MemberID(rand.Text()), Login: asLogin(login), Name: strings.TrimSpace(name), Roles: slices.Compact(slices.Sorted(slices.Values(roles))), Added: now}
	if err := errors.Join(goodName(m.Name), goodLogin(m.Login), goodRoles(m.Roles)); err != nil {
		return "", err
	}
	if password != "" {
		if err := d.give(ctx, &m, password, m.Login); err != nil {
			return "", err
		}
		m.Temporary, m.Until = true, now.Add(temporaryFor)
	}
	if err := d.free(ctx, m); err != nil {
		return "", err
	}
	if err := d.changed(ctx, who, "add a member", m); err != nil {
		return "", err
	}
	// Somebody may have added the same at this moment: who sees the other gives way.
	if err := d.free(ctx, m); err != nil {
		return "", errors.Join(err, d.o.Store.Drop(ctx, d.o.Provider.ID, drawerMembers, string(m.ID)))
	}
	return m.ID, nil
}

// free refuses a login that another member has.
func (d *Desk) free(ctx context.Context, m Member) error {
	all, err := d.members(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(o Member) bool { return o.Login == m.Login && o.ID != m.ID }) {
		return bad("login", "There is a member who signs in with this already.")
	}
	return nil
}

// SetRoles changes what a member is there for. It is so from their next page on.
func (d *Desk) SetRoles(ctx context.Context, who Who, id bot.MemberID, roles []Role) error {
	if err := goodRoles(roles); err != nil {
		return err
	}
	return d.manage(ctx, who, id, "change roles", func(m *Member) error {
		if who.Member == id && !slices.Contains(roles, Administrator) {
			return bad("roles", "You cannot take this role from yourself: another administrator can.")
		}
		m.Roles = slices.Compact(slices.Sorted(slices.Values(roles)))
		return nil
	})
}

// Disable keeps a member out, and ends their sessions; enable lets them in again.
func (d *Desk) Disable(ctx context.Context, who Who, id bot.MemberID, disabled bool) error {
	did := map[bool]string{true: "disable a member", false: "enable a member"}[disabled]
	return d.manage(ctx, who, id, did, func(m *Member) error {
		if who.Member == id {
			return &bot.Rejection{Code: RejectNotAllowed, Sentence: "You cannot disable yourself: another administrator can."}
		}
		m.Disabled = disabled
		m.Epoch++
		return nil
	})
}

// GivePassword gives a member a password for a week, until they choose their own.
// Their sessions end, and what slowed their sign-in down is forgotten.
func (d *Desk) GivePassword(ctx context.Context, who Who, id bot.MemberID, password string) error {
	return d.manage(ctx, who, id, "give a password", func(m *Member) error {
		if err := d.give(ctx, m, password, m.Login); err != nil {
			return err
		}
		m.Temporary, m.Until = true, d.o.Now().Add(temporaryFor)
		m.Epoch++
		return d.forget(ctx, failuresOfLogin, m.Login)
	})
}

// give puts the hash of a good password into m.
func (d *Desk) give(ctx context.Context, m *Member, password, login string) (err error) {
	if err := goodPassword(password, login); err != nil {
		return err
	}
	m.Password, err = d.o.Passwords.hash(ctx, password)
	m.Temporary, m.Until = false, time.Time{}
	return err
}

// memberTries is how often a change of a member is made again because another came
// between.
const memberTries = 5

// manage changes a member, if who asks may.
func (d *Desk) manage(ctx context.Context, who Who, id bot.MemberID, did string, change func(*Member) error) error {
	if err := who.need(ManageStaff); err != nil {
		return err
	}
	return d.change(ctx, who, id, did, change)
}

func (d *Desk) change(ctx context.Context, who Who, id bot.MemberID, did string, change func(*Member) error) error {
	var err error
	for range memberTries {
		var m Member
		if m, err = d.member(ctx, id); err != nil {
			return err
		}
		if err = change(&m); err != nil {
			return err
		}
		if err = d.changed(ctx, who, did, m); !errors.Is(err, bot.ErrConflict) {
			return err
		}
	}
	return err
}

// changed writes a member, and the line of the audit log before: there is no change
// without it, though there may be a line whose change came to nothing.
func (d *Desk) changed(ctx context.Context, who Who, did string, m Member) error {
	if err := d.audit(ctx, who.Member, did, m.ID); err != nil {
		return err
	}
	return d.putMember(ctx, m)
}

func (d *Desk) audit(ctx context.Context, by bot.MemberID, did string, on bot.MemberID) error {
	r := bot.AuditRecord{At: d.o.Now(), Member: by, Did: did}
	if on != by {
		r.On = string(on)
	}
	return d.o.Store.Audit(ctx, d.o.Provider.ID, r)
}

func (d *Desk) putMember(ctx context.Context, m Member) error {
	data, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write a member: %w", err)
	}
	return d.o.Store.Put(ctx, d.o.Provider.ID, drawerMembers, bot.Drawn{ID: string(m.ID), Version: m.version, Data: data}, 0)
}

func (d *Desk) member(ctx context.Context, id bot.MemberID) (Member, error) {
	r, err := d.o.Store.Drawn(ctx, d.o.Provider.ID, drawerMembers, string(id))
	if errors.Is(err, bot.ErrNotFound) {
		return Member{}, &bot.Rejection{Code: RejectNoMember, Sentence: "There is no such member."}
	}
	if err != nil {
		return Member{}, err
	}
	return readMember(r)
}

// RejectNoMember is the code of a member that there is not.
const RejectNoMember = "no member"

func (d *Desk) members(ctx context.Context) ([]Member, error) {
	drawn, err := d.o.Store.Drawer(ctx, d.o.Provider.ID, drawerMembers)
	if err != nil {
		return nil, err
	}
	all := make([]Member, len(drawn))
	for i, r := range drawn {
		if all[i], err = readMember(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func readMember(r bot.Drawn) (Member, error) {
	m := Member{ID: bot.MemberID(r.ID), version: r.Version}
	if err := json.Unmarshal(r.Data, &m); err != nil {
		return m, fmt.Errorf("read a member: %w", err)
	}
	return m, nil
}

// asLogin is a login as it is compared: nobody's sign-in fails for a capital letter.
func asLogin(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

func goodLogin(login string) error {
	switch {
	case login == "":
		return bad("login", "Write the work e-mail address, or a name, to sign in with.")
	case len(login) > 254 || !utf8.ValidString(login) || strings.ContainsFunc(login, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return bad("login", "Use an e-mail address, or a name without a space.")
	}
	return nil
}

func goodName(name string) error {
	switch {
	case name == "":
		return bad("name", "Write the name that people read under an answer.")
	case utf8.RuneCountInString(name) > 100 || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return bad("name", "Use up to 100 characters on one line.")
	}
	return nil
}

func goodRoles(roles []Role) error {
	if len(roles) == 0 {
		return bad("roles", "Choose at least one role.")
	}
	for _, r := range roles {
		if !slices.Contains(Roles(), r) {
			return bad("roles", fmt.Sprintf("There is no role %q.", r))
		}
	}
	return nil
}

// FieldErrors are the fields that an error is about; none: it is about something else.
func FieldErrors(err error) []*FieldError {
	switch e := err.(type) {
	case *FieldError:
		return []*FieldError{e}
	case interface{ Unwrap() []error }:
		var all []*FieldError
		for _, one := range e.Unwrap() {
			all = append(all, FieldErrors(one)...)
		}
		return all
	}
	return nil
}
