package console

import (
	"net/http"
	"strings"

	"heard/bot/desk"
)

// navEntry is one entry of the navigation.
type navEntry struct {
	Path string // below the desk's root
	Name string
	Here bool // it leads to this page, or to what this page belongs to
}

// nav is the navigation for what somebody may do.
func (p *pages) nav(r *http.Request, who desk.Who) []navEntry {
	var all []navEntry
	for _, e := range []struct {
		path, name string
		need       desk.Permission
	}{
		{"/", "Home", ""},
		{"/work", "To do", desk.SeeCases},
		{"/work", "To do", desk.SeeGuarded},
		{"/cases", "All cases", desk.SeeCases},
		{"/actions", "Actions", desk.SeeCases},
		{"/posters", "Posters", desk.Enrol},
		{"/enrol", "Welcome people", desk.Enrol},
		{"/members", "Members", desk.ManageStaff},
		{"/audit", "Audit log", desk.ReadAudit},
	} {
		if e.need != "" && !who.May(e.need) {
			continue
		}
		path := p.root + e.path
		if n := len(all); n > 0 && all[n-1].Path == path {
			continue // two permissions lead to it
		}
		here := r.URL.Path == path || e.path != "/" && strings.HasPrefix(r.URL.Path, path+"/")
		all = append(all, navEntry{path, e.name, here})
	}
	if who.May(desk.Record) {
		all = append(all, navEntry{recordRoot + string(p.desk.Provider().ID) + "/" + anyPlace, "Write down", false})
	}
	return all
}
