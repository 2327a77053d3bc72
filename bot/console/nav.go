package console

import (
	"net/http"
	"slices"
	"strings"

	"heard/bot/desk"
)

// navEntry is one entry of the navigation.
type navEntry struct {
	Path string
	Name string
	What string // what it is for
	Here bool   // it leads to this page, or to what this page belongs to
}

// part is a part of the desk, for who has one of some permissions.
type part struct {
	path, name, what string
	needs            []desk.Permission
}

// daily are what staff use every day; they are in the navigation.
func daily() []part {
	return []part{
		{"/work", "To do", "", []desk.Permission{desk.SeeCases, desk.SeeGuarded, desk.ManageStaff}},
		{"/cases", "All cases", "", []desk.Permission{desk.SeeCases}},
		{"/actions", "Actions", "", []desk.Permission{desk.SeeCases}},
	}
}

// managed are what is looked after now and then; they are on a page of their own.
func managed() []part {
	return []part{
		{"/posters", "Posters", "Print them: they lead people to the place where they are.", []desk.Permission{desk.Enrol}},
		{"/enrol", "Welcome people", "Tell people whose care begins that they can write to us.", []desk.Permission{desk.Enrol}},
		{"/reports", "Reports", "What people say of how they were heard, and the yearly tables.", []desk.Permission{desk.SeeReports}},
		{"/members", "Members", "Who works at this desk, and what they may do.", []desk.Permission{desk.ManageStaff}},
		{"/tokens", "Programs", "Other systems that read cases and answer them.", []desk.Permission{desk.ManageStaff}},
		{"/webhooks", "Webhooks", "Other systems that are told what happens.", []desk.Permission{desk.ManageStaff}},
		{"/audit", "Audit log", "What staff looked at and did.", []desk.Permission{desk.ReadAudit}},
	}
}

// managePath is the page of what is looked after now and then.
const managePath = "/manage"

func (p *pages) navRoutes() {
	p.page("GET /{$}", "", p.front)
	p.page("GET "+managePath, "", func(v *visit) error {
		return v.show("manage", "Manage", p.entries(v.r, v.who.Who, managed()))
	})
}

// front leads to what somebody needs first.
func (p *pages) front(v *visit) error {
	if all := p.nav(v.r, v.who.Who); len(all) > 0 {
		http.Redirect(v.w, v.r, all[0].Path, http.StatusSeeOther)
		return nil
	}
	v.lead(passwordPath)
	return nil
}

// nav is the navigation for what somebody may do.
func (p *pages) nav(r *http.Request, who desk.Who) []navEntry {
	all := p.entries(r, who, daily())
	if who.May(desk.Record) {
		all = append(all, navEntry{Path: recordRoot + string(p.desk.Provider().ID) + "/" + anyPlace, Name: "Write down"})
	}
	if rest := p.entries(r, who, managed()); len(rest) > 0 {
		here := r.URL.Path == p.root+managePath || slices.ContainsFunc(rest, func(e navEntry) bool { return e.Here })
		all = append(all, navEntry{Path: p.root + managePath, Name: "Manage", Here: here})
	}
	return all
}

func (p *pages) entries(r *http.Request, who desk.Who, parts []part) (all []navEntry) {
	for _, one := range parts {
		if slices.ContainsFunc(one.needs, who.May) {
			path := p.root + one.path
			all = append(all, navEntry{path, one.name, one.what, r.URL.Path == path || strings.HasPrefix(r.URL.Path, path+"/")})
		}
	}
	return all
}
