package resource

import (
	"sort"
	"strconv"
	"strings"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Edit is one change of a record on its way through the rules that all records
// share: what a form sends back as it showed it is no change, fields are changed
// as far as the field rules let, and what two people wrote is put together.
type Edit struct {
	Values  Values            // what is really to be written
	Version int64             // the record's present one
	Old     map[string]string // the record as typed text
	New     map[string]string // the given values as typed text, once Narrow has run

	e   *Engine
	tx  *db.Tx
	by  policy.Actor
	res *Resource
	id  int64
	row Row

	view, change map[string]policy.Mode
}

// Edit begins a change of a record by values, which the rules take fields out
// of. The right to change the record has been asked for.
func (e *Engine) Edit(tx *db.Tx, by policy.Actor, name string, id int64, v Values) (*Edit, error) {
	res, err := e.resource(name)
	if err != nil {
		return nil, err
	}
	ed := &Edit{Values: v, e: e, tx: tx, by: by, res: res, id: id}
	row, fields, err := e.Show(tx.Ctx(), policy.System, name, id)
	if err != nil {
		return nil, err
	}
	ed.row, ed.Version, ed.Old = row, row.Version, Typed(row, fields)
	if ed.view, err = e.modes(tx, by, res, "view", id); err != nil {
		return nil, err
	}
	ed.change, err = e.modes(tx, by, res, "change", id)
	return ed, err
}

// DropMasks takes out what a form sends back as it showed it: the mask of a
// value that the actor sees masked.
func (ed *Edit) DropMasks() {
	for name := range ed.Values {
		f, _ := ed.res.Field(name)
		if text, ok := ed.Values[name].(string); ok && ed.view[name] == policy.Masked && text == f.Masked(ed.Old[name]) {
			delete(ed.Values, name)
		}
	}
}

// Narrow leaves in Values what is really to be written, and refuses what may
// not be, seen from the version that the actor read; 0 is the present one.
func (ed *Edit) Narrow(version int64) error {
	if err := ed.dropSame(); err != nil {
		return err
	}
	if err := ed.fieldRights(); err != nil {
		return err
	}
	return ed.collide(version)
}

// dropSame takes out what is so already.
func (ed *Edit) dropSame() error {
	ed.New = map[string]string{}
	for name := range ed.Values {
		f, _ := ed.res.Field(name)
		text, err := ed.e.typedOf(ed.tx, f, ed.Values[name])
		if err != nil {
			return err
		}
		if text == ed.Old[name] {
			delete(ed.Values, name)
			continue
		}
		ed.New[name] = text
	}
	return nil
}

// fieldRights refuses fields that the field rules do not let the actor change.
func (ed *Edit) fieldRights() error {
	var bad []*fault.Fault
	for name := range ed.Values {
		seen, may := ed.view[name], ed.change[name]
		f, _ := ed.res.Field(name)
		switch {
		case seen == policy.Hidden || may >= policy.Masked:
			bad = append(bad, closed(name))
		case may == policy.ReadOnly || seen == policy.ReadOnly:
			bad = append(bad, &fault.Fault{Kind: fault.Forbidden, Key: "fault.read_only", Field: name,
				Args: []any{"want", ed.Shown(f), "got", ed.New[name]}})
		}
	}
	return inOrder(bad)
}

func closed(name string) *fault.Fault {
	return &fault.Fault{Kind: fault.Forbidden, Key: "record.field_closed", Field: name}
}

func inOrder(bad []*fault.Fault) error {
	sort.Slice(bad, func(i, j int) bool { return bad[i].Field < bad[j].Field })
	return fault.Join(bad...)
}

// Shown is the record's present value of a field as the actor may see it.
func (ed *Edit) Shown(f Field) string {
	switch ed.view[f.Name] {
	case policy.Hidden:
		return ""
	case policy.Masked:
		return f.Masked(ed.Old[f.Name])
	}
	return ed.Old[f.Name]
}

// addedFields refuses a new record whose actor gave fields that the field rules
// close to him.
func (e *Engine) addedFields(tx *db.Tx, by policy.Actor, res *Resource, id int64, given []string) error {
	modes, err := e.modes(tx, by, res, "add", id)
	if err != nil {
		return err
	}
	var bad []*fault.Fault
	for _, name := range given {
		if modes[name] > policy.Open {
			bad = append(bad, closed(name))
		}
	}
	return inOrder(bad)
}

// Snapshot gives a record as typed text, for the audit trail and for telling
// what two people wrote.
func (e *Engine) Snapshot(tx *db.Tx, name string, id int64) (map[string]string, error) {
	row, fields, err := e.Show(tx.Ctx(), policy.System, name, id)
	if err != nil {
		return nil, err
	}
	return Typed(row, fields), nil
}

// Typed gives the fields that histories keep, as they would be typed.
func Typed(row Row, fields []Field) map[string]string {
	out := map[string]string{}
	for _, f := range fields {
		if f.Input || f.Tracked {
			out[f.Name] = f.Typed(row.Values[f.Name])
		}
	}
	return out
}

// Changes lists what differs between two snapshots for the audit trail, private
// values without their middle, and the version that the change makes: by it a
// later change knows what was changed since.
func (r *Resource) Changes(old, new map[string]string, version int64) []audit.Change {
	out := audit.Diff(old, new, r.names())
	for i, c := range out {
		if f, _ := r.Field(c.Field); f.Private {
			out[i] = audit.Masked(c.Field, c.Old, c.New)
		}
	}
	if r.Ver == "" {
		return out
	}
	return append(out, audit.Change{Field: versionField, New: strconv.FormatInt(version, 10)})
}

// versionField is what the audit trail calls the version that a change made.
const versionField = "version"

// typedOf gives a parsed value as it would be typed.
func (e *Engine) typedOf(tx *db.Tx, f Field, v any) (string, error) {
	switch x := v.(type) {
	case []int64:
		codes := make([]string, 0, len(x))
		for _, id := range x {
			code, err := e.codeOf(tx, f.Ref, id)
			if err != nil {
				return "", err
			}
			codes = append(codes, code)
		}
		sort.Strings(codes)
		return strings.Join(codes, ", "), nil
	case []string:
		list := append([]string(nil), x...)
		sort.Strings(list)
		return strings.Join(list, ", "), nil
	case int64:
		val := Value{Raw: x}
		if f.Kind == Relation && f.Code != "" && x != 0 {
			code, err := e.codeOf(tx, f.Ref, x)
			if err != nil {
				return "", err
			}
			val.Code = code
		}
		return f.Typed(val), nil
	}
	return f.Typed(Value{Raw: v}), nil
}

// codeOf gives what people type for a record: its code, or #id where it has
// none.
func (e *Engine) codeOf(tx *db.Tx, name string, id int64) (string, error) {
	res, ok := e.Get(name)
	number := "#" + strconv.FormatInt(id, 10)
	if !ok || res.Code == "" {
		return number, nil
	}
	f, _ := res.Field(res.Code)
	var code string
	err := tx.QueryRow("SELECT "+f.SQL+" FROM "+res.From+" WHERE "+res.Key+" = $1", id).Scan(&code)
	if db.NoRows(err) {
		return number, nil
	}
	return code, err
}
