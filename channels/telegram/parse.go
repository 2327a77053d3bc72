package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"heard/channels"
)

var (
	errIgnored   = errors.New("means nothing here")
	errMalformed = errors.New("not an update")
)

// update is what is kept of an update. What has no field here, such as the
// person's name and picture, is never read.
type update struct {
	ID       int64     `json:"update_id"`
	Message  *message  `json:"message"`
	Edited   *message  `json:"edited_message"`
	Callback *callback `json:"callback_query"`
	Member   *member   `json:"my_chat_member"`
}

type chat struct {
	ID   int64  `json:"id"`
	Type string `json:"type"`
}

type message struct {
	Date     int64     `json:"date"`
	EditDate int64     `json:"edit_date"`
	Chat     chat      `json:"chat"`
	Text     string    `json:"text"`
	Caption  string    `json:"caption"`
	Photo    []file    `json:"photo"`
	Voice    *file     `json:"voice"`
	Audio    *file     `json:"audio"`
	Video    *file     `json:"video"`
	Note     *file     `json:"video_note"`
	Document *file     `json:"document"`
	Moving   *file     `json:"animation"`
	Location *position `json:"location"`
	Venue    *struct {
		Title   string `json:"title"`
		Address string `json:"address"`
	} `json:"venue"`

	// Kinds that cannot be kept; only that they are there is read.
	Sticker   presence `json:"sticker"`
	Contact   presence `json:"contact"`
	Poll      presence `json:"poll"`
	Dice      presence `json:"dice"`
	Game      presence `json:"game"`
	Story     presence `json:"story"`
	Checklist presence `json:"checklist"`
	PaidMedia presence `json:"paid_media"`
}

type file struct {
	ID   string `json:"file_id"`
	Type string `json:"mime_type"`
	Size int64  `json:"file_size"`
}

type position struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

type callback struct {
	ID      string   `json:"id"`
	Data    string   `json:"data"`
	Message *message `json:"message"`
}

type member struct {
	Date int64 `json:"date"`
	Chat chat  `json:"chat"`
	New  struct {
		Status string `json:"status"`
	} `json:"new_chat_member"`
}

// presence is true where a field is there at all, whatever it holds.
type presence bool

// UnmarshalJSON does not look into the value, so that none is kept.
func (p *presence) UnmarshalJSON(b []byte) error {
	*p = string(b) != "null"
	return nil
}

// parse reads one update, and the id of the tap to answer, if it is one. JSON
// that is no update at all is errMalformed; one that is of another kind, or not
// from a private chat, is errIgnored: Telegram would repeat a refusal for a day.
func (c *Client) parse(raw []byte) (in channels.Inbound, tap string, err error) {
	if !json.Valid(raw) {
		return in, "", errMalformed
	}
	var u update
	err = json.Unmarshal(raw, &u) // reads on behind a field of another type
	switch {
	case u.ID <= 0:
		return in, "", errMalformed
	case err != nil:
		return in, "", errIgnored
	}
	in = channels.Inbound{
		ID:      channels.MessageID(fmt.Sprintf("tg:%s:%d", c.sender, u.ID)),
		Channel: channels.Telegram, Sender: c.sender, Seq: u.ID,
	}
	switch {
	case u.Message != nil:
		return in, "", u.Message.into(&in, c.now)
	case u.Edited != nil:
		return in, "", u.Edited.edit(&in, c.now)
	case u.Callback != nil && u.Callback.Message != nil && u.Callback.Data != "":
		in.Choice, in.At = u.Callback.Data, c.now() // the date is that of the question
		return in, u.Callback.ID, u.Callback.Message.Chat.into(&in)
	case u.Member != nil:
		return in, "", u.Member.into(&in, c.now)
	}
	return in, "", errIgnored
}

// into sets whom an update is from: only in a private chat is that one person.
func (c chat) into(in *channels.Inbound) error {
	if c.Type != "private" || c.ID == 0 {
		return errIgnored
	}
	in.Address = channels.Address(strconv.FormatInt(c.ID, 10))
	return nil
}

func (m *message) into(in *channels.Inbound, now func() time.Time) error {
	if err := m.Chat.into(in); err != nil {
		return err
	}
	in.At = at(m.Date, now)
	in.Media = m.media()
	switch {
	case strings.HasPrefix(m.Text, "/"):
		in.Text, in.Start = command(m.Text)
	case m.Text != "":
		in.Text = m.Text
	default:
		in.Text = m.Caption
	}
	if strings.EqualFold(strings.TrimSpace(in.Text), "stop") {
		in.Opt = channels.OptOut // a wish like any other, though Telegram does not know it
	}
	if m.Location != nil {
		in.Location = &channels.Location{Latitude: m.Location.Latitude, Longitude: m.Location.Longitude}
		if m.Venue != nil && in.Text == "" {
			in.Text = strings.Trim(m.Venue.Title+", "+m.Venue.Address, ", ")
		}
	}
	if in.Text != "" || in.Start != "" || len(in.Media) > 0 || in.Location != nil {
		return nil
	}
	if in.Other = m.other(); in.Other == "" {
		return errIgnored // a service message, or a kind of tomorrow
	}
	return nil
}

// edit is a note of the new words. A live position moves by edits, and a message
// without words has nothing that was reworded.
func (m *message) edit(in *channels.Inbound, now func() time.Time) error {
	if err := m.Chat.into(in); err != nil {
		return err
	}
	in.At, in.Edit = at(m.EditDate, now), true
	if in.Text = m.Text + m.Caption; in.Text == "" {
		return errIgnored
	}
	return nil
}

func (m *member) into(in *channels.Inbound, now func() time.Time) error {
	if err := m.Chat.into(in); err != nil {
		return err
	}
	in.At = at(m.Date, now)
	switch m.New.Status {
	case "kicked", "left":
		in.Opt = channels.OptOut
	case "member":
		in.Opt = channels.OptIn
	default:
		return errIgnored
	}
	return nil
}

// command reads "/start CODE" of a deep link, and any other command as the word
// without its slash and without the bot's name. It goes by the text alone: the
// entities that come with it are the sender's claim.
func command(text string) (words, start string) {
	name, rest, _ := strings.Cut(text[1:], " ")
	name, _, _ = strings.Cut(name, "@")
	rest = strings.TrimSpace(rest)
	if name == "start" && rest != "" && len(rest) <= 64 && plain(rest) {
		return "", rest
	}
	if words = strings.TrimSpace(name + " " + rest); words == "" {
		return text, ""
	}
	return words, ""
}

// media are the files of a message: of a photo, the largest; an animation comes
// with a document of the same file, for old clients.
func (m *message) media() []channels.Media {
	var files []channels.Media
	add := func(kind string, f *file) {
		if f != nil && f.ID != "" {
			files = append(files, channels.Media{Kind: kind, Ref: f.ID, Type: f.Type, Size: f.Size})
		}
	}
	if n := len(m.Photo); n > 0 {
		add("photo", &m.Photo[n-1])
	}
	add("voice", m.Voice)
	add("audio", m.Audio)
	add("video", m.Video)
	add("video", m.Note)
	add("video", m.Moving)
	if m.Moving == nil {
		add("document", m.Document)
	}
	return files
}

func (m *message) other() string {
	switch {
	case bool(m.Sticker):
		return "sticker"
	case bool(m.Contact):
		return "contact"
	case bool(m.Poll):
		return "poll"
	case bool(m.Dice):
		return "dice"
	case bool(m.Game):
		return "game"
	case bool(m.Story):
		return "story"
	case bool(m.Checklist):
		return "checklist"
	case bool(m.PaidMedia):
		return "paid media"
	}
	return ""
}

// at reads Telegram's seconds; now where there are none.
func at(seconds int64, now func() time.Time) time.Time {
	if seconds <= 0 {
		return now()
	}
	return time.Unix(seconds, 0).UTC()
}
