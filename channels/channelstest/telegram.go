package channelstest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"time"

	"heard/channels"
)

// Telegram is a stand-in for Telegram's Bot API, for one bot. All methods may be
// used at the same time.
type Telegram struct {
	Token string

	// Public and Address say where the webhook is believed to be and really is;
	// see Twilio. Where SetWebhook was not called, updates wait for getUpdates.
	Public, Address string

	// Client posts the webhooks; nil: http.DefaultClient.
	Client *http.Client

	// OnSent is told of each message that was taken, before the answer; nil:
	// nobody. Forget keeps none of them.
	OnSent func(TelegramMessage)
	Forget bool

	faults
	server   *httptest.Server
	mux      *http.ServeMux
	made     int64 // ids of updates and messages
	queue    []telegramUpdate
	offset   int64 // all below were acknowledged
	messages []TelegramMessage
	answered map[string]int
	hook     TelegramHook
	files    map[string]string
}

// TelegramMessage is one message that was sent to a chat.
type TelegramMessage struct {
	ID       int64
	Chat     string
	Text     string
	Keyboard [][]channels.Option
}

// TelegramHook is what setWebhook was told.
type TelegramHook struct {
	URL, Secret string
	Allowed     []string
	Dropped     bool // what waited was to be thrown away
}

type telegramUpdate struct {
	id   int64
	body map[string]any
}

// NewTelegram starts a stand-in for the bot of this token.
func NewTelegram(token string) *Telegram {
	t := &Telegram{Token: token, answered: map[string]int{}, files: map[string]string{}, made: 1000}
	t.mux = http.NewServeMux()
	for method, handle := range map[string]http.HandlerFunc{
		"getMe": t.getMe, "setWebhook": t.setWebhook, "deleteWebhook": t.deleteWebhook, "getFile": t.getFile,
		"sendMessage": t.guard(Send, t.send), "getUpdates": t.guard(Updates, t.updates),
		"answerCallbackQuery": t.guard(Answer, t.answer),
	} {
		t.mux.HandleFunc("POST /bot"+token+"/"+method, handle)
	}
	t.mux.HandleFunc("GET /file/bot"+token+"/{path...}", t.guard(File, t.file))
	t.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { telegramError(w, 401, "Unauthorized", 0) })
	t.server = httptest.NewServer(t.mux)
	return t
}

// URL is the base of the API: telegram.api_url.
func (t *Telegram) URL() string { return t.server.URL }

// Close cuts open polls and stops the server.
func (t *Telegram) Close() {
	t.server.CloseClientConnections()
	t.server.Close()
}

// Sent is what was sent to a chat so far, in order; "" is every chat.
func (t *Telegram) Sent(chat string) []TelegramMessage {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sent(chat)
}

func (t *Telegram) sent(chat string) []TelegramMessage {
	var sent []TelegramMessage
	for _, m := range t.messages {
		if chat == "" || m.Chat == chat {
			sent = append(sent, m)
		}
	}
	return sent
}

// WaitSent waits until at least n messages were sent to a chat, and returns all
// of them.
func (t *Telegram) WaitSent(ctx context.Context, chat string, n int) ([]TelegramMessage, error) {
	var sent []TelegramMessage
	err := t.wait(ctx, func() bool {
		sent = t.sent(chat)
		return len(sent) >= n
	})
	return sent, err
}

// Texts are the texts of what was sent to a chat.
func (t *Telegram) Texts(chat channels.Address) []string {
	var texts []string
	for _, m := range t.Sent(string(chat)) {
		texts = append(texts, m.Text)
	}
	return texts
}

// Hook is what the webhook was last set to; its URL is empty where it was
// deleted or never set.
func (t *Telegram) Hook() TelegramHook {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.hook
}

// Answered says how often a tap was answered.
func (t *Telegram) Answered(tap string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.answered[tap]
}

// WaitTaken waits until getUpdates has acknowledged every update queued so far.
func (t *Telegram) WaitTaken(ctx context.Context) error {
	return t.wait(ctx, func() bool { return len(t.queue) == 0 || t.queue[len(t.queue)-1].id < t.offset })
}

func (t *Telegram) guard(call Call, handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		person := ""
		if call == Send {
			_ = r.ParseMultipartForm(1 << 20) // send says what is wrong with it
			person = r.FormValue("chat_id")
		}
		fault, failing := t.next(call, person)
		if !failing {
			handle(w, r)
			return
		}
		if fault.Taken {
			handle(httptest.NewRecorder(), r)
		} else {
			_ = r.ParseMultipartForm(1 << 20) // read it all, as a server does that fails later
		}
		fault.apply(w)
	}
}

// TelegramError is the body of an error as Telegram writes it, for a Fault.
func TelegramError(status int, description string, retryAfter int) string {
	answer := map[string]any{"ok": false, "error_code": status, "description": description}
	if retryAfter > 0 {
		answer["parameters"] = map[string]int{"retry_after": retryAfter}
	}
	body, _ := json.Marshal(answer)
	return string(body)
}

func telegramError(w http.ResponseWriter, status int, description string, retryAfter int) {
	w.WriteHeader(status)
	_, _ = w.Write([]byte(TelegramError(status, description, retryAfter)))
}

func result(w http.ResponseWriter, of any) {
	_ = json.NewEncoder(w).Encode(map[string]any{"ok": true, "result": of})
}

func (t *Telegram) getMe(w http.ResponseWriter, _ *http.Request) {
	id, _, _ := strings.Cut(t.Token, ":")
	result(w, map[string]any{"id": number(id, 0), "is_bot": true, "first_name": "Heard", "username": "heard_test_bot"})
}

func (t *Telegram) send(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseMultipartForm(1 << 20)
	m := TelegramMessage{Chat: r.FormValue("chat_id"), Text: r.FormValue("text")}
	keyboard, problem := telegramKeyboard(r.FormValue("reply_markup"))
	switch {
	case strings.TrimSpace(m.Text) == "":
		problem = "message text is empty"
	case units(m.Text) > 4096:
		problem = "message is too long"
	case r.FormValue("parse_mode") != "":
		problem = "can't parse entities"
	}
	if problem != "" {
		telegramError(w, http.StatusBadRequest, "Bad Request: "+problem, 0)
		return
	}
	m.Keyboard = keyboard
	t.change(func() {
		t.made++
		m.ID = t.made
		if !t.Forget {
			t.messages = append(t.messages, m)
		}
	})
	if t.OnSent != nil {
		t.OnSent(m)
	}
	chat := map[string]any{"id": number(m.Chat, 0), "type": "private"}
	result(w, map[string]any{"message_id": m.ID, "date": time.Now().Unix(), "chat": chat, "text": m.Text})
}

// telegramKeyboard reads an inline keyboard; each button must have one purpose
// and at most 64 bytes of data.
func telegramKeyboard(markup string) ([][]channels.Option, string) {
	if markup == "" {
		return nil, ""
	}
	var keyboard struct {
		Rows [][]map[string]any `json:"inline_keyboard"`
	}
	if err := json.Unmarshal([]byte(markup), &keyboard); err != nil {
		return nil, "can't parse inline keyboard"
	}
	var rows [][]channels.Option
	for _, row := range keyboard.Rows {
		var options []channels.Option
		for _, b := range row {
			text, _ := b["text"].(string)
			data, _ := b["callback_data"].(string)
			if len(b) != 2 || text == "" || data == "" || len(data) > 64 {
				return nil, "BUTTON_TYPE_INVALID: " + fmt.Sprint(slices.Sorted(maps.Keys(b)))
			}
			options = append(options, channels.Option{Label: text, Data: data})
		}
		rows = append(rows, options)
	}
	return rows, ""
}

func (t *Telegram) answer(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseMultipartForm(1 << 20)
	t.tapped(r.FormValue("callback_query_id"))
	result(w, true)
}

func (t *Telegram) tapped(id string) {
	t.change(func() {
		if !t.Forget {
			t.answered[id]++
		}
	})
}

func (t *Telegram) setWebhook(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseMultipartForm(1 << 20)
	hook := TelegramHook{URL: r.FormValue("url"), Secret: r.FormValue("secret_token"), Dropped: r.FormValue("drop_pending_updates") == "true"}
	if err := json.Unmarshal([]byte(r.FormValue("allowed_updates")), &hook.Allowed); err != nil {
		telegramError(w, http.StatusBadRequest, "Bad Request: can't parse allowed_updates", 0)
		return
	}
	t.change(func() { t.hook = hook })
	result(w, true)
}

func (t *Telegram) deleteWebhook(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseMultipartForm(1 << 20)
	t.change(func() { t.hook = TelegramHook{Dropped: r.FormValue("drop_pending_updates") == "true"} })
	result(w, true)
}

// updates is a long poll. An offset acknowledges all below it, for good.
func (t *Telegram) updates(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Offset, Timeout int64 }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		telegramError(w, http.StatusBadRequest, "Bad Request", 0)
		return
	}
	t.change(func() { t.offset = max(t.offset, asked.Offset) })
	ctx, cancel := context.WithTimeout(r.Context(), time.Duration(asked.Timeout)*time.Second)
	defer cancel()
	waiting := []map[string]any{}
	var hooked bool
	_ = t.wait(ctx, func() bool {
		if hooked = t.hook.URL != ""; hooked {
			return true
		}
		for _, u := range t.queue {
			if u.id >= t.offset && len(waiting) < 100 {
				waiting = append(waiting, u.body)
			}
		}
		return len(waiting) > 0
	})
	if hooked {
		telegramError(w, http.StatusConflict, "Conflict: can't use getUpdates method while webhook is active", 0)
		return
	}
	result(w, waiting)
}

func (t *Telegram) getFile(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseMultipartForm(1 << 20)
	id := r.FormValue("file_id")
	t.mu.Lock()
	body, known := t.files[id]
	t.mu.Unlock()
	if !known {
		telegramError(w, http.StatusBadRequest, "Bad Request: invalid file_id", 0)
		return
	}
	result(w, map[string]any{"file_id": id, "file_unique_id": "u" + id, "file_size": len(body), "file_path": "files/" + id})
}

func (t *Telegram) file(w http.ResponseWriter, r *http.Request) {
	t.mu.Lock()
	body, known := t.files[strings.TrimPrefix(r.PathValue("path"), "files/")]
	t.mu.Unlock()
	if !known {
		telegramError(w, http.StatusNotFound, "Not Found", 0)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write([]byte(body))
}
