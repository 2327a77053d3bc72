package bot_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"heard/bot"
	"heard/bot/files"
	"heard/bot/redisstore"
	"heard/channels"
)

// shelf is a provider that holds files.
type shelf struct {
	mu    sync.Mutex
	files map[string]string // by reference: type, newline, bytes
	fail  error             // of the next call
}

func (s *shelf) next() error {
	err := s.fail
	s.fail = nil
	return err
}

func (s *shelf) Media(_ context.Context, ref string) (io.ReadCloser, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.next(); err != nil {
		return nil, "", err
	}
	kind, body, there := strings.Cut(s.files[ref], "\n")
	if !there {
		return nil, "", &channels.SendError{Code: "404", Sentence: "It is gone."}
	}
	return io.NopCloser(strings.NewReader(body)), kind, nil
}

func (s *shelf) RemoveMedia(_ context.Context, ref string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.next(); err != nil {
		return err
	}
	delete(s.files, ref)
	return nil
}

func (s *shelf) left() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.files)
}

// evidence is a flow of one question.
var evidence = fstest.MapFS{"evidence.yaml": &fstest.MapFile{Data: []byte(`
flow: evidence
title: Evidence
owner: Test
version: 1
stage: making
start: [evidence]
steps:
  story:
    ask: Tell us.
    answer: story
    save: story
    remind: 1 hour
  sent:
    do: [open case]
    say: It is sent as {ref}.
    next: end
`)}}

// withFiles is a world whose people can send files.
func withFiles(t *testing.T) (*world, *shelf, files.Store) {
	t.Helper()
	w := onEmbedded(t)
	folder, err := files.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	s := &shelf{files: map[string]string{"ref-1": "image/jpeg\nJPEG", "ref-2": "audio/ogg\nOGG"}}
	kept := files.New(folder)
	w.bot = w.newBotWith(w.store, librarySet(t, evidence), func(o *bot.Options) {
		o.Files = kept
		o.Providers[0].Media = map[channels.Channel]bot.MediaSource{channels.SMS: s}
	})
	return w, s, kept
}

// photos sends two files in one message, in the middle of the story.
func (w *world) photos() *bot.Case {
	w.t.Helper()
	w.say(daughter, "evidence")
	w.say(daughter, "The buzzer was out of reach all night")
	in := w.inbound(daughter, "look")
	in.Media = []channels.Media{{Kind: "photo", Ref: "ref-1"}, {Kind: "voice", Ref: "ref-2"}}
	w.send(in)
	c := w.view(daughter).Case
	if c == nil {
		w.t.Fatal("there is no draft")
	}
	return c
}

// evidence are the files of the case's timeline, as "type bytes".
func (w *world) evidence(c *bot.Case, kept files.Store) []string {
	w.t.Helper()
	entries, err := w.desk.Timeline(w.ctx, hospital, c)
	if err != nil {
		w.t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		for _, m := range e.Media {
			if m.Ref != "" {
				w.t.Error("staff see where the provider keeps a file, which leads to its person")
			}
			kind, data, err := kept.Read(w.ctx, hospital, c, bot.FileID(m.File))
			if err == nil {
				all = append(all, kind+" "+string(data))
			} else if !errors.Is(err, bot.ErrNotFound) {
				w.t.Error(err)
			}
		}
	}
	return all
}

// A photo is evidence: it must be in our keeping, for staff to see, and no longer
// with somebody else.
func TestFilesAreFetchedAndRemoved(t *testing.T) {
	w, s, kept := withFiles(t)
	c := w.photos()
	w.later(time.Second)
	got := w.evidence(c, kept)
	if strings.Join(got, ", ") != "image/jpeg JPEG, audio/ogg OGG" || s.left() != 0 {
		t.Errorf("kept %q, and the provider still has %d", got, s.left())
	}
}

// A provider that is down for an hour must not cost a photo; nor must a process
// that dies after it stored one and before it said so.
func TestFilesAreFetchedAgain(t *testing.T) {
	for name, failed := range map[string]error{
		"down":     &channels.SendError{Retry: true, Code: "503"},
		"asks for": &channels.SendError{Retry: true, Code: "429", After: 3 * time.Minute},
		"unknown":  errors.New("what is this"),
	} {
		t.Run(name, func(t *testing.T) {
			w, s, kept := withFiles(t)
			s.fail = failed
			c := w.photos()
			w.later(time.Second)
			w.later(time.Hour)
			if got := w.evidence(c, kept); len(got) != 2 || s.left() != 0 {
				t.Errorf("kept %q, and the provider still has %d", got, s.left())
			}
		})
	}
	t.Run("died", func(t *testing.T) {
		w, s, kept := withFiles(t)
		c := w.photos()
		timers, err := w.store.LeaseTimers(w.ctx, hospital, 64)
		if err != nil {
			t.Fatal(err)
		}
		b := w.newBotWith(unsettled{w.store}, librarySet(t, evidence), func(o *bot.Options) {
			o.Files, o.Providers[0].Media = kept, map[channels.Channel]bot.MediaSource{channels.SMS: s}
		})
		for _, l := range timers {
			if b.Wake(w.ctx, l) == nil && l.Timer.Kind == bot.Fetch {
				t.Error("the turn was lost, and Wake does not say so")
			}
		}
		if s.left() != 0 {
			t.Fatal("nothing was fetched")
		}
		w.later(time.Minute)
		if got := w.evidence(c, kept); len(got) != 2 || w.lastEntry(c).Kind == bot.Noted {
			t.Errorf("kept %q, and the timeline ends with %q", got, w.lastEntry(c).Text)
		}
	})
}

// unsettled is a store whose commits get lost.
type unsettled struct{ *redisstore.Store }

func (unsettled) Commit(context.Context, bot.Turn) (bot.Committed, error) {
	return bot.Committed{}, errors.New("lost")
}

// What cannot be kept is told to staff, in words, once the case is theirs, and on
// its timeline before.
func TestFilesThatCannotBeKept(t *testing.T) {
	for name, file := range map[string]string{
		"gone":      "",
		"a program": "application/x-msdownload\nMZ",
		"a page":    "text/html\n<script>",
		"a drawing": "image/svg+xml\n<svg onload=x>",
		"nameless":  "application/octet-stream\n\x00\x01",
		"too large": "video/mp4\n" + strings.Repeat("x", bot.MaxFile+1),
	} {
		t.Run(name, func(t *testing.T) {
			w, s, kept := withFiles(t)
			if s.files["ref-1"] = file; file == "" {
				delete(s.files, "ref-1")
			}
			c := w.photos()
			w.later(time.Second)
			if got := w.evidence(c, kept); strings.Join(got, "") != "audio/ogg OGG" {
				t.Errorf("kept %q", got)
			}
			if len(w.tasks(bot.FileMissing)) != 0 {
				t.Error("staff have a task about a draft, which they cannot see")
			}
			if last := w.lastEntry(c); last.Kind != bot.Noted || !strings.Contains(last.Text, "could not be kept") {
				t.Errorf("the timeline ends with %q", last.Kind)
			}
		})
	}
}

// After sending, staff have a task for it.
func TestFileOfACaseThatCannotBeKept(t *testing.T) {
	w, s, _ := withFiles(t)
	delete(s.files, "ref-1")
	w.photos()
	w.say(daughter, "done")
	w.later(time.Second)
	if n := len(w.tasks(bot.FileMissing)); n != 1 {
		t.Errorf("%d tasks", n)
	}
}

// A draft that was deleted leaves no file behind.
func TestFilesOfAnErasedDraft(t *testing.T) {
	w, _, kept := withFiles(t)
	c := w.photos()
	w.later(time.Second)
	id := bot.FileID("")
	entries, err := w.desk.Timeline(w.ctx, hospital, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		for _, m := range e.Media {
			id = bot.FileID(m.File)
		}
	}
	if _, data, err := kept.Read(w.ctx, hospital, c, id); err != nil || !bytes.Equal(data, []byte("OGG")) {
		t.Fatal("there is nothing to erase")
	}
	w.say(daughter, "delete")
	w.say(daughter, "yes")
	w.later(time.Hour)
	if _, _, err := kept.Read(w.ctx, hospital, c, id); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("the file is still there: %v", err)
	}
}

// lastEntry is the end of a case's timeline.
func (w *world) lastEntry(c *bot.Case) bot.Entry {
	w.t.Helper()
	entries, err := w.desk.Timeline(w.ctx, hospital, c)
	if err != nil || len(entries) == 0 {
		w.t.Fatalf("%d entries, error %v", len(entries), err)
	}
	return entries[len(entries)-1]
}

// tasks are what staff are to do of a kind.
func (w *world) tasks(kind bot.StaffTaskKind) []bot.StaffTask {
	w.t.Helper()
	all, err := w.desk.StaffTasks(w.ctx, hospital, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(t bot.StaffTask) bool { return t.Kind != kind })
}
