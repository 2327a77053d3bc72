package mail_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"heard/bot/mail"
)

// office is a mail server.
type office struct {
	mu     sync.Mutex
	got    []string // from, to, and the whole e-mail
	sealed []bool
	refuse error
}

func (o *office) NewSession(c *smtp.Conn) (smtp.Session, error) { return &session{o: o, c: c}, nil }

type session struct {
	o    *office
	c    *smtp.Conn
	text string
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "heard" || password != "hunter2" {
			return errors.New("no")
		}
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error { s.text = from + "\n"; return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.text += to + "\n"
	return s.o.refuse
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.o.mu.Lock()
	defer s.o.mu.Unlock()
	_, sealed := s.c.TLSConnectionState()
	s.o.got, s.o.sealed = append(s.o.got, s.text+string(text)), append(s.o.sealed, sealed)
	return err
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// serve starts it, with or without TLS, and returns how to reach it.
func serve(t *testing.T, o *office, offersTLS bool) *mail.Server {
	t.Helper()
	certified := httptest.NewTLSServer(nil)
	t.Cleanup(certified.Close)
	server := smtp.NewServer(o)
	server.AllowInsecureAuth = true
	if offersTLS {
		server.TLSConfig = &tls.Config{Certificates: certified.TLS.Certificates}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(l) }) // it ends with Close
	t.Cleanup(func() { _ = server.Close(); running.Wait() })
	roots := x509.NewCertPool()
	roots.AddCert(certified.Certificate())
	return &mail.Server{
		Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, From: "Heard <heard@hospital.example>", Username: "heard", Password: "hunter2",
		TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
	}
}

// A code reaches its address, sealed on the way where the server can.
func TestSend(t *testing.T) {
	for _, sealed := range []bool{true, false} {
		o := new(office)
		s := serve(t, o, sealed)
		if err := s.Send(context.Background(), "bo@hospital.example", "123456 is your code", "It is good for 10 minutes.\nŵ\n"); err != nil {
			t.Fatal(err)
		}
		if len(o.got) != 1 || o.sealed[0] != sealed {
			t.Fatalf("%d came, sealed %v", len(o.got), o.sealed)
		}
		for _, want := range []string{"heard@hospital.example\nbo@hospital.example\n", "Subject: 123456 is your code\r\n", "Auto-Submitted: auto-generated", "=C5=B5"} {
			if !strings.Contains(o.got[0], want) {
				t.Errorf("%q is missing in %q", want, o.got[0])
			}
		}
	}
}

// A code must not be readable by whoever pretends to be the mail server, nor be sent to
// several; and what a server answers may quote an address, which no log is to hold.
func TestWhatIsNotSent(t *testing.T) {
	o := new(office)
	s := serve(t, o, true)
	s.TLS = nil // the machine does not trust that server
	if err := s.Send(context.Background(), "bo@hospital.example", "a", "b"); err == nil {
		t.Error("it is sent to a server that nobody vouches for")
	}
	s = serve(t, o, true)
	for _, to := range []string{"", "bo", "a@hospital.example, b@hospital.example", "bo@hospital.example\r\nBcc: x@elsewhere.example", "Bo <bo@hospital.example>"} {
		if err := s.Send(context.Background(), to, "a", "b"); err == nil {
			t.Errorf("it is sent to %q", to)
		}
	}
	if err := s.Send(context.Background(), "bo@hospital.example", "a\r\nBcc: x@elsewhere.example", "b"); err == nil {
		t.Error("a subject of two lines is sent")
	}
	o.refuse = &smtp.SMTPError{Code: 550, Message: "no such user: bo@hospital.example"}
	err := s.Send(context.Background(), "bo@hospital.example", "a", "b")
	if err == nil || strings.Contains(err.Error(), "bo@") || !strings.Contains(err.Error(), "550") {
		t.Errorf("a refusal: %v", err)
	}
	s.Password = "wrong"
	if err := s.Send(context.Background(), "bo@hospital.example", "a", "b"); err == nil || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong password: %v", err)
	}
	if len(o.got) != 0 {
		t.Errorf("%d came", len(o.got))
	}
}
