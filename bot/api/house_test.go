package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/api"
	"heard/bot/desk"
	"heard/bot/redisstore"
	"heard/bot/storetest"
	"heard/channels"
	"heard/flows"
	"heard/flows/library"
)

const hospital = bot.ProviderID("hospital")

var handler = desk.Who{Member: "m-handler", Name: "Sam Reed", Roles: []desk.Role{desk.Handler}}

// person is who writes to the hospital, and must be in no answer unless they chose so.
const (
	person = "Mair Griffiths"
	number = "+447700900123"
)

var secrets = []bot.Field{{Name: "name", Value: person}, {Name: "phone", Value: number}, {Name: "place", Value: "Ward 6"}}

// house is the API on a real Redis, and a way to put cases there without a
// conversation.
type house struct {
	*testing.T
	ctx    context.Context
	store  *redisstore.Store
	side   *redisstore.Desk
	desk   *desk.Desk
	server *httptest.Server
	log    *bytes.Buffer

	other      bot.CaseRef            // a case about the same matter as others
	members    []bot.MemberID         // who answer cases
	entries    map[bot.CaseRef]string // of a case: what is to be taken back
	statements map[bot.CaseRef]string // of a case: what somebody was asked

	mu   sync.Mutex
	time time.Time
	seen strings.Builder // every answer
}

// photos are files that were fetched: each holds its name, where a JPEG has its points.
type photos struct{}

func (photos) Read(_ context.Context, _ bot.ProviderID, _ *bot.Case, id bot.FileID) (string, []byte, error) {
	return "image/jpeg", []byte(aPhoto(string(id))), nil
}

func aPhoto(of string) string { return "\xFF\xD8\xFF\xDA\x00\x02" + of + "\xFF\xD9" }

func open(t *testing.T) *house { return openOf(t, func(*bot.Provider) {}) }

// openOf opens one of a provider that is not the usual one.
func openOf(t *testing.T, change func(*bot.Provider)) *house {
	t.Helper()
	h := &house{T: t, ctx: t.Context(), time: time.Date(2026, 11, 4, 10, 0, 0, 0, time.UTC), log: &bytes.Buffer{}}
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	o := redisstore.Options{
		URL: storetest.StartRedis(t).URL(), ConfigKeys: [][]byte{key}, Providers: []bot.ProviderID{hospital}, Clock: h.now, Durability: redisstore.Strict,
	}
	var err error
	if h.store, err = redisstore.Open(h.ctx, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.store.Close() })
	if h.side, err = redisstore.OpenDesk(h.ctx, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.side.Close() })
	p := provider(t)
	change(&p)
	log := slog.New(slog.NewTextHandler(h.log, nil))
	b, err := bot.New(h.ctx, bot.Options{
		Store: h.store, Versions: h.store, Receipts: h.store, Moves: h.store, Providers: []bot.Provider{p}, Deliver: func(bot.Lease) {}, Now: h.now, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.desk = desk.New(desk.Options{
		Store: h.side, Bot: b, Provider: p, Now: h.now, Log: log, Files: photos{}, Site: "https://heard.example.org/desk/" + string(hospital),
	})
	h.server = httptest.NewServer(api.New(api.Options{Desks: []*desk.Desk{h.desk}, Drawers: h.side, Events: h.side, Now: h.now, Log: log}))
	t.Cleanup(h.server.Close)
	return h
}

// company adds members, and another case, for what needs them.
func (h *house) company() {
	h.Helper()
	h.entries, h.statements, h.other = map[bot.CaseRef]string{}, map[bot.CaseRef]string{}, h.put(bot.Case{})
	for _, name := range []string{"Sam Reed", "Ade Lewis"} {
		id, err := h.desk.AddMember(h.ctx, desk.Operator(), strings.ToLower(name[:3]), name, []desk.Role{desk.Handler}, "four old brown shoes")
		if err != nil {
			h.Fatal(err)
		}
		h.members = append(h.members, id)
	}
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.time
}

func (h *house) later(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.time = h.time.Add(d)
}

func provider(t *testing.T) bot.Provider {
	t.Helper()
	src, err := flows.Parse(library.Files)
	if err != nil {
		t.Fatal(err)
	}
	set, err := flows.Compile(src, flows.Options{Languages: []string{"en"}, Provider: string(hospital)})
	if err != nil {
		t.Fatal(err)
	}
	return bot.Provider{
		ID: hospital, Name: "St Mary's Hospital", PublicName: "St Mary's", Flows: set, Calendar: bot.NewCalendar(src.Jurisdiction[0], time.UTC), SMS: "+447700900999",
	}
}

// put writes a case that was sent, with what the person said.
func (h *house) put(c bot.Case, said ...bot.Entry) bot.CaseRef {
	h.Helper()
	conv := &bot.Conversation{ID: bot.ConversationID(rand.Text()), Channel: channels.SMS, Sender: "+447700900999", Address: number}
	c.Ref, c.Handle, c.Channel = bot.NewCaseRef(), bot.Handle(rand.Text()), channels.SMS
	c.Status, c.Stage = bot.Open, flows.Informed
	if c.Opened.IsZero() {
		c.Opened = h.now()
	}
	c.Received, c.Due = c.Opened, c.Opened.AddDate(0, 0, 7)
	ops := []bot.Op{bot.PutConversation{Conversation: conv}, bot.PutCase{Case: &c, Conversation: conv.ID}}
	for i, e := range said {
		e.ID, e.At = bot.EntryID(fmt.Sprint("e", i)), c.Opened
		ops = append(ops, bot.Append{Case: &c, Entry: e})
	}
	h.commit(ops...)
	return c.Ref
}

func (h *house) commit(ops ...bot.Op) {
	h.Helper()
	if _, err := h.store.Commit(h.ctx, bot.Turn{Provider: hospital, ID: bot.TurnID(rand.Text()), Ops: ops}); err != nil {
		h.Fatal(err)
	}
}

// token makes a token with scopes.
func (h *house) token(scopes ...desk.Permission) string {
	h.Helper()
	_, secret, err := h.desk.AddToken(h.ctx, desk.Who{Roles: []desk.Role{desk.Administrator}}, "Complaints system", scopes, time.Time{})
	if err != nil {
		h.Fatal(err)
	}
	return secret
}

// answer is what came back.
type answer struct {
	*http.Response
	body []byte
}

// ask sends a request; headers are names and values in turn.
func (h *house) ask(token, method, path string, body any, headers ...string) answer {
	h.Helper()
	var r io.Reader
	if text, ok := body.(string); ok {
		r = strings.NewReader(text)
	} else if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			h.Fatal(err)
		}
		r = bytes.NewReader(text)
	}
	q, err := http.NewRequestWithContext(h.ctx, method, h.server.URL+api.Root+path, r)
	if err != nil {
		h.Fatal(err)
	}
	if method == "POST" {
		q.Header.Set("If-Match", "*") // where a test does not say otherwise
	}
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	if body != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if q.Header.Del(headers[i]); headers[i+1] != "" {
			q.Header.Set(headers[i], headers[i+1])
		}
	}
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		h.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		h.Fatal(err)
	}
	h.seen.Write(text)
	return answer{res, text}
}

// into reads the answer's JSON.
func (a answer) into(t *testing.T, v any) {
	t.Helper()
	if a.StatusCode != http.StatusOK {
		t.Fatalf("status %d: %s", a.StatusCode, a.body)
	}
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatal(err)
	}
}

// is wants a status, and of an error its type.
func (a answer) is(t *testing.T, status int, code string) {
	t.Helper()
	var p struct{ Type string }
	if code != "" {
		_ = json.Unmarshal(a.body, &p)
		code = "/api/v1/problems/" + code
	}
	if a.StatusCode != status || p.Type != code {
		t.Errorf("status %d, type %q, want %d, %q: %s", a.StatusCode, p.Type, status, code, a.body)
	}
}
