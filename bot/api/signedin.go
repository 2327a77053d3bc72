package api

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/time/rate"

	"heard/bot"
	"heard/bot/desk"
)

// caller is the program that asks, and the desk it asks.
type caller struct {
	desk *desk.Desk
	who  desk.Who
}

type callerKey struct{}

func callerOf(ctx context.Context) caller { return ctx.Value(callerKey{}).(caller) }

// signedIn lets in who has a token of the provider in the address. A provider that
// there is not is answered like a wrong token.
func (s *server) signedIn(ctx huma.Context, next func(huma.Context)) {
	scheme, secret, _ := strings.Cut(ctx.Header("Authorization"), " ")
	d := s.desks[bot.ProviderID(ctx.Param("provider"))]
	var c caller
	known := false
	if d != nil && strings.EqualFold(scheme, "Bearer") {
		var err error
		if c.who, known, err = d.Program(ctx.Context(), strings.TrimSpace(secret)); err != nil {
			s.o.Log.LogAttrs(ctx.Context(), slog.LevelError, "a token could not be looked up", slog.String("error", err.Error()))
			s.refuse(ctx, problem(http.StatusServiceUnavailable, "unavailable", "This did not work, and it is not your mistake. Try again in a while."))
			return
		}
	}
	if !known {
		ctx.SetHeader("WWW-Authenticate", `Bearer realm="heard"`)
		s.refuse(ctx, problem(http.StatusUnauthorized, "no-token", "Send a token of this provider: Authorization: Bearer heard_..."))
		return
	}
	if wait := s.rates.wait(c.who.Member); wait > 0 {
		ctx.SetHeader("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		s.refuse(ctx, problem(http.StatusTooManyRequests, "too-many", "This token asks too often. Wait as long as Retry-After says."))
		return
	}
	c.desk = d
	next(huma.WithValue(ctx, callerKey{}, c))
}

func (s *server) refuse(ctx huma.Context, p *Problem) {
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetStatus(p.Status)
	_ = s.api.Marshal(ctx.BodyWriter(), "application/json", p) // who asked has gone
}

// How often a token may ask: a nightly synchronisation of thousands of cases takes
// minutes, and one that runs wild does not slow down what people write.
const (
	asksASecond = 20
	asksAtOnce  = 100
)

// rates are the paces of tokens. There are as many as tokens that were used.
type rates struct {
	now func() time.Time

	mu  sync.Mutex
	all map[bot.MemberID]*rate.Limiter
}

func newRates(now func() time.Time) *rates {
	return &rates{now: now, all: map[bot.MemberID]*rate.Limiter{}}
}

// wait is how long a program must wait; 0: it may ask now.
func (r *rates) wait(member bot.MemberID) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.all[member]
	if l == nil {
		l = rate.NewLimiter(asksASecond, asksAtOnce)
		r.all[member] = l
	}
	now := r.now()
	one := l.ReserveN(now, 1)
	wait := one.DelayFrom(now)
	if wait > 0 {
		one.CancelAt(now)
	}
	return wait
}
