package tryout

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"

	"heard/bot"
	"heard/channels"
)

// page is what every page is made of.
type page struct {
	Title        string
	ProviderName string
	RealTelegram bool
	Phones       []phone
	Desk         *deskView
	WithPhones   bool   // the whole try-out, not the desk alone
	Part         bool   // the desk for the script, which puts it into a page
	Here         string // the page that a link to a case leads to
}

// phone is one tab.
type phone struct {
	Channel channels.Channel
	Name    string
	Field   string // label of the box
	Photo   bool   // the channel takes photos
	Hint    string
}

func phones() []phone {
	return []phone{
		{channels.SMS, "SMS", "Your text message", false, "Any phone can do this. Options are numbers."},
		{channels.WhatsApp, "WhatsApp", "Your WhatsApp message", true, "Options are buttons, or a list."},
		{channels.Telegram, "Telegram", "Your Telegram message", true, "Options are a keyboard below the message."},
	}
}

// tryPage is the try-out: the phones beside the desk.
func (c *Page) tryPage(w http.ResponseWriter, r *http.Request) {
	c.show(w, r, page{WithPhones: true})
}

// tryCases is the desk: as a part of the page for the script (?part=desk), and as
// a page of its own without.
func (c *Page) tryCases(w http.ResponseWriter, r *http.Request) {
	c.show(w, r, page{})
}

func (c *Page) show(w http.ResponseWriter, r *http.Request, p page) {
	status := http.StatusOK
	desk, err := c.desk(r.Context(), readRef(r.URL.Query().Get("case")))
	switch {
	case errors.Is(err, errNoCase):
		status = http.StatusNotFound
		if desk, err = c.desk(r.Context(), ""); err == nil {
			break
		}
		fallthrough
	case err != nil:
		c.failed(r.Context(), "read the cases", err)
		desk, status = &deskView{By: c.o.By, Tour: tourOf(nil), Down: true}, http.StatusServiceUnavailable
	}
	p.Desk = desk
	c.render(w, r, status, p)
}

// sendUpdate tells the person of a case something.
func (c *Page) sendUpdate(w http.ResponseWriter, r *http.Request) {
	c.act(w, r, c.o.Staff.Update, func(v *deskView) *form { return &v.Update })
}

// tellOutcome offers the person an outcome.
func (c *Page) tellOutcome(w http.ResponseWriter, r *http.Request) {
	c.act(w, r, c.o.Staff.Resolve, func(v *deskView) *form { return &v.Outcome })
}

// maxWords is the largest form that is read.
const maxWords = 64 << 10

// readRef reads a reference as somebody types it from a letter or hears it on the
// phone. What cannot be one is looked for as it stands, and not found.
func readRef(text string) bot.CaseRef {
	if ref, ok := bot.ParseCaseRef(text); ok {
		return ref
	}
	return bot.CaseRef(text)
}

// acting is an act of staff.
type acting func(ctx context.Context, p bot.ProviderID, ref bot.CaseRef, by bot.By, words string) error

// act does what a form asks, and shows the desk. What was not taken comes back in
// its box, with the reason beside it.
func (c *Page) act(w http.ResponseWriter, r *http.Request, do acting, box func(*deskView) *form) {
	ref := readRef(r.PathValue("ref"))
	r.Body = http.MaxBytesReader(w, r.Body, maxWords)
	words, status, refused := readWords(r)
	if refused == "" {
		status, refused = c.do(r.Context(), do, ref, words)
	}
	if status == http.StatusOK && !isPart(r) {
		http.Redirect(w, r, "/try/cases?case="+string(ref), http.StatusSeeOther)
		return
	}
	desk, err := c.desk(r.Context(), ref)
	if err != nil {
		desk = &deskView{By: c.o.By, Tour: tourOf(nil), Down: true}
		desk.Update.Action, desk.Outcome.Action = "/try/cases/"+string(ref)+"/updates", "/try/cases/"+string(ref)+"/outcome"
	}
	if refused != "" {
		b := box(desk)
		b.Words, b.Error = words, refused
	}
	c.render(w, r, status, page{Desk: desk})
}

// do makes the turn, and says what came of it.
func (c *Page) do(ctx context.Context, do acting, ref bot.CaseRef, words string) (status int, refused string) {
	err := do(ctx, c.o.Provider, ref, bot.By{Name: c.o.By}, words)
	var rejected *bot.Rejection
	switch {
	case err == nil:
		return http.StatusOK, ""
	case errors.As(err, &rejected) && rejected.Code == bot.RejectNoCase:
		return http.StatusNotFound, rejected.Sentence
	case errors.As(err, &rejected):
		return http.StatusUnprocessableEntity, rejected.Sentence
	}
	c.failed(ctx, "an act of staff", err)
	return http.StatusServiceUnavailable, "This could not be saved just now. What you wrote is still here: please send it again."
}

// readWords reads a form. A body that cannot be read gives the reason.
func readWords(r *http.Request) (words string, status int, refused string) {
	err := r.ParseForm()
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return "", http.StatusRequestEntityTooLarge, "This is too long to be read on a phone. Please shorten it."
	case err != nil:
		return "", http.StatusBadRequest, "This could not be read. Please send it again."
	}
	return strings.ToValidUTF8(r.PostForm.Get("words"), "\uFFFD"), http.StatusOK, ""
}

// isPart tells whether the script asks for the desk alone.
func isPart(r *http.Request) bool { return r.URL.Query().Get("part") == "desk" }

// render makes the whole page before a byte of it is sent.
func (c *Page) render(w http.ResponseWriter, r *http.Request, status int, p page) {
	template := "page"
	p.ProviderName, p.RealTelegram, p.Phones = c.o.ProviderName, c.o.RealTelegram, phones()
	p.Title, p.Here = "Heard: the desk", "/try/cases"
	if p.WithPhones {
		p.Title, p.Here = "Heard: try it out", "/"
	}
	if isPart(r) && !p.WithPhones {
		template, p.Part, p.Here = "desk", true, "/"
	}
	var b bytes.Buffer
	if err := c.pages.ExecuteTemplate(&b, template, p); err != nil {
		c.failed(r.Context(), "make a page", err)
		http.Error(w, "This page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // it fails when the browser has left
}
