package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"heard/channels/channelstest"
)

// rawPost is something that is posted as it is.
type rawPost struct {
	name     string
	path     string
	header   map[string]string
	body     []byte
	statuses []int // one of these must be answered
}

// badInput posts everything that is wrong, from a stranger and with a genuine
// signature, while two people talk; then everybody goes on.
func badInput(ctx context.Context, s *stage) error {
	if err := s.heards(ctx, 1, false); err != nil {
		return err
	}
	people := s.crowd(3)
	if err := all(people, func(p *person) error { return p.through(ctx, p.newJourney().beginning()[:3]) }); err != nil {
		return err
	}
	chance := seeded(s.seed)
	posts := append(s.badTwilio(chance), s.badTelegram(chance)...)
	for _, post := range posts {
		status, err := s.postRaw(ctx, post)
		if err != nil || !slices.Contains(post.statuses, status) {
			return fmt.Errorf("%s: answered %d, error %w; want one of %v", post.name, status, err, post.statuses)
		}
	}
	s.saw = fmt.Sprintf("%d posts", len(posts))
	for _, p := range people {
		p.rest()
		s.ledger.doubled, s.ledger.disordered = nil, nil // what odd messages were answered is the flows' matter
		if err := s.goesOn(ctx, p); err != nil {
			return fmt.Errorf("%s after all that: %w", p.channel, err)
		}
	}
	if tasks, err := s.tasks(ctx); err != nil || len(tasks["put aside"]) > 0 {
		return fmt.Errorf("%d messages were put aside as if by our fault, error %w", len(tasks["put aside"]), err)
	}
	return nil
}

// goesOn sees that somebody can begin again and come to an end.
func (s *stage) goesOn(ctx context.Context, p *person) error {
	if err := s.idle(ctx); err != nil {
		return err
	}
	p.rest()
	s.ledger.doubled, s.ledger.disordered = nil, nil
	p.last = reply{}
	status, err := p.say(ctx, "help")
	if err != nil || !status {
		return fmt.Errorf("HELP was not taken: %w", err)
	}
	bound, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if _, err := p.next(bound); err != nil {
		return errors.New("HELP had no answer")
	}
	return nil
}

func (s *stage) postRaw(ctx context.Context, post rawPost) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.processes[0].addr+"/webhooks/"+provider+post.path, bytes.NewReader(post.body))
	if err != nil {
		return 0, err
	}
	for name, value := range post.header {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		if len(post.body) > 1<<20 { // refused before it was all sent
			return http.StatusRequestEntityTooLarge, nil
		}
		return 0, err
	}
	_, _ = io.Copy(io.Discard, resp.Body) // only the status counts
	_ = resp.Body.Close()                 // it was read
	return resp.StatusCode, nil
}

const formType = "application/x-www-form-urlencoded"

// signedForm is a form as Twilio would have signed it, whatever is in it.
func (s *stage) signedForm(name string, form url.Values, statuses ...int) rawPost {
	return rawPost{name, "/twilio", map[string]string{
		"Content-Type": formType, "X-Twilio-Signature": s.twilio.Sign(webhooks+"/twilio", form),
	}, []byte(form.Encode()), statuses}
}

// strange are texts that people do not write, and some do.
func strange() map[string]string {
	return map[string]string{
		"NUL": "before\x00after", "invalid UTF-8": "before\xff\xfe\xc3after", "emoji": "👩🏽‍🦽😢👨‍👩‍👧‍👦", "right to left": "تركوني وحدي طوال الليل",
		"10,000 characters": strings.Repeat("0123456789", 1000), "only spaces": " \t\n ", "empty": "", "markup": "<b>*_{{1}} {ref} %s %!d(x)",
		"controls": "\x01\x02\x1b[31m\u202e\u200b\ufeff", "combining": "a" + strings.Repeat("\u0301", 500), "one dot": ".", "numbers": "99999999999999999999",
	}
}

func (s *stage) badTwilio(chance *rand.Rand) []rawPost {
	ok, bad := []int{200}, []int{400}
	form := func() url.Values { return s.twilio.Text("+447700900950", smsFrom, "hello") }
	with := func(name string, change func(url.Values), statuses ...int) rawPost {
		f := form()
		change(f)
		return s.signedForm("Twilio, "+name, f, statuses...)
	}
	posts := []rawPost{
		{"10 MB", "/twilio", map[string]string{"Content-Type": formType}, bytes.Repeat([]byte("a=b&"), 10<<18), []int{413}},
		{"no form", "/twilio", map[string]string{"Content-Type": formType}, []byte("%zz;%"), bad},
		{"no signature", "/twilio", map[string]string{"Content-Type": formType}, []byte(form().Encode()), []int{403}},
		{"status without a signature", "/twilio/status?task=x", map[string]string{"Content-Type": formType}, []byte("MessageStatus=sent"), []int{403}},
		with("to another number", func(f url.Values) { f.Set("To", "+447700900003") }, ok...),
		with("unknown fields", func(f url.Values) { f.Set("Tomorrow", "x"); f.Set("MessageType", "hologram") }, ok...),
		with("repeated fields", func(f url.Values) { f["Body"] = []string{"one", "two"}; f["From"] = append(f["From"], "+447700900951") }, ok...),
		with("absurd media", func(f url.Values) { f.Set("NumMedia", "99999999"); f.Set("MediaUrl0", "gopher://[::1") }, ok...),
		with("absurd place", func(f url.Values) { f.Set("Latitude", "NaN"); f.Set("Longitude", "1e999") }, ok...),
		with("absurd tap", func(f url.Values) { f.Set("ButtonPayload", strings.Repeat("x", 5000)) }, ok...),
	}
	for _, name := range []string{"From", "To", "MessageSid"} {
		posts = append(posts, with(name+" missing", func(f url.Values) {
			f.Del(name)
			if name == "MessageSid" {
				f.Del("SmsMessageSid")
				f.Del("SmsSid")
			}
		}, bad...))
	}
	for name, text := range strange() {
		posts = append(posts, with(name, func(f url.Values) { f.Set("Body", text) }, ok...))
		posts = append(posts, with(name+" on WhatsApp", func(f url.Values) {
			f.Set("Body", text)
			f.Set("From", "whatsapp:+447700900950")
			f.Set("To", waFrom)
		}, ok...))
	}
	for i := range 200 { // genuine, but nothing in it is in order
		f := form()
		for range chance.IntN(6) {
			f.Set(oneOf(chance, "Body", "From", "NumMedia", "MediaUrl0", "Latitude", "ListId", "OptOutType", "MessageType", noise(chance, 8)), noise(chance, 200))
		}
		posts = append(posts, s.signedForm(fmt.Sprintf("Twilio, chance %d", i), f, 200, 400))
	}
	return posts
}

func (s *stage) badTelegram(chance *rand.Rand) []rawPost {
	header := map[string]string{"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": botSecret}
	posts := []rawPost{
		{"Telegram, 10 MB", "/telegram", header, bytes.Repeat([]byte("["), 10<<20), []int{413}},
		{"Telegram, no JSON", "/telegram", header, []byte("{"), []int{400}},
		{"Telegram, a list", "/telegram", header, []byte("[]"), []int{400}},
		{"Telegram, no secret", "/telegram", map[string]string{"Content-Type": "application/json"}, []byte("{}"), []int{403}},
		{"Telegram, deep", "/telegram", header, []byte(`{"update_id":7,"message":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "}"), []int{200, 400}},
	}
	add := func(name string, update any, statuses ...int) {
		req, err := channelstest.TelegramRequest(context.Background(), "http://heard/", botSecret, update)
		if err != nil {
			return // what cannot be written as JSON cannot come as JSON
		}
		body, _ := io.ReadAll(req.Body) // from memory
		posts = append(posts, rawPost{"Telegram, " + name, "/telegram", header, body, statuses})
	}
	chat := map[string]any{"id": 1950, "type": "private"}
	for _, kind := range telegramKinds() {
		add(kind, s.telegram.Update(kind, map[string]any{"id": "1", "chat": chat, "from": map[string]any{"id": 1950}, "date": 1}), 200)
		add(kind+" of another type", s.telegram.Update(kind, "a text"), 200)
	}
	for _, field := range telegramFields() {
		add("a message with "+field, s.telegram.Message(1950, map[string]any{field: map[string]any{"file_id": "x", "id": 1}}), 200)
		add("a message with a wrong "+field, s.telegram.Message(1950, map[string]any{field: []any{1, nil, "x"}}), 200)
	}
	for _, where := range []string{"group", "supergroup", "channel", ""} {
		add("in a "+where, s.telegram.Message(1950, map[string]any{"text": "hello", "chat": map[string]any{"id": -5, "type": where}}), 200)
	}
	for name, text := range strange() {
		add(name, s.telegram.Text(1950, text), 200)
	}
	for i := range 200 {
		m := map[string]any{}
		for range chance.IntN(5) {
			m[oneOf(chance, append(telegramFields(), "text", "chat", "date", noise(chance, 6))...)] = oneOf[any](chance, noise(chance, 100), 1e300, -1, nil, []any{}, map[string]any{}, true)
		}
		add(fmt.Sprintf("chance %d", i), s.telegram.Message(1950, m), 200)
	}
	return posts
}

func telegramKinds() []string {
	return []string{
		"message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message", "edited_business_message",
		"deleted_business_messages", "message_reaction", "message_reaction_count", "inline_query", "chosen_inline_result", "callback_query",
		"shipping_query", "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member", "chat_join_request",
		"chat_boost", "removed_chat_boost", "a_kind_of_tomorrow",
	}
}

func telegramFields() []string {
	return []string{
		"photo", "voice", "audio", "video", "video_note", "document", "animation", "location", "venue", "sticker", "contact", "poll", "dice",
		"game", "story", "checklist", "paid_media", "caption", "new_chat_members", "pinned_message", "web_app_data", "entities", "reply_to_message",
	}
}

func oneOf[T any](chance *rand.Rand, all ...T) T { return all[chance.IntN(len(all))] }

// noise is up to n characters of anything.
func noise(chance *rand.Rand, n int) string {
	b := make([]rune, chance.IntN(n+1))
	for i := range b {
		b[i] = rune(chance.IntN(oneOf(chance, 0x80, 0x800, 0xd800)))
	}
	return string(b)
}
