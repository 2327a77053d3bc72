package web

import "net/http"

// policy lets a page load what this program serves, and nothing else from
// anywhere: no script or style within the page runs. What may frame it is added.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors "

// Protect sends what a browser needs to keep strangers out of a page, and refuses
// writes from other origins. framedBy is 'none', or whose pages may show these.
func Protect(next http.Handler, framedBy string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy+framedBy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if err := http.NewCrossOriginProtection().Check(r); err != nil {
			http.Error(w, "This was sent by another site, and was not done.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
