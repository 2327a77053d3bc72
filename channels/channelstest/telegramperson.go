package channelstest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// What people do on Telegram. Each maker returns an update with an id of its
// own; Queue lets it wait for a poll, Deliver posts it to the webhook.

// Text is a message that a person writes, or a command such as "/start CODE".
func (t *Telegram) Text(chat int64, text string) map[string]any {
	return t.Message(chat, map[string]any{"text": text})
}

// Message is a message with any fields of Telegram's.
func (t *Telegram) Message(chat int64, fields map[string]any) map[string]any {
	m := telegramMessage(chat)
	for name, value := range fields {
		m[name] = value
	}
	return t.Update("message", m)
}

// Tap is a tap on a button below a message. The tap's own id is TapID's.
func (t *Telegram) Tap(chat int64, data string) map[string]any {
	u := t.Update("callback_query", nil)
	u["callback_query"] = map[string]any{
		"id": TapID(u), "from": telegramUser(chat), "message": telegramMessage(chat), "chat_instance": "1", "data": data,
	}
	return u
}

// TapID is the id by which a tap is answered.
func TapID(update map[string]any) string { return fmt.Sprint("tap-", update["update_id"]) }

// Blocks is a person blocking the bot; Unblocks is the return.
func (t *Telegram) Blocks(chat int64) map[string]any { return t.member(chat, "member", "kicked") }

// Unblocks is a person letting the bot write again.
func (t *Telegram) Unblocks(chat int64) map[string]any { return t.member(chat, "kicked", "member") }

func (t *Telegram) member(chat int64, from, to string) map[string]any {
	bot := map[string]any{"id": 1, "is_bot": true, "first_name": "Heard"}
	return t.Update("my_chat_member", map[string]any{
		"chat": telegramChat(chat), "from": telegramUser(chat), "date": time.Now().Unix(),
		"old_chat_member": map[string]any{"user": bot, "status": from},
		"new_chat_member": map[string]any{"user": bot, "status": to},
	})
}

// Update is an update of any kind.
func (t *Telegram) Update(kind string, body any) map[string]any {
	var id int64
	t.change(func() {
		t.made++
		id = t.made
	})
	return map[string]any{"update_id": id, kind: body}
}

// Keep makes a file that can be fetched, and returns its id.
func (t *Telegram) Keep(body string) string {
	var id string
	t.change(func() {
		t.made++
		id = fmt.Sprintf("file-%d", t.made)
		t.files[id] = body
	})
	return id
}

// Queue lets updates wait for getUpdates.
func (t *Telegram) Queue(updates ...map[string]any) {
	t.change(func() {
		for _, u := range updates {
			t.queue = append(t.queue, telegramUpdate{id: u["update_id"].(int64), body: u})
		}
	})
}

// Deliver posts an update to the webhook that was set, and returns the status it
// answered. A tap that is answered in the reply counts as answered.
func (t *Telegram) Deliver(ctx context.Context, update map[string]any) (int, error) {
	hook := t.Hook()
	path, ours := strings.CutPrefix(hook.URL, t.Public)
	if hook.URL == "" || !ours {
		return 0, fmt.Errorf("no webhook is set below %q", t.Public)
	}
	req, err := TelegramRequest(ctx, t.Address+path, hook.Secret, update)
	if err != nil {
		return 0, err
	}
	client := t.Client
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	var reply struct {
		Method string `json:"method"`
		Tap    string `json:"callback_query_id"`
	}
	if resp.StatusCode == http.StatusOK && json.Unmarshal(body, &reply) == nil && reply.Method == "answerCallbackQuery" {
		t.tapped(reply.Tap)
	}
	return resp.StatusCode, err
}

// TelegramRequest is a webhook as Telegram posts it.
func TelegramRequest(ctx context.Context, address, secret string, update any) (*http.Request, error) {
	body, err := json.Marshal(update)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	return req, nil
}

func telegramMessage(chat int64) map[string]any {
	return map[string]any{"message_id": 1, "date": time.Now().Unix(), "chat": telegramChat(chat), "from": telegramUser(chat)}
}

func telegramChat(chat int64) map[string]any {
	return map[string]any{"id": chat, "type": "private", "first_name": "A Name That Must Not Be Kept"}
}

func telegramUser(chat int64) map[string]any {
	return map[string]any{"id": chat, "is_bot": false, "first_name": "A Name That Must Not Be Kept", "username": "not_kept"}
}
