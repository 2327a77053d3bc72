package main

import (
	"context"
	"fmt"

	"heard/bot/console"
	"heard/bot/desk"
	"heard/bot/redisstore"
	"heard/config"
)

// openDesks puts the staff's pages on the mux, a desk for each provider. In a try-out
// everybody who comes is as; nil: they sign in.
func (h *house) openDesks(ctx context.Context, c config.Config, as *desk.Who) error {
	store, err := redisstore.OpenDesk(ctx, h.options)
	if err != nil {
		return fmt.Errorf("open the desks: %w", err)
	}
	h.desk = store
	passwords := desk.NewPasswords()
	o := console.DesksOptions{PublicURL: c.PublicURL, NothingKept: h.embedded != nil, As: as, Location: h.staffed[0].Calendar.Location, Log: h.log}
	for _, p := range h.staffed {
		o.Desks = append(o.Desks, desk.New(desk.Options{Store: store, Bot: h.bot, Provider: p, Passwords: passwords, Log: h.log}))
	}
	pages := console.NewDesks(o)
	h.mux.Handle("/desk/", pages)
	h.mux.Handle("/static/", pages)
	return nil
}
