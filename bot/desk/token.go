package desk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"heard/bot"
)

// drawerTokens holds what programs sign in with, by the SHA-256 of each token: who
// reads the store cannot use one.
const drawerTokens = "tokens"

// tokenPrefix lets a scanner of source code find a token that was left there.
const tokenPrefix = "heard_"

// usedEvery is how often it is written down that a token was used.
const usedEvery = time.Hour

// Token is what the desk knows of a token, which is all but the token.
type Token struct {
	ID     string // of its hash; it stands in the audit log as "token:" and this
	Name   string // of the program, and whose answers it gives where it does not say
	Scopes []Permission
	Made   time.Time
	Used   time.Time // to the hour; zero: never
	Ends   time.Time // it opens nothing from then on; zero: never
}

// Ended tells whether it opens nothing any more.
func (t Token) Ended(now time.Time) bool { return !t.Ends.IsZero() && !now.Before(t.Ends) }

// programPrefix begins the name in the audit log of a program.
const programPrefix = "token:"

// member is whom the audit log names.
func (t Token) member() bot.MemberID { return bot.MemberID(programPrefix + t.ID) }

func isProgram(m bot.MemberID) bool { return strings.HasPrefix(string(m), programPrefix) }

// isProgram tells whether a program asks, and no person.
func (w Who) isProgram() bool { return isProgram(w.Member) }

// tokenID is as much of a hash as names a token.
func tokenID(hash string) string { return hash[:16] }

// Scopes lists what a token can be allowed. Members, tokens and flows are for people.
func Scopes() []Permission {
	return []Permission{SeeCases, Answer, GiveOut, SeeReports, ReadAudit, Record, Enrol, Export}
}

// AddToken makes a token for a program, which is good until ends; zero: until it is
// revoked. The secret is told this once.
func (d *Desk) AddToken(ctx context.Context, who Who, name string, scopes []Permission, ends time.Time) (Token, string, error) {
	if err := who.need(ManageStaff); err != nil {
		return Token{}, "", err
	}
	t := Token{Name: strings.TrimSpace(name), Scopes: scopes, Made: d.o.Now(), Ends: ends}
	if err := t.lacks(); err != nil {
		return t, "", err
	}
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails: crypto/rand
	secret := tokenPrefix + hex.EncodeToString(key[:])
	hash := digest(secret)
	t.ID = tokenID(hash)
	if err := d.noted(ctx, who, "add a token", t.ID); err != nil {
		return t, "", err
	}
	return t, secret, d.putToken(ctx, bot.Drawn{ID: hash}, t)
}

// longestName bounds the name of a program, in characters.
const longestName = 80

// lacks is what is wrong with a token that is to be made, by field.
func (t Token) lacks() error {
	var wrong []error
	switch {
	case t.Name == "":
		wrong = append(wrong, bad("name", "Name the program that gets the token."))
	case utf8.RuneCountInString(t.Name) > longestName:
		wrong = append(wrong, bad("name", "This name is too long. Use 80 characters or fewer."))
	}
	if len(t.Scopes) == 0 {
		wrong = append(wrong, bad("scopes", "Choose what the program may do."))
	}
	for _, s := range t.Scopes {
		if !slices.Contains(Scopes(), s) {
			wrong = append(wrong, bad("scopes", fmt.Sprintf("A token cannot be allowed to %q.", s)))
		}
	}
	if t.Ended(t.Made) {
		wrong = append(wrong, bad("ends", "This day has passed. Choose one to come."))
	}
	return errors.Join(wrong...)
}

// Tokens lists them, the newest last.
func (d *Desk) Tokens(ctx context.Context, who Who) ([]Token, error) {
	if err := who.need(ManageStaff); err != nil {
		return nil, err
	}
	return d.tokens(ctx)
}

func (d *Desk) tokens(ctx context.Context) ([]Token, error) {
	drawn, err := d.o.Store.Drawer(ctx, d.o.Provider.ID, drawerTokens)
	if err != nil {
		return nil, err
	}
	all := make([]Token, len(drawn))
	for i, one := range drawn {
		if all[i], err = openToken(one); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b Token) int { return a.Made.Compare(b.Made) })
	return all, nil
}

// RevokeToken ends a token at once.
func (d *Desk) RevokeToken(ctx context.Context, who Who, id string) error {
	if err := who.need(ManageStaff); err != nil {
		return err
	}
	drawn, err := d.o.Store.Drawer(ctx, d.o.Provider.ID, drawerTokens)
	if err != nil {
		return err
	}
	for _, one := range drawn {
		if len(id) == len(tokenID(one.ID)) && tokenID(one.ID) == id {
			if err := d.noted(ctx, who, "revoke a token", id); err != nil {
				return err
			}
			return d.o.Store.Drop(ctx, d.o.Provider.ID, drawerTokens, one.ID)
		}
	}
	return &bot.Rejection{Code: RejectNoToken, Sentence: "There is no token with this id."}
}

// RejectNoToken is the code of a token that there is not.
const RejectNoToken = "no token"

// Program is who holds a token. ok is false where it is none of this provider's.
func (d *Desk) Program(ctx context.Context, secret string) (who Who, ok bool, err error) {
	if !strings.HasPrefix(secret, tokenPrefix) {
		return Who{}, false, nil
	}
	drawn, err := d.o.Store.Drawn(ctx, d.o.Provider.ID, drawerTokens, digest(secret))
	if errors.Is(err, bot.ErrNotFound) {
		return Who{}, false, nil
	}
	if err != nil {
		return Who{}, false, err
	}
	t, err := openToken(drawn)
	if err != nil {
		return Who{}, false, err
	}
	if t.Ended(d.o.Now()) {
		return Who{}, false, nil
	}
	if now := d.o.Now(); now.Sub(t.Used) >= usedEvery {
		t.Used = now
		if err := d.putToken(ctx, drawn, t); err != nil && !errors.Is(err, bot.ErrConflict) {
			return Who{}, false, err
		}
	}
	return Who{Member: t.member(), Name: t.Name, Scopes: t.Scopes}, true, nil
}

func (d *Desk) putToken(ctx context.Context, over bot.Drawn, t Token) (err error) {
	if over.Data, err = json.Marshal(t); err != nil {
		return fmt.Errorf("write a token: %w", err)
	}
	return d.o.Store.Put(ctx, d.o.Provider.ID, drawerTokens, over, 0)
}

func openToken(drawn bot.Drawn) (t Token, err error) {
	if err = json.Unmarshal(drawn.Data, &t); err != nil {
		return t, fmt.Errorf("read a token: %w", err)
	}
	t.ID = tokenID(drawn.ID)
	return t, nil
}

// digest is what a secret of 256 random bits is found by: it needs no salt.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// noted puts in the audit log what was done to something that is no case.
func (d *Desk) noted(ctx context.Context, who Who, did, on string) error {
	return d.o.Store.Audit(ctx, d.o.Provider.ID, bot.AuditRecord{At: d.o.Now(), Member: who.Member, Did: did, On: on})
}
