package api

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

// A cursor is the kind of its list and a place in it, in base64: no program should
// make one itself.

func cursor(parts ...string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, " ")))
}

// uncursor reads a cursor of a kind with a number of parts.
func uncursor(text, kind string, parts int) ([]string, error) {
	plain, err := base64.RawURLEncoding.DecodeString(text)
	all := strings.Split(string(plain), " ")
	if err != nil || len(all) != parts+1 || all[0] != kind {
		return nil, badCursor()
	}
	return all[1:], nil
}

func badCursor() error {
	return problem(http.StatusBadRequest, "bad-cursor", "This is no cursor of this list. Begin without one, and send back what the answer gives.")
}

func instant(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }

func unInstant(text string) (time.Time, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, badCursor()
	}
	return time.Unix(0, n), nil
}

func caseCursor(s desk.Summary) string { return cursor("cases", instant(s.Opened), string(s.Ref)) }

func casePlace(text string) (p desk.CasePlace, err error) {
	if text == "" {
		return p, nil
	}
	parts, err := uncursor(text, "cases", 2)
	if err != nil {
		return p, err
	}
	ref, ok := bot.ParseCaseRef(parts[1])
	if !ok {
		return p, badCursor()
	}
	p.Ref = ref
	p.Opened, err = unInstant(parts[0])
	return p, err
}

func taskCursor(p desk.TaskPlace) string {
	return cursor("work", instant(p.Due), strconv.FormatBool(p.Rest), base64.RawURLEncoding.EncodeToString([]byte(p.Task)))
}

func taskPlace(text string) (p desk.TaskPlace, err error) {
	if text == "" {
		return p, nil
	}
	parts, err := uncursor(text, "work", 3)
	if err != nil {
		return p, err
	}
	task, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(task) == 0 || parts[1] != "true" && parts[1] != "false" {
		return p, badCursor()
	}
	p.Task, p.Rest = string(task), parts[1] == "true"
	p.Due, err = unInstant(parts[0])
	return p, err
}

func eventCursor(number uint64) string { return cursor("events", strconv.FormatUint(number, 10)) }

func eventPlace(text string) (uint64, error) {
	if text == "" {
		return 0, nil
	}
	parts, err := uncursor(text, "events", 1)
	if err != nil {
		return 0, err
	}
	number, err := strconv.ParseUint(parts[0], 10, 64)
	if err != nil {
		return 0, badCursor()
	}
	return number, nil
}
