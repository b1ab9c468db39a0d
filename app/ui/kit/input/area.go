package input

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"cohort/app/ui/kit/width"
)

// Area is a field for several lines of text, wrapped at words and between Chinese characters.
type Area struct {
	text
	top  int // the first row shown
	goal int // the cell that up and down aim at; -1: the cursor's own
	w, h int // cells of the last View or Cursor

	rows    []row // the text in rows of w cells
	wrapped int   // w of rows; 0: to be wrapped again
}

// row is a row on the screen: runes[from:to], without the line break. The next row begins at next.
type row struct{ from, to, next int }

// NewArea returns an empty field for at most limit characters.
func NewArea(limit int) *Area {
	return &Area{text: text{limit: limit, lines: true}, goal: -1, w: 80, h: 24}
}

// Set replaces the text and puts the cursor at its end.
func (a *Area) Set(s string) {
	a.text.Set(s)
	a.wrapped, a.goal, a.top = 0, -1, 0
}

// Update takes a key or a paste and says whether the text changed. Enter breaks the line.
func (a *Area) Update(msg tea.Msg) (changed bool) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.Keystroke() {
		case "up", "ctrl+p":
			a.vertical(-1)
			return false
		case "down", "ctrl+n":
			a.vertical(1)
			return false
		case "pgup":
			a.vertical(-max(a.h-1, 1))
			return false
		case "pgdown":
			a.vertical(max(a.h-1, 1))
			return false
		case "enter", "ctrl+j", "shift+enter", "alt+enter":
			msg = tea.PasteMsg{Content: "\n"}
		}
	}
	changed, mine := a.edit(msg)
	if mine {
		a.goal = -1
	}
	if changed {
		a.wrapped = 0
	}
	return changed
}

// AtTop and AtBottom say whether the cursor is on the first or last row: up or down would leave the field.
func (a *Area) AtTop() bool { a.wrap(a.w); return a.rowOf(a.pos) == 0 }

// AtBottom: see AtTop.
func (a *Area) AtBottom() bool { a.wrap(a.w); return a.rowOf(a.pos) == len(a.rows)-1 }

// View returns h rows of exactly w cells around the cursor; one that is not focused keeps its place.
func (a *Area) View(w, h int) string {
	a.layout(w, h)
	var b strings.Builder
	for y := range h {
		if y > 0 {
			b.WriteByte('\n')
		}
		used := 0
		if n := a.top + y; n < len(a.rows) {
			for _, r := range a.runes[a.rows[n].from:a.rows[n].to] {
				if used+width.Rune(r) > w {
					break
				}
				b.WriteRune(r)
				used += width.Rune(r)
			}
		}
		b.WriteString(width.Spaces(w - used))
	}
	return b.String()
}

// Cursor returns the cell of the cursor within a View of w × h cells, from 0.
func (a *Area) Cursor(w, h int) (x, y int) {
	a.layout(w, h)
	n := a.rowOf(a.pos)
	return min(a.column(n), max(w-1, 0)), n - a.top
}

// layout wraps the text and scrolls to the cursor.
func (a *Area) layout(w, h int) {
	a.w, a.h = w, max(h, 1)
	a.wrap(w)
	n := a.rowOf(a.pos)
	a.top = max(min(a.top, n, len(a.rows)-a.h), n-a.h+1, 0)
}

// wrap cuts the text into rows. The last cell of a row is the cursor's.
func (a *Area) wrap(w int) {
	if a.wrapped == w && w > 0 {
		return
	}
	a.rows, a.wrapped = a.rows[:0], w
	for at := 0; ; {
		end := at
		for end < len(a.runes) && a.runes[end] != '\n' {
			end++
		}
		a.wrapLine(at, end, max(w-1, 1))
		if end == len(a.runes) {
			return
		}
		a.rows[len(a.rows)-1].next = end + 1
		at = end + 1
	}
}

func (a *Area) wrapLine(from, to, w int) {
	for {
		n := breakAt(a.runes[from:to], w)
		a.rows = append(a.rows, row{from, from + n, from + n})
		if from += n; from >= to {
			return
		}
	}
}

// breakAt returns how many runes belong on a row of w cells.
func breakAt(runes []rune, w int) int {
	end, used := 0, 0 // as many as fit, and one: the rest of the line does not matter
	for end < len(runes) && used <= w {
		used += width.Rune(runes[end])
		end++
	}
	if used <= w {
		return end
	}
	for end < len(runes) && runes[end] == ' ' {
		end++
	}
	head := string(runes[:min(end+1, len(runes))])
	return utf8.RuneCountInString(head[:width.Break(head, w)])
}

// rowOf returns the row in which position i is drawn.
func (a *Area) rowOf(i int) int {
	lo, hi := 0, len(a.rows)-1
	for lo < hi {
		if mid := (lo + hi + 1) / 2; a.rows[mid].from <= i {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return lo
}

// column returns the cursor's cell in row n.
func (a *Area) column(n int) int { return cells(a.runes[a.rows[n].from:a.pos]) }

// vertical moves the cursor by d rows, towards the cell where the movement began.
func (a *Area) vertical(d int) {
	a.wrap(a.w)
	n := a.rowOf(a.pos)
	if a.goal < 0 {
		a.goal = a.column(n)
	}
	r := a.rows[min(max(n+d, 0), len(a.rows)-1)]
	last := r.to
	if r.next == r.to && r.to < len(a.runes) { // the end of this row is the beginning of the next
		last = a.before(r.to)
	}
	i, used := r.from, 0
	for i < last && used+width.Rune(a.runes[i]) <= a.goal {
		used += width.Rune(a.runes[i])
		i++
	}
	a.pos = i
}
