package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"heard/bot"
	"heard/bot/desk"
	"heard/channels"
	"heard/config"
)

// pager tells staff who are not at the desk, through the desk of each provider. The bot
// has it before there are desks: they are added before anything runs.
type pager struct{ desks map[bot.ProviderID]*desk.Desk }

func (p *pager) Untaken(ctx context.Context, id bot.ProviderID, u bot.Untaken) error {
	d, err := p.deskOf(id)
	if err != nil {
		return err
	}
	return d.TellUntaken(ctx, u)
}

func (p *pager) Overdue(ctx context.Context, id bot.ProviderID) error {
	d, err := p.deskOf(id)
	if err != nil {
		return err
	}
	return d.TellOverdue(ctx)
}

func (p *pager) deskOf(id bot.ProviderID) (*desk.Desk, error) {
	d, ok := p.desks[id]
	if !ok {
		return nil, fmt.Errorf("page the staff of %s: they have no desk", id)
	}
	return d, nil
}

// site is the address of a provider's desk, which e-mails lead to.
func site(c config.Config, id bot.ProviderID) string {
	return strings.TrimSuffix(c.PublicURL, "/") + "/desk/" + string(id)
}

// urgentOf is who is told of danger that nobody takes.
func (h *house) urgentOf(c config.Config, id bot.ProviderID) desk.Urgent {
	var u desk.Urgent
	for i, p := range c.Providers {
		if p.ID != string(id) {
			continue
		}
		u.Email, u.Numbers = p.Alerts.Email, p.Alerts.Numbers
		if len(u.Numbers) > 0 {
			u.Text = h.lines[i].textStaff(channels.Sender(p.Twilio.SMSFrom))
		}
	}
	return u
}

// textTime is how long one text to staff may take.
const textTime = 10 * time.Second

// textStaff sends texts to staff from one of the provider's numbers. They are about
// nobody, so nothing waits for their receipt.
func (l *lines) textStaff(from channels.Sender) func(context.Context, string, string) error {
	return func(ctx context.Context, number, text string) error {
		ctx, cancel := context.WithTimeout(ctx, textTime)
		defer cancel()
		_, err := l.twilio.Send(ctx, channels.Outbound{Sender: from, Address: channels.Address(number), Text: text, Deadline: time.Now().Add(textTime)})
		return err
	}
}
