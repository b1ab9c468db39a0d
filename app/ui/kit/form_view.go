package kit

import (
	"strings"
	"time"

	"cohort/app/fault"
	"cohort/app/ui/kit/width"
)

// View is Screen's.
func (f *Form) View(e Env, w, h int) View {
	if !f.ready {
		text := e.Theme.Paint(Muted, e.T("kit.loading"))
		if f.loadErr != nil {
			text = e.Theme.Paint(Bad, width.Cut(strings.ReplaceAll(e.Error(f.loadErr), "\n", " "), w-2))
		}
		return View{Lines: []string{"", " " + text}}
	}
	d := formDraw{f: f, e: e, w: w, lw: f.labelWidth(e, w), lines: []string{""}}
	d.head()
	for i, x := range f.fields {
		if x.step == f.step && f.shown(x) {
			d.field(x, i == f.at)
		}
	}
	return d.view(h)
}

func (f *Form) labelWidth(e Env, w int) int {
	n := 8
	for _, x := range f.fields {
		if x.step == f.step {
			n = max(n, width.Of(e.Label(x.label())))
		}
	}
	return min(n+1, w/3) // and a cell before the mark of a required one
}

// formDraw is a form while it is drawn.
type formDraw struct {
	f          *Form
	e          Env
	w, lw      int
	lines      []string
	cursor     *Pos
	from, upto int // lines of the focused field
}

func (d *formDraw) put(s string) { d.lines = append(d.lines, s) }

// head draws the steps, what is said on top, and errors of the whole form.
func (d *formDraw) head() {
	f, e := d.f, d.e
	if len(f.steps) > 1 {
		var b strings.Builder
		b.WriteString(" ")
		for i, s := range f.steps {
			t := ID(int64(i+1)) + " " + e.T(s.Name)
			switch {
			case i == f.step:
				b.WriteString(e.Theme.Paint(Strong, "["+t+"]"))
			default:
				b.WriteString(e.Theme.Paint(Muted, " "+t+" "))
			}
			if i < len(f.steps)-1 {
				b.WriteString(e.Theme.Paint(Muted, " > "))
			}
		}
		d.put(width.Head(b.String(), d.w))
		d.put("")
	}
	if intro := f.steps[f.step].Intro; intro != "" {
		for _, s := range width.Wrap(width.CleanLines(e.T(intro, f.steps[f.step].Args...)), min(d.w-2, 90)) {
			d.put(" " + e.Theme.Paint(Muted, s))
		}
		d.put("")
	}
	if f.err != nil {
		for _, s := range said(e.Printer, []any{f.err}, d.w-4) {
			d.put(" " + e.Theme.Paint(Bad, "! "+s))
		}
		d.put("")
	}
}

// field draws one field: label, value, and what is said below it.
func (d *formDraw) field(x *field, on bool) {
	if on {
		d.from = len(d.lines)
	}
	room := max(10, min(d.w-d.lw-6, 72))
	rows := d.value(x, on, room)
	for i, s := range rows {
		lead := width.Spaces(d.lw + 4)
		if i == 0 {
			lead = d.lead(x, on)
		}
		d.put(lead + s)
	}
	d.below(x, on)
	if on {
		d.upto = len(d.lines)
	}
}

func (d *formDraw) lead(x *field, on bool) string {
	th := d.e.Theme
	label := width.Fit(d.e.Label(x.label()), d.lw)
	mark, req := "  ", "  "
	if on {
		mark = th.Paint(Accent, "> ")
	}
	if x.Required {
		req = th.Paint(Accent, "* ")
	}
	switch {
	case x.err != nil:
		label = th.Paint(Bad, label)
	case on:
		label = th.Paint(Strong, label)
	default:
		label = th.Paint(Muted, label)
	}
	return mark + label + req
}

// below says what is wrong with a field, what a check found, or its help.
func (d *formDraw) below(x *field, on bool) {
	w := max(10, d.w-d.lw-5)
	say := func(t Tone, text string) {
		for _, s := range width.Wrap(width.CleanLines(text), w) {
			d.put(width.Spaces(d.lw+4) + d.e.Theme.Paint(t, s))
		}
	}
	switch {
	case x.err != nil:
		if ft, ok := fault.As(x.err); ok {
			say(Bad, "! "+d.e.FieldFault(ft))
		}
	case x.notice.Err != nil:
		tone := x.notice.Tone
		if tone == Plain {
			tone = Bad
		}
		text := d.e.Error(x.notice.Err)
		if ft, ok := fault.As(x.notice.Err); ok {
			text = d.e.FieldFault(ft)
		}
		say(tone, "! "+text)
	case x.notice.Text != "":
		say(x.notice.Tone, x.notice.Text)
	case on && x.Help != "":
		say(Muted, d.e.T(x.Help, x.HelpArgs...))
	}
	if a := x.notice.Action; a != nil && on && len(a.Keys) > 0 {
		d.put(width.Spaces(d.lw+4) + d.e.Theme.Key.S(KeyName(d.e.Printer, a.Keys[0])) + " " + a.Label(d.e.Printer))
	}
}

// view cuts the window around the focused field.
func (d *formDraw) view(h int) View {
	top := 0
	if len(d.lines) > h {
		top = max(0, min((d.from+d.upto-h)/2, len(d.lines)-h))
	}
	v := View{Lines: d.lines[top:min(len(d.lines), top+h)]}
	if d.cursor != nil && d.cursor.Y-top >= 0 && d.cursor.Y-top < h {
		v.Cursor = &Pos{d.cursor.X, d.cursor.Y - top}
	}
	switch {
	case d.f.saving:
		v.Status = d.e.T("kit.saving")
	case len(d.f.Changes()) > 0:
		v.Status = d.e.T("kit.unsaved")
	}
	return v
}

// text says a value in the reader's words.
func (f *Form) text(x *field, v Value) string {
	switch {
	case len(v.Chosen) > 0:
		var list []string
		for _, o := range v.Chosen {
			list = append(list, width.Clean(o.Label))
		}
		return strings.Join(list, f.env.T("list.comma"))
	case v.Label != "":
		return width.Clean(v.Label)
	}
	if i := indexOf(x.Options, v.Text); i >= 0 && v.Text != "" {
		return width.Clean(x.Options[i].Label)
	}
	return width.CleanLines(v.Text)
}

func (f *Form) now() time.Time {
	now := time.Now()
	if f.env.Now != nil {
		now = f.env.Now()
	}
	if f.env.Zone != nil {
		return now.In(f.env.Zone)
	}
	return now.UTC()
}
