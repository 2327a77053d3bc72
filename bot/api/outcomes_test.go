package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"heard/bot"
	"heard/bot/desk"
)

type draftOf struct {
	Points          []string
	SecondSignature bool `json:"second_signature"`
	Signer          string
	Written         struct{ Opening string }
	Lacks           []struct{ Location, Message string }
}

func (h *house) draft(token string, ref bot.CaseRef) (d draftOf) {
	h.Helper()
	h.ask(token, "GET", "hospital/cases/"+string(ref)+"/outcome-draft", nil).into(h.T, &d)
	return d
}

// member is the name in the audit log of a token, by its number in the order in which
// they were made.
func (h *house) member(n int) bot.MemberID {
	h.Helper()
	all, err := h.desk.Tokens(h.ctx, desk.Operator())
	if err != nil {
		h.Fatal(err)
	}
	return bot.MemberID("token:" + all[n].ID)
}

// A provider whose complaints system writes the answers must have each of them in the
// house, whole: what a person reads is in the case, point by point, and nothing is sent
// of which something is missing.
func TestAnOutcomeIsWrittenOfferedAndReadBack(t *testing.T) {
	h := open(t)
	token := h.token(desk.SeeCases, desk.Answer)
	ref := h.put(bot.Case{Points: 2, Fields: []bot.Field{{Name: "put_right", Value: "A clock"}}},
		bot.Entry{Kind: bot.Said, Field: "story", Text: "They forgot her"}, bot.Entry{Kind: bot.Said, Field: "story", Point: 2, Text: "Nobody came when she rang"})
	path := "hospital/cases/" + string(ref)
	post := func(to string, body any) answer { return h.ask(token, "POST", path+to, body) }
	if d := h.draft(token, ref); !slices.Equal(d.Points, []string{"They forgot her", "Nobody came when she rang"}) || len(d.Lacks) == 0 {
		t.Errorf("to be answered: %+v", d)
	}
	half := written(h)
	half["findings"].([]any)[0].(map[string]any)["apology"] = ""
	half["findings"].([]any)[0].(map[string]any)["actions"] = []any{map[string]any{"what": "A clock."}}
	post("/outcome-draft", half).is(t, http.StatusNoContent, "")
	var at []string
	for _, l := range h.draft(token, ref).Lacks {
		at = append(at, l.Location)
	}
	want := []string{"body.findings[0].actions[0].owner", "body.findings[0].actions[0].due", "body.findings[0].apology", "body.findings[1].kind"}
	if !slices.Equal(at, want) {
		t.Errorf("missing: %q, want %q", at, want)
	}
	refused := post("/outcome", map[string]any{})
	refused.is(t, http.StatusUnprocessableEntity, "fields")
	if !strings.Contains(string(refused.body), `"location":"body.findings[0].apology"`) {
		t.Errorf("refused with %s", refused.body)
	}
	whole := written(h)
	whole["findings"] = append(whole["findings"].([]any), map[string]any{"kind": "not upheld", "found": "The bell rang at the desk."})
	post("/outcome-draft", whole).is(t, http.StatusNoContent, "")
	if d := h.draft(token, ref); len(d.Lacks) > 0 {
		t.Errorf("still missing: %+v", d.Lacks)
	}
	if a := h.ask(token, "GET", path+"/outcome-draft/preview", nil); !strings.Contains(string(a.body), "We are sorry.") {
		t.Errorf("the preview is %s", a.body)
	}
	post("/outcome", map[string]any{}).is(t, http.StatusNoContent, "")
	var c struct {
		Outcome struct {
			Manner string
			Text   struct {
				Signatory string
				Findings  []struct{ Point, Kind, Apology string }
			}
		}
		Actions []struct{ What, Owner, Due, Done string }
	}
	h.ask(token, "GET", path, nil).into(t, &c)
	o := c.Outcome
	if o.Manner != "message" || len(o.Text.Findings) != 2 || o.Text.Findings[1].Point != "Nobody came when she rang" || o.Text.Findings[0].Apology != "We are sorry." ||
		o.Text.Signatory != "Ade Lewis, head of nursing" || len(c.Actions) != 1 || c.Actions[0].Owner != "The ward manager" || c.Actions[0].Due == "" {
		t.Errorf("read back: %+v", c)
	}
	post("/done-actions", map[string]any{"number": 1, "words": "There is a clock on the ward now."}).is(t, http.StatusNoContent, "")
	post("/done-actions", map[string]any{"number": 1, "words": "There is a clock on the ward now."}).is(t, http.StatusConflict, "not-ready")
	h.ask(token, "GET", path, nil).into(t, &c)
	if c.Actions[0].Done == "" {
		t.Error("the action is not done")
	}
}

// Where two people must have looked at an answer, no program may be the second of
// them, whatever tokens it holds: a person who was wronged reads what nobody checked.
func TestNoProgramGoesRoundTheSecondSignature(t *testing.T) {
	h := openOf(t, func(p *bot.Provider) { p.SecondSignature = true })
	writer, signer := h.token(desk.SeeCases, desk.Answer), h.token(desk.SeeCases, desk.Answer, desk.GiveOut)
	lead := desk.Who{Member: "m-lead", Name: "Ade Lewis", Roles: []desk.Role{desk.Lead}}
	ref := h.put(bot.Case{})
	path := "hospital/cases/" + string(ref)
	sign := func(token string, body any) answer {
		return h.ask(token, "POST", path+"/outcome-draft/signature", body)
	}
	by := map[string]any{"by": "Ade Lewis"}
	h.ask(writer, "POST", path+"/outcome-draft", written(h)).is(t, http.StatusNoContent, "")
	if !h.draft(writer, ref).SecondSignature {
		t.Error("it is not said that a second person signs")
	}
	h.ask(writer, "POST", path+"/outcome", map[string]any{}).is(t, http.StatusConflict, "not-ready")
	h.ask(writer, "POST", path+"/outcome-draft/signature-request", map[string]any{}).is(t, http.StatusNoContent, "")
	sign(writer, by).is(t, http.StatusForbidden, "not-allowed")
	sign(signer, by).is(t, http.StatusConflict, "own-work")
	h.ask(signer, "POST", path+"/outcome", map[string]any{}).is(t, http.StatusConflict, "not-ready")
	if err := h.desk.SignOutcome(h.ctx, lead, ref, desk.Form{}); err != nil {
		t.Fatal(err)
	}
	changed := written(h)
	changed["opening"] = "Thank you."
	h.ask(writer, "POST", path+"/outcome-draft", changed).is(t, http.StatusNoContent, "")
	h.ask(writer, "POST", path+"/outcome", map[string]any{}).is(t, http.StatusConflict, "not-ready") // what was signed is not what it says now
	if err := h.desk.SignOutcome(h.ctx, lead, ref, desk.Form{}); err != nil {
		t.Fatal(err)
	}
	h.ask(writer, "POST", path+"/outcome", map[string]any{}).is(t, http.StatusNoContent, "")

	// What a person wrote at the desk may be signed by another in a system of theirs.
	ref = h.put(bot.Case{})
	path = "hospital/cases/" + string(ref)
	h.draftAtDesk(ref)
	sign(signer, map[string]any{}).is(t, http.StatusUnprocessableEntity, "fields")
	sign(signer, by).is(t, http.StatusNoContent, "")
	if d := h.draft(signer, ref); d.Signer != "Ade Lewis" {
		t.Errorf("signed by %q", d.Signer)
	}
	h.ask(writer, "POST", path+"/outcome", map[string]any{}).is(t, http.StatusNoContent, "")
}
