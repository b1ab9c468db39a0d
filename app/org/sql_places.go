package org

import (
	"database/sql"

	"cohort/app/policy"
	"cohort/db"
)

func listCampuses(tx *db.Tx, by policy.Actor) ([]Campus, error) {
	var args db.Args
	where := by.Where("list", "campuses", CampusRules, &args)
	rows, err := tx.Query(`SELECT id, version, name, address FROM campuses WHERE `+where+` ORDER BY name, id`, args...)
	return db.Collect(rows, err, func(r *sql.Rows) (c Campus, err error) {
		err = r.Scan(&c.ID, &c.Version, &c.Name, &c.Address)
		return c, err
	})
}

func insertCampus(tx *db.Tx, c Campus) (id int64, err error) {
	err = tx.QueryRow(`INSERT INTO campuses (name, address, created_at, updated_at) VALUES ($1, $2, $3, $3) RETURNING id`,
		c.Name, c.Address, db.Millis(tx.Now)).Scan(&id)
	return id, err
}

func listDepartments(tx *db.Tx, by policy.Actor) ([]Department, error) {
	var args db.Args
	where := by.Where("list", "departments", DepartmentRules, &args)
	rows, err := tx.Query(`
SELECT departments.id, departments.version, departments.name, coalesce(departments.parent_id, 0),
       coalesce(departments.manager_id, 0), coalesce(p.name, ''), coalesce(m.name, '')
FROM departments LEFT JOIN departments p ON p.id = departments.parent_id LEFT JOIN accounts m ON m.id = departments.manager_id
WHERE `+where+` ORDER BY departments.name, departments.id`, args...)
	return db.Collect(rows, err, func(r *sql.Rows) (d Department, err error) {
		err = r.Scan(&d.ID, &d.Version, &d.Name, &d.Parent, &d.Manager, &d.ParentName, &d.ManagerName)
		return d, err
	})
}

func insertDepartment(tx *db.Tx, d Department) (id int64, err error) {
	err = tx.QueryRow(`
INSERT INTO departments (name, parent_id, manager_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $4) RETURNING id`,
		d.Name, ref(d.Parent), ref(d.Manager), db.Millis(tx.Now)).Scan(&id)
	return id, err
}

func setManager(tx *db.Tx, id, manager int64) (done bool, err error) {
	return one(tx.Exec(`UPDATE departments SET version = version + 1, manager_id = $2, updated_at = $3 WHERE id = $1`,
		id, ref(manager), db.Millis(tx.Now)))
}
