package org

import (
	"database/sql"
	"slices"
	"strings"
	"time"

	"cohort/app/policy"
	"cohort/db"
)

// Rules are the row-rule fields of accounts.
var Rules = policy.Fields{
	"account":    {Cond: "accounts.id {in}"},
	"department": {Cond: "accounts.department_id {in}"},
	"campus":     {Cond: "accounts.campus_id {in}"},
	"role": {Cond: `EXISTS (SELECT 1 FROM account_roles ar JOIN roles ro ON ro.id = ar.role_id
		WHERE ar.account_id = accounts.id AND ro.name {in})`, Text: true},
}

const selectAccounts = `
SELECT accounts.id, accounts.version, accounts.login, accounts.name, accounts.email, accounts.phone,
       coalesce(accounts.department_id, 0), coalesce(d.name, ''), coalesce(accounts.campus_id, 0), coalesce(c.name, ''),
       accounts.lang, accounts.active, accounts.must_change, accounts.demo, accounts.disabled_reason,
       coalesce((SELECT v.expires_at FROM activations v WHERE v.account_id = accounts.id AND v.used_at = 0 AND v.revoked_at = 0), 0),
       accounts.last_seen_at, accounts.created_at, accounts.updated_at,
       coalesce((SELECT string_agg(r.name, ' ') FROM account_roles x JOIN roles r ON r.id = x.role_id
                 WHERE x.account_id = accounts.id), '')
FROM accounts
LEFT JOIN departments d ON d.id = accounts.department_id
LEFT JOIN campuses c ON c.id = accounts.campus_id
`

type scanner interface{ Scan(dest ...any) error }

func scanAccount(r scanner) (a Account, err error) {
	var seen, created, updated, invited int64
	var roles string
	err = r.Scan(&a.ID, &a.Version, &a.Login, &a.Name, &a.Email, &a.Phone,
		&a.Department, &a.DepartmentName, &a.Campus, &a.CampusName,
		&a.Lang, &a.Active, &a.MustChange, &a.Demo, &a.Reason, &invited, &seen, &created, &updated, &roles)
	if err != nil {
		return a, err
	}
	a.LastSeen, a.Created, a.Updated = instant(seen), db.Time(created), db.Time(updated)
	a.Invited = instant(invited)
	a.Roles = strings.Fields(roles)
	slices.Sort(a.Roles)
	return a, nil
}

// instant is the time stored as n, the zero time for never.
func instant(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return db.Time(n)
}

// ref stores an id that may be missing.
func ref(id int64) sql.NullInt64 { return sql.NullInt64{Int64: id, Valid: id != 0} }

func accountOf(tx *db.Tx, id int64) (Account, error) {
	return scanAccount(tx.QueryRow(selectAccounts+`WHERE accounts.id = $1`, id))
}

func listAccounts(tx *db.Tx, by policy.Actor, q Query) ([]Account, error) {
	var args db.Args
	where := []string{by.Where("list", "accounts", Rules, &args), "accounts.login > " + args.Add(q.After)}
	if q.Text != "" {
		like := args.Add("%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(q.Text)) + "%")
		where = append(where, `(accounts.login LIKE `+like+` ESCAPE '\' OR lower(accounts.name) LIKE `+like+` ESCAPE '\')`)
	}
	if q.Department != 0 {
		where = append(where, "accounts.department_id = "+args.Add(q.Department))
	}
	if q.Role != "" {
		where = append(where, strings.ReplaceAll(Rules["role"].Cond, "{in}", "= "+args.Add(q.Role)))
	}
	if q.Active != nil {
		where = append(where, map[bool]string{true: "accounts.active = 1", false: "accounts.active = 0"}[*q.Active])
	}
	rows, err := tx.Query(selectAccounts+"WHERE "+strings.Join(where, " AND ")+
		" ORDER BY accounts.login LIMIT "+args.Add(q.Limit), args...)
	return db.Collect(rows, err, func(r *sql.Rows) (Account, error) { return scanAccount(r) })
}

func insertAccount(tx *db.Tx, n NewAccount, pw secret) (id int64, err error) {
	err = tx.QueryRow(`
INSERT INTO accounts (login, name, email, phone, department_id, campus_id, lang, password_hash, must_change, demo, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) RETURNING id`,
		n.Login, n.Name, n.Email, n.Phone, ref(n.Department), ref(n.Campus), n.Lang,
		pw.hash, pw.mustChange, pw.demo, db.Millis(tx.Now)).Scan(&id)
	return id, err
}

// updateAccount stores a, if nobody else has since its version.
func updateAccount(tx *db.Tx, a Account) (done bool, err error) {
	return one(tx.Exec(`
UPDATE accounts SET version = version + 1, name = $3, email = $4, phone = $5, department_id = $6, campus_id = $7,
       lang = $8, updated_at = $9
WHERE id = $1 AND version = $2`,
		a.ID, a.Version, a.Name, a.Email, a.Phone, ref(a.Department), ref(a.Campus), a.Lang, db.Millis(tx.Now)))
}

// one says whether a statement changed a row.
func one(r sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n > 0, err
}

func setActive(tx *db.Tx, id int64, active bool, reason string) error {
	_, err := tx.Exec(`UPDATE accounts SET version = version + 1, active = $2, disabled_reason = $4, updated_at = $3 WHERE id = $1`,
		id, active, db.Millis(tx.Now), reason)
	return err
}

func countAccounts(tx *db.Tx) (n int, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM accounts`).Scan(&n)
	return n, err
}

func loginTaken(tx *db.Tx, login string) (taken bool, err error) {
	err = tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM accounts WHERE login = $1)`, login).Scan(&taken)
	return taken, err
}

func anyDemo(tx *db.Tx) (bool, error) {
	var n int
	err := tx.QueryRow("SELECT count(*) FROM (SELECT 1 FROM accounts WHERE demo = 1 AND active = 1 LIMIT 1) AS found").Scan(&n)
	return n > 0, err
}
