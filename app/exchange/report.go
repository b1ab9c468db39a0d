package exchange

import (
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"cohort/app/audit"
	"cohort/app/blob"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/sheet"
	"cohort/db"
)

// ReportSuffix is what the names of reports end with.
const ReportSuffix = ".report.csv"

// ReportName is what the report of a batch is called as a file.
func (b Batch) ReportName() string {
	return strings.TrimSuffix(b.Name, path.Ext(b.Name)) + ReportSuffix
}

// Rows gives a batch's rows behind a line, in the order of the file; outcome ""
// is any. The values of fields that the reader sees masked are left out where
// another has imported them.
func (s *Service) Rows(ctx context.Context, by policy.Actor, id int64, outcome string, behind, limit int) (list []Row, err error) {
	return s.stretch(ctx, by, id, func(tx *db.Tx) ([]Row, error) { return rowsBehind(tx, id, outcome, behind, limit) })
}

// RowsBefore gives those before a line, the nearest first; line 0 is behind the
// last.
func (s *Service) RowsBefore(ctx context.Context, by policy.Actor, id int64, outcome string, line, limit int) ([]Row, error) {
	if line == 0 {
		line = MaxRows * 10
	}
	return s.stretch(ctx, by, id, func(tx *db.Tx) ([]Row, error) { return rowsBefore(tx, id, outcome, line, limit) })
}

func (s *Service) stretch(ctx context.Context, by policy.Actor, id int64, read func(tx *db.Tx) ([]Row, error)) (list []Row, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		b, err := s.batch(tx, by, id, "view")
		if err != nil {
			return err
		}
		if list, err = read(tx); err != nil {
			return err
		}
		for i := range list {
			if b.Account != by.Account {
				s.veil(&list[i], by, b.Resource)
			}
			s.shorten(list[i].Changes, b.Resource)
		}
		return nil
	})
	return list, err
}

// veil leaves out what the reader's rules mask on some row or other.
func (s *Service) veil(r *Row, by policy.Actor, record string) {
	closed := func(field string) bool { return by.Limited("view", record, field) || !by.Can("view", record) }
	for i, c := range r.Changes {
		if closed(c.Field) {
			r.Changes[i].Old, r.Changes[i].New = audit.Concealed, audit.Concealed
		}
	}
	if closed("name") {
		r.Title = ""
	}
	res, ok := s.Engine.Get(record)
	if len(r.Why) > 0 && (!ok || slices.ContainsFunc(res.Fields, func(f resource.Field) bool { return closed(f.Name) })) {
		r.Why = s.said(fault.New(fault.Forbidden, "import.why_closed")) // a refusal may say the value that it is about
	}
}

// shorten leaves the ends only of private values, as histories do.
func (s *Service) shorten(changes []audit.Change, record string) {
	res, ok := s.Engine.Get(record)
	for i, c := range changes {
		if f, known := res.Field(c.Field); ok && known && f.Private {
			changes[i] = audit.Masked(c.Field, c.Old, c.New)
		}
	}
}

// Said tells a row's changes and its refusal in a reader's language.
func (s *Service) Said(p i18n.Printer, record string, r Row) (changes, why string) {
	res, ok := s.Engine.Get(record)
	var list []string
	for _, c := range r.Changes {
		old, new := c.Old, c.New
		if ok {
			if f, known := res.Field(c.Field); known && len(f.Choices) > 0 {
				old, new = f.ChoiceLabel(p, old), f.ChoiceLabel(p, new)
			}
		}
		list = append(list, p.T("import.change", "field", p.Or("field."+c.Field, c.Field), "old", orDash(old), "new", orDash(new)))
	}
	return strings.Join(list, p.T("list.comma")), r.Why[p.Lang]
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// OutcomeKey is the key of the words for what became, or would become, of a row.
func (b Batch) OutcomeKey(r Row) string {
	switch {
	case r.Undone:
		return "import.row_undone"
	case b.State == Undone && r.Outcome != Refused && r.Outcome != Same:
		return "import.row_kept"
	case b.State == Done || b.State == Undoing || b.State == Undone:
		return "import.row_" + r.Outcome + "_done"
	}
	return "import.row_" + r.Outcome
}

// writeReport writes the report of a batch as a file, in the language of who
// imports: what became of each row, and the row itself, so that the refused ones
// can be put right and sent again.
func (s *Service) writeReport(ctx context.Context, by policy.Actor, b *Batch) error {
	temp, err := s.Blobs.Create(ctx, maxExport)
	if err != nil {
		return err
	}
	defer temp.Abort()
	out, err := sheet.NewCSV(&sequential{to: temp}, true)
	if err != nil {
		return err
	}
	if err := s.report(ctx, by, *b, out); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	stored, err := temp.Commit()
	b.report, b.ReportSize = stored.Stored, stored.Size
	return err
}

func (s *Service) report(ctx context.Context, by policy.Actor, b Batch, out sheet.Writer) error {
	p := s.Printer(s.Lang(ctx, by))
	r, file, err := s.open(b)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	defer func() { _ = r.Close() }()
	head, err := r.Next()
	if err != nil {
		return err
	}
	cells := []sheet.Cell{{Text: p.T("import.col_line")}, {Text: p.T("import.col_outcome")}, {Text: p.T("import.col_record")},
		{Text: p.T("import.col_why")}, {Text: p.T("import.col_changes")}}
	for _, h := range head.Cells {
		cells = append(cells, sheet.Cell{Text: sheet.Bare(h)})
	}
	if err := out.Row(cells); err != nil {
		return err
	}
	behind := 0
	for {
		list, err := s.Rows(ctx, by, b.ID, "", behind, 500)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, row := range list {
			if err := s.reportRow(p, b, row, r, out); err != nil {
				return err
			}
		}
		behind = list[len(list)-1].Line
	}
}

func (s *Service) reportRow(p i18n.Printer, b Batch, row Row, r *sheet.Reader, out sheet.Writer) error {
	changes, why := s.Said(p, b.Resource, row)
	record := ""
	if row.Record != 0 {
		record = strconv.FormatInt(row.Record, 10)
	}
	cells := []sheet.Cell{{Text: strconv.Itoa(row.Line), Number: true}, {Text: p.T(b.OutcomeKey(row))}, {Text: record, Number: true},
		{Text: why}, {Text: changes}}
	for {
		in, err := r.Next()
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err == nil && in.Line < row.Line {
			continue
		}
		for _, c := range in.Cells {
			cells = append(cells, sheet.Cell{Text: sheet.Bare(c)})
		}
		return out.Row(cells)
	}
}

// OpenReport opens the report of a batch.
func (s *Service) OpenReport(ctx context.Context, by policy.Actor, id int64) (f blob.File, b Batch, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if b, err = s.batch(tx, by, id, "view"); err == nil && b.Account != by.Account {
			err = fault.New(fault.Forbidden, "import.not_yours")
		}
		return err
	})
	if err == nil && b.report == "" {
		err = policy.NotFound()
	}
	if err != nil {
		return nil, b, err
	}
	f, err = s.Blobs.Open(b.report)
	return f, b, err
}

// OpenFile opens the file of a batch of one's own, as it was sent.
func (s *Service) OpenFile(ctx context.Context, by policy.Actor, id int64) (f blob.File, b Batch, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if b, err = s.batch(tx, by, id, "view"); err == nil && b.Account != by.Account {
			err = fault.New(fault.Forbidden, "import.not_yours")
		}
		return err
	})
	if err != nil {
		return nil, b, err
	}
	f, err = s.Blobs.Open(b.stored)
	return f, b, err
}
