package kit

import (
	"sort"
	"strconv"
	"strings"
	"time"

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
	lines := width.Wrap(text, max(r.w-2, 1))
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

// note is the toast that is shown.
type note struct {
	n    int
	tone Tone
	what any // i18n.Word, error or string
}

type noteMsg struct{ n int }

// toast shows a message for a few seconds, an error for longer.
func (r *Root) toast(t Tone, what any) tea.Cmd {
	if err, ok := what.(error); ok && t == Bad {
		if f, is := fault.As(err); is && f.Kind != fault.Internal {
			t = Warn
		}
	}
	d := 4 * time.Second
	if t == Bad || t == Warn {
		d = 10 * time.Second
	}
	return r.toastFor(d, t, what)
}

func (r *Root) toastFor(d time.Duration, t Tone, what any) tea.Cmd {
	r.note = note{n: r.note.n + 1, tone: t, what: what}
	return r.after(d, noteMsg{r.note.n})
}

// Said gives the toast in the reader's words, for tests.
func (r *Root) Said() string {
	if r.note.what == nil {
		return ""
	}
	return width.CleanLines(r.o.Printer.Value(r.note.what))
}

var toastMarks = map[Tone]string{Good: "+ ", Warn: "! ", Bad: "! "}

// bottom writes the status line: a toast, or work that takes long, at its left,
// the screen's own status at its right. A long toast takes more lines, upwards.
func (r *Root) bottom(lines []string, status string) {
	last := len(lines) - 2
	status = width.Cut(status, r.w-2)
	room := r.w - width.Of(status) - 4
	text, tone := r.Said(), r.note.tone
	if j := r.slowest(); text == "" && j != nil {
		text, tone = r.progress(j), Accent
	}
	mark := toastMarks[tone]
	if !strings.Contains(text, "\n") && width.Of(mark+text) <= room {
		lines[last] = " " + r.o.Theme.Paint(tone, mark+text) + width.Spaces(room-width.Of(mark+text)+2) + r.o.Theme.Paint(Muted, status)
		return
	}
	rows := width.Wrap(text, r.w-2-len(mark))
	rows = rows[:min(len(rows), 4)]
	for i, s := range rows {
		lines[last+1-len(rows)+i] = " " + r.o.Theme.Paint(tone, mark+s)
		mark = width.Spaces(len(mark))
	}
}

type spinMsg struct{}

// blink is how long work may take before it is shown.
const blink = 200 * time.Millisecond

// spin keeps the spinner's tick while something is worked on.
func (r *Root) spin() tea.Cmd {
	if r.spinning {
		return nil
	}
	for j := range r.jobs {
		if !j.quiet {
			r.spinning = true
			if r.slowest() == nil {
				return r.after(blink, spinMsg{})
			}
			return r.after(120*time.Millisecond, spinMsg{})
		}
	}
	return nil
}

// slowest is the work that has been going on longest, if longer than a blink.
func (r *Root) slowest() *job {
	var old *job
	for j := range r.jobs {
		if !j.quiet && r.now().Sub(j.since) >= blink+j.wait && (old == nil || j.since.Before(old.since)) {
			old = j
		}
	}
	return old
}

func (r *Root) progress(j *job) string {
	label := j.label
	if label == "" {
		label = "kit.working"
	}
	text := string(`|/-\`[r.frame%4]) + " " + r.o.Printer.T(label)
	if n := j.total.Load(); n > 0 {
		text += " " + Progress(int(j.done.Load()), int(n), 20)
	}
	return text
}

// helpLine shows what works now, the most useful first, as far as it fits.
func (r *Root) helpLine() string {
	t := r.top()
	if t == nil || t.dialog {
		return "" // a dialog has its own in its box
	}
	list := merged(t.screen.Actions(), r.global(t, t.screen.Typing()))
	if r.menu.focused {
		list = r.menuActions()
	}
	return helpText(r.env(), list, r.w)
}

// pinned is the action that is in every help line, whatever has to go: where to
// look for the rest.
const pinned = "kit.keys"

func helpText(e Env, list []Action, w int) string {
	sort.SliceStable(list, func(i, k int) bool { return list[i].Weight > list[k].Weight })
	last, room := "", w-1
	for _, a := range list {
		if a.ID == pinned && len(a.Keys) > 0 {
			s, n := helpItem(e, a)
			last, room = "  "+s, room-n-2
		}
	}
	var parts []string
	used := 1
	for _, a := range list {
		if a.Weight < 0 || a.WhyNot != nil || len(a.Keys) == 0 || a.ID == pinned {
			continue
		}
		if s, n := helpItem(e, a); used+n <= room {
			parts = append(parts, s)
			used += n + 2
		}
	}
	return width.Head(" "+strings.Join(parts, "  ")+last, w)
}

// helpItem draws one action of a help line, and says its cells.
func helpItem(e Env, a Action) (string, int) {
	key, label, tone := KeyName(e.Printer, a.Keys[0]), a.Label(e.Printer), Muted
	if a.Danger {
		tone = Bad
	}
	return e.Theme.Key.S(key) + " " + e.Theme.Paint(tone, label), width.Of(key) + 1 + width.Of(label)
}

func i18nFault(key string, args ...any) error { return fault.New(fault.Conflict, key, args...) }
