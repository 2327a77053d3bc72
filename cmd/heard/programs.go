package main

import (
	"time"

	"heard/bot"
	"heard/bot/api"
	"heard/bot/hooks"
)

// openPrograms puts the API on the mux, and has other systems told what happens.
func (h *house) openPrograms() {
	h.mux.Handle(api.Root, api.New(api.Options{Desks: h.desks, Drawers: h.desk, Events: h.desk, Log: h.log, Count: h.metrics.asked}))
	ids := make([]bot.ProviderID, len(h.staffed))
	for i, p := range h.staffed {
		ids[i] = p.ID
	}
	h.teller = hooks.NewTeller(hooks.Options{
		Store: h.desk, Guard: h.store.Guard, Providers: ids, Instance: instance(), Now: time.Now, Log: h.log, Count: h.metrics.told, GivenUp: h.bot.WebhookGivenUp,
	})
}
