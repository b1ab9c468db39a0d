package kit

import (
	"strings"

	"cohort/app/ui/kit/width"
)

// Column is one column of a list or table.
type Column struct {
	Key   string // stable; what sort:KEY names
	Name  string // message key of the heading
	Width int    // least cells; 0: 8
	Share int    // parts of the room left over; 0: stays at Width
	Max   int    // most cells when sharing; 0: no bound
	Right bool   // numbers
	// Drop is when the column goes where it is narrow: the highest first; 0
	// never goes.
	Drop int
	Sort bool // people may sort by it
	// Tell says that a cell which is left out or cut is written whole below the
	// list, for the highlighted row.
	Tell bool
	Tone Tone // of its cells
}

// fit lets columns whose cells would be cut have what the others do not need, so
// that all that fits into w cells is read whole. It is for lists and tables that
// are in memory to the end: the columns of longer ones would jump as one pages.
func fit(e Env, cols []Column, out []int, rows []Row, w int) {
	need := make([]int, len(cols))
	spare, lack := max(0, w-used(out)), 0
	for i, c := range cols {
		if out[i] == 0 {
			continue
		}
		need[i] = width.Of(e.Label(c.Name))
		if c.Sort {
			need[i] += 2
		}
		for _, r := range rows {
			need[i] = max(need[i], width.Of(r.cell(i)))
		}
		if d := need[i] - out[i]; d > 0 {
			lack += d
		} else {
			spare -= d
		}
	}
	if lack == 0 || spare == 0 {
		return
	}
	give := min(spare, lack)
	take := give - max(0, w-used(out))
	for i := range cols {
		if d := need[i] - out[i]; out[i] > 0 && d > 0 {
			n := give * d / lack
			out[i], give, lack = out[i]+n, give-n, lack-d
		}
	}
	for i := len(cols) - 1; i >= 0 && take > 0; i-- {
		if d := min(take, out[i]-need[i]); out[i] > 0 && d > 0 {
			out[i], take = out[i]-d, take-d
		}
	}
}

// layout gives each column its cells; 0 leaves it out. Columns stand two cells
// apart.
func layout(cols []Column, w int) []int {
	out := make([]int, len(cols))
	for i, c := range cols {
		out[i] = c.Width
		if out[i] == 0 {
			out[i] = 8
		}
	}
	for used(out) > w {
		worst := -1
		for i, c := range cols {
			if out[i] > 0 && c.Drop > 0 && (worst < 0 || c.Drop >= cols[worst].Drop) {
				worst = i
			}
		}
		if worst < 0 {
			squeeze(out, w)
			break
		}
		out[worst] = 0
	}
	share(cols, out, w)
	return out
}

// squeeze takes cells off the widest column until all fit.
func squeeze(out []int, w int) {
	for used(out) > w {
		widest := 0
		for i := range out {
			if out[i] > out[widest] {
				widest = i
			}
		}
		if out[widest] <= 1 {
			return
		}
		out[widest]--
	}
}

// share hands the room left over to the columns that want some.
func share(cols []Column, out []int, w int) {
	for {
		left, parts := w-used(out), 0
		for i, c := range cols {
			if out[i] > 0 && c.Share > 0 && (c.Max == 0 || out[i] < c.Max) {
				parts += c.Share
			}
		}
		if left <= 0 || parts == 0 {
			return
		}
		given := 0
		for i, c := range cols {
			if out[i] > 0 && c.Share > 0 && (c.Max == 0 || out[i] < c.Max) {
				n := max(1, left*c.Share/parts)
				if c.Max > 0 {
					n = min(n, c.Max-out[i])
				}
				n = min(n, left-given)
				out[i], given = out[i]+n, given+n
			}
		}
	}
}

func used(out []int) int {
	n := 0
	for _, w := range out {
		if w > 0 {
			n += w + 2
		}
	}
	return max(0, n-2)
}

// heading draws the titles; sorted is the query's sort term, such as "-created".
func heading(e Env, cols []Column, ws []int, sorted string, w int) string {
	var b strings.Builder
	n := 0
	for i, c := range cols {
		if ws[i] == 0 {
			continue
		}
		if n > 0 {
			b.WriteString("  ")
			n += 2
		}
		t := e.Label(c.Name)
		if sorted != "" && strings.TrimPrefix(sorted, "-") == c.Key {
			mark := " ^"
			if sorted[0] == '-' {
				mark = " v"
			}
			t = width.Cut(t, ws[i]-2) + mark
		}
		if c.Right {
			b.WriteString(width.FitLeft(t, ws[i]))
		} else {
			b.WriteString(width.Fit(t, ws[i]))
		}
		n += ws[i]
	}
	return b.String() + width.Spaces(w-n)
}

// rowText draws the cells of a row, w cells in all. plain leaves out the tones,
// for a row that is drawn in one style; else the words that were looked for are
// set off.
func rowText(e Env, cols []Column, ws []int, r Row, w int, plain bool, words ...string) string {
	var b strings.Builder
	n := 0
	for i := range cols {
		if ws[i] == 0 {
			continue
		}
		if n > 0 {
			b.WriteString("  ")
			n += 2
		}
		n += ws[i]
		if i >= len(r.Cells) {
			b.WriteString(width.Spaces(ws[i]))
			continue
		}
		t := fitCell(cols[i], r.Cells[i].Text, ws[i])
		if !plain {
			t = paintFound(e.Theme.Tone(toneOf(cols[i], r, r.Cells[i])), t, words)
		}
		b.WriteString(t)
	}
	b.WriteString(width.Spaces(w - n))
	return b.String()
}

func fitCell(c Column, text string, w int) string {
	if c.Right {
		return width.FitLeft(text, w)
	}
	return width.Fit(text, w)
}

func toneOf(c Column, r Row, x Cell) Tone {
	switch {
	case x.Tone != Plain:
		return x.Tone
	case r.Tone != Plain:
		return r.Tone
	}
	return c.Tone
}
