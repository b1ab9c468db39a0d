package ui

import (
	"context"
	"slices"
	"time"

	"cohort/app/policy"
	"cohort/app/teaching"
	"cohort/app/ui/kit"
)

// dayOf is a stored day in the school's zone.
func (d *desk) dayOf(day string) time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, day, d.app.Zone)
	return t
}

// newLesson is the form of a class's next lesson, filled in from the course's
// outline.
func (d *desk) newLesson(class int64, code string) kit.Screen {
	return d.recordForm("lessons", 0, func(s *kit.FormSpec) {
		s.Name, s.Args, s.Intro = "ui.teaching.new_lesson_of", []any{"class", code}, "ui.teaching.from_outline"
		s.Modes = nil
		s.Fields = slices.DeleteFunc(s.Fields, func(f kit.Field) bool { return f.Name == "class" })
		d.shapeLesson(s)
		s.Load = asks(d, func(ctx context.Context, by policy.Actor) (kit.Loaded, error) {
			l, err := d.app.Teaching.Draft(ctx, by, class)
			return kit.Loaded{Values: draftValues(l)}, err
		})
		write := s.Save
		s.Save = func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			in.Values["class"] = kit.Value{Text: kit.ID(class)}
			return write(ctx, in)
		}
	}, func(id int64) kit.Cmd {
		return kit.Batch(kit.Replace(d.lesson(id)), kit.Toast(kit.Good, "ui.teaching.lesson_made"))
	})
}

func draftValues(l teaching.Lesson) kit.Values {
	return kit.Values{"number": {Text: num(l.Number)}, "held": {Text: l.Held}, "title": {Text: l.Title}, "content": {Text: l.Content},
		"lecturer": {Text: kit.ID(l.Lecturer), Label: l.LecturerName}}
}

func (d *desk) editLesson(id int64) kit.Screen {
	return d.recordForm("lessons", id, d.shapeLesson, func(int64) kit.Cmd { return kit.Close(kit.Toast(kit.Good, "ui.saved")) })
}

// lessonOrder is how a lesson is written: what is taught, what is asked, until
// when.
var lessonOrder = []string{"class", "number", "held", "title", "content", "homework", "due", "cutoff", "lecturer"}

// shapeLesson orders the fields, gives them room, and says how times are typed.
func (d *desk) shapeLesson(s *kit.FormSpec) {
	slices.SortStableFunc(s.Fields, func(a, b kit.Field) int { return slices.Index(lessonOrder, a.Name) - slices.Index(lessonOrder, b.Name) })
	for i := range s.Fields {
		switch f := &s.Fields[i]; f.Name {
		case "title":
			f.Required = true
		case "content":
			f.Rows, f.Help = 6, "ui.teaching.markdown_help"
		case "homework":
			f.Rows, f.Help = 4, "ui.teaching.markdown_help"
		case "due":
			f.Help = "ui.teaching.due_help"
		case "cutoff":
			f.Help = "ui.teaching.cutoff_help"
		}
	}
}
