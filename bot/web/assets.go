package web

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

// AssetRoot is where scripts and styles are served.
const AssetRoot = "/static/"

//go:embed static
var static embed.FS

// Assets are the scripts and styles, under names that hold their hash: a name
// never changes what it means, so that browsers may keep it for good.
type Assets struct {
	paths map[string]string // "try.css" -> "/static/try.0a1b2c3d.css"
	files map[string][]byte // "try.0a1b2c3d.css" -> what it holds
}

// NewAssets reads them, which are in the program.
func NewAssets() *Assets {
	a := &Assets{paths: map[string]string{}, files: map[string][]byte{}}
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
		a.paths[e.Name()], a.files[name] = AssetRoot+name, data
	}
	return a
}

// Path is where a page finds a file; an unknown one fails the page.
func (a *Assets) Path(name string) (string, error) {
	p, ok := a.paths[name]
	if !ok {
		return "", fmt.Errorf("there is no file %q", name)
	}
	return p, nil
}

// ServeHTTP serves them below AssetRoot.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data, ok := a.files[strings.TrimPrefix(r.URL.Path, AssetRoot)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, path.Base(r.URL.Path), time.Time{}, bytes.NewReader(data))
}
