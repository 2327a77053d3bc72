package api

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"heard/bot"
	"heard/bot/desk"
)

// writeOf is a request to do something that is about no one case.
type writeOf[B any] struct {
	OfProvider
	Key  string `header:"Idempotency-Key" maxLength:"255" doc:"Random, new for each write: within 24 hours the same request with the same key is done once"`
	Body B
}

// general registers something that can be done, but to a case. Such a write needs no
// If-Match: there is no version that it could be decided by.
func general[B signed, A any](s *server, id, path, summary string, scope desk.Permission, status int, do func(context.Context, caller, desk.Form, B) (*A, error)) {
	op := operation(id, http.MethodPost, path, summary, scope, http.StatusNotFound, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	op.DefaultStatus = status
	if id == "enrol" {
		op.MaxBodyBytes = mostPeople
	}
	huma.Register(s.api, op, func(ctx context.Context, in *writeOf[B]) (*A, error) {
		c, f := s.signature(ctx, in.Body)
		var err error
		if f.Turn, err = s.once(ctx, c, in.Key, id, "", in.Body); err != nil {
			return nil, s.failed(ctx, id, err)
		}
		out, err := do(ctx, c, f, in.Body)
		if err != nil {
			return nil, s.failed(ctx, id, err)
		}
		return out, nil
	})
}

func notAllowed() error {
	return problem(http.StatusForbidden, "not-allowed", "This token may not do this.")
}

func sortedAways(all map[bot.MemberID]desk.Away) []desk.Away {
	return slices.SortedFunc(maps.Values(all), func(a, b desk.Away) int { return cmp.Compare(a.Member, b.Member) })
}
