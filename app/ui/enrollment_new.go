package ui

import (
	"context"
	"time"

	"cohort/app/catalog"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// newEnrollment is the step "next" of a customer: pick a class that is open, then
// agree the price. It ends on the enrollment's page with its link.
func (d *desk) newEnrollment(customerID int64) kit.Screen {
	return kit.NewList(kit.ListSpec{Name: "ui.enroll.pick", NoSearch: true, Watch: []string{"classes"}, Empty: "ui.enroll.no_class", OpenAs: "kit.choose",
		Columns: []kit.Column{
			{Key: "code", Name: "field.class", Width: 12, Tone: kit.Strong},
			{Key: "course", Name: "field.course", Width: 14, Share: 3, Max: 44},
			{Key: "campus", Name: "field.campus", Width: 6, Share: 1, Max: 12},
			{Key: "kind", Name: "field.kind", Width: 9, Drop: 2},
			{Key: "starts", Name: "field.starts", Width: 10},
			{Key: "free", Name: "field.free", Width: 6, Right: true},
			{Key: "price", Name: "field.price", Width: 11, Right: true},
		},
		Source: kit.SourceFunc(func(ctx context.Context, q kit.Request) (kit.Page, error) {
			return asks(d, d.openClasses)(ctx)
		}),
		Open: func(r kit.Row) kit.Cmd {
			c, ok := r.Data.(catalog.Class)
			if !ok {
				return nil
			}
			return kit.Push(d.agreePrice(customerID, c))
		}})
}

func (d *desk) openClasses(ctx context.Context, by policy.Actor) (kit.Page, error) {
	list, err := d.app.Catalog.OpenClasses(ctx, by)
	page := kit.Page{Total: len(list)}
	for i, c := range list {
		free := kit.Cell{Text: d.p().T("ui.enroll.free", "n", c.Free(), "of", c.Capacity)}
		if c.Free() <= 3 {
			free.Tone = kit.Warn
		}
		page.Rows = append(page.Rows, kit.Row{ID: c.ID, Data: c, Cursor: i, Cells: []kit.Cell{{Text: c.Code}, {Text: c.CourseName}, {Text: c.CampusName},
			{Text: d.p().T("choice.kind." + c.Kind)}, {Text: dayText(c.Starts)}, free, {Text: d.p().Money(c.Price)}}})
	}
	return page, err
}

// dayText shows a day as it is stored, or a dash.
func dayText(day string) string {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return "-"
	}
	return day
}

// agreePrice asks the price agreed on, which begins as the course's.
func (d *desk) agreePrice(customerID int64, c catalog.Class) kit.Screen {
	show := func(name, text string) kit.Field {
		return kit.Field{Name: name, Kind: kit.KindShow, Value: kit.Value{Text: text}}
	}
	return kit.NewForm(kit.FormSpec{Name: "ui.enroll.new", Intro: "ui.enroll.new_intro", SaveID: "ui.enroll.make",
		Fields: []kit.Field{
			show("customer", ""), show("class", c.Code), show("course", c.CourseName), show("campus", c.CampusName), show("starts", dayText(c.Starts)),
			{Name: "price", Label: "ui.enroll.price", Kind: kit.KindMoney, Required: true, Value: kit.Fen(c.Price), Help: "ui.enroll.price_help", HelpArgs: []any{"price", d.p().Money(c.Price)}},
		},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.Loaded, error) {
			row, _, err := d.app.Engine.Show(ctx, by, "customers", customerID)
			return kit.Loaded{Values: kit.Values{"customer": {Text: row.Title}, "price": kit.Fen(c.Price)}}, err
		}),
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			return asks(d, func(ctx context.Context, by policy.Actor) (kit.Cmd, error) {
				price := in.Values.Fen("price")
				e, _, err := d.app.Enrollments.Create(ctx, by, customerID, c.ID, &price)
				if err != nil {
					return nil, err
				}
				return kit.Close(kit.Replace(d.enrollment(e.ID)), kit.Toast(kit.Good, "ui.enroll.made")), nil
			})(ctx)
		}})
}
