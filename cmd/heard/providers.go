package main

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"time"

	"heard/bot"
	"heard/channels"
	"heard/config"
	"heard/flows"
	"heard/flows/library"
)

// providersOf compiles each provider's flows. Errors name the file and the line.
func providersOf(p plan) ([]bot.Provider, templates, error) {
	var all []bot.Provider
	names := templates{}
	for _, c := range p.config.Providers {
		src, err := sources(c.Flows)
		if err != nil {
			return nil, nil, err
		}
		set, err := flows.Compile(src, flows.Options{Languages: c.Languages, Provider: c.ID, Limits: limits()})
		if err != nil {
			return nil, nil, fmt.Errorf("the flows of %s cannot be used:\n%w", c.ID, err)
		}
		calendar, err := calendarOf(src, c.Jurisdiction)
		if err != nil {
			return nil, nil, err
		}
		one := bot.Provider{
			ID: bot.ProviderID(c.ID), Name: c.Name, PublicName: c.PublicName, Guardian: flows.Words(c.Guardian), Deputy: flows.Words(c.Deputy), Hours: flows.Words(c.Hours),
			Calendar: calendar, Flows: set, ReflectAfter: reflectAfter, Kind: c.Kind, Nation: c.Jurisdiction,
			SecondSignature: c.SecondSignature,
		}
		if c.Staffed != "" {
			one.Staffed.From, one.Staffed.To, _ = config.QuietHours(c.Staffed) // they were checked
		}
		if c.Twilio != nil {
			one.SMS, one.SMSPence = channels.Sender(c.Twilio.SMSFrom), c.Twilio.SMSPence
		}
		if p.tryOut != nil {
			one.ReflectAfter = tryOutReflectAfter
		} else {
			bound(&one, c)
		}
		all = append(all, one)
		names.learn(one, src)
	}
	return all, names, nil
}

// bound sets when people are left in peace, and how much is answered. The
// configuration was checked. A try-out has neither: a newcomer comes at any hour.
func bound(p *bot.Provider, c config.Provider) {
	p.Quiet.From, p.Quiet.To, _ = config.QuietHours(c.QuietHours)
	p.Most = bot.Most{RepliesAnHour: *c.Limits.Replies, NewPeopleAnHour: *c.Limits.NewPeople}
}

// sources reads the library and the folders laid over it.
func sources(folders ...string) (*flows.Sources, error) {
	all := []fs.FS{library.Files}
	for _, folder := range folders {
		if folder == "" {
			continue
		}
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return nil, usageError{fmt.Errorf("there is no folder %q", folder)}
		}
		all = append(all, os.DirFS(folder))
	}
	return flows.Parse(all...)
}

// limits are what the channels can show, for flows.
func limits() map[flows.Channel]flows.Limits {
	all := map[flows.Channel]flows.Limits{}
	for _, c := range []channels.Channel{channels.SMS, channels.WhatsApp, channels.Telegram} {
		can := channels.CapabilitiesOf(c)
		all[flows.Channel(c)] = flows.Limits{
			Text: can.TextLimit, Buttons: can.Buttons, ButtonLabel: can.ButtonLabel, List: can.List, ListLabel: can.ListLabel,
		}
	}
	return all
}

// calendarOf finds the nation's calendar. All of them keep London's time.
func calendarOf(src *flows.Sources, name string) (bot.Calendar, error) {
	location, err := time.LoadLocation("Europe/London")
	if err != nil {
		return bot.Calendar{}, fmt.Errorf("time zone: %w", err)
	}
	for _, j := range src.Jurisdiction {
		if j.Name == name {
			return bot.NewCalendar(j, location), nil
		}
	}
	return bot.Calendar{}, fmt.Errorf("jurisdiction: there is no file for %q: write england, or add a file that begins with jurisdiction: %s to flows", name, name)
}

// templates are the approved WhatsApp templates of each provider.
type templates map[bot.ProviderID]map[string]approved

// approved is one template, with its variables' values in order.
type approved struct {
	flows.TemplateSource
	variables map[string]string
}

func (t templates) learn(p bot.Provider, src *flows.Sources) {
	t[p.ID] = map[string]approved{}
	for _, one := range src.Templates {
		a := approved{TemplateSource: one, variables: map[string]string{}}
		for i, name := range one.Variables {
			value := p.PublicName // all that a message nobody asked for may say
			if name == "provider" {
				value = p.Name
			}
			a.variables[strconv.Itoa(i+1)] = value
		}
		t[p.ID][one.Name] = a
	}
}

// missing names the provider's templates that have no content sid in one of its
// languages.
func (t templates) missing(p bot.ProviderID, languages []string) []string {
	var names []string
	for name, a := range t[p] {
		if slices.ContainsFunc(languages, func(l string) bool { return a.Sid(l) == "" }) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// find is the template of a name in a language; nil: there is none.
func (t templates) find(p bot.ProviderID, name, language string) *channels.Template {
	a, ok := t[p][name]
	if !ok || a.Sid(language) == "" {
		return nil
	}
	return &channels.Template{ContentSID: a.Sid(language), Variables: a.variables}
}

// linesOf makes the lines of every provider.
func linesOf(c config.Config) ([]*lines, error) {
	var all []*lines
	for _, p := range c.Providers {
		l, err := newLines(c, p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.ID, err)
		}
		all = append(all, l)
	}
	return all, nil
}
