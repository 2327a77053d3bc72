package redisstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"heard/bot"
)

var (
	_ bot.AuditLog = (*Desk)(nil)
	_ bot.AuditLog = (*Store)(nil)
)

// auditTail is the end of the audit log: how many lines there are, and the hash of
// the last.
type auditTail struct {
	number int
	hash   string
}

// auditTail reads it.
func (b *backend) auditTail(ctx context.Context, p bot.ProviderID) (auditTail, error) {
	n, err := b.rdb.HLen(ctx, auditKey(p)).Result()
	if err != nil || n == 0 {
		return auditTail{}, err
	}
	line, err := b.rdb.HGet(ctx, auditKey(p), strconv.FormatInt(n, 10)).Result()
	if err != nil {
		return auditTail{}, fmt.Errorf("the end of the audit log: %w", err)
	}
	hash, _, _ := strings.Cut(line, " ")
	return auditTail{int(n), hash}, nil
}

// chained is the hash of a line that follows another: of that one's hash and its
// own content as it was before it was sealed, so that a change of keys changes none.
func chained(before string, plain []byte) string {
	sum := sha256.New()
	sum.Write([]byte(before))
	sum.Write([]byte{0})
	sum.Write(plain)
	return hex.EncodeToString(sum.Sum(nil))
}

// next makes the line that follows the end, and is the end then.
func (t *auditTail) next(b *backend, ring *keyring, p bot.ProviderID, r bot.AuditRecord) (number, line string, err error) {
	plain, err := b.wire.marshal(r)
	if err != nil {
		return "", "", err
	}
	t.number, t.hash = t.number+1, chained(t.hash, plain)
	number = strconv.Itoa(t.number)
	return number, t.hash + " " + string(ring.data.seal(place{p, kindAudit, number}, plain)), nil
}

func (e *turnEncoder) addAudit(r bot.AuditRecord) error {
	number, line, err := e.tail.next(e.store.backend, e.ring, e.provider, r)
	e.add("b", number, line)
	return err
}

// auditTries is how often a line is tried again at a later place, because another
// came first.
const auditTries = 50

// Audit appends a line to the audit log.
func (b *backend) Audit(ctx context.Context, p bot.ProviderID, r bot.AuditRecord) error {
	for range auditTries {
		err := b.withRing(ctx, p, func(ring *keyring) error {
			tail, err := b.auditTail(ctx, p)
			if err != nil {
				return err
			}
			number, line, err := tail.next(b, ring, p, r)
			if err != nil {
				return err
			}
			_, err = scriptAudit.run(ctx, b.rdb, prefix(p), ring.sealing, number, line)
			return err
		})
		if !errors.Is(err, bot.ErrConflict) {
			if err != nil {
				return fmt.Errorf("audit: %w", err)
			}
			return nil
		}
	}
	return fmt.Errorf("audit: %w", bot.ErrConflict)
}

// AuditTrail reads lines in order, at most limit, from a number, which begins at 1.
func (b *backend) AuditTrail(ctx context.Context, p bot.ProviderID, from, limit int) (lines []bot.AuditLine, err error) {
	from = max(from, 1)
	fields := []string{strconv.Itoa(from - 1)}
	for n := range limit {
		fields = append(fields, strconv.Itoa(from+n))
	}
	err = b.withRing(ctx, p, func(ring *keyring) error {
		values, err := b.rdb.HMGet(ctx, auditKey(p), fields...).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		lines = nil
		first, _ := values[0].(string)
		before, _, _ := strings.Cut(first, " ")
		for i, value := range values[1:] {
			text, ok := value.(string)
			if !ok {
				return nil
			}
			line, plain, err := openAudit(ring, p, from+i, text)
			if err != nil {
				return err
			}
			if err := b.wire.unmarshal(plain, &line.Record); err != nil {
				return err
			}
			line.Broken = line.Hash != chained(before, plain)
			before = line.Hash
			lines = append(lines, line)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	return lines, nil
}

// AuditEnd is the number of the newest line and its hash.
func (b *backend) AuditEnd(ctx context.Context, p bot.ProviderID) (number int, hash string, err error) {
	tail, err := b.auditTail(ctx, p)
	if err != nil {
		return 0, "", fmt.Errorf("read the audit log: %w", err)
	}
	return tail.number, tail.hash, nil
}

func openAudit(ring *keyring, p bot.ProviderID, number int, text string) (bot.AuditLine, []byte, error) {
	hash, sealed, _ := strings.Cut(text, " ")
	plain, err := ring.data.open(place{p, kindAudit, strconv.Itoa(number)}, []byte(sealed))
	return bot.AuditLine{Number: number, Hash: hash}, plain, err
}
