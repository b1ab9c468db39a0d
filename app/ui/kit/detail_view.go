package kit

import (
	"strings"

	"cohort/app/ui/kit/line"
	"cohort/app/ui/kit/width"
)

// drawnLine is one line of a page, of one piece or two beside each other.
type drawnLine struct{ left, right string }

// spot is a piece of the page that can be opened.
type spot struct {
	line  int
	right bool // the second piece of the line
	open  func() Cmd
}

// View is Screen's.
func (d *Detail) View(e Env, w, h int) View {
	v := View{}
	if !d.loaded {
		text := e.Theme.Paint(Muted, e.T("kit.loading"))
		if d.err != nil {
			text = e.Theme.Paint(Bad, width.Cut(strings.ReplaceAll(e.Error(d.err), "\n", " "), w-2))
		}
		v.Lines = []string{"", " " + text}
		return v
	}
	top := max(0, min(d.top, len(d.lines)-h))
	for i := top; i < len(d.lines) && i < top+h; i++ {
		v.Lines = append(v.Lines, d.line(e, i, w))
	}
	for _, p := range d.pics {
		p.Y -= top
		if p.Y >= 0 && p.Y+p.H <= h {
			v.Pictures = append(v.Pictures, p)
		}
	}
	if len(d.lines) > h {
		v.Status = e.T("kit.percent", "n", min(100, (top+h)*100/len(d.lines)))
	}
	return v
}

// line draws one line, with the chosen spot marked.
func (d *Detail) line(e Env, i, w int) string {
	x := d.lines[i]
	if d.at < 0 || d.at >= len(d.spots) || d.spots[d.at].line != i {
		return x.left + x.right
	}
	switch {
	case d.spots[d.at].right:
		x.right = e.Theme.Selected.S(width.Fit(Strip(x.right), max(0, w-width.Of(x.left))))
	case x.right != "":
		x.left = e.Theme.Selected.S(Strip(x.left))
	default:
		x.left = e.Theme.Selected.S(width.Fit(Strip(x.left), w))
	}
	return x.left + x.right
}

// layout draws the whole page once; View only shows a part of it.
func (d *Detail) layout() {
	if d.w == 0 || !d.loaded {
		return
	}
	d.lines, d.pics, d.spots, d.heads = nil, nil, nil, nil
	for _, s := range d.page.Sections {
		d.section(s)
	}
	if d.at = min(d.at, len(d.spots)-1); d.at < 0 && len(d.spots) > 0 {
		d.at = 0
	}
	d.top = max(0, min(d.top, len(d.lines)-d.h))
}

func (d *Detail) put(text string, open func() Cmd) {
	if open != nil {
		d.spots = append(d.spots, spot{line: len(d.lines), open: open})
	}
	d.lines = append(d.lines, drawnLine{left: text})
}

// beside puts two pairs on one line.
func (d *Detail) beside(a, b Pair, lw int) {
	half := d.across() / 2
	for _, s := range []spot{{len(d.lines), false, a.Open}, {len(d.lines), true, b.Open}} {
		if s.open != nil {
			d.spots = append(d.spots, s)
		}
	}
	d.lines = append(d.lines, drawnLine{width.Pad(d.pair(a, lw, half), half), d.pair(b, lw, d.across()-half)})
}

// section draws one section with its heading.
func (d *Detail) section(s Section) {
	if len(d.lines) > 0 {
		d.put("", nil)
	}
	if s.Name != "" {
		d.heads = append(d.heads, len(d.lines))
		t := d.env.Label(s.Name, s.Args...)
		if len(s.Args) == 0 { // else it may begin with a name
			t = capital(t)
		}
		t = " " + t
		d.put(d.env.Theme.Head.S(width.Fit(t, d.w)), nil)
	}
	n := len(d.lines)
	d.pairs(s.Pairs)
	d.text(s.Text)
	if s.Markdown != "" {
		for _, t := range Markdown(d.env, s.Markdown, min(d.w-4, 100)) {
			d.put("  "+t, nil)
		}
	}
	d.table(s.Table)
	for _, m := range s.Timeline {
		d.moment(m)
	}
	d.drawn(s.Draw)
	if len(d.lines) == n && s.Empty != "" {
		for _, t := range width.Wrap(capital(d.env.T(s.Empty)), max(10, d.w-4)) {
			d.put("  "+d.env.Theme.Paint(Muted, t), nil)
		}
	}
}

func (d *Detail) text(s string) {
	if s == "" {
		return
	}
	for _, t := range width.Wrap(width.CleanLines(s), max(10, min(d.w-4, 100))) {
		d.put("  "+t, nil)
	}
}

func (d *Detail) drawn(draw func(e Env, w int) Drawn) {
	if draw == nil {
		return
	}
	x := draw(d.env, d.w)
	for _, p := range x.Pictures {
		p.Y += len(d.lines)
		d.pics = append(d.pics, p)
	}
	for _, t := range x.Lines {
		d.put(t, nil)
	}
}

// pairs draws labels and values, in two columns where there is room.
func (d *Detail) pairs(list []Pair) {
	lw := 0
	for _, p := range list {
		lw = max(lw, width.Of(d.env.Label(p.Name)))
	}
	lw = min(lw, 24)
	cols := 1
	if d.across() >= 64 {
		cols = 2
	}
	for i := 0; i < len(list); {
		if cols == 2 && i+1 < len(list) && d.half(list[i], lw) && d.half(list[i+1], lw) {
			d.beside(list[i], list[i+1], lw)
			i += 2
			continue
		}
		d.whole(list[i], lw)
		i++
	}
}

// half says whether a pair fits half the width.
func (d *Detail) half(p Pair, lw int) bool {
	return !p.Wide && width.Of(p.Value) <= d.across()/2-lw-5 && !strings.Contains(p.Value, "\n")
}

func (d *Detail) pair(p Pair, lw, w int) string {
	v := width.Cut(width.Clean(p.Value), w-lw-4)
	return "  " + d.env.Theme.Paint(Muted, width.Fit(d.env.Label(p.Name), lw)) + "  " + line.Link(p.Link, d.env.Theme.Paint(p.Tone, v))
}

// whole draws a pair over the whole width, wrapped.
func (d *Detail) whole(p Pair, lw int) {
	label := width.Fit(d.env.Label(p.Name), lw)
	for i, t := range width.Wrap(width.CleanLines(p.Value), max(8, d.across()-lw-5)) {
		if i > 0 {
			label = width.Spaces(lw)
		}
		s := "  " + d.env.Theme.Paint(Muted, label) + "  " + line.Link(p.Link, d.env.Theme.Paint(p.Tone, t))
		if i > 0 {
			d.put(s, nil)
			continue
		}
		d.put(s, p.Open)
	}
}

// across is how wide labels and values are set: on a very wide window a value
// stays near its label.
func (d *Detail) across() int { return min(d.w, 124) }

// table draws a related list.
func (d *Detail) table(t *Table) {
	if t == nil || len(t.Rows) == 0 {
		return
	}
	ws := layout(t.Columns, d.w-3)
	fit(d.env, t.Columns, ws, t.Rows, d.w-3)
	d.put("  "+d.env.Theme.Paint(Muted, heading(d.env, t.Columns, ws, "", d.w-3)), nil)
	for _, r := range t.Rows {
		var open func() Cmd
		if t.Open != nil {
			open = func() Cmd { return t.Open(r) }
		}
		clean([]Row{r})
		d.put("  "+rowText(d.env, t.Columns, ws, r, d.w-3, false), open)
	}
}

// moment draws an entry of a timeline: a line who and when, then what.
func (d *Detail) moment(m Moment) {
	th := d.env.Theme
	head := "  " + th.Paint(Muted, width.Clean(m.When)) + "  " + th.Paint(Strong, width.Clean(m.Who))
	if m.Head != "" {
		head += "  " + th.Paint(m.Tone, width.Clean(m.Head))
	}
	d.put(width.Cut(head, d.w), m.Open)
	if m.Body == "" {
		return
	}
	for _, t := range width.Wrap(width.CleanLines(m.Body), max(10, min(d.w-6, 100))) {
		d.put("    "+t, nil)
	}
}

var _ line.Picture
