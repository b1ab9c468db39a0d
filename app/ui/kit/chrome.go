package kit

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cohort/app/fault"
	"cohort/app/ui/kit/line"
	"cohort/app/ui/kit/width"
)

// chrome is the lines around a screen: place, status, help.
const chrome = 3

// The smallest window that is drawn in.
const (
	MinW = 60
	MinH = 15
)

// View is bubbletea's.
func (r *Root) View() tea.View {
	v := tea.View{AltScreen: true, WindowTitle: r.windowTitle()}
	r.pics = nil
	switch {
	case r.bye != "":
		v.Content = r.plain(r.bye)
	case r.w < MinW || r.h < MinH:
		v.Content = r.plain(r.o.Printer.T("kit.too_small", "w", MinW, "h", MinH, "have", strconv.Itoa(r.w)+"x"+strconv.Itoa(r.h)))
	default:
		lines, cursor := r.draw()
		v.Content = strings.Join(lines, "\n")
		if cursor != nil {
			v.Cursor = tea.NewCursor(cursor.X, cursor.Y)
		}
	}
	return v
}

// Pictures gives the pictures of the last View.
func (r *Root) Pictures() []line.Picture { return r.pics }

// plain is a text alone on the window.
func (r *Root) plain(text string) string {
	lines := width.Wrap(width.CleanLines(text), max(r.w-2, 1))
	if n := r.h; len(lines) > n {
		lines = lines[:max(n, 0)]
	}
	for i := range lines {
		lines[i] = width.Head(" "+lines[i], r.w)
	}
	return strings.Join(append(blankLines(max(0, (r.h-len(lines))/3)), lines...), "\n")
}

func blankLines(n int) []string { return make([]string, n) }

func (r *Root) windowTitle() string {
	if t := r.top(); t != nil && !t.dialog {
		return r.o.Name + " - " + width.Clean(t.screen.Title(r.o.Printer))
	}
	return r.o.Name
}

// draw puts the window together: exactly h lines.
func (r *Root) draw() ([]string, *Pos) {
	body, cursor, status := r.body()
	lines := make([]string, 0, r.h)
	lines = append(lines, r.placeLine())
	lines = append(lines, body...)
	lines = append(lines, "", r.helpLine())
	r.bottom(lines, status)
	return lines, cursor
}

// body draws the topmost screen, the menu beside it and the dialogs over it.
func (r *Root) body() ([]string, *Pos, string) {
	h := r.h - chrome
	under := 0
	for i, l := range r.stack {
		if !l.dialog {
			under = i
		}
	}
	if len(r.stack) == 0 {
		return blankLines(h), nil, ""
	}
	mw := r.menuWidth()
	v := r.stack[under].screen.View(r.env(), r.w-mw, h)
	body := fill(v.Lines, r.w-mw, h)
	if mw > 0 {
		for i, m := range r.menuLines(h) {
			body[i] = m + body[i]
		}
	}
	cursor := move(v.Cursor, mw, 1)
	dialogs := r.stack[under+1:]
	if len(dialogs) == 0 {
		r.pics = shift(v.Pictures, mw, 1)
	} else {
		cursor = nil
	}
	for _, d := range dialogs {
		cursor = r.overlay(body, d)
	}
	if r.menu.focused {
		cursor = nil
	}
	return body, cursor, v.Status
}

// fill cuts lines to w cells and makes them exactly h.
func fill(lines []string, w, h int) []string {
	out := make([]string, h)
	for i := range min(len(lines), h) {
		out[i] = width.Head(lines[i], w)
	}
	return out
}

func move(p *Pos, x, y int) *Pos {
	if p == nil {
		return nil
	}
	return &Pos{p.X + x, p.Y + y}
}

func shift(list []line.Picture, x, y int) []line.Picture {
	out := make([]line.Picture, len(list))
	for i, p := range list {
		p.X, p.Y = p.X+x, p.Y+y
		out[i] = p
	}
	return out
}

// placeLine says where one is, who one is and what waits.
func (r *Root) placeLine() string {
	p, th := r.o.Printer, r.o.Theme
	right := width.Clean(r.o.Person)
	badge := ""
	if r.unread > 0 && r.o.UnreadKey != "" {
		badge = p.T(r.o.UnreadKey, "n", r.unread)
	}
	rw := width.Of(right) + width.Of(badge) + 2
	if badge != "" && right != "" {
		rw += 2
	}
	crumbs, cw := r.crumbs(max(r.w-rw-2, 10))
	u := Style("4")
	end := u.S(width.Spaces(r.w - cw - rw))
	if badge != "" {
		end += th.Tone(Accent).And("1;4").S(badge)
		if right != "" {
			end += u.S("  ")
		}
	}
	return width.Head(crumbs+end+u.S(right+"  "), r.w)
}

// crumbs is the way to here: "Cohort > Customers > 王小明" in at most w cells; the
// beginning gives way first.
func (r *Root) crumbs(w int) (string, int) {
	var names []string
	if r.o.Name != "" {
		names = append(names, r.o.Name)
	}
	for _, l := range r.stack {
		if !l.dialog {
			names = append(names, width.Clean(l.screen.Title(r.o.Printer)))
		}
	}
	if len(names) == 0 {
		return Style("4").S(" "), 1
	}
	last := width.Cut(names[len(names)-1], w-1)
	used := 1 + width.Of(last)
	head := ""
	for i := len(names) - 2; i >= 0; i-- {
		n := width.Of(names[i]) + 3
		if used+n > w {
			break
		}
		head, used = names[i]+" > "+head, used+n
	}
	return Style("4").S(" "+head) + Style("1;4").S(last), used
}

func i18nFault(key string, args ...any) error { return fault.New(fault.Conflict, key, args...) }
