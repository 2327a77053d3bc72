package console_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/console"
	"heard/bot/desk"
	"heard/bot/pagetest"
	"heard/bot/redisstore"

	"github.com/chromedp/chromedp"
)

const provider = bot.ProviderID("try")

// house is a desk with its pages, on a store of its own.
type house struct {
	testing.TB
	desk   *desk.Desk
	pages  *console.Console
	store  *redisstore.Desk
	whole  *redisstore.Store // the bot's
	bot    *bot.Bot
	server *httptest.Server
	logged *strings.Builder
	away   atomic.Int64 // how far the desk's clock is ahead, as a time.Duration

	mu      sync.Mutex
	answers int // the status with which a webhook's receiver answers
}

const ownPassword = "four old brown shoes"

// newHouse starts one, and stops it with the test. change may alter what the
// pages are made of.
func newHouse(t testing.TB, change func(*console.Options)) *house {
	t.Helper()
	return newHouseOf(t, change, func(*bot.Provider) {})
}

// newHouseOf is one of a provider that is not the usual one.
func newHouseOf(t testing.TB, change func(*console.Options), of func(*bot.Provider)) *house {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	embedded, err := redisstore.StartEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	o := redisstore.Options{
		URL: embedded.URL(), ConfigKeys: [][]byte{[]byte("0123456789abcdef0123456789abcdef")},
		Providers: []bot.ProviderID{provider}, Durability: redisstore.Ephemeral,
	}
	store, err := redisstore.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{TB: t, logged: new(strings.Builder), whole: store}
	if h.store, err = redisstore.OpenDesk(ctx, o); err != nil {
		t.Fatal(err)
	}
	set, calendar := pagetest.Flows(t)
	p := bot.Provider{ID: provider, Name: "St Mary's Hospital", PublicName: "St Mary's", Flows: set, Calendar: calendar}
	of(&p)
	h.bot, err = bot.New(ctx, bot.Options{Store: store, Versions: store, Moves: store, Providers: []bot.Provider{p}, Deliver: func(bot.Lease) {}})
	if err != nil {
		t.Fatal(err)
	}
	h.desk = desk.New(desk.Options{
		Store: h.store, Bot: h.bot, Provider: p, Now: func() time.Time { return time.Now().Add(time.Duration(h.away.Load())) },
	})
	options := console.Options{Desks: []*desk.Desk{h.desk}, Location: time.UTC, Log: logTo(h.logged)}
	if change != nil {
		change(&options)
	}
	h.pages = console.New(options)
	h.server = httptest.NewServer(h.pages)
	var running sync.WaitGroup
	running.Go(func() { _ = embedded.Run(ctx) })
	t.Cleanup(func() {
		h.server.CloseClientConnections() // live pages last as long as their connection
		h.server.Close()
		stop()
		running.Wait()
		_, _ = store.Close(), h.store.Close() // the test is over
	})
	return h
}

// staff adds a member who has chosen their password, ownPassword.
func (h *house) staff(login, name string, roles ...desk.Role) bot.MemberID {
	h.Helper()
	ctx := context.Background()
	id, err := h.desk.AddMember(ctx, desk.Operator(), login, name, roles, "a password for a week")
	if err != nil {
		h.Fatal(err)
	}
	if _, err := h.desk.ChangePassword(ctx, desk.Who{Member: id}, "a password for a week", ownPassword); err != nil {
		h.Fatal(err)
	}
	return id
}

// colleague uses the desk without a browser's window.
type colleague struct {
	testing.TB
	base   string // of the desk
	client *http.Client
}

func (h *house) stranger() *colleague {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.Fatal(err)
	}
	return &colleague{TB: h.TB, base: h.server.URL + "/desk/" + string(provider), client: &http.Client{Jar: jar, Timeout: pagetest.Patience}}
}

// colleague adds a member with some roles, who is signed in.
func (h *house) colleague(login string, roles ...desk.Role) *colleague {
	h.Helper()
	h.staff(login, "Sam Reed", roles...)
	c := h.stranger()
	c.signIn(login, ownPassword)
	return c
}

// signsIn fills in the page of the sign-in that a browser shows.
func signsIn(b *pagetest.Browser, login string) {
	b.Helper()
	b.Do("sign in", chromedp.SendKeys(chromedp.CSS("#login"), login), chromedp.SendKeys(chromedp.CSS("#password"), ownPassword+"\r"))
}

func (c *colleague) signIn(login, password string) (status int, page string) {
	c.Helper()
	return c.post("/sign-in", url.Values{"login": {login}, "password": {password}})
}

// get reads a page of the desk; where it leads on, the page that it leads to.
func (c *colleague) get(path string) (status int, page string) {
	c.Helper()
	resp, err := c.client.Get(c.base + path)
	if err != nil {
		c.Fatal(err)
	}
	return resp.StatusCode, body(c, resp)
}

// post sends a form, and follows where it leads.
func (c *colleague) post(path string, form url.Values) (status int, page string) {
	c.Helper()
	resp, err := c.client.PostForm(c.base+path, form)
	if err != nil {
		c.Fatal(err)
	}
	return resp.StatusCode, body(c, resp)
}

// sees fails where a page does not say something.
func (c *colleague) sees(page string, texts ...string) {
	c.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			c.Errorf("the page does not say %q", text)
		}
	}
}

func body(t testing.TB, resp *http.Response) string {
	t.Helper()
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}
