package kit

import (
	"sort"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cohort/app/fault"
	"cohort/app/ui/kit/width"
)

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
