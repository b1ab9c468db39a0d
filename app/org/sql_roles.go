package org

import (
	"database/sql"
	"strings"

	"cohort/app/policy"
	"cohort/db"
)

// anAdministrator is the condition that an account holds a grant for
// everything, without any limit.
const anAdministrator = `EXISTS (SELECT 1 FROM account_roles ar JOIN permissions p ON p.role_id = ar.role_id
	WHERE ar.account_id = accounts.id AND p.resource = '*' AND p.action = '*' AND p.row_rule = '')`

func isAdministrator(tx *db.Tx, id int64) (yes bool, err error) {
	err = tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM accounts WHERE id = $1 AND `+anAdministrator+`)`, id).Scan(&yes)
	return yes, err
}

func anyAdministrator(tx *db.Tx) (yes bool, err error) {
	err = tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM accounts WHERE active AND ` + anAdministrator + `)`).Scan(&yes)
	return yes, err
}

const selectRoles = `
SELECT r.id, r.version, r.name, r.title, r.menu,
       EXISTS (SELECT 1 FROM permissions p WHERE p.role_id = r.id AND p.resource = '*' AND p.action = '*' AND p.row_rule = '')
FROM roles r `

func scanRole(rows *sql.Rows) (r Role, err error) {
	var menu string
	err = rows.Scan(&r.ID, &r.Version, &r.Name, &r.Title, &menu, &r.Everything)
	r.Menu = strings.Fields(menu)
	return r, err
}

func listRoles(tx *db.Tx, where string, args ...any) ([]Role, error) {
	rows, err := tx.Query(selectRoles+where+` ORDER BY r.id`, args...)
	return db.Collect(rows, err, scanRole)
}

func rolesOf(tx *db.Tx, account int64) ([]Role, error) {
	return listRoles(tx, `WHERE r.id IN (SELECT role_id FROM account_roles WHERE account_id = $1)`, account)
}

func replaceRoles(tx *db.Tx, account int64, roles []Role) error {
	if _, err := tx.Exec(`DELETE FROM account_roles WHERE account_id = $1`, account); err != nil {
		return err
	}
	for _, r := range roles {
		_, err := tx.Exec(`INSERT INTO account_roles (account_id, role_id) VALUES ($1, $2)`, account, r.ID)
		if err != nil {
			return err
		}
	}
	return nil
}

func bumpAccount(tx *db.Tx, account int64) error {
	_, err := tx.Exec(`UPDATE accounts SET version = version + 1, updated_at = $2 WHERE id = $1`, account, db.Millis(tx.Now))
	return err
}

func insertRole(tx *db.Tx, name, menu string) (id int64, err error) {
	err = tx.QueryRow(`INSERT INTO roles (name, menu, created_at, updated_at) VALUES ($1, $2, $3, $3) RETURNING id`,
		name, menu, db.Millis(tx.Now)).Scan(&id)
	return id, err
}

func insertPermission(tx *db.Tx, role int64, resource, action, rows, fields string) error {
	_, err := tx.Exec(`INSERT INTO permissions (role_id, resource, action, row_rule, field_rules) VALUES ($1, $2, $3, $4, $5)`,
		role, resource, action, rows, fields)
	return err
}

// stored is one permission as the table holds it.
type stored struct {
	id                                     int64
	role, resource, action, rows, fieldSet string
}

func permissionsOf(tx *db.Tx, account int64) ([]stored, error) {
	rows, err := tx.Query(`
SELECT p.id, r.name, p.resource, p.action, p.row_rule, p.field_rules
FROM account_roles ar JOIN roles r ON r.id = ar.role_id JOIN permissions p ON p.role_id = r.id
WHERE ar.account_id = $1 ORDER BY p.id`, account)
	return db.Collect(rows, err, func(r *sql.Rows) (s stored, err error) {
		err = r.Scan(&s.id, &s.role, &s.resource, &s.action, &s.rows, &s.fieldSet)
		return s, err
	})
}

// scopeOf reads what the dollar values of row rules stand for.
func scopeOf(tx *db.Tx, a Account) (sc policy.Scope, err error) {
	sc = policy.Scope{Me: a.ID, Campus: a.Campus}
	sc.Departments, err = idList(tx.Query(`
WITH RECURSIVE below (id) AS (
  SELECT d.id FROM departments d WHERE d.id = $2 OR d.manager_id = $1
  UNION
  SELECT d.id FROM departments d JOIN below b ON d.parent_id = b.id)
SELECT id FROM below ORDER BY id`, a.ID, a.Department))
	if err != nil {
		return sc, err
	}
	sc.Classes, err = idList(tx.Query(`
SELECT class_id FROM class_lecturers WHERE account_id = $1
UNION
SELECT sc.class_id FROM student_classes sc JOIN students s ON s.id = sc.student_id WHERE s.account_id = $1
ORDER BY class_id`, a.ID))
	if err != nil {
		return sc, err
	}
	err = tx.QueryRow(`SELECT customer_id FROM students WHERE account_id = $1`, a.ID).Scan(&sc.Customer)
	if db.NoRows(err) {
		err = nil
	}
	return sc, err
}

func idList(rows *sql.Rows, err error) ([]int64, error) {
	return db.Collect(rows, err, func(r *sql.Rows) (id int64, err error) {
		err = r.Scan(&id)
		return id, err
	})
}
