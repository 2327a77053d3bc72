package desk

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/mail"
	"slices"
	"strings"
	"time"

	"heard/bot"
)

// Any member of staff can write down what somebody told them, without an account: by a
// code that is sent to their work address. It lets them record for half an hour, and
// see nothing.

// Mail sends an e-mail.
type Mail interface {
	Send(ctx context.Context, to, subject, text string) error
}

const (
	drawerCodes     = "recorders' codes"    // by keyed hash of the address: the store tells nobody's
	drawerRecorders = "recorders' sessions" // by hash of what the cookie holds

	codeFor   = 10 * time.Minute
	codeTries = 5
	recordFor = 30 * time.Minute
)

// A code may be asked for again at once, should the first not arrive, and then more and
// more slowly. Hundreds of staff come from one address, on every day of the year: of
// that only those of the last hour count who gave no right code, and the wait is short
// beside what a code lives.
var (
	codesOfAddress = failuresOf{kind: "a code to", free: 3, slowest: slowestTry}
	codesFrom      = failuresOf{kind: "codes from", free: 200, slowest: time.Minute, within: time.Hour}
	guessesFrom    = failuresOf{kind: "guesses from", free: 60, slowest: time.Minute, within: time.Hour}
)

// RejectCode is the code of a one-time code that is wrong, old, or was tried too often.
const RejectCode = "one-time code"

// sentCode is a code that was sent.
type sentCode struct {
	Hash  string    `json:"hash"`
	Until time.Time `json:"until"`
	Tries int       `json:"tries"`
}

// RecordsWithoutAccount tells whether staff without an account can record here.
func (d *Desk) RecordsWithoutAccount() bool { return d.o.Mail != nil && len(d.o.StaffDomains) > 0 }

// workAddress is an address as it is compared; false: it is none of the provider's
// staff.
func (d *Desk) workAddress(typed string) (address string, own bool, err error) {
	address = strings.ToLower(strings.TrimSpace(typed))
	one, err := mail.ParseAddress(address)
	if err != nil || one.Address != address || len(address) > 200 {
		return "", false, bad("email", "Write your work e-mail address, like sam.reed@hospital.example.")
	}
	return address, slices.Contains(d.o.StaffDomains, address[strings.LastIndexByte(address, '@')+1:]), nil
}

// SendCode sends a code to a work address. Whoever asks hears the same of any address.
// from is the client's; empty: it is not known.
func (d *Desk) SendCode(ctx context.Context, typed, from string) error {
	address, own, err := d.workAddress(typed)
	if err != nil {
		return err
	}
	if err := d.try(ctx, codesFrom, from); err != nil {
		return err
	}
	if err := d.try(ctx, codesOfAddress, address); err != nil {
		return err
	}
	if !own || !d.RecordsWithoutAccount() {
		return nil
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return fmt.Errorf("make a code: %w", err)
	}
	code := fmt.Sprintf("%06d", n)
	id, err := d.recorderID(ctx, address)
	if err != nil {
		return err
	}
	if err := d.keepCode(ctx, id, sentCode{Hash: codeHash(id, code), Until: d.o.Now().Add(codeFor)}); err != nil {
		return err
	}
	text := code + " is your code for " + d.o.Provider.Name + ".\n\nIt lets you write down what somebody told you, for half an hour. It is good for 10 minutes." +
		"\n\nIf you did not ask for it, do nothing: somebody typed your address by mistake.\n"
	if err := d.o.Mail.Send(ctx, address, code+" is your code", text); err != nil {
		return fmt.Errorf("send a code: %w", err)
	}
	return nil
}

// keepCode puts a code in the place of one that was sent before.
func (d *Desk) keepCode(ctx context.Context, id string, c sentCode) error {
	data, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write a code: %w", err)
	}
	for range countTries {
		r := bot.Drawn{ID: id, Data: data}
		if old, err := d.o.Store.Drawn(ctx, d.o.Provider.ID, drawerCodes, id); err == nil {
			r.Version = old.Version
		} else if !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		if err := d.o.Store.Put(ctx, d.o.Provider.ID, drawerCodes, r, codeFor); !errors.Is(err, bot.ErrConflict) {
			return err
		}
	}
	return slow(time.Second)
}

// EnterCode begins a session for recording, and returns what its cookie holds.
func (d *Desk) EnterCode(ctx context.Context, typed, code, from string) (string, error) {
	address, own, err := d.workAddress(typed)
	if err != nil {
		return "", err
	}
	if err := d.try(ctx, guessesFrom, from); err != nil {
		return "", err
	}
	id, err := d.recorderID(ctx, address)
	if err != nil {
		return "", err
	}
	ok, err := d.useCode(ctx, id, strings.Map(digit, code))
	if err != nil {
		return "", err
	}
	if !ok || !own {
		return "", &FieldError{"code", bot.Rejection{Code: RejectCode, Sentence: "This code is not right, or too old. Look at the newest e-mail, or ask for another code."}}
	}
	if err := errors.Join(d.untry(ctx, guessesFrom, from), d.untry(ctx, codesFrom, from), d.forget(ctx, codesOfAddress, address)); err != nil {
		d.o.Log.LogAttrs(ctx, slog.LevelWarn, "a code that was right still counts as a try", slog.String("error", err.Error())) // it is used up: she is let in
	}
	if err := d.audit(ctx, recorderMember(id), "begin to record", ""); err != nil {
		return "", err
	}
	token := rand.Text() + rand.Text()
	data, err := json.Marshal(recorderSession{ID: id, Address: address, Until: d.o.Now().Add(recordFor)})
	if err != nil {
		return "", fmt.Errorf("write a session: %w", err)
	}
	return token, d.o.Store.Put(ctx, d.o.Provider.ID, drawerRecorders, bot.Drawn{ID: sessionID(token), Data: data}, recordFor)
}

func digit(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}

// useCode tells whether a code is right. It is used up then; a wrong one is counted
// before it is looked at, so that many at once are no more than many in turn.
func (d *Desk) useCode(ctx context.Context, id, code string) (bool, error) {
	for range countTries {
		r, err := d.o.Store.Drawn(ctx, d.o.Provider.ID, drawerCodes, id)
		if errors.Is(err, bot.ErrNotFound) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		var c sentCode
		if err := json.Unmarshal(r.Data, &c); err != nil {
			return false, fmt.Errorf("read a code: %w", err)
		}
		left := c.Until.Sub(d.o.Now())
		if left <= 0 || c.Tries >= codeTries {
			return false, nil
		}
		right := subtle.ConstantTimeCompare([]byte(codeHash(id, code)), []byte(c.Hash)) == 1
		if c.Tries++; right {
			c.Tries = codeTries
		}
		if r.Data, err = json.Marshal(c); err != nil {
			return false, fmt.Errorf("write a code: %w", err)
		}
		if err = d.o.Store.Put(ctx, d.o.Provider.ID, drawerCodes, r, left); !errors.Is(err, bot.ErrConflict) {
			return right && err == nil, err
		}
	}
	return false, slow(time.Second)
}

func codeHash(id, code string) string {
	sum := sha256.Sum256([]byte(id + "\x00" + code))
	return hex.EncodeToString(sum[:])
}

// recorderSession is somebody who may record, and nothing else.
type recorderSession struct {
	ID      string    `json:"id"`
	Address string    `json:"address"`
	Until   time.Time `json:"until"`
}

// recorderID names a work address: the same each time, and nobody's to read.
func (d *Desk) recorderID(ctx context.Context, address string) (string, error) {
	key, err := d.secret(ctx, "recorders")
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(address))
	return hex.EncodeToString(mac.Sum(nil)), nil
}

// recorderMember is whom the audit log names.
func recorderMember(id string) bot.MemberID { return bot.MemberID(recorderPrefix + id[:16]) }

// recorderPrefix begins the name in the audit log of who has no account.
const recorderPrefix = "staff:"

// Recorder is who may record by a session that a code began.
func (d *Desk) Recorder(ctx context.Context, token string) (Who, error) {
	ended := &bot.Rejection{Code: RejectSignIn, Sentence: "It was too long ago that you gave a code. Ask for another one."}
	if token == "" {
		return Who{}, ended
	}
	r, err := d.o.Store.Drawn(ctx, d.o.Provider.ID, drawerRecorders, sessionID(token))
	if errors.Is(err, bot.ErrNotFound) {
		return Who{}, ended
	}
	if err != nil {
		return Who{}, err
	}
	var s recorderSession
	if err := json.Unmarshal(r.Data, &s); err != nil {
		return Who{}, fmt.Errorf("read a session: %w", err)
	}
	if !d.o.Now().Before(s.Until) {
		return Who{}, ended
	}
	return Who{Member: recorderMember(s.ID), Name: s.Address, Scopes: []Permission{Record}}, nil
}
