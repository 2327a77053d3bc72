package twilio

import (
	"errors"
	"math"
	"net/url"
	"strconv"
	"strings"

	"heard/channels"
)

var (
	errNotOurs   = errors.New("for a sender that is not in use")
	errMalformed = errors.New("no message")
)

// parse reads a message from a verified form. The person's profile name and all
// that Twilio guesses of their place are left behind here.
func (c *Client) parse(form url.Values) (channels.Inbound, error) {
	field := func(name string) string { return strings.ToValidUTF8(form.Get(name), "\uFFFD") }
	sid := firstOf(field("MessageSid"), field("SmsMessageSid"), field("SmsSid"))
	if sid == "" || field("From") == "" || field("To") == "" {
		return channels.Inbound{}, errMalformed
	}
	sender := channels.Sender(field("To"))
	channel, ours := c.channelOf(sender)
	if !ours {
		return channels.Inbound{}, errNotOurs
	}
	in := channels.Inbound{
		ID: messageID(sid), Channel: channel, Sender: sender,
		Address: channels.Address(field("From")), At: c.now(),
	}
	if in.Choice = firstOf(field("ButtonPayload"), field("ListId")); in.Choice != "" {
		return in, nil
	}
	in.Text = firstOf(field("Body"), field("ButtonText"), field("ListTitle"))
	in.Media = media(form)
	if in.Location = location(field("Latitude"), field("Longitude")); in.Location != nil && in.Text == "" {
		in.Text = place(field("Label"), field("Address"))
	}
	in.Opt = opt(field("OptOutType"), in.Text)
	return complete(in, field("MessageType")), nil
}

// messageID is the same for the webhook and for the list.
func messageID(sid string) channels.MessageID { return channels.MessageID("tw:" + sid) }

// complete says of a message that holds nothing what it was, so that none is
// ever empty.
func complete(in channels.Inbound, kind string) channels.Inbound {
	if strings.TrimSpace(in.Text) != "" || len(in.Media) > 0 || in.Location != nil {
		return in
	}
	in.Text, in.Other = "", "empty"
	switch kind {
	case "sticker", "reaction", "order", "contacts", "interactive", "system":
		in.Other = kind
	}
	return in
}

// media are the files of a message; NumMedia counts them, and is not believed.
func media(form url.Values) []channels.Media {
	n, _ := strconv.Atoi(form.Get("NumMedia")) // none: 0
	var files []channels.Media
	for i := range min(n, 32) {
		suffix := strconv.Itoa(i)
		if ref := form.Get("MediaUrl" + suffix); ref != "" {
			files = append(files, mediaOf(ref, form.Get("MediaContentType"+suffix)))
		}
	}
	return files
}

func mediaOf(ref, contentType string) channels.Media {
	m := channels.Media{Kind: "document", Ref: strings.ToValidUTF8(ref, ""), Type: strings.ToValidUTF8(contentType, "")}
	switch kind, _, _ := strings.Cut(m.Type, "/"); kind {
	case "image":
		m.Kind = "photo"
	case "video":
		m.Kind = "video"
	case "audio":
		m.Kind = "audio"
		if strings.HasPrefix(m.Type, "audio/ogg") { // how WhatsApp records
			m.Kind = "voice"
		}
	}
	return m
}

// location is the position, or nil where the figures are none.
func location(latitude, longitude string) *channels.Location {
	lat, errLat := strconv.ParseFloat(latitude, 64)
	long, errLong := strconv.ParseFloat(longitude, 64)
	if errLat != nil || errLong != nil || !(math.Abs(lat) <= 90) || !(math.Abs(long) <= 180) { // NaN too
		return nil
	}
	return &channels.Location{Latitude: lat, Longitude: long}
}

// place is what a shared position is called.
func place(label, address string) string {
	if label != "" && address != "" {
		return label + ", " + address
	}
	return label + address
}

// opt reads Twilio's own words, which it answers by itself and passes on. Where
// the account has Advanced Opt-Out, Twilio says what it took them for. YES is
// always an answer: it is one of Twilio's words for START, and what people type.
func opt(optOutType, text string) channels.Opt {
	word := strings.ToUpper(strings.TrimSpace(text))
	if word == "YES" {
		return ""
	}
	switch firstOf(strings.ToUpper(optOutType), word) {
	case "STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT":
		return channels.OptOut
	case "START", "UNSTOP":
		return channels.OptIn
	case "HELP", "INFO":
		return channels.OptHelp
	}
	return ""
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
