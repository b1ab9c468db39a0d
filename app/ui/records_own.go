package ui

import (
	"context"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
)

// equip gives a list what every list has: columns and lists of one's own, marks
// on all that match, editing in the row, and acts on many rows.
func (d *desk) equip(spec *kit.ListSpec, res *resource.Resource, by policy.Actor) {
	spec.Select = len(d.app.Engine.Actions(by, res.Name)) > 0 || by.Can("export", res.Name)
	spec.Tailor = d.tailor(res, by)
	spec.Saved = d.savedLists(res.Name)
	spec.Edit = d.rowEdit(res, by)
	spec.All = func(ctx context.Context, query string) ([]int64, error) {
		return asks(d, func(ctx context.Context, by policy.Actor) ([]int64, error) {
			return d.app.Engine.IDs(ctx, by, res.Name, query, resource.MaxIDs)
		})(ctx)
	}
}

// tailor offers every field that the person may see as a column; long texts are
// for pages.
func (d *desk) tailor(res *resource.Resource, by policy.Actor) *kit.Tailor {
	t := &kit.Tailor{}
	for _, f := range res.Fields {
		if visible(by, res, f) && !f.Markdown {
			t.Columns = append(t.Columns, d.column(f, by, res.Name))
		}
	}
	if p, err := d.app.Engine.Prefs(context.Background(), by, res.Name); err == nil {
		t.Prefs = kit.ListPrefs{Columns: p.Columns, Page: p.PageSize}
	}
	t.Keep = func(ctx context.Context, p kit.ListPrefs) error {
		return does(d, func(ctx context.Context, by policy.Actor) error {
			return d.app.Engine.SetPrefs(ctx, by, res.Name, resource.Prefs{Columns: p.Columns, PageSize: p.Page})
		})(ctx)
	}
	return t
}

// savedLists keeps lists of a resource by name.
func (d *desk) savedLists(name string) *kit.SavedLists {
	return &kit.SavedLists{
		Share: d.rolesToShare,
		Lists: asks(d, func(ctx context.Context, by policy.Actor) ([]kit.SavedList, error) {
			found, err := d.app.Engine.SavedLists(ctx, by, name)
			var out []kit.SavedList
			for _, l := range found {
				s := kit.SavedList{ID: l.ID, Name: l.Name, Query: l.Query, Columns: l.Columns, Mine: l.Mine || l.Role != "" && by.Can("change", "roles")}
				if l.Role != "" {
					s.Shared = d.roleName(l.Role)
				}
				if !l.Mine {
					s.Owner = l.Owner
				}
				out = append(out, s)
			}
			return out, err
		}),
		Save: func(ctx context.Context, s kit.SavedList) error {
			return does(d, func(ctx context.Context, by policy.Actor) error {
				_, err := d.app.Engine.SaveList(ctx, by, resource.SavedList{Resource: name, Name: s.Name, Query: s.Query, Columns: s.Columns, Role: s.Shared})
				return err
			})(ctx)
		},
		Drop: func(ctx context.Context, id int64) error {
			return does(d, func(ctx context.Context, by policy.Actor) error { return d.app.Engine.DropList(ctx, by, id) })(ctx)
		}}
}

func (d *desk) roleName(role string) string { return d.p().Or("role."+role, role) }

// rolesToShare are the roles with whose people one may share a list: one's own,
// and every one where one makes roles.
func (d *desk) rolesToShare() []kit.Option {
	by := d.actor()
	var out []kit.Option
	if by.Can("change", "roles") {
		roles, err := d.app.Org.Roles(context.Background(), by)
		if err == nil {
			for _, r := range roles {
				out = append(out, kit.Option{Value: r.Name, Label: d.roleName(r.Name)})
			}
			return out
		}
	}
	if by.Rights != nil {
		for _, r := range by.Rights.Roles {
			out = append(out, kit.Option{Value: r.Name, Label: d.roleName(r.Name)})
		}
	}
	return out
}

// rowEdit edits the cells of a row by the fields of the record's form; nil where
// there is no form, or the person may change none of the records.
func (d *desk) rowEdit(res *resource.Resource, by policy.Actor) *kit.RowEdit {
	if !d.hasForm(res.Name) || !by.Can("change", res.Name) {
		return nil
	}
	e := &kit.RowEdit{Said: "ui.saved_u"}
	for _, f := range clockless(res.Inputs(false)) {
		if x := d.formField(f); x.Kind != kit.KindArea && x.Kind != kit.KindSeveral {
			e.Fields = append(e.Fields, x)
		}
	}
	e.Load = func(ctx context.Context, id int64) (kit.Loaded, error) {
		err := does(d, func(ctx context.Context, by policy.Actor) error { return d.may(ctx, by, "change", res.Name, id) })(ctx)
		if err != nil {
			return kit.Loaded{}, err
		}
		return d.loadRecord(res.Name, id)(ctx)
	}
	e.Save = func(ctx context.Context, id int64, in kit.Submit) error {
		return does(d, func(ctx context.Context, by policy.Actor) error {
			_, err := d.writeRecord(ctx, by, res.Name, id, in)
			return err
		})(ctx)
	}
	return e
}
