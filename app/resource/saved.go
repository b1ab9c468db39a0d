package resource

import (
	"context"
	"strings"
	"unicode/utf8"

	"cohort/app/audit"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// SavedList is a list's state that somebody keeps under a name.
type SavedList struct {
	ID       int64
	Resource string
	Name     string
	Query    string   // in the list language
	Columns  []string // nil: as declared or preferred
	Role     string   // with whom it is shared, "" for nobody
	Account  int64    // whose it is
	Owner    string   // his display name
	Mine     bool
}

// Prefs is how somebody wants to see a list; the zero value is as declared.
type Prefs struct {
	Columns  []string
	PageSize int // rows, 0: as many as fit
}

const (
	maxListName  = 60
	maxListQuery = 1000
	maxPageSize  = 1000
)

// SavedLists gives the lists of a resource ("" for all) that by keeps, and those
// shared with a role that he holds, by their names; his own first.
func (e *Engine) SavedLists(ctx context.Context, by policy.Actor, name string) (list []SavedList, err error) {
	if name != "" {
		if _, err := e.resource(name); err != nil {
			return nil, err
		}
		if err := by.NeedAny("list", name); err != nil {
			return nil, err
		}
	}
	err = e.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := savedLists(tx, by, name)
		for _, l := range all {
			if by.Can("list", l.Resource) {
				if l.Owner, err = e.personName(tx, l.Account); err != nil {
					return err
				}
				list = append(list, l)
			}
		}
		return err
	})
	return list, err
}

// SavedList finds the list of a resource that a name stands for: one's own
// before a shared one.
func (e *Engine) SavedList(ctx context.Context, by policy.Actor, resource, name string) (SavedList, error) {
	all, err := e.SavedLists(ctx, by, resource)
	if err != nil {
		return SavedList{}, err
	}
	for _, l := range all {
		if strings.EqualFold(l.Name, name) {
			return l, nil
		}
	}
	return SavedList{}, fault.New(fault.NotFound, "record.no_list", "name", name)
}

// SaveList keeps a list under its name, in place of one's own of that name. It
// may be shared with a role that one holds, or any where one may change roles.
func (e *Engine) SaveList(ctx context.Context, by policy.Actor, l SavedList) (id int64, err error) {
	if by.Account == 0 {
		return 0, policy.Forbidden("add", "saved_lists")
	}
	res, err := e.resource(l.Resource)
	if err != nil {
		return 0, err
	}
	if err := by.NeedAny("list", l.Resource); err != nil {
		return 0, err
	}
	if err := e.checkList(by, res, &l); err != nil {
		return 0, err
	}
	err = e.DB.Write(ctx, func(tx *db.Tx) error {
		if err := e.understood(tx, by, res, l.Query); err != nil {
			return err
		}
		if id, err = saveList(tx, by.Account, l); err != nil {
			return err
		}
		e.Publish(tx, "saved_lists", id, "added")
		return audit.Write(tx, by, "add", "saved_lists", id, audit.Change{Field: "name", New: l.Name},
			audit.Change{Field: "query", New: l.Query}, audit.Change{Field: "role", New: l.Role})
	})
	return id, err
}

func (e *Engine) checkList(by policy.Actor, res *Resource, l *SavedList) error {
	l.Name, l.Query, l.Role = strings.TrimPrefix(clean.Line(l.Name), "@"), clean.Line(l.Query), clean.Line(l.Role)
	var bad []*fault.Fault
	switch n := utf8.RuneCountInString(l.Name); {
	case n == 0:
		bad = append(bad, fault.Field("name", "fault.required"))
	case n > maxListName:
		bad = append(bad, fault.Field("name", "fault.too_long", "max", maxListName))
	}
	if utf8.RuneCountInString(l.Query) > maxListQuery {
		bad = append(bad, fault.Field("query", "fault.too_long", "max", maxListQuery))
	}
	if l.Role != "" && !by.Can("change", "roles") && !by.Rights.Has(l.Role) {
		bad = append(bad, fault.New(fault.Forbidden, "record.not_your_role", "role", l.Role).On("role"))
	}
	return fault.Join(append(bad, res.checkColumns(l.Columns))...)
}

func (r *Resource) checkColumns(names []string) *fault.Fault {
	for _, n := range names {
		if _, ok := r.Field(n); !ok {
			return fault.Field("columns", "list.no_field", "field", n, "fields", strings.Join(r.names(), ", "))
		}
	}
	return nil
}

// understood refuses a query that the list would refuse.
func (e *Engine) understood(tx *db.Tx, by policy.Actor, res *Resource, query string) error {
	q, err := Parse(query)
	if err != nil {
		return err
	}
	if _, _, err := res.order(by, q); err != nil {
		return err
	}
	_, err = e.compiler(tx, by, res).where("list", q)
	return err
}

// DropList forgets one of one's own lists, or one shared with a role where one
// may change roles.
func (e *Engine) DropList(ctx context.Context, by policy.Actor, id int64) error {
	return e.DB.Write(ctx, func(tx *db.Tx) error {
		l, err := savedList(tx, id)
		if err != nil {
			return err
		}
		shared := l.Role != "" && by.Can("change", "roles")
		if by.Account == 0 || l.Account != by.Account && !shared {
			return policy.NotFound()
		}
		if err := dropList(tx, id); err != nil {
			return err
		}
		e.Publish(tx, "saved_lists", id, "deleted")
		return audit.Write(tx, by, "delete", "saved_lists", id, audit.Change{Field: "name", Old: l.Name}, audit.Change{Field: "query", Old: l.Query})
	})
}

// Prefs gives how by wants to see a list.
func (e *Engine) Prefs(ctx context.Context, by policy.Actor, name string) (p Prefs, err error) {
	res, err := e.resource(name)
	if err != nil {
		return p, err
	}
	err = e.DB.Read(ctx, func(tx *db.Tx) error {
		p, err = prefs(tx, by.Account, name)
		return err
	})
	known := p.Columns[:0]
	for _, c := range p.Columns { // a field that is gone by now is left out
		if _, ok := res.Field(c); ok {
			known = append(known, c)
		}
	}
	p.Columns = known
	return p, err
}

// SetPrefs keeps how by wants to see a list.
func (e *Engine) SetPrefs(ctx context.Context, by policy.Actor, name string, p Prefs) error {
	if by.Account == 0 {
		return policy.Forbidden("change", name)
	}
	res, err := e.resource(name)
	if err != nil {
		return err
	}
	if bad := res.checkColumns(p.Columns); bad != nil {
		return bad
	}
	if p.PageSize < 0 || p.PageSize > maxPageSize {
		return fault.Field("page_size", "record.page_size", "max", maxPageSize)
	}
	return e.DB.Write(ctx, func(tx *db.Tx) error { return setPrefs(tx, by.Account, name, p) })
}
