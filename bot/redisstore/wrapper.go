package redisstore

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"fmt"

	"heard/bot"
)

// wrapper is the configuration's keys: the first wraps, all unwrap.
//
//	wrapped key: 0x01, id of the configuration key (8 bytes), nonce (12), AES-256-GCM
type wrapper struct {
	first [8]byte
	keys  map[[8]byte]cipher.AEAD
}

const wrapHeader = 9

func newWrapper(configKeys [][]byte) (*wrapper, error) {
	if len(configKeys) == 0 {
		return nil, errors.New("keys: at least one is needed (heard key makes one)")
	}
	w := &wrapper{keys: map[[8]byte]cipher.AEAD{}}
	for i, key := range configKeys {
		if len(key) != keyLength {
			return nil, fmt.Errorf("keys: number %d has %d bytes, not %d (heard key makes one)", i+1, len(key), keyLength)
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("keys: number %d: %w", i+1, err)
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, fmt.Errorf("keys: number %d: %w", i+1, err)
		}
		sum := sha256.Sum256(append([]byte("heard configuration key id\x00"), key...))
		id := [8]byte(sum[:8])
		if i == 0 {
			w.first = id
		}
		w.keys[id] = aead
	}
	return w, nil
}

func (w *wrapper) wrap(p bot.ProviderID, field string, key []byte) []byte {
	out := append([]byte{sealFormat}, w.first[:]...)
	return w.keys[w.first].Seal(out, nil, key, place{p, "keyring", field}.bytes())
}

func (w *wrapper) unwrap(p bot.ProviderID, field string, wrapped []byte) ([]byte, error) {
	if len(wrapped) < wrapHeader || wrapped[0] != sealFormat {
		return nil, fmt.Errorf("keyring %s: %w", field, errSealed)
	}
	aead, ok := w.keys[[8]byte(wrapped[1:wrapHeader])]
	if !ok {
		return nil, fmt.Errorf("keyring %s: wrapped by a key that is not among those of the setting keys (add the old one behind the new)", field)
	}
	key, err := aead.Open(nil, nil, wrapped[wrapHeader:], place{p, "keyring", field}.bytes())
	if err != nil {
		return nil, fmt.Errorf("keyring %s: %w", field, errSealed)
	}
	return key, nil
}
