package api

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"heard/bot/desk"
	"heard/bot/export"
	"heard/bot/report"
)

// exporting registers what may be taken out whole.
func (s *server) exporting() {
	op := operation("export", http.MethodGet, "exports/{kind}", "Take out cases, timelines, the audit log or a yearly table", desk.Export)
	op.Description = "Needs the scope \"export\"; for cases and timelines \"see cases\" too, and for the audit log \"read the audit log\" instead. " +
		"The answer is written while it is read: one that is cut off is not whole."
	op.Responses = map[string]*huma.Response{"200": {
		Description: "One object a line, or a line of names and one for each",
		Content: map[string]*huma.MediaType{
			"application/x-ndjson": {Schema: &huma.Schema{Type: huma.TypeString}}, "text/csv": {Schema: &huma.Schema{Type: huma.TypeString}},
		},
	}}
	huma.Register(s.api, op, func(ctx context.Context, in *struct {
		OfProvider
		Kind   string `path:"kind" enum:"cases,timeline,audit,ko41a,regulation18"`
		Format string `query:"format" enum:"jsonl,csv" default:"jsonl"`
		Year   int    `query:"year" minimum:"2000" maximum:"2200" doc:"Of a yearly table: in which it begins, in April; left out: this one"`
	}) (*huma.StreamResponse, error) {
		return s.export(ctx, export.Request{Kind: export.Kind(in.Kind), Format: export.Format(in.Format), Year: in.Year})
	})
}

// reports registers the tables of what people say of how they were heard.
func (s *server) reports() {
	op := operation("get-report", http.MethodGet, "reports/statements", "Read how far people agree with the statements of how they were heard", desk.SeeReports)
	op.Description += " The tables are fixed: with filters, answers of single people could be worked out."
	op.Responses = map[string]*huma.Response{"200": {
		Description: "A line of names, and one for each statement and column",
		Content:     map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	huma.Register(s.api, op, func(ctx context.Context, in *struct {
		OfProvider
		By string `query:"by" enum:"month,service,channel,language,finding" default:"month"`
	}) (*csvBody, error) {
		c := callerOf(ctx)
		table, err := export.Statements(ctx, c.desk, c.who, report.Dimension(in.By), nil, s.o.Now())
		if err != nil {
			return nil, s.failed(ctx, "get-report", err)
		}
		var b bytes.Buffer
		if err := table.WriteCSV(&b); err != nil {
			return nil, s.failed(ctx, "get-report", err)
		}
		return &csvBody{Type: export.CSV.ContentType(), Body: b.Bytes()}, nil
	})
}

// csvBody is a table.
type csvBody struct {
	Type string `header:"Content-Type"`
	Body []byte
}

func (s *server) export(ctx context.Context, r export.Request) (*huma.StreamResponse, error) {
	c := callerOf(ctx)
	if r.Year == 0 {
		r.Year = export.YearOf(s.o.Now())
	}
	if err := r.Check(c.who); err != nil {
		return nil, s.failed(ctx, "export", err)
	}
	return &huma.StreamResponse{Body: func(w huma.Context) {
		w.SetHeader("Content-Type", r.Format.ContentType())
		w.SetHeader("Content-Disposition", `attachment; filename="`+string(r.Kind)+"."+string(r.Format)+`"`)
		if err := export.Write(ctx, w.BodyWriter(), c.desk, c.who, r); err != nil {
			s.o.Log.LogAttrs(ctx, slog.LevelError, "an export was cut off", slog.String("error", err.Error()))
			panic(http.ErrAbortHandler) // or its reader takes it for whole
		}
	}}, nil
}
