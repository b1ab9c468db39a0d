package ui

import "cohort/app/ui/kit"

// courses lists what the school teaches.
func (d *desk) courses() kit.Screen { return d.records("courses", "") }

// classes lists the classes that the person may see.
func (d *desk) classes() kit.Screen { return d.records("classes", "") }

// recordActions adds and changes records of a list by their declared form,
// where the person may do that to at least some.
func (d *desk) recordActions(name string) func(*kit.List) []kit.Action {
	return func(l *kit.List) []kit.Action {
		var out []kit.Action
		if d.canAdd(name) {
			out = append(out, kit.Action{ID: "ui.records.add", Keys: []string{"n"}, Weight: 9, Run: func() kit.Cmd { return kit.Push(d.addRecord(name)) }})
		}
		if r, ok := l.Current(); ok && d.hasForm(name) && d.can("change", name) == nil {
			out = append(out, kit.Action{ID: "ui.records.edit", Keys: []string{"e"}, Weight: 8, Run: func() kit.Cmd { return kit.Push(d.editRecord(name, r.ID)) }})
		}
		return append(out, d.manyActions(l, name)...)
	}
}

// manyActions are those on the marked rows, or the highlighted one, that every
// record has.
func (d *desk) manyActions(l *kit.List, name string) []kit.Action {
	if _, on := l.Current(); !on {
		return nil
	}
	out := d.bulkAction(l, name)
	if d.canDelete(name) && d.can("delete", name) == nil {
		out = append(out, d.deleteAction(l, name))
	}
	return out
}

// canAdd says whether a record can be added by its declared form.
func (d *desk) canAdd(name string) bool {
	res, ok := d.app.Engine.Get(name)
	return ok && res.CanAdd() && d.can("add", name) == nil
}

func (d *desk) addRecord(name string) kit.Screen {
	return d.recordForm(name, 0, d.shapeOf(name, 0), func(int64) kit.Cmd { return kit.Close(kit.Toast(kit.Good, "ui.saved_u")) })
}

func (d *desk) editRecord(name string, id int64) kit.Screen {
	return d.recordForm(name, id, d.shapeOf(name, id), func(int64) kit.Cmd { return kit.Close(kit.Toast(kit.Good, "ui.saved_u")) })
}
