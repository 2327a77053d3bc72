package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"heard/bot"
	"heard/bot/desk"
)

// OfProvider is in every address.
type OfProvider struct {
	Provider string `path:"provider" maxLength:"40" doc:"The provider's id"`
}

// OfCase is in the address of everything about one case.
type OfCase struct {
	OfProvider
	Reference string `path:"reference" maxLength:"40" example:"H-7K4-MQ2"`
}

// ref is the reference as it is written; one that cannot be is like one that is not.
func (o OfCase) ref() (bot.CaseRef, error) {
	ref, ok := bot.ParseCaseRef(o.Reference)
	if !ok {
		return "", &bot.Rejection{Code: bot.RejectNoCase, Sentence: "There is no case with this reference, or you may not see it."}
	}
	return ref, nil
}

// Narrowed is what a list may be Narrowed by.
type Narrowed struct {
	OfProvider
	Status   string `query:"status" enum:"open,withdrawn,transferred,closed"`
	Stage    string `query:"stage" maxLength:"40"`
	Handler  string `query:"handler" maxLength:"100" doc:"A member, or nobody"`
	Place    string `query:"place" maxLength:"200"`
	Language string `query:"language" maxLength:"10"`
	Privacy  string `query:"privacy" enum:"named,confidential,anonymous"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor   string `query:"cursor" maxLength:"400"`
}

func (n Narrowed) filter() desk.Filter {
	return desk.Filter{Status: n.Status, Stage: n.Stage, Handler: n.Handler, Place: n.Place, Language: n.Language, Privacy: n.Privacy, Limit: n.Limit}
}

type casesPage struct {
	Body struct {
		Cases []Summary `json:"cases"`
		Next  string    `json:"next,omitempty" doc:"The cursor of the next page; left out: there is none"`
	}
}

type workPage struct {
	Body struct {
		Tasks []Task `json:"tasks"`
		Next  string `json:"next,omitempty" doc:"The cursor of the next page; left out: there is none"`
	}
}

type eventsPage struct {
	Body struct {
		Events []Event `json:"events" doc:"Oldest first"`
		Next   string  `json:"next" doc:"The cursor to go on from, now or later"`
		More   bool    `json:"more" doc:"There are others already"`
	}
}

type oneCase struct {
	ETag string `header:"ETag" doc:"The case's version, for If-Match"`
	Body Case
}

type timeline struct {
	Body struct {
		Lines []Line `json:"lines" doc:"Oldest first"`
	}
}

// reading registers what changes nothing.
func (s *server) reading() {
	huma.Register(s.api, operation("list-cases", http.MethodGet, "cases", "List cases, newest first", desk.SeeCases),
		func(ctx context.Context, in *Narrowed) (*casesPage, error) { return s.listCases(ctx, in) })
	huma.Register(s.api, operation("list-work", http.MethodGet, "work", "List what needs a person now: danger first, then soonest due", desk.SeeCases),
		func(ctx context.Context, in *struct {
			Narrowed
			Kind string `query:"kind" maxLength:"60" doc:"Of the task; overdue and danger too"`
		}) (*workPage, error) {
			return s.listWork(ctx, in.Narrowed, in.Kind)
		})
	huma.Register(s.api, operation("get-case", http.MethodGet, "cases/{reference}", "Read a case", desk.SeeCases, http.StatusNotFound),
		func(ctx context.Context, in *OfCase) (*oneCase, error) { return s.getCase(ctx, in) })
	huma.Register(s.api, operation("list-events", http.MethodGet, "events", "List what happened to cases in the last 30 days, oldest first", desk.SeeCases),
		func(ctx context.Context, in *struct {
			OfProvider
			Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
			Cursor string `query:"cursor" maxLength:"400" doc:"What an earlier answer gave as next; left out: from the beginning"`
		}) (*eventsPage, error) {
			return s.listEvents(ctx, in.Cursor, in.Limit)
		})
	huma.Register(s.api, operation("get-timeline", http.MethodGet, "cases/{reference}/timeline", "Read all that was said about a case", desk.SeeCases, http.StatusNotFound),
		func(ctx context.Context, in *OfCase) (*timeline, error) { return s.getTimeline(ctx, in) })
}

func (s *server) listCases(ctx context.Context, in *Narrowed) (*casesPage, error) {
	from, err := casePlace(in.Cursor)
	if err != nil {
		return nil, err
	}
	c := callerOf(ctx)
	list, more, err := c.desk.CasesFrom(ctx, c.who, in.filter(), from)
	if err != nil {
		return nil, s.failed(ctx, "list-cases", err)
	}
	out := &casesPage{}
	out.Body.Cases = make([]Summary, len(list))
	for i, one := range list {
		out.Body.Cases[i] = summaryOf(one)
	}
	if more {
		out.Body.Next = caseCursor(list[len(list)-1])
	}
	return out, nil
}

func (s *server) listWork(ctx context.Context, in Narrowed, kind string) (*workPage, error) {
	from, err := taskPlace(in.Cursor)
	if err != nil {
		return nil, err
	}
	f := in.filter()
	f.Kind = kind
	c := callerOf(ctx)
	list, more, err := c.desk.WorkFrom(ctx, c.who, f, from)
	if err != nil {
		return nil, s.failed(ctx, "list-work", err)
	}
	out := &workPage{}
	out.Body.Tasks = make([]Task, len(list))
	for i, one := range list {
		out.Body.Tasks[i] = itemOf(one)
	}
	if more {
		out.Body.Next = taskCursor(desk.PlaceOf(list[len(list)-1]))
	}
	return out, nil
}

func (s *server) getCase(ctx context.Context, in *OfCase) (*oneCase, error) {
	c := callerOf(ctx)
	ref, err := in.ref()
	if err != nil {
		return nil, s.failed(ctx, "get-case", err)
	}
	v, err := c.desk.Case(ctx, c.who, ref)
	if err != nil {
		return nil, s.failed(ctx, "get-case", err)
	}
	return &oneCase{ETag: etag(v.Version), Body: caseOf(v)}, nil
}

func (s *server) getTimeline(ctx context.Context, in *OfCase) (*timeline, error) {
	c := callerOf(ctx)
	ref, err := in.ref()
	if err != nil {
		return nil, s.failed(ctx, "get-timeline", err)
	}
	lines, err := c.desk.Timeline(ctx, c.who, ref)
	if err != nil {
		return nil, s.failed(ctx, "get-timeline", err)
	}
	out := &timeline{}
	out.Body.Lines = linesOf(lines)
	return out, nil
}

func (s *server) listEvents(ctx context.Context, from string, limit int) (*eventsPage, error) {
	after, err := eventPlace(from)
	if err != nil {
		return nil, err
	}
	c := callerOf(ctx)
	all, err := s.o.Events.Events(ctx, c.desk.Provider().ID, after, limit+1)
	if err != nil {
		return nil, s.failed(ctx, "list-events", err)
	}
	refs := make([]bot.CaseRef, len(all))
	for i, e := range all {
		refs[i] = e.Case
	}
	may, err := c.desk.Seeable(ctx, c.who, refs)
	if err != nil {
		return nil, s.failed(ctx, "list-events", err)
	}
	out := &eventsPage{}
	out.Body.Events, out.Body.More = []Event{}, len(all) > limit
	for _, e := range all[:min(limit, len(all))] {
		if after = e.Number; may[e.Case] {
			out.Body.Events = append(out.Body.Events, Event{Kind: string(e.Kind), Reference: string(e.Case), Version: e.Version, At: e.At.UTC()})
		}
	}
	out.Body.Next = eventCursor(after)
	return out, nil
}
