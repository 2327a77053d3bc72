package redisstore

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"sync"

	"heard/bot"
	"heard/channels"
)

// A provider's keyring is a hash of keys, each wrapped by a configuration key. It
// is made once and never by two instances at a time. Fields: "index" (HMAC of
// look-ups, which never changes), "closed:N" (conversations, messages, links from
// handles, what is kept), "data:N" (keys of cases, tasks, answers), and "version",
// which rises with every change of the numbered keys. Which of them seal stands
// beside it, under sealingKey, as "<closed> <data>".
const (
	fieldIndex   = "index"
	fieldClosed  = "closed:"
	fieldData    = "data:"
	fieldVersion = "version"
)

// storedRing is a keyring as it is stored.
type storedRing struct {
	version int64
	sealing string            // numbers of the keys that seal, as scripts compare them
	fields  map[string]string // wrapped keys
}

// keyring is what an instance holds of a provider's keys. It does not change: a
// newer one takes its place.
type keyring struct {
	version int64
	sealing string
	index   hashPool
	closed  *keyset
	data    *keyset
}

// openKeyring unwraps a keyring whole.
func (w *wrapper) openKeyring(p bot.ProviderID, stored storedRing) (*keyring, error) {
	index, err := w.unwrap(p, fieldIndex, []byte(stored.fields[fieldIndex]))
	if err != nil {
		return nil, err
	}
	ring, err := w.openDataKeys(p, stored)
	if err != nil {
		return nil, err
	}
	use, _, _ := strings.Cut(stored.sealing, " ")
	ring.closed, err = w.keysOf(p, stored, fieldClosed, use)
	ring.index = newHashPool(index)
	return ring, err
}

// openDataKeys unwraps what the desk may have of it.
func (w *wrapper) openDataKeys(p bot.ProviderID, stored storedRing) (*keyring, error) {
	_, use, _ := strings.Cut(stored.sealing, " ")
	data, err := w.keysOf(p, stored, fieldData, use)
	return &keyring{version: stored.version, sealing: stored.sealing, data: data}, err
}

func (w *wrapper) keysOf(p bot.ProviderID, stored storedRing, purpose, use string) (*keyset, error) {
	set := &keyset{keys: map[uint16]sealer{}}
	for field, wrapped := range stored.fields {
		text, ok := strings.CutPrefix(field, purpose)
		if !ok {
			continue
		}
		number, err := strconv.ParseUint(text, 10, 16)
		if err != nil {
			return nil, fmt.Errorf("keyring %s: %w", field, err)
		}
		key, err := w.unwrap(p, field, []byte(wrapped))
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

// conversationID makes the id of one address on one sender. Without the index
// key nobody can try addresses against it.
func (k *keyring) conversationID(c channels.Channel, s channels.Sender, a channels.Address) bot.ConversationID {
	return bot.ConversationID(k.hash("conversation", string(c), string(s), string(a)))
}

// hash makes a key's name of what must not stand in one: 128 bits of an HMAC, in
// 22 characters. Parts are counted, so that no two lists of them meet.
func (k *keyring) hash(parts ...string) string {
	mac := k.index.Get().(hash.Hash)
	defer k.index.Put(mac)
	mac.Reset()
	var room [256]byte
	buf := room[:0]
	for _, part := range parts {
		buf = binary.AppendUvarint(buf, uint64(len(part)))
		buf = append(buf, part...)
	}
	mac.Write(buf)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(buf[:0])[:16])
}

// hashPool holds HMACs of one key, made ready.
type hashPool struct{ *sync.Pool }

func newHashPool(key []byte) hashPool {
	return hashPool{&sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}}
}

func newKey() []byte {
	key := make([]byte, keyLength)
	rand.Read(key) // never fails: see crypto/rand
	return key
}
