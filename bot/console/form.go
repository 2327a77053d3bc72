package console

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"

	"heard/bot"
	"heard/bot/desk"
)

// faults are what is wrong with a form: shown in a summary at the top, and each
// beside its field.
type faults struct {
	All  []fault
	code int
	err  error // our fault, not theirs
}

// fault is one thing. Without a field it is about the whole form.
type fault struct{ Field, Text string }

func (f *faults) add(field, text string) { f.All = append(f.All, fault{field, text}) }

// take takes what an act said, and tells whether it was done: errors of fields stand
// beside them, a rejection above the form. Any other error is shown in place of the
// page.
func (f *faults) take(err error) (done bool) {
	fields := desk.FieldErrors(err)
	var rejected *bot.Rejection
	switch {
	case err == nil:
		return len(f.All) == 0 && f.err == nil
	case len(fields) > 0:
		for _, one := range fields {
			f.add(one.Field, one.Sentence)
		}
	case errors.As(err, &rejected):
		f.add("", rejected.Sentence)
		f.code = statusOf(rejected.Code)
	default:
		f.err = err
	}
	return false
}

func (f faults) status() int {
	if f.code != 0 {
		return f.code
	}
	return http.StatusUnprocessableEntity
}

// Of is what is wrong with a field.
func (f faults) Of(field string) string {
	for _, one := range f.All {
		if one.Field == field {
			return one.Text
		}
	}
	return ""
}

// inputField is a field as the template "field" writes it.
type inputField struct {
	Name, Label, Value string
	Type               string // text, password, email, date, textarea, select, checkboxes
	Hint, Error        string
	Complete           string // what browsers may fill in; empty: nothing
	Rows               string // of a textarea
	Plain              bool   // no capital letter is put at its beginning
	Options            []option
}

// option is one of a select or of checkboxes.
type option struct {
	Value, Label, Hint string
	Chosen             bool
}

// choices are codes as options, each spelled out and with its hint.
func choices[T ~string](codes []T, hints map[T]string, chosen []T) []option {
	all := make([]option, len(codes))
	for i, code := range codes {
		all[i] = option{string(code), spelled(string(code)), hints[code], slices.Contains(chosen, code)}
	}
	return all
}

// newField makes a field for its template. What follows the value are pairs: "type",
// "hint", "complete", "rows", "plain" and "options".
func newField(f faults, name, label string, value any, pairs ...any) (inputField, error) {
	i := inputField{Name: name, Label: label, Type: "text", Error: f.Of(name), Complete: "off", Rows: "6"}
	if value != nil {
		i.Value = fmt.Sprint(value)
	}
	for ; len(pairs) >= 2; pairs = pairs[2:] {
		text, _ := pairs[1].(string)
		switch pairs[0] {
		case "type":
			i.Type = text
		case "hint":
			i.Hint = text
		case "complete":
			i.Complete = text
		case "plain":
			i.Plain = true
		case "rows":
			i.Rows = text
		case "options":
			i.Options, _ = pairs[1].([]option)
		default:
			return i, fmt.Errorf("field %s: there is no %v", name, pairs[0])
		}
	}
	return i, nil
}

// Described names what describes a field, for who hears the page.
func (i inputField) Described() template.HTMLAttr {
	var ids string
	if i.Hint != "" {
		ids = i.Name + "-hint"
	}
	if i.Error != "" {
		ids += " " + i.Name + "-error"
	}
	if ids == "" {
		return ""
	}
	return template.HTMLAttr(`aria-describedby="` + template.HTMLEscapeString(ids) + `"`)
}
