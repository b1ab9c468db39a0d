package ui

import (
	"strconv"
	"strings"

	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/width"
)

// The widths of the matrix: the record's name, and a role's cell with a blank on
// either side.
const (
	recordsWidth = 16
	roleWidth    = 11
)

// below are the lines under the table: what is under the mark, and the legend.
const below = 5

// rows is how many records are in sight.
func (m *matrixScreen) rows() int { return max(1, m.h-1-below) }

// across is how many roles are in sight.
func (m *matrixScreen) across() int { return max(1, (m.w-recordsWidth-2)/roleWidth) }

// follow keeps the mark in sight.
func (m *matrixScreen) follow() {
	m.top = max(0, min(m.top, m.row, max(0, len(m.records)-m.rows())))
	m.top = max(m.top, m.row-m.rows()+1)
	m.left = max(0, min(m.left, m.col))
	m.left = max(m.left, m.col-m.across()+1)
}

// View is kit.Screen's.
func (m *matrixScreen) View(e kit.Env, w, h int) kit.View {
	if !m.loaded || len(m.pages) == 0 {
		text := e.Theme.Paint(kit.Muted, e.T("kit.loading"))
		if m.err != nil {
			text = e.Theme.Paint(kit.Bad, width.Cut(strings.ReplaceAll(e.Error(m.err), "\n", " "), w-2))
		}
		return kit.View{Lines: []string{"", " " + text}}
	}
	v := kit.View{Lines: []string{m.head(e, w)}}
	for i := m.top; i < min(len(m.records), m.top+m.rows()); i++ {
		v.Lines = append(v.Lines, m.line(e, i, w))
	}
	for len(v.Lines) < 1+m.rows() {
		v.Lines = append(v.Lines, "")
	}
	v.Lines = append(v.Lines, "")
	v.Lines = append(v.Lines, m.foot(e, w)...)
	v.Status = e.T("ui.matrix.where", "role", m.col+1, "roles", len(m.pages), "record", m.row+1, "records", len(m.records))
	return v
}

func (m *matrixScreen) inSight() []draft {
	return m.pages[m.left:min(len(m.pages), m.left+m.across())]
}

func (m *matrixScreen) head(e kit.Env, w int) string {
	s := " " + width.Fit(e.T("field.resource"), recordsWidth)
	for i, x := range m.inSight() {
		name := m.d.roleTitle(x.Role)
		if x.changed() {
			name = "!" + name
		}
		if m.left+i == m.col {
			name = ">" + name
		}
		s += width.Fit(name, roleWidth-1) + " "
	}
	return e.Theme.Head.S(width.Fit(s, w))
}

// line draws a record: its name and the cell of each role.
func (m *matrixScreen) line(e kit.Env, i, w int) string {
	name := m.d.recordWord(m.records[i])
	tone := kit.Plain
	if i == m.row {
		tone = kit.Strong
	}
	s := " " + e.Theme.Paint(tone, width.Fit(name, recordsWidth-1)) + " "
	for c, x := range m.inSight() {
		slot := -1
		if i == m.row && m.left+c == m.col {
			slot = m.slot
		}
		s += m.cell(e, x, m.records[i], slot)
	}
	return s
}

// cell draws what a role may do with a record, a letter for each action: large
// where it is all rows, small where a row rule limits, a star where everything.
// slot is the column under the mark, -1 for none.
func (m *matrixScreen) cell(e kit.Env, x draft, name string, slot int) string {
	var marks [more + 1]string
	for k, l := range letters {
		marks[k] = mark(org.CellOf(x.next, name, l.action), l.letter)
	}
	own, n := m.ownVerbs(name), 0
	for _, a := range own {
		if org.CellOf(x.next, name, a).Any() {
			n++
		}
	}
	marks[more] = "."
	switch {
	case whole(x.next, name):
		for k := range marks {
			marks[k] = "*"
		}
	case n > 0:
		marks[more] = "+" + strconv.Itoa(n)
	case len(own) == 0:
		marks[more] = " "
	}
	out, cells := "", 0
	for k, t := range marks {
		cells += width.Of(t)
		switch {
		case k == slot:
			out += e.Theme.Selected.S(t)
		case t == ".":
			out += e.Theme.Paint(kit.Muted, t)
		case t == "*" || strings.ToUpper(t) == t:
			out += e.Theme.Paint(kit.Good, t)
		default:
			out += e.Theme.Paint(kit.Accent, t)
		}
	}
	tail := " "
	if len(changedCells(only(x.Permissions, name), only(x.next, name))) > 0 {
		tail = e.Theme.Paint(kit.Warn, "!")
	}
	return out + tail + width.Spaces(max(0, roleWidth-cells-1))
}

func only(list []org.Permission, name string) (out []org.Permission) {
	for _, p := range list {
		if p.Resource == name {
			out = append(out, p)
		}
	}
	return out
}

// mark is the letter of one action.
func mark(c org.Cell, letter byte) string {
	switch {
	case !c.Any():
		return "."
	case c.All:
		return string(letter)
	}
	return strings.ToLower(string(letter))
}

// whole says that everything with a record is granted, on all rows.
func whole(list []org.Permission, name string) bool {
	c := org.CellOf(list, name, policy.Any)
	return c.All && !c.Limited
}

// foot says in words what is under the mark, and what the letters mean.
func (m *matrixScreen) foot(e kit.Env, w int) []string {
	x := m.draft()
	what := m.d.roleTitle(x.Role) + ": " + m.d.recordWord(m.record()) + ", "
	var rules []string
	if m.slot < more {
		what += m.d.verbWord(m.action(), m.record())
		rules = m.rulesOf(org.CellOf(x.next, m.record(), m.action()))
	} else {
		what += e.T("ui.matrix.own_verbs")
		for _, a := range m.ownVerbs(m.record()) {
			if c := org.CellOf(x.next, m.record(), a); c.Any() {
				rules = append(rules, m.d.verbWord(a, m.record())+": "+strings.Join(m.rulesOf(c), "; "))
			}
		}
	}
	text := strings.Join(rules, " | ")
	if len(rules) == 0 {
		text = e.T("ui.matrix.not_granted")
	}
	return []string{" " + e.Theme.Paint(kit.Strong, width.Cut(what, w-2)), "   " + width.Cut(text, w-4),
		" " + e.Theme.Paint(kit.Muted, width.Cut(e.T("ui.matrix.legend"), w-2)), " " + e.Theme.Paint(kit.Muted, width.Cut(e.T("ui.matrix.marks"), w-2))}
}

// rulesOf says the lines of a cell.
func (m *matrixScreen) rulesOf(c org.Cell) (out []string) {
	for _, p := range c.Lines() {
		s := m.d.rowsWord(p.Rows)
		if p.Fields != "" {
			s += " (" + m.d.fieldsWord(p.Fields) + ")"
		}
		out = append(out, s)
	}
	return out
}
