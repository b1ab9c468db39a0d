package kit

import (
	"strings"

	"cohort/app/ui/kit/width"
)

// View is Screen's.
func (k *Picker) View(e Env, w, h int) View {
	w = min(w, 84)
	left := min(w, 60)
	if k.Many && w >= 70 {
		left = w/2 - 1
	}
	v := View{Cursor: &Pos{2 + k.line.Cursor(left-2), 0}}
	v.Lines = append(v.Lines, e.Theme.Paint(Accent, "> ")+e.Theme.Field.S(width.Fit(k.line.View(left-2, true), left-2)))
	rows := k.optionLines(e, left, max(1, h-1))
	if k.Many && w >= 70 {
		rows = k.beside(e, rows, left, w-left-3)
	}
	v.Lines = append(v.Lines, rows...)
	return v
}

// optionLines draws the options around the highlighted one, always as many as
// there is room for up to twelve, so that the box does not jump.
func (k *Picker) optionLines(e Env, w, h int) []string {
	h = min(h, 12)
	top := max(0, min(k.at-h/2, k.rows()-h))
	var out []string
	for i := top; i < k.rows() && len(out) < h; i++ {
		out = append(out, k.optionLine(e, i, w))
	}
	if len(k.shown) == 0 && len(out) < h {
		out = append(out, e.Theme.Paint(Muted, width.Fit("  "+k.nothing(e), w)))
	}
	want := min(h, max(len(k.Options), len(out), 1))
	if k.Search != nil {
		want = h
	}
	for len(out) < want {
		out = append(out, width.Spaces(w))
	}
	return out
}

func (k *Picker) nothing(e Env) string {
	switch {
	case k.err != nil:
		return strings.ReplaceAll(e.Error(k.err), "\n", " ")
	case k.asking:
		return e.T("kit.working")
	case k.Empty != "":
		return e.T(k.Empty)
	}
	return e.T("kit.nothing_found")
}

func (k *Picker) optionLine(e Env, i, w int) string {
	if i == len(k.shown) {
		text := width.Fit("  + "+e.T(k.NewLabel), w)
		if i == k.at {
			return e.Theme.Selected.S(text)
		}
		return e.Theme.Paint(Accent, text)
	}
	o := k.shown[i]
	lead := "  "
	if k.Many {
		lead = "[ ] "
		if indexOf(k.Chosen, o.Value) >= 0 {
			lead = "[x] "
		}
	}
	label := lead + width.Clean(o.Label)
	note := width.Cut(width.Clean(o.Note), max(0, w-width.Of(label)-2))
	label = width.Fit(label, w-width.Of(note)-1)
	switch {
	case i == k.at:
		return e.Theme.Selected.S(label + note + " ")
	case o.Off != nil:
		return e.Theme.Paint(Muted, label+note+" ")
	}
	return label + e.Theme.Paint(Muted, note) + " "
}

// beside puts the chosen options in a second pane.
func (k *Picker) beside(e Env, rows []string, left, w int) []string {
	edge := e.Theme.Paint(Muted, " | ")
	for i := range rows {
		s := ""
		switch {
		case i == 0:
			s = e.Theme.Paint(Muted, width.Fit(e.T("kit.chosen", "n", len(k.Chosen)), w))
		case i-1 < len(k.Chosen):
			s = width.Fit(width.Clean(k.Chosen[i-1].Label), w)
		}
		rows[i] = width.Pad(rows[i], left) + edge + s
	}
	return rows
}
