package policy

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"cohort/app/fault"
	"cohort/app/i18n"
)

// Any stands for every resource or every action in a grant.
const Any = "*"

// Grant is one permission of one role: an action on a resource, on the rows
// that meet every condition, with rules for fields.
type Grant struct {
	ID       int64
	Role     string
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

// Fields tells how a resource's row-rule fields are found in SQL: the field's
// name to a condition in which {in} stands for the comparison, for example
// "customers.owner_id {in}". Text says how values are bound: as text where
// true, else as whole numbers.
type Fields map[string]FieldSQL

// FieldSQL is the SQL side of one row-rule field.
type FieldSQL struct {
	Cond string // with {in}
	Text bool
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

// grants gives the actor's grants for an action on a resource, those for every
// resource or action among them, in a stable order.
func (a Actor) grants(action, resource string) []Grant {
	r := a.Rights
	if r == nil {
		return nil
	}
	if r.all {
		return []Grant{{Role: "system", Resource: Any, Action: Any}}
	}
	if r.MustChange {
		return nil
	}
	var out []Grant
	for _, k := range []key{{resource, action}, {resource, Any}, {Any, action}, {Any, Any}} {
		out = append(out, r.byKey[k]...)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// Can says whether the actor may do the action on at least some conceivable
// row; menus and commands ask it before there is a row.
func (a Actor) Can(action, resource string) bool { return len(a.grants(action, resource)) > 0 }

// May says whether the actor may do the action on this row.
func (a Actor) May(action, resource string, row Row) bool {
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
		"action", i18n.W("policy.on", "action", i18n.W("action."+action), "resource", i18n.W("resource."+resource)))
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

// Args collects the arguments of a statement; Add gives the placeholder.
type Args interface{ Add(v any) string }

// Where gives the SQL condition of all rows on which the actor may do the
// action: "TRUE"-like text where there is no limit, "1 = 0" where there is no
// grant. It is the list form of May.
func (a Actor) Where(action, resource string, fields Fields, args Args) string {
	return a.where(a.grants(action, resource), fields, args)
}

func (a Actor) where(grants []Grant, fields Fields, args Args) string {
	var alternatives []string
	for _, g := range grants {
		if len(g.Rows) == 0 {
			return "1 = 1"
		}
		alternatives = append(alternatives, a.grantSQL(g, fields, args))
	}
	switch len(alternatives) {
	case 0:
		return "1 = 0"
	case 1:
		return alternatives[0]
	}
	return "(" + strings.Join(alternatives, " OR ") + ")"
}

func (a Actor) grantSQL(g Grant, fields Fields, args Args) string {
	var all []string
	for _, c := range g.Rows {
		all = append(all, condSQL(c.Field, a.values(c), fields, args))
	}
	if len(all) == 1 {
		return all[0]
	}
	return "(" + strings.Join(all, " AND ") + ")"
}

// condSQL is one condition as SQL. A field the resource does not have, or no
// value at all, meets no row.
func condSQL(field string, values []string, fields Fields, args Args) string {
	f, ok := fields[field]
	if !ok || len(values) == 0 {
		return "1 = 0"
	}
	var marks []string
	for _, v := range values {
		if f.Text {
			marks = append(marks, args.Add(v))
			continue
		}
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			continue
		}
		marks = append(marks, args.Add(n))
	}
	switch len(marks) {
	case 0:
		return "1 = 0"
	case 1:
		return strings.ReplaceAll(f.Cond, "{in}", "= "+marks[0])
	}
	return strings.ReplaceAll(f.Cond, "{in}", "IN ("+strings.Join(marks, ", ")+")")
}

// Mode says how much of a field the actor sees on this row when viewing it: the
// most open of the grants that open the row. A row not open at all is Hidden.
func (a Actor) Mode(action, resource, field string, row Row) Mode {
	best := Hidden
	for _, g := range a.grants(action, resource) {
		if a.matches(g, row) {
			best = min(best, g.mode(field))
		}
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

// Limited says whether any grant of the action masks or hides the field, so
// that lists need to ask row by row.
func (a Actor) Limited(action, resource, field string) bool {
	for _, g := range a.grants(action, resource) {
		if g.mode(field) >= Masked {
			return true
		}
	}
	return false
}

// FieldWhere gives the SQL condition of the rows on which the actor sees the
// field with at most the given mode. A filter, a search or an order by a field
// must hold on these rows only, or masked values could be guessed.
func (a Actor) FieldWhere(action, resource, field string, atMost Mode, fields Fields, args Args) string {
	var open []Grant
	for _, g := range a.grants(action, resource) {
		if g.mode(field) <= atMost {
			open = append(open, g)
		}
	}
	return a.where(open, fields, args)
}

// Explanation tells why an action is allowed or denied.
type Explanation struct {
	Allowed bool
	Grants  []Grant // those that allow it; where denied, those whose row rule does not meet the row
}

// Explain names the grants that allow the action on the row, or the ones that
// would on another row. A nil row asks in general.
func (a Actor) Explain(action, resource string, row Row) Explanation {
	var e Explanation
	var near []Grant
	for _, g := range a.grants(action, resource) {
		if row == nil || a.matches(g, row) {
			e.Grants = append(e.Grants, g)
		} else {
			near = append(near, g)
		}
	}
	e.Allowed = len(e.Grants) > 0
	if !e.Allowed {
		e.Grants = near
	}
	return e
}

// FormatRows writes a row rule as text: "owner=$me source=qq_group|baidu".
func FormatRows(conds []Cond) string {
	var out []string
	for _, c := range conds {
		out = append(out, c.Field+"="+strings.Join(c.Values, "|"))
	}
	return strings.Join(out, " ")
}

// ParseRows reads the text form of a row rule; an empty text is no limit.
func ParseRows(s string) ([]Cond, error) {
	var out []Cond
	for _, part := range strings.Fields(s) {
		f, v, ok := strings.Cut(part, "=")
		if !ok || f == "" || v == "" {
			return nil, fmt.Errorf("row rule %q: want field=value", part)
		}
		out = append(out, Cond{Field: f, Values: strings.Split(v, "|")})
	}
	return out, nil
}

// FormatFields writes field rules as text: "qq:masked id_number:hidden".
func FormatFields(rules []FieldRule) string {
	var out []string
	for _, r := range rules {
		out = append(out, r.Field+":"+r.Mode.String())
	}
	return strings.Join(out, " ")
}

// ParseFields reads the text form of field rules.
func ParseFields(s string) ([]FieldRule, error) {
	var out []FieldRule
	for _, part := range strings.Fields(s) {
		f, m, ok := strings.Cut(part, ":")
		if _, known := modeNames[m]; !ok || !known || f == "" {
			return nil, fmt.Errorf("field rule %q: want field:masked, field:hidden or field:read_only", part)
		}
		out = append(out, FieldRule{Field: f, Mode: ParseMode(m)})
	}
	return out, nil
}
