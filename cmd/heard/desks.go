package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"heard/bot"
	"heard/bot/console"
	"heard/bot/desk"
	"heard/bot/mail"
	"heard/bot/redisstore"
	"heard/bot/signon"
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
	o := console.Options{PublicURL: c.PublicURL, NothingKept: h.embedded != nil, As: as, Location: h.staffed[0].Calendar.Location, Log: h.log}
	for _, p := range h.staffed {
		o.Desks = append(o.Desks, desk.New(desk.Options{
			Store: store, Bot: h.bot, Provider: p, Files: h.files.store, Passwords: passwords, Log: h.log, Mail: mailOf(c), StaffDomains: staffDomains(c, p.ID),
			Site: site(c, p.ID), Urgent: h.urgentOf(c, p.ID),
		}))
	}
	h.desks = o.Desks
	for i, d := range h.desks {
		h.pager.desks[d.Provider().ID] = d
		if alerts := c.Providers[i].Alerts; as == nil && c.SMTP == nil && len(alerts.Numbers) == 0 {
			h.log.LogAttrs(ctx, slog.LevelWarn, "danger is told to nobody who is not at the desk: set alerts for the provider, or smtp", slog.String("provider", string(d.Provider().ID)))
		}
	}
	o.SignOn = signOns(c)
	pages := console.New(o)
	h.mux.Handle("/desk/", pages)
	h.mux.Handle("/record/", pages)
	h.mux.Handle("/statement/", pages)
	h.mux.Handle("/static/", pages)
	return nil
}

// signOns are the systems of their own with which providers' staff sign in.
func signOns(c config.Config) map[bot.ProviderID]console.SignOn {
	all := map[bot.ProviderID]console.SignOn{}
	for _, p := range c.Providers {
		if p.OIDC == nil {
			continue
		}
		all[bot.ProviderID(p.ID)] = signon.New(signon.Options{
			Issuer: p.OIDC.Issuer, ClientID: p.OIDC.ClientID, ClientSecret: p.OIDC.ClientSecret, RolesClaim: p.OIDC.RolesClaim,
			TrustEmail: p.OIDC.TrustEmail, Redirect: strings.TrimSuffix(c.PublicURL, "/") + "/desk/" + p.ID + console.SignOnDone,
		})
	}
	return all
}

// mailOf is where e-mails to staff are handed in; nil: nowhere.
func mailOf(c config.Config) desk.Mail {
	if c.SMTP == nil {
		return nil
	}
	return &mail.Server{Host: c.SMTP.Host, Port: c.SMTP.Port, From: c.SMTP.From, Username: c.SMTP.Username, Password: c.SMTP.Password}
}

func staffDomains(c config.Config, id bot.ProviderID) []string {
	for _, p := range c.Providers {
		if p.ID == string(id) {
			return p.StaffDomains
		}
	}
	return nil
}
