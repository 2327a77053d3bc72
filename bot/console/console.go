package console

import (
	"embed"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"path"
	"strings"
	"time"

	"heard/bot"
	"heard/bot/desk"
	"heard/bot/web"
	"heard/channels"
)

// Options are what a Console is made of.
type Options struct {
	Desks       []*desk.Desk
	PublicURL   string                    // as people see it; https: cookies are sent that way alone
	SignOn      map[bot.ProviderID]SignOn // how staff sign in with a system of their own, where they can
	NothingKept bool                      // every page says so
	As          *desk.Who                 // the try-out: everybody who comes is this member; nil: they sign in
	Location    *time.Location            // of the times that are shown; nil: the machine's
	SessionLook time.Duration             // how often the session of a live page is looked at; 0: every 30 s
	Now         func() time.Time
	Log         *slog.Logger
}

// Console serves the staff's pages of every provider under /desk/. It is safe for
// concurrent use.
type Console struct {
	o         Options
	secure    bool
	assets    *web.Assets
	templates map[string]*template.Template
	mux       *http.ServeMux
	handler   http.Handler
}

//go:embed templates/*.html
var templates embed.FS

// New makes a Console. Its templates and files are in the program: it panics where
// they do not fit each other, which a test of any page shows.
func New(o Options) *Console {
	if o.Location == nil {
		o.Location = time.Local
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.SessionLook == 0 {
		o.SessionLook = sessionLook
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Console{o: o, secure: strings.HasPrefix(o.PublicURL, "https://"), assets: web.NewAssets(), mux: http.NewServeMux()}
	c.templates = c.parse()
	c.handler = web.Protect(c.mux, framedBy(o.As))
	c.mux.Handle("GET "+web.AssetRoot, c.assets)
	c.mux.HandleFunc("GET /desk/{$}", c.choose)
	for _, one := range o.Desks {
		newPages(c, one).routes()
	}
	return c
}

// framedBy says what may show the pages within it: of a try-out its own page, which
// has the phone beside the desk; else nothing.
func framedBy(as *desk.Who) string {
	if as != nil {
		return "'self'"
	}
	return "'none'"
}

// sharedTemplates are those that every page of the desk may use.
func isShared(name string) bool { return name == "layout.html" || strings.HasPrefix(name, "parts") }

// parse reads templates. Each page is a file that defines "body"; what layout.html
// and parts*.html define is there for all.
func (c *Console) parse() map[string]*template.Template {
	names, err := templates.ReadDir("templates")
	if err != nil {
		panic(err) // they are in the program
	}
	shared := template.New("").Funcs(c.functions())
	var pages []string
	for _, n := range names {
		if isShared(n.Name()) {
			template.Must(shared.ParseFS(templates, path.Join("templates", n.Name())))
		} else {
			pages = append(pages, n.Name())
		}
	}
	all := map[string]*template.Template{}
	for _, name := range pages {
		one := template.Must(shared.Clone())
		all[strings.TrimSuffix(name, ".html")] = template.Must(one.ParseFS(templates, path.Join("templates", name)))
	}
	return all
}

// functions are what templates can call.
func (c *Console) functions() template.FuncMap {
	return template.FuncMap{
		"asset":   c.assets.Path,
		"day":     func(t time.Time) string { return t.In(c.o.Location).Format("Monday 2 January 2006") },
		"date":    func(t time.Time) string { return t.In(c.o.Location).Format("Mon 2 Jan 2006") },
		"time":    func(t time.Time) string { return t.In(c.o.Location).Format("Mon 2 Jan 2006, 15:04") },
		"stamp":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"field":   newField,
		"heading": spelled,
		"channel": func(c any) string { return channelName(channels.Channel(fmt.Sprint(c))) },
		"onPage":  func(page shown, t taskView) map[string]any { return map[string]any{"Page": page, "Task": t} },
		"lines": func(page shown, lines []historyLine) map[string]any {
			return map[string]any{"Page": page, "Lines": lines}
		},
	}
}

// ServeHTTP serves the pages and what belongs to them. Over plain http they are for
// this machine alone: what is typed could be read on the way.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !c.secure && !isHere(r.Host) {
		http.Error(w, "The desk is not served over plain http: set public_url to the https address of this server.", http.StatusMisdirectedRequest)
		return
	}
	c.handler.ServeHTTP(w, r)
}

// isHere tells whether a host, with or without a port, is this machine.
func isHere(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// choose leads to the one desk, or lists them.
func (c *Console) choose(w http.ResponseWriter, r *http.Request) {
	if len(c.o.Desks) == 1 {
		http.Redirect(w, r, rootOf(c.o.Desks[0])+"/", http.StatusSeeOther)
		return
	}
	type choice struct{ Name, Path string }
	var all []choice
	for _, one := range c.o.Desks {
		all = append(all, choice{one.Provider().Name, rootOf(one) + "/"})
	}
	c.write(w, r, http.StatusOK, "choose", shown{Title: "Whose desk?", Body: all})
}

func rootOf(d *desk.Desk) string { return "/desk/" + string(d.Provider().ID) }
