// Package files keeps the photos, voice notes and documents that people send,
// each sealed under the key of its case: in a folder, or in a bucket of an
// S3-compatible store. What erases a case's key makes its files unreadable at
// once, wherever copies are.
//
// It must not know where files come from, or who may see them.
package files

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"heard/bot"
	"heard/bot/photo"
)

// Bucket keeps bytes under a folder and a name. Both are chosen by this package:
// letters and digits, and in a folder one slash.
type Bucket interface {
	// Put stores data in place of what was there; it is durable when Put returns.
	Put(ctx context.Context, folder, name string, data []byte) error
	// Get reads it; bot.ErrNotFound.
	Get(ctx context.Context, folder, name string) ([]byte, error)
	// Remove removes a name, and with the name empty a folder with all that is in it.
	// What is not there is no error.
	Remove(ctx context.Context, folder, name string) error
}

// Store seals files and keeps them in a Bucket.
type Store struct{ bucket Bucket }

var _ bot.Files = Store{}

// New makes a Store.
func New(b Bucket) Store { return Store{b} }

// sealFormat begins every sealed file: 0x01, nonce (12), AES-256-GCM. The
// additional data is the file's id. What is sealed is its MIME type, a newline,
// and its bytes.
const sealFormat = 1

var errSealed = errors.New("a file does not open: it was changed, moved, or sealed with another key")

// Keep seals and stores a file of a case. Keeping it again replaces it. Of a photo it
// keeps the picture alone, as far as that can be told apart: where and with what it was
// taken would tell who sent it.
func (s Store) Keep(ctx context.Context, p bot.ProviderID, c *bot.Case, id bot.FileID, mime string, data []byte) error {
	if !plain(string(id)) || strings.Contains(mime, "\n") {
		return errors.New("keep a file: an id of letters and digits and a type of one line are needed")
	}
	aead, err := cipherOf(c)
	if err != nil {
		return fmt.Errorf("keep a file: %w", err)
	}
	if clean, err := photo.Clean(data); err == nil {
		data = clean
	}
	envelope := make([]byte, 0, len(mime)+1+len(data))
	envelope = append(append(append(envelope, mime...), '\n'), data...)
	out := make([]byte, 1, 1+len(envelope)+aead.Overhead())
	out[0] = sealFormat
	if err := s.bucket.Put(ctx, folder(p, bot.FileFolder(c)), string(id), aead.Seal(out, nil, envelope, []byte(id))); err != nil {
		return fmt.Errorf("keep a file: %w", err)
	}
	return nil
}

// Read opens a file of a case and tells its MIME type.
func (s Store) Read(ctx context.Context, p bot.ProviderID, c *bot.Case, id bot.FileID) (mime string, data []byte, err error) {
	if !plain(string(id)) {
		return "", nil, fmt.Errorf("read a file: %w", bot.ErrNotFound)
	}
	aead, err := cipherOf(c)
	if err != nil {
		return "", nil, fmt.Errorf("read a file: %w", err)
	}
	sealed, err := s.bucket.Get(ctx, folder(p, bot.FileFolder(c)), string(id))
	if err != nil {
		return "", nil, fmt.Errorf("read a file: %w", err)
	}
	if len(sealed) == 0 || sealed[0] != sealFormat {
		return "", nil, fmt.Errorf("read a file: %w", errSealed)
	}
	envelope, err := aead.Open(nil, nil, sealed[1:], []byte(id))
	if err != nil {
		return "", nil, fmt.Errorf("read a file: %w", errSealed)
	}
	mime, body, _ := strings.Cut(string(envelope), "\n")
	return mime, []byte(body), nil
}

// Remove removes files of a case, by the name that bot.FileFolder gave its folder;
// with none named, all of them.
func (s Store) Remove(ctx context.Context, p bot.ProviderID, name string, ids ...bot.FileID) error {
	if !plain(name) {
		return errors.New("remove files: this is no folder of a case")
	}
	if len(ids) == 0 {
		ids = []bot.FileID{""}
	} else if slices.ContainsFunc(ids, func(id bot.FileID) bool { return !plain(string(id)) }) {
		return errors.New("remove files: this is no file of a case")
	}
	for _, id := range ids {
		if err := s.bucket.Remove(ctx, folder(p, name), string(id)); err != nil {
			return fmt.Errorf("remove files: %w", err)
		}
	}
	return nil
}

func folder(p bot.ProviderID, name string) string { return string(p) + "/" + name }

// cipherOf is a case's cipher for files: from its key, but not the same.
func cipherOf(c *bot.Case) (cipher.AEAD, error) {
	if len(c.Key) == 0 {
		return nil, errors.New("the case has no key")
	}
	key, err := hkdf.Key(sha256.New, c.Key, nil, "heard file", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// plain tells whether a name is letters and digits, so that it leads nowhere else.
func plain(name string) bool {
	for _, r := range name {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return name != ""
}
