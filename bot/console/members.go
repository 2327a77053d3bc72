package console

import (
	"heard/bot"
	"heard/bot/desk"
)

func (p *pages) memberRoutes() {
	p.page("GET /members", desk.ManageStaff, p.membersPage)
	p.page("GET /members/new", desk.ManageStaff, func(v *visit) error { return v.show("member_new", "Add a member", newMember{Roles: roleOptions(nil)}) })
	p.page("POST /members/new", desk.ManageStaff, p.addMember)
	p.page("GET /members/{id}", desk.ManageStaff, p.memberPage)
	p.page("POST /members/{id}/roles", desk.ManageStaff, p.changeRoles)
	p.page("POST /members/{id}/password", desk.ManageStaff, p.givePassword)
	p.page("POST /members/{id}/disable", desk.ManageStaff, func(v *visit) error { return p.disable(v, true) })
	p.page("POST /members/{id}/enable", desk.ManageStaff, func(v *visit) error { return p.disable(v, false) })
}

// newMember is a member who is to be added.
type newMember struct {
	Login, Name string
	Roles       []option
}

// oneMember is a member who is to be changed.
type oneMember struct {
	desk.Member
	Roles []option
	Own   bool // it is who looks
}

// given is a password that was made, and is shown this once.
type given struct{ Name, Login, Password string }

func roleOptions(chosen []desk.Role) []option {
	hints := map[desk.Role]string{
		desk.Handler:       "Answers people: sees cases, sends updates and outcomes.",
		desk.Lead:          "Gives cases to handlers, signs off, answers too.",
		desk.Guardian:      "Sees what people write when their care changed because they complained, and the reports.",
		desk.Analyst:       "Reads the reports. Sees no case.",
		desk.FlowEditor:    "Words the questions that people are asked. Sees no case.",
		desk.Administrator: "Adds members, programs and webhooks, reads the audit log. Sees no case.",
		desk.Recorder:      "Writes down what somebody told them, and sees no more.",
	}
	return choices(desk.Roles(), hints, chosen)
}

// roles are those that a form has ticked.
func (v *visit) roles() []desk.Role {
	var all []desk.Role
	for _, r := range v.r.PostForm["roles"] {
		all = append(all, desk.Role(r))
	}
	return all
}

func (p *pages) membersPage(v *visit) error {
	all, err := p.desk.Members(v.r.Context(), v.who.Who)
	if err != nil {
		return err
	}
	return v.show("members", "Members", all)
}

func (p *pages) addMember(v *visit) error {
	m := newMember{Login: v.text("login"), Name: v.text("name"), Roles: roleOptions(v.roles())}
	password := desk.MadePassword()
	_, err := p.desk.AddMember(v.r.Context(), v.who.Who, m.Login, m.Name, v.roles(), password)
	var wrong faults
	if wrong.take(err) {
		return v.show("member_given", m.Name+" is a member now", given{m.Name, m.Login, password})
	}
	return v.again("member_new", "Add a member", m, wrong)
}

// member finds who a page is about.
func (p *pages) member(v *visit) (desk.Member, error) {
	all, err := p.desk.Members(v.r.Context(), v.who.Who)
	if err != nil {
		return desk.Member{}, err
	}
	for _, m := range all {
		if m.ID == bot.MemberID(v.r.PathValue("id")) {
			return m, nil
		}
	}
	return desk.Member{}, noPage()
}

func (p *pages) memberPage(v *visit) error {
	m, err := p.member(v)
	if err != nil {
		return err
	}
	return v.show("member", m.Name, oneMember{m, roleOptions(m.Roles), m.ID == v.who.Member})
}

// changing does something to a member; what is wrong is shown on their page.
func (p *pages) changing(v *visit, said string, do func(desk.Member) error) error {
	m, err := p.member(v)
	if err != nil {
		return err
	}
	var wrong faults
	if wrong.take(do(m)) {
		return v.back("/members", m.Name+" "+said)
	}
	return v.again("member", m.Name, oneMember{m, roleOptions(m.Roles), m.ID == v.who.Member}, wrong)
}

func (p *pages) changeRoles(v *visit) error {
	return p.changing(v, "has other roles from their next page on.", func(m desk.Member) error {
		return p.desk.SetRoles(v.r.Context(), v.who.Who, m.ID, v.roles())
	})
}

func (p *pages) disable(v *visit, disabled bool) error {
	said := "can sign in again."
	if disabled {
		said = "cannot sign in any more, and is signed out."
	}
	return p.changing(v, said, func(m desk.Member) error {
		return p.desk.Disable(v.r.Context(), v.who.Who, m.ID, disabled)
	})
}

func (p *pages) givePassword(v *visit) error {
	m, err := p.member(v)
	if err != nil {
		return err
	}
	password := desk.MadePassword()
	if err := p.desk.GivePassword(v.r.Context(), v.who.Who, m.ID, password); err != nil {
		return err
	}
	return v.show("member_given", m.Name+" has another password", given{m.Name, m.Login, password})
}
