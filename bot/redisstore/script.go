package redisstore

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"heard/bot"
)

//go:embed lua/*.lua
var luaFiles embed.FS

// script is one operation. Its file documents KEYS, ARGV and what it returns.
type script struct {
	name string
	lua  *redis.Script
}

var (
	scriptCommit        = newScript("commit", "clock", "outbox")
	scriptLookup        = newScript("lookup")
	scriptCase          = newScript("case")
	scriptLeaseMessages = newScript("lease_messages", "clock", "outbox")
	scriptSettle        = newScript("settle", "clock", "outbox")
	scriptReceipt       = newScript("receipt", "clock", "outbox")
	scriptLeaseTimers   = newScript("lease_timers", "clock")
	scriptGuard         = newScript("guard", "clock")
	scriptWatermark     = newScript("watermark")
	scriptPublish       = newScript("publish")
	scriptStaffTasks    = newScript("staff_tasks")
	scriptKeyring       = newScript("keyring", "clock")
	scriptRewrap        = newScript("rewrap")
	scriptRekey         = newScript("rekey", "clock")
	scriptSealed        = newScript("sealed")
	scriptReseal        = newScript("reseal")
)

// newScript joins the shared parts and the script's own file, with the names of
// keys put in.
func newScript(name string, shared ...string) *script {
	var b strings.Builder
	for _, part := range append(shared, name) {
		text, err := luaFiles.ReadFile("lua/" + part + ".lua")
		if err != nil {
			panic(err) // a file that the build embeds: caught by any test
		}
		b.Write(text)
		b.WriteByte('\n')
	}
	return &script{name: name, lua: redis.NewScript(luaKeys(b.String()))}
}

// What scripts refuse, beside what callers know of.
var (
	errRepeated = errors.New("exists already and may not be replaced")
	errStale    = errors.New("sealed with keys that are no longer in use")
)

// run calls a script by its hash, and sends its text where the server does not
// know it. The answer is flattened to strings.
func (s *script) run(ctx context.Context, rdb *redis.Client, key string, args ...any) ([]string, error) {
	answer, err := s.lua.Run(ctx, rdb, []string{key}, args...).Result()
	if err != nil {
		return nil, s.explain(err)
	}
	switch answer := answer.(type) {
	case []any:
		flat := make([]string, len(answer))
		for i, v := range answer {
			flat[i], _ = v.(string)
		}
		return flat, nil
	case int64:
		return []string{fmt.Sprint(answer)}, nil
	default:
		return nil, fmt.Errorf("%s: unexpected answer %T", s.name, answer)
	}
}

// explain turns a script's own refusals into the domain's errors. All else is
// the store's failure.
func (s *script) explain(err error) error {
	code, ours := strings.CutPrefix(err.Error(), "HEARD ")
	if !ours {
		return fmt.Errorf("script %s: %w", s.name, err)
	}
	switch code {
	case "CONFLICT":
		err = bot.ErrConflict
	case "FENCED":
		err = bot.ErrFenced
	case "STALE":
		err = errStale
	case "MISSING":
		err = bot.ErrNotFound
	case "REPEATED":
		err = errRepeated
	}
	return fmt.Errorf("script %s: %w", s.name, err)
}
