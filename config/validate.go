package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// providerID is what may stand in webhook addresses and in the store's keys.
var providerID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// validate tells everything that is wrong, each with its setting and a hint. The
// checks are independent of one another, so that no mistake hides another.
func (c *Config) validate(where lines) error {
	check := &checks{where: where}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		check.wrong("listen", "%q is no address: write host:port, for example 127.0.0.1:8080", c.Listen)
	}
	check.url("public_url", c.PublicURL, "https://heard.example.org")
	check.redis(c)
	check.keys(c.Keys, c.Redis)
	if c.Durability != "" && c.Durability != "asserted" {
		check.wrong("durability", "%q is not known: leave it out, or write asserted if your managed Redis hides its settings", c.Durability)
	}
	if c.AllowDataLoss != "" && c.AllowDataLoss != "1s" {
		check.wrong("allow_data_loss", "%q is not known: leave it out, or write 1s to allow appendfsync everysec", c.AllowDataLoss)
	}
	check.s3(c.S3)
	check.smtp(c.SMTP)
	if len(c.Providers) == 0 {
		check.wrong("providers", "there is none: add one with an id and twilio or telegram; heard config shows how")
	}
	seen := map[string]string{}
	for i := range c.Providers {
		check.provider(fmt.Sprintf("providers[%d]", i), &c.Providers[i], c, seen)
	}
	return errors.Join(check.found...)
}

// checks collects mistakes.
type checks struct {
	where lines
	found []error
}

func (k *checks) wrong(path, format string, args ...any) {
	k.found = append(k.found, fmt.Errorf("%s: %s", k.where.of(path), fmt.Sprintf(format, args...)))
}

func (k *checks) url(path, value, example string) {
	if value == "" {
		return
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		k.wrong(path, "this is no web address: write it like %s", example)
	}
}

func (k *checks) redis(c *Config) {
	if c.Redis == Embedded {
		return
	}
	u, err := url.Parse(c.Redis)
	switch {
	case err != nil || !slices.Contains(schemes(), u.Scheme):
		k.wrong("redis", "this is no address of a Redis: write redis://host:6379/0, redis+sentinel://host:26379?master_name=heard, "+
			"redis+cluster://host:6379, or %s to try it out", Embedded)
	case strings.HasSuffix(u.Scheme, "+sentinel") && u.Query().Get("master_name") == "":
		k.wrong("redis", "the Sentinels are not told whose master is meant: add ?master_name= and the name in sentinel.conf")
	}
}

func (k *checks) keys(keys []string, redis string) {
	if len(keys) == 0 && redis != Embedded {
		k.wrong("keys", `there is none, and nothing may be kept unsealed: run heard key and put the line here, as keys: ["${HEARD_KEY}"]`)
	}
	for i, key := range keys {
		if _, err := DecodeKey(key); err != nil {
			k.wrong(fmt.Sprintf("keys[%d]", i), "%v", err)
		}
	}
}

// s3 checks the bucket that takes the place of the folder for files.
func (k *checks) s3(s *S3) {
	if s == nil {
		return
	}
	k.url("s3.endpoint", s.Endpoint, "https://s3.eu-west-2.amazonaws.com")
	for _, one := range []struct{ name, value, hint string }{
		{"region", s.Region, "eu-west-2, or what your store calls its own"},
		{"bucket", s.Bucket, "the name of a bucket that is not public"},
		{"access_key", s.AccessKey, "the id of a key that may read, write, list and delete there"},
		{"secret_key", s.SecretKey, "that key's secret"},
	} {
		if one.value == "" {
			k.wrong("s3."+one.name, "it is empty: write %s", one.hint)
		}
	}
}

// schemes are what may stand before :// in the address of a Redis.
func schemes() []string {
	return []string{"redis", "rediss", "unix", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster"}
}

// DecodeKey reads a key as heard key prints it: 32 bytes in base64.
func DecodeKey(text string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != 32 {
		return nil, errors.New("this is no key: run heard key and use the line it prints")
	}
	return key, nil
}

func (k *checks) provider(path string, p *Provider, c *Config, seen map[string]string) {
	if !providerID.MatchString(p.ID) {
		k.wrong(path+".id", "%q cannot stand in a web address: use up to 40 small letters, digits and hyphens", p.ID)
	}
	k.once(seen, "id "+p.ID, path+".id", "another provider has this id")
	if !slices.Contains(kinds(), p.Kind) {
		k.wrong(path+".kind", "%q is not known: write one of %s", p.Kind, strings.Join(kinds(), ", "))
	}
	if info, err := os.Stat(p.Flows); p.Flows != "" && (err != nil || !info.IsDir()) {
		k.wrong(path+".flows", "there is no folder %q: leave the setting out to use the library", p.Flows)
	}
	if p.Twilio == nil && p.Telegram == nil {
		k.wrong(path, "nobody could write to this provider: add twilio or telegram")
	}
	k.alerts(path, p, c)
	if _, _, err := QuietHours(p.QuietHours); err != nil {
		k.wrong(path+".quiet_hours", "%v", err)
	}
	for name, words := range map[string]Words{"guardian": p.Guardian, "deputy": p.Deputy, "hours": p.Hours} {
		k.words(path+"."+name, words, p.Languages)
	}
	if len(p.Deputy) > 0 && len(p.Guardian) == 0 {
		k.wrong(path+".deputy", "there is nobody to stand in for: set guardian, who acts if care suffers for a complaint")
	}
	k.limit(path+".limits.replies", p.Limits.Replies)
	k.limit(path+".limits.new_people", p.Limits.NewPeople)
	k.twilio(path+".twilio", p.Twilio, c, seen)
	k.telegram(path+".telegram", p.Telegram, c, seen)
	k.oidc(path+".oidc", p.OIDC, c)
	k.staffDomains(path+".staff_domains", p, c)
}

// oidc checks how staff sign in with a system of their own.
func (k *checks) oidc(path string, o *OIDC, c *Config) {
	if o == nil {
		return
	}
	k.url(path+".issuer", o.Issuer, "https://login.example.org")
	if u, err := url.Parse(o.Issuer); err == nil && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		k.wrong(path+".issuer", "it must be an https address: who can change what goes over plain http could sign in as anybody")
	}
	for _, one := range []struct{ name, value, hint string }{
		{"issuer", o.Issuer, "the address by which the system names itself"},
		{"client_id", o.ClientID, "the id of the application that you registered there"},
		{"client_secret", o.ClientSecret, "that application's secret"},
	} {
		if one.value == "" {
			k.wrong(path+"."+one.name, "it is empty: write %s", one.hint)
		}
	}
	if c.PublicURL == "" {
		k.wrong("public_url", "the system of oidc needs an address to lead people back to: write the public https address of this server")
	}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// words sees that what people are told is there in each language that they may choose.
func (k *checks) words(path string, w Words, languages []string) {
	if len(w) == 0 || w[""] != "" {
		return
	}
	for language := range w {
		if !slices.Contains(languages, language) {
			k.wrong(path+"."+language, "%q is not among the languages of this provider: add it there, or leave this out", language)
		}
	}
	for _, language := range languages {
		if w[language] == "" {
			k.wrong(path, "it is missing in %s: write %s: and the words below it", language, language)
		}
	}
}

func (k *checks) limit(path string, n *int) {
	if n != nil && *n < 0 {
		k.wrong(path, "it is below nothing: write how many an hour, or 0 for no limit")
	}
}

// QuietHours reads the hours in which nobody is disturbed, as "20:00-08:00" on the
// provider's clock; both 0 for "none". They may pass midnight.
func QuietHours(text string) (from, to time.Duration, err error) {
	if text == "none" {
		return 0, 0, nil
	}
	first, second, _ := strings.Cut(text, "-")
	start, err := time.Parse("15:04", strings.TrimSpace(first))
	end, errEnd := time.Parse("15:04", strings.TrimSpace(second))
	if err != nil || errEnd != nil || start.Equal(end) {
		return 0, 0, fmt.Errorf("%q are no hours: write them like 20:00-08:00, or none", text)
	}
	midnight := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	return start.Sub(midnight), end.Sub(midnight), nil
}

func (k *checks) twilio(path string, t *Twilio, c *Config, seen map[string]string) {
	if t == nil {
		return
	}
	if t.AccountSID == "" {
		k.wrong(path+".account_sid", "it is empty: copy it from the Twilio console")
	}
	if t.AuthToken == "" {
		k.wrong(path+".auth_token", "it is empty, and then anybody could pretend to be Twilio: copy it from the Twilio console")
	}
	if t.SMSFrom == "" && t.WhatsAppFrom == "" {
		k.wrong(path, "no number is given: set sms_from, whatsapp_from or both")
	}
	if t.SMSPence < 0 {
		k.wrong(path+".sms_pence", "it is below nothing: write what one segment of a text costs, in pence")
	}
	if c.PublicURL == "" {
		k.wrong("public_url", "Twilio needs an address to call: write the public https address of this server")
	}
	k.url(path+".api_url", t.APIURL, "https://api.twilio.com")
	k.number(seen, "sms", path+".sms_from", t.SMSFrom)
	k.number(seen, "whatsapp", path+".whatsapp_from", strings.TrimPrefix(t.WhatsAppFrom, "whatsapp:"))
}

// sender is a number with its plus, a short code, or a name of up to 11 letters.
var sender = regexp.MustCompile(`^(\+[0-9]{7,15}|[0-9]{3,6}|[A-Za-z0-9 ]{0,10}[A-Za-z][A-Za-z0-9 ]{0,10})$`)

// number checks one of our own numbers. YAML takes the plus off one that is not
// in quotes, and then nothing that comes in would be known as ours.
func (k *checks) number(seen map[string]string, channel, path, value string) {
	if value == "" {
		return
	}
	if !sender.MatchString(value) {
		k.wrong(path, `this is no number: write it in quotes, with its plus and its country, like "+447700900000"`)
	}
	k.once(seen, channel+" "+value, path, "another provider has this number")
}

func (k *checks) telegram(path string, t *Telegram, c *Config, seen map[string]string) {
	if t == nil {
		return
	}
	bot, _, _ := strings.Cut(t.Token, ":")
	if t.Token == "" {
		k.wrong(path+".token", "it is empty: ask @BotFather on Telegram for one")
	} else {
		k.once(seen, "telegram "+bot, path+".token", "another provider has this bot")
	}
	if t.WebhookSecret == nil && k.where.at[path+".webhook_secret"] > 0 || t.WebhookSecret != nil && *t.WebhookSecret == "" {
		k.wrong(path+".webhook_secret", "it is empty, and then anybody could pretend to be Telegram: write a long random word, or leave the setting out to poll")
	}
	if t.WebhookSecret != nil && c.PublicURL == "" {
		k.wrong("public_url", "Telegram needs an address to call: write the public https address of this server, or leave telegram.webhook_secret out to poll")
	}
	k.url(path+".api_url", t.APIURL, "https://api.telegram.org")
}

// once tells of a thing that two providers claim: messages would go astray.
func (k *checks) once(seen map[string]string, thing, path, sentence string) {
	if other, ok := seen[thing]; ok {
		k.wrong(path, "%s: %s", sentence, other)
		return
	}
	seen[thing] = path
}

// hint names the setting that was perhaps meant.
func hint(name string) string {
	best, far := "", 3
	for _, known := range []string{"listen", "public_url", "redis", "keys", "durability", "allow_data_loss", "files", "s3", "endpoint", "region", "bucket", "access_key", "secret_key", "providers", "id", "name",
		"public_name", "kind", "jurisdiction", "languages", "guardian", "deputy", "hours", "flows", "quiet_hours", "limits", "replies", "new_people", "twilio", "telegram", "account_sid",
		"auth_token", "sms_from", "whatsapp_from", "api_url", "token", "webhook_secret", "oidc", "issuer", "client_id", "client_secret", "roles_claim", "trust_email",
		"smtp", "host", "port", "from", "username", "password", "staff_domains", "staffed", "alerts", "email", "numbers"} {
		if d := distance(name, known); d < far {
			best, far = known, d
		}
	}
	if best == "" {
		return ": no setting has that name; heard config prints them all"
	}
	return fmt.Sprintf(": did you mean %s?", best)
}

// distance counts the letters to change between a and b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0]++
		for j := range len(b) {
			next := min(row[j]+1, row[j+1]+1, diagonal+1)
			if a[i] == b[j] {
				next = diagonal
			}
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
