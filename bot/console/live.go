package console

import (
	"context"
	"net/http"
	"time"

	"heard/bot/desk"
	"heard/bot/web"
)

// sessionLook is how often a live page's session is looked at: who signed out, or lost
// the role that it takes, gets nothing after that.
const sessionLook = 30 * time.Second

// liveHeader is sent by what the script of a page asks for by itself. It keeps no
// session up: a page that is left open ends as others do.
const liveHeader = "X-Heard-Live"

func isLive(r *http.Request) bool {
	return r.Header.Get(liveHeader) != "" || r.Header.Get("Accept") == "text/event-stream"
}

func (p *pages) liveRoutes() { p.page("GET /events", "", p.events) }

// events keeps a page live, for who may see a list of what is to be done. With ?case= it
// tells of that case alone; one that there is not, or that is not theirs to see, never
// changes.
func (p *pages) events(v *visit) error {
	if !seesWork(v.who.Who) {
		return notAllowed()
	}
	l := web.Live{Changes: p.changes, Still: func(ctx context.Context) bool { return p.stillSees(ctx, v) }, Recheck: p.o.SessionLook}
	if ref := v.r.URL.Query().Get("case"); ref != "" {
		l.Mark = func(ctx context.Context) (uint64, error) { return p.desk.CaseMark(ctx, v.who.Who, readRef(ref)) }
	}
	l.Stream(v.w, v.r)
	return nil
}

func seesWork(who desk.Who) bool { return who.May(desk.SeeCases) || who.May(desk.SeeGuarded) }

// stillSees tells whether who opened a stream may go on to look. A store that does not
// answer ends nothing: they are told that.
func (p *pages) stillSees(ctx context.Context, v *visit) bool {
	who, err := p.signedIn(v.r.WithContext(ctx))
	if rejectedAs(err, desk.RejectSignIn) {
		return false
	}
	return err != nil || seesWork(who.Who)
}
