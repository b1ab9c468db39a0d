package ui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// letters are the actions of every record as the matrix writes them, each in its
// own column; the record's own verbs stand behind them in one.
var letters = []struct {
	action string
	letter byte
}{{"list", 'L'}, {"view", 'V'}, {"add", 'A'}, {"change", 'C'}, {"delete", 'D'}, {"export", 'E'}}

// more is the column of a record's own verbs.
const more = 6

// matrixScreen shows which role may do what with each record, and is edited in
// place. What is changed is a draft until it is saved, after a look at what it
// would add and take.
type matrixScreen struct {
	d       *desk
	only    string // one role, "" for all
	first   string // the record to begin at
	records []string
	pages   []draft
	loaded  bool
	err     error
	change  error // why nothing may be changed, nil if it may

	env       kit.Env
	w, h      int
	row, top  int
	col, slot int // the role, and the column within its cell
	left      int // the first role in sight
}

// draft is a role as it is, and as it would be.
type draft struct {
	org.RolePage
	next []org.Permission
}

func (x draft) changed() bool { return len(changedCells(x.Permissions, x.next)) > 0 }

// matrix opens the matrix of all roles, or of one, at a record.
func (d *desk) matrix(role, record string) kit.Screen {
	return &matrixScreen{d: d, only: role, first: record}
}

// Title is kit.Screen's.
func (m *matrixScreen) Title(p i18n.Printer) string {
	if m.only != "" && len(m.pages) == 1 {
		return p.T("ui.matrix.of", "role", m.d.roleTitle(m.pages[0].Role))
	}
	return p.T("ui.place.rights")
}

// Address is kit.Addresser's.
func (m *matrixScreen) Address() string { return "rights" }

// Init is kit.Screen's.
func (m *matrixScreen) Init() kit.Cmd { return m.load() }

func (m *matrixScreen) load() kit.Cmd {
	return kit.Work[[]org.RolePage]{Name: "matrix", Label: "kit.loading",
		Do: asks(m.d, func(ctx context.Context, by policy.Actor) ([]org.RolePage, error) {
			return m.d.app.Org.RolePages(ctx, by)
		}),
		Then: func(pages []org.RolePage, err error) kit.Cmd {
			if m.err = err; err != nil {
				m.pages, m.loaded = nil, false
				return nil
			}
			m.change = m.d.can("change", "roles")
			return m.take(pages)
		}}.Cmd()
}

// take puts what was read in place of what was there. A draft goes on: cells that
// only one of the two changed need no question.
func (m *matrixScreen) take(pages []org.RolePage) kit.Cmd {
	old := m.pages
	m.pages, m.loaded = nil, true
	var clash []collision
	for _, p := range pages {
		if m.only != "" && p.Name != m.only {
			continue
		}
		x := draft{RolePage: p, next: p.Permissions}
		if i := slices.IndexFunc(old, func(o draft) bool { return o.ID == p.ID }); i >= 0 && old[i].changed() {
			var c []collision
			x.next, c = merge(old[i], p.Permissions)
			clash = append(clash, c...)
		}
		m.pages = append(m.pages, x)
	}
	if m.records == nil {
		m.records = append(slices.Clone(m.d.recordOrder()), policy.Any)
		m.row = max(0, slices.Index(m.records, m.first))
	}
	m.col = max(0, min(m.col, len(m.pages)-1))
	m.follow()
	return m.settle(clash)
}

// recordOrder names all records, in the order of their index.
func (d *desk) recordOrder() []string { return d.listable(policy.System) }

// Changed is kit.Watcher's.
func (m *matrixScreen) Changed(events []bus.Event, lost bool) kit.Cmd {
	if lost || slices.ContainsFunc(events, func(e bus.Event) bool { return e.Resource == "roles" || e.Resource == "policy" }) {
		return m.load()
	}
	return nil
}

// Dirty is kit.Dirtier's.
func (m *matrixScreen) Dirty() error {
	var names []string
	for _, x := range m.pages {
		if x.changed() {
			names = append(names, m.d.roleTitle(x.Role))
		}
	}
	if names == nil {
		return nil
	}
	return fault.New(fault.Conflict, "ui.matrix.dirty", "roles", names)
}

// Typing is kit.Screen's.
func (m *matrixScreen) Typing() bool { return false }

// Update is kit.Screen's.
func (m *matrixScreen) Update(msg tea.Msg) kit.Cmd {
	if s, ok := msg.(kit.Resized); ok {
		m.env, m.w, m.h = s.Env, s.W, s.H
		m.follow()
	}
	return nil
}

// Actions is kit.Screen's.
func (m *matrixScreen) Actions() []kit.Action {
	if !m.loaded || len(m.pages) == 0 {
		return nil
	}
	var dirty error = fault.New(fault.Invalid, "ui.matrix.clean")
	if m.Dirty() != nil {
		dirty = nil
	}
	to := func(row, col, slot int) func() kit.Cmd {
		return func() kit.Cmd { m.move(row, col, slot); return nil }
	}
	quiet := func(id string, run func() kit.Cmd, keys ...string) kit.Action {
		return kit.Action{ID: id, Keys: keys, Weight: -1, Quiet: true, Run: run}
	}
	n := max(1, m.rows()-1)
	return []kit.Action{
		{ID: "ui.matrix.toggle", Keys: []string{"space"}, Weight: 9, WhyNot: m.change, Run: m.toggle},
		{ID: "ui.matrix.open", Keys: []string{"enter"}, Weight: 9, WhyNot: m.change, Run: m.open},
		{ID: "ui.matrix.all", Keys: []string{"a"}, Weight: 6, WhyNot: m.change, Run: m.all},
		{ID: "ui.matrix.save", Keys: []string{"ctrl+s"}, Weight: 8, WhyNot: first(m.change, dirty), Run: func() kit.Cmd { return m.preview(true) }},
		{ID: "ui.matrix.diff", Keys: []string{"d"}, Weight: 7, WhyNot: dirty, Run: func() kit.Cmd { return m.preview(false) }},
		{ID: "ui.matrix.reset", Keys: []string{"z"}, Weight: 4, WhyNot: dirty, Run: m.reset},
		{ID: "ui.why", Keys: []string{"w"}, Weight: 5, Run: func() kit.Cmd { return kit.Push(m.d.why(question{action: m.action(), resource: m.record()})) }},
		quiet("kit.up", to(m.row-1, m.col, m.slot), "up", "k"),
		quiet("kit.down", to(m.row+1, m.col, m.slot), "down", "j"),
		quiet("ui.move.left", to(m.row, m.col, m.slot-1), "left"),
		quiet("ui.move.right", to(m.row, m.col, m.slot+1), "right", "l"),
		quiet("ui.matrix.next_role", to(m.row, m.col+1, m.slot), "tab"),
		quiet("ui.matrix.prev_role", to(m.row, m.col-1, m.slot), "shift+tab"),
		quiet("kit.page_up", to(m.row-n, m.col, m.slot), "pgup", "ctrl+u"),
		quiet("kit.page_down", to(m.row+n, m.col, m.slot), "pgdown", "ctrl+d"),
		quiet("kit.top", to(0, m.col, m.slot), "g", "home"),
		quiet("kit.bottom", to(1<<30, m.col, m.slot), "G", "end"),
		{ID: "kit.reload", Keys: []string{"ctrl+r"}, Weight: -1, Run: m.load},
	}
}

func first(errs ...error) error {
	for _, e := range errs {
		if e != nil {
			return e
		}
	}
	return nil
}

// move goes to a cell; beyond its last column it goes on in the next role.
func (m *matrixScreen) move(row, col, slot int) {
	switch {
	case slot < 0 && col > 0:
		col, slot = col-1, more
	case slot > more && col < len(m.pages)-1:
		col, slot = col+1, 0
	}
	m.row, m.col, m.slot = max(0, min(row, len(m.records)-1)), max(0, min(col, len(m.pages)-1)), max(0, min(slot, more))
	m.follow()
}

func (m *matrixScreen) record() string { return m.records[m.row] }

// action is the action under the mark: of the last column, the record's first
// verb of its own.
func (m *matrixScreen) action() string {
	if m.slot < more {
		return letters[m.slot].action
	}
	if own := m.ownVerbs(m.record()); len(own) > 0 {
		return own[0]
	}
	return policy.Any
}

// ownVerbs are the record's verbs beside those of every record.
func (m *matrixScreen) ownVerbs(name string) []string {
	known, _ := m.d.app.Engine.Known(name)
	return slices.DeleteFunc(slices.Clone(known.Actions), func(a string) bool {
		for _, x := range letters {
			if x.action == a {
				return true
			}
		}
		return false
	})
}

func (m *matrixScreen) draft() *draft { return &m.pages[m.col] }
