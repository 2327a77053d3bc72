package console

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"time"

	"heard/bot/desk"
)

func (p *pages) fileRoutes() {
	p.page("GET /cases/{ref}/files/{file}", desk.SeeCases, p.file)
}

// filePolicy keeps what somebody sent from doing anything: no script of it runs, it
// loads nothing, and it belongs to no site.
const filePolicy = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"

// shownHere are the images that a browser may show; all else is saved, but for sounds.
var shownHere = []string{"image/jpeg", "image/png", "image/gif", "image/webp"}

// file gives a file of a case to who may see it.
func (p *pages) file(v *visit) error {
	f, err := p.desk.File(v.r.Context(), v.who.Who, readRef(v.r.PathValue("ref")), v.r.PathValue("file"))
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", f.Type)
	h.Set("Content-Disposition", "inline")
	if !slices.Contains(shownHere, f.Type) && !strings.HasPrefix(f.Type, "audio/") {
		h.Set("Content-Disposition", `attachment; filename="`+f.Kind+`"`)
	}
	http.ServeContent(v.w, v.r, "", time.Time{}, bytes.NewReader(f.Data))
	return nil
}
