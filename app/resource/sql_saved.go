package resource

import (
	"database/sql"
	"strings"

	"cohort/app/policy"
	"cohort/db"
)

const savedColumns = `id, account_id, resource, name, query, columns, role`

func scanSaved(r interface{ Scan(...any) error }) (l SavedList, err error) {
	var columns string
	err = r.Scan(&l.ID, &l.Account, &l.Resource, &l.Name, &l.Query, &columns, &l.Role)
	l.Columns = Words(columns)
	return l, err
}

func savedLists(tx *db.Tx, by policy.Actor, name string) ([]SavedList, error) {
	args := &db.Args{}
	where := "account_id = " + args.Add(by.Account)
	if by.Rights != nil && len(by.Rights.Roles) > 0 {
		var roles []string
		for _, r := range by.Rights.Roles {
			roles = append(roles, args.Add(r.Name))
		}
		where = "(" + where + " OR role IN (" + strings.Join(roles, ", ") + "))"
	}
	if name != "" {
		where += " AND resource = " + args.Add(name)
	}
	rows, err := tx.Query("SELECT "+savedColumns+" FROM saved_lists WHERE "+where+
		" ORDER BY CASE WHEN account_id = "+args.Add(by.Account)+" THEN 0 ELSE 1 END, resource, name, id LIMIT 500", *args...)
	return db.Collect(rows, err, func(r *sql.Rows) (SavedList, error) {
		l, err := scanSaved(r)
		l.Mine = l.Account == by.Account
		return l, err
	})
}

func savedList(tx *db.Tx, id int64) (SavedList, error) {
	l, err := scanSaved(tx.QueryRow("SELECT "+savedColumns+" FROM saved_lists WHERE id = $1", id))
	if db.NoRows(err) {
		err = policy.NotFound()
	}
	return l, err
}

func saveList(tx *db.Tx, account int64, l SavedList) (id int64, err error) {
	now := db.Millis(tx.Now)
	err = tx.QueryRow(`INSERT INTO saved_lists (account_id, resource, name, query, columns, role, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (account_id, resource, name)
		DO UPDATE SET query = excluded.query, columns = excluded.columns, role = excluded.role, updated_at = excluded.updated_at RETURNING id`,
		account, l.Resource, l.Name, l.Query, strings.Join(l.Columns, ","), l.Role, now).Scan(&id)
	return id, err
}

func dropList(tx *db.Tx, id int64) error {
	_, err := tx.Exec(`DELETE FROM saved_lists WHERE id = $1`, id)
	return err
}

func prefs(tx *db.Tx, account int64, name string) (p Prefs, err error) {
	var columns string
	err = tx.QueryRow(`SELECT columns, page_size FROM list_prefs WHERE account_id = $1 AND resource = $2`, account, name).Scan(&columns, &p.PageSize)
	if db.NoRows(err) {
		return p, nil
	}
	p.Columns = Words(columns)
	return p, err
}

func setPrefs(tx *db.Tx, account int64, name string, p Prefs) error {
	_, err := tx.Exec(`INSERT INTO list_prefs (account_id, resource, columns, page_size) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account_id, resource) DO UPDATE SET columns = excluded.columns, page_size = excluded.page_size`,
		account, name, strings.Join(p.Columns, ","), p.PageSize)
	return err
}
