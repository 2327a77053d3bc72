package console_test

import (
	"net/http"
	"strings"
	"testing"

	"heard/bot/console"
	"heard/bot/desk"
)

// A newcomer sees the desk beside the phone at once; a real desk lets nobody in like
// that, and no other page shows it within itself.
func TestTheTryOutNeedsNoSignIn(t *testing.T) {
	for name, as := range map[string]*desk.Who{"try-out": {Member: "tryout", Name: "Sam Reed", Roles: desk.Roles()}, "real": nil} {
		h := newHouse(t, func(o *console.Options) { o.As = as })
		resp, err := http.Get(h.server.URL + "/desk/" + string(provider) + "/")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		in := !strings.Contains(resp.Request.URL.Path, "sign-in")
		framed := strings.Contains(resp.Header.Get("Content-Security-Policy"), "frame-ancestors 'self'")
		if in != (as != nil) || framed != (as != nil) {
			t.Errorf("%s: in %v, framed %v", name, in, framed)
		}
	}
}
