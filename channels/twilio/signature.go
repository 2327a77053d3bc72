package twilio

import (
	"net/url"
	"slices"
	"strings"

	"github.com/twilio/twilio-go/client"
)

// overrides are the connection overrides that an operator may put behind the
// webhook's address so that Twilio tries again: five times, on any failure. The
// fragment is not sent; whether it is signed depends on where it was set, so
// both spellings are accepted.
const overrides = "#rc=5&rp=all"

// signed says whether Twilio signed this form for our public address. The
// address comes from the configuration; only the query is the request's own.
func (c *Client) signed(path, rawQuery string, form url.Values, signature string) bool {
	if signature == "" {
		return false
	}
	address := c.public + path
	if rawQuery != "" {
		address += "?" + rawQuery
	}
	validator := client.NewRequestValidator(c.authToken)
	params := parameters(form)
	return validator.Validate(address, params, signature) || validator.Validate(address+overrides, params, signature)
}

// parameters is the form as the validator wants it. It takes one value a name,
// and writes the name and the value: a repeated parameter is therefore given as
// its distinct values, sorted, with the name between them, which is what Twilio
// signs.
func parameters(form url.Values) map[string]string {
	params := make(map[string]string, len(form))
	for name, values := range form {
		if len(values) > 1 {
			values = slices.Compact(slices.Sorted(slices.Values(values)))
		}
		params[name] = strings.Join(values, name)
	}
	return params
}
