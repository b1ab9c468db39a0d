package policy

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"cohort/app/fault"
)

// Known is what rules for one resource may name. The engine makes it from the
// resource's declaration; a rule that names anything else would grant nothing,
// or deny nothing, without anybody noticing.
type Known struct {
	Resource string // or Any
	Actions  []string
	Fields   []string
	Rows     Fields              // row-rule fields
	Values   map[string][]string // the values of row-rule fields that have few
}

// Dollars are the values of row rules that stand for the actor.
var Dollars = []string{"$me", "$my_department", "$my_classes", "$my_campus", "$my_customer"}

// Check gives a fault for every action, row-rule field, value and field of g
// that the resource does not have.
func (k Known) Check(g Grant) error {
	var bad []*fault.Fault
	if g.Action != Any && !slices.Contains(k.Actions, g.Action) {
		bad = append(bad, fault.Field("action", "policy.no_action", "action", g.Action, "resource", k.Resource, "actions", strings.Join(k.Actions, ", ")))
	}
	for _, c := range g.Rows {
		bad = append(bad, k.checkCond(c)...)
	}
	for _, f := range g.Fields {
		if f.Field != Any && !slices.Contains(k.Fields, f.Field) {
			bad = append(bad, fault.Field("fields", "policy.no_field", "field", f.Field, "resource", k.Resource, "fields", strings.Join(k.Fields, ", ")))
		}
	}
	return fault.Join(bad...)
}

func (k Known) checkCond(c Cond) (bad []*fault.Fault) {
	f, ok := k.Rows[c.Field]
	switch {
	case k.Resource == Any:
		return []*fault.Fault{fault.Field("rows", "policy.rows_of_any")}
	case !ok && len(k.Rows) == 0:
		return []*fault.Fault{fault.Field("rows", "policy.no_rows", "resource", k.Resource)}
	case !ok:
		return []*fault.Fault{fault.Field("rows", "policy.no_row_field", "field", c.Field, "resource", k.Resource, "fields", strings.Join(k.RowNames(), ", "))}
	}
	for _, v := range c.Values {
		if fl := k.checkValue(c.Field, v, f.Text); fl != nil {
			bad = append(bad, fl)
		}
	}
	return bad
}

func (k Known) checkValue(field, v string, text bool) *fault.Fault {
	if strings.HasPrefix(v, "$") {
		switch {
		case text:
			return fault.Field("rows", "policy.dollar_text", "value", v, "field", field)
		case !slices.Contains(Dollars, v):
			return fault.Field("rows", "policy.no_dollar", "value", v, "field", field, "values", strings.Join(Dollars, ", "))
		}
		return nil
	}
	if few := k.Values[field]; len(few) > 0 && !slices.Contains(few, v) {
		return fault.Field("rows", "policy.no_value", "value", v, "field", field, "values", strings.Join(few, ", "))
	}
	if _, err := strconv.ParseInt(v, 10, 64); err != nil && !text {
		return fault.Field("rows", "policy.no_number", "value", v, "field", field)
	}
	return nil
}

// RowNames lists the row-rule fields in order.
func (k Known) RowNames() []string {
	names := make([]string, 0, len(k.Rows))
	for n := range k.Rows {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
