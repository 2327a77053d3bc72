package redisstore

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"heard/bot"
	"heard/channels"
)

// A provider's keyring is a hash of keys, each wrapped by a configuration key. It
// is made once and never by two instances at a time. Fields: "index" (HMAC of
// look-ups), "closed:N" (conversations, messages, links from handles), "data:N"
// (keys of cases, tasks, answers); "use" is the number of the data key that seals.
const (
	fieldIndex  = "index"
	fieldClosed = "closed:"
	fieldData   = "data:"
	fieldUse    = "use"
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

// keyring is what the store holds of a provider's keys.
type keyring struct {
	index  []byte
	closed *keyset
	data   *keyset
}

// readKeyring reads a provider's keyring as it is stored, and makes it if there is none.
func (b *backend) readKeyring(ctx context.Context, p bot.ProviderID) (map[string]string, error) {
	var fresh []any
	for _, field := range []string{fieldIndex, fieldClosed + "1", fieldData + "1"} {
		fresh = append(fresh, field, b.wrap.wrap(p, field, newKey()))
	}
	fresh = append(fresh, fieldUse, "1")
	answer, err := scriptKeyring.run(ctx, b.rdb, keyringKey(p), fresh...)
	if err != nil {
		return nil, err
	}
	fields := make(map[string]string, len(answer)/2)
	for i := 0; i+1 < len(answer); i += 2 {
		fields[answer[i]] = answer[i+1]
	}
	return fields, nil
}

// openKeyring reads a keyring whole; the desk's openDataKeys reads less of it.
func (b *backend) openKeyring(ctx context.Context, p bot.ProviderID) (*keyring, error) {
	fields, err := b.readKeyring(ctx, p)
	if err != nil {
		return nil, err
	}
	index, err := b.wrap.unwrap(p, fieldIndex, []byte(fields[fieldIndex]))
	if err != nil {
		return nil, err
	}
	closed, err := b.keysOf(p, fields, fieldClosed, "1")
	if err != nil {
		return nil, err
	}
	data, err := b.keysOf(p, fields, fieldData, fields[fieldUse])
	if err != nil {
		return nil, err
	}
	return &keyring{index: index, closed: closed, data: data}, nil
}

func (b *backend) openDataKeys(ctx context.Context, p bot.ProviderID) (*keyset, error) {
	fields, err := b.readKeyring(ctx, p)
	if err != nil {
		return nil, err
	}
	return b.keysOf(p, fields, fieldData, fields[fieldUse])
}

func (b *backend) keysOf(p bot.ProviderID, fields map[string]string, purpose, use string) (*keyset, error) {
	set := &keyset{keys: map[uint16]sealer{}}
	for field, wrapped := range fields {
		text, ok := strings.CutPrefix(field, purpose)
		if !ok {
			continue
		}
		number, err := strconv.ParseUint(text, 10, 16)
		if err != nil {
			return nil, fmt.Errorf("keyring %s: %w", field, err)
		}
		key, err := b.wrap.unwrap(p, field, []byte(wrapped))
		if err != nil {
			return nil, err
		}
		if set.keys[uint16(number)], err = newSealer(uint16(number), key); err != nil {
			return nil, err
		}
		if text == use {
			set.use = set.keys[uint16(number)]
		}
	}
	if set.use.aead == nil {
		return nil, fmt.Errorf("keyring: key %s%s, which should seal, is missing", purpose, use)
	}
	return set, nil
}

// RewrapKeys wraps every key of every provider's keyring with the first of the
// configuration's keys. Nothing else changes: look-ups and records stay as they
// are, and the old configuration key may go once this has been done.
func (s *Store) RewrapKeys(ctx context.Context) error {
	for p := range s.rings {
		fields, err := s.readKeyring(ctx, p)
		if err != nil {
			return fmt.Errorf("rewrap keys: %w", err)
		}
		var args []any
		for field, wrapped := range fields {
			if field == fieldUse {
				continue
			}
			key, err := s.wrap.unwrap(p, field, []byte(wrapped))
			if err != nil {
				return fmt.Errorf("rewrap keys: %w", err)
			}
			args = append(args, field, wrapped, s.wrap.wrap(p, field, key))
		}
		if _, err := scriptRewrap.run(ctx, s.rdb, keyringKey(p), args...); err != nil {
			return fmt.Errorf("rewrap keys: %w", err)
		}
	}
	return nil
}

// conversationID makes the id of one address on one sender. Without the index
// key nobody can try addresses against it.
func (k *keyring) conversationID(c channels.Channel, s channels.Sender, a channels.Address) bot.ConversationID {
	return bot.ConversationID(k.hash("conversation", string(c), string(s), string(a)))
}

// hash makes a key's name of what must not stand in one: 128 bits of an HMAC, in
// 22 characters. Parts are counted, so that no two lists of them meet.
func (k *keyring) hash(parts ...string) string {
	mac := hmac.New(sha256.New, k.index)
	buf := make([]byte, 0, 128)
	for _, part := range parts {
		buf = binary.AppendUvarint(buf, uint64(len(part)))
		buf = append(buf, part...)
	}
	mac.Write(buf)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(buf[:0])[:16])
}

func newKey() []byte {
	key := make([]byte, keyLength)
	rand.Read(key) // never fails: see crypto/rand
	return key
}
