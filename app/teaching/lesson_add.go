package teaching

import (
	"context"
	"time"

	"cohort/app/audit"
	"cohort/app/catalog"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Draft is what a class's next lesson begins with: the number after the last
// one, the school's day, and the part of the course's outline with that number.
func (s *Service) Draft(ctx context.Context, by policy.Actor, class int64) (l Lesson, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.need(tx, by, "view", "classes", class); err != nil {
			return err
		}
		n, err := lastNumber(tx, class)
		if err != nil {
			return err
		}
		l, err = s.draft(tx, by, class, n+1)
		return err
	})
	return l, err
}

func (s *Service) draft(tx *db.Tx, by policy.Actor, class, number int64) (Lesson, error) {
	c, err := catalog.ClassOf(tx, class)
	if err != nil {
		return Lesson{}, err
	}
	part := section(c.Outline, number)
	l := Lesson{Class: class, ClassCode: c.Code, CourseName: c.CourseName, Number: number, Held: s.today(tx), Title: part.Title, Content: part.Body}
	if l.Held < c.Starts {
		l.Held = c.Starts
	}
	if l.Lecturer, err = lecturerFor(tx, class, by.Account); err == nil {
		l.LecturerName, err = accountName(tx, l.Lecturer)
	}
	return l, err
}

// AddLesson makes a lesson with a study record for every student of the class.
// values are those of the resource; what is not given comes from the draft.
func (s *Service) AddLesson(ctx context.Context, by policy.Actor, values resource.Values) (id int64, err error) {
	if err := by.NeedAny("add", "lessons"); err != nil {
		return 0, err
	}
	res, _ := s.Engine.Get("lessons")
	if values, err = res.Check(true, values); err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		id, err = s.addLesson(tx, by, values)
		return err
	})
	return id, err
}

func (s *Service) addLesson(tx *db.Tx, by policy.Actor, v resource.Values) (int64, error) {
	class := v.Int("class")
	if err := s.seesClass(tx, by, class); err != nil {
		return 0, err
	}
	l, err := s.filled(tx, by, class, v)
	if err != nil {
		return 0, err
	}
	if err := checkLesson(tx, l); err != nil {
		return 0, err
	}
	if l.ID, err = insertLesson(tx, l); err != nil {
		return 0, taken(err, l)
	}
	if ok, err := s.Engine.Sees(tx, by, "add", "lessons", l.ID); err != nil || !ok {
		if err == nil {
			err = policy.Forbidden("add", "lessons")
		}
		return 0, err
	}
	if err := s.makeRecords(tx, l); err != nil {
		return 0, err
	}
	if err := s.announce(tx, by, l); err != nil {
		return 0, err
	}
	s.publish(tx, "lessons", l.ID, "added")
	return l.ID, audit.Write(tx, by, "add", "lessons", l.ID, audit.Diff(nil, lessonTexts(l), lessonFields)...)
}

// seesClass refuses a class that by may not see as if there were none.
func (s *Service) seesClass(tx *db.Tx, by policy.Actor, class int64) error {
	err := s.need(tx, by, "view", "classes", class)
	if fault.Of(err) == fault.NotFound && err != nil {
		return fault.Field("class", "record.no_such")
	}
	return err
}

// filled is the draft with what was given laid over it.
func (s *Service) filled(tx *db.Tx, by policy.Actor, class int64, v resource.Values) (Lesson, error) {
	n := v.Int("number")
	if n == 0 {
		last, err := lastNumber(tx, class)
		if err != nil {
			return Lesson{}, err
		}
		n = last + 1
	}
	l, err := s.draft(tx, by, class, n)
	if err != nil {
		return Lesson{}, err
	}
	return over(l, v), nil
}

// over lays given values over a lesson.
func over(l Lesson, v resource.Values) Lesson {
	for name, to := range map[string]*string{"held": &l.Held, "title": &l.Title, "content": &l.Content, "homework": &l.Homework} {
		if v.Has(name) && (v.Str(name) != "" || name == "content" || name == "homework") {
			*to = v.Str(name)
		}
	}
	for name, to := range map[string]*int64{"number": &l.Number, "lecturer": &l.Lecturer} {
		if v.Int(name) != 0 {
			*to = v.Int(name)
		}
	}
	for name, to := range map[string]*time.Time{"due": &l.Due, "cutoff": &l.Cutoff} {
		if v.Has(name) {
			*to = db.Moment(v.Int(name))
		}
	}
	return l
}

// checkLesson is a lesson's own rule.
func checkLesson(tx *db.Tx, l Lesson) error {
	var bad []*fault.Fault
	if l.Number < 1 || l.Number > 9999 {
		bad = append(bad, fault.Field("number", "teaching.number_range"))
	}
	if l.Title == "" {
		bad = append(bad, fault.Field("title", "fault.required"))
	}
	if l.Homework == "" && !l.Due.IsZero() {
		bad = append(bad, fault.Field("homework", "teaching.due_without_homework"))
	}
	if !l.Cutoff.IsZero() && l.Cutoff.Before(l.Due) {
		bad = append(bad, fault.Field("cutoff", "teaching.cutoff_early"))
	}
	if !l.Cutoff.IsZero() && l.Due.IsZero() {
		bad = append(bad, fault.Field("due", "teaching.cutoff_without_due"))
	}
	if ok, err := activeAccount(tx, l.Lecturer); err != nil || !ok {
		bad = append(bad, fault.Field("lecturer", "teaching.no_lecturer"))
	}
	return fault.Join(bad...)
}

// taken says in words that there is such a lesson already.
func taken(err error, l Lesson) error {
	if _, twice := db.Unique(err); twice {
		return fault.New(fault.Conflict, "teaching.number_taken", "class", l.ClassCode, "n", l.Number).On("number").Because(err)
	}
	return err
}

// announce tells the students of a new lesson.
func (s *Service) announce(tx *db.Tx, by policy.Actor, l Lesson) error {
	accounts, err := studentAccounts(tx, l.Class)
	if err != nil {
		return err
	}
	kind, args := "lesson", []any{"class", l.ClassCode, "n", l.Number, "title", l.Title, "day", i18n.Day(s.midnight(l.Held))}
	if !l.Due.IsZero() {
		kind, args = "lesson_due", append(args, "due", l.Due)
	}
	for _, to := range accounts {
		if to == by.Account {
			continue
		}
		if err := s.tell(tx, to, kind, lessonLink(l.ID), args...); err != nil {
			return err
		}
	}
	return nil
}
