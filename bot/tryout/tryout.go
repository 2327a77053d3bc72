package tryout

import (
	"context"
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"heard/bot"
	"heard/bot/web"
	"heard/flows"
)

// Staff is what the desk may do to a case. A *bot.Rejection is shown to who
// asked; every other error means that it was not done, or that nobody knows.
type Staff interface {
	Update(ctx context.Context, p bot.ProviderID, ref bot.CaseRef, by bot.By, words string) error
	Resolve(ctx context.Context, p bot.ProviderID, ref bot.CaseRef, by bot.By, words string) error
}

// Options are what a Page is made of.
type Options struct {
	Desk         bot.DeskStore
	Staff        Staff
	Provider     bot.ProviderID
	ProviderName string
	Flows        *flows.Set     // names what was asked in words; nil: by the names of the properties
	Phones       http.Handler   // served below /phone/
	By           string         // who answers at the desk; empty: a made-up name
	RealTelegram bool           // a real bot on Telegram is answered too, and the page says so
	Location     *time.Location // of the times that are shown; nil: the machine's
	Now          func() time.Time
	Log          *slog.Logger
}

// Page serves the try-out's page. It is safe for concurrent use.
type Page struct {
	o       Options
	pages   *template.Template
	assets  *web.Assets
	changes *web.Changes
	mux     *http.ServeMux
	handler http.Handler
}

// madeUpName signs what the desk of the try-out writes.
const madeUpName = "Sam Taylor"

//go:embed templates/*.html
var templates embed.FS

// New makes a Page. Its templates and files are in the program: it panics
// where they do not fit each other, which a test of any page shows.
func New(o Options) *Page {
	if o.By == "" {
		o.By = madeUpName
	}
	if o.Location == nil {
		o.Location = time.Local
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Page{o: o, assets: web.NewAssets(), mux: http.NewServeMux()}
	c.changes = web.NewChanges(func(ctx context.Context) (uint64, error) { return o.Desk.Changes(ctx, o.Provider) })
	c.pages = template.Must(template.New("").Funcs(template.FuncMap{
		"asset":   c.assets.Path,
		"day":     c.day,
		"time":    c.moment,
		"initial": initial,
		"stamp":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	}).ParseFS(templates, "templates/*.html"))
	c.routes()
	c.handler = web.Protect(c.mux, "'none'")
	return c
}

func (c *Page) routes() {
	c.mux.HandleFunc("GET /{$}", c.tryPage)
	c.mux.HandleFunc("GET /try/cases", c.tryCases)
	c.mux.HandleFunc("POST /try/cases/{ref}/updates", c.sendUpdate)
	c.mux.HandleFunc("POST /try/cases/{ref}/outcome", c.tellOutcome)
	c.mux.HandleFunc("GET /try/events", web.Live{Changes: c.changes}.Stream)
	c.mux.Handle("GET "+web.AssetRoot, c.assets)
	if c.o.Phones != nil {
		c.mux.Handle("/phone/", http.StripPrefix("/phone", c.o.Phones))
	}
}

// ServeHTTP serves the pages, the phones and what belongs to them. Writes from
// other origins are refused.
func (c *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.handler.ServeHTTP(w, r)
}

// day writes a date as people read it.
func (c *Page) day(t time.Time) string { return t.In(c.o.Location).Format("Monday 2 January 2006") }

// moment writes a time of today by the clock alone, and others with their day.
func (c *Page) moment(t time.Time) string {
	t, now := t.In(c.o.Location), c.o.Now().In(c.o.Location)
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	}
	return t.Format("Mon 2 Jan, 15:04")
}

// initial is the first character of a name.
func initial(name string) string {
	for _, r := range name {
		return string(r)
	}
	return ""
}

// failed notes what went wrong once, without a word of anybody.
func (c *Page) failed(ctx context.Context, what string, err error) {
	if ctx.Err() != nil {
		return
	}
	c.o.Log.LogAttrs(ctx, slog.LevelError, "the desk", slog.String("what", what), slog.String("error", err.Error()))
}
