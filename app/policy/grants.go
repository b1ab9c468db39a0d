package policy

import (
	"cmp"
	"slices"
)

// everything is what the system is granted.
var everything = []Grant{{Role: "system", Resource: Any, Action: Any}}

// inOrder puts grants into their one order: those of roles first, then the
// account's own, each in the order in which they were made.
func inOrder(list []Grant) []Grant {
	list = slices.Clone(list)
	slices.SortStableFunc(list, compareGrants)
	return list
}

func compareGrants(a, b Grant) int {
	return cmp.Or(cmp.Compare(min(a.Account, 1), min(b.Account, 1)), cmp.Compare(a.ID, b.ID))
}

// grants gives the actor's grants for an action on a resource, those for every
// resource or action among them, in order.
func (a Actor) grants(action, resource string) []Grant {
	r := a.Rights
	switch {
	case r == nil:
		return nil
	case r.all:
		return everything
	case r.Barred():
		return nil
	}
	return collect(r.byKey, action, resource)
}

// denials gives the actor's denials that bear on an action on a resource. What
// may not be viewed does not exist for the account: nothing but adding is left
// of it, so that a denial of view bears on every other action too.
func (a Actor) denials(action, resource string) []Grant {
	r := a.Rights
	if r == nil || r.all || len(r.denied) == 0 {
		return nil
	}
	list := collect(r.denied, action, resource)
	if action == "view" || action == "add" || action == Any {
		return list
	}
	for _, k := range [2]key{{resource, "view"}, {Any, "view"}} {
		list = append(slices.Clip(list), r.denied[k]...)
	}
	return list
}

// collect gives what is kept for an action on a resource and for every action or
// resource. Where only one of the four keys has anything, as nearly always, it
// is given as it is.
func collect(m map[key][]Grant, action, resource string) []Grant {
	var out []Grant
	several := false
	for i, k := range [4]key{{resource, action}, {resource, Any}, {Any, action}, {Any, Any}} {
		if i > 0 && (action == Any && i%2 == 1 || resource == Any && i >= 2) {
			continue // the same key again
		}
		list := m[k]
		switch {
		case len(list) == 0:
		case out == nil:
			out = list
		default:
			out, several = append(slices.Clip(out), list...), true
		}
	}
	if several {
		slices.SortStableFunc(out, compareGrants)
	}
	return out
}

// Mode says how much of a field the grant opens, or the denial leaves.
func (g Grant) Mode(field string) Mode { return g.mode(field) }

// bars says whether a denial takes the action away on its rows. One with field
// rules leaves the rows and limits the fields.
func (g Grant) bars() bool { return g.Deny && len(g.Fields) == 0 }

// barred says whether a denial bars the action on this row.
func (a Actor) barred(action, resource string, row Row) bool {
	for _, d := range a.denials(action, resource) {
		if d.bars() && a.matches(d, row) {
			return true
		}
	}
	return false
}
