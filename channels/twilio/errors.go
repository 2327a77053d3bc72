package twilio

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/twilio/twilio-go/client"

	"heard/channels"
)

// settingPause is how long a sender rests whose settings Twilio refuses: a
// person has to act, and trying on would only fill the logs at Twilio.
const settingPause = 15 * time.Minute

// sendError is what a failed request means. It goes by what was seen on the
// wire; the library's error gives no more than Twilio's code, because an HTML
// page of a gateway is another type and its text names numbers.
func sendError(a *channels.Attempt, err error) *channels.SendError {
	if a.Status == 0 {
		return a.NoAnswer(err)
	}
	rest := new(client.TwilioRestError)
	if errors.As(err, &rest) && rest.Code != 0 {
		if e := byCode(rest.Code); e != nil {
			e.Code, e.After = strconv.Itoa(rest.Code), max(e.After, a.RetryAfter)
			return e
		}
	}
	e := byStatus(a.Status)
	e.Code = strconv.Itoa(a.Status)
	if rest.Code != 0 {
		e.Code = strconv.Itoa(rest.Code)
	}
	if e.Retry {
		e.After = max(e.After, a.RetryAfter)
	}
	return e
}

// explain says in a receipt why the message will not arrive, by the same table as
// a failed request. What asks for a later try says so of a request only: of this
// message nothing is tried again.
func explain(r *channels.Receipt) {
	code, _ := strconv.Atoi(r.Code)
	e := byCode(code)
	switch {
	case e == nil && code == 0:
		r.Code, r.Sentence = "", "Twilio could not deliver this message, and does not say why. Reach the person another way."
	case e == nil || e.Retry && e.After < settingPause:
		r.Sentence = "Twilio could not deliver this message. Reach the person another way, and look up its code " + strconv.Itoa(code) + " at Twilio."
	default:
		r.Sentence, r.OptOut, r.Window = e.Sentence, e.OptOut, e.Window
	}
}

// byStatus is what an answer means whose code is not known.
func byStatus(status int) *channels.SendError {
	switch {
	case status < 300:
		return &channels.SendError{Retry: true, InDoubt: true, Sentence: "Twilio took the message, but its answer cannot be read. It is looked up by itself."}
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return &channels.SendError{Retry: true, After: settingPause, AllChats: true, Sentence: "Twilio refuses our account. Check the settings twilio.account_sid and twilio.auth_token."}
	case status == http.StatusTooManyRequests:
		return &channels.SendError{Retry: true, AllChats: true, Sentence: "Twilio asks us to send more slowly; it is sent again by itself."}
	case status == http.StatusRequestTimeout, status == http.StatusGatewayTimeout, status == http.StatusBadGateway, status == http.StatusInternalServerError:
		// What stands between us and Twilio, or a part of it, failed: the message may have been taken before.
		return &channels.SendError{Retry: true, InDoubt: true, Sentence: "Twilio did not say whether it has the message. It is looked up, or sent again by itself."}
	case status == http.StatusNotFound:
		return &channels.SendError{Sentence: "Twilio does not have it any more, or the account in twilio.account_sid is another one."}
	case status >= 500:
		return &channels.SendError{Retry: true, Sentence: "Twilio has a fault; it is sent again by itself."}
	default:
		return &channels.SendError{Sentence: "Twilio refuses this message. Reach the person another way."}
	}
}

// byCode knows the codes that ask for something other than their status does;
// nil: unknown. Source: twilio.com/docs/api/errors.
func byCode(code int) *channels.SendError {
	switch code {
	case 21610:
		return &channels.SendError{OptOut: true, Sentence: "The person has sent STOP to this number. Reach them another way."}
	case 63016:
		return &channels.SendError{Window: true, Sentence: "The person last wrote over 24 hours ago, so WhatsApp takes only an approved template."}
	case 21211, 21214, 21217, 21614, 30005, 30006, 63003, 63024:
		return &channels.SendError{Sentence: "This number cannot get messages: it does not exist, or is a landline. Check it, or call."}
	case 21408, 21612, 30007, 30008, 30034:
		return &channels.SendError{Sentence: "The phone network or our account does not allow a message to this number. Reach the person another way."}
	case 30003, 30004:
		return &channels.SendError{Sentence: "The phone is off, out of reach, or blocks us. Try again later, or another way."}
	case 63032:
		return &channels.SendError{Sentence: "WhatsApp does not let us write to this person. Reach them another way."}
	case 21606, 21603, 21659, 21660, 63007:
		return &channels.SendError{Retry: true, After: settingPause, AllChats: true, Sentence: "Twilio does not know the number we send from. Check the settings twilio.sms_from and twilio.whatsapp_from."}
	case 20003, 20005, 20404:
		return byStatus(http.StatusUnauthorized)
	case 20429, 14107, 21611, 30001, 63018, 63038:
		e := byStatus(http.StatusTooManyRequests)
		e.After = time.Second
		return e
	case 21655, 21656, 63013, 63027, 63028, 63036:
		return &channels.SendError{Sentence: "WhatsApp does not take this template. Check its content SID and variables in templates.yaml."}
	}
	return nil
}
