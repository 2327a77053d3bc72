package main_test

import (
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// Who runs heard adds the first administrator, who signs in to the desk of the server
// that runs, and is asked for a password of their own.
func TestTheFirstSignIn(t *testing.T) {
	w := newWorld(t)
	add := exec.Command(w.binary, "user", "add", "-login", "ada", "-name", "Ada Cole", "-roles", "administrator")
	add.Env, add.Stdin = w.env, strings.NewReader("four old brown shoes\n")
	if out, err := add.CombinedOutput(); err != nil || !strings.Contains(string(out), public+"/desk/"+provider+"/") {
		t.Fatalf("heard user add: %v\n%s", err, out)
	}
	p := w.start(t)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	base := "http://" + p.address
	resp, err := client.PostForm(base+"/desk/"+provider+"/sign-in", url.Values{"login": {"ada"}, "password": {"four old brown shoes"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close() // only the status and the cookie count
	cookie, _, _ := strings.Cut(resp.Header.Get("Set-Cookie"), ";")
	if resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(cookie, "__Host-heard-stmarys=") {
		t.Fatalf("status %d, cookie %q", resp.StatusCode, cookie)
	}
	page := read(t, client, base+"/desk/"+provider+"/password", cookie)
	if !strings.Contains(page, "Choose your own password") || !strings.Contains(page, "Ada Cole") {
		t.Errorf("the page says %s", page)
	}
	style := regexp.MustCompile(`/static/desk\.\w+\.css`).FindString(page)
	if !strings.Contains(read(t, client, base+style, ""), "var(--deep)") {
		t.Error("the page has no style")
	}
	asked, err := client.Get(base + "/statement/" + provider + "/used")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = asked.Body.Close() }() // it is read
	if all, err := io.ReadAll(asked.Body); err != nil || !strings.Contains(string(all), "St Mary&#39;s Hospital") {
		t.Errorf("who follows a link to a question finds no page of the hospital: %s, %v", all, err)
	}
	p.stop(t)
}

func read(t *testing.T, client *http.Client, address, cookie string) string {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Cookie", cookie)
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }() // it is read
	all, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", address, resp.StatusCode, err)
	}
	return string(all)
}
