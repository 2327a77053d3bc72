package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"
)

// assetRoot is where scripts and styles are served.
const assetRoot = "/static/"

//go:embed static
var static embed.FS

// assets are the scripts and styles, under names that hold their hash: a name
// never changes what it means, so that browsers may keep it for good.
type assets struct {
	paths map[string]string // "try.css" -> "/static/try.0a1b2c3d.css"
	files map[string][]byte // "try.0a1b2c3d.css" -> what it holds
}

func newAssets() *assets {
	a := &assets{paths: map[string]string{}, files: map[string][]byte{}}
	entries, err := static.ReadDir("static")
	if err != nil {
		panic(fmt.Sprintf("the program's own files: %v", err))
	}
	for _, e := range entries {
		data, err := static.ReadFile(path.Join("static", e.Name()))
		if err != nil {
			panic(fmt.Sprintf("the program's own files: %v", err))
		}
		sum := sha256.Sum256(data)
		ext := path.Ext(e.Name())
		name := strings.TrimSuffix(e.Name(), ext) + "." + hex.EncodeToString(sum[:4]) + ext
		a.paths[e.Name()], a.files[name] = assetRoot+name, data
	}
	return a
}

// path is where a page finds a file; an unknown one fails the page.
func (a *assets) path(name string) (string, error) {
	p, ok := a.paths[name]
	if !ok {
		return "", fmt.Errorf("there is no file %q", name)
	}
	return p, nil
}

func (a *assets) serve(w http.ResponseWriter, r *http.Request) {
	data, ok := a.files[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, r.PathValue("name"), time.Time{}, bytes.NewReader(data))
}
