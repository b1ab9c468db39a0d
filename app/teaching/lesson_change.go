package teaching

import (
	"context"
	"strconv"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// ChangeLesson changes the fields given of a lesson whose version by has read; 0
// takes the present one. What happened in it stays: another lecturer or date
// touches no attendance and no grade.
func (s *Service) ChangeLesson(ctx context.Context, by policy.Actor, id, version int64, values resource.Values) error {
	res, _ := s.Engine.Get("lessons")
	values, err := res.Check(false, values)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		l, err := s.lessonFor(tx, by, "change", id)
		if err != nil {
			return err
		}
		if version != 0 && version != l.Version {
			return fault.New(fault.Stale, "fault.stale")
		}
		return s.changeLesson(tx, by, l, over(l, values))
	})
}

func (s *Service) changeLesson(tx *db.Tx, by policy.Actor, old, l Lesson) error {
	changes := audit.Diff(lessonTexts(old), lessonTexts(l), lessonFields)
	if len(changes) == 0 {
		return nil
	}
	if err := checkLesson(tx, l); err != nil {
		return err
	}
	if err := updateLesson(tx, l); err != nil {
		return taken(err, l)
	}
	if l.Held != old.Held {
		if err := s.moved(tx, l); err != nil {
			return err
		}
	}
	s.publish(tx, "lessons", l.ID, "changed")
	return audit.Write(tx, by, "change", "lessons", l.ID, changes...)
}

// lessonFields are the fields that the audit trail tells of.
var lessonFields = []string{"class", "number", "held", "title", "lecturer", "content", "homework", "due", "cutoff"}

// lessonTexts is a lesson as the audit trail writes it.
func lessonTexts(l Lesson) map[string]string {
	return map[string]string{"class": l.ClassCode, "number": strconv.FormatInt(l.Number, 10), "held": l.Held, "title": l.Title,
		"lecturer": strconv.FormatInt(l.Lecturer, 10), "content": l.Content, "homework": l.Homework, "due": moment(l.Due), "cutoff": moment(l.Cutoff)}
}

func lessonLink(id int64) string { return "lessons/" + strconv.FormatInt(id, 10) }

// keepLesson refuses to delete a lesson of which something is known: its roll
// was called, somebody is graded, or homework was handed in.
func keepLesson(tx *db.Tx, _ policy.Actor, id int64) error {
	l, err := LessonOf(tx, id)
	if err != nil {
		return err
	}
	used, err := usedLesson(tx, id)
	if err != nil || !used && l.Called.IsZero() {
		return err
	}
	return fault.New(fault.Conflict, "teaching.lesson_kept", "class", l.ClassCode, "n", l.Number)
}
