// Package config is what an operator sets: one struct, its defaults, reading it
// from a file and the environment, and saying what is wrong with it by the
// setting's name, its line, and what to do.
//
// It must not know what the settings are used for: no client is made here.
package config

// Config is everything that can be set. The names of the settings are those of
// the YAML file; heard config prints the commented example.
type Config struct {
	Listen        string     `yaml:"listen"`
	PublicURL     string     `yaml:"public_url"`
	Redis         string     `yaml:"redis"`
	Keys          []string   `yaml:"keys"`
	Durability    string     `yaml:"durability"`
	AllowDataLoss string     `yaml:"allow_data_loss"`
	Files         string     `yaml:"files"`
	S3            *S3        `yaml:"s3"`
	SMTP          *SMTP      `yaml:"smtp"`
	Providers     []Provider `yaml:"providers"`
}

// Provider is one organisation that people complain to.
type Provider struct {
	ID           string    `yaml:"id"`
	Name         string    `yaml:"name"`
	PublicName   string    `yaml:"public_name"`
	Kind         string    `yaml:"kind"`
	Jurisdiction string    `yaml:"jurisdiction"`
	Languages    []string  `yaml:"languages"`
	Guardian     Words     `yaml:"guardian"`
	Deputy       Words     `yaml:"deputy"`
	Hours        Words     `yaml:"hours"`
	Flows        string    `yaml:"flows"`
	QuietHours   string    `yaml:"quiet_hours"`
	Limits       Limits    `yaml:"limits"`
	Twilio       *Twilio   `yaml:"twilio"`
	Telegram     *Telegram `yaml:"telegram"`
	OIDC         *OIDC     `yaml:"oidc"`
	StaffDomains []string  `yaml:"staff_domains"`
	Staffed      string    `yaml:"staffed"`
	Alerts       Alerts    `yaml:"alerts"`

	SecondSignature bool `yaml:"second_signature"` // an outcome is sent only once another person has signed it
}

// Alerts are whom to tell of danger when nobody at the desk takes it.
type Alerts struct {
	Email   string   `yaml:"email"`   // empty: who leads is written to at once
	Numbers []string `yaml:"numbers"` // of staff, who get a text
}

// OIDC is the system of their own with which a provider's staff sign in.
type OIDC struct {
	Issuer       string `yaml:"issuer"`
	ClientID     string `yaml:"client_id"`
	ClientSecret string `yaml:"client_secret"`
	RolesClaim   string `yaml:"roles_claim"`
	TrustEmail   bool   `yaml:"trust_email"`
}

// Limits are how much is answered in an hour; 0 is no limit.
type Limits struct {
	Replies   *int `yaml:"replies"`    // to one person
	NewPeople *int `yaml:"new_people"` // from one range of numbers
}

// Twilio is an account with its numbers.
type Twilio struct {
	AccountSID   string `yaml:"account_sid"`
	AuthToken    string `yaml:"auth_token"`
	SMSFrom      string `yaml:"sms_from"`
	WhatsAppFrom string `yaml:"whatsapp_from"`
	APIURL       string `yaml:"api_url"`

	SMSPence float64 `yaml:"sms_pence"` // what one segment of a text costs; 0: the desk shows how many there are
}

// Telegram is a bot. Without a webhook secret it is polled.
type Telegram struct {
	Token         string  `yaml:"token"`
	WebhookSecret *string `yaml:"webhook_secret"`
	APIURL        string  `yaml:"api_url"`
}

// SMTP is where e-mails to staff are handed in.
type SMTP struct {
	Host     string `yaml:"host"`
	Port     int    `yaml:"port"`
	From     string `yaml:"from"`
	Username string `yaml:"username"`
	Password string `yaml:"password"`
}

// S3 is a bucket for the files that people send, in place of a folder.
type S3 struct {
	Endpoint  string `yaml:"endpoint"`
	Region    string `yaml:"region"`
	Bucket    string `yaml:"bucket"`
	AccessKey string `yaml:"access_key"`
	SecretKey string `yaml:"secret_key"`
}

// Embedded is the value of Redis for a store inside the process, which keeps
// nothing.
const Embedded = "embedded"

// The kinds of provider.
func kinds() []string { return []string{"nhs", "council", "care_home", "gp"} }

// Default is a configuration with everything that has a default.
func Default() Config {
	return Config{Listen: "127.0.0.1:8080", Redis: "redis://127.0.0.1:6379/0", Files: "heard-files"}
}

// complete fills in what follows from other settings.
func (c *Config) complete() {
	if c.SMTP != nil && c.SMTP.Port == 0 {
		c.SMTP.Port = 587
	}
	for i := range c.Providers {
		p := &c.Providers[i]
		if p.Name == "" {
			p.Name = p.ID
		}
		if p.PublicName == "" {
			p.PublicName = p.Name
		}
		if p.Kind == "" {
			p.Kind = "nhs"
		}
		if p.Jurisdiction == "" {
			p.Jurisdiction = "england"
		}
		if p.QuietHours == "" {
			p.QuietHours = "20:00-08:00"
		}
		if p.Limits.Replies == nil {
			p.Limits.Replies = new(60)
		}
		if p.Limits.NewPeople == nil {
			p.Limits.NewPeople = new(2000)
		}
		if len(p.Languages) == 0 {
			p.Languages = []string{"en"}
		}
	}
}
