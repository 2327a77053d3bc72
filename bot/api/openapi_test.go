package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"heard/bot"
	"heard/bot/desk"
	"heard/channels"
	"heard/flows"
)

// document is the OpenAPI document that is served, with a way to check answers by it.
type document struct {
	*testing.T
	Paths map[string]map[string]described

	raw      any
	compiler *jsonschema.Compiler
}

type described struct {
	OperationID string `json:"operationId"`
	Description string
	Responses   map[string]struct {
		Content map[string]json.RawMessage
	}
	method, path string
}

func readDocument(h *house) document {
	h.Helper()
	a := h.ask("", "GET", "openapi.json", nil)
	d := document{T: h.T, compiler: jsonschema.NewCompiler()}
	a.into(h.T, &d)
	var err error
	if d.raw, err = jsonschema.UnmarshalJSON(bytes.NewReader(a.body)); err != nil {
		h.Fatal(err)
	}
	if err := d.compiler.AddResource("heard:openapi", d.raw); err != nil {
		h.Fatal(err)
	}
	d.compiler.AssertFormat()
	return d
}

// operations are all of them, by id.
func (d document) operations() map[string]described {
	all := map[string]described{}
	for path, methods := range d.Paths {
		for method, one := range methods {
			one.method, one.path = strings.ToUpper(method), path
			all[one.OperationID] = one
		}
	}
	return all
}

// check wants an answer to be one that the document has.
func (d document) check(o described, a answer) {
	d.Helper()
	status := fmt.Sprint(a.StatusCode)
	r, ok := o.Responses[status]
	if !ok {
		d.Errorf("%s answers %s, which the document does not have: %s", o.OperationID, status, a.body)
		return
	}
	kind, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	if len(r.Content) == 0 {
		if len(a.body) > 0 {
			d.Errorf("%s answers %s with a body: %s", o.OperationID, status, a.body)
		}
		return
	}
	if _, any := r.Content["*/*"]; any {
		return
	}
	if _, ok := r.Content[kind]; !ok {
		d.Errorf("%s answers %s as %q, the document has %v", o.OperationID, status, kind, slices.Collect(maps.Keys(r.Content)))
		return
	}
	if kind != "application/json" && kind != "application/problem+json" {
		return
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D", "+", "%2B").Replace
	at := "heard:openapi#/paths/" + escape(o.path) + "/" + strings.ToLower(o.method) + "/responses/" + status + "/content/" + escape(kind) + "/schema"
	schema, err := d.compiler.Compile(at)
	if err != nil {
		d.Fatalf("%s: %v", o.OperationID, err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(a.body))
	if err != nil {
		d.Fatalf("%s: %v", o.OperationID, err)
	}
	if err := schema.Validate(value); err != nil {
		d.Errorf("%s answers %s: %v", o.OperationID, status, err)
	}
}

// bodies are what each operation is sent in the tests; nil: it takes none.
func bodies(h *house, ref bot.CaseRef) map[string]any {
	day := h.now().AddDate(0, 0, 9)
	return map[string]any{
		"list-cases": nil, "list-work": nil, "list-events": nil, "export": nil, "get-case": nil, "get-timeline": nil, "list-alike": nil, "get-reach": nil,
		"list-actions": nil, "get-file": nil, "get-outcome-draft": nil, "preview-outcome": nil, "list-staff": nil, "get-report": nil,
		"search":             map[string]any{"words": "forgot"},
		"acknowledge":        map[string]any{"handler": "Sam Reed", "decides": "pay back your fare", "words": "I have it.", "by": "Sam Reed", "due": day},
		"update":             map[string]any{"words": "We have asked the ward.", "reason": "weekly", "about": []int{1}},
		"take-back":          map[string]any{"entry": h.entries[ref]},
		"propose-later":      map[string]any{"due": h.now().AddDate(0, 2, 0), "words": "The ward sister is away."},
		"redate":             map[string]any{"due": h.now().AddDate(0, 0, 3), "words": "The ward sister is away.", "reason": "She is away."},
		"pause":              map[string]any{"waits_for": "police", "until": day},
		"resume":             map[string]any{"words": "The police are done."},
		"note":               map[string]any{"words": "Rang the ward."},
		"assign":             map[string]any{"member": "m-1", "name": "Sam Reed"},
		"finish-task":        map[string]any{"task": string(ref) + "/reply", "how": "Answered by phone"},
		"link":               map[string]any{"reference": h.other},
		"bar":                map[string]any{"member": "m-2", "barred": true},
		"confirm-withdrawal": map[string]any{}, "died": map[string]any{}, "release": map[string]any{},
		"save-outcome": written(h), "drop-outcome": map[string]any{}, "ask-signature": map[string]any{}, "sign-outcome": map[string]any{"by": "Ade Lewis"},
		"offer-outcome":    map[string]any{},
		"note-told":        map[string]any{"manner": "call", "on": h.now(), "who": "Sam Reed"},
		"ask-statement":    map[string]any{"of": "The ward manager", "question": "Who was there?", "due": day},
		"answer-statement": map[string]any{"statement": h.statements[ref], "words": "Two nurses."},
		"keep-promise":     map[string]any{"number": 1, "words": "There is a clock on the ward now.", "also": []any{h.other}},
		"take-task":        map[string]any{"task": string(ref) + "/reply"},
		"finish-any-task":  map[string]any{"task": string(ref) + "/reply", "how": "Answered by phone"},
		"replay-task":      map[string]any{"task": h.entries[ref]},
		"set-away":         map[string]any{"member": h.members[0], "cover": h.members[1], "from": h.now(), "until": day},
		"set-back":         map[string]any{"member": h.members[0]},
		"record":           map[string]any{"words": "A letter: they forgot her.", "how": "letter", "place": "Ward 6"},
		"enrol":            map[string]any{"people": []any{map[string]any{"number": "07700 900456"}, map[string]any{"number": "07700 900457", "died": true}}},
	}
}

// written is an outcome that lacks nothing.
func written(h *house) map[string]any {
	return map[string]any{
		"opening": "Thank you for telling us.", "signatory": "Ade Lewis, head of nursing", "ombudsman": "nhs", "considered": "You asked for a clock.", "by": "Sam Reed",
		"findings": []any{map[string]any{
			"kind": "upheld", "found": "The bell was out of reach. We asked everybody who was there.", "apology": "We are sorry.",
			"actions": []any{map[string]any{"what": "A clock on the ward.", "owner": "The ward manager", "due": h.now().AddDate(0, 1, 0).Format(time.DateOnly)}},
		}},
	}
}

// ready makes what an operation needs to be done to a case at all.
func (h *house) ready(id, token string, ref bot.CaseRef) {
	h.Helper()
	path := "hospital/cases/" + string(ref)
	do := func(to string, body any) {
		h.Helper()
		if a := h.ask(token, "POST", path+to, body); a.StatusCode >= 300 {
			h.Fatalf("%s for %s: %d %s", to, id, a.StatusCode, a.body)
		}
	}
	acknowledged := func() { do("/acknowledgement", map[string]any{"handler": "Sam Reed"}) }
	switch id {
	case "pause", "redate":
		acknowledged()
	case "resume":
		acknowledged()
		do("/pause", map[string]any{"waits_for": "police"})
	case "take-back":
		do("/updates", map[string]any{"words": "More on Friday.", "not_before": h.now().AddDate(0, 0, 2)})
		h.entries[ref] = h.timeline(token, ref).Lines[2].ID
	case "preview-outcome", "drop-outcome", "ask-signature", "offer-outcome":
		do("/outcome-draft", written(h))
	case "sign-outcome":
		h.draftAtDesk(ref)
	case "note-told", "keep-promise":
		do("/outcome-draft", written(h))
		do("/outcome", map[string]any{})
	case "replay-task":
		conv := &bot.Conversation{ID: "conversation-2", Channel: channels.SMS, Sender: "+447700900999", Address: "+447700900125"}
		task := bot.StaffTask{ID: "conversation-2/put aside", Kind: bot.PutAside, Conv: conv.ID, At: h.now(), Due: h.now(), Aside: []bot.EntryID{"deleted since"}}
		h.commit(bot.PutConversation{Conversation: conv}, bot.AddTask{Task: task})
		h.entries[ref] = desk.TaskName(task)
	case "answer-statement":
		do("/statements", map[string]any{"of": "The ward manager", "question": "Who was there?", "due": h.now().AddDate(0, 0, 9)})
		var c struct{ Statements []struct{ ID string } }
		h.ask(token, "GET", path, nil).into(h.T, &c)
		h.statements[ref] = c.Statements[0].ID
	}
}

// draftAtDesk has a member write an outcome at the desk.
func (h *house) draftAtDesk(ref bot.CaseRef) {
	h.Helper()
	err := h.desk.SaveOutcome(h.ctx, handler, ref, desk.Form{}, bot.Answered{
		Opening: "Thank you for telling us.", Signatory: "Ade Lewis", Ombudsman: "nhs", Considered: "You asked for a clock.",
		Findings: []bot.Finding{{Kind: bot.NotUpheld, Words: "The bell was in reach."}},
	})
	if err != nil {
		h.Fatal(err)
	}
}

func address(o described, ref bot.CaseRef) string {
	path := strings.NewReplacer("{provider}", string(hospital), "{reference}", string(ref), "{kind}", "cases", "{file}", "f1").Replace(o.path)
	return strings.TrimPrefix(path, "/api/v1/")
}

// Who joins their complaints system to this one reads the document: where it is
// wrong, a night's cases go nowhere.
func TestEveryOperationIsAsTheDocumentSays(t *testing.T) {
	h := open(t)
	h.company()
	d := readDocument(h)
	all, seesReports, records := h.token(desk.Scopes()...), h.token(desk.SeeReports), h.token(desk.Record)
	operations := d.operations()
	sent := bodies(h, "")
	for _, id := range slices.Sorted(maps.Keys(operations)) {
		o := operations[id]
		if _, ok := sent[id]; !ok {
			t.Errorf("%s is not tested", id)
			continue
		}
		ref := h.put(bot.Case{Privacy: bot.PrivacyNamed, Fields: secrets}, bot.Entry{Kind: bot.Said, Field: "story", Text: "They forgot her"},
			bot.Entry{Kind: bot.Replied, Text: "Any news?", Media: []flows.Media{{Kind: "photo", Ref: "x", File: "f1"}}})
		h.commit(bot.AddTask{Task: bot.StaffTask{ID: string(ref) + "/reply", Kind: bot.ReadReply, Case: ref, At: h.now(), Due: h.now(), Text: "Read it."}})
		h.ready(id, all, ref)
		body := bodies(h, ref)[id]
		if body != nil && id != "search" {
			d.refuses(h, o, all, ref, body)
		}
		good := h.ask(all, o.method, address(o, ref), body, "Idempotency-Key", id)
		if good.StatusCode >= 300 {
			t.Errorf("%s: %d %s", id, good.StatusCode, good.body)
		}
		d.check(o, good)
		if body != nil {
			again := h.ask(all, o.method, address(o, ref), body, "Idempotency-Key", id)
			if again.StatusCode != good.StatusCode && id != "take-task" && id != "finish-any-task" && id != "replay-task" { // of which the task is gone or taken
				t.Errorf("%s sent again: %d %s", id, again.StatusCode, again.body)
			}
			d.check(o, again)
		}
		d.check(o, h.ask("", o.method, address(o, ref), body))
		d.check(o, h.ask("heard_0", o.method, address(o, ref), body))
		without := seesReports
		if id == "get-report" {
			without = records
		}
		refused := h.ask(without, o.method, address(o, ref), body)
		if refused.StatusCode != 403 && refused.StatusCode != 404 && id != "list-work" {
			t.Errorf("%s without the scope: %d", id, refused.StatusCode)
		}
		d.check(o, refused)
		switch {
		case strings.Contains(o.path, "{reference}"):
			d.check(o, h.ask(all, o.method, address(o, "H-NONE"), body))
			d.check(o, h.ask(all, o.method, address(o, bot.NewCaseRef()), body))
		case body == nil:
			d.check(o, h.ask(all, o.method, address(o, ref)+"?cursor=nonsense", nil))
			d.check(o, h.ask(all, o.method, address(o, ref)+"?limit=many", nil))
			d.check(o, h.ask(all, o.method, address(o, ref)+"?colour=red", nil))
		}
		h.later(time.Minute)
	}
}

// refuses wants a write to be refused as the document says, whatever is wrong with it.
func (d document) refuses(h *house, o described, token string, ref bot.CaseRef, body any) {
	d.Helper()
	to := address(o, ref)
	wants := func(status int, a answer) {
		d.Helper()
		if a.StatusCode != status {
			d.Errorf("%s: %d, want %d: %s", o.OperationID, a.StatusCode, status, a.body)
		}
		d.check(o, a)
	}
	wants(http.StatusBadRequest, h.ask(token, o.method, to, "{"))
	wants(http.StatusUnprocessableEntity, h.ask(token, o.method, to, `{"colour": 1}`))
	wants(http.StatusRequestEntityTooLarge, h.ask(token, o.method, to, `{"by": "`+strings.Repeat("x", 2<<20)+`"}`))
	wants(http.StatusUnsupportedMediaType, h.ask(token, o.method, to, body, "Content-Type", "text/plain"))
	if !strings.Contains(o.path, "{reference}") {
		return
	}
	wants(http.StatusBadRequest, h.ask(token, o.method, to, body, "If-Match", "x"))
	stale := h.ask(token, o.method, to, body, "If-Match", `"999"`)
	wants(http.StatusPreconditionFailed, stale)
	var p struct {
		Seen    uint64 `json:"seen_version"`
		Current uint64 `json:"current_version"`
	}
	if _ = json.Unmarshal(stale.body, &p); p.Seen != 999 || p.Current == 0 {
		d.Errorf("%s: a stale write is told %s", o.OperationID, stale.body)
	}
	if free := strings.Contains(o.Description, "may be left out: "); !free {
		wants(http.StatusPreconditionRequired, h.ask(token, o.method, to, body, "If-Match", ""))
	}
}
