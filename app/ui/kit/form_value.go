package kit

import (
	"strings"
	"time"

	"cohort/app/i18n"
	"cohort/app/ui/kit/width"
)

// value draws what stands in a field.
func (d *formDraw) value(x *field, on bool, w int) []string {
	th := d.e.Theme
	switch {
	case x.Kind == KindBlock:
		if x.Draw == nil {
			return []string{""}
		}
		return x.Draw(d.e, w)
	case x.area != nil:
		return d.areaRows(x, on, w)
	case x.line != nil:
		return d.lineRow(x, on, w)
	case x.Kind == KindBool:
		box := "[ ] "
		if x.val.Text == Yes {
			box = "[x] "
		}
		text := box + d.e.T(map[bool]string{true: "yes", false: "no"}[x.val.Text == Yes])
		if on {
			return []string{th.Selected.S(text)}
		}
		return []string{text}
	case x.inline():
		return d.radio(x, on, w)
	}
	text := width.Cut(strings.ReplaceAll(d.f.text(x, x.value()), "\n", " "), w-4)
	switch {
	case x.Kind == KindShow:
		return width.Wrap(width.CleanLines(d.f.text(x, x.value())), w)
	case text == "":
		text = d.e.T("kit.none_chosen")
		if !on {
			return []string{th.Paint(Muted, text)}
		}
	}
	if on {
		return []string{th.Selected.S(text + "  v ")}
	}
	return []string{text}
}

func (d *formDraw) lineRow(x *field, on bool, w int) []string {
	note, n := "", w
	switch x.Kind {
	case KindDate:
		note, n = d.momentNote(x), min(w, 16)
	case KindMoney:
		n = min(w, 16)
	}
	if x.Limit > 0 && x.Limit < n {
		n = max(x.Limit+1, 12)
	}
	n = min(n, w)
	if on {
		d.cursor = &Pos{d.lw + 4 + x.line.Cursor(n), len(d.lines)}
	}
	s := d.e.Line(x.line, n, on)
	if note != "" {
		s += " " + d.e.Theme.Paint(Muted, width.Cut(note, max(0, w-n-1)))
	}
	return []string{s}
}

// momentNote says what a typed date means: its weekday, or all of it for "+3d".
func (d *formDraw) momentNote(x *field) string {
	m, err := x.moment(x.line.Value())
	if err != nil || m.Day == "" {
		return ""
	}
	t, err := time.Parse(time.DateOnly, m.Day)
	if err != nil {
		return ""
	}
	p := i18n.Printer{Lang: d.e.Lang}
	if strings.TrimSpace(x.line.Value()) == m.String() {
		return p.Weekday(t)
	}
	return strings.TrimSpace(p.DayWeekday(t) + " " + m.Clock)
}

func (d *formDraw) areaRows(x *field, on bool, w int) []string {
	n := x.Rows
	if n == 0 {
		n = 4
	}
	rows := strings.Split(x.area.View(w, n), "\n")
	if on {
		cx, cy := x.area.Cursor(w, n)
		d.cursor = &Pos{d.lw + 4 + cx, len(d.lines) + cy}
	}
	for i := range rows {
		rows[i] = d.e.Theme.Field.S(width.Fit(rows[i], w))
	}
	return rows
}

// radio draws a short choice in one row, or several where it does not fit.
func (d *formDraw) radio(x *field, on bool, w int) []string {
	var rows []string
	row, n := "", 0
	for _, o := range x.Options {
		t := "( ) " + width.Clean(o.Label)
		if o.Value == x.val.Text {
			t = "(o) " + width.Clean(o.Label)
		}
		t = width.Cut(t, w)
		if n > 0 && n+2+width.Of(t) > w {
			rows, row, n = append(rows, row), "", 0
		}
		if n > 0 {
			row, n = row+"  ", n+2
		}
		n += width.Of(t)
		if o.Value == x.val.Text && on {
			t = d.e.Theme.Selected.S(t)
		} else if o.Value == x.val.Text {
			t = d.e.Theme.Paint(Strong, t)
		}
		row += t
	}
	return append(rows, row)
}
