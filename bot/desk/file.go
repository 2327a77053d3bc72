package desk

import (
	"context"
	"errors"

	"heard/bot"
)

// FileReader opens what people sent, by the name that its entry has. bot.ErrNotFound.
type FileReader interface {
	Read(ctx context.Context, p bot.ProviderID, c *bot.Case, id bot.FileID) (mime string, data []byte, err error)
}

// File is a photo, a voice note, a video or a document that a person sent.
type File struct {
	Kind string // "photo", "voice", "audio", "video", "document", "sticker"
	Type string // MIME
	Data []byte
}

// File opens a file of a case, by its name on the timeline. One that tells who the
// person is, is kept from who may not know. That it was opened is in the audit log.
func (d *Desk) File(ctx context.Context, who Who, ref bot.CaseRef, name string) (f File, err error) {
	c, err := d.mayRead(ctx, who, ref)
	if err != nil {
		return f, err
	}
	revealed, err := d.revealed(ctx, who, c)
	if err != nil {
		return f, err
	}
	entries, err := d.o.Store.Timeline(ctx, d.o.Provider.ID, c)
	if err != nil {
		return f, err
	}
	for _, e := range entries {
		for _, m := range d.line(e, revealed).Media {
			if m.File == name && name != "" {
				f.Kind = m.Kind
			}
		}
	}
	if f.Kind == "" || d.o.Files == nil {
		return f, noFile()
	}
	if err := d.looked(ctx, who, "open a file", ref, ""); err != nil {
		return f, err
	}
	f.Type, f.Data, err = d.o.Files.Read(ctx, d.o.Provider.ID, c, bot.FileID(name))
	if errors.Is(err, bot.ErrNotFound) {
		return f, noFile()
	}
	return f, err
}

func noFile() error {
	return &bot.Rejection{Code: bot.RejectNoCase, Sentence: "This file is not here. It may not have been fetched yet, or it was not kept."}
}
