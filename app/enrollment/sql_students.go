package enrollment

import (
	"database/sql"
	"strings"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// studentOf finds the student and the account of a customer; zeros where there
// is none.
func studentOf(tx *db.Tx, customer int64) (student, account int64, err error) {
	err = tx.QueryRow(`SELECT id, account_id FROM students WHERE customer_id = $1`, customer).Scan(&student, &account)
	if db.NoRows(err) {
		return 0, 0, nil
	}
	return student, account, err
}

func loginOf(tx *db.Tx, account int64) (login string, err error) {
	err = tx.QueryRow(`SELECT login FROM accounts WHERE id = $1`, account).Scan(&login)
	return login, err
}

func insertStudent(tx *db.Tx, customer, account int64) (id int64, err error) {
	err = tx.QueryRow(`INSERT INTO students (customer_id, account_id, created_at) VALUES ($1, $2, $3) RETURNING id`,
		customer, account, db.Millis(tx.Now)).Scan(&id)
	return id, err
}

func insertMembership(tx *db.Tx, student, class, enrollment int64) error {
	_, err := tx.Exec(`INSERT INTO student_classes (student_id, class_id, enrollment_id, joined_at, roll)
		VALUES ($1, $2, $3, $4, (SELECT COALESCE(max(roll), 0) + 1 FROM student_classes WHERE class_id = $2))`,
		student, class, enrollment, db.Millis(tx.Now))
	return err
}

// approvedOf lists the approved enrollments of a customer that the actor may
// view, the newest first.
func (s *Service) approvedOf(tx *db.Tx, by policy.Actor, customer int64) ([]Enrollment, error) {
	args := &db.Args{}
	where := "e.customer_id = " + args.Add(customer) + " AND e.state = 'approved' AND " + s.among(tx, "e.id", by, "view", "enrollments", args)
	rows, err := tx.Query("SELECT "+columns+tables+" WHERE "+where+" ORDER BY e.approved_at DESC, e.id DESC", *args...)
	return unsealed(tx)(db.Collect(rows, err, scan))
}

// among says that an id is one of a resource's rows on which the actor may do
// the action.
func (s *Service) among(tx *db.Tx, id string, by policy.Actor, action, name string, args *db.Args) string {
	res, ok := s.Engine.Get(name)
	if !ok {
		return "1 = 0"
	}
	where := res.Allowed(by, action, tx.Now, args)
	if where == "1 = 1" {
		return where
	}
	return id + " IN (SELECT " + res.Key + " FROM " + res.From + " WHERE " + where + ")"
}

func (s *Service) memberships(tx *db.Tx, by policy.Actor, customer int64) ([]Membership, error) {
	args := &db.Args{}
	where := "students.customer_id = " + args.Add(customer) + " AND " + s.among(tx, "classes.id", by, "view", "classes", args)
	rows, err := tx.Query(`SELECT classes.id, classes.code, classes.kind, courses.id, courses.code, courses.name, campuses.name,
		classes.starts_on, classes.ends_on, classes.planned_lessons, student_classes.joined_at, student_classes.enrollment_id,
		(SELECT count(*) FROM student_classes AS others WHERE others.class_id = classes.id),
		COALESCE((SELECT string_agg(accounts.name, '`+resource.Sep+`') FROM class_lecturers
			JOIN accounts ON accounts.id = class_lecturers.account_id WHERE class_lecturers.class_id = classes.id), '')
		FROM student_classes JOIN students ON students.id = student_classes.student_id
		JOIN classes ON classes.id = student_classes.class_id
		JOIN courses ON courses.id = classes.course_id JOIN campuses ON campuses.id = classes.campus_id
		WHERE `+where+` ORDER BY classes.starts_on DESC, classes.id DESC`, *args...)
	return db.Collect(rows, err, func(r *sql.Rows) (m Membership, err error) {
		var joined int64
		var lecturers string
		err = r.Scan(&m.Class, &m.Code, &m.Kind, &m.CourseID, &m.CourseCode, &m.Course, &m.Campus, &m.Starts, &m.Ends, &m.Lessons,
			&joined, &m.Enrollment, &m.Students, &lecturers)
		m.Joined = db.Time(joined)
		if lecturers != "" {
			m.Lecturers = strings.Split(lecturers, resource.Sep)
		}
		return m, err
	})
}

func outlineOf(tx *db.Tx, course string) (id int64, o Outline, err error) {
	err = tx.QueryRow(`SELECT id, code, name, outline FROM courses WHERE code = $1`, course).Scan(&id, &o.Code, &o.Name, &o.Text)
	if db.NoRows(err) {
		return 0, o, nil
	}
	return id, o, err
}

func (s *Service) documentsOfCustomer(tx *db.Tx, by policy.Actor, customer int64) ([]MyDocument, error) {
	args := &db.Args{}
	where := "enrollments.customer_id = " + args.Add(customer) + " AND " + s.among(tx, "d.id", by, "list", "documents", args)
	rows, err := tx.Query(`SELECT d.id, d.enrollment_id, d.place, d.name, d.stored, d.size, d.type, d.sha256, d.remark, d.uploaded_at, d.removed_at, d.removed_why, classes.code
		FROM enrollments JOIN documents AS d ON d.enrollment_id = enrollments.id JOIN classes ON classes.id = enrollments.class_id
		WHERE `+where+` ORDER BY d.uploaded_at DESC, d.id DESC`, *args...)
	return db.Collect(rows, err, func(r *sql.Rows) (m MyDocument, err error) {
		var at, gone int64
		d := &m.Document
		err = r.Scan(&d.ID, &d.Enrollment, &d.Place, &d.Name, &d.stored, &d.Size, &d.Type, &d.SHA256, &d.Remark, &at, &gone, &d.RemovedWhy, &m.Class)
		d.Uploaded, d.Removed = db.Time(at), db.Moment(gone)
		return m, err
	})
}
