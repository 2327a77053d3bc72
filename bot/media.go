package bot

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"heard/channels"
	"heard/flows"
)

// MediaSource holds the files that people send, until they were fetched. Its
// errors are *channels.SendError.
type MediaSource interface {
	// Media opens a file, with its MIME type.
	Media(ctx context.Context, ref string) (io.ReadCloser, string, error)
	// RemoveMedia removes the provider's own copy. One that is gone is no error.
	RemoveMedia(ctx context.Context, ref string) error
}

// Files keeps them for good, sealed under the key of their case.
type Files interface {
	// Keep stores a file; keeping it again replaces it. It is durable when Keep returns.
	Keep(ctx context.Context, p ProviderID, c *Case, id FileID, mime string, data []byte) error
	// Read opens one; ErrNotFound.
	Read(ctx context.Context, p ProviderID, c *Case, id FileID) (mime string, data []byte, err error)
	// Remove removes files of a case, by the name of its folder; none named: all.
	Remove(ctx context.Context, p ProviderID, folder string, ids ...FileID) error
}

// MaxFile is the largest file that is kept, in bytes: what Telegram lets a bot
// download, and above what WhatsApp takes.
const MaxFile = 20 << 20

// The rules of fetching.
const (
	fetchesAtOnce = 4 // a file is held in memory twice while it is sealed
	fetchMargin   = 3 * time.Second
	firstRefetch  = 10 * time.Second
	maxFetches    = 14                 // in about a day: an outage of a provider is over by then
	burnAfter     = 2 * time.Minute    // a fetch that is under way has ended by then
	longestFetch  = 4 * time.Hour      // between two tries
	withinFile    = 3 * 24 * time.Hour // when staff should have asked for it another way
	octets        = "application/octet-stream"
)

// FileFolder names the folder of a case's files. It tells nothing of the case, and
// nobody can find it once the case's key is gone.
func FileFolder(c *Case) string {
	mac := hmac.New(sha256.New, c.Key)
	_, _ = mac.Write([]byte("heard folder")) // never fails
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

func newFileID() FileID { return FileID(rand.Text()) } // letters and digits only: it names a file

// fetchLater has the files of an entry fetched, in the same commit that writes it.
func (w *work) fetchLater(c *Case, e Entry) {
	if len(e.Media) == 0 || w.p.Media[w.conv.Channel] == nil {
		return
	}
	w.op(SetTimer{Timer{Kind: Fetch, Case: c.Ref, Entry: e.ID, Channel: w.conv.Channel}})
}

// burnFiles has the files of an erased case removed. They cannot be opened any
// more, since the case's key goes with the case.
func (w *work) burnFiles(c *Case) {
	if len(c.Key) > 0 && len(w.p.Media) > 0 {
		w.op(SetTimer{Timer{Kind: Burn, Folder: FileFolder(c), After: burnAfter}})
	}
}

func (b *Bot) burn(ctx context.Context, p *provider, l TimerLease) error {
	if b.files == nil {
		return nil
	}
	return b.files.Remove(ctx, p.ID, l.Timer.Folder, l.Timer.Files...)
}

// fetch brings the files of an entry from the provider into our own keeping, and
// has the provider's copies removed. It takes longer than a turn may, so the turn
// only notes how it ended.
func (b *Bot) fetch(ctx context.Context, l TimerLease) error {
	ctx, cancel := context.WithDeadline(ctx, l.Deadline.Add(-fetchMargin))
	defer cancel()
	p, err := b.provider(l.Provider)
	if err != nil {
		return err
	}
	select {
	case b.fetching <- struct{}{}:
		defer func() { <-b.fetching }()
	case <-ctx.Done():
		return nil // its lease runs out, and it comes again
	}
	end, err := b.fetched(ctx, p, l.Timer)
	if err != nil {
		return fmt.Errorf("fetch files: %w", err)
	}
	settle, cancelSettle := context.WithTimeout(context.WithoutCancel(ctx), turnTime)
	defer cancelSettle()
	_, err = b.commit(settle, Turn{Provider: p.ID, ID: TurnID(randomID()), Timer: &l, Ops: end})
	return err
}

// fetched fetches the files of an entry, and tells what is to be written: another
// try, a task for staff, or nothing.
func (b *Bot) fetched(ctx context.Context, p *provider, t Timer) ([]Op, error) {
	source := p.Media[t.Channel]
	c, _, err := b.store.Case(ctx, p.ID, t.Case)
	if errors.Is(err, ErrNotFound) || source == nil || b.files == nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e, err := b.store.Entry(ctx, p.ID, c, t.Entry)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var failed *channels.SendError
	for _, m := range e.Media {
		if m.File == "" {
			continue
		}
		if one := b.fetchOne(ctx, p, source, c, m); one != nil && (failed == nil || one.Retry) {
			failed = one
		}
	}
	if failed == nil {
		return nil, nil
	}
	return b.notFetched(p, c, t, failed), nil
}

// fetchOne fetches one file. It may have been fetched before, by somebody who died
// before he could say so: then the provider may not have it any more.
func (b *Bot) fetchOne(ctx context.Context, p *provider, source MediaSource, c *Case, m flows.Media) *channels.SendError {
	id := FileID(m.File)
	data, kind, failed := download(ctx, source, m)
	if failed != nil && !failed.Retry {
		if _, _, err := b.files.Read(ctx, p.ID, c, id); err == nil {
			return nil
		}
	}
	if failed != nil {
		return failed
	}
	if err := b.files.Keep(ctx, p.ID, c, id, kind, data); err != nil {
		b.log.LogAttrs(ctx, slog.LevelError, "a file could not be kept", slog.String("provider", string(p.ID)), slog.String("error", err.Error()))
		return &channels.SendError{Retry: true, Code: "not kept", Sentence: "Our own store for files did not take it."}
	}
	if err := source.RemoveMedia(ctx, m.Ref); err != nil {
		return asSendError(err)
	}
	return nil
}

// download reads a file whole and tells its type.
func download(ctx context.Context, source MediaSource, m flows.Media) ([]byte, string, *channels.SendError) {
	body, declared, err := source.Media(ctx, m.Ref)
	if err != nil {
		return nil, "", asSendError(err)
	}
	defer func() { _ = body.Close() }() // read to its end, or of no use
	data, err := io.ReadAll(io.LimitReader(body, MaxFile+1))
	switch {
	case errors.As(err, new(*http.MaxBytesError)), len(data) > MaxFile:
		return nil, "", &channels.SendError{Code: "too large", Sentence: "The file is larger than 20 MB, and was not kept."}
	case err != nil:
		return nil, "", &channels.SendError{Retry: true, Code: "broken off", Sentence: "The provider broke off while the file was fetched."}
	}
	kind := fileType(declared, m.Type, data)
	if !mayKeep(kind) {
		return nil, "", &channels.SendError{Code: "type", Sentence: "The file is of a kind that is not kept, because it could do harm to who opens it."}
	}
	return data, kind, nil
}

// fileType is what a file is: as it was served, as the message said, or as it
// looks, whichever of them first says something.
func fileType(served, said string, data []byte) string {
	for _, one := range []string{served, said, http.DetectContentType(data)} {
		kind, _, err := mime.ParseMediaType(one)
		if err == nil && kind != octets && kind != "binary/octet-stream" {
			return kind
		}
	}
	return octets
}

// mayKeep is the list of types that are kept: pictures, sound, films and
// documents, nothing that runs.
func mayKeep(kind string) bool {
	switch {
	case kind == "image/svg+xml":
		return false
	case strings.HasPrefix(kind, "image/"), strings.HasPrefix(kind, "audio/"), strings.HasPrefix(kind, "video/"):
		return true
	}
	return slices.Contains([]string{
		"application/pdf", "application/ogg", "text/plain", "text/csv", "text/vcard", "text/x-vcard",
		"application/msword", "application/rtf", "text/rtf", "application/vnd.oasis.opendocument.text",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.ms-excel",
	}, kind)
}

// notFetched has it tried again, or tells staff that it will not come.
func (b *Bot) notFetched(p *provider, c *Case, t Timer, failed *channels.SendError) []Op {
	b.log.LogAttrs(context.Background(), slog.LevelWarn, "a file was not fetched", slog.String("provider", string(p.ID)),
		slog.String("channel", string(t.Channel)), slog.String("code", failed.Code), slog.Int("tries", t.Tries+1))
	if t.Tries++; failed.Retry && t.Tries < maxFetches {
		t.After = max(failed.After, min(firstRefetch<<t.Tries, longestFetch))
		return []Op{SetTimer{t}}
	}
	now := b.now()
	text := "A file that the person sent could not be kept. " + failed.Sentence + " Ask for it another way."
	ops := []Op{Append{Case: c, Entry: Entry{ID: newEntryID(), At: now, Kind: Noted, Text: text}}}
	if c.Status == Draft {
		return ops // nobody sees it yet; the note is there when it is sent
	}
	return append(ops, AddTask{StaffTask{
		ID: c.taskID(FileMissing), Kind: FileMissing, Case: c.Ref, At: now, Due: now.Add(withinFile), Text: text,
	}})
}

func asSendError(err error) *channels.SendError {
	var e *channels.SendError
	if errors.As(err, &e) {
		return e
	}
	return &channels.SendError{Retry: true, Code: "unknown", Sentence: "The provider's answer was not understood."}
}
