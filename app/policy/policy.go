package policy

import (
	"strconv"

	"cohort/app/fault"
	"cohort/app/i18n"
)

// Any stands for every resource or every action in a grant.
const Any = "*"

// Grant is one permission: an action on a resource, on the rows that meet every
// condition, with rules for fields. It comes from a role, or was given to one
// account alone. With Deny it takes away instead, see [Grant.bars].
type Grant struct {
	ID       int64
	Role     string // "" for a single one
	Account  int64  // whom a single grant or denial is for, else 0
	Deny     bool
	Reason   string // why a single one was given
	Resource string // or Any
	Action   string // or Any
	Rows     []Cond
	Fields   []FieldRule
}

// Cond is one condition of a row rule: the field has one of the values. A value
// that begins with $ stands for the actor: $me, $my_department, $my_classes,
// $my_campus, $my_customer.
type Cond struct {
	Field  string
	Values []string
}

// Mode says how much of a field is shown. A lower mode shows more.
type Mode int

// The modes of a field. ReadOnly shows all and bars changing.
const (
	Open Mode = iota
	ReadOnly
	Masked
	Hidden
)

var modeNames = map[string]Mode{"open": Open, "read_only": ReadOnly, "masked": Masked, "hidden": Hidden}

// String gives the stored name.
func (m Mode) String() string {
	for name, v := range modeNames {
		if v == m {
			return name
		}
	}
	return "hidden"
}

// ParseMode reads a stored name; an unknown one is Hidden, the safe side.
func ParseMode(s string) Mode {
	if m, ok := modeNames[s]; ok {
		return m
	}
	return Hidden
}

// FieldRule limits one field of the rows a grant opens.
type FieldRule struct {
	Field string
	Mode  Mode
}

// Row is the Go side of one row: the values of each row-rule field, several
// where the field has several (the lecturers of a class).
type Row map[string][]string

// Int puts a number into a Row.
func Int(n ...int64) []string {
	out := make([]string, len(n))
	for i, v := range n {
		out[i] = strconv.FormatInt(v, 10)
	}
	return out
}

// Bool puts a yes or no into a Row.
func Bool(b bool) []string {
	if b {
		return []string{"1"}
	}
	return []string{"0"}
}

// Can says whether the actor may do the action on at least some conceivable
// row; menus and commands ask it before there is a row.
func (a Actor) Can(action, resource string) bool {
	if len(a.grants(action, resource)) == 0 {
		return false
	}
	for _, d := range a.denials(action, resource) {
		if d.bars() && len(d.Rows) == 0 {
			return false
		}
	}
	return true
}

// May says whether the actor may do the action on this row.
func (a Actor) May(action, resource string, row Row) bool {
	return a.granted(action, resource, row) && !a.barred(action, resource, row)
}

func (a Actor) granted(action, resource string, row Row) bool {
	for _, g := range a.grants(action, resource) {
		if a.matches(g, row) {
			return true
		}
	}
	return false
}

// Need is May as an error: not found where the row may not even be viewed,
// forbidden where it may.
func (a Actor) Need(action, resource string, row Row) error {
	if a.May(action, resource, row) {
		return nil
	}
	if action != "view" && a.May("view", resource, row) {
		return Forbidden(action, resource)
	}
	if action == "add" {
		return Forbidden(action, resource)
	}
	return NotFound()
}

// NeedAny is Can as an error, for actions without a row.
func (a Actor) NeedAny(action, resource string) error {
	if a.Can(action, resource) {
		return nil
	}
	return Forbidden(action, resource)
}

// Forbidden is the fault of an action one may not do on something one sees.
func Forbidden(action, resource string) error {
	return fault.New(fault.Forbidden, "fault.forbidden",
		"action", i18n.W("policy.on", "action", i18n.W(Verb(action, resource)), "resource", i18n.W("resource."+resource)))
}

// Verb is the key of the words for an action: of the record where it calls the
// action by words of its own, as grades are released another way than customers.
func Verb(action, resource string) string {
	if own := "action." + action + "." + resource; i18n.Has(own) {
		return own
	}
	return "action." + action
}

// NotFound is the fault of a row that does not exist for the actor.
func NotFound() error { return fault.New(fault.NotFound, "fault.not_found") }

func (a Actor) matches(g Grant, row Row) bool {
	for _, c := range g.Rows {
		if !meets(row[c.Field], a.values(c)) {
			return false
		}
	}
	return true
}

func meets(have, want []string) bool {
	for _, h := range have {
		for _, w := range want {
			if h == w {
				return true
			}
		}
	}
	return false
}

// values replaces $names by the actor's own values.
func (a Actor) values(c Cond) []string {
	var out []string
	for _, v := range c.Values {
		switch v {
		case "$me":
			out = append(out, positive(a.Rights.Scope.Me)...)
		case "$my_department":
			out = append(out, positive(a.Rights.Scope.Departments...)...)
		case "$my_classes":
			out = append(out, positive(a.Rights.Scope.Classes...)...)
		case "$my_campus":
			out = append(out, positive(a.Rights.Scope.Campus)...)
		case "$my_customer":
			out = append(out, positive(a.Rights.Scope.Customer)...)
		default:
			out = append(out, v)
		}
	}
	return out
}

// positive leaves ids of nothing out, so that "$my_campus" of somebody without
// a campus meets no row, least of all one without a campus.
func positive(ids ...int64) []string {
	var out []string
	for _, id := range ids {
		if id > 0 {
			out = append(out, strconv.FormatInt(id, 10))
		}
	}
	return out
}

// Mode says how much of a field the actor sees on this row when viewing it: the
// most open of the grants that open the row, and no more than the denials on it
// leave. A row not open at all is Hidden.
func (a Actor) Mode(action, resource, field string, row Row) Mode {
	best := Hidden
	for _, g := range a.grants(action, resource) {
		if a.matches(g, row) {
			best = min(best, g.mode(field))
		}
	}
	for _, d := range a.denials(action, resource) {
		if !a.matches(d, row) {
			continue
		}
		if d.bars() {
			return Hidden
		}
		best = max(best, d.mode(field))
	}
	return best
}

func (g Grant) mode(field string) Mode {
	m := Open
	for _, r := range g.Fields {
		if r.Field == field || r.Field == Any {
			m = max(m, r.Mode)
		}
	}
	return m
}

// Limited says whether any grant or denial of the action masks or hides the
// field, so that lists need to ask row by row.
func (a Actor) Limited(action, resource, field string) bool {
	for _, list := range [2][]Grant{a.grants(action, resource), a.denials(action, resource)} {
		for _, g := range list {
			if g.mode(field) >= Masked {
				return true
			}
		}
	}
	return false
}
