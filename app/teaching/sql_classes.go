package teaching

import (
	"database/sql"

	"cohort/app/policy"
	"cohort/db"
)

// waiting says that a study record waits for a score: its homework was handed
// in, or is due by now.
const waiting = `study_records.score = 'N/A' AND study_records.before_join = 0 AND lessons.homework <> ''
	AND (EXISTS (SELECT 1 FROM homework WHERE homework.study_record_id = study_records.id) OR lessons.due_at > 0 AND lessons.due_at <= {now}
		OR lessons.due_at = 0 AND lessons.called_at > 0)`

func (s *Service) taught(tx *db.Tx, by policy.Actor) ([]Taught, error) {
	args := &db.Args{}
	today, now := args.Add(s.today(tx)), args.Add(db.Millis(tx.Now))
	where := by.Where("rank", "classes", s.classRules(), args)
	rows, err := tx.Query(`SELECT classes.id, classes.code, classes.kind, courses.name, campuses.name, classes.room, classes.starts_on, classes.ends_on,
		(SELECT count(*) FROM lessons WHERE lessons.class_id = classes.id AND lessons.held_on <= `+today+`), classes.planned_lessons,
		(SELECT count(*) FROM student_classes WHERE student_classes.class_id = classes.id),
		(SELECT count(*) FROM study_records JOIN lessons ON lessons.id = study_records.lesson_id
			WHERE study_records.class_id = classes.id AND `+replaced(waiting, now)+`),
		(SELECT count(*) FROM lessons WHERE lessons.class_id = classes.id AND lessons.held_on <= `+today+` AND lessons.called_at = 0
			AND EXISTS (SELECT 1 FROM study_records WHERE study_records.lesson_id = lessons.id AND study_records.before_join = 0))
		FROM classes JOIN courses ON courses.id = classes.course_id JOIN campuses ON campuses.id = classes.campus_id
		WHERE `+where+` ORDER BY CASE WHEN classes.ends_on = '' OR classes.ends_on >= `+today+` THEN 0 ELSE 1 END, classes.starts_on DESC, classes.id DESC
		LIMIT 500`, *args...)
	return db.Collect(rows, err, func(r *sql.Rows) (t Taught, err error) {
		err = r.Scan(&t.Class, &t.Code, &t.Kind, &t.Course, &t.Campus, &t.Room, &t.Starts, &t.Ends, &t.Held, &t.Planned, &t.Students, &t.Open, &t.Uncalled)
		return t, err
	})
}

// classRules are the row-rule fields of classes, as their noun declares them.
func (s *Service) classRules() policy.Fields {
	res, _ := s.Engine.Get("classes")
	return res.Rules
}

func (s *Service) progress(tx *db.Tx, by policy.Actor, class int64) ([]Progress, error) {
	args := &db.Args{}
	where := "lessons.class_id = " + args.Add(class) + " AND " + by.Where("list", "lessons", lessonRules, args)
	const count = "(SELECT count(*) FROM study_records WHERE study_records.lesson_id = lessons.id AND study_records.before_join = 0"
	rows, err := tx.Query("SELECT "+count+"), "+count+" AND study_records.attendance IN ('absent', 'excused')), "+count+" AND study_records.score <> 'N/A'), "+
		count+" AND EXISTS (SELECT 1 FROM homework WHERE homework.study_record_id = study_records.id)), "+lessonColumns+
		" FROM "+lessonFrom+" WHERE "+where+" ORDER BY lessons.number DESC LIMIT 2000", *args...)
	return db.Collect(rows, err, func(r *sql.Rows) (p Progress, err error) {
		p.Lesson, err = scanLesson(ahead{r, []any{&p.Students, &p.Away, &p.Graded, &p.HandedIn}})
		return p, err
	})
}

// ahead scans some columns of its own before those that are asked for.
type ahead struct {
	scanner
	first []any
}

// Scan is scanner's.
func (a ahead) Scan(dest ...any) error { return a.scanner.Scan(append(a.first, dest...)...) }
