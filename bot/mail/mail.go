// Package mail sends short e-mails to staff: one-time codes, and that something is
// overdue. It must never be given a word of a person or a case.
package mail

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"strconv"
	"strings"
	"time"
)

// Server is where e-mails are handed in.
type Server struct {
	Host     string
	Port     int    // 465: TLS from the first byte; else STARTTLS, without which nothing is sent but on this machine
	From     string // "heard@example.org", with or without a name before it
	Username string // empty: it takes e-mails without one
	Password string

	TLS *tls.Config // nil: what the machine trusts
}

// sendTime is how long a server may take for one e-mail: somebody waits for it.
const sendTime = 15 * time.Second

// implicitTLS is the port on which TLS comes first.
const implicitTLS = 465

// Send hands in one e-mail as plain text. An error names no address.
func (s *Server) Send(ctx context.Context, to, subject, text string) error {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	message, from, err := s.message(to, subject, text, time.Now())
	if err != nil {
		return err
	}
	c, err := s.dial(ctx)
	if err != nil {
		return fmt.Errorf("send an e-mail: %w", err)
	}
	defer func() { _ = c.Close() }()
	if err := s.handIn(c, from, to, message); err != nil {
		return fmt.Errorf("send an e-mail: %w", without(err))
	}
	_ = c.Quit() // it was taken
	return nil
}

// dial opens a connection that is sealed, or to this machine.
func (s *Server) dial(ctx context.Context) (*smtp.Client, error) {
	address := net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	if until, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(until) // it fails only on a connection that is closed
	}
	if s.Port == implicitTLS {
		conn = tls.Client(conn, s.tls())
	}
	c, err := smtp.NewClient(conn, s.Host)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	switch can, _ := c.Extension("STARTTLS"); {
	case s.Port == implicitTLS:
	case can:
		err = c.StartTLS(s.tls())
	case !isLoopback(s.Host):
		err = errors.New("the server offers no STARTTLS, and codes must not be readable on the way")
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (s *Server) tls() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.TLS != nil {
		c = s.TLS.Clone()
	}
	c.ServerName = s.Host
	return c
}

func (s *Server) handIn(c *smtp.Client, from, to string, message []byte) error {
	if s.Username != "" {
		if err := c.Auth(smtp.PlainAuth("", s.Username, s.Password, s.Host)); err != nil {
			return err
		}
	}
	if err := c.Mail(from); err != nil {
		return err
	}
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(message); err != nil {
		return err
	}
	return w.Close()
}

// without is an error without what a server said, which may quote an address.
func without(err error) error {
	var said interface{ Error() string } = err
	if code, _, ok := strings.Cut(said.Error(), " "); ok && len(code) == 3 && strings.Trim(code, "0123456789") == "" {
		return errors.New("the server refused it with " + code)
	}
	return err
}

// message writes the e-mail, and reads the sender's address.
func (s *Server) message(to, subject, text string, at time.Time) (message []byte, from string, err error) {
	sender, err := mail.ParseAddress(s.From)
	if err != nil {
		return nil, "", errors.New("send an e-mail: smtp.from is no address")
	}
	if one, err := mail.ParseAddress(to); err != nil || one.Address != to || strings.ContainsAny(to+subject, "\r\n") {
		return nil, "", errors.New("send an e-mail: this is no address, or the subject has several lines")
	}
	var b bytes.Buffer
	for _, header := range [][2]string{
		{"From", sender.String()}, {"To", (&mail.Address{Address: to}).String()}, {"Subject", mime.QEncoding.Encode("utf-8", subject)},
		{"Date", at.Format(time.RFC1123Z)}, {"Message-ID", "<" + rand.Text() + "@" + domain(sender.Address) + ">"},
		{"Auto-Submitted", "auto-generated"}, {"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "quoted-printable"},
	} {
		b.WriteString(header[0] + ": " + header[1] + "\r\n")
	}
	b.WriteString("\r\n")
	body := quotedprintable.NewWriter(&b)
	_, _ = body.Write([]byte(strings.ReplaceAll(text, "\n", "\r\n"))) // into memory
	_ = body.Close()
	return b.Bytes(), sender.Address, nil
}

func domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
