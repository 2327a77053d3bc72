package config_test

import (
	"strings"
	"testing"
	"time"

	"heard/config"
)

// environment is that of an operator who set everything of the example.
func environment(name string) string {
	return map[string]string{
		"HEARD_KEY":          "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
		"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "token", "TELEGRAM_BOT_TOKEN": "1:a", "TELEGRAM_SECRET": "secret",
	}[name]
}

// The example is what an operator starts from: it must work as it is printed.
func TestExampleIsValid(t *testing.T) {
	c, err := config.Parse("heard.yaml", []byte(config.Example), environment)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Providers[0].Twilio.AuthToken; got != "token" {
		t.Errorf("auth_token is %q, not the environment's", got)
	}
}

// Each of these would lose messages or let strangers in: the start stops with
// the setting, its line and what to do.
func TestMistakesStopTheStart(t *testing.T) {
	tests := map[string]struct{ old, new, want string }{
		"unknown key":               {"listen:", "lisen:", "listen"},
		"unknown key, deep":         {"    kind: nhs", "    kindd: nhs", "did you mean kind?"},
		"no auth token":             {"${TWILIO_AUTH_TOKEN}", `""`, "heard.yaml:47: providers[0].twilio.auth_token: it is empty"},
		"variable not set":          {"${TWILIO_AUTH_TOKEN}", "${NOT_SET}", "NOT_SET is not set"},
		"empty webhook secret":      {"${TELEGRAM_SECRET}", `""`, "providers[0].telegram.webhook_secret: it is empty"},
		"no token":                  {"${TELEGRAM_BOT_TOKEN}", `""`, "providers[0].telegram.token: it is empty"},
		"no account":                {"${TWILIO_ACCOUNT_SID}", `""`, "providers[0].twilio.account_sid: it is empty"},
		"no numbers":                {`sms_from: "+447700900000"` + "\n      whatsapp_from: \"+447700900001\"\n", "", "set sms_from, whatsapp_from or both"},
		"texts that pay":            {"# sms_pence: 4 ", "sms_pence: -4 #", "providers[0].twilio.sms_pence: it is below nothing"},
		"no key":                    {`["${HEARD_KEY}"]`, "[]", "keys: there is none"},
		"bad key":                   {"${HEARD_KEY}", "abc", "keys[0]: this is no key"},
		"bad listen":                {"127.0.0.1:8080", "8080", "listen: \"8080\" is no address"},
		"bad redis":                 {"redis://127.0.0.1:6379/0", "localhost", "redis: this is no address"},
		"no hours":                  {"# quiet_hours: 20:00-08:00 ", "quiet_hours: at night #", "providers[0].quiet_hours: \"at night\" are no hours"},
		"hours without an end":      {"# quiet_hours: 20:00-08:00 ", "quiet_hours: 20:00 #", "providers[0].quiet_hours"},
		"limit below nothing":       {"# limits: {replies: 60, new_people: 2000} ", "limits: {replies: -1} #", "providers[0].limits.replies: it is below nothing"},
		"no master":                 {"redis://127.0.0.1:6379/0", "redis+sentinel://127.0.0.1:26379", "redis: the Sentinels are not told"},
		"bad public url":            {"https://heard.example.org", "heard", "public_url: this is no web address"},
		"no public url":             {"public_url: https://heard.example.org", "# ", "public_url: Twilio needs an address"},
		"bad id":                    {"id: stmarys", "id: St Mary's", "cannot stand in a web address"},
		"number without quotes":     {`sms_from: "+447700900000"`, "sms_from: +447700900000", "sms_from: this is no number"},
		"secret with no value":      {"${TELEGRAM_SECRET}", "", "providers[0].telegram.webhook_secret: it is empty"},
		"bad kind":                  {"kind: nhs", "kind: shop", "providers[0].kind"},
		"bad durability":            {"# durability: asserted ", "durability: maybe #", "durability: \"maybe\" is not known"},
		"bad data loss":             {"# allow_data_loss: 1s ", "allow_data_loss: 5m #", "allow_data_loss: \"5m\""},
		"nobody to stand in for":    {"# deputy: Ade Cole", "deputy: Ade Cole #", "providers[0].deputy: there is nobody to stand in for"},
		"words in no language":      {"# hours: from 8am to 6pm ", "hours: {en: now, cy: nawr} #", "providers[0].hours.cy: \"cy\" is not among the languages"},
		"words that are missing":    {"# hours: from 8am to 6pm ", "hours: {en: ''} #", "providers[0].hours: it is missing in en"},
		"words that are a list":     {"# hours: from 8am to 6pm ", "hours: [8am] #", "heard.yaml"},
		"no folder":                 {"# flows: ./flows ", "flows: ./nowhere #", "there is no folder"},
		"half a bucket":             {"# files: heard-files ", "s3: {bucket: x, endpoint: there} #", "s3.region: it is empty"},
		"bucket without an address": {"# files: heard-files ", "s3: {bucket: x, endpoint: there} #", "s3.endpoint: this is no web address"},
		"half a sign-on":            {"    # oidc: ", "    oidc: {issuer: here} #", "providers[0].oidc.client_secret: it is empty"},
		"sign-on without https":     {"    # oidc: ", "    oidc: {issuer: 'http://login.example.org'} #", "providers[0].oidc.issuer: it must be an https address"},
		"half a mail server":        {"# smtp: ", "smtp: {from: nobody, password: x} #", "smtp.host: it is empty"},
		"mail from nobody":          {"# smtp: ", "smtp: {from: nobody, password: x} #", "smtp.from: this is no address"},
		"a password of nobody's":    {"# smtp: ", "smtp: {from: nobody, password: x} #", "smtp.username: it is empty"},
		"a user without a password": {"# smtp: ", "smtp: {username: x} #", "smtp.password: it is empty"},
		"no port":                   {"# smtp: ", "smtp: {port: 70000} #", "smtp.port: 70000 is no port"},
		"staff without mail":        {"# staff_domains: ", "staff_domains: [hospital.example] #", "smtp: staff_domains needs a server"},
		"a domain with its @":       {"# staff_domains: ", "staff_domains: ['@hospital.example'] #", "providers[0].staff_domains[0]: \"@hospital.example\" is no domain"},
		"no hours at the desk":      {"# staffed: 09:00-17:00 ", "staffed: none #", "providers[0].staffed: \"none\" are no hours"},
		"on call without mail":      {"# alerts: ", "alerts: {email: oncall@hospital.example} #", "smtp: alerts.email needs a server"},
		"on call at no address":     {"# alerts: ", "alerts: {email: oncall} #", "providers[0].alerts.email: this is no address"},
		"on call at no number":      {"# alerts: ", "alerts: {numbers: [oncall]} #", "providers[0].alerts.numbers[0]: this is no number"},
		"not YAML":                  {"listen: 127.0.0.1:8080", "listen: [", "heard.yaml"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(config.Example, tt.old) {
				t.Fatalf("the example has no %q", tt.old)
			}
			_, err := config.Parse("heard.yaml", []byte(strings.Replace(config.Example, tt.old, tt.new, 1)), environment)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v\nwant one with %q", err, tt.want)
			}
		})
	}
}

// What people are told may be one text for everybody, or one in each language.
func TestWordsByLanguage(t *testing.T) {
	text := strings.NewReplacer("# guardian: ", "guardian: ", "# hours: from 8am to 6pm ", "hours: {en: by day, cy: liw dydd} #", "languages: [en]", "languages: [en, cy]")
	c, err := config.Parse("heard.yaml", []byte(text.Replace(config.Example)), environment)
	if err != nil {
		t.Fatal(err)
	}
	if p := c.Providers[0]; p.Guardian[""] != "Grace Okafor" || p.Hours["cy"] != "liw dydd" || p.Hours["en"] != "by day" {
		t.Errorf("guardian %q, hours %q", p.Guardian, p.Hours)
	}
}

// Two providers with one number would read each other's messages.
func TestOneNumberForTwoProviders(t *testing.T) {
	at := strings.Index(config.Example, "  - id: stmarys")
	two := config.Example + strings.Replace(config.Example[at:], "id: stmarys", "id: stpauls", 1)
	_, err := config.Parse("heard.yaml", []byte(two), environment)
	for _, want := range []string{"sms_from: another provider has this number", "whatsapp_from: another provider", "token: another provider has this bot"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v\nwant one with %q", err, want)
		}
	}
}

// The same number is the same with WhatsApp's prefix.
func TestOneWhatsAppNumberInTwoForms(t *testing.T) {
	at := strings.Index(config.Example, "  - id: stmarys")
	other := strings.NewReplacer("id: stmarys", "id: stpauls", `sms_from: "+447700900000"`, "", `"+447700900001"`, `"whatsapp:+447700900001"`)
	_, err := config.Parse("heard.yaml", []byte(config.Example+other.Replace(config.Example[at:])), environment)
	if err == nil || !strings.Contains(err.Error(), "whatsapp_from: another provider has this number") {
		t.Errorf("error %v", err)
	}
}

// A secret in a file with a mistake must not end in a log.
func TestErrorsHoldNoSecret(t *testing.T) {
	for _, bad := range []string{"auth_token: [hunter2", "auth_tokenn: hunter2"} {
		_, err := config.Parse("heard.yaml", []byte(strings.Replace(config.Example, "auth_token: ${TWILIO_AUTH_TOKEN}", bad, 1)), environment)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("error %v", err)
		}
	}
}

// Few settings must be enough.
func TestShortConfiguration(t *testing.T) {
	c, err := config.Parse("heard.yaml", []byte("redis: embedded\nproviders: [{id: here, telegram: {token: '1:a'}}]"), environment)
	if err != nil {
		t.Fatal(err)
	}
	if p := c.Providers[0]; *p.Limits.Replies == 0 || *p.Limits.NewPeople == 0 {
		t.Error("nothing bounds what a machine may cost")
	} else if from, to, err := config.QuietHours(p.QuietHours); from != 20*time.Hour || to != 8*time.Hour || err != nil {
		t.Errorf("the night is from %v to %v, %v", from, to, err)
	}
	if p := c.Providers[0]; p.PublicName != "here" || p.Jurisdiction != "england" || p.Languages[0] != "en" || c.Listen == "" {
		t.Errorf("defaults are missing: %+v", p)
	}
}

// An empty file, or one of comments, is told what it lacks.
func TestEmptyFile(t *testing.T) {
	for _, text := range []string{"", "\n", "# nothing yet\n", "---\n", "null", "[]", "text"} {
		if _, err := config.Parse("heard.yaml", []byte(text), environment); err == nil {
			t.Errorf("%q is taken as a configuration", text)
		}
	}
}

// Whatever an operator's file holds is an error at worst.
func FuzzParse(f *testing.F) {
	for _, text := range []string{config.Example, "", "# x", "---", "null", "a: &a [*a]", "providers: [{id: ${X}}]", "keys: ${HEARD_KEY}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = config.Parse("heard.yaml", []byte(text), environment) // an error is fine
	})
}
