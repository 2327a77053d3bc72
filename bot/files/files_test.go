package files_test

import (
	"bytes"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"heard/bot"
	"heard/bot/files"
)

const hospital = bot.ProviderID("stmarys")

func newCase() *bot.Case {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return &bot.Case{Ref: "H-2222", Key: key}
}

// onBoth runs a test on a folder and on a bucket; raw is everything that lies there.
func onBoth(t *testing.T, test func(t *testing.T, s files.Store, raw func() map[string][]byte)) {
	t.Run("folder", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "not there yet")
		test(t, inFolder(t, dir), func() map[string][]byte { return onDisk(t, dir) })
	})
	t.Run("bucket", func(t *testing.T) {
		b := newBucket(t)
		s3, err := files.OpenS3(b.options())
		if err != nil {
			t.Fatal(err)
		}
		test(t, files.New(s3), b.all)
	})
}

// inFolder is a store in a folder, which is let go at the end.
func inFolder(t *testing.T, dir string) files.Store {
	t.Helper()
	folder, err := files.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	return files.New(folder)
}

func onDisk(t *testing.T, dir string) map[string][]byte {
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		all[path], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A photo must come back as it was sent, and be read by nobody who has the disk.
func TestKeepAndRead(t *testing.T) {
	onBoth(t, func(t *testing.T, s files.Store, raw func() map[string][]byte) {
		c := newCase()
		for _, text := range []string{"first", "A PHOTO OF THE WARD"} { // kept twice: the last counts
			if err := s.Keep(t.Context(), hospital, c, "FILE1", "image/jpeg", []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		kind, data, err := s.Read(t.Context(), hospital, c, "FILE1")
		if kind != "image/jpeg" || string(data) != "A PHOTO OF THE WARD" || err != nil {
			t.Errorf("%q %q %v", kind, data, err)
		}
		all := raw()
		if len(all) != 1 {
			t.Errorf("%d things are kept for one file", len(all))
		}
		for name, data := range all {
			if bytes.Contains(data, []byte("WARD")) || bytes.Contains(data, []byte("jpeg")) || strings.Contains(name, "2222") {
				t.Error("what is kept can be read, or tells its case")
			}
		}
		if _, _, err := s.Read(t.Context(), hospital, c, "FILE2"); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("a file that is not there: %v", err)
		}
	})
}

// A file put in another's place, or another case's, must not open there.
func TestMovedFilesDoNotOpen(t *testing.T) {
	onBoth(t, func(t *testing.T, s files.Store, _ func() map[string][]byte) {
		one, other := newCase(), newCase()
		if err := s.Keep(t.Context(), hospital, one, "FILE1", "image/jpeg", []byte("x")); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Read(t.Context(), hospital, other, "FILE1"); err == nil {
			t.Error("another case reads it")
		}
		if _, _, err := s.Read(t.Context(), hospital, &bot.Case{}, "FILE1"); err == nil {
			t.Error("a case without its key reads it")
		}
	})
	dir := t.TempDir()
	s, c := inFolder(t, dir), newCase()
	if err := s.Keep(t.Context(), hospital, c, "FILE1", "image/jpeg", []byte("x")); err != nil {
		t.Fatal(err)
	}
	for path := range onDisk(t, dir) {
		if err := os.Rename(path, strings.Replace(path, "FILE1", "FILE2", 1)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.Read(t.Context(), hospital, c, "FILE2"); err == nil {
		t.Error("a file opens under another's name")
	}
}

// Names come from sessions and timers: none may lead out of its folder.
func TestNamesStayInside(t *testing.T) {
	onBoth(t, func(t *testing.T, s files.Store, _ func() map[string][]byte) {
		c := newCase()
		for _, name := range []string{"", ".", "..", "../x", "a/b", "a\\b", "a\x00b", "é", "a.part"} {
			if s.Keep(t.Context(), hospital, c, bot.FileID(name), "image/jpeg", nil) == nil {
				t.Errorf("kept as %q", name)
			}
			if _, _, err := s.Read(t.Context(), hospital, c, bot.FileID(name)); err == nil {
				t.Errorf("read as %q", name)
			}
			if s.Remove(t.Context(), hospital, name) == nil || s.Remove(t.Context(), hospital, "folder", bot.FileID(name)) == nil {
				t.Errorf("removed %q", name)
			}
		}
		if s.Keep(t.Context(), hospital, c, "FILE1", "image/jpeg\nx", nil) == nil {
			t.Error("a type of two lines is kept")
		}
	})
}

// Erasing a case takes its files, all of them, and no others.
func TestRemove(t *testing.T) {
	onBoth(t, func(t *testing.T, s files.Store, raw func() map[string][]byte) {
		gone, stays := newCase(), newCase()
		for i := range 5 {
			for _, c := range []*bot.Case{gone, stays} {
				if err := s.Keep(t.Context(), hospital, c, bot.FileID(fmt.Sprint("FILE", i)), "image/jpeg", []byte("x")); err != nil {
					t.Fatal(err)
				}
			}
		}
		for range 2 {
			if err := s.Remove(t.Context(), hospital, bot.FileFolder(gone), "FILE0", "FILE1"); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(raw()); n != 8 {
			t.Errorf("%d files are left of ten, two of which were removed", n)
		}
		for range 2 { // the second finds nothing, and that is no error
			if err := s.Remove(t.Context(), hospital, bot.FileFolder(gone)); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(raw()); n != 5 {
			t.Errorf("%d files are left", n)
		}
		if _, _, err := s.Read(t.Context(), hospital, gone, "FILE0"); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("a removed file: %v", err)
		}
	})
}

// A power cut in the middle of writing must not leave half a photo that looks whole.
func TestHalfAFileIsNone(t *testing.T) {
	dir := t.TempDir()
	s, c := inFolder(t, dir), newCase()
	if err := s.Keep(t.Context(), hospital, c, "FILE1", "image/jpeg", []byte("whole")); err != nil {
		t.Fatal(err)
	}
	for path, data := range onDisk(t, dir) {
		if err := os.WriteFile(path, data[:len(data)-1], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.Read(t.Context(), hospital, c, "FILE1"); err == nil {
		t.Error("half a file opens")
	}
}

// Errors end in logs: none may hold an address, a name or a key of the bucket.
func TestBucketThatFails(t *testing.T) {
	b := newBucket(t)
	o := b.options()
	o.SecretKey = "another"
	s3, err := files.OpenS3(o)
	if err != nil {
		t.Fatal(err)
	}
	s, c := files.New(s3), newCase()
	refused := s.Keep(t.Context(), hospital, c, "FILE1", "image/jpeg", []byte("x"))
	b.server.Close()
	unreachable := s.Keep(t.Context(), hospital, c, "FILE1", "image/jpeg", []byte("x"))
	for want, err := range map[string]error{"status 403": refused, "cannot be reached": unreachable} {
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "FILE1") || strings.Contains(err.Error(), "127.0.0.1") {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := files.OpenS3(files.S3Options{Endpoint: "no address"}); err == nil {
		t.Error("an endpoint without a host is taken")
	}
}

// bucket is a stand-in for an S3 store: it checks that requests are signed with
// its key, and lists two names at a time.
type bucket struct {
	t      *testing.T
	server *httptest.Server
	mu     sync.Mutex
	kept   map[string][]byte
}

const prefix = "/evidence/"

func newBucket(t *testing.T) *bucket {
	b := &bucket{t: t, kept: map[string][]byte{}}
	b.server = httptest.NewServer(b)
	t.Cleanup(b.server.Close)
	return b
}

func (b *bucket) options() files.S3Options {
	return files.S3Options{Endpoint: b.server.URL, Region: "eu-west-2", Bucket: "evidence", AccessKey: "key", SecretKey: "secret"}
}

func (b *bucket) all() map[string][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := map[string][]byte{}
	for name, data := range b.kept {
		all[name] = data
	}
	return all
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil || !signed(r, "secret", body) {
		http.Error(w, "<Error><Resource>"+r.URL.Path+"</Resource></Error>", http.StatusForbidden)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, prefix)
	switch {
	case r.Method == http.MethodGet && r.URL.Query().Has("list-type"):
		b.list(w, r.URL.Query().Get("prefix"))
	case r.Method == http.MethodPut:
		b.kept[name] = body
	case r.Method == http.MethodDelete:
		delete(b.kept, name)
		w.WriteHeader(http.StatusNoContent)
	default:
		data, there := b.kept[name]
		if !there {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = w.Write(data)
	}
}

func (b *bucket) list(w io.Writer, under string) {
	type object struct{ Key string }
	page := struct {
		XMLName  xml.Name `xml:"ListBucketResult"`
		Contents []object
	}{}
	for name := range b.kept {
		if strings.HasPrefix(name, under) && len(page.Contents) < 2 {
			page.Contents = append(page.Contents, object{name})
		}
	}
	_ = xml.NewEncoder(w).Encode(page)
}

// A phone writes into each photo where it was taken: kept, it would tell where somebody
// lives who trusted us not to know.
func TestOfAPhotoThePictureAloneIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, s files.Store, _ func() map[string][]byte) {
		c := newCase()
		for sent, want := range map[string]string{
			"\xFF\xD8\xFF\xE1\x00\x06home\xFF\xDA\x00\x02points\xFF\xD9": "\xFF\xD8\xFF\xDA\x00\x02points\xFF\xD9",
			"another kind": "another kind",
		} {
			if err := s.Keep(t.Context(), hospital, c, "photo1", "image/jpeg", []byte(sent)); err != nil {
				t.Fatal(err)
			}
			if kind, data, err := s.Read(t.Context(), hospital, c, "photo1"); err != nil || string(data) != want || kind != "image/jpeg" {
				t.Errorf("%q, %v", data, err)
			}
		}
	})
}
