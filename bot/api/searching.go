package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"heard/bot"
	"heard/bot/desk"
)

// Hit is where words were found.
type Hit struct {
	Case  Summary `json:"case"`
	Label string  `json:"label,omitempty" doc:"The question that the words answer"`
	Line  string  `json:"line,omitempty" doc:"The line's id on the timeline; left out: they stand in an answer"`
	Text  string  `json:"text"`
}

type search struct {
	OfProvider
	Body struct {
		Words string `json:"words" minLength:"1" maxLength:"400" doc:"All must be there, each as the beginning of a word; those of fewer than three letters are passed over"`
	}
}

type found struct {
	Body struct {
		Hits []Hit `json:"hits" doc:"In the newest cases first; at most 50"`
		Read int   `json:"read" doc:"In how many cases was looked"`
		More bool  `json:"more" doc:"There are older cases, or more hits"`
	}
}

type summaries struct {
	Body struct {
		Cases []Summary `json:"cases"`
	}
}

type reach struct {
	Body struct {
		Channel      string `json:"channel"`
		Template     bool   `json:"template" doc:"WhatsApp takes only an approved template now: the person is told that there is news, and reads it when they answer"`
		Waits        bool   `json:"waits" doc:"Nothing goes there unasked: they read it when they ask"`
		QuietSeconds int64  `json:"quiet_seconds" doc:"How long news is held, because it is late"`
	}
}

// Promised is an action that the person of a case was told will be done.
type Promised struct {
	Reference       string `json:"reference"`
	Number          int    `json:"number" doc:"Among those of its case, from 1"`
	Action          Action `json:"action"`
	Overdue         bool   `json:"overdue"`
	WorkingDaysLeft int    `json:"working_days_left"`
}

type promises struct {
	Body struct {
		Open []Promised `json:"open" doc:"Soonest first"`
		Done []Promised `json:"done" doc:"Newest first; at most 200"`
	}
}

// mostDone is how many actions that were done are listed.
const mostDone = 200

// searching registers what finds and opens.
func (s *server) searching() {
	op := operation("search", http.MethodPost, "search", "Find words in what was said and written about the newest 1,000 cases", desk.SeeCases,
		http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	op.Description += " It is a POST, so that the words, which may be a name, stand in no address. It changes nothing and needs no Idempotency-Key."
	op.DefaultStatus = http.StatusOK
	huma.Register(s.api, op, func(ctx context.Context, in *search) (*found, error) { return s.search(ctx, in.Body.Words) })
	huma.Register(s.api, operation("list-alike", http.MethodGet, "cases/{reference}/alike", "List cases that may be about the same matter", desk.SeeCases, http.StatusNotFound),
		func(ctx context.Context, in *OfCase) (*summaries, error) { return s.alike(ctx, in) })
	huma.Register(s.api, operation("get-reach", http.MethodGet, "cases/{reference}/reach", "Read how the person of a case can be written to now", desk.SeeCases, http.StatusNotFound),
		func(ctx context.Context, in *OfCase) (*reach, error) { return s.reach(ctx, in) })
	huma.Register(s.api, operation("list-actions", http.MethodGet, "actions", "List what people were told will be done, in all cases", desk.SeeCases),
		func(ctx context.Context, _ *OfProvider) (*promises, error) { return s.promises(ctx) })
	s.files()
}

func (s *server) search(ctx context.Context, words string) (*found, error) {
	c := callerOf(ctx)
	f, err := c.desk.Search(ctx, c.who, words)
	if err != nil {
		return nil, s.failed(ctx, "search", err)
	}
	out := &found{}
	out.Body.Hits, out.Body.Read, out.Body.More = []Hit{}, f.Read, f.More
	for _, h := range f.Hits {
		out.Body.Hits = append(out.Body.Hits, Hit{Case: summaryOf(h.Case), Label: h.Label, Line: string(h.Line.ID), Text: h.Text})
	}
	return out, nil
}

func (s *server) alike(ctx context.Context, in *OfCase) (*summaries, error) {
	c := callerOf(ctx)
	ref, err := in.ref()
	if err != nil {
		return nil, s.failed(ctx, "list-alike", err)
	}
	all, err := c.desk.Alike(ctx, c.who, ref)
	if err != nil {
		return nil, s.failed(ctx, "list-alike", err)
	}
	out := &summaries{}
	out.Body.Cases = []Summary{}
	for _, one := range all {
		out.Body.Cases = append(out.Body.Cases, summaryOf(one))
	}
	return out, nil
}

func (s *server) reach(ctx context.Context, in *OfCase) (*reach, error) {
	c := callerOf(ctx)
	ref, err := in.ref()
	if err != nil {
		return nil, s.failed(ctx, "get-reach", err)
	}
	v, err := c.desk.Case(ctx, c.who, ref)
	if err != nil {
		return nil, s.failed(ctx, "get-reach", err)
	}
	r, err := c.desk.Reach(ctx, v)
	if err != nil {
		return nil, s.failed(ctx, "get-reach", err)
	}
	out := &reach{}
	out.Body.Channel, out.Body.Template, out.Body.Waits, out.Body.QuietSeconds = string(r.Channel), r.Shut, r.Waits, int64(r.Quiet/time.Second)
	return out, nil
}

func (s *server) promises(ctx context.Context) (*promises, error) {
	c := callerOf(ctx)
	open, done, err := c.desk.Promises(ctx, c.who)
	if err != nil {
		return nil, s.failed(ctx, "list-actions", err)
	}
	out := &promises{}
	out.Body.Open, out.Body.Done = promisedOf(open), promisedOf(done[:min(len(done), mostDone)])
	return out, nil
}

func promisedOf(all []desk.Promised) []Promised {
	out := make([]Promised, len(all))
	for i, p := range all {
		out[i] = Promised{string(p.Ref), p.Number + 1, actionOf(p.Promise), p.Overdue, p.DaysLeft}
	}
	return out
}

// aFile is a file of a case.
type aFile struct {
	OfCase
	File string `path:"file" maxLength:"100" doc:"Its id on the timeline"`
}

type fileBody struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Policy      string `header:"Content-Security-Policy"`
	Body        []byte
}

// filePolicy keeps what somebody sent from doing anything, should a browser open it.
const filePolicy = "default-src 'none'; sandbox"

// knownTypes are given as what they are; all else is bytes.
var knownTypes = []string{"image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf"}

// files registers the files that people sent. What the desk may not show is not given.
func (s *server) files() {
	op := operation("get-file", http.MethodGet, "cases/{reference}/files/{file}", "Download a file of a case", desk.SeeCases, http.StatusNotFound)
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The file. A type that is not known to be harmless is application/octet-stream",
		Content:     map[string]*huma.MediaType{"*/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
		Headers:     map[string]*huma.Param{"Content-Disposition": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	huma.Register(s.api, op, func(ctx context.Context, in *aFile) (*fileBody, error) {
		c := callerOf(ctx)
		ref, err := in.ref()
		if err != nil {
			return nil, s.failed(ctx, "get-file", err)
		}
		f, err := c.desk.File(ctx, c.who, ref, in.File)
		if err != nil {
			return nil, s.failed(ctx, "get-file", err)
		}
		return &fileBody{Type: typeOf(f), Disposition: `attachment; filename="` + f.Kind + `"`, Policy: filePolicy, Body: f.Data}, nil
	})
}

func typeOf(f desk.File) string {
	if slices.Contains(knownTypes, f.Type) || strings.HasPrefix(f.Type, "audio/") || strings.HasPrefix(f.Type, "video/") {
		return f.Type
	}
	return "application/octet-stream"
}

// etag is a version as a header has it.
func etag(version uint64) string { return `"` + strconv.FormatUint(version, 10) + `"` }

func statementsOf(all []bot.Statement) []Statement {
	out := make([]Statement, len(all))
	for i, s := range all {
		out[i] = Statement{ID: s.ID, Of: s.Of, Asked: s.Asked, Due: s.Due, Question: string(s.Entry), Answer: string(s.Answer)}
	}
	return out
}
