package teaching

import "cohort/db"

// counts is what a student has made of a class, or what one record adds to it.
type counts struct {
	total, graded                             int64 // every graded lesson
	releasedTotal, releasedGraded             int64 // those that the student knows of
	present, late, absent, leftEarly, excused int64
}

// contribution is what one record adds. A lesson from before joining adds
// nothing.
func contribution(r StudyRecord) (c counts) {
	if r.BeforeJoin {
		return c
	}
	if r.Score.Counts() {
		c.total, c.graded = r.Score.Points(), 1
		if !r.Released.IsZero() {
			c.releasedTotal, c.releasedGraded = c.total, 1
		}
	}
	switch r.Attendance {
	case Present:
		c.present = 1
	case Late:
		c.late = 1
	case Absent:
		c.absent = 1
	case LeftEarly:
		c.leftEarly = 1
	case Excused:
		c.excused = 1
	}
	return c
}

func (c counts) minus(o counts) counts {
	return counts{c.total - o.total, c.graded - o.graded, c.releasedTotal - o.releasedTotal, c.releasedGraded - o.releasedGraded,
		c.present - o.present, c.late - o.late, c.absent - o.absent, c.leftEarly - o.leftEarly, c.excused - o.excused}
}

// recount keeps the sum of a student when one of his records changes, in the
// transaction of the change.
func recount(tx *db.Tx, old, new StudyRecord) error {
	d := contribution(new).minus(contribution(old))
	if d == (counts{}) {
		return nil
	}
	return addStanding(tx, new.Class, new.Student, d)
}
