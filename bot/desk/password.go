package desk

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// The cost of a password: argon2id as OWASP asks at least, 19 MiB and two passes.
// They stand in each hash, so that they may rise here: an older hash is made again
// at the next sign-in.
const (
	hashMemory = 19 * 1024 // KiB
	hashPasses = 2
	hashLanes  = 1
	hashSalt   = 16
	hashLength = 32
)

// How long a password is, in characters and in bytes. There are no other rules: they
// make people write passwords down.
const (
	shortestPassword = 12
	longestPassword  = 1024
)

// hashesAtOnce bounds what strangers can make a process hold: 19 MiB each.
const hashesAtOnce = 2

// Passwords makes and checks hashes of passwords. One is for all desks of a process.
type Passwords struct {
	turns chan struct{}
	decoy string // checked where there is no hash, so that it takes the same time
}

// NewPasswords makes one.
func NewPasswords() *Passwords {
	p := &Passwords{turns: make(chan struct{}, hashesAtOnce)}
	p.decoy = encoded(random(hashSalt), random(hashLength), hashMemory, hashPasses, hashLanes)
	return p
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand
	return b
}

// hash makes the hash that is kept of a password. It waits for its turn.
func (p *Passwords) hash(ctx context.Context, password string) (string, error) {
	if err := p.enter(ctx); err != nil {
		return "", err
	}
	defer p.leave()
	salt := random(hashSalt)
	sum := argon2.IDKey(typed(password), salt, hashPasses, hashMemory, hashLanes, hashLength)
	return encoded(salt, sum, hashMemory, hashPasses, hashLanes), nil
}

// matches tells whether a password is that of a hash, and whether the hash is to be
// made again. An empty or unreadable hash matches nothing, in the same time.
func (p *Passwords) matches(ctx context.Context, kept, password string) (ok, old bool, err error) {
	h, readable := decoded(kept)
	if !readable {
		h, _ = decoded(p.decoy)
	}
	if err := p.enter(ctx); err != nil {
		return false, false, err
	}
	defer p.leave()
	sum := argon2.IDKey(typed(password), h.salt, h.passes, h.memory, h.lanes, uint32(len(h.sum)))
	same := subtle.ConstantTimeCompare(sum, h.sum) == 1
	return same && readable && len(password) <= longestPassword,
		h.memory != hashMemory || h.passes != hashPasses || h.lanes != hashLanes || len(h.sum) != hashLength, nil
}

func (p *Passwords) enter(ctx context.Context) error {
	select {
	case p.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to check a password: %w", ctx.Err())
	}
}

func (p *Passwords) leave() { <-p.turns }

// typed is a password as it is passwordHash: the same letters are the same bytes, from
// whatever keyboard.
func typed(password string) []byte {
	if len(password) > longestPassword {
		password = password[:longestPassword]
	}
	return norm.NFKC.Bytes([]byte(password))
}

// goodPassword refuses what cannot be somebody's password.
func goodPassword(password, login string) error {
	switch {
	case utf8.RuneCountInString(password) < shortestPassword:
		return bad("password", fmt.Sprintf("Use %d characters or more. A few words that you can remember make a good password.", shortestPassword))
	case len(password) > longestPassword:
		return bad("password", fmt.Sprintf("Use fewer than %d characters.", longestPassword))
	case !utf8.ValidString(password):
		return bad("password", "This has characters that cannot be read. Type it again.")
	case strings.EqualFold(password, login):
		return bad("password", "Choose something else than the name that you sign in with.")
	}
	return nil
}

// MadePassword makes a password to give to somebody: 80 random bits, in letters and
// digits that can be read aloud.
func MadePassword() string {
	t := strings.ToLower(rand.Text())
	return t[:4] + "-" + t[4:8] + "-" + t[8:12] + "-" + t[12:16]
}

// passwordHash is a hash with its parameters.
type passwordHash struct {
	salt, sum []byte
	memory    uint32 // KiB
	passes    uint32
	lanes     uint8
}

// encoded is the form in which a hash is kept, the one that other programs use too.
func encoded(salt, sum []byte, memory, passes uint32, lanes uint8) string {
	text := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, lanes, text(salt), text(sum))
}

// What a kept hash may ask for, so that one that was tampered with asks for no more.
const (
	mostMemory = 1 << 20 // KiB
	mostPasses = 64
)

func decoded(kept string) (passwordHash, bool) {
	h, err := decode(kept)
	return h, err == nil
}

var errHash = errors.New("this is no argon2id hash")

func decode(kept string) (h passwordHash, err error) {
	parts := strings.Split(kept, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); err != nil {
		return h, errHash
	}
	if h.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return h, errHash
	}
	if h.sum, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return h, errHash
	}
	if h.memory > mostMemory || h.passes < 1 || h.passes > mostPasses || h.lanes < 1 || len(h.salt) < 8 || len(h.sum) < 16 || len(h.sum) > 128 {
		return h, errHash
	}
	return h, nil
}
