package kit

import (
	"strings"

	"cohort/app/i18n"
	"cohort/app/ui/kit/width"
)

// overlay draws a dialog over the body and says where its cursor is.
func (r *Root) overlay(body []string, l *layer) *Pos {
	e := r.env()
	w, h := r.room(l)
	v := l.screen.View(e, w, h)
	inner := width.Of(l.screen.Title(e.Printer)) + 4
	shown, cursor := v.Lines, v.Cursor
	if len(shown) > h {
		from := 0
		if cursor != nil && cursor.Y >= h { // where one types is at the end of what is asked
			from, cursor = len(shown)-h, move(cursor, 0, h-len(shown))
		}
		shown = shown[from : from+h]
	}
	lines := append(append(make([]string, 0, h+2), shown...), "")
	for _, s := range lines {
		inner = max(inner, width.Of(s))
	}
	inner = min(max(inner, min(44, w)), w)
	lines = append(lines, r.dialogHelp(l, inner))
	n := len(lines)
	x, y := (r.w-inner-4)/2, max(0, (len(body)-n-2)/3)
	tone := Muted
	if d, ok := l.screen.(interface{ Dangerous() bool }); ok && d.Dangerous() {
		tone = Bad
	}
	edge := e.Theme.Paint(tone, "|")
	put := func(row int, s string) {
		if row < len(body) {
			under := Strip(body[row])
			left, right := slice(under, 0, x), slice(under, x+inner+4, r.w)
			body[row] = e.Theme.Paint(Muted, left) + s + e.Theme.Paint(Muted, right)
		}
	}
	put(y, boxTop(e, tone, width.Clean(l.screen.Title(e.Printer)), inner))
	for i := range n {
		put(y+1+i, edge+" "+width.Fit(lines[i], inner)+" "+edge)
	}
	put(y+1+n, e.Theme.Paint(tone, "+"+strings.Repeat("-", inner+2)+"+"))
	for i := range body {
		if i < y || i > y+1+n {
			body[i] = e.Theme.Paint(Muted, Strip(body[i]))
		}
	}
	return move(cursor, x+2, y+2)
}

// dialogHelp is the last line in a dialog's box: what can be done.
func (r *Root) dialogHelp(l *layer, w int) string {
	list := merged(l.screen.Actions(), r.global(l, l.screen.Typing()))
	return strings.TrimPrefix(helpText(r.env(), list, w+1), " ")
}

func boxTop(e Env, tone Tone, title string, inner int) string {
	title = width.Cut(title, inner-2)
	rest := strings.Repeat("-", max(0, inner-2-width.Of(title)+1))
	return e.Theme.Paint(tone, "+- ") + e.Theme.Paint(Strong, title) + e.Theme.Paint(tone, " "+rest+"+")
}

// slice gives the cells from a to b of a plain text, exactly b-a of them: a wide
// character that lies half outside is blank.
func slice(s string, a, b int) string {
	var out strings.Builder
	at := 0
	for _, c := range s {
		n := width.Rune(c)
		switch {
		case at >= b:
		case at >= a && at+n <= b:
			out.WriteRune(c)
		case at < b && at+n > a:
			out.WriteString(width.Spaces(min(b, at+n) - max(a, at)))
		}
		at += n
	}
	return out.String() + width.Spaces(b-max(at, a))
}

// Strip takes the escape sequences out of a drawn line.
func Strip(s string) string {
	if !strings.Contains(s, "\x1b") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] == 0x1b {
			i += width.Escape(s[i:])
			continue
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

// said prints the parts of a dialog's text, wrapped.
func said(p i18n.Printer, parts []any, w int) []string {
	var out []string
	for i, x := range parts {
		if i > 0 {
			out = append(out, "")
		}
		out = append(out, width.Wrap(width.CleanLines(p.Value(x)), w)...)
	}
	return out
}
