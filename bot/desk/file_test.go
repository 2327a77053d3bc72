package desk_test

import (
	"context"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/desk"
	"heard/flows"
)

// aPhoto is as small as a JPEG can be that has points.
const aPhoto = "\xFF\xD8\xFF\xDA\x00\x02the points\xFF\xD9"

// kept are files that were fetched, by their names.
type kept map[bot.FileID]string

func (k kept) Read(_ context.Context, _ bot.ProviderID, _ *bot.Case, id bot.FileID) (string, []byte, error) {
	data, ok := k[id]
	if !ok {
		return "", nil, bot.ErrNotFound
	}
	return "image/jpeg", []byte(data), nil
}

// A photo of somebody's face names them: it is opened by who may see it, from their own
// case, and that it was is in the log.
func TestAFileIsOpenedByWhoMaySeeIt(t *testing.T) {
	h := open(t)
	photo := func(field, name string) bot.Entry {
		return bot.Entry{Kind: bot.Said, Field: field, Media: []flows.Media{{Kind: "photo", File: name}}}
	}
	ref := h.put(bot.Case{Privacy: bot.PrivacyConfidential}, photo("story", "photo1"), photo("story", "notfetched"))
	f, err := h.desk.File(h.ctx, handler, ref, "photo1")
	if err != nil || f.Kind != "photo" || f.Type != "image/jpeg" || string(f.Data) != aPhoto {
		t.Fatalf("%+v, %v", f, err)
	}
	trail, err := h.desk.Audit(h.ctx, desk.Operator(), 0)
	if err != nil || len(trail.Lines) < 2 || trail.Lines[1].Record.Did != "open a file" || trail.Lines[1].Record.Case != ref {
		t.Errorf("the log: %+v, %v", trail, err)
	}
	refuse := func(who desk.Who, of bot.CaseRef, name, why string) {
		t.Helper()
		f, err := h.desk.File(h.ctx, who, of, name)
		h.refused(err, bot.RejectNoCase, why)
		if len(f.Data) > 0 {
			t.Errorf("%s: it is given", why)
		}
	}
	refuse(handler, ref, "notfetched", "one that was not fetched")
	refuse(handler, ref, "", "without a name")
	refuse(guardian, ref, "photo1", "who sees no cases")
	refuse(handler, h.put(bot.Case{}), "photo1", "one of another case")
	named := h.put(bot.Case{Privacy: bot.PrivacyConfidential}, photo("name", "photo1"))
	refuse(handler, named, "photo1", "one that tells who they are")
	if err := h.desk.Reveal(h.ctx, handler, named, "I must call her"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.desk.File(h.ctx, handler, named, "photo1"); err != nil {
		t.Errorf("once it was said why: %v", err)
	}
}

// Who reads "update" on a timeline believes that the person was told. What waits, or was
// taken back, says so.
func TestATimelineSaysWhatWasNotTold(t *testing.T) {
	h := open(t)
	ref := h.put(bot.Case{Due: h.now.AddDate(0, 0, 20)})
	when := h.now.Add(20 * time.Hour)
	for _, one := range []bot.Telling{{Words: "Later.", NotBefore: when}, {Words: "Taken back.", NotBefore: when}, {Words: "Now."}} {
		if err := h.desk.Tell(h.ctx, handler, ref, desk.Form{}, one); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.desk.TakeBack(h.ctx, handler, ref, desk.Form{}, h.look(handler, ref).Timeline[1].ID); err != nil {
		t.Fatal(err)
	}
	for i, want := range []desk.Line{{Waits: true, Planned: when}, {TakenBack: true}, {Waits: true}} {
		got := h.look(handler, ref).Timeline[i]
		if got.Waits != want.Waits || !got.Planned.Equal(want.Planned) || got.TakenBack != want.TakenBack {
			t.Errorf("%q: waits %v until %v, taken back %v", got.Text, got.Waits, got.Planned, got.TakenBack)
		}
	}
	h.refused(h.desk.Tell(h.ctx, recorder, ref, desk.Form{}, bot.Telling{Words: "No."}), desk.RejectNotAllowed, "by a recorder")
	h.refused(h.desk.TakeBack(h.ctx, recorder, ref, desk.Form{}, "e1"), desk.RejectNotAllowed, "by a recorder")
}

// The desk tells of WhatsApp's window what the case shows anyhow, where the person is
// anonymous.
func TestWhenAnAnonymousPersonWroteIsToldByTheCaseAlone(t *testing.T) {
	h := open(t)
	ref := h.put(bot.Case{Channel: "whatsapp"}, bot.Entry{Kind: bot.Said, Field: "story", At: h.now, Text: "Nobody came."})
	for after, shut := range map[time.Duration]bool{23 * time.Hour: false, 25 * time.Hour: true} {
		began := h.now
		h.now = h.now.Add(after)
		r, err := h.desk.Reach(h.ctx, h.look(handler, ref))
		if err != nil || r.Channel != "whatsapp" || r.Shut != shut {
			t.Errorf("after %v: %+v, %v", after, r, err)
		}
		h.now = began
	}
}

// A photo that tells where its sender lives would name them to staff, also one that was
// kept before any were cleaned. Who may know them may see it.
func TestAPictureThatTellsIsNotShown(t *testing.T) {
	h := open(t)
	said := bot.Entry{Kind: bot.Said, Field: "story", Media: []flows.Media{{Kind: "photo", File: "heic"}, {Kind: "photo", File: "old"}}}
	h.desk = h.with(func(o *desk.Options) {
		o.Files = kept{"heic": "another kind", "old": aPhoto[:2] + "\xFF\xFE\x00\x06home" + aPhoto[2:]}
	})
	for _, privacy := range []string{"", bot.PrivacyAnonymous, bot.PrivacyConfidential} {
		ref := h.put(bot.Case{Privacy: privacy}, said)
		f, err := h.desk.File(h.ctx, handler, ref, "heic")
		h.refused(err, desk.RejectTells, "one that cannot be cleaned")
		if len(f.Data) > 0 {
			t.Error("it is given all the same")
		}
		if f, err = h.desk.File(h.ctx, handler, ref, "old"); err != nil || string(f.Data) != aPhoto {
			t.Errorf("one that was kept before: %q, %v", f.Data, err)
		}
	}
	named := h.put(bot.Case{Privacy: bot.PrivacyNamed}, said)
	if f, err := h.desk.File(h.ctx, handler, named, "heic"); err != nil || string(f.Data) != "another kind" {
		t.Errorf("of who is known: %v", err)
	}
}
