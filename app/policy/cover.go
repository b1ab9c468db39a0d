package policy

import "slices"

// Holds says whether the actor himself holds all that g grants: one of his
// grants covers it, and no denial of his bears on it. It errs on the safe side:
// what only several of his grants together cover, he does not hold. A dollar
// value counts as itself: who may work on his own rows may let others work on
// theirs.
func (a Actor) Holds(g Grant) bool {
	r := a.Rights
	if r == nil || r.Barred() {
		return false
	}
	if r.all {
		return true
	}
	for _, list := range r.denied {
		for _, d := range list {
			if overlap(d.Resource, g.Resource) && (overlap(d.Action, g.Action) || d.Action == "view") {
				return false
			}
		}
	}
	return slices.ContainsFunc(a.grants(g.Action, g.Resource), func(h Grant) bool { return h.Covers(g) })
}

func overlap(a, b string) bool { return a == b || a == Any || b == Any }

// Covers says whether everything that h grants is in g: the action, all of h's
// rows, and its fields no less open.
func (g Grant) Covers(h Grant) bool {
	if g.Resource != Any && g.Resource != h.Resource || g.Action != Any && g.Action != h.Action {
		return false
	}
	for _, c := range g.Rows {
		if !slices.ContainsFunc(h.Rows, c.follows) {
			return false
		}
	}
	for _, f := range g.Fields {
		if g.mode(f.Field) > h.mode(f.Field) {
			return false
		}
	}
	return true
}

// follows says whether the narrower condition d implies c.
func (c Cond) follows(d Cond) bool {
	if c.Field != d.Field {
		return false
	}
	for _, v := range d.Values {
		if !slices.Contains(c.Values, v) {
			return false
		}
	}
	return true
}

// Unlimited says whether g grants everything there is, on all rows with all
// fields: what makes an administrator.
func (g Grant) Unlimited() bool {
	return !g.Deny && g.Resource == Any && g.Action == Any && len(g.Rows) == 0 && len(g.Fields) == 0
}

// Administrator says whether the actor may do everything: the system, or who
// has an unlimited grant and no denial.
func (a Actor) Administrator() bool {
	r := a.Rights
	switch {
	case r == nil || r.Barred():
		return false
	case r.all:
		return true
	case len(r.denied) > 0:
		return false
	}
	return slices.ContainsFunc(r.byKey[key{Any, Any}], Grant.Unlimited)
}
