package api

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"heard/bot"
	"heard/bot/desk"
)

// problem is an error as RFC 9457 has it.
func problem(status int, code, sentence string) *huma.ErrorModel {
	return &huma.ErrorModel{Type: "urn:heard:problem:" + code, Title: http.StatusText(status), Status: status, Detail: sentence}
}

// problems are the rejections that callers meet.
var problems = map[string]struct {
	status int
	code   string
}{
	bot.RejectNoCase:      {http.StatusNotFound, "no-case"},
	desk.RejectNotAllowed: {http.StatusForbidden, "not-allowed"},
	bot.RejectStale:       {http.StatusPreconditionFailed, "stale"},
	bot.RejectEmpty:       {http.StatusUnprocessableEntity, "empty"},
	bot.RejectNotReady:    {http.StatusConflict, "not-ready"},
	bot.RejectDied:        {http.StatusConflict, "died"},
	bot.RejectLate:        {http.StatusConflict, "late"},
}

// problemOf is a caller's mistake as a problem; nil: it is none.
func problemOf(err error) error {
	var made *huma.ErrorModel
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
	return problem(is.status, is.code, r.Sentence)
}

// unechoed takes out of a problem what the caller sent: it may be about somebody, and
// answers end up in logs.
func unechoed(_ huma.Context, _ string, v any) (any, error) {
	if p, ok := v.(*huma.ErrorModel); ok {
		for _, e := range p.Errors {
			e.Value = nil
		}
	}
	return v, nil
}

func writeProblem(w http.ResponseWriter, p *huma.ErrorModel) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // who asked has gone
}
