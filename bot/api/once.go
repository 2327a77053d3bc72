package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"heard/bot"
)

// drawerKeys holds the idempotency keys of a day, by hash, with a hash of what each
// was sent with.
const drawerKeys = "idempotency"

// keptFor is how long a key makes the same write happen once: as long as the store
// remembers the turn of an act.
const keptFor = 24 * time.Hour

// once makes a turn of an idempotency key: the same request with the same key is the
// same turn, which is done once. It is empty where no key was sent.
func (s *server) once(ctx context.Context, c caller, key, operation string, ref bot.CaseRef, body any) (bot.TurnID, error) {
	if key == "" {
		return "", nil
	}
	text, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	id := fingerprint(string(c.who.Member), key)
	sent := []byte(fingerprint(operation, string(ref), string(text)))
	p := c.desk.Provider().ID
	err = s.o.Drawers.Put(ctx, p, drawerKeys, bot.Drawn{ID: id, Data: sent}, keptFor)
	if errors.Is(err, bot.ErrConflict) {
		var before bot.Drawn
		if before, err = s.o.Drawers.Drawn(ctx, p, drawerKeys, id); err == nil && subtle.ConstantTimeCompare(before.Data, sent) != 1 {
			return "", problem(http.StatusUnprocessableEntity, "key-reused", "This Idempotency-Key came with another request before. Use a new key for each write.")
		}
	}
	return bot.TurnID("api-" + id), err
}

// fingerprint is a hash of parts, none of which can pass for two.
func fingerprint(parts ...string) string {
	sum := sha256.New()
	for _, p := range parts {
		one := sha256.Sum256([]byte(p))
		sum.Write(one[:])
	}
	return hex.EncodeToString(sum.Sum(nil))
}
