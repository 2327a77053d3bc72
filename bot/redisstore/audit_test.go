package redisstore

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"heard/bot"
)

// Whoever can write in the store can put another hash on a line, or another line in
// its place: neither goes unseen.
func TestAuditShowsWhatWasChanged(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, p, s := context.Background(), o.Providers[0], openStore(t, o)
		for range 4 {
			if err := s.Audit(ctx, p, bot.AuditRecord{Did: "look"}); err != nil {
				t.Fatal(err)
			}
		}
		line := func(n int) string { return s.rdb.HGet(ctx, auditKey(p), strconv.Itoa(n)).Val() }
		second := line(2)
		_, sealed, _ := strings.Cut(second, " ")
		s.rdb.HSet(ctx, auditKey(p), "2", strings.Repeat("0", 64)+" "+sealed)
		lines, err := s.AuditTrail(ctx, p, 1, 10)
		if err != nil || len(lines) != 4 || lines[0].Broken || !lines[1].Broken || !lines[2].Broken || lines[3].Broken {
			t.Errorf("a line with another hash: %+v, %v", lines, err)
		}
		s.rdb.HSet(ctx, auditKey(p), "2", line(3))
		if _, err := s.AuditTrail(ctx, p, 1, 10); err == nil {
			t.Error("a line in another's place is read")
		}
	})
}
