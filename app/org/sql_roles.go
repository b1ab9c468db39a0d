package org

import (
	"database/sql"
	"slices"
	"strings"

	"cohort/app/policy"
	"cohort/db"
)

// anAdministrator is the condition that an account holds a grant for
// everything, without any limit, and has no denial.
const anAdministrator = `(EXISTS (SELECT 1 FROM account_roles ar JOIN permissions p ON p.role_id = ar.role_id
	WHERE ar.account_id = accounts.id AND p.resource = '*' AND p.action = '*' AND p.row_rule = '' AND p.field_rules = '')
	OR EXISTS (SELECT 1 FROM account_grants g WHERE g.account_id = accounts.id AND g.deny = 0
	AND g.resource = '*' AND g.action = '*' AND g.row_rule = '' AND g.field_rules = ''))
	AND NOT EXISTS (SELECT 1 FROM account_grants g WHERE g.account_id = accounts.id AND g.deny = 1)`

func isAdministrator(tx *db.Tx, id int64) (yes bool, err error) {
	err = tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM accounts WHERE id = $1 AND `+anAdministrator+`)`, id).Scan(&yes)
	return yes, err
}

func anyAdministrator(tx *db.Tx) (yes bool, err error) {
	err = tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM accounts WHERE active = 1 AND ` + anAdministrator + `)`).Scan(&yes)
	return yes, err
}

const selectRoles = `
SELECT roles.id, roles.version, roles.name, roles.title, roles.menu, roles.updated_at, roles.second_factor = 1,
       EXISTS (SELECT 1 FROM permissions p WHERE p.role_id = roles.id AND p.resource = '*' AND p.action = '*' AND p.row_rule = '' AND p.field_rules = ''),
       (SELECT count(*) FROM account_roles ar WHERE ar.role_id = roles.id)
FROM roles `

func scanRole(rows *sql.Rows) (r Role, err error) {
	var menu string
	var updated int64
	err = rows.Scan(&r.ID, &r.Version, &r.Name, &r.Title, &menu, &updated, &r.Second, &r.Everything, &r.Held)
	r.Menu, r.Updated = strings.Fields(menu), instant(updated)
	return r, err
}

func listRoles(tx *db.Tx, where string, args ...any) ([]Role, error) {
	rows, err := tx.Query(selectRoles+where+` ORDER BY roles.id`, args...)
	return db.Collect(rows, err, scanRole)
}

// roleOf reads one role.
func roleOf(tx *db.Tx, id int64) (Role, error) {
	list, err := listRoles(tx, `WHERE roles.id = $1`, id)
	if err == nil && len(list) == 0 {
		err = policy.NotFound()
	}
	if err != nil {
		return Role{}, err
	}
	return list[0], nil
}

func rolesOf(tx *db.Tx, account int64) ([]Role, error) {
	return listRoles(tx, `WHERE roles.id IN (SELECT role_id FROM account_roles WHERE account_id = $1)`, account)
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

func insertRole(tx *db.Tx, name, title, menu string) (id int64, err error) {
	err = tx.QueryRow(`INSERT INTO roles (name, title, menu, created_at, updated_at) VALUES ($1, $2, $3, $4, $4) RETURNING id`,
		name, title, menu, db.Millis(tx.Now)).Scan(&id)
	return id, err
}

// updateRole stores a role's own values, if nobody else has since its version.
func updateRole(tx *db.Tx, r Role) (done bool, err error) {
	return one(tx.Exec(`UPDATE roles SET version = version + 1, name = $3, title = $4, menu = $5, updated_at = $6, second_factor = $7
WHERE id = $1 AND version = $2`, r.ID, r.Version, r.Name, r.Title, strings.Join(r.Menu, " "), db.Millis(tx.Now), flag(r.Second)))
}

func deleteRole(tx *db.Tx, id int64) error {
	if _, err := tx.Exec(`DELETE FROM permissions WHERE role_id = $1`, id); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM roles WHERE id = $1`, id)
	return err
}

func insertPermission(tx *db.Tx, role int64, p Permission) error {
	_, err := tx.Exec(`INSERT INTO permissions (role_id, resource, action, row_rule, field_rules) VALUES ($1, $2, $3, $4, $5)`,
		role, p.Resource, p.Action, p.Rows, p.Fields)
	return err
}

func deletePermission(tx *db.Tx, id int64) error {
	_, err := tx.Exec(`DELETE FROM permissions WHERE id = $1`, id)
	return err
}

func setPermissionFields(tx *db.Tx, id int64, fields string) error {
	_, err := tx.Exec(`UPDATE permissions SET field_rules = $2 WHERE id = $1`, id, fields)
	return err
}

// permissionsOfRole lists what a role grants, in the order of the matrix.
func permissionsOfRole(tx *db.Tx, role int64) ([]Permission, error) {
	rows, err := tx.Query(`SELECT id, resource, action, row_rule, field_rules FROM permissions WHERE role_id = $1
		ORDER BY resource, action, row_rule`, role)
	return db.Collect(rows, err, func(r *sql.Rows) (p Permission, err error) {
		err = r.Scan(&p.ID, &p.Resource, &p.Action, &p.Rows, &p.Fields)
		return p, err
	})
}

// roleOfPermission finds the role that a permission belongs to.
func roleOfPermission(tx *db.Tx, id int64) (role int64, err error) {
	err = tx.QueryRow(`SELECT role_id FROM permissions WHERE id = $1`, id).Scan(&role)
	if db.NoRows(err) {
		err = policy.NotFound()
	}
	return role, err
}

// rulesNaming counts the rules that name a role as a value.
func rulesNaming(tx *db.Tx, name string) (n int, err error) {
	found := 0
	rows, err := tx.Query(`SELECT row_rule FROM permissions WHERE row_rule LIKE '%role=%'
		UNION ALL SELECT row_rule FROM account_grants WHERE row_rule LIKE '%role=%'`)
	rules, err := db.ColumnOf[string](rows, err)
	for _, text := range rules {
		conds, _ := policy.ParseRows(text)
		for _, c := range conds {
			if c.Field == "role" && slices.Contains(c.Values, name) {
				found++
			}
		}
	}
	return found, err
}

// holdersOf lists accounts that hold a role and that by may list, the active
// ones first.
func holdersOf(tx *db.Tx, by policy.Actor, role int64, limit int) ([]Holder, error) {
	var args db.Args
	where := by.Where("list", "accounts", Rules, &args)
	rows, err := tx.Query(`SELECT accounts.id, accounts.login, accounts.name, accounts.active FROM accounts
		WHERE accounts.id IN (SELECT account_id FROM account_roles WHERE role_id = `+args.Add(role)+`) AND `+where+`
		ORDER BY accounts.active DESC, accounts.login LIMIT `+args.Add(limit), args...)
	return db.Collect(rows, err, func(r *sql.Rows) (h Holder, err error) {
		err = r.Scan(&h.ID, &h.Login, &h.Name, &h.Active)
		return h, err
	})
}

// activeHolders lists the active accounts that hold a role.
func activeHolders(tx *db.Tx, role int64) ([]int64, error) {
	return idList(tx.Query(`SELECT accounts.id FROM accounts JOIN account_roles ar ON ar.account_id = accounts.id
		WHERE ar.role_id = $1 AND accounts.active = 1 ORDER BY accounts.id`, role))
}

// stored is one line of an account's rights as the tables hold it: of a role, or
// the account's own.
type stored struct {
	Permission
	role    string // "" for the account's own
	account int64
	deny    bool
	reason  string
}

func permissionsOf(tx *db.Tx, account int64) ([]stored, error) {
	rows, err := tx.Query(`
SELECT p.id, r.name, p.resource, p.action, p.row_rule, p.field_rules
FROM account_roles ar JOIN roles r ON r.id = ar.role_id JOIN permissions p ON p.role_id = r.id
WHERE ar.account_id = $1 ORDER BY p.id`, account)
	return db.Collect(rows, err, func(r *sql.Rows) (s stored, err error) {
		err = r.Scan(&s.ID, &s.role, &s.Resource, &s.Action, &s.Rows, &s.Fields)
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
	return db.ColumnOf[int64](rows, err)
}

// flag stores a yes or no.
func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
