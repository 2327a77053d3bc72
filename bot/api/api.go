package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"heard/bot"
	"heard/bot/desk"
)

// Root is where everything of the API begins.
const Root = "/api/v1/"

// mostBody is how long the body of a request may be, in bytes: the longest message
// that a person can read is a twentieth of it.
const mostBody = 64 << 10

// Options are what the API is made of.
type Options struct {
	Desks   []*desk.Desk // one a provider
	Drawers bot.Drawers  // for the keys that make writes happen once
	Events  bot.EventLog
	Now     func() time.Time
	Log     *slog.Logger // nil: none

	// Count is told of each request: its operation and the status of its answer. May
	// be nil.
	Count func(operation string, status int)
}

// server answers requests.
type server struct {
	o     Options
	desks map[bot.ProviderID]*desk.Desk
	rates *rates
	api   huma.API
}

// New makes the handler of everything below Root.
func New(o Options) http.Handler {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Count == nil {
		o.Count = func(string, int) {}
	}
	mux := http.NewServeMux()
	s := &server{o: o, desks: map[bot.ProviderID]*desk.Desk{}, rates: newRates(o.Now), api: humago.New(mux, document())}
	for _, d := range o.Desks {
		s.desks[d.Provider().ID] = d
	}
	s.api.UseMiddleware(s.counted, s.signedIn)
	s.reading()
	s.searching()
	s.writing()
	s.clocks()
	s.outcomes()
	s.others()
	s.recording()
	s.exporting()
	s.reports()
	s.describeProblems()
	problemPages(mux)
	described, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		panic(err) // it is made of this package's types: caught by any test
	}
	mux.HandleFunc("GET "+Root+"openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(described)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, problem(http.StatusNotFound, "nothing-here", "There is nothing at this address, or not by this method: "+Root+"openapi.json lists what there is."))
	})
	return quiet(mux)
}

// quiet has nobody keep an answer, or guess what it is.
func quiet(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		h.ServeHTTP(w, r)
	})
}

// document is the beginning of the OpenAPI document. Its path, a page of documentation
// and schemas by themselves are not served by the library: its pages load
// scripts from elsewhere.
func document() huma.Config {
	c := huma.DefaultConfig("Heard", "1")
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	c.RejectUnknownQueryParameters = true
	c.Transformers = []huma.Transformer{unechoed}
	c.Info.Description = description
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "A token that begins with heard_, made with: heard token add"},
	}
	c.Security = []map[string][]string{{"token": {}}}
	return c
}

const description = `Concerns and complaints, and what staff do about them. Everything here is about one provider.

**Who is who.** A case holds who its person is only where they chose to be named, or a member of staff gave a reason to see it; never where they are anonymous. A case that there is not and one that the token may not see give the same answer.

**Tokens.** A token is no person. A member of staff who is named in a complaint is kept from it at the desk; what a program shows to whom is the program's to see to: a case lists in "barred" who must not see it, to tokens with the scope "give out". A token can be kept from a case too, as the member "token:" and its id; the case is then as if it were not there, and so are its events. What was erased leaves no event. Who a confidential person is can be revealed by a person with a reason, at the desk, and by no token. A number to call is shown at the desk alone.

**Writes.** Send an Idempotency-Key: within 24 hours the same request with the same key is done once, and the same key with another request is refused (422). A write that decides by what a case says needs If-Match, with the ETag of the case you decided by: without it nothing is done (428), and if the case was changed since, neither (412, with both versions). "*" says that it does not matter. A write that needs none says why. Read the case again before the next such write.

**Pages.** Lists give a cursor while there is more; send it back as "cursor". What comes in while you read moves nothing.

**Errors** are problems as in RFC 9457. Their type says what went wrong, and leads to a page that says what to do; their detail says it to people. A request that does not fit this document has no type, and errors that name where.`

// operation describes one, at a path below the provider.
func operation(id, method, path, summary string, scope desk.Permission, errors ...int) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: method, Path: Root + "{provider}/" + path, Summary: summary,
		Description:  "Needs the scope \"" + string(scope) + "\".",
		Errors:       append([]int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusServiceUnavailable}, errors...),
		MaxBodyBytes: mostBody,
	}
}

// describeProblems has the document say that a problem may have the versions of a stale
// write.
func (s *server) describeProblems() {
	all := s.api.OpenAPI()
	schema := all.Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	all.Components.Schemas.Map()["Problem"].Properties["type"].Format = "uri-reference" // which RFC 9457 allows, and the library does not say
	for _, path := range all.Paths {
		for _, op := range []*huma.Operation{path.Get, path.Post} {
			if op == nil {
				continue
			}
			for _, r := range op.Responses {
				if m := r.Content["application/problem+json"]; m != nil {
					m.Schema = schema
				}
			}
		}
	}
}

// counted tells how each request ended.
func (s *server) counted(ctx huma.Context, next func(huma.Context)) {
	next(ctx)
	s.o.Count(ctx.Operation().OperationID, ctx.Status())
}

// failed is the answer to what is not the caller's mistake. It is logged here, once.
func (s *server) failed(ctx context.Context, operation string, err error) error {
	if asked := problemOf(err); asked != nil {
		return asked
	}
	s.o.Log.LogAttrs(ctx, slog.LevelError, "a request of a program failed", slog.String("operation", operation), slog.String("error", err.Error()))
	return problem(http.StatusServiceUnavailable, "unavailable", "This did not work, and it is not your mistake. Try again in a while.")
}
