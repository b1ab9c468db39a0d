package teaching

import (
	"time"

	"cohort/db"
)

// midnight is the beginning of a day in the school's zone.
func (s *Service) midnight(day string) time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, day, s.Zone)
	return t
}

// member is one student of a class.
type member struct {
	student, account int64
	joined           time.Time
}

// before says whether a lesson was held before the day on which the student
// joined.
func (s *Service) before(m member, held string) bool { return held < s.day(m.joined) }

// makeRecords gives every student of the class a record of a new lesson.
func (s *Service) makeRecords(tx *db.Tx, l Lesson) error {
	list, err := members(tx, l.Class)
	if err != nil {
		return err
	}
	for _, m := range list {
		if err := insertRecord(tx, l.ID, l.Class, m.student, s.before(m, l.Held)); err != nil {
			return err
		}
	}
	return nil
}

// Join gives a student who has just joined a class a record for each of its
// lessons. It runs inside the approval. Lessons that were held already are
// marked as before joining: they are there to be read and count for nothing.
func (s *Service) Join(tx *db.Tx, student, class int64) error {
	m, err := memberOf(tx, student, class)
	if err != nil {
		return err
	}
	list, err := lessonsOf(tx, class)
	if err != nil {
		return err
	}
	for _, l := range list {
		if err := insertRecord(tx, l.ID, class, student, s.before(m, l.Held)); err != nil {
			return err
		}
	}
	if len(list) > 0 {
		s.publish(tx, "lessons", 0, "changed")
	}
	return addStanding(tx, class, student, counts{})
}

// moved decides anew, after a lesson has got another date, for whom it was
// before joining.
func (s *Service) moved(tx *db.Tx, l Lesson) error {
	list, err := members(tx, l.Class)
	if err != nil {
		return err
	}
	for _, m := range list {
		r, err := recordOfStudent(tx, l.ID, m.student)
		if db.NoRows(err) {
			continue
		}
		if err != nil {
			return err
		}
		old := r
		if r.BeforeJoin = s.before(m, l.Held); r.BeforeJoin == old.BeforeJoin {
			continue
		}
		if err := setBefore(tx, r.ID, r.BeforeJoin); err != nil {
			return err
		}
		if err := recount(tx, old, r); err != nil {
			return err
		}
	}
	return nil
}
