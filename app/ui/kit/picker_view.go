package kit

import (
	"strconv"
	"strings"

	"cohort/app/ui/kit/width"
)

// twoPanes is how wide a dialog must be to show both panes of several.
const twoPanes = 60

// View is Screen's.
func (k *Picker) View(e Env, w, h int) View {
	w = min(w, 84)
	left := min(w, 60)
	both := k.Many && w >= twoPanes
	if both {
		left = w/2 - 1
	}
	v := View{}
	count := ""
	if k.Many && !both {
		count = "  " + e.T("kit.chosen", "n", len(k.Chosen))
	}
	typed := left - 2 - width.Of(count)
	if !k.right {
		v.Cursor = &Pos{2 + k.line.Cursor(typed), 0}
	}
	v.Lines = append(v.Lines, e.Theme.Paint(Accent, "> ")+e.Line(k.line, typed, true)+e.Theme.Paint(Muted, count))
	switch {
	case both:
		v.Lines = append(v.Lines, k.beside(e, k.optionLines(e, left, max(1, h-1)), left, w-left-3)...)
	case k.right:
		v.Lines = append(v.Lines, k.chosenLines(e, left, min(max(1, h-1), 12))...)
	default:
		v.Lines = append(v.Lines, k.optionLines(e, left, max(1, h-1))...)
	}
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
		text := width.Fit("  + "+e.T(k.NewLabel, k.NewArgs...), w)
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
	case i == k.at && !k.right:
		return e.Theme.Selected.S(label + note + " ")
	case o.Off != nil:
		return e.Theme.Paint(Muted, label+note+" ")
	}
	return label + e.Theme.Paint(Muted, note) + " "
}

// beside puts the chosen options in a second pane.
func (k *Picker) beside(e Env, rows []string, left, w int) []string {
	edge := e.Theme.Paint(Muted, " | ")
	chosen := k.chosenLines(e, w, len(rows))
	for i := range rows {
		s := ""
		if i < len(chosen) {
			s = chosen[i]
		}
		rows[i] = width.Pad(rows[i], left) + edge + s
	}
	return rows
}

// chosenLines draws how many are chosen, and those around the highlighted one.
func (k *Picker) chosenLines(e Env, w, h int) []string {
	head := e.T("kit.chosen", "n", len(k.Chosen))
	out := []string{e.Theme.Paint(Muted, width.Fit(head, w))}
	room := max(1, h-1)
	top := 0
	if k.right {
		top = max(0, min(k.picked-room/2, len(k.Chosen)-room))
	}
	for i := top; i < len(k.Chosen) && len(out) <= room; i++ {
		text := "  " + width.Clean(k.Chosen[i].Label)
		if k.Ordered {
			text = width.FitLeft(strconv.Itoa(i+1), 3) + text[1:]
		}
		text = width.Fit(text, w)
		if k.right && i == k.picked {
			text = e.Theme.Selected.S(text)
		}
		out = append(out, text)
	}
	if rest := len(k.Chosen) - top - room; rest > 0 {
		out[len(out)-1] = e.Theme.Paint(Muted, width.Fit("  "+e.T("kit.pane.more", "n", rest+1), w))
	}
	return out
}
