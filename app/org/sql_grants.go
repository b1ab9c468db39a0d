package org

import (
	"database/sql"

	"cohort/app/policy"
	"cohort/db"
)

const selectGrants = `
SELECT g.id, g.account_id, g.deny, g.resource, g.action, g.row_rule, g.field_rules, g.reason, coalesce(a.name, ''), g.created_at
FROM account_grants g LEFT JOIN accounts a ON a.id = g.given_by `

func scanGrant(r *sql.Rows) (g AccountGrant, err error) {
	var at int64
	err = r.Scan(&g.ID, &g.Account, &g.Deny, &g.Resource, &g.Action, &g.Rows, &g.Fields, &g.Reason, &g.GivenBy, &at)
	g.Given = instant(at)
	return g, err
}

// accountGrants lists what is granted to one account alone and denied to it, in
// the order in which it was.
func accountGrants(tx *db.Tx, account int64) ([]AccountGrant, error) {
	rows, err := tx.Query(selectGrants+`WHERE g.account_id = $1 ORDER BY g.id`, account)
	return db.Collect(rows, err, scanGrant)
}

// putGrant adds a line, or gives one about the same other fields and reason.
func putGrant(tx *db.Tx, by policy.Actor, g AccountGrant) (id int64, err error) {
	err = tx.QueryRow(`
INSERT INTO account_grants (account_id, deny, resource, action, row_rule, field_rules, reason, given_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (account_id, deny, resource, action, row_rule)
DO UPDATE SET field_rules = $6, reason = $7, given_by = $8, created_at = $9 RETURNING id`,
		g.Account, g.Deny, g.Resource, g.Action, g.Rows, g.Fields, g.Reason, ref(by.Account), db.Millis(tx.Now)).Scan(&id)
	return id, err
}

func deleteGrant(tx *db.Tx, id int64) error {
	_, err := tx.Exec(`DELETE FROM account_grants WHERE id = $1`, id)
	return err
}
