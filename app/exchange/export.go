package exchange

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"cohort/app/audit"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/sheet"
	"cohort/db"
)

// Formats are those of an export.
var Formats = []string{sheet.CSV, sheet.XLSX, "json"}

// Export says what is to be taken out, and how.
type Export struct {
	Resource string
	Query    string   // in the list language
	Format   string   // one of Formats; "": csv
	Columns  []string // none: all fields, the record's number first
	Stable   bool     // names and values for programs, instead of words in Lang
	Mark     bool     // CSV begins with a byte order mark, by which Excel knows UTF-8
	Reason   string
	Lang     i18n.Lang
}

// maxReason is how long a reason may be, in characters.
const maxReason = 200

// pageRows is how many rows one page of an export has.
const pageRows = 500

// Export writes the records that by may list and export to w, as far as the
// field rules of both let him see them, and returns how many there were. That he
// did is written down with the reason before the first row goes out.
func (s *Service) Export(ctx context.Context, by policy.Actor, x Export, w io.Writer, report Report) (n int, err error) {
	fields, err := s.prepare(by, &x)
	if err != nil {
		return 0, err
	}
	total, capped, err := s.Engine.Count(ctx, by, x.Resource, x.Query)
	if err != nil {
		return 0, err
	}
	if capped {
		total = 0
	}
	if err := s.noted(ctx, by, "export", x, audit.Change{Field: "reason", New: x.Reason}); err != nil {
		return 0, err
	}
	out, err := s.writer(x, fields, w)
	if err == nil {
		n, err = s.stream(ctx, by, x, out, func(done int) { report.say(done, total) })
	}
	if err != nil && out != nil {
		out.drop()
	}
	noted := s.noted(context.WithoutCancel(ctx), by, "exported", x, audit.Change{Field: "rows", New: strconv.Itoa(n)})
	if err == nil {
		err = noted
	}
	return n, err
}

// prepare checks what is asked for and gives the columns. The number of a record
// is a column called id.
func (s *Service) prepare(by policy.Actor, x *Export) (fields []resource.Field, err error) {
	res, err := s.record(by, "export", x.Resource)
	if err != nil {
		return nil, err
	}
	if x.Reason = clean.Line(x.Reason); x.Reason == "" {
		return nil, fault.Field("reason", "export.reason_needed")
	}
	if utf8.RuneCountInString(x.Reason) > maxReason {
		return nil, fault.Field("reason", "fault.too_long", "max", maxReason)
	}
	if x.Format == "" {
		x.Format = sheet.CSV
	}
	id := resource.Field{Name: "id", Kind: resource.Int}
	if len(x.Columns) == 0 {
		fields = append(fields, id)
		for _, f := range res.Fields {
			if f.Name != "id" {
				fields = append(fields, f)
			}
		}
		return fields, nil
	}
	for _, name := range x.Columns {
		f, ok := res.Field(name)
		switch {
		case name == "id":
			f = id
		case !ok:
			return nil, fault.Field("columns", "export.no_column", "column", name, "columns", names(res.Fields))
		}
		fields = append(fields, f)
	}
	return fields, nil
}

func names(fields []resource.Field) string {
	list := []string{"id"}
	for _, f := range fields {
		if f.Name != "id" {
			list = append(list, f.Name)
		}
	}
	return strings.Join(list, ", ")
}

func (s *Service) noted(ctx context.Context, by policy.Actor, action string, x Export, more audit.Change) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		changes := []audit.Change{more, {Field: "format", New: x.Format}}
		if x.Query != "" {
			changes = append(changes, audit.Change{Field: "query", New: x.Query})
		}
		if len(x.Columns) > 0 {
			changes = append(changes, audit.Change{Field: "columns", New: strings.Join(x.Columns, ", ")})
		}
		return audit.Write(tx, by, action, x.Resource, 0, changes...)
	})
}

// rowWriter takes the rows of an export.
type rowWriter interface {
	begin(shown []resource.Field) error
	row(r resource.Row) error
	end() error
	drop() // in place of end
	columns() []string
}

func (s *Service) writer(x Export, fields []resource.Field, w io.Writer) (rowWriter, error) {
	t := table{p: s.Printer(x.Lang), stable: x.Stable}
	switch x.Format {
	case sheet.CSV:
		out, err := sheet.NewCSV(w, x.Mark)
		if err != nil {
			return nil, err
		}
		return &sheetRows{t: t, fields: fields, out: out}, nil
	case sheet.XLSX:
		out, err := sheet.NewXLSX(w)
		if err != nil {
			return nil, err
		}
		return &sheetRows{t: t, fields: fields, out: out}, nil
	case "json":
		return &jsonRows{fields: fields, out: bufio.NewWriter(w)}, nil
	}
	return nil, fault.Field("format", "fault.bad_choice", "value", x.Format, "choices", strings.Join(Formats, ", "))
}

// stream reads page after page by key set, so that memory stays flat.
func (s *Service) stream(ctx context.Context, by policy.Actor, x Export, out rowWriter, report func(int)) (n int, err error) {
	page := resource.Page{Limit: pageRows, Columns: out.columns(), Also: "export"}
	for {
		l, err := s.Engine.List(ctx, by, x.Resource, x.Query, page)
		if err != nil {
			return n, err
		}
		if n == 0 {
			if err := out.begin(l.Columns); err != nil {
				return n, err
			}
		}
		for _, r := range l.Rows {
			if err := out.row(r); err != nil {
				return n, err
			}
		}
		n += len(l.Rows)
		report(n)
		if !l.More {
			return n, out.end()
		}
		page.After = l.Keys[len(l.Keys)-1]
	}
}

// only leaves the fields that the reader is shown; one hidden everywhere has no
// column.
func only(fields, shown []resource.Field) (out []resource.Field) {
	there := map[string]bool{"id": true}
	for _, f := range shown {
		there[f.Name] = true
	}
	for _, f := range fields {
		if there[f.Name] {
			out = append(out, f)
		}
	}
	return out
}

func columnsOf(fields []resource.Field) (list []string) {
	for _, f := range fields {
		if f.Name != "id" || f.SQL != "" {
			list = append(list, f.Name)
		}
	}
	return list
}

// value gives a field of a row; its number counts as one.
func value(r resource.Row, f resource.Field) resource.Value {
	if f.Name == "id" {
		return resource.Value{Raw: r.ID}
	}
	return r.Values[f.Name]
}

// sheetRows writes CSV and XLSX.
type sheetRows struct {
	t      table
	fields []resource.Field
	out    sheet.Writer
	cells  []sheet.Cell
}

func (x *sheetRows) columns() []string { return columnsOf(x.fields) }

func (x *sheetRows) begin(shown []resource.Field) error {
	x.fields = only(x.fields, shown)
	for _, f := range x.fields {
		x.cells = append(x.cells, sheet.Cell{Text: x.t.heading(f)})
	}
	return x.out.Row(x.cells)
}

func (x *sheetRows) row(r resource.Row) error {
	for i, f := range x.fields {
		x.cells[i] = x.t.cell(f, value(r, f))
	}
	return x.out.Row(x.cells)
}

func (x *sheetRows) end() error { return x.out.Close() }

func (x *sheetRows) drop() { x.out.Drop() }

// jsonRows writes one JSON array, as the command line's --json has it.
type jsonRows struct {
	fields []resource.Field
	out    *bufio.Writer
	n      int
}

func (x *jsonRows) columns() []string { return columnsOf(x.fields) }

func (x *jsonRows) begin(shown []resource.Field) error {
	x.fields = only(x.fields, shown)
	return x.out.WriteByte('[')
}

func (x *jsonRows) row(r resource.Row) error {
	if x.n++; x.n > 1 {
		_ = x.out.WriteByte(',')
	}
	object := make(map[string]any, len(x.fields))
	for _, f := range x.fields {
		object[f.Name] = f.JSON(value(r, f))
	}
	text, err := json.Marshal(object)
	if err != nil {
		return err
	}
	_ = x.out.WriteByte('\n')
	_, err = x.out.Write(clean.JSON(text))
	return err
}

func (x *jsonRows) drop() {}

func (x *jsonRows) end() error {
	_, _ = x.out.WriteString("\n]\n")
	return x.out.Flush()
}
