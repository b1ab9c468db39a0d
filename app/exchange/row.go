package exchange

import (
	"context"
	"strconv"
	"strings"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/sheet"
	"cohort/db"
)

// What becomes of a row.
const (
	Add     = "add"
	Change  = "change"
	Same    = "same"
	Refused = "refused"
)

// Outcomes lists what can become of a row.
var Outcomes = []string{Add, Change, Same, Refused}

// Row is what became, or would become, of one row of a file.
type Row struct {
	Line    int // of the file
	Outcome string
	Record  int64 // 0: none; after a dry run, none for those that would be added
	Title   string
	Changes []audit.Change       // as typed, old and new
	Why     map[i18n.Lang]string // the refusal, or why an undo left the row
	Undone  bool

	version int64
}

// row does to one row what is to be done. An error is not the row's: it ends the
// whole import.
func (w *work) row(ctx context.Context, in sheet.Row) (Row, error) {
	typed := w.p.typed(in)
	out := Row{Line: in.Line, Title: title(typed)}
	marks, fields := w.p.marks(typed)
	for i, m := range marks {
		if line, twice := w.seen[m]; twice {
			return w.refuse(out, fault.Field(fields[i], "import.twice", "line", line)), nil
		}
	}
	id, err := w.target(ctx, in, typed)
	if err == nil {
		if line, twice := w.hit[id]; twice && id != 0 {
			err = fault.New(fault.Conflict, "import.record_twice", "line", line)
		}
	}
	if err == nil {
		err = w.write(ctx, id, typed, &out)
	}
	if f, ok := fault.As(err); ok && f.Kind != fault.Internal {
		out.Changes, out.Record, out.version = nil, 0, 0
		return w.refuse(out, f), nil
	}
	if err != nil {
		return out, err
	}
	w.remember(in.Line, marks, out)
	return out, nil
}

// remember keeps the unique values of a row, those that it has freed among them:
// what a later row finds must not hang on where parts end.
func (w *work) remember(line int, marks []mark, out Row) {
	if out.Outcome != Same {
		w.hit[out.Record] = line
	}
	for _, m := range marks {
		w.seen[m] = line
	}
	old := map[string]string{}
	for _, c := range out.Changes {
		old[c.Field] = c.Old
	}
	freed, _ := w.p.marks(old)
	for _, m := range freed {
		w.seen[m] = line
	}
}

// title is what a row is called in the report.
func title(typed map[string]string) string {
	for _, name := range []string{"name", "title", "login", "code"} {
		if s := typed[name]; s != "" {
			return s
		}
	}
	return ""
}

func (w *work) refuse(out Row, f *fault.Fault) Row {
	out.Outcome, out.Why = Refused, w.s.said(f)
	return out
}

// said is a fault in every language: the report is read later, by whoever.
func (s *Service) said(f *fault.Fault) map[i18n.Lang]string {
	out := map[i18n.Lang]string{}
	for _, l := range i18n.Langs {
		out[l] = strings.ReplaceAll(s.Printer(l).Fault(f), "\n", "; ")
	}
	return out
}

// target finds the record that a row is about; 0 is a new one.
func (w *work) target(ctx context.Context, in sheet.Row, typed map[string]string) (id int64, err error) {
	if w.p.mode == "add" {
		return 0, nil
	}
	if w.p.id >= 0 && w.p.id < len(in.Cells) && in.Cells[w.p.id] != "" {
		text := in.Cells[w.p.id]
		if id, err = strconv.ParseInt(strings.TrimPrefix(text, "#"), 10, 64); err != nil || id <= 0 {
			return 0, fault.Field("id", "fault.bad_number", "value", text)
		}
		return id, nil
	}
	for _, key := range w.p.match {
		found, err := w.find(ctx, key, typed)
		if err != nil {
			return 0, err
		}
		for _, x := range found {
			if id != 0 && x != id {
				return 0, fault.New(fault.Conflict, "import.several")
			}
			id = x
		}
	}
	if id == 0 && w.p.mode == "update" {
		return 0, fault.New(fault.NotFound, "import.not_there")
	}
	return id, nil
}

// find finds records by a key, as far as the importer may know of them.
func (w *work) find(ctx context.Context, key []resource.Field, typed map[string]string) ([]int64, error) {
	values := resource.Values{}
	for _, f := range key {
		text := stored(f, typed[f.Name])
		if text == "" {
			return nil, nil
		}
		v, err := w.s.Engine.Value(ctx, w.by, f, text)
		if err != nil {
			return nil, err
		}
		values[f.Name] = v
	}
	return w.s.Engine.Match(ctx, w.by, w.b.Resource, key, values)
}

// write adds or changes the record through its service, and asks for the right
// to import over the row as it then is.
func (w *work) write(ctx context.Context, id int64, typed map[string]string, out *Row) (err error) {
	if w.narrow {
		err = w.writeNarrow(ctx, id, typed, out)
	} else {
		err = w.put(ctx, id, typed, out)
	}
	if err == nil && w.dry && out.Outcome == Add {
		out.Record, out.version = 0, 0 // the number is nobody's in a moment
	}
	return err
}

func (w *work) put(ctx context.Context, id int64, typed map[string]string, out *Row) error {
	if id == 0 {
		return w.add(ctx, typed, out)
	}
	return w.change(ctx, id, typed, out)
}

// writeNarrow undoes what was written of a row that may not be imported.
func (w *work) writeNarrow(ctx context.Context, id int64, typed map[string]string, out *Row) error {
	var refused error // kept apart: what the service wrote of its refusal stays
	err := w.s.DB.Write(ctx, func(tx *db.Tx) error {
		err := w.put(tx.Join(), id, typed, out)
		if f, ok := fault.As(err); ok && f.Kind != fault.Internal {
			refused = err
			return nil
		}
		if err != nil || out.Outcome == Same {
			return err
		}
		return w.s.Engine.Need(tx, w.by, "import", w.b.Resource, out.Record)
	})
	if err == nil {
		err = refused
	}
	return err
}

func (w *work) add(ctx context.Context, typed map[string]string, out *Row) (err error) {
	if out.Record, err = w.s.Engine.Add(ctx, w.by, w.b.Resource, typed); err != nil {
		return err
	}
	out.Outcome = Add
	out.version, err = w.s.Engine.Version(ctx, w.b.Resource, out.Record)
	return err
}

// change changes what differs, and says what did.
func (w *work) change(ctx context.Context, id int64, typed map[string]string, out *Row) error {
	was, fields, err := w.s.Engine.Show(ctx, w.by, w.b.Resource, id)
	if err != nil {
		return err
	}
	given, err := w.given(was, fields, typed)
	if err != nil {
		return err
	}
	out.Record, out.Title, out.Outcome = id, was.Title, Same
	if len(given) == 0 {
		return nil
	}
	if err := w.s.Engine.Change(ctx, w.by, w.b.Resource, id, 0, given); err != nil {
		return err
	}
	now, _, err := w.s.Engine.Show(ctx, w.by, w.b.Resource, id)
	if err != nil {
		return err
	}
	out.Changes = differences(fields, given, was, now)
	if out.version = now.Version; len(out.Changes) > 0 {
		out.Outcome = Change
	}
	return nil
}

// given leaves of a row what can be given for a record that is there. What the
// importer sees masked he can neither overwrite nor guess; his own mask, as an
// export wrote it, is no change.
func (w *work) given(was resource.Row, fields []resource.Field, typed map[string]string) (map[string]string, error) {
	shown := map[string]bool{}
	for _, f := range fields {
		shown[f.Name] = true
	}
	given := map[string]string{}
	var bad []*fault.Fault
	for _, c := range w.p.cells {
		f := c.field
		text, ok := typed[f.Name]
		v := was.Values[f.Name]
		switch {
		case !ok:
		case !shown[f.Name] || v.Mode == policy.Hidden:
			bad = append(bad, &fault.Fault{Kind: fault.Forbidden, Key: "import.closed", Field: f.Name})
		case v.Mode == policy.Masked && text == v.Label:
		case v.Mode == policy.Masked && v.Label != "":
			bad = append(bad, &fault.Fault{Kind: fault.Forbidden, Key: "import.masked", Field: f.Name})
		case f.AddOnly && !same(f, v, text):
			bad = append(bad, fault.Field(f.Name, "import.add_only"))
		case !f.AddOnly && !same(f, v, text):
			given[f.Name] = text
		}
	}
	return given, fault.Join(bad...)
}

// same says that a text is what is there, in one of the forms that an export
// writes.
func same(f resource.Field, v resource.Value, text string) bool {
	if text == f.Typed(v) {
		return true
	}
	for _, l := range i18n.Langs {
		if c := (table{p: i18n.Printer{Lang: l}}).cell(f, v); f.Kind != resource.Time && text == c.Text {
			return true
		}
	}
	return false
}

func differences(fields []resource.Field, given map[string]string, was, now resource.Row) (list []audit.Change) {
	for _, f := range fields {
		if _, ok := given[f.Name]; !ok {
			continue
		}
		old, new := f.Typed(was.Values[f.Name]), f.Typed(now.Values[f.Name])
		if v := now.Values[f.Name]; v.Mode == policy.Masked {
			new = v.Label
		}
		if old != new {
			list = append(list, audit.Change{Field: f.Name, Old: old, New: new})
		}
	}
	return list
}
