package webchat

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"heard/channels"
)

// cookieName names the cookie that is all there is of a person.
const cookieName = "heard_try"

// takeTime is how long taking a message may last; a turn has less.
const takeTime = 10 * time.Second

// handler serves the phones to the page.
type handler struct {
	*Phones
	take      channels.Take
	heartbeat time.Duration
}

// Handler serves, below wherever it stands:
//
//	POST {channel}/messages   form or JSON: text, choice or media=photo, and key; 201 with the message
//	GET  {channel}/messages   the chat so far
//	GET  events               every message from now on, as server-sent events
//
// The key is the page's own name for a message: one that is sent again under it
// is the same message. 503 means that it was not taken, or that nobody knows.
// Writes from other origins are refused.
func (p *Phones) Handler(take channels.Take) http.Handler {
	h := &handler{Phones: p, take: take, heartbeat: heartbeat}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{channel}/messages", h.post)
	mux.HandleFunc("GET /{channel}/messages", h.list)
	mux.HandleFunc("GET /events", h.events)
	return http.NewCrossOriginProtection().Handler(mux)
}

// person finds who the browser is; a new one gets a cookie.
func (h *handler) person(w http.ResponseWriter, r *http.Request) *person {
	if c, err := r.Cookie(cookieName); err == nil {
		if one := h.known(c.Value); one != nil {
			return one
		}
	}
	one := h.newcomer()
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: one.cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	return one
}

// channelOf reads the channel of the address.
func channelOf(r *http.Request) (channels.Channel, bool) {
	for _, c := range kinds() {
		if string(c) == r.PathValue("channel") {
			return c, true
		}
	}
	return "", false
}

// chat is the answer to a GET. Person changes when all that was there is gone.
type chat struct {
	Person   string    `json:"person"`
	Last     int64     `json:"last"` // events are read from here on
	Messages []message `json:"messages"`
}

func (h *handler) list(w http.ResponseWriter, r *http.Request) {
	c, ok := channelOf(r)
	if !ok {
		http.NotFound(w, r)
		return
	}
	one := h.person(w, r)
	messages, last := h.chat(one, c)
	reply(w, http.StatusOK, chat{Person: one.tag, Last: last, Messages: messages})
}

func (h *handler) post(w http.ResponseWriter, r *http.Request) {
	c, ok := channelOf(r)
	if !ok {
		http.NotFound(w, r)
		return
	}
	said, bad := readSaid(w, r)
	if bad != nil {
		reply(w, bad.status, bad)
		return
	}
	one := h.person(w, r)
	in, m, bad := h.inbound(one, c, said)
	if bad != nil {
		reply(w, bad.status, bad)
		return
	}
	// A page that is closed now has sent its message all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), takeTime)
	defer cancel()
	m, err := h.receive(ctx, one, in, m)
	if err != nil {
		reply(w, http.StatusServiceUnavailable, refusal{Error: "This could not be taken just now. What you wrote is still here: please send it again."})
		return
	}
	reply(w, http.StatusCreated, m)
}

// receive hands a message on, and puts it on the phone once it is taken. What
// answers it waits until then.
func (h *handler) receive(ctx context.Context, one *person, in channels.Inbound, m message) (message, error) {
	if !one.begin(ctx, m.Channel) {
		return m, ctx.Err()
	}
	defer one.end(m.Channel)
	same := func(other message) bool { return other.From == fromPerson && other.task == m.task }
	if before, taken := h.newest(one, m.Channel, same); taken {
		return before, nil
	}
	if err := h.take(ctx, in); err != nil {
		return m, err
	}
	m = h.add(one, m)
	if words := networkWords(in.Opt); words != "" {
		h.add(one, message{Channel: m.Channel, From: fromNetwork, Text: words})
	}
	return m, nil
}

// inbound is what the person did, and the line it makes in the chat.
func (h *handler) inbound(one *person, c channels.Channel, s said) (channels.Inbound, message, *refusal) {
	if s.Key == "" {
		s.Key = rand.Text()
	}
	in := channels.Inbound{
		ID: messageID(one, c, s.Key), Channel: c, Sender: senderOf(c), Address: one.address(c), At: h.now(),
	}
	m := message{Channel: c, From: fromPerson, task: s.Key}
	switch {
	case s.Choice != "":
		label, number := h.offered(one, c, s.Choice)
		if number == 0 {
			return in, m, &refusal{status: http.StatusBadRequest, Error: "This button is not on the phone any more."}
		}
		in.Choice, m.Text, m.Choice, m.Tapped = s.Choice, label, s.Choice, number
	case s.Media != "" && c == channels.SMS:
		return in, m, &refusal{status: http.StatusUnprocessableEntity, Error: "Photos do not reach a UK number by SMS. Try WhatsApp or Telegram."}
	case s.Media != "":
		in.Text, in.Media = s.Text, []channels.Media{{Kind: s.Media, Ref: "try:" + rand.Text(), Type: "image/jpeg"}}
		m.Text, m.Media = s.Text, s.Media
	default:
		in.Text, in.Opt = s.Text, opt(c, s.Text)
		m.Text = s.Text
	}
	return in, m, nil
}

// messageID is the same each time for one message, and tells nobody the cookie.
func messageID(one *person, c channels.Channel, key string) channels.MessageID {
	sum := sha256.Sum256([]byte(one.cookie + "\x00" + string(c) + "\x00" + key))
	return channels.MessageID("try:" + hex.EncodeToString(sum[:16]))
}

// offered finds the newest message that offered a choice, and the choice's label.
func (h *handler) offered(one *person, c channels.Channel, data string) (label string, number int64) {
	m, ok := h.newest(one, c, func(m message) bool {
		for _, o := range m.Options {
			if o.Data == data {
				label = o.Label
				return true
			}
		}
		return false
	})
	if !ok {
		return "", 0
	}
	return label, m.Number
}

// reply writes an answer. The writer's failure is the browser's leave.
func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
