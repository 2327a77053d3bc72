package console_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"heard/bot/desk"
	"heard/channels"
)

// writes has a person send messages.
func (h *house) writes(from channels.Inbound, texts ...string) {
	h.Helper()
	for i, text := range texts {
		from.ID = channels.MessageID(fmt.Sprint("SM", h.Name(), time.Now().UnixNano(), i))
		from.At, from.Text = time.Now(), text
		if err := h.bot.Receive(context.Background(), provider, from); err != nil {
			h.Fatal(err)
		}
	}
}

// complainer is somebody with a phone of their own, which must be on no page.
func complainer(c channels.Channel, address channels.Address) channels.Inbound {
	sender := channels.Sender("+447700900999")
	if c == channels.WhatsApp {
		sender = "whatsapp:+447700900998"
	}
	return channels.Inbound{Channel: c, Sender: sender, Address: address}
}

// withPoints is a complaint of three points.
func (h *house) withPoints(from channels.Inbound) string {
	h.Helper()
	h.writes(from, "My mother waited nine hours on a trolley.", "SEND NOW", "yes", "no",
		"Nobody told me where she was", "Her glasses are lost", "done")
	return h.newest()
}

// Somebody who named three things and gets an answer about none of them was not heard:
// who writes it is told before it goes, and so is who writes over people's heads.
func TestAnAnswerIsLookedAtBeforeItGoes(t *testing.T) {
	h := newHouse(t, nil)
	at := "/cases/" + h.withPoints(complainer(channels.SMS, "+447700900322"))
	sam := h.colleague("sam", desk.Handler)
	_, page := sam.get(at)
	sam.sees(page, "Which of their points is it about?", "What happened", "Nobody told me where she was", "Her glasses are lost")
	hard := "Notwithstanding the aforementioned organisational considerations, our multidisciplinary representatives are endeavouring to " +
		"investigate the administrative irregularities that precipitated unsatisfactory communication throughout your relative's hospitalisation."
	_, page = sam.post(at+"/update", form(page, "update", hard))
	sam.sees(page, "Look at this before it goes", "It is about none of their points", "reading age of", "It was not sent", "As they will read it", "SMS: what they use",
		"there is news for you", "About ", "Send it as it is", "Notwithstanding the aforementioned")
	previewed := mark(page)
	_, page = sam.post(at+"/update", form(page, "update", "We found her glasses. The ward sister has them.", "previewed", previewed))
	sam.sees(page, "It is about none of their points")
	if strings.Contains(page, "reading age") {
		t.Error("plain words are called hard")
	}
	_, page = sam.post(at+"/update", form(page, "update", "We found her glasses. The ward sister has them.", "about", "3"))
	sam.sees(page, "The update is on its way.", "About: <span dir=\"auto\">Her glasses are lost</span>", "Not read yet")
	_, page = sam.post(at+"/update", form(page, "update", strings.Repeat("We looked at the trolley and the bed. ", 15), "about", "1"))
	sam.sees(page, "It comes in ", " texts.")
	_, page = sam.post(at+"/update", form(page, "update", "Ring me on Monday."))
	_, page = sam.post(at+"/update", form(page, "update", "Ring me on Monday.", "previewed", mark(page)))
	sam.sees(page, "The update is on its way.", "Ring me on Monday.")
}

// mark is what a page with a preview gives its form.
func mark(page string) string {
	_, after, _ := strings.Cut(page, `name="previewed" value="`)
	value, _, _ := strings.Cut(after, `"`)
	return value
}

// What a person is told before the meeting, about the meeting, is wrong; and what is
// planned can be thought better of.
func TestAnUpdateIsPlannedAndTakenBack(t *testing.T) {
	h := newHouse(t, nil)
	at := "/cases/" + h.complain("Nobody came when I rang.")
	sam := h.colleague("sam", desk.Handler)
	_, page := sam.get(at)
	for when, sentence := range map[string]string{
		"tomorrow":         "Write the day and the time like",
		"2020-01-01T10:00": "This time has passed.",
		"2099-01-01T10:00": "This is after the day by which the person was promised to hear.",
	} {
		status, got := sam.post(at+"/update", form(page, "update", "We met the ward.", "not_before", when))
		sam.sees(got, sentence, `href="#not_before"`, "We met the ward.</textarea>", `value="`+when+`"`)
		if status != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d", when, status)
		}
	}
	_, page = sam.post(at+"/update", form(page, "update", "We met the ward.", "not_before", time.Now().UTC().Add(20*time.Hour).Format("2006-01-02T15:04")))
	sam.sees(page, "Until then it can be taken back", "Waits until")
	_, entry, _ := strings.Cut(page, `name="entry" value="`)
	entry, _, _ = strings.Cut(entry, `"`)
	_, page = sam.post(at+"/take-back", form(page, "entry", entry))
	sam.sees(page, "It is taken back.", "Taken back: the person was not told")
	if strings.Contains(page, "Waits until") {
		t.Error("it still waits")
	}
}

// Who reads Welsh and is told something else than was meant must be able to show it:
// both texts stay, with who translated them.
func TestATranslationHasAName(t *testing.T) {
	h := newHouse(t, nil)
	welsh := complainer(channels.SMS, "+447700900323")
	h.writes(welsh, "Cymraeg", "2", "Ddaeth neb pan ganais i'r gloch.", "ANFON NAWR")
	at := "/cases/" + h.newest()
	sam := h.colleague("sam", desk.Handler)
	_, page := sam.get(at)
	sam.sees(page, "in Cymraeg", "What they read, in Cymraeg")
	_, page = sam.post(at+"/update", form(page, "update", "Mae'n ddrwg gennym."))
	sam.sees(page, "They read Cymraeg. Have it translated")
	status, page := sam.post(at+"/update", form(page, "update", "Mae'n ddrwg gennym.", "written", "We are sorry."))
	sam.sees(page, "Name who translated it.", `href="#translator"`)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("without a name: status %d", status)
	}
	_, page = sam.post(at+"/update", form(page, "update", "Mae'n ddrwg gennym.", "written", "We are sorry.", "translator", "Mair Pugh"))
	sam.sees(page, "The update is on its way.", "Translated by Mair Pugh from:", "We are sorry.", "Mae&#39;n ddrwg gennym.")
}

// newest is the reference of the case that came last.
func (h *house) newest() string {
	h.Helper()
	cases, err := h.desk.Cases(context.Background(), desk.Who{Roles: []desk.Role{desk.Handler}}, desk.Filter{})
	if err != nil || len(cases.Cases) == 0 {
		h.Fatalf("no case came in: %v", err)
	}
	return string(cases.Cases[0].Ref)
}

// A file that somebody sent is theirs: nothing in it runs, and it is saved but for what
// a browser shows safely.
func TestAFileOfAPersonDoesNothing(t *testing.T) {
	h := newHouse(t, nil)
	at := "/cases/" + h.complain("Nobody came when I rang.")
	sam, ana := h.colleague("sam", desk.Handler), h.colleague("ana", desk.Analyst)
	status, one := sam.get(at + "/files/unknown")
	if _, other := sam.get("/cases/H-7K4-MQ2/files/unknown"); status != http.StatusNotFound || !strings.Contains(one, "This file is not here") || !strings.Contains(other, "no case with this reference") {
		t.Errorf("status %d", status)
	}
	if status, _ := ana.get(at + "/files/unknown"); status != http.StatusForbidden {
		t.Errorf("for an analyst: status %d", status)
	}
}
