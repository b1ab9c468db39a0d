package catalog

import (
	"database/sql"

	"cohort/app/policy"
	"cohort/db"
)

const classColumns = `classes.id, classes.version, classes.code, classes.course_id, classes.campus_id, courses.code, courses.name,
	campuses.name, classes.kind, classes.term, classes.starts_on, classes.ends_on, classes.capacity, ` + studentCount + `,
	classes.planned_lessons, courses.price, classes.template_id, contract_templates.body, contract_templates.name, courses.outline,
	courses.months, courses.version, contract_templates.version, classes.created_at, classes.updated_at`

const classFrom = `classes JOIN courses ON courses.id = classes.course_id JOIN campuses ON campuses.id = classes.campus_id
	JOIN contract_templates ON contract_templates.id = classes.template_id`

const studentCount = `(SELECT count(*) FROM student_classes WHERE student_classes.class_id = classes.id)`

func scanClass(r interface{ Scan(...any) error }) (c Class, err error) {
	var created, updated int64
	err = r.Scan(&c.ID, &c.Version, &c.Code, &c.Course, &c.Campus, &c.CourseCode, &c.CourseName, &c.CampusName, &c.Kind, &c.Term,
		&c.Starts, &c.Ends, &c.Capacity, &c.Students, &c.Lessons, &c.Price, &c.Template, &c.TemplateBody, &c.TemplateName, &c.Outline,
		&c.Months, &c.CourseVersion, &c.TemplateVersion, &created, &updated)
	c.CreatedAt, c.UpdatedAt = db.Moment(created), db.Moment(updated)
	return c, err
}

func classOf(tx *db.Tx, id int64) (Class, error) {
	return scanClass(tx.QueryRow("SELECT "+classColumns+" FROM "+classFrom+" WHERE classes.id = $1", id))
}

func classByCode(tx *db.Tx, code string) (id int64, err error) {
	err = tx.QueryRow(`SELECT id FROM classes WHERE code = $1`, code).Scan(&id)
	if db.NoRows(err) {
		err = policy.NotFound()
	}
	return id, err
}

func openClasses(tx *db.Tx, by policy.Actor, today string) ([]Class, error) {
	args := &db.Args{}
	where := by.Where("list", "classes", classRules, args)
	rows, err := tx.Query("SELECT "+classColumns+" FROM "+classFrom+" WHERE "+where+
		" AND (classes.ends_on = '' OR classes.ends_on >= "+args.Add(today)+") AND "+studentCount+" < classes.capacity"+
		" ORDER BY classes.starts_on, classes.id LIMIT 1000", *args...)
	return db.Collect(rows, err, func(r *sql.Rows) (Class, error) { return scanClass(r) })
}

func insertLecturer(tx *db.Tx, class, account int64) (bool, error) {
	return changed(tx.Exec(`INSERT INTO class_lecturers (class_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, class, account))
}

func deleteLecturer(tx *db.Tx, class, account int64) (bool, error) {
	return changed(tx.Exec(`DELETE FROM class_lecturers WHERE class_id = $1 AND account_id = $2`, class, account))
}

func setLecturers(tx *db.Tx, class int64, accounts []int64) error {
	if _, err := tx.Exec(`DELETE FROM class_lecturers WHERE class_id = $1`, class); err != nil {
		return err
	}
	for _, a := range accounts {
		if _, err := insertLecturer(tx, class, a); err != nil {
			return err
		}
	}
	return nil
}

func teacher(tx *db.Tx, account int64) (login string, err error) {
	err = tx.QueryRow(`SELECT login FROM accounts WHERE id = $1 AND active = 1`, account).Scan(&login)
	return login, err
}

func firstTemplate(tx *db.Tx) (id int64, err error) {
	err = tx.QueryRow(`SELECT id FROM contract_templates ORDER BY id LIMIT 1`).Scan(&id)
	if db.NoRows(err) {
		return 0, nil
	}
	return id, err
}

func courseCode(tx *db.Tx, id int64) (code string, err error) {
	err = tx.QueryRow(`SELECT code FROM courses WHERE id = $1`, id).Scan(&code)
	return code, err
}

func changed(r sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n > 0, err
}
