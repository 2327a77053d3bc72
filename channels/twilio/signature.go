package twilio

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"hash"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/twilio/twilio-go/client"
)

// overrides are the connection overrides that an operator may put behind the
// webhook's address so that Twilio tries again: five times, on any failure. The
// fragment is not sent; whether it is signed depends on where it was set, so
// both spellings are accepted.
const overrides = "#rc=5&rp=all"

// signed says whether Twilio signed this form for our public address. The
// address comes from the configuration; only the query is the request's own.
// What is signed as it is configured, which is nearly all, is settled by one HMAC;
// Twilio's own validator, which takes fifteen times as long, is asked about the
// other spellings.
func (c *Client) signed(path, rawQuery string, form url.Values, signature string) bool {
	if signature == "" {
		return false
	}
	address := c.public + path
	if rawQuery != "" {
		address += "?" + rawQuery
	}
	if c.signer.signs(address, form, signature) || c.signer.signs(address+overrides, form, signature) {
		return true
	}
	validator := client.NewRequestValidator(c.authToken)
	params := parameters(form)
	return validator.Validate(address, params, signature) || validator.Validate(address+overrides, params, signature)
}

// signer knows Twilio's signatures by the auth token.
type signer struct{ pool sync.Pool }

// signing is an HMAC of the token, made ready, with room for what it signs.
type signing struct {
	mac       hash.Hash
	text, sum []byte
}

func newSigner(authToken string) *signer {
	return &signer{sync.Pool{New: func() any { return &signing{mac: hmac.New(sha1.New, []byte(authToken))} }}}
}

// signs says whether this is the signature of exactly this address and form.
func (s *signer) signs(address string, form url.Values, signature string) bool {
	one := s.pool.Get().(*signing)
	defer s.pool.Put(one)
	one.text = appendSigned(one.text[:0], address, form)
	one.mac.Reset()
	_, _ = one.mac.Write(one.text) // never fails
	one.sum = one.mac.Sum(one.sum[:0])
	return hmac.Equal(base64.StdEncoding.AppendEncode(one.text[:0], one.sum), []byte(signature))
}

// appendSigned appends what Twilio signs: the address, and each name with each of
// its distinct values, in order.
func appendSigned(text []byte, address string, form url.Values) []byte {
	text = append(text, address...)
	var room [32]string
	names := slices.AppendSeq(room[:0], maps.Keys(form))
	slices.Sort(names)
	for _, name := range names {
		for _, value := range distinct(form[name]) {
			text = append(append(text, name...), value...)
		}
	}
	return text
}

// parameters is the form as the validator wants it. It takes one value a name,
// and writes the name and the value: a repeated parameter is therefore given as
// its distinct values, sorted, with the name between them, which is what Twilio
// signs.
func parameters(form url.Values) map[string]string {
	params := make(map[string]string, len(form))
	for name := range form {
		params[name] = strings.Join(distinct(form[name]), name)
	}
	return params
}

// distinct are the values, each once and sorted.
func distinct(values []string) []string {
	if len(values) < 2 {
		return values
	}
	return slices.Compact(slices.Sorted(slices.Values(values)))
}
