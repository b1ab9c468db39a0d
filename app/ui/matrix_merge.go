package ui

import (
	"slices"

	"cohort/app/org"
	"cohort/app/ui/kit"
)

// cellKey is one cell of the matrix: what is merged as a whole.
type cellKey struct{ resource, action string }

// byCell gathers the lines of each cell, in one order.
func byCell(list []org.Permission) map[cellKey][]org.Permission {
	out := map[cellKey][]org.Permission{}
	for _, p := range list {
		p.ID = 0
		k := cellKey{p.Resource, p.Action}
		out[k] = append(out[k], p)
	}
	for _, l := range out {
		slices.SortFunc(l, func(a, b org.Permission) int {
			switch {
			case a.Rows < b.Rows:
				return -1
			case a.Rows > b.Rows:
				return 1
			}
			return 0
		})
	}
	return out
}

// changedCells names the cells in which two lists differ.
func changedCells(a, b []org.Permission) (out []cellKey) {
	x, y := byCell(a), byCell(b)
	for k, l := range x {
		if !slices.Equal(l, y[k]) {
			out = append(out, k)
		}
	}
	for k := range y {
		if _, both := x[k]; !both {
			out = append(out, k)
		}
	}
	return out
}

// collision is a cell that somebody else changed in another way.
type collision struct {
	role         org.Role
	cell         cellKey
	mine, theirs []org.Permission
}

// merge takes what somebody else saved into a draft. Cells that only one of the
// two changed need no question; of the others one's own stands until one says.
func merge(x draft, theirs []org.Permission) (next []org.Permission, clash []collision) {
	base, mine, now := byCell(x.Permissions), byCell(x.next), byCell(theirs)
	out := byCell(theirs)
	for _, k := range changedCells(x.Permissions, x.next) {
		out[k] = mine[k]
		if !slices.Equal(base[k], now[k]) && !slices.Equal(mine[k], now[k]) {
			clash = append(clash, collision{x.Role, k, mine[k], now[k]})
		}
	}
	keys := make([]cellKey, 0, len(out))
	for k := range out {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compareKeys)
	for _, k := range keys {
		next = append(next, out[k]...)
	}
	return next, clash
}

func compareKeys(a, b cellKey) int {
	switch {
	case a.resource+" "+a.action < b.resource+" "+b.action:
		return -1
	case a == b:
		return 0
	}
	return 1
}

// settle asks of one collision after the other whose word stands.
func (m *matrixScreen) settle(clash []collision) kit.Cmd {
	if len(clash) == 0 {
		return nil
	}
	c := clash[0]
	say := func(key string, list []org.Permission) string {
		text := m.d.p().T("ui.matrix.not_granted")
		if len(list) > 0 {
			text = m.d.p().Value(m.rulesOf(org.Cell{Own: list}))
		}
		return m.d.p().T(key) + ": " + text
	}
	return kit.Show(&kit.Picker{Name: "ui.matrix.clash", Args: []any{"role", m.d.roleTitle(c.role), "action", m.d.verbWord(c.cell.action, c.cell.resource), "resource", m.d.recordWord(c.cell.resource)},
		Options: []kit.Option{{Value: "mine", Label: say("kit.stale.mine", c.mine)}, {Value: "theirs", Label: say("kit.stale.theirs", c.theirs)}},
		Then: func(o []kit.Option) kit.Cmd {
			if o[0].Value == "theirs" {
				m.replace(c)
			}
			return m.settle(clash[1:])
		}})
}

// replace puts the other's lines into a cell.
func (m *matrixScreen) replace(c collision) {
	for i := range m.pages {
		if x := &m.pages[i]; x.ID == c.role.ID {
			x.next = slices.DeleteFunc(slices.Clone(x.next), func(p org.Permission) bool { return p.Resource == c.cell.resource && p.Action == c.cell.action })
			x.next = append(x.next, c.theirs...)
		}
	}
}
