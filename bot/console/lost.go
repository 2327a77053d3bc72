package console

import (
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
)

// What was typed into a form that came after the session had ended: it is shown with the
// sign-in, and once more after it.

// lost is one field of it. The names are those of the fields that carry it on.
type lost struct{ Name, Text string }

// Label is the field in words.
func (l lost) Label() string {
	if label, ok := fieldLabels[l.Name]; ok {
		return label
	}
	return spelled(l.Name)
}

// fieldLabels are fields whose names say too little.
var fieldLabels = map[string]string{
	"update": "What they read", "written": "The same before it was translated", "translator": "Translated by", "about": "About which of their points, by number",
	"ack_words": "Words of the acknowledgement", "ack_day": "They hear again by", "handler_name": "Who handles it, as the person reads it", "decides": "What they may decide",
	"later_words": "Why it is later", "new_words": "Words about the new day", "new_why": "Why the day changes", "wait_for": "What it waits for", "wait_why": "Why it waits",
	"wait_words": "Words about the wait", "wait_day": "They hear all the same by", "go_day": "They hear by", "go_why": "Why it goes on", "go_words": "Words about going on",
	"ask_of": "Who is asked", "ask_question": "What they are asked", "ask_day": "By when they answer", "stated": "What they answered",
	"how": "What was done", "other": "Reference of the other case", "reason": "Why", "words": "Words", "how_asked": "How they said so",
}

// notTyped are fields that nobody types, or that are never shown again.
var notTyped = []string{
	"seen", "turn", "had", "preview", "previewed", "task", "case", "entry", "statement", "to", "member", "cover", "handler", "password", "old", "again",
}

// lostOf is what was typed into a form.
func lostOf(form url.Values) (all []lost) {
	for _, name := range slices.Sorted(maps.Keys(form)) {
		text := strings.TrimSpace(strings.Join(form[name], ", "))
		if text != "" && !slices.Contains(notTyped, name) {
			all = append(all, lost{name, strings.ToValidUTF8(text, "\uFFFD")})
		}
	}
	return all
}

// lostPrefix begins the names of the fields that carry it through the sign-in.
const lostPrefix = "lost-"

// carried is what such fields hold.
func carried(form url.Values) (all []lost) {
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if rest, ok := strings.CutPrefix(name, lostPrefix); ok {
			all = append(all, lost{rest, form.Get(name)})
		}
	}
	return all
}

// pageOf is the page that a form was on: the nearest above its address.
func (p *pages) pageOf(r *http.Request) string {
	none := "GET " + p.root + "/{rest...}"
	for at := r.URL.Path; strings.HasPrefix(at, p.root+"/"); at = path.Dir(at) {
		_, pattern := p.mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: at}})
		if pattern == "" || pattern == none {
			continue
		}
		switch name := path.Base(r.URL.Path); {
		case pattern == "GET "+p.root+"/task":
			return at + "?task=" + url.QueryEscape(r.PostForm.Get("task"))
		case pattern == "GET "+p.root+"/cases/{ref}" && caseActs()[name].box != "":
			return at + "?open=" + caseActs()[name].box
		}
		return at
	}
	return p.root + "/"
}

// longestLost is the most that is carried through a sign-in, as a whole.
const longestLost = largestForm / 2

// keepable tells whether all of it can be carried through; else it is shown only.
func keepable(all []lost) bool {
	n := 0
	for _, l := range all {
		n += len(url.QueryEscape(l.Text)) + len(l.Name)
	}
	return n < longestLost
}

// signedInAgain leads on after a sign-in. Where somebody was writing, it first shows what.
func (p *pages) signedInAgain(w http.ResponseWriter, r *http.Request, to string, wrote []lost) {
	at := p.root + p.local(to)
	if len(wrote) == 0 {
		http.Redirect(w, r, at, http.StatusSeeOther)
		return
	}
	p.write(w, r, http.StatusOK, "lost", p.anybody("What you wrote", lostBody{at, wrote}))
}

type lostBody struct {
	To   string
	Lost []lost
}
