package export

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"

	"heard/bot/report"
)

// Format is how an export is written.
type Format string

// The formats.
const (
	JSONLines Format = "jsonl" // an object a line
	CSV       Format = "csv"   // with a line of names first
)

// ContentType is what a format is called on the web.
func (f Format) ContentType() string {
	if f == CSV {
		return "text/csv; charset=utf-8"
	}
	return "application/x-ndjson"
}

// writeRows writes rows as they are made: texts, whole numbers and yes or no.
func writeRows(w io.Writer, f Format, columns []string, rows func(row func(...any) error) error) error {
	if f == CSV {
		return writeCSV(w, columns, rows)
	}
	out := bufio.NewWriter(w)
	if err := rows(func(cells ...any) error { return jsonRow(out, columns, cells) }); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write an export: %w", err)
	}
	return nil
}

func jsonRow(out *bufio.Writer, columns []string, cells []any) error {
	for i, name := range columns {
		mark := byte(',')
		if i == 0 {
			mark = '{'
		}
		value, err := json.Marshal(cells[i])
		if err != nil {
			return fmt.Errorf("write an export: %w", err)
		}
		_ = out.WriteByte(mark) // its errors stay with it
		_, _ = fmt.Fprintf(out, "%q:%s", name, value)
	}
	if _, err := out.WriteString("}\n"); err != nil {
		return fmt.Errorf("write an export: %w", err)
	}
	return nil
}

func writeCSV(w io.Writer, columns []string, rows func(row func(...any) error) error) error {
	out := csv.NewWriter(w)
	err := out.Write(columns)
	if err == nil {
		err = rows(func(cells ...any) error {
			record := make([]string, len(cells))
			for i, c := range cells {
				if text, ok := c.(string); ok {
					record[i] = report.Inert(text)
				} else {
					record[i] = fmt.Sprint(c)
				}
			}
			return out.Write(record)
		})
	}
	if err != nil {
		return fmt.Errorf("write an export: %w", err)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write an export: %w", err)
	}
	return nil
}
