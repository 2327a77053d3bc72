package webchat

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strings"

	"heard/channels"
)

// maxBody is the largest message that is read: 10,000 characters have room in any
// encoding.
const maxBody = 256 << 10

// maxKey is how long a page's name for a message may be.
const maxKey = 64

// said is what a page sends: one of text, choice and media; media may have a text.
type said struct {
	Text   string `json:"text"`
	Choice string `json:"choice"`
	Media  string `json:"media"` // "photo"
	Key    string `json:"key"`
}

// refusal is why a message was not taken, for the person.
type refusal struct {
	Error  string `json:"error"`
	status int
}

// readSaid reads a form or JSON. Text is kept whole: only bytes that are no text
// at all are replaced.
func readSaid(w http.ResponseWriter, r *http.Request) (said, *refusal) {
	var s said
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // none: no known kind
	var err error
	switch kind {
	case "application/json":
		err = json.NewDecoder(r.Body).Decode(&s)
	case "application/x-www-form-urlencoded":
		if err = r.ParseForm(); err == nil {
			field := func(name string) string { return strings.ToValidUTF8(r.PostForm.Get(name), "\uFFFD") }
			s = said{Text: field("text"), Choice: field("choice"), Media: field("media"), Key: field("key")}
		}
	default:
		return s, &refusal{status: http.StatusUnsupportedMediaType, Error: "A message comes as a form or as JSON."}
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return s, &refusal{status: http.StatusRequestEntityTooLarge, Error: "This is too long for one message. Please send it in parts."}
	case err != nil:
		return s, &refusal{status: http.StatusBadRequest, Error: "This message cannot be read."}
	}
	return s, s.check()
}

func (s said) check() *refusal {
	switch {
	case len(s.Key) > maxKey:
		return &refusal{status: http.StatusBadRequest, Error: "This message cannot be read: its key is too long."}
	case s.Media != "" && s.Media != "photo":
		return &refusal{status: http.StatusBadRequest, Error: "Only a photo can be made up here."}
	case s.Choice != "" && (s.Text != "" || s.Media != ""):
		return &refusal{status: http.StatusBadRequest, Error: "A tap comes alone."}
	case s.Choice == "" && s.Media == "" && strings.TrimSpace(s.Text) == "":
		return &refusal{status: http.StatusBadRequest, Error: "Write something first."}
	}
	return nil
}

// opt reads the words that Twilio answers by itself on SMS and WhatsApp. YES is
// always an answer. Telegram has no such words.
func opt(c channels.Channel, text string) channels.Opt {
	if c == channels.Telegram {
		return ""
	}
	switch strings.ToUpper(strings.TrimSpace(text)) {
	case "STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT":
		return channels.OptOut
	case "START", "UNSTOP":
		return channels.OptIn
	case "HELP", "INFO":
		return channels.OptHelp
	}
	return ""
}

// networkWords stand for what Twilio itself tells the person.
func networkWords(o channels.Opt) string {
	switch o {
	case channels.OptOut:
		return "The network confirms here that you get no more messages. Send START to get them again."
	case channels.OptIn:
		return "The network confirms here that you get messages again."
	}
	return ""
}
