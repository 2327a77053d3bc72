package desk

import (
	"context"
	"errors"
	"strings"

	"heard/bot"
	"heard/bot/photo"
	"heard/flows"
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
// person is, is kept from who may not know, and a picture that may tell it. That it was
// opened is in the audit log.
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
	if err != nil {
		return f, err
	}
	switch clean, err := photo.Clean(f.Data); {
	case err == nil: // it may have been kept before photos were cleaned
		f.Data = clean
	case strings.HasPrefix(f.Type, "image/") && !revealed:
		return File{}, &bot.Rejection{Code: RejectTells, Sentence: "This picture may say where it was taken and by whom, and that cannot be taken out of it. It is not shown to who may not know who sent it."}
	}
	return f, nil
}

// RejectTells is the code of a file that may tell who a person is.
const RejectTells = "tells who it is"

// Tells says of a file on the timeline whether it may tell who sent it: a picture that
// cannot be cleaned, a film, or a document, which can hold its writer's name.
func Tells(m flows.Media) bool {
	if strings.HasPrefix(m.Type, "image/") {
		return !photo.Cleans(m.Type)
	}
	return m.Kind == "document" || m.Kind == "video"
}

// Known tells whether who looks at a case may know who its person is.
func (v *View) Known() bool {
	return v.Privacy == bot.PrivacyNamed || v.Privacy == bot.PrivacyConfidential && !v.Hidden
}

func noFile() error {
	return &bot.Rejection{Code: bot.RejectNoCase, Sentence: "This file is not here. It may not have been fetched yet, or it was not kept."}
}
