package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"heard/bot"
	"heard/bot/redisstore"
	"heard/channels/channelstest"
)

const (
	provider  = "stmarys"
	public    = "https://heard.example.org"
	webhooks  = public + "/webhooks/" + provider
	smsFrom   = "+447700900000"
	waFrom    = "whatsapp:+447700900001"
	account   = "AC0001"
	authToken = "auth"
	botToken  = "12345:token"
	botSecret = "secret"
)

// house is everything that one run needs: a Redis, the providers, the processes,
// and the account that is kept of it all.
type house struct {
	dir, binary string
	key         []byte
	redis       *server
	twilio      *channelstest.Twilio
	telegram    *channelstest.Telegram
	balancer    *balancer
	processes   []*process
	proxies     []*proxy // by process; nil: straight to Redis
	flows       string   // a folder over the library; empty: none
	twilioURL   string   // where heard finds Twilio; empty: at the stand-in itself
	ledger      *ledger
	receipts    bool // Twilio tells what became of each message

	mu     sync.Mutex
	people map[string]*person // by address
	sent   chan channelstest.TwilioMessage
	closed []func()
}

// builtIn is the folder with the binary; main takes it away.
var builtIn string

// binaryOnce is heard as it was built, once for all.
var binaryOnce = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "soak-heard-")
	if err != nil {
		return "", err
	}
	builtIn = dir
	path := filepath.Join(dir, "heard")
	if out, err := exec.Command("go", "build", "-o", path, "heard/cmd/heard").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build heard: %w\n%s", err, out)
	}
	return path, nil
})

// openHouse starts Redis and the providers, but no heard.
func openHouse(redisArgs ...string) (*house, error) {
	binary, err := binaryOnce()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "soak-")
	if err != nil {
		return nil, err
	}
	h := &house{
		dir: dir, binary: binary, key: make([]byte, 32), balancer: newBalancer(), ledger: newLedger(),
		people: map[string]*person{}, sent: make(chan channelstest.TwilioMessage, 1<<16),
		twilio: channelstest.NewTwilio(account, authToken), telegram: channelstest.NewTelegram(botToken),
	}
	copy(h.key, "a key that only this house knows")
	client := &http.Client{Transport: h.balancer, Timeout: 15 * time.Second}
	h.twilio.Client, h.telegram.Client = client, client
	h.twilio.Public, h.twilio.Address = webhooks, "http://heard/webhooks/"+provider
	h.telegram.Public, h.telegram.Address = webhooks, h.twilio.Address
	h.twilio.OnSent, h.telegram.OnSent = h.byTwilio, h.byTelegram
	h.telegram.Forget = true
	if h.redis, err = startServer(dir, redisArgs...); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return h, nil
}

// close ends everything and throws the data away.
func (h *house) close() {
	for _, p := range h.processes {
		p.kill()
	}
	for _, p := range h.proxies {
		if p != nil {
			p.close()
		}
	}
	for _, c := range h.closed {
		c()
	}
	h.twilio.Close()
	h.telegram.Close()
	h.redis.close()
	_ = os.RemoveAll(h.dir) // in the system's folder for such
}

// atEnd has something closed with the house.
func (h *house) atEnd(do func()) { h.closed = append(h.closed, do) }

// configuration writes heard.yaml and returns its path.
func (h *house) configuration() (string, error) {
	flows := ""
	if h.flows != "" {
		flows = "flows: " + h.flows
	}
	twilioURL := h.twilioURL
	if twilioURL == "" {
		twilioURL = h.twilio.URL()
	}
	text := fmt.Sprintf(`
public_url: %s
keys: ["%s"]
files: %s
providers:
  - id: %s
    name: St Mary's Hospital
    public_name: St Mary's
    kind: nhs
    jurisdiction: england
    languages: [en, cy]
    quiet_hours: none
    limits: {replies: 0, new_people: 0} # those who write here write more than anybody would
    %s
    twilio: {account_sid: %s, auth_token: %s, sms_from: "%s", whatsapp_from: "%s", api_url: "%s"}
    telegram: {token: "%s", webhook_secret: %s, api_url: "%s"}
`, public, base64.StdEncoding.EncodeToString(h.key), filepath.Join(h.dir, "files"), provider, flows, account, authToken, smsFrom, waFrom,
		twilioURL, botToken, botSecret, h.telegram.URL())
	path := filepath.Join(h.dir, "heard.yaml")
	return path, os.WriteFile(path, []byte(text), 0o600)
}

// heard adds a process, with a proxy before Redis where one is wanted, and starts
// it.
func (h *house) heard(ctx context.Context, proxied bool) (*process, error) {
	config, err := h.configuration()
	if err != nil {
		return nil, err
	}
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	url, between := h.redis.url(), (*proxy)(nil)
	if proxied {
		if between, err = newProxy(h.redis.addr); err != nil {
			return nil, err
		}
		url = between.url()
	}
	p := &process{addr: addr, args: []string{h.binary, "serve"}, env: []string{"HEARD_CONFIG=" + config, "HEARD_REDIS=" + url}}
	h.processes, h.proxies = append(h.processes, p), append(h.proxies, between)
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	h.balancer.set(addr, true)
	return p, await(ctx, "Telegram's webhook", func() (bool, error) { return h.telegram.Hook().URL != "", nil })
}

// again starts a process that was killed or stopped.
func (h *house) again(ctx context.Context, p *process) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	h.balancer.set(p.addr, true)
	return nil
}

// desk opens what staff would see.
func (h *house) desk(ctx context.Context) (*redisstore.Desk, error) {
	return redisstore.OpenDesk(ctx, h.storeOptions())
}

func (h *house) storeOptions() redisstore.Options {
	return redisstore.Options{URL: h.redis.url(), ConfigKeys: [][]byte{h.key}, Providers: []bot.ProviderID{provider}}
}

// tasks are what staff have to do, by kind.
func (h *house) tasks(ctx context.Context) (map[bot.StaffTaskKind][]bot.StaffTask, error) {
	desk, err := h.desk(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = desk.Close() }() // it was read
	all, err := desk.StaffTasks(ctx, provider, 1<<20)
	byKind := map[bot.StaffTaskKind][]bot.StaffTask{}
	for _, t := range all {
		byKind[t.Kind] = append(byKind[t.Kind], t)
	}
	return byKind, err
}

// trouble is what the processes' logs have that they must not.
func (h *house) trouble() error {
	var all error
	for _, p := range h.processes {
		all = errors.Join(all, p.trouble())
	}
	return all
}

// byTwilio hands a message to its person.
func (h *house) byTwilio(m channelstest.TwilioMessage) {
	if h.receipts {
		select {
		case h.sent <- m:
		default: // Twilio promises nobody a callback
		}
	}
	h.hand(m.To, reply{at: time.Now(), text: m.Body, options: m.Options})
}

func (h *house) byTelegram(m channelstest.TelegramMessage) {
	r := reply{at: time.Now(), text: m.Text}
	for _, row := range m.Keyboard {
		r.options = append(r.options, row...)
	}
	h.hand(m.Chat, r)
}

func (h *house) hand(address string, r reply) {
	h.mu.Lock()
	p := h.people[address]
	h.mu.Unlock()
	if p != nil {
		p.hear(r)
	}
}

// callbacks posts what became of each message, in the order in which networks
// tell it, until ctx ends.
func (h *house) callbacks(ctx context.Context) {
	h.receipts = true
	for range 8 {
		go func() {
			for {
				select {
				case <-ctx.Done():
					return
				case m := <-h.sent:
					for _, status := range []string{"sent", "delivered"} {
						_, _ = h.twilio.Status(ctx, m, status, "") // Twilio tells it once
					}
				}
			}
		}()
	}
}

// seeded is chance that can be had again.
func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x5eed)) }

// quiet is a log that nobody reads.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// lines joins problems, the first few of them.
func lines(all []string) string {
	all = slices.Compact(slices.Clone(all))
	if more := len(all) - 10; more > 0 {
		all = append(all[:10], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(all, "\n  ")
}
