package redisstore

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"

	"heard/bot"
)

// Seal formats. Every sealed value begins with a byte that says how it is made
// and the number of the key that made it, so that keys can be changed one after
// the other:
//
//	format 1: 0x01, key number (2 bytes, big endian), nonce (12), AES-256-GCM
//
// The additional data names provider, kind and id of the record, so that a value
// put in another's place does not open. Nonces are random, which is sound for
// 2^32 values under one key: 136 a second for a year, then the key is changed.
const (
	sealFormat  = 1
	sealHeader  = 3
	keyLength   = 32
	caseKeyOnly = 0 // the key number of what is sealed with a case's own key
)

// What a sealed value is; part of its additional data.
const (
	kindConversation = "conversation"
	kindKept         = "kept"
	kindHandle       = "handle"
	kindMessage      = "message"
	kindCase         = "case"
	kindCaseKey      = "case key"
	kindEntry        = "entry"
	kindTask         = "task"
	kindAnswer       = "answer"
	kindDrawn        = "drawn"
	kindAudit        = "audit"
)

var (
	errSealed     = errors.New("a sealed value does not open: it was changed, moved, or sealed with another key")
	errKeyMissing = errors.New("sealed with a key that the keyring does not hold")
)

// place is where a sealed value stands.
type place struct {
	provider bot.ProviderID
	kind     string
	id       string
}

func (p place) bytes() []byte {
	b := make([]byte, 0, len(p.provider)+len(p.kind)+len(p.id)+2)
	b = append(b, p.provider...)
	b = append(b, 0)
	b = append(b, p.kind...)
	b = append(b, 0)
	return append(b, p.id...)
}

// sealer is one key with its cipher made ready.
type sealer struct {
	number uint16
	aead   cipher.AEAD
}

func newSealer(number uint16, key []byte) (sealer, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealer{}, fmt.Errorf("data key %d: %w", number, err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return sealer{}, fmt.Errorf("data key %d: %w", number, err)
	}
	return sealer{number, aead}, nil
}

func (s sealer) seal(at place, plain []byte) []byte {
	out := make([]byte, sealHeader, sealHeader+len(plain)+s.aead.Overhead())
	out[0] = sealFormat
	binary.BigEndian.PutUint16(out[1:], s.number)
	return s.aead.Seal(out, nil, plain, at.bytes())
}

func (s sealer) open(at place, sealed []byte) ([]byte, error) {
	number, err := keyNumber(sealed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at.kind, err)
	}
	if number != s.number {
		return nil, fmt.Errorf("%s: %w", at.kind, errKeyMissing)
	}
	plain, err := s.aead.Open(nil, nil, sealed[sealHeader:], at.bytes())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at.kind, errSealed)
	}
	return plain, nil
}

// keyNumber tells which key a value is sealed with.
func keyNumber(sealed []byte) (uint16, error) {
	if len(sealed) < sealHeader || sealed[0] != sealFormat {
		return 0, errSealed
	}
	return binary.BigEndian.Uint16(sealed[1:]), nil
}

// keyset is the numbered keys of one purpose. New values are sealed with the one
// in use; all open.
type keyset struct {
	use  sealer
	keys map[uint16]sealer
}

func (k *keyset) seal(at place, plain []byte) []byte { return k.use.seal(at, plain) }

func (k *keyset) open(at place, sealed []byte) ([]byte, error) {
	number, err := keyNumber(sealed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at.kind, err)
	}
	s, ok := k.keys[number]
	if !ok {
		return nil, fmt.Errorf("%s: %w", at.kind, errKeyMissing)
	}
	return s.open(at, sealed)
}
