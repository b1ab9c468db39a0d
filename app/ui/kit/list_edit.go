package kit

import (
	"context"
	"strings"

	"cohort/app/fault"
	"cohort/app/ui/kit/width"
)

// RowEdit lets the highlighted row's cells be edited in place.
type RowEdit struct {
	// Fields are what can be edited so; each is named as its column is.
	Fields []Field
	// Load reads the row; a field that it gives no value of cannot be edited in
	// this row.
	Load func(ctx context.Context, id int64) (Loaded, error)
	Save func(ctx context.Context, id int64, s Submit) error
	Said string // message key once it is written; "" for "saved"
	// WhyNot says why nothing can be edited, nil if it can.
	WhyNot error
}

// rowEdit is a row while it is edited: a form whose fields stand in the cells.
type rowEdit struct {
	id   int64
	form *Form
	late bool // rows have changed meanwhile and are read again afterwards
}

func (l *List) editAction() []Action {
	r, on := l.Current()
	if l.Spec.Edit == nil || !on {
		return nil
	}
	return []Action{{ID: "kit.inrow", Keys: []string{"i"}, Weight: 3, WhyNot: l.Spec.Edit.WhyNot, Run: func() Cmd { return l.editRow(r.ID) }}}
}

// editRow reads a row and turns its cells into fields.
func (l *List) editRow(id int64) Cmd {
	return Ask("edit", func(ctx context.Context) (Loaded, error) { return l.Spec.Edit.Load(ctx, id) }, func(in Loaded, err error) Cmd {
		if err != nil {
			return Fail(err)
		}
		if r, ok := l.Current(); !ok || r.ID != id {
			return nil // gone, or left behind
		}
		fields := l.cellFields(in)
		if len(fields) == 0 {
			return Toast(Warn, "kit.inrow.nothing")
		}
		f := NewForm(FormSpec{Fields: fields})
		f.env, f.version = l.env, in.Version
		f.fill(in.Values)
		f.base = f.Values()
		l.edit = &rowEdit{id: id, form: f}
		l.scroll()
		return nil
	})
}

// cellFields gives the fields of the columns that are in sight, from left to
// right.
func (l *List) cellFields(in Loaded) []Field {
	var out []Field
	ws := l.widths(l.env, l.w)
	for i, c := range l.Spec.Columns {
		for _, f := range l.Spec.Edit.Fields {
			if _, open := in.Values[f.Name]; open && f.Name == c.Key && ws[i] > 0 {
				out = append(out, f)
			}
		}
	}
	return out
}

// editActions is what works while a row is edited.
func (l *List) editActions() []Action {
	f := l.edit.form
	list := []Action{
		{ID: "kit.save", Keys: []string{"enter", "ctrl+s"}, Weight: 9, Run: l.saveRow},
		{ID: "kit.inrow.drop", Keys: []string{"esc"}, Weight: 8, Run: l.endEdit},
		{ID: "kit.inrow.next", Keys: []string{"tab"}, Weight: 7, Run: func() Cmd { return f.move(1) }},
		{ID: "kit.inrow.prev", Keys: []string{"shift+tab"}, Weight: -1, Run: func() Cmd { return f.move(-1) }},
	}
	if x := f.focused(); x != nil && !x.typed() {
		id := "kit.choose"
		if x.Kind == KindBool || x.inline() {
			id = "kit.switch"
		}
		list = append(list, Action{ID: id, Keys: []string{"space"}, Weight: 6}) // the field itself takes it
	}
	return list
}

// endEdit turns the fields into cells again.
func (l *List) endEdit() Cmd {
	late := l.edit != nil && l.edit.late
	l.edit = nil
	l.scroll()
	if late {
		return l.Reload()
	}
	return nil
}

// saveRow writes what was changed in the row. Refused, the fields stay, with
// what is wrong below the row.
func (l *List) saveRow() Cmd {
	e := l.edit
	e.form.leaveField()
	if bad := e.form.check(-1); bad != nil {
		return l.refusedRow(e, bad)
	}
	s := e.form.submit("")
	if len(s.Changed) == 0 {
		return l.endEdit()
	}
	return Do("row", func(ctx context.Context) error { return l.Spec.Edit.Save(ctx, e.id, s) }, func(err error) Cmd {
		switch {
		case l.edit != e:
			return Fail(err)
		case err == nil:
			e.late = true
			said := "kit.saved"
			if l.Spec.Edit.Said != "" {
				said = l.Spec.Edit.Said
			}
			return Batch(l.endEdit(), Toast(Good, said))
		case fault.Of(err) == fault.Stale:
			return l.mergeRow(e)
		}
		return l.refusedRow(e, err)
	})
}

func (l *List) refusedRow(e *rowEdit, err error) Cmd {
	cmd := e.form.refused(err)
	l.scroll()
	return cmd
}

// mergeRow lays what somebody else wrote beside what was typed.
func (l *List) mergeRow(e *rowEdit) Cmd {
	return Ask("edit", func(ctx context.Context) (Loaded, error) { return l.Spec.Edit.Load(ctx, e.id) }, func(in Loaded, err error) Cmd {
		if err != nil || l.edit != e {
			return Fail(err)
		}
		return e.form.merge(in, "")
	})
}

// rowErrors says below the row what is wrong in it.
func (l *List) rowErrors(e Env, w int) []string {
	if l.edit == nil {
		return nil
	}
	f := l.edit.form
	var out []string
	say := func(text string) {
		for _, one := range strings.Split(width.CleanLines(text), "\n") {
			out = append(out, width.Wrap("! "+one, max(20, w-4))...)
		}
	}
	if f.err != nil {
		say(e.Error(f.err))
	}
	for _, x := range f.fields {
		err := x.err
		if err == nil {
			err = x.notice.Err
		}
		if ft, ok := fault.As(err); ok {
			say(e.Label(x.label()) + ": " + e.FieldFault(ft))
		}
	}
	return out
}

// editLine draws the row that is edited, and gives the cell of the cursor.
func (l *List) editLine(e Env, ws []int, r Row, w int) (string, *Pos) {
	var b strings.Builder
	b.WriteString("> ")
	n := 2
	var cursor *Pos
	for i, c := range l.Spec.Columns {
		if ws[i] == 0 {
			continue
		}
		if n > 2 {
			b.WriteString("  ")
			n += 2
		}
		x := l.edit.form.field(c.Key)
		switch {
		case x != nil:
			on := x == l.edit.form.focused()
			if on && x.line != nil {
				cursor = &Pos{X: n + x.line.Cursor(ws[i])}
			}
			b.WriteString(l.editCell(e, x, ws[i], on))
		case i < len(r.Cells):
			b.WriteString(e.Theme.Paint(Muted, fitCell(c, r.Cells[i].Text, ws[i])))
		default:
			b.WriteString(width.Spaces(ws[i]))
		}
		n += ws[i]
	}
	return b.String() + width.Spaces(w-n), cursor
}

func (l *List) editCell(e Env, x *field, w int, on bool) string {
	style := e.Theme.Field
	if x.err != nil {
		style = style.And(e.Theme.Tone(Bad))
	}
	if x.line != nil {
		return style.S(width.Fit(x.line.View(w, on), w))
	}
	text := l.edit.form.text(x, x.value())
	if x.Kind == KindBool {
		text = e.T("no")
		if x.val.Text == Yes {
			text = e.T("yes")
		}
	}
	text = width.Fit(text, w)
	if on {
		return e.Theme.Selected.S(text)
	}
	return style.S(text)
}
