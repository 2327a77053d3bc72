package api

import (
	_ "embed"
	"html/template"
	"net/http"
)

// problemRoot is where the pages are to which the type of a problem leads. They are the
// same everywhere, so that a program can compare types whatever server it asks.
const problemRoot = Root + "problems/"

// kindOfProblem is what a page says.
type kindOfProblem struct {
	Code, Title, Means, Do string
}

// kindsOfProblem are all, by code.
var kindsOfProblem = []kindOfProblem{
	{"bad-cursor", "This is no cursor of this list", "The cursor was made by hand, cut off, or given by another list.", "Begin without a cursor, and send back what each answer gives as next."},
	{"bad-etag", "This is no ETag of a case", "If-Match holds something that was not given as the ETag of a case.", "Send the ETag as it came, with its quotation marks."},
	{"died", "The person who wrote this has died", "Nothing is sent to who has died.", "Let a person write to the family another way."},
	{"empty", "Something that is needed is empty", "The detail says what must be written.", "Send it again with that."},
	{"fields", "Something cannot be taken as it is", "Each error names where it is and what is wrong there. Nothing was done.", "Mend what is named and send it again."},
	{"key-reused", "This Idempotency-Key came with another request", "Within 24 hours a key belongs to one request. Nothing was done.", "Use a new random key for each write, and the same again only to repeat it."},
	{"late", "This day has passed", "The day is not one to come, or what it is about is over.", "Read the case and choose another day."},
	{"no-case", "It is not there, or this token may not see it", "There is no such case, file, task or member, it was erased, or the token is kept from it. The answer is the same for all of these.", "Look at how the reference is written. If it is right, forget the case."},
	{"no-if-match", "This write needs If-Match", "It decides by what the case says, and must not undo what somebody else did meanwhile. Nothing was done.", "Read the case and send its ETag as If-Match. \"*\" says that it does not matter what the case says now."},
	{"no-token", "There is no token of this provider", "The Authorization header is missing, or its token was revoked, has ended, or is another provider's.", "Ask an administrator of the desk for a token."},
	{"not-allowed", "The token may not do this", "The operation needs a scope that the token has not.", "Ask an administrator of the desk for a token with that scope, if it should have it."},
	{"not-ready", "The case is not so far", "What was asked does not fit how the case stands. The detail says why.", "Read the case and decide anew."},
	{"nothing-here", "There is nothing at this address", "No operation has this address and method.", "Look at the OpenAPI document."},
	{"own-work", "A second person must sign this", "Who wrote some of an outcome cannot be its second signature, and what a program wrote is signed by a person.", "Let another person sign it at the desk."},
	{"refused", "This cannot be done", "The detail says why, in words for people.", "Do what the detail says."},
	{"stale", "Somebody changed this case since", "The case has another version than the one that If-Match names. Nothing was done. seen_version is yours, current_version is the case's.", "Read the case again, and decide by what it says now."},
	{"taken", "Somebody else has taken this task", "The detail says who.", "Leave it to them."},
	{"too-many", "This token asks too often", "A token may ask 20 times a second, and 100 times at once.", "Wait as long as Retry-After says."},
	{"unavailable", "This did not work, and it is not your mistake", "The server or its store had trouble. It is not known whether a write was done.", "Repeat it in a while, a write with the same Idempotency-Key: it is done once."},
}

//go:embed problems.html
var problemsPage string

// problemPages serves what the types of problems lead to, to anybody.
func problemPages(mux *http.ServeMux) {
	page := template.Must(template.New("").Parse(problemsPage))
	show := func(path string, all []kindOfProblem) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
			_ = page.Execute(w, all) // who asked has gone
		})
	}
	show(problemRoot+"{$}", kindsOfProblem)
	for _, one := range kindsOfProblem {
		show(problemRoot+one.Code, []kindOfProblem{one})
	}
}
