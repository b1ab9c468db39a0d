package policy

// Explanation tells why an action is allowed or denied.
type Explanation struct {
	Allowed bool
	Grants  []Grant // those that allow it; where none does, those that would on other rows
	Denials []Grant // those that bar it, or limit fields; asked in general, all that bear on it
}

// Barred says that grants would allow it and a denial takes it away.
func (e Explanation) Barred() bool {
	for _, d := range e.Denials {
		if !e.Allowed && d.bars() {
			return true
		}
	}
	return false
}

// Explain names the grants that allow the action on the row, or the ones that
// would on another row, and the denials on it. A nil row asks in general: may he
// at least on some conceivable row?
func (a Actor) Explain(action, resource string, row Row) Explanation {
	return a.ExplainOn(action, resource, func(g Grant) bool { return row == nil || a.matches(g, row) }, row == nil)
}

// ExplainOn is Explain where somebody else says which rules meet the row, for
// rows that are in the database. general says that no row is meant.
func (a Actor) ExplainOn(action, resource string, meets func(Grant) bool, general bool) Explanation {
	var e Explanation
	var near []Grant
	for _, g := range a.grants(action, resource) {
		if meets(g) {
			e.Grants = append(e.Grants, g)
		} else {
			near = append(near, g)
		}
	}
	e.Allowed = len(e.Grants) > 0
	if !e.Allowed {
		e.Grants = near
	}
	for _, d := range a.denials(action, resource) {
		if !meets(d) {
			continue
		}
		e.Denials = append(e.Denials, d)
		if d.bars() && (!general || len(d.Rows) == 0) {
			e.Allowed = false
		}
	}
	return e
}

// Mode is how much of a field the explanation's grants and denials leave.
func (e Explanation) Mode(field string) Mode {
	best := Hidden
	if e.Allowed {
		for _, g := range e.Grants {
			best = min(best, g.mode(field))
		}
		for _, d := range e.Denials {
			best = max(best, d.mode(field))
		}
	}
	return best
}

// FieldMode is how much of one field is shown.
type FieldMode struct {
	Field string
	Mode  Mode
}
