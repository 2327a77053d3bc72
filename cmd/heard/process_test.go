package main_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"heard/bot/storetest"
	"heard/channels"
	"heard/channels/channelstest"
)

const (
	people   = 100
	smsFrom  = "+447700900000"
	waFrom   = "+447700900001"
	public   = "https://heard.example.org"
	provider = "stmarys"
	token    = "12345:token"

	// longEnough is for what takes seconds on a quiet machine.
	longEnough = 2 * time.Minute
)

// process is the built binary, running.
type process struct {
	cmd     *exec.Cmd
	address string
}

// world is everything around the process: a real Redis, and stand-ins.
type world struct {
	binary, config string
	redis          *storetest.Redis
	twilio         *channelstest.Twilio
	telegram       *channelstest.Telegram
	env            []string
}

// turn is one message of the conversation, and what must come back.
type turn struct {
	say  string // typed, or the label of a button where there is one
	hear string // a pattern for the whole reply
}

// before and after are the two halves of the conversation; the process is
// killed between them.
func before() []turn {
	return []turn{
		{"Complain", `^This is St Mary\x27s Hospital\..*You have a right to complain.*Who is this about\?`},
		{"Someone I care for", `^Why are you telling us for them\?`},
		{"They asked me to", `^Where did it happen\?`},
		{"Ward 6 PERSON", `^When was it\?`},
		{"last Tuesday", `^Please tell us what happened`},
		{"Nobody came all night. PERSON", `^Thank you, we have kept that`},
	}
}

func after() []turn {
	return []turn{
		{"done", `^What would put it right`},
		{"An apology", `^Who may know it was you\?`},
		{"Nobody", `(?s)^Staff do not see who you are.*Please check this.*1 Who it is about: Someone I care for\n2 Why you are telling us: They asked me to\n3 Where: Ward 6 PERSON\n4 When: last Tuesday\n5 What happened: "Nobody came all night\. PERSON"\n6 What would put it right: An apology\n7 Who may know: Nobody`},
		{"Send", `^Thank you for telling us\. It is sent\. Your reference is H-[1-9A-Z]{3}-[1-9A-Z]{3}\. You will hear from a person by`},
		{"status", `^Your complaint H-[1-9A-Z]{3}-[1-9A-Z]{3} is being looked at`},
	}
}

// A hundred people write at once, by SMS, WhatsApp and Telegram. The process is
// killed while all of them are in the middle of their story, and everyone goes
// on where they were: nothing is lost, nothing comes twice, nothing comes to
// somebody else.
func TestHundredPeopleAndAKill(t *testing.T) {
	w := newWorld(t)
	p := w.start(t)
	persons := w.persons()
	w.talk(t, p, persons, before())
	w.settled(t, p, people*len(before()))
	p.kill(t)
	p = w.start(t)
	w.talk(t, p, persons, after())
	w.settled(t, p, people*len(after()))
	w.tellAll(t, persons[:6])
	p.stop(t)
}

var reference = regexp.MustCompile(`H-[1-9A-Z]{3}-[1-9A-Z]{3}`)

// tellAll sends an update to cases of each channel, by the command that staff
// have without a desk: the person hears that there is news, and reads it.
func (w *world) tellAll(t *testing.T, persons []*person) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longEnough)
	defer cancel()
	for _, one := range persons {
		cmd := exec.Command(w.binary, "tell", "-case", reference.FindString(one.last.text), "-by", "Sam", "We have spoken to the ward, "+one.name)
		cmd.Env = w.env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: heard tell: %v\n%s", one.name, err, out)
		}
		one.count++
		got, err := one.heard(ctx, one.count)
		if err != nil || !strings.Contains(got[one.count-1].text, "St Mary's: there is news for you") {
			t.Fatalf("%s heard %q, error %v", one.name, got, err)
		}
		one.last = got[one.count-1]
		if err := one.take(ctx, turn{"Show it now", "We have spoken to the ward, PERSON"}); err != nil {
			// SMS has numbers where the others have buttons
			t.Fatalf("%s: %v", one.name, err)
		}
	}
}

func newWorld(t *testing.T) *world {
	redis := storetest.StartRedis(t)
	dir := t.TempDir()
	w := &world{
		redis: redis, binary: filepath.Join(dir, "heard"), config: filepath.Join(dir, "heard.yaml"),
		twilio: channelstest.NewTwilio("AC0001", "auth"), telegram: channelstest.NewTelegram(token),
	}
	t.Cleanup(w.twilio.Close)
	t.Cleanup(w.telegram.Close)
	if out, err := exec.Command("go", "build", "-o", w.binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	key, err := exec.Command(w.binary, "key").Output()
	if err != nil {
		t.Fatal(err)
	}
	w.env = []string{
		"HEARD_KEY=" + strings.TrimSpace(string(key)), "TWILIO_ACCOUNT_SID=AC0001", "TWILIO_AUTH_TOKEN=auth",
		"TELEGRAM_BOT_TOKEN=" + token, "TELEGRAM_SECRET=secret", "HEARD_CONFIG=" + w.config,
	}
	text := fmt.Sprintf(`
listen: %s
public_url: %s
redis: %s
keys: ["${HEARD_KEY}"]
files: %s
providers:
  - id: %s
    name: St Mary's Hospital
    public_name: St Mary's
    kind: nhs
    jurisdiction: england
    languages: [en, cy]
    quiet_hours: none
    twilio:
      account_sid: ${TWILIO_ACCOUNT_SID}
      auth_token: ${TWILIO_AUTH_TOKEN}
      sms_from: "%s"
      whatsapp_from: "%s"
      api_url: %s
    telegram:
      token: ${TELEGRAM_BOT_TOKEN}
      webhook_secret: ${TELEGRAM_SECRET}
      api_url: %s
`, freeAddress(t), public, redis.URL(), filepath.Join(dir, "files"), provider, smsFrom, waFrom, w.twilio.URL(), w.telegram.URL())
	if err := os.WriteFile(w.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }() // only its address is wanted
	return l.Addr().String()
}

// start runs the binary and waits for the line that names its address, and for
// Telegram's webhook to be set.
func (w *world) start(t *testing.T) *process {
	t.Helper()
	cmd := exec.Command(w.binary, "serve")
	cmd.Env = w.env
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // an error: it has ended
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(log)
		for lines.Scan() {
			if m := regexp.MustCompile(`"msg":"serving","listen":"([^"]+)"`).FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			} else {
				t.Logf("heard: %s", lines.Text())
			}
			if strings.Contains(lines.Text(), "7700900") {
				t.Error("a phone number is in the log")
			}
		}
		close(found)
	}()
	var ok bool
	if p.address, ok = <-found; !ok {
		t.Fatal("heard ended before it served")
	}
	base := "http://" + p.address + "/webhooks/" + provider
	w.twilio.Public, w.twilio.Address = public+"/webhooks/"+provider, base
	w.telegram.Public, w.telegram.Address = public+"/webhooks/"+provider, base
	w.await(t, "Telegram's webhook", func() bool { return w.telegram.Hook().URL != "" })
	return p
}

// await polls for something that another process does and cannot signal.
func (w *world) await(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline, tick := time.After(longEnough), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-deadline:
			t.Fatalf("%s: it did not come to pass", what)
		case <-tick.C:
		}
	}
}

var accepted = regexp.MustCompile(`heard_sends_total\{result="accepted"\} (\d+)`)

// settled waits until the process has noted that n messages were sent.
func (w *world) settled(t *testing.T, p *process, n int) {
	t.Helper()
	w.await(t, "all sends noted", func() bool {
		resp, err := http.Get("http://" + p.address + "/metrics")
		if err != nil {
			return false
		}
		defer func() { _ = resp.Body.Close() }() // read to its end
		lines := bufio.NewScanner(resp.Body)
		for lines.Scan() {
			if m := accepted.FindStringSubmatch(lines.Text()); m != nil {
				sent, err := strconv.Atoi(m[1])
				return err == nil && sent == n
			}
		}
		return false
	})
}

func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait() // its status is the signal
}

func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("heard did not end well: %v", err)
	}
}

// person is one of the hundred, on one channel.
type person struct {
	name  string
	say   func(ctx context.Context, text string) (int, error)
	tap   func(ctx context.Context, o channels.Option) (int, error)
	heard func(ctx context.Context, n int) ([]heard, error)
	count int
	last  heard
}

// heard is one message as the person got it.
type heard struct {
	text    string
	options []channels.Option
}

func (w *world) persons() []*person {
	var all []*person
	for i := range people {
		name := fmt.Sprintf("person-%d", i)
		number := fmt.Sprintf("+4477009%05d", 100+i)
		switch i % 3 {
		case 0:
			all = append(all, w.byTwilio(name, number, smsFrom))
		case 1:
			all = append(all, w.byTwilio(name, "whatsapp:"+number, "whatsapp:"+waFrom))
		default:
			all = append(all, w.byTelegram(name, int64(1000+i)))
		}
	}
	return all
}

func (w *world) byTwilio(name, from, to string) *person {
	p := &person{name: name}
	p.say = func(ctx context.Context, text string) (int, error) {
		return w.twilio.Deliver(ctx, w.twilio.Text(from, to, text))
	}
	p.tap = func(ctx context.Context, o channels.Option) (int, error) {
		return w.twilio.Deliver(ctx, w.twilio.Tap(from, to, o.Data, o.Label))
	}
	p.heard = func(ctx context.Context, n int) ([]heard, error) {
		sent, err := w.twilio.WaitSent(ctx, from, n)
		var all []heard
		for _, m := range sent {
			all = append(all, heard{m.Body, m.Options})
		}
		return all, err
	}
	return p
}

func (w *world) byTelegram(name string, chat int64) *person {
	p := &person{name: name}
	p.say = func(ctx context.Context, text string) (int, error) {
		return w.telegram.Deliver(ctx, w.telegram.Text(chat, text))
	}
	p.tap = func(ctx context.Context, o channels.Option) (int, error) {
		return w.telegram.Deliver(ctx, w.telegram.Tap(chat, o.Data))
	}
	p.heard = func(ctx context.Context, n int) ([]heard, error) {
		sent, err := w.telegram.WaitSent(ctx, strconv.FormatInt(chat, 10), n)
		var all []heard
		for _, m := range sent {
			all = append(all, heard{m.Text, slices.Concat(m.Keyboard...)})
		}
		return all, err
	}
	return p
}

// talk lets everybody go through the turns at once.
func (w *world) talk(t *testing.T, p *process, persons []*person, turns []turn) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longEnough)
	defer cancel()
	var wg sync.WaitGroup
	for _, one := range persons {
		wg.Go(func() {
			for _, turn := range turns {
				if err := one.take(ctx, turn); err != nil {
					t.Errorf("%s: %q: %v", one.name, turn.say, err)
					return
				}
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

// take says one thing and waits for exactly the one reply to it.
func (p *person) take(ctx context.Context, turn turn) error {
	fill := strings.NewReplacer("PERSON", p.name).Replace
	send := func() (int, error) { return p.say(ctx, fill(turn.say)) }
	for _, o := range p.last.options {
		if o.Label == turn.say {
			send = func() (int, error) { return p.tap(ctx, o) }
		}
	}
	if status, err := send(); err != nil || status != http.StatusOK {
		return fmt.Errorf("the webhook answered %d, error %w", status, err)
	}
	p.count++
	got, err := p.heard(ctx, p.count)
	if err != nil {
		return fmt.Errorf("heard %d messages instead of %d: %w", len(got), p.count, err)
	}
	if len(got) != p.count {
		return fmt.Errorf("heard %d messages instead of %d: %q", len(got), p.count, got[p.count-1:])
	}
	p.last = got[p.count-1]
	if !regexp.MustCompile("(?s)" + fill(turn.hear)).MatchString(p.last.text) {
		return fmt.Errorf("heard %q", p.last.text)
	}
	return nil
}
