package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	"heard/bot"
)

// The chain of the audit log shows that a line was changed or taken out from between
// others. That its end was cut off, or that all of it was written anew, shows only
// somebody who knew the end before: so heard says it in its own log, which is kept
// elsewhere. Who can change both can hide it still.

// anchorEach is how often it is said: what was done within it can be cut off unseen.
const anchorEach = time.Hour

// anchors says where the audit logs end.
type anchors struct {
	providers []bot.ProviderID
	end       func(context.Context, bot.ProviderID) (number int, hash string, err error)
	log       *slog.Logger
}

// run says it now and every hour, until ctx ends.
func (a anchors) run(ctx context.Context) error {
	tick := time.NewTicker(anchorEach)
	defer tick.Stop()
	for {
		for _, p := range a.providers {
			a.say(ctx, p)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (a anchors) say(ctx context.Context, p bot.ProviderID) {
	number, hash, err := a.end(ctx, p)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		a.log.LogAttrs(ctx, slog.LevelError, "the end of the audit log cannot be read", slog.String("provider", string(p)), slog.String("error", err.Error()))
	case number > 0:
		a.log.LogAttrs(ctx, slog.LevelInfo, "the audit log ends here", slog.String("anchor", anchor(p, number, hash)))
	}
}

// anchor names the end of an audit log.
func anchor(p bot.ProviderID, number int, hash string) string {
	return string(p) + ":" + strconv.Itoa(number) + ":" + hash
}

// longestLogLine is the longest line of a log that is read, in bytes.
const longestLogLine = 1 << 20

// readAnchors finds the anchors of a provider in a text, such as heard's log: the hash of
// each line of the audit log that was its end once. A line that two anchors tell
// differently has both.
func readAnchors(r io.Reader, p bot.ProviderID) (map[int][]string, error) {
	pattern := regexp.MustCompile(`(?:^|[^\w-])` + regexp.QuoteMeta(string(p)) + `:(\d{1,15}):([0-9a-f]{64})\b`)
	all := map[int][]string{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLogLine)
	for lines.Scan() {
		for _, m := range pattern.FindAllStringSubmatch(lines.Text(), -1) {
			number, _ := strconv.Atoi(m[1]) // fifteen digits are one
			if !slices.Contains(all[number], m[2]) {
				all[number] = append(all[number], m[2])
			}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read anchors: %w", err)
	}
	return all, nil
}

// against compares anchors with the audit log, whose hashes are by number.
func against(all map[int][]string, hash map[int]string, count int) error {
	for _, number := range slices.Sorted(maps.Keys(all)) {
		for _, h := range all[number] {
			switch {
			case number > count:
				return fmt.Errorf("the audit log was cut: it had %d lines once, and has %d", slices.Max(slices.Collect(maps.Keys(all))), count)
			case h != hash[number]:
				return fmt.Errorf("the audit log was written anew: line %d is not the one that it ended with once", number)
			}
		}
	}
	return nil
}
