package channelstest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// twilioCall asks the stand-in as heard does.
func twilioCall(t *testing.T, s *Twilio, method, path string, form url.Values) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequest(method, s.URL()+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(s.AccountSID, s.AuthToken)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }() // read to its end
	var answer map[string]any
	_ = json.NewDecoder(resp.Body).Decode(&answer) // an error's body is not of interest
	return resp.StatusCode, answer
}

const messagesPath = "/2010-04-01/Accounts/AC1/Messages.json"

// A list that lost a message while others come in would make every account that is
// kept with it wrong.
func TestListWhileMessagesComeIn(t *testing.T) {
	s := NewTwilio("AC1", "auth")
	defer s.Close()
	for i := range 7 {
		s.Text("+447700900100", "+447700900000", fmt.Sprint("message ", i))
	}
	var got []string
	path := messagesPath + "?PageSize=3&To=%2B447700900000"
	for path != "" {
		_, answer := twilioCall(t, s, http.MethodGet, path, nil)
		for _, m := range answer["messages"].([]any) {
			got = append(got, m.(map[string]any)["body"].(string))
		}
		path, _ = answer["next_page_uri"].(string)
		s.Text("+447700900101", "+447700900000", "later")
	}
	if want := "message 6 message 5 message 4 message 3 message 2 message 1 message 0"; strings.Join(got, " ") != want {
		t.Errorf("listed %q", got)
	}
}

func TestFaultsByPerson(t *testing.T) {
	s := NewTwilio("AC1", "auth")
	defer s.Close()
	told := 0
	s.FailAs(func(call Call, person string) *Fault {
		if call != Send || person != "+447700900100" {
			return nil
		}
		return &Fault{Status: http.StatusBadGateway, Taken: true, Then: func() { told++ }}
	})
	for to, want := range map[string]int{"+447700900100": http.StatusBadGateway, "+447700900101": http.StatusCreated} {
		if got, _ := twilioCall(t, s, http.MethodPost, messagesPath, url.Values{"To": {to}, "From": {"+447700900000"}, "Body": {"hello"}}); got != want {
			t.Errorf("answered %d, want %d", got, want)
		}
		if len(s.Sent(to)) != 1 {
			t.Errorf("%d were taken, want 1", len(s.Sent(to)))
		}
	}
	if told != 1 {
		t.Errorf("the fault was told %d times", told)
	}
}

func TestForgetting(t *testing.T) {
	s := NewTwilio("AC1", "auth")
	defer s.Close()
	s.Remember = time.Nanosecond
	for range 3 {
		s.change(func() { s.keep(&TwilioMessage{To: "+447700900100", At: time.Now()}, "SM") })
	}
	if got := len(s.Sent("+447700900100")); got > 2 {
		t.Errorf("%d are kept", got)
	}
}
