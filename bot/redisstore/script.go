package redisstore

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strings"
	"time"

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
	scriptCases         = newScript("cases")
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
	scriptCode          = newScript("code", "clock")
	scriptAudit         = newScript("audit")
	scriptDrawer        = newScript("drawer", "clock")
	scriptDrawn         = newScript("drawn", "clock")
	scriptBacklog       = newScript("backlog", "clock")
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

	errUnreplicated = errors.New("no replica has confirmed it: if the server failed now it would be lost")
)

// run calls a script by its hash, and sends its text where the server does not
// know it. The answer is flattened to strings.
func (s *script) run(ctx context.Context, rdb redis.UniversalClient, key string, args ...any) ([]string, error) {
	return s.answer(s.lua.Run(ctx, rdb, []string{key}, args...))
}

// replicaTime is how long a replica may take to confirm what was written.
const replicaTime = time.Second

// runReplicated does the same, and in the same trip waits until a replica has
// what was written up to then, be it by this run or by an earlier one whose
// answer was lost. Where none has in time it is an error, although it was done.
func (s *script) runReplicated(ctx context.Context, rdb redis.UniversalClient, key string, args ...any) ([]string, error) {
	keys := []string{key}
	server, err := home(ctx, rdb, key)
	if err != nil {
		return nil, fmt.Errorf("script %s: %w", s.name, err)
	}
	call, confirmed := pipeWait(ctx, server, func(pipe redis.Pipeliner) *redis.Cmd { return pipe.EvalSha(ctx, s.lua.Hash(), keys, args...) })
	if redis.HasErrorPrefix(call.Err(), "NOSCRIPT") {
		call, confirmed = pipeWait(ctx, server, func(pipe redis.Pipeliner) *redis.Cmd { return s.lua.Eval(ctx, pipe, keys, args...) })
	}
	answer, err := s.answer(call)
	if err != nil {
		return nil, err
	}
	if confirmed.Err() != nil {
		return nil, fmt.Errorf("script %s: WAIT: %w", s.name, confirmed.Err())
	}
	if confirmed.Val() < 1 {
		return nil, fmt.Errorf("script %s: %w", s.name, errUnreplicated)
	}
	return answer, nil
}

func pipeWait(ctx context.Context, rdb *redis.Client, call func(redis.Pipeliner) *redis.Cmd) (*redis.Cmd, *redis.IntCmd) {
	pipe := rdb.Pipeline()
	cmd, confirmed := call(pipe), redis.NewIntCmd(ctx, "WAIT", 1, replicaTime.Milliseconds())
	_ = pipe.Process(ctx, confirmed) // only queued: its error comes with its answer
	_, _ = pipe.Exec(ctx)            // each command has its own error
	return cmd, confirmed
}

// answer flattens what a script returned.
func (s *script) answer(cmd *redis.Cmd) ([]string, error) {
	answer, err := cmd.Result()
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
