package ui

import (
	"context"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
)

// equip gives a list what every list has: columns of one's own, editing in the
// row.
func (d *desk) equip(spec *kit.ListSpec, res *resource.Resource, by policy.Actor) {
	spec.Select = true
	spec.Tailor = d.tailor(res, by)
	spec.Edit = d.rowEdit(res, by)
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
	return t
}

// rowEdit edits the cells of a row by the fields of the record's form; nil where
// there is no form, or the person may change none of the records.
func (d *desk) rowEdit(res *resource.Resource, by policy.Actor) *kit.RowEdit {
	if !d.hasForm(res.Name) || !by.Can("change", res.Name) {
		return nil
	}
	e := &kit.RowEdit{}
	for _, f := range res.Inputs(false) {
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
