package console

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"heard/bot"
	"heard/bot/desk"
	"heard/bot/hooks"
)

func (p *pages) webhookRoutes() {
	p.page("GET /webhooks", desk.ManageStaff, p.webhooksPage)
	p.page("GET /webhooks/new", desk.ManageStaff, func(v *visit) error {
		return v.show("webhook_new", "Add a webhook", newWebhook{Events: eventOptions(nil, true)})
	})
	p.page("POST /webhooks/new", desk.ManageStaff, p.addWebhook)
	p.page("GET /webhooks/{id}", desk.ManageStaff, func(v *visit) error { return p.webhookPage(v, faults{}) })
	p.page("POST /webhooks/{id}/events", desk.ManageStaff, p.chooseEvents)
	p.page("POST /webhooks/{id}/secret", desk.ManageStaff, p.rotateWebhook)
	p.page("POST /webhooks/{id}/test", desk.ManageStaff, func(v *visit) error {
		return p.changeWebhook(v, "The test message was taken.", p.desk.TestWebhook(v.r.Context(), v.who.Who, v.r.PathValue("id")))
	})
	p.page("POST /webhooks/{id}/pause", desk.ManageStaff, func(v *visit) error {
		return p.changeWebhook(v, "It is paused: nothing is told until you let it go on.", p.desk.PauseWebhook(v.r.Context(), v.who.Who, v.r.PathValue("id"), true))
	})
	p.page("POST /webhooks/{id}/resume", desk.ManageStaff, func(v *visit) error {
		return p.changeWebhook(v, "It goes on from where it was.", p.desk.PauseWebhook(v.r.Context(), v.who.Who, v.r.PathValue("id"), false))
	})
	p.page("POST /webhooks/{id}/again", desk.ManageStaff, p.tellAgain)
	p.page("POST /webhooks/{id}/remove", desk.ManageStaff, p.removeWebhook)
}

// webhookLine is a webhook of the list.
type webhookLine struct {
	hooks.Hook
	Host  string // of its address, whose rest may hold a secret
	State string
	Bad   bool // somebody should look at it
	Waits uint64
}

// newWebhook is one that is to be added.
type newWebhook struct {
	URL    string
	Events []option
}

// webhookBody is one webhook.
type webhookBody struct {
	webhookLine
	Events []option
	Recent []delivery
	Lost   []lostEvent
	Task   string // the address of what is to be done about it; empty: nothing is
}

type delivery struct {
	hooks.Delivery
	Name, Result string
}

type lostEvent struct {
	hooks.Lost
	Name string
}

// eventName says what happened, as staff know it.
func eventName(k bot.CaseEventKind) string {
	switch k {
	case bot.CaseOpened:
		return "A person sent it"
	case bot.CaseAssigned:
		return "It became somebody's, or nobody's"
	case bot.CaseAcknowledged:
		return "The person is told who handles it"
	case bot.CaseUpdated:
		return "The person is told something"
	case bot.CaseExtended:
		return "The person is asked for more time"
	case bot.CaseReplied:
		return "The person wrote"
	case bot.CaseAsked:
		return "The person asks for something"
	case bot.CaseOutcome:
		return "An outcome is offered"
	case bot.CaseAnswered:
		return "The person answered the outcome"
	case bot.CaseClosed:
		return "It was closed"
	case bot.CaseWithdrawn:
		return "The person took it back"
	case bot.CaseTransferred:
		return "It was passed on"
	case bot.CaseReopened:
		return "It was opened again"
	case bot.CaseDied:
		return "Whom it is about has died"
	}
	return spelled(string(k))
}

func eventOptions(chosen []bot.CaseEventKind, all bool) []option {
	var options []option
	for _, k := range bot.CaseEventKinds() {
		options = append(options, option{string(k), eventName(k), string(k), all || slices.Contains(chosen, k)})
	}
	return options
}

func (v *visit) events() (kinds []bot.CaseEventKind) {
	for _, k := range v.r.PostForm["events"] {
		kinds = append(kinds, bot.CaseEventKind(k))
	}
	return kinds
}

func lineOfWebhook(h hooks.Hook, last uint64, now time.Time) webhookLine {
	l := webhookLine{Hook: h, State: "in step"}
	if u, err := url.Parse(h.URL); err == nil {
		l.Host = u.Host
	}
	if l.Waits = last - min(h.Told, last); l.Waits > 0 {
		l.State = "is being told"
	}
	switch {
	case h.Paused:
		l.State = "paused"
	case len(h.Lost) > 0:
		l.State, l.Bad = fmt.Sprintf("%d given up", len(h.Lost)), true
	case h.Trouble != "" && now.Before(h.Next):
		l.State, l.Bad = "has trouble: "+h.Trouble, true
	}
	return l
}

func (p *pages) webhooksPage(v *visit) error {
	w, err := p.desk.Webhooks(v.r.Context(), v.who.Who)
	if err != nil {
		return err
	}
	var lines []webhookLine
	for _, h := range w.All {
		lines = append(lines, lineOfWebhook(h, w.Last, p.o.Now()))
	}
	return v.show("webhooks", "Webhooks", lines)
}

func (p *pages) addWebhook(v *visit) error {
	form := newWebhook{URL: v.text("url"), Events: eventOptions(v.events(), false)}
	h, err := p.desk.AddWebhook(v.r.Context(), v.who.Who, form.URL, v.events())
	var wrong faults
	if wrong.take(err) {
		l := lineOfWebhook(h, 0, p.o.Now())
		return v.show("token_given", "The webhook's secret", givenSecret{l.Host, h.Secret, "/webhooks/" + h.ID})
	}
	return v.again("webhook_new", "Add a webhook", form, wrong)
}

func (p *pages) webhookPage(v *visit, wrong faults) error {
	id := v.r.PathValue("id")
	w, err := p.desk.Webhooks(v.r.Context(), v.who.Who)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(w.All, func(h hooks.Hook) bool { return h.ID == id })
	if i < 0 {
		return noPage()
	}
	h := w.All[i]
	b := webhookBody{webhookLine: lineOfWebhook(h, w.Last, p.o.Now()), Events: eventOptions(h.Kinds, len(h.Kinds) == 0)}
	if v.r.PostForm["events"] != nil {
		b.Events = eventOptions(v.events(), false)
	}
	for _, d := range h.Recent {
		one := delivery{d, eventName(d.Kind), "taken"}
		if d.Failed != "" {
			one.Result = "not taken: " + d.Failed
		}
		b.Recent = append(b.Recent, one)
	}
	for _, l := range h.Lost {
		b.Lost = append(b.Lost, lostEvent{l, eventName(l.Kind)})
	}
	switch i, err := p.desk.Task(v.r.Context(), v.who.Who, webhookTask(id)); {
	case err == nil:
		b.Task = p.taskOf(v, i, 0).Address()
	case !rejectedAs(err, bot.RejectNoCase):
		return err
	}
	if len(wrong.All) > 0 || wrong.err != nil {
		return v.again("webhook", "Webhook to "+b.Host, b, wrong)
	}
	return v.show("webhook", "Webhook to "+b.Host, b)
}

// webhookTask names the task of a webhook.
func webhookTask(id string) string { return desk.TaskName(bot.StaffTask{ID: bot.WebhookTask(id)}) }

// changeWebhook leads back to a webhook that was changed; what is wrong is shown there.
func (p *pages) changeWebhook(v *visit, said string, err error) error {
	var wrong faults
	if wrong.take(err) {
		return v.back("/webhooks/"+v.r.PathValue("id"), said)
	}
	return p.webhookPage(v, wrong)
}

func (p *pages) chooseEvents(v *visit) error {
	return p.changeWebhook(v, "It is told these events from now on.", p.desk.ChooseEvents(v.r.Context(), v.who.Who, v.r.PathValue("id"), v.events()))
}

func (p *pages) rotateWebhook(v *visit) error {
	id := v.r.PathValue("id")
	secret, err := p.desk.RotateWebhook(v.r.Context(), v.who.Who, id)
	if err != nil {
		return err
	}
	return v.show("token_given", "Another secret", givenSecret{"the system that is told. For a day both secrets are good, so change it there today", secret, "/webhooks/" + id})
}

// tellAgain tells what was given up. When nothing is left of it, nobody has to see to it
// any more.
func (p *pages) tellAgain(v *visit) error {
	ctx, id := v.r.Context(), v.r.PathValue("id")
	number, _ := strconv.ParseUint(v.text("number"), 10, 64) // what is none was not given up
	err := p.desk.TellAgain(ctx, v.who.Who, id, number)
	if err == nil {
		var w desk.Webhooks
		if w, err = p.desk.Webhooks(ctx, v.who.Who); err != nil {
			return err
		}
		if !slices.ContainsFunc(w.All, func(h hooks.Hook) bool { return h.ID == id && len(h.Lost) > 0 }) {
			err = p.desk.FinishTask(ctx, v.who.Who, desk.Form{}, webhookTask(id), "All that was given up was taken when it was sent again.")
			if rejectedAs(err, bot.RejectNoCase) {
				err = nil // somebody saw to it before
			}
		}
	}
	return p.changeWebhook(v, "It was taken.", err)
}

func (p *pages) removeWebhook(v *visit) error {
	if err := p.desk.RemoveWebhook(v.r.Context(), v.who.Who, v.r.PathValue("id")); err != nil {
		return err
	}
	return v.back("/webhooks", "It is told nothing any more.")
}
