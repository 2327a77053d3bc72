package config

import (
	"fmt"
	"net/mail"
	"regexp"
)

// smtp checks where e-mails are handed in.
func (k *checks) smtp(s *SMTP) {
	if s == nil {
		return
	}
	if s.Host == "" {
		k.wrong("smtp.host", "it is empty: write the name of the server that takes your e-mails, like smtp.example.org")
	}
	if s.Port < 1 || s.Port > 65535 {
		k.wrong("smtp.port", "%d is no port: write 587, or 465 where TLS comes first", s.Port)
	}
	if _, err := mail.ParseAddress(s.From); err != nil {
		k.wrong("smtp.from", "this is no address: write whom e-mails come from, like heard@example.org")
	}
	if s.Password != "" && s.Username == "" {
		k.wrong("smtp.username", "it is empty, and there is a password: write whose it is")
	}
	if s.Password == "" && s.Username != "" {
		k.wrong("smtp.password", "it is empty: write the password of the username, or leave both out")
	}
}

// mailDomain is what stands behind the @ of a work address.
var mailDomain = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)

// staffDomains checks whose staff may record without an account.
func (k *checks) staffDomains(path string, p *Provider, c *Config) {
	for i, domain := range p.StaffDomains {
		if !mailDomain.MatchString(domain) {
			k.wrong(fmt.Sprintf("%s[%d]", path, i), "%q is no domain: write what stands behind the @ of your work addresses in small letters, like hospital.example", domain)
		}
	}
	if len(p.StaffDomains) > 0 && c.SMTP == nil {
		k.wrong("smtp", "staff_domains needs a server that e-mails the one-time codes: add smtp with host and from")
	}
	if len(p.StaffDomains) > 0 && c.PublicURL == "" {
		k.wrong("public_url", "staff_domains needs an address for the codes on the posters to lead to: write the public https address of this server")
	}
}

// staffNumber is a phone number with its plus.
var staffNumber = regexp.MustCompile(`^\+[0-9]{7,15}$`)

// alerts checks who is told of danger that nobody at the desk takes.
func (k *checks) alerts(path string, p *Provider, c *Config) {
	if p.Staffed != "" {
		if _, _, err := QuietHours(p.Staffed); err != nil || p.Staffed == "none" {
			k.wrong(path+".staffed", "%q are no hours: write when somebody is at the desk, like 09:00-17:00, or leave it out", p.Staffed)
		}
	}
	if _, err := mail.ParseAddress(p.Alerts.Email); err != nil && p.Alerts.Email != "" {
		k.wrong(path+".alerts.email", "this is no address: write who is told of danger out of hours, like oncall@example.org")
	}
	if p.Alerts.Email != "" && c.SMTP == nil {
		k.wrong("smtp", "alerts.email needs a server that e-mails it: add smtp with host and from")
	}
	for i, number := range p.Alerts.Numbers {
		if !staffNumber.MatchString(number) {
			k.wrong(fmt.Sprintf("%s.alerts.numbers[%d]", path, i), `this is no number: write it in quotes, with its plus and its country, like "+447700900999"`)
		}
	}
	if len(p.Alerts.Numbers) > 0 && (p.Twilio == nil || p.Twilio.SMSFrom == "") {
		k.wrong(path+".alerts.numbers", "a text needs a number that it comes from: set twilio.sms_from, or use alerts.email")
	}
	if (p.Alerts.Email != "" || len(p.Alerts.Numbers) > 0) && c.PublicURL == "" {
		k.wrong("public_url", "alerts lead to the desk: write the public https address of this server")
	}
}
