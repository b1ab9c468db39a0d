package kit

import (
	"slices"
	"strings"

	"cohort/app/i18n"
	"cohort/app/ui/kit/width"
)

// View is Screen's.
func (l *List) View(e Env, w, h int) View {
	v := View{Lines: make([]string, 0, h), Status: l.status(e)}
	l.queryView(e, w, &v)
	ws := l.widths(e, w)
	sorted, _ := Term(l.query, "sort")
	v.Lines = append(v.Lines, e.Theme.Paint(Strong, "  "+heading(e, l.Spec.Columns, ws, sorted, w-2)))
	foot := l.foot(e, w)
	room := max(1, h-len(v.Lines)-len(foot))
	if n := l.pageSize(); n > 0 {
		room = min(room, n)
	}
	top := max(0, min(max(l.top, l.at-room+1), len(l.rows)-1))
	room = max(1, room-len(l.rowErrors(e, w)))
	top = max(0, min(max(top, l.at-room+1), len(l.rows)-1))
	for i := top; i < len(l.rows) && i < top+room; i++ {
		if l.edit == nil || l.rows[i].ID != l.edit.id {
			v.Lines = append(v.Lines, l.rowLine(e, ws, i, w))
			continue
		}
		text, cursor := l.editLine(e, ws, l.rows[i], w)
		if cursor != nil {
			cursor.Y = len(v.Lines)
			v.Cursor = cursor
		}
		v.Lines = append(v.Lines, text)
		for _, s := range l.rowErrors(e, w) {
			v.Lines = append(v.Lines, "  "+e.Theme.Paint(Bad, s))
		}
	}
	if len(l.rows) == 0 {
		v.Lines = append(v.Lines, l.emptyLines(e, w)...)
	}
	for len(foot) > 0 && len(v.Lines) < h-len(foot) {
		v.Lines = append(v.Lines, "")
	}
	v.Lines = append(v.Lines, foot...)
	if len(v.Lines) > h {
		v.Lines = v.Lines[:h]
	}
	return v
}

// widths gives each column its cells. Where all rows are here, columns make room
// for one another.
func (l *List) widths(e Env, w int) []int {
	ws := layout(l.Spec.Columns, w-3)
	if !l.before && !l.behind {
		fit(e, l.Spec.Columns, ws, l.rows, w-3)
	}
	return ws
}

// foot tells of the highlighted row what its cells do not show whole: as many
// lines for each row as the longest one takes, two at most.
func (l *List) foot(e Env, w int) []string {
	i := slices.IndexFunc(l.Spec.Columns, func(c Column) bool { return c.Tell })
	if i < 0 || l.edit != nil || l.at >= len(l.rows) {
		return nil // most lists tell nothing: their widths are not asked for at every key
	}
	const most = 2
	ws, lines := l.widths(e, w), 0
	for _, r := range l.rows {
		if text := r.cell(i); width.Of(text) > ws[i] && lines < most {
			lines = max(lines, min(most, len(width.Wrap(text, max(20, w-4)))))
		}
	}
	if lines == 0 {
		return nil
	}
	out := make([]string, lines+1)
	if text := l.rows[l.at].cell(i); width.Of(text) > ws[i] {
		for y, t := range width.Wrap(capital(text), max(20, w-4)) {
			if y < lines {
				out[y+1] = "  " + e.Theme.Paint(Muted, t)
			}
		}
	}
	return out
}

func (l *List) rowLine(e Env, ws []int, i, w int) string {
	r := l.rows[i]
	mark := "  "
	if l.marked[r.ID] {
		mark = "* "
	}
	switch {
	case i == l.at && l.line == nil:
		return paintFound(e.Theme.Selected, mark+rowText(e, l.Spec.Columns, ws, r, w-2, true), l.words)
	case l.marked[r.ID]:
		return paintFound(e.Theme.Marked, mark+rowText(e, l.Spec.Columns, ws, r, w-2, true), l.words)
	}
	return mark + rowText(e, l.Spec.Columns, ws, r, w-2, false, l.words...)
}

// queryView draws the query, as it is typed or as it stands, and what is wrong
// with it.
func (l *List) queryView(e Env, w int, v *View) {
	label := " " + e.T("kit.search") + " "
	lw := width.Of(label)
	switch {
	case l.line != nil:
		n := max(1, w-lw-1)
		v.Cursor = &Pos{lw + l.line.Cursor(n), 0}
		v.Lines = append(v.Lines, e.Theme.Paint(Accent, label)+e.Line(l.line, n, true))
	case l.query != "":
		v.Lines = append(v.Lines, e.Theme.Paint(Muted, label)+chips(e, width.Cut(width.Clean(l.query), w-lw)))
	}
	if l.err != nil {
		for _, s := range said(e.Printer, []any{l.err}, max(20, w-2)) {
			v.Lines = append(v.Lines, " "+e.Theme.Paint(Bad, s))
		}
	}
}

// chips draws a query as it is typed, its conditions set off from words and
// order.
func chips(e Env, query string) string {
	var out []string
	for _, p := range pieces(query) {
		field, value, ok := strings.Cut(p, ":")
		switch {
		case !ok:
			out = append(out, e.Theme.Paint(Strong, p))
		case field == "sort":
			out = append(out, e.Theme.Paint(Muted, p))
		default:
			out = append(out, e.Theme.Paint(Accent, field+":")+e.Theme.Tone(Accent).And("1").S(value))
		}
	}
	return strings.Join(out, " ")
}

// emptyLines says why nothing is shown, and what to do next.
func (l *List) emptyLines(e Env, w int) []string {
	var text, why string
	if l.sent != "" && l.Spec.NoneOf != nil {
		why = l.Spec.NoneOf(plainWords(l.sent))
	}
	switch {
	case !l.loaded && l.err == nil:
		text = e.T("kit.loading")
	case l.err != nil:
		return nil
	case why != "":
		text = e.T(why)
	case l.sent != "" && l.Spec.None != "":
		text = e.T(l.Spec.None)
	case l.sent != "":
		text = e.T("kit.list.none_match")
	case l.Spec.Empty != "":
		text = e.T(l.Spec.Empty, l.Spec.EmptyArgs...)
	default:
		text = e.T("kit.list.empty")
	}
	out := []string{""}
	for _, s := range width.Wrap(width.CleanLines(capital(text)), max(10, w-4)) {
		out = append(out, "  "+e.Theme.Paint(Muted, s))
	}
	return out
}

// status says where one is: "1-21 of 214", "of 10,000+".
func (l *List) status(e Env) string {
	if !l.loaded || len(l.rows) == 0 {
		return ""
	}
	var parts []string
	if n := len(l.marked); n > 0 {
		parts = append(parts, e.T("kit.list.marked", "n", n))
	}
	shown := min(l.room(), len(l.rows)-l.top)
	total := i18n.Group(uint64(max(0, l.total)))
	if l.capped {
		total += "+"
	}
	switch {
	case l.offset >= 0 && l.total >= 0:
		from := l.offset + l.top + 1
		parts = append(parts, e.T("kit.list.of", "from", i18n.Group(uint64(from)), "to", i18n.Group(uint64(from+shown-1)), "total", total))
	case l.total >= 0:
		parts = append(parts, e.T("kit.list.total", "total", total))
	case l.offset >= 0:
		from := l.offset + l.top + 1
		parts = append(parts, i18n.Group(uint64(from))+"-"+i18n.Group(uint64(from+shown-1)))
	}
	return strings.Join(parts, "  ")
}
