package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"heard/bot"
	"heard/bot/desk"
	"heard/bot/redisstore"
	"heard/config"
)

const userUsage = `user add|list|roles|disable|enable|password [flags]

  heard user add      adds a member of staff, with a password for a week: they
                      choose their own when they first sign in
  heard user list     lists all members
  heard user roles    changes what a member may do
  heard user disable  keeps a member out, and ends their sessions
  heard user enable   lets them in again
  heard user password gives a member another password, for a week

A password is typed twice at the terminal, or is the first line of the input. What
is done here is in the audit log, as done by who runs heard.
`

// userFlags are what the commands about members take.
type userFlags struct {
	config, provider  string
	login, name       string
	roles             string
	withoutPassword   bool
	takesName, takesR bool
}

// userCommands are the commands, by name.
func userCommands() map[string]func(context.Context, *program) error {
	return map[string]func(context.Context, *program) error{
		"add": addUser, "list": listUsers, "roles": userRoles, "disable": disableUser, "enable": enableUser, "password": userPassword,
	}
}

// user adds and changes the members of staff who may sign in to a desk.
func user(ctx context.Context, p *program) error {
	if len(p.args) > 0 {
		if do := userCommands()[p.args[0]]; do != nil {
			p.args = p.args[1:]
			return do(ctx, p)
		}
	}
	if err := p.parse(flag.NewFlagSet("user", flag.ContinueOnError), userUsage); err != nil {
		return err
	}
	if len(p.args) == 0 {
		return usageError{errors.New("say what to do: heard user add, list, roles, disable, enable or password")}
	}
	return usageError{fmt.Errorf("heard user %s: there is no such command: heard user add, list, roles, disable, enable or password", p.args[0])}
}

// staffed is a desk as the terminal uses it.
type staffed struct {
	desk  *desk.Desk
	store *redisstore.Desk
	id    bot.ProviderID
	url   string // of the desk's pages; empty: not known
}

// openStaff reads the flags and the configuration, and opens a desk. check looks at
// the flags before anything is opened.
func openStaff(ctx context.Context, p *program, command string, f *userFlags, check func() error) (*staffed, error) {
	flags := flag.NewFlagSet("user "+command, flag.ContinueOnError)
	flags.StringVar(&f.config, "config", p.getenv("HEARD_CONFIG"), "the configuration `file`; HEARD_CONFIG names it too")
	flags.StringVar(&f.provider, "provider", "", "the provider's `id`, where the file has several")
	if command != "list" {
		flags.StringVar(&f.login, "login", "", "what they sign in with: a work `e-mail` address, or a name")
	}
	if f.takesName {
		flags.StringVar(&f.name, "name", "", "their `name`, as people read it under an answer")
		flags.BoolVar(&f.withoutPassword, "no-password", false, "they sign in with your own system alone, which the configuration names as oidc")
	}
	if f.takesR {
		flags.StringVar(&f.roles, "roles", "", "their `roles`, with commas between: "+roleNames())
	}
	if err := p.parse(flags, "user "+command+" [-config heard.yaml] [-provider id] [flags]"); err != nil {
		return nil, err
	}
	if len(p.args) > 0 {
		return nil, usageError{fmt.Errorf("user %s takes no %q: name things with flags; heard user %s -h lists them", command, p.args[0], command)}
	}
	if command != "list" && f.login == "" {
		return nil, usageError{errors.New("-login: say who: what they sign in with")}
	}
	if check != nil {
		if err := check(); err != nil {
			return nil, usageError{err}
		}
	}
	return openStaffOf(ctx, p, f)
}

func openStaffOf(ctx context.Context, p *program, f *userFlags) (*staffed, error) {
	c, err := config.Load(f.config, p.getenv)
	if err != nil {
		return nil, usageError{err}
	}
	one, err := providerToReport(c.Providers, f.provider)
	if err != nil {
		return nil, usageError{err}
	}
	if c.Redis == config.Embedded {
		return nil, usageError{errors.New("redis: an embedded store keeps nothing, no member either: name the Redis that heard serve uses")}
	}
	o, err := (&house{}).storeOptions(c)
	if err != nil {
		return nil, usageError{err}
	}
	o.Providers = []bot.ProviderID{bot.ProviderID(one.ID)}
	whole, err := redisstore.Open(ctx, o) // makes the keys, where heard never ran
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	side, err := redisstore.OpenDesk(ctx, o)
	if err := errors.Join(err, whole.Close()); err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	s := &staffed{store: side, id: o.Providers[0]}
	s.desk = desk.New(desk.Options{Store: side, Provider: bot.Provider{ID: s.id, Name: one.Name}})
	if c.PublicURL != "" {
		s.url = strings.TrimSuffix(c.PublicURL, "/") + "/desk/" + one.ID + "/"
	}
	return s, nil
}

// find finds a member by what they sign in with.
func (s *staffed) find(ctx context.Context, login string) (desk.Member, error) {
	all, err := s.desk.Members(ctx, desk.Operator())
	if err != nil {
		return desk.Member{}, err
	}
	for _, m := range all {
		if strings.EqualFold(m.Login, strings.TrimSpace(login)) {
			return m, nil
		}
	}
	return desk.Member{}, usageError{errors.New("-login: nobody signs in with this: heard user list names them all")}
}

// explained says what is wrong with flags by their names.
func explained(err error) error {
	fields := desk.FieldErrors(err)
	if len(fields) == 0 {
		return err
	}
	var all []error
	for _, f := range fields {
		name := "-" + f.Field
		if f.Field == "password" {
			name = "the password"
		}
		all = append(all, fmt.Errorf("%s: %s", name, f.Sentence))
	}
	return usageError{errors.Join(all...)}
}

func roleNames() string {
	var all []string
	for _, r := range desk.Roles() {
		all = append(all, strings.ReplaceAll(string(r), " ", "-"))
	}
	return strings.Join(all, ", ")
}

// rolesOf reads the flag.
func rolesOf(text string) ([]desk.Role, error) {
	var all []desk.Role
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' }) {
		role := desk.Role(strings.ReplaceAll(strings.TrimSpace(word), "-", " "))
		if !slices.Contains(desk.Roles(), role) {
			return nil, fmt.Errorf("-roles: there is no role %q: write some of %s", word, roleNames())
		}
		all = append(all, role)
	}
	if len(all) == 0 {
		return nil, errors.New("-roles: say what they may do: some of " + roleNames())
	}
	return all, nil
}

func addUser(ctx context.Context, p *program) (err error) {
	f := &userFlags{takesName: true, takesR: true}
	var roles []desk.Role
	s, err := openStaff(ctx, p, "add", f, func() (err error) {
		if f.name == "" {
			return errors.New("-name: say how they are called: people read it under an answer")
		}
		roles, err = rolesOf(f.roles)
		return err
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.store.Close()) }()
	password := ""
	if !f.withoutPassword {
		if password, err = p.readPassword(ctx, "A password for "+f.name); err != nil {
			return err
		}
	}
	if _, err := s.desk.AddMember(ctx, desk.Operator(), f.login, f.name, roles, password); err != nil {
		return explained(err)
	}
	_, err = fmt.Fprintf(p.out, "%s is a member of the desk of %s.\n%s", f.name, s.id, s.next(password != ""))
	return err
}

// next says what to do next.
func (s *staffed) next(password bool) string {
	at := "the desk of heard serve, under /desk/" + string(s.id) + "/"
	if s.url != "" {
		at = s.url
	}
	if !password {
		return "They sign in with your own system, at " + at + "\n"
	}
	return "Tell them the password, but not in writing. Within a week they sign in at\n" + at + "\nand choose their own.\n"
}

func listUsers(ctx context.Context, p *program) (err error) {
	s, err := openStaff(ctx, p, "list", &userFlags{}, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.store.Close()) }()
	all, err := s.desk.Members(ctx, desk.Operator())
	if err != nil {
		return err
	}
	if len(all) == 0 {
		_, err = fmt.Fprintf(p.out, "The desk of %s has no member yet: heard user add adds the first, best with -roles administrator.\n", s.id)
		return err
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "LOGIN\tNAME\tROLES\tSTATE")
	for _, m := range all {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", m.Login, m.Name, rolesText(m.Roles), m.State())
	}
	return w.Flush()
}

func rolesText(roles []desk.Role) string {
	var all []string
	for _, r := range roles {
		all = append(all, string(r))
	}
	return strings.Join(all, ", ")
}

func userRoles(ctx context.Context, p *program) error {
	f := &userFlags{takesR: true}
	var roles []desk.Role
	check := func() (err error) { roles, err = rolesOf(f.roles); return err }
	return changeUser(ctx, p, "roles", f, check, func(s *staffed, m desk.Member) (string, error) {
		return "From their next page on " + m.Name + " is " + rolesText(roles) + ".\n", s.desk.SetRoles(ctx, desk.Operator(), m.ID, roles)
	})
}

func disableUser(ctx context.Context, p *program) error {
	return changeUser(ctx, p, "disable", &userFlags{}, nil, func(s *staffed, m desk.Member) (string, error) {
		return m.Name + " cannot sign in any more, and is signed out. Cases that are theirs stay theirs: give them to others at the desk.\n",
			s.desk.Disable(ctx, desk.Operator(), m.ID, true)
	})
}

func enableUser(ctx context.Context, p *program) error {
	return changeUser(ctx, p, "enable", &userFlags{}, nil, func(s *staffed, m desk.Member) (string, error) {
		return m.Name + " can sign in again, with the password they had. heard user password gives another.\n",
			s.desk.Disable(ctx, desk.Operator(), m.ID, false)
	})
}

func userPassword(ctx context.Context, p *program) error {
	return changeUser(ctx, p, "password", &userFlags{}, nil, func(s *staffed, m desk.Member) (string, error) {
		password, err := p.readPassword(ctx, "Another password for "+m.Name)
		if err != nil {
			return "", err
		}
		return s.next(true), s.desk.GivePassword(ctx, desk.Operator(), m.ID, password)
	})
}

// changeUser changes a member and prints what that means.
func changeUser(ctx context.Context, p *program, command string, f *userFlags, check func() error, change func(*staffed, desk.Member) (string, error)) (err error) {
	s, err := openStaff(ctx, p, command, f, check)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.store.Close()) }()
	m, err := s.find(ctx, f.login)
	if err != nil {
		return err
	}
	said, err := change(s, m)
	if err != nil {
		return explained(err)
	}
	_, err = fmt.Fprint(p.out, said)
	return err
}
