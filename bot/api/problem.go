package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"heard/bot"
	"heard/bot/desk"
)

// Problem is an error as RFC 9457 has it. Of a write that came too late it has the two
// versions between which somebody else was.
type Problem struct {
	huma.ErrorModel
	Seen    uint64 `json:"seen_version,omitempty" doc:"Of a stale write: the version that If-Match named"`
	Current uint64 `json:"current_version,omitempty" doc:"Of a stale write: the version that the case has"`
}

// problem is an error of a kind, which has a page of its own below problemRoot.
func problem(status int, code, sentence string) *Problem {
	return &Problem{ErrorModel: huma.ErrorModel{Type: problemRoot + code, Title: http.StatusText(status), Status: status, Detail: sentence}}
}

// problems are the rejections that callers meet.
var problems = map[string]struct {
	status int
	code   string
}{
	bot.RejectNoCase:      {http.StatusNotFound, "no-case"},
	desk.RejectNoMember:   {http.StatusNotFound, "no-case"},
	desk.RejectNotAllowed: {http.StatusForbidden, "not-allowed"},
	bot.RejectStale:       {http.StatusPreconditionFailed, "stale"},
	bot.RejectEmpty:       {http.StatusUnprocessableEntity, "empty"},
	bot.RejectNotReady:    {http.StatusConflict, "not-ready"},
	bot.RejectDied:        {http.StatusConflict, "died"},
	bot.RejectLate:        {http.StatusConflict, "late"},
	bot.RejectTaken:       {http.StatusConflict, "taken"},
	bot.RejectOwnWork:     {http.StatusConflict, "own-work"},
	bot.RejectLacks:       {http.StatusUnprocessableEntity, "fields"},
	desk.RejectField:      {http.StatusUnprocessableEntity, "fields"},
}

// problemOf is a caller's mistake as a problem; nil: it is none.
func problemOf(err error) error {
	var made *Problem
	if errors.As(err, &made) {
		return made
	}
	var r *bot.Rejection
	if !errors.As(err, &r) {
		return nil
	}
	is, known := problems[r.Code]
	if !known {
		is.status, is.code = http.StatusUnprocessableEntity, "refused"
	}
	p := problem(is.status, is.code, r.Sentence)
	for _, one := range desk.FieldErrors(err) {
		p.Errors = append(p.Errors, &huma.ErrorDetail{Message: one.Sentence, Location: locationOf(one.Field)})
	}
	if stale := (*bot.StaleError)(nil); errors.As(err, &stale) {
		p.Detail = "Somebody changed this case since. Read it again, and decide by what it says now."
		p.Seen, p.Current = stale.Seen, stale.Now
	}
	return p
}

// pointPart is a field of an outcome, as forms name it: "point-1-action-2-due".
var pointPart = regexp.MustCompile(`^point-(\d+)-(?:action-(\d+)-)?([a-z-]+)$`)

// locationOf is where a program finds a field that forms name.
func locationOf(field string) string {
	at := "body"
	name := field
	if m := pointPart.FindStringSubmatch(field); m != nil {
		at += ".findings[" + before(m[1]) + "]"
		if m[2] != "" {
			at += ".actions[" + before(m[2]) + "]"
		}
		name = m[3]
	}
	if name == "" {
		return at
	}
	return at + "." + strings.ReplaceAll(name, "-", "_")
}

// before is a number that counts from 0, of one that counts from 1.
func before(number string) string {
	n, _ := strconv.Atoi(number) // it is one: it was matched
	return strconv.Itoa(n - 1)
}

// unechoed takes out of a problem what the caller sent: it may be about somebody, and
// answers end up in logs.
func unechoed(_ huma.Context, _ string, v any) (any, error) {
	switch p := v.(type) {
	case *huma.ErrorModel:
		for _, e := range p.Errors {
			e.Value = nil
		}
	case *Problem:
		for _, e := range p.Errors {
			e.Value = nil
		}
	}
	return v, nil
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // who asked has gone
}
