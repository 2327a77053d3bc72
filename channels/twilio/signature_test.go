package twilio

import (
	"net/url"
	"testing"

	"github.com/twilio/twilio-go/client"
	"pgregory.net/rapid"

	"heard/channels/channelstest"
)

// What is checked first must agree with Twilio's own validator, whatever the form:
// where it takes less, each message costs far more; where it takes more, anybody
// writes in another's name.
func TestSignerAgreesWithTwilio(t *testing.T) {
	const token = "0123456789abcdef0123456789abcdef"
	sign := (&channelstest.Twilio{AuthToken: token}).Sign
	ours, theirs := newSigner(token), client.NewRequestValidator(token)
	rapid.Check(t, func(t *rapid.T) {
		form := url.Values(rapid.MapOf(rapid.String(), rapid.SliceOfN(rapid.String(), 1, 3)).Draw(t, "form"))
		const address = "https://heard.example.org/webhooks/stmarys/twilio?task=1"
		signature := sign(address, form)
		if !theirs.Validate(address, parameters(form), signature) {
			t.Fatal("the stand-in signs otherwise than Twilio")
		}
		if !ours.signs(address, form, signature) {
			t.Error("a genuine message is not known at once")
		}
		form.Add(rapid.String().Draw(t, "name"), "one more")
		if ours.signs(address, form, signature) || ours.signs(address+"0", form, sign(address, form)) || ours.signs(address, form, "") {
			t.Error("a forged message is taken")
		}
	})
}
