package ui

import (
	"context"

	"cohort/app/enrollment"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// contracts shows the student's contract as it was signed; of several, a list
// with the newest below.
func (d *desk) contracts() kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "ui.place.contract", Addr: "contract", Watch: []string{"enrollments"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			list, err := d.app.Enrollments.MyContracts(ctx, by)
			page := kit.DetailPage{Title: d.p().T("ui.place.contract")}
			switch {
			case err != nil:
				return page, err
			case len(list) == 0:
				page.Sections = []kit.Section{{Empty: "ui.study.no_contract"}}
				return page, nil
			case len(list) > 1:
				page.Sections = append(page.Sections, kit.Section{Table: d.contractTable(list)})
			}
			page.Sections = append(page.Sections, d.contractPage(list[0])...)
			return page, nil
		})})
}

func (d *desk) contractTable(list []enrollment.Contract) *kit.Table {
	t := &kit.Table{Columns: []kit.Column{
		{Key: "class", Name: "field.class", Width: 14, Share: 1, Max: 20, Tone: kit.Strong},
		{Key: "course", Name: "field.course", Width: 20, Share: 2, Max: 40},
		{Key: "signed", Name: "field.signed", Width: 16},
		{Key: "price", Name: "field.price", Width: 12, Right: true, Drop: 1},
	}, Open: func(r kit.Row) kit.Cmd { return kit.Push(d.contract(list[r.ID])) }}
	for i, c := range list {
		t.Rows = append(t.Rows, kit.Row{ID: int64(i), Cells: []kit.Cell{{Text: c.Class}, {Text: c.Course}, {Text: d.p().DateTime(c.Signed)}, {Text: d.p().Money(c.Price)}}})
	}
	return t
}

// contract is one signed contract.
func (d *desk) contract(c enrollment.Contract) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "ui.place.contract", Watch: []string{"enrollments"}, Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
		c, err := d.app.Enrollments.MyContract(ctx, by, c.Class)
		return kit.DetailPage{Title: c.Class, Sections: d.contractPage(c)}, err
	})})
}

func (d *desk) contractPage(c enrollment.Contract) []kit.Section {
	p := d.p()
	whole := kit.Pair{Name: "ui.study.whole", Value: p.T("ui.study.whole_yes"), Tone: kit.Good}
	if !c.Whole {
		whole.Value, whole.Tone = p.T("ui.study.whole_no"), kit.Bad
	}
	return []kit.Section{
		{Name: "ui.study.contract_of", Args: []any{"class", c.Class}, Pairs: []kit.Pair{
			{Name: "field.course", Value: c.Course}, {Name: "field.campus", Value: c.Campus},
			{Name: "field.price", Value: p.Money(c.Price), Tone: kit.Strong}, {Name: "field.consultant", Value: c.Consultant},
			{Name: "field.signed", Value: p.DateTime(c.Signed)}, {Name: "field.approved", Value: p.DateTime(c.Approved)},
			whole}, Draw: command(hashLine(c.SHA256))},
		{Draw: command(p.T("ui.study.keep"), "$ "+d.download("", "contract-"+c.Class+".md"))},
		{Name: "ui.study.text", Markdown: c.Text},
	}
}

// myClasses lists the student's classes.
func (d *desk) myClasses() kit.Screen {
	return kit.NewList(kit.ListSpec{Name: "ui.place.my_classes", Addr: "my_classes", NoSearch: true, Watch: []string{"classes", "courses", "students"}, Empty: "ui.study.no_class",
		Columns: []kit.Column{
			{Key: "class", Name: "field.class", Width: 12, Tone: kit.Strong},
			{Key: "course", Name: "field.course", Width: 28, Share: 3, Max: 44},
			{Key: "campus", Name: "field.campus", Width: 6, Share: 1, Max: 12},
			{Key: "kind", Name: "field.kind", Width: 9, Drop: 2},
			{Key: "starts", Name: "field.starts", Width: 10},
			{Key: "ends", Name: "field.ends", Width: 10, Drop: 1},
			{Key: "lecturers", Name: "field.lecturers", Width: 10, Share: 2, Max: 30, Drop: 3},
		},
		Source: kit.SourceFunc(func(ctx context.Context, _ kit.Request) (kit.Page, error) {
			return asks(d, func(ctx context.Context, by policy.Actor) (kit.Page, error) {
				list, err := d.app.Enrollments.MyClasses(ctx, by)
				page := kit.Page{Total: len(list)}
				for i, m := range list {
					page.Rows = append(page.Rows, kit.Row{ID: m.Class, Data: m, Cursor: i, Cells: []kit.Cell{{Text: m.Code}, {Text: m.Course}, {Text: m.Campus},
						{Text: d.p().T("choice.kind." + m.Kind)}, {Text: dayText(m.Starts)}, {Text: dayText(m.Ends)}, {Text: d.p().Value(m.Lecturers)}}})
				}
				return page, err
			})(ctx)
		}),
		Open: func(r kit.Row) kit.Cmd {
			m, ok := r.Data.(enrollment.Membership)
			if !ok {
				return nil
			}
			return kit.Push(d.myClass(m))
		}})
}

// myClass is one class of the student's with the outline of its course.
func (d *desk) myClass(m enrollment.Membership) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "field.class", Watch: []string{"classes", "courses", "lessons", "study_records", "homework"}, Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
		page := kit.DetailPage{Title: m.Code}
		o, err := d.app.Enrollments.Outline(ctx, by, m.CourseCode)
		if err != nil {
			return page, err
		}
		p := d.p()
		pairs := []kit.Pair{{Name: "field.course", Value: m.Course, Tone: kit.Strong}, {Name: "field.campus", Value: m.Campus},
			{Name: "field.kind", Value: p.T("choice.kind." + m.Kind)}, {Name: "ui.study.dates", Value: dayText(m.Starts) + " - " + dayText(m.Ends)},
			{Name: "field.lecturers", Value: orDash(p.Value(m.Lecturers))}, {Name: "field.students", Value: kit.ID(int64(m.Students))}}
		if m.Lessons > 0 {
			pairs = append(pairs, kit.Pair{Name: "field.lessons", Value: kit.ID(int64(m.Lessons))})
		}
		lessons, err := d.classLessons(ctx, by, m.Class)
		if err != nil {
			return page, err
		}
		page.Sections = append([]kit.Section{{Pairs: append(pairs, kit.Pair{Name: "ui.study.joined", Value: p.Date(m.Joined)})}}, lessons...)
		page.Sections = append(page.Sections, kit.Section{Name: "ui.study.outline", Markdown: o.Text, Empty: "ui.study.no_outline"})
		return page, nil
	})})
}

// myDocuments lists what the student sent; enter draws it.
func (d *desk) myDocuments() kit.Screen {
	s := d.newShots()
	return kit.NewDetail(kit.DetailSpec{Name: "ui.place.my_documents", Addr: "my_documents", Watch: []string{"enrollments"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			page := kit.DetailPage{Title: d.p().T("ui.place.my_documents")}
			list, err := d.app.Enrollments.MyDocuments(ctx, by)
			if err != nil {
				return page, err
			}
			var docs []enrollment.Document
			for _, x := range list {
				docs = append(docs, x.Document)
			}
			t := &kit.Table{Columns: []kit.Column{
				{Key: "name", Name: "ui.enroll.file", Width: 20, Share: 2, Max: 40},
				{Key: "class", Name: "field.class", Width: 12, Share: 1, Max: 18},
				{Key: "type", Name: "field.type", Width: 5},
				{Key: "size", Name: "field.size", Width: 9, Right: true},
				{Key: "uploaded", Name: "field.uploaded", Width: 16, Drop: 1},
			}, Open: func(r kit.Row) kit.Cmd { return kit.Push(d.document(docs, r.ID, s)) }}
			for _, x := range list {
				t.Rows = append(t.Rows, kit.Row{ID: x.ID, Cells: []kit.Cell{{Text: x.Name}, {Text: x.Class}, {Text: typeName(x.Type)}, {Text: d.p().Size(x.Size)}, {Text: d.kept(x.Document)}}})
			}
			page.Sections = []kit.Section{{Table: t, Empty: "ui.study.no_documents"}}
			if len(list) > 0 {
				page.Sections = append(page.Sections, kit.Section{Draw: command(d.p().T("ui.enroll.download"), "$ "+d.download("-r ", "documents"))})
			}
			seen, err := d.whoSaw(ctx, by)
			page.Sections = append(page.Sections, seen)
			return page, err
		})})
}

// myPayments shows what was agreed, what is paid and what is still owed, class
// by class.
func (d *desk) myPayments() kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "ui.place.my_payments", Addr: "my_payments", Watch: []string{"payments", "enrollments"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			list, err := d.app.Payments.Mine(ctx, by)
			page := kit.DetailPage{Title: d.p().T("ui.place.my_payments")}
			for _, acc := range list {
				page.Sections = append(page.Sections, d.accountPage(acc, d.openPayment)...)
			}
			if len(list) == 0 {
				page.Sections = []kit.Section{{Empty: "ui.study.no_balance"}}
			}
			return page, err
		})})
}
