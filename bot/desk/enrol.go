package desk

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"heard/bot"
)

// EnrolRow is one person who begins to be cared for.
type EnrolRow struct {
	Line         int // of the file, from 1; 0: there is none
	Number       string
	Language     string // empty: the provider's first
	WhatsApp     bool   // their opt-in to WhatsApp is on record
	Died         bool
	DoNotContact bool
}

// MostEnrolled is how many people are enrolled at once.
const MostEnrolled = 5000

// EnrolResult is what became of rows.
type EnrolResult struct {
	Counts  map[bot.Welcome]int
	Refused []EnrolRefusal // rows that nobody may be written to by
}

// EnrolRefusal is why one row was refused. It does not repeat the number.
type EnrolRefusal struct {
	Line     int
	Sentence string
}

// CheckEnrolment tells which rows cannot be enrolled whatever the store knows, and how
// many can.
func (d *Desk) CheckEnrolment(who Who, rows []EnrolRow) (good int, refused []EnrolRefusal, err error) {
	if err := who.need(Enrol); err != nil {
		return 0, nil, err
	}
	if len(rows) > MostEnrolled {
		return 0, nil, bad("file", fmt.Sprintf("There are %d people in it. Send at most %d at once.", len(rows), MostEnrolled))
	}
	for _, r := range rows {
		if why := d.enrolRefusal(r); why != "" {
			refused = append(refused, EnrolRefusal{r.Line, why})
		} else {
			good++
		}
	}
	return good, refused, nil
}

// enrolRefusal is why a row is refused; empty: it is not.
func (d *Desk) enrolRefusal(r EnrolRow) string {
	switch {
	case r.Died:
		return "It says that this person has died."
	case r.DoNotContact:
		return "It says that this person is not to be contacted."
	case r.Language != "" && !slices.Contains(d.o.Provider.Flows.Languages(), strings.ToLower(r.Language)):
		return "The language is not one of ours: " + strings.Join(d.o.Provider.Flows.Languages(), ", ") + "."
	}
	var rejected *bot.Rejection
	if _, err := bot.Mobile(r.Number); errors.As(err, &rejected) {
		return rejected.Sentence
	}
	return ""
}

// Enrol welcomes people once, content-free, when they are not asleep. What is sent
// again is done once: who was welcomed before is counted as that.
func (d *Desk) Enrol(ctx context.Context, who Who, rows []EnrolRow) (EnrolResult, error) {
	result := EnrolResult{Counts: map[bot.Welcome]int{}}
	var err error
	if _, result.Refused, err = d.CheckEnrolment(who, rows); err != nil {
		return result, err
	}
	for _, r := range rows {
		if d.enrolRefusal(r) != "" {
			continue
		}
		is, err := d.o.Bot.Enrol(ctx, d.o.Provider.ID, bot.By{Name: who.Name, Member: who.Member}, bot.Enrolment{Number: r.Number, Language: r.Language, WhatsApp: r.WhatsApp})
		var rejected *bot.Rejection
		switch {
		case errors.As(err, &rejected):
			result.Refused = append(result.Refused, EnrolRefusal{r.Line, rejected.Sentence})
		case err != nil:
			return result, err
		default:
			result.Counts[is]++
		}
	}
	return result, nil
}

// EnrolColumns are the columns that a file may have, in any order. The first must be
// there.
func EnrolColumns() []string {
	return []string{"number", "language", "whatsapp", "died", "do_not_contact"}
}

// lineColumn says on which line of somebody's file a person was.
const lineColumn = "line"

// ReadEnrolment reads people from a CSV with a line of headings. Columns that are not
// known are refused: one that was misspelt might say who has died.
func ReadEnrolment(file io.Reader) ([]EnrolRow, error) {
	r := csv.NewReader(file)
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	heads, err := r.Read()
	if err != nil {
		return nil, bad("file", "This is no CSV file with a line of headings: "+strings.Join(EnrolColumns(), ", ")+".")
	}
	for i := range heads {
		heads[i] = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(strings.TrimPrefix(heads[i], "\ufeff"))), " ", "_")
		if !slices.Contains(EnrolColumns(), heads[i]) && heads[i] != lineColumn {
			return nil, bad("file", fmt.Sprintf("The heading of column %d is not known. Use: %s.", i+1, strings.Join(EnrolColumns(), ", ")))
		}
		if slices.Contains(heads[:i], heads[i]) {
			return nil, bad("file", fmt.Sprintf("Two columns are called %s.", heads[i]))
		}
	}
	if !slices.Contains(heads, "number") {
		return nil, bad("file", "There is no column called number.")
	}
	var rows []EnrolRow
	for {
		values, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		var line int
		var unreadable *csv.ParseError
		switch {
		case errors.As(err, &unreadable):
			line = unreadable.StartLine
		case err != nil:
			return nil, fmt.Errorf("read a list: %w", err)
		default:
			line, _ = r.FieldPos(0)
		}
		if err != nil || len(values) != len(heads) || !utf8.ValidString(strings.Join(values, "")) {
			return nil, bad("file", fmt.Sprintf("Line %d cannot be read: it has not as many fields as the headings, or a quote that does not end.", line))
		}
		row, err := enrolRow(heads, values)
		if err != nil {
			return nil, bad("file", fmt.Sprintf("Line %d: %v", line, err))
		}
		if row.Line == 0 {
			row.Line = line
		}
		if rows = append(rows, row); len(rows) > MostEnrolled {
			return nil, bad("file", fmt.Sprintf("There are more than %d people in it. Send it in parts.", MostEnrolled))
		}
	}
}

func enrolRow(heads, values []string) (row EnrolRow, err error) {
	for i, head := range heads {
		value, yes := strings.TrimSpace(values[i]), false
		if head != "number" && head != "language" && head != lineColumn {
			if yes, err = readYes(value); err != nil {
				return row, fmt.Errorf("%s must be yes or no", head)
			}
		}
		switch head {
		case "number":
			row.Number = value
		case lineColumn:
			row.Line, _ = strconv.Atoi(value) // ours: else the line that it is on
		case "language":
			row.Language = strings.ToLower(value)
		case "whatsapp":
			row.WhatsApp = yes
		case "died":
			row.Died = yes
		case "do_not_contact":
			row.DoNotContact = yes
		}
	}
	return row, nil
}

func readYes(value string) (bool, error) {
	switch strings.ToLower(value) {
	case "yes", "y", "true", "1", "x":
		return true, nil
	case "no", "n", "false", "0", "":
		return false, nil
	}
	return false, errors.New("neither yes nor no")
}
