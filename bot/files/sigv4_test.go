package files_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

// signed checks a request's signature as a store does, by the published rules of
// Signature Version 4, written anew here so that it is no echo of the signer.
func signed(r *http.Request, secret string, body []byte) bool {
	auth, found := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
	sum := sha256.Sum256(body)
	if !found || r.Header.Get("X-Amz-Content-Sha256") != hex.EncodeToString(sum[:]) {
		return false
	}
	part := map[string]string{}
	for _, one := range strings.Split(auth, ", ") {
		name, value, _ := strings.Cut(one, "=")
		part[name] = value
	}
	canonical := r.Method + "\n" + r.URL.EscapedPath() + "\n" + r.URL.RawQuery + "\n"
	for _, name := range strings.Split(part["SignedHeaders"], ";") {
		value := r.Header.Get(name)
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = r.Header.Get("Content-Length")
		}
		canonical += name + ":" + value + "\n"
	}
	canonical += "\n" + part["SignedHeaders"] + "\n" + hex.EncodeToString(sum[:])
	hashed := sha256.Sum256([]byte(canonical))
	_, scope, _ := strings.Cut(part["Credential"], "/")
	toSign := "AWS4-HMAC-SHA256\n" + r.Header.Get("X-Amz-Date") + "\n" + scope + "\n" + hex.EncodeToString(hashed[:])
	key := []byte("AWS4" + secret)
	for _, one := range strings.Split(scope, "/") {
		key = mac(key, one)
	}
	return hex.EncodeToString(mac(key, toSign)) == part["Signature"]
}

func mac(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	_, _ = m.Write([]byte(text)) // never fails
	return m.Sum(nil)
}
