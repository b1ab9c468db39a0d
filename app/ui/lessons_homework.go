package ui

import (
	"context"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/teaching"
	"cohort/app/ui/kit"
)

// lessonHomework is what a lesson's page tells its lecturers of the homework
// that was handed in: how much there is, how to fetch it and send grades back,
// and who handed in much the same.
func (d *desk) lessonHomework(ctx context.Context, by policy.Actor, l teaching.Lesson) ([]kit.Section, error) {
	list, err := d.app.Teaching.Handed(ctx, by, l.ID)
	if fault.Of(err) == fault.Forbidden && err != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	n, late := 0, 0
	for _, h := range list {
		if h.Last.ID != 0 {
			n++
			if h.Last.Late > 0 {
				late++
			}
		}
	}
	p := d.p()
	at := "classes/" + l.ClassCode + "/" + num(l.Number)
	out := []kit.Section{{Name: "ui.homework.handed", Pairs: []kit.Pair{{Name: "ui.homework.handed_n", Value: p.T("ui.homework.n_of", "n", n, "all", len(list), "late", late), Tone: kit.Strong}}}}
	if n > 0 {
		out[0].Pairs = append(out[0].Pairs, d.copied("ui.homework.fetch_all", d.download("-r ", at+"/homework")))
	}
	if d.can("grade", "study_records") == nil {
		out[0].Pairs = append(out[0].Pairs, d.copied("ui.homework.fetch_sheet", d.download("", at+"/"+teaching.SheetFile)),
			d.copied("ui.homework.send_sheet", d.upload(teaching.SheetFile, at+"/")))
	}
	if n < 2 {
		return out, nil
	}
	pairs, err := d.app.Teaching.Similar(ctx, by, l.ID)
	if len(pairs) > 0 {
		out = append(out, kit.Section{Name: "ui.homework.similar", Table: d.similarTable(l.ID, pairs)})
	}
	return out, err
}

// similarTable lists who handed in much the same; enter grades the first of the
// two.
func (d *desk) similarTable(lesson int64, pairs []teaching.Pair) *kit.Table {
	t := &kit.Table{Columns: []kit.Column{{Key: "share", Name: "ui.homework.share", Width: 6, Right: true}, {Key: "a", Name: "field.student", Width: 12, Share: 1, Max: 30, Tone: kit.Strong},
		{Key: "b", Name: "ui.homework.and", Width: 12, Share: 1, Max: 30, Tone: kit.Strong}},
		Open: func(r kit.Row) kit.Cmd { return kit.Push(d.grading(lesson, pairs[r.ID].A.Student)) }}
	for i, x := range pairs {
		t.Rows = append(t.Rows, kit.Row{ID: int64(i), Cells: []kit.Cell{{Text: num(int64(x.Share*100)) + "%", Tone: kit.Warn}, {Text: num(x.A.Roll) + " " + x.A.Name}, {Text: num(x.B.Roll) + " " + x.B.Name}}})
	}
	return t
}

// copied is a command that enter puts on the clipboard.
func (d *desk) copied(name, text string) kit.Pair {
	return kit.Pair{Name: name, Value: text, Wide: true, Open: func() kit.Cmd { return kit.Copy(text) }}
}

// recordHomework is what was handed in for one study record: shown to who
// grades it, and to the student himself.
func (d *desk) recordHomework(ctx context.Context, by policy.Actor, r teaching.StudyRecord) ([]kit.Section, error) {
	if by.NeedAny("view", "homework") != nil {
		return nil, nil
	}
	var out []kit.Section
	if by.Account == r.Account {
		own, err := d.ownHomework(ctx, by, r)
		if err != nil {
			return nil, err
		}
		out = own
	}
	versions, err := d.app.Teaching.Versions(ctx, by, r.ID)
	if err != nil {
		return nil, err
	}
	if len(versions) > 0 {
		last := versions[0]
		out = append(out, kit.Section{Name: "ui.homework.version", Args: []any{"n", last.Version, "when", d.p().DateTime(last.At), "late", d.lateness(last)}, Table: d.fileTable(last)})
		if len(versions) > 1 {
			out = append(out, kit.Section{Name: "ui.homework.versions", Table: d.versionTable(versions)})
		}
	} else {
		out = append(out, kit.Section{Name: "field.homework_files", Empty: "ui.homework.nothing"})
	}
	back, err := d.app.Teaching.Feedback(ctx, by, r.ID)
	if len(back) > 0 {
		out = append(out, kit.Section{Name: "ui.homework.feedback", Table: d.feedbackTable(back)})
	}
	return out, err
}

// ownHomework tells a student where to send his homework, and what was not
// taken.
func (d *desk) ownHomework(ctx context.Context, by policy.Actor, r teaching.StudyRecord) ([]kit.Section, error) {
	n := num(r.Number)
	s := kit.Section{Name: "ui.homework.how"}
	switch err := d.app.Teaching.TakesHomework(ctx, by, r.ClassCode, r.Number); {
	case err == nil:
		s.Pairs = []kit.Pair{d.copied("ui.homework.by_scp", d.upload("FILE...", "homework/"+r.ClassCode+"/"+n+"/")),
			d.copied("ui.homework.by_ssh", d.sshLine("homework submit "+r.ClassCode+" "+n+" --name hw.zip < hw.zip"))}
	case fault.Is(err, "teaching.no_homework"):
		return nil, nil
	default:
		f, ok := fault.As(err)
		if !ok {
			return nil, err
		}
		s.Text = d.p().Fault(f)
	}
	refused, err := d.app.Teaching.RefusedHomework(ctx, by, r.ClassCode, r.Number)
	for _, x := range refused {
		s.Timeline = append(s.Timeline, kit.Moment{When: d.p().DateTime(x.At), Head: d.p().T("ui.homework.not_taken", "name", x.Name), Body: d.p().Fault(x.Why), Tone: kit.Bad})
	}
	return []kit.Section{s}, err
}

func (d *desk) lateness(h teaching.Homework) string {
	if h.Late <= 0 {
		return d.p().T("homework.on_time")
	}
	return d.p().T("homework.late_by", "time", teaching.LateWord(h.Late))
}

func (d *desk) fileTable(h teaching.Homework) *kit.Table {
	t := &kit.Table{Columns: []kit.Column{{Key: "name", Name: "ui.enroll.file", Width: 20, Share: 3, Max: 60, Tone: kit.Strong}, {Key: "size", Name: "homework.size", Width: 9, Right: true},
		{Key: "sha256", Name: "field.sha256", Width: 16, Share: 1, Max: 64, Drop: 1}},
		Open: func(r kit.Row) kit.Cmd { return kit.Push(d.homeworkFile(h.Files[r.ID])) }}
	for i, f := range h.Files {
		t.Rows = append(t.Rows, kit.Row{ID: int64(i), Cells: []kit.Cell{{Text: f.Name}, {Text: d.p().Size(f.Size)}, {Text: f.SHA256}}})
	}
	return t
}

func (d *desk) versionTable(list []teaching.Homework) *kit.Table {
	t := &kit.Table{Columns: []kit.Column{{Key: "version", Name: "field.version", Width: 7, Right: true}, {Key: "handed_in", Name: "field.handed_in", Width: 16},
		{Key: "late", Name: "homework.col.late", Width: 16}, {Key: "files", Name: "field.files", Width: 6, Right: true}, {Key: "size", Name: "homework.size", Width: 9, Right: true, Drop: 1},
		{Key: "receipt", Name: "field.receipt", Width: 22, Share: 1, Max: 40, Drop: 2}},
		Open: func(r kit.Row) kit.Cmd { return kit.Push(d.homeworkVersion(list[r.ID])) }}
	for i, h := range list {
		t.Rows = append(t.Rows, kit.Row{ID: int64(i), Cells: []kit.Cell{{Text: num(h.Version)}, {Text: d.p().DateTime(h.At)}, {Text: d.lateness(h)}, {Text: num(int64(len(h.Files)))},
			{Text: d.p().Size(h.Size)}, {Text: h.Receipt}}})
	}
	return t
}

// homeworkVersion is one version with its receipt and files.
func (d *desk) homeworkVersion(h teaching.Homework) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "one.homework", Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
		h, err := d.app.Teaching.HomeworkOf(ctx, by, h.ID)
		p := d.p()
		return kit.DetailPage{Title: h.Receipt, Sections: []kit.Section{
			{Pairs: []kit.Pair{{Name: "field.receipt", Value: h.Receipt, Tone: kit.Strong}, {Name: "field.version", Value: num(h.Version)}, {Name: "field.handed_in", Value: p.DateTime(h.At)},
				{Name: "homework.col.late", Value: d.lateness(h)}, {Name: "homework.size", Value: p.Value(i18n.Size(h.Size))}, {Name: "field.sha256", Value: h.SHA256, Wide: true}}},
			{Name: "field.homework_files", Table: d.fileTable(h)}}}, err
	})})
}

func (d *desk) feedbackTable(list []teaching.FeedbackFile) *kit.Table {
	t := &kit.Table{Columns: []kit.Column{{Key: "name", Name: "ui.enroll.file", Width: 20, Share: 3, Max: 60, Tone: kit.Strong}, {Key: "size", Name: "homework.size", Width: 9, Right: true},
		{Key: "sent", Name: "field.sent", Width: 16}},
		Open: func(r kit.Row) kit.Cmd { return kit.Push(d.feedbackFile(list[r.ID])) }}
	for i, f := range list {
		t.Rows = append(t.Rows, kit.Row{ID: int64(i), Cells: []kit.Cell{{Text: f.Name}, {Text: d.p().Size(f.Size)}, {Text: d.p().DateTime(f.Sent)}}})
	}
	return t
}
