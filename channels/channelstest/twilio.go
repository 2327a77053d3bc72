package channelstest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"time"

	"heard/channels"
)

// Twilio is a stand-in for Twilio's REST API, its Content API and its webhooks.
// All methods may be used at the same time.
type Twilio struct {
	AccountSID, AuthToken string

	// Public is the base of the webhooks as the program under test believes it
	// to be, and is what is signed; Address is where it really listens. Both are
	// set before the first delivery.
	Public, Address string

	// Client posts the webhooks; nil: http.DefaultClient.
	Client *http.Client

	// OnSent is told of each message that was taken, before the answer; nil: nobody.
	OnSent func(TwilioMessage)

	// Remember is how long messages are kept and listed; 0: for ever.
	Remember time.Duration

	faults
	server   *httptest.Server
	made     int
	messages []*TwilioMessage            // both directions, oldest first
	gone     int                         // how many were kept before these
	to       map[string][]*TwilioMessage // what was sent, by person
	contents []twilioContent
	files    map[string]twilioFile // by path
}

// TwilioMessage is one message as Twilio keeps it.
type TwilioMessage struct {
	SID, From, To, Body string
	Inbound             bool
	At                  time.Time
	StatusCallback      string
	ContentSID          string
	Variables           map[string]string
	Options             []channels.Option // as the content shows them
	media               []twilioFile
}

type twilioFile struct{ sid, contentType, body string }

type twilioContent struct {
	SID          string                    `json:"sid"`
	FriendlyName string                    `json:"friendly_name"`
	Types        map[string]twilioTemplate `json:"types"`
}

type twilioTemplate struct {
	Body    string              `json:"body"`
	Actions []map[string]string `json:"actions"`
	Items   []map[string]string `json:"items"`
}

// NewTwilio starts a stand-in for one account.
func NewTwilio(accountSID, authToken string) *Twilio {
	t := &Twilio{AccountSID: accountSID, AuthToken: authToken, files: map[string]twilioFile{}, to: map[string][]*TwilioMessage{}}
	mux := http.NewServeMux()
	account := "/2010-04-01/Accounts/" + accountSID
	mux.HandleFunc("POST "+account+"/Messages.json", t.guard(Send, t.create))
	mux.HandleFunc("GET "+account+"/Messages.json", t.guard(List, t.list))
	mux.HandleFunc("GET "+account+"/Messages/{sid}/Media.json", t.guard(List, t.listMedia))
	mux.HandleFunc("GET "+account+"/Messages/{sid}/Media/{file}", t.guard(File, t.file))
	mux.HandleFunc("DELETE "+account+"/Messages/{sid}/Media/{file}", t.guard(Remove, t.removeFile))
	mux.HandleFunc("POST /v1/Content", t.guard(Content, t.createContent))
	mux.HandleFunc("GET /v1/Content", t.guard(Content, t.listContents))
	t.server = httptest.NewServer(mux)
	return t
}

// URL is the base of the API: twilio.api_url.
func (t *Twilio) URL() string { return t.server.URL }

// Close stops the server once its requests have ended.
func (t *Twilio) Close() { t.server.Close() }

// Sent is what was sent to a person so far, in order; "" is everybody.
func (t *Twilio) Sent(to string) []TwilioMessage {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sent(to)
}

func (t *Twilio) sent(to string) []TwilioMessage {
	all := t.to[to]
	if to == "" {
		all = t.messages
	}
	var sent []TwilioMessage
	for _, m := range all {
		if !m.Inbound {
			sent = append(sent, *m)
		}
	}
	return sent
}

// WaitSent waits until at least n messages were sent to a person, and returns
// all of them.
func (t *Twilio) WaitSent(ctx context.Context, to string, n int) ([]TwilioMessage, error) {
	var sent []TwilioMessage
	err := t.wait(ctx, func() bool {
		sent = t.sent(to)
		return len(sent) >= n
	})
	return sent, err
}

// Texts are the bodies of what was sent to a person.
func (t *Twilio) Texts(to channels.Address) []string {
	var texts []string
	for _, m := range t.Sent(string(to)) {
		texts = append(texts, m.Body)
	}
	return texts
}

// guard checks the credentials and applies faults.
func (t *Twilio) guard(call Call, handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if user != t.AccountSID || password != t.AuthToken {
			twilioError(w, http.StatusUnauthorized, 20003, "Authenticate")
			return
		}
		person := ""
		if call == Send {
			person = r.PostFormValue("To") // an unreadable form is create's to refuse
		}
		fault, failing := t.next(call, person)
		if !failing {
			handle(w, r)
			return
		}
		if fault.Taken {
			handle(httptest.NewRecorder(), r)
		}
		fault.apply(w)
	}
}

// TwilioError is the body of an error as Twilio writes it, for a Fault. The
// message repeats what was sent, as Twilio's do.
func TwilioError(status, code int, message string) string {
	body, _ := json.Marshal(map[string]any{
		"status": status, "code": code, "message": message,
		"more_info": "https://www.twilio.com/docs/errors/" + strconv.Itoa(code),
	})
	return string(body)
}

func twilioError(w http.ResponseWriter, status, code int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(TwilioError(status, code, message)))
}

func (t *Twilio) create(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		twilioError(w, http.StatusBadRequest, 20001, "the form")
		return
	}
	m := &TwilioMessage{
		From: r.PostForm.Get("From"), To: r.PostForm.Get("To"), Body: r.PostForm.Get("Body"), At: time.Now(),
		StatusCallback: r.PostForm.Get("StatusCallback"), ContentSID: r.PostForm.Get("ContentSid"),
	}
	if encoded := r.PostForm.Get("ContentVariables"); encoded != "" {
		if err := json.Unmarshal([]byte(encoded), &m.Variables); err != nil {
			twilioError(w, http.StatusBadRequest, 21656, "The ContentVariables are not JSON")
			return
		}
	}
	switch {
	case m.Body == "" && m.ContentSID == "":
		twilioError(w, http.StatusBadRequest, 21619, "A text or a content is required")
		return
	case units(m.Body) > 1600:
		twilioError(w, http.StatusBadRequest, 21617, "The body "+m.Body+" is over 1600 characters")
		return
	}
	t.change(func() {
		t.render(m)
		t.keep(m, "SM")
	})
	if t.OnSent != nil {
		t.OnSent(*m)
	}
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(t.resource(m))
}

// keep gives a message its SID. It runs under the lock.
func (t *Twilio) keep(m *TwilioMessage, prefix string) {
	t.made++
	m.SID = fmt.Sprintf("%s%032x", prefix, t.made)
	t.messages = append(t.messages, m)
	if !m.Inbound {
		t.to[m.To] = append(t.to[m.To], m)
	}
	if t.Remember > 0 {
		t.forget(m.At.Add(-t.Remember))
	}
}

// forget drops what is older. It runs under the lock.
func (t *Twilio) forget(than time.Time) {
	for len(t.messages) > 0 && t.messages[0].At.Before(than) {
		if old := t.messages[0]; !old.Inbound {
			if t.to[old.To] = t.to[old.To][1:]; len(t.to[old.To]) == 0 {
				delete(t.to, old.To)
			}
		}
		t.messages[0] = nil
		t.messages, t.gone = t.messages[1:], t.gone+1
	}
}

// render shows a content with its variables, as the person sees it. A template
// that was approved elsewhere is not known here, and has no body.
func (t *Twilio) render(m *TwilioMessage) {
	i := slices.IndexFunc(t.contents, func(c twilioContent) bool { return c.SID == m.ContentSID })
	if i < 0 {
		return
	}
	var pairs []string
	for name, value := range m.Variables {
		pairs = append(pairs, "{{"+name+"}}", value)
	}
	fill := strings.NewReplacer(pairs...).Replace
	for _, shape := range t.contents[i].Types {
		m.Body = fill(shape.Body)
		for _, o := range append(shape.Actions, shape.Items...) {
			m.Options = append(m.Options, channels.Option{Label: fill(o["title"] + o["item"]), Data: fill(o["id"])})
		}
	}
}

// resource is a message as the API shows it.
func (t *Twilio) resource(m *TwilioMessage) map[string]any {
	direction := "outbound-api"
	if m.Inbound {
		direction = "inbound"
	}
	at := m.At.UTC().Format(time.RFC1123Z)
	return map[string]any{
		"sid": m.SID, "account_sid": t.AccountSID, "from": m.From, "to": m.To, "body": m.Body,
		"direction": direction, "status": "queued", "num_media": strconv.Itoa(len(m.media)),
		"date_created": at, "date_sent": at, "date_updated": at,
	}
}

// list is a page of messages, newest first, filtered as Twilio filters. The token
// of the next page is where it begins, counted from the first message ever.
func (t *Twilio) list(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	size := max(1, number(query.Get("PageSize"), 50))
	since, _ := time.Parse(time.RFC3339, query.Get("DateSent>"))
	since = since.Truncate(time.Second)
	until, bounded := time.Parse(time.RFC3339, query.Get("DateSent<"))

	page, more := []map[string]any{}, false
	t.mu.Lock()
	i := len(t.messages)
	if token := query.Get("PageToken"); token != "" {
		i = min(i, number(strings.TrimPrefix(token, "PA"), 0)-t.gone)
	}
	for i--; i >= 0 && !t.messages[i].At.Before(since); i-- {
		if bounded == nil && t.messages[i].At.Truncate(time.Second).After(until) {
			continue
		}
		if m := t.messages[i]; is(query.Get("To"), m.To) && is(query.Get("From"), m.From) {
			if more = len(page) == size; more {
				break
			}
			page = append(page, t.resource(m))
		}
	}
	begins := i + 1 + t.gone
	t.mu.Unlock()

	answer := map[string]any{"messages": page, "page": number(query.Get("Page"), 0), "page_size": size}
	if more {
		query.Set("Page", strconv.Itoa(number(query.Get("Page"), 0)+1))
		query.Set("PageToken", "PA"+strconv.Itoa(begins))
		answer["next_page_uri"] = r.URL.Path + "?" + query.Encode()
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (t *Twilio) listMedia(w http.ResponseWriter, r *http.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var files []map[string]any
	for _, m := range t.messages {
		if m.SID != r.PathValue("sid") {
			continue
		}
		for _, f := range m.media {
			files = append(files, map[string]any{
				"sid": f.sid, "content_type": f.contentType, "uri": t.mediaPath(m.SID, f.sid) + ".json",
			})
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"media_list": files})
}

func (t *Twilio) mediaPath(message, file string) string {
	return "/2010-04-01/Accounts/" + t.AccountSID + "/Messages/" + message + "/Media/" + file
}

func (t *Twilio) file(w http.ResponseWriter, r *http.Request) {
	t.mu.Lock()
	f, known := t.files[r.URL.Path]
	t.mu.Unlock()
	if !known {
		twilioError(w, http.StatusNotFound, 20404, "The file was not found")
		return
	}
	w.Header().Set("Content-Type", f.contentType)
	_, _ = w.Write([]byte(f.body))
}

func (t *Twilio) removeFile(w http.ResponseWriter, r *http.Request) {
	t.change(func() { delete(t.files, r.URL.Path) })
	w.WriteHeader(http.StatusNoContent)
}

// Files are how many files Twilio still keeps.
func (t *Twilio) Files() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.files)
}

func (t *Twilio) createContent(w http.ResponseWriter, r *http.Request) {
	var c twilioContent
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil || c.FriendlyName == "" || len(c.Types) != 1 {
		twilioError(w, http.StatusBadRequest, 20001, "the content")
		return
	}
	t.change(func() {
		c.SID = fmt.Sprintf("HX%032x", len(t.contents)+1)
		t.contents = append(t.contents, c)
	})
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(c)
}

// listContents lists two at a time, whatever is asked for.
func (t *Twilio) listContents(w http.ResponseWriter, r *http.Request) {
	const size = 2
	t.mu.Lock()
	defer t.mu.Unlock()
	page := number(r.URL.Query().Get("Page"), 0)
	from := min(page*size, len(t.contents))
	to := min(from+size, len(t.contents))
	meta := map[string]any{"next_page_url": nil}
	if to < len(t.contents) {
		meta["next_page_url"] = fmt.Sprintf("https://content.twilio.com/v1/Content?PageSize=%d&Page=%d", size, page+1)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"contents": t.contents[from:to], "meta": meta})
}

// Contents are how many contents were made: they must not grow with traffic.
func (t *Twilio) Contents() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.contents)
}

func is(filter, value string) bool { return filter == "" || filter == value }

func number(s string, otherwise int) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	return otherwise
}

// units is the length of a text as providers count: in UTF-16 units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
