package seed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cohort/db"
)

// Classroom fills a library with what becomes of customers who enroll: classes,
// enrollments, payments, students, lessons and study records, for benchmarks. It
// takes the customers who are enrolled by their status and have no enrollment
// yet, in the order in which they came; those left over are made not enrolled, so
// that a status always has its enrollment. The school must have a course, a
// campus, a contract template and people.
type Classroom struct {
	Enrollments int
	Payments    int // in all, at most three for each enrollment
	Lessons     int // of each class; 0: 10
}

// students of one class.
const classSize = 30

// Run inserts everything in one transaction.
func (o Classroom) Run(ctx context.Context, d *db.DB) error {
	if o.Lessons == 0 {
		o.Lessons = 10
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		return withoutIndexes(tx, classroomTables, func() error {
			c, err := o.begin(tx)
			if err != nil {
				return err
			}
			for _, step := range []func(*db.Tx) error{c.classes, c.enrollments, c.students, c.payments, c.lessons, c.records, c.leftOver} {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := step(tx); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// classroom is the filling under way.
type classroom struct {
	Classroom
	now                       time.Time
	class, enrollment, lesson int64 // the first of what is made
	course, campus, template  int64
	people                    []int64
	rows                      int64 // enrollments that are made
	firstDay                  time.Time
}

func (o Classroom) begin(tx *db.Tx) (*classroom, error) {
	c := &classroom{Classroom: o, now: tx.Now}
	var oldest int64
	err := tx.QueryRow(`SELECT COALESCE((SELECT max(id) FROM classes), 0) + 1, COALESCE((SELECT max(id) FROM enrollments), 0) + 1,
		COALESCE((SELECT max(id) FROM lessons), 0) + 1, COALESCE((SELECT min(id) FROM courses), 0), COALESCE((SELECT min(id) FROM campuses), 0),
		COALESCE((SELECT min(id) FROM contract_templates), 0), COALESCE((SELECT min(created_at) FROM customers), 0)`).
		Scan(&c.class, &c.enrollment, &c.lesson, &c.course, &c.campus, &c.template, &oldest)
	if err != nil {
		return nil, err
	}
	if c.people, err = anyPeople(tx); err != nil {
		return nil, err
	}
	if c.course*c.campus*c.template == 0 || len(c.people) == 0 {
		return nil, errors.New("seed: the school needs a course, a campus, a contract template and an account")
	}
	c.firstDay = db.Time(oldest)
	return c, nil
}

// classes begin one after the other over the time in which customers came, so
// that each is filled by those who came before it.
func (c *classroom) classes(tx *db.Tx) error {
	n := max(1, c.Enrollments/classSize)
	var classes, lecturers [][]any
	for i := range n {
		starts := c.firstDay.Add(time.Duration(float64(c.now.Sub(c.firstDay)) * float64(i+1) / float64(n+1)))
		id := c.class + int64(i)
		classes = append(classes, []any{id, fmt.Sprint("bulk-", id), c.course, c.campus, "online", 10_000 + id, starts.Format(time.DateOnly),
			starts.AddDate(0, 6, 0).Format(time.DateOnly), 10 * classSize, 60, c.template, starts.UnixMilli(), starts.UnixMilli()})
		lecturers = append(lecturers, []any{id, c.people[i%len(c.people)]})
	}
	if err := insertMany(tx, "classes (id, code, course_id, campus_id, kind, term, starts_on, ends_on, capacity, planned_lessons, template_id, created_at, updated_at)", classes); err != nil {
		return err
	}
	return insertMany(tx, "class_lecturers (class_id, account_id)", lecturers)
}

// lessons are held every third day from a class's beginning, up to now.
func (c *classroom) lessons(tx *db.Tx) error {
	var list [][]any
	n := max(1, c.Enrollments/classSize)
	for i := range n {
		starts := c.firstDay.Add(time.Duration(float64(c.now.Sub(c.firstDay)) * float64(i+1) / float64(n+1)))
		for k := range c.Lessons {
			at := starts.AddDate(0, 0, 3*k)
			if at.After(c.now) {
				break
			}
			list = append(list, []any{c.lesson + int64(len(list)), c.class + int64(i), k + 1, c.people[i%len(c.people)], at.Format(time.DateOnly), fmt.Sprint("Lesson ", k+1),
				"write it down", at.AddDate(0, 0, 2).UnixMilli(), at.UnixMilli(), at.UnixMilli(), at.UnixMilli()})
		}
	}
	return insertMany(tx, "lessons (id, class_id, number, lecturer_id, held_on, title, homework, due_at, called_at, created_at, updated_at)", list)
}
