package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"heard/bot"
	"heard/bot/desk"
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
	return map[string]any{
		"list-cases": nil, "list-work": nil, "list-events": nil, "export": nil, "get-case": nil, "get-timeline": nil,
		"acknowledge":        map[string]any{"handler": "Sam Reed", "decides": "pay back your fare", "words": "I have it.", "by": "Sam Reed", "due": h.now().AddDate(0, 0, 9)},
		"update":             map[string]any{"words": "We have asked the ward.", "reason": "weekly"},
		"propose-later":      map[string]any{"due": h.now().AddDate(0, 2, 0), "words": "The ward sister is away."},
		"note":               map[string]any{"words": "Rang the ward."},
		"assign":             map[string]any{"member": "m-1", "name": "Sam Reed"},
		"finish-task":        map[string]any{"task": string(ref) + "/reply", "how": "Answered by phone"},
		"confirm-withdrawal": map[string]any{}, "died": map[string]any{}, "release": map[string]any{},
	}
}

func address(o described, ref bot.CaseRef) string {
	path := strings.NewReplacer("{provider}", string(hospital), "{reference}", string(ref), "{kind}", "cases").Replace(o.path)
	return strings.TrimPrefix(path, "/api/v1/")
}

// Who joins their complaints system to this one reads the document: where it is
// wrong, a night's cases go nowhere.
func TestEveryOperationIsAsTheDocumentSays(t *testing.T) {
	h := open(t)
	d := readDocument(h)
	all, nobody := h.token(desk.Scopes()...), h.token(desk.SeeReports)
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
		body := bodies(h, ref)[id]
		good := h.ask(all, o.method, address(o, ref), body, "Idempotency-Key", id)
		if good.StatusCode >= 300 {
			t.Errorf("%s: %d %s", id, good.StatusCode, good.body)
		}
		d.check(o, good)
		d.check(o, h.ask("", o.method, address(o, ref), body))
		d.check(o, h.ask("heard_0", o.method, address(o, ref), body))
		refused := h.ask(nobody, o.method, address(o, ref), body)
		if refused.StatusCode != 403 && refused.StatusCode != 404 && id != "list-work" {
			t.Errorf("%s without the scope: %d", id, refused.StatusCode)
		}
		d.check(o, refused)
		if strings.Contains(o.path, "{reference}") {
			d.check(o, h.ask(all, o.method, address(o, "H-NONE"), body))
			d.check(o, h.ask(all, o.method, address(o, bot.NewCaseRef()), body))
		} else {
			d.check(o, h.ask(all, o.method, address(o, ref)+"?cursor=nonsense", nil))
			d.check(o, h.ask(all, o.method, address(o, ref)+"?limit=many", nil))
			d.check(o, h.ask(all, o.method, address(o, ref)+"?colour=red", nil))
		}
		if body != nil {
			d.check(o, h.ask(all, o.method, address(o, ref), "{"))
			d.check(o, h.ask(all, o.method, address(o, ref), `{"colour": 1}`))
			d.check(o, h.ask(all, o.method, address(o, ref), body, "If-Match", `"999"`))
			d.check(o, h.ask(all, o.method, address(o, ref), body, "If-Match", "x"))
			d.check(o, h.ask(all, o.method, address(o, ref), `{"by": "`+strings.Repeat("x", 70<<10)+`"}`))
		}
		h.later(time.Minute)
	}
}
