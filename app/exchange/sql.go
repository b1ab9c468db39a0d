package exchange

import (
	"database/sql"
	"strings"

	"cohort/db"
)

const exportColumns = `id, resource, name, stored, size, row_count, rights, created_at, expires_at`

func scanExport(r interface{ Scan(...any) error }) (k Kept, err error) {
	var created, expires int64
	err = r.Scan(&k.ID, &k.Resource, &k.Name, &k.stored, &k.Size, &k.Rows, &k.rights, &created, &expires)
	k.Created, k.Expires = db.Time(created), db.Time(expires)
	return k, err
}

func insertExport(tx *db.Tx, account int64, k Kept) (id int64, err error) {
	err = tx.QueryRow(`INSERT INTO exports (account_id, resource, name, stored, size, row_count, rights, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
		account, k.Resource, k.Name, k.stored, k.Size, k.Rows, k.rights, db.Millis(k.Created), db.Millis(k.Expires)).Scan(&id)
	return id, err
}

// exportNamed gives an account's file; the id is 0 where there is none.
func exportNamed(tx *db.Tx, account int64, name string) (k Kept, err error) {
	k, err = scanExport(tx.QueryRow(`SELECT `+exportColumns+` FROM exports WHERE account_id = $1 AND name = $2`, account, name))
	if db.NoRows(err) {
		return Kept{}, nil
	}
	return k, err
}

func exportsOf(tx *db.Tx, account, now int64) ([]Kept, error) {
	rows, err := tx.Query(`SELECT `+exportColumns+` FROM exports WHERE account_id = $1 AND expires_at > $2 ORDER BY id DESC LIMIT 1000`, account, now)
	return db.Collect(rows, err, func(r *sql.Rows) (Kept, error) { return scanExport(r) })
}

func deleteExport(tx *db.Tx, id int64) error {
	_, err := tx.Exec(`DELETE FROM exports WHERE id = $1`, id)
	return err
}

func dropExports(tx *db.Tx, now int64) error {
	_, err := tx.Exec(`DELETE FROM exports WHERE expires_at <= $1`, now)
	return err
}

// storedNames gives those of some stored names that a row names.
func storedNames(tx *db.Tx, stored []string) (map[string]bool, error) {
	var args db.Args
	marks := make([]string, len(stored))
	for i, name := range stored {
		marks[i] = args.Add(name)
	}
	in := "IN (" + strings.Join(marks, ", ") + ")"
	rows, err := tx.Query(`SELECT stored FROM exports WHERE stored `+in+` UNION SELECT stored FROM import_batches WHERE stored `+in+
		` UNION SELECT report FROM import_batches WHERE report `+in, args...)
	list, err := db.ColumnOf[string](rows, err)
	out := map[string]bool{}
	for _, s := range list {
		out[s] = true
	}
	return out, err
}

// dropBatches forgets files that were never run after some time, and reports of
// those that were after a longer one.
func dropBatches(tx *db.Tx, unused, done int64) error {
	const old = `SELECT id FROM import_batches WHERE state IN ('uploaded', 'checked') AND updated_at < $1
		OR state IN ('done', 'undone', 'taken_back') AND updated_at < $2`
	if _, err := tx.Exec(`DELETE FROM import_rows WHERE batch_id IN (`+old+`)`, unused, done); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM import_batches WHERE id IN (`+old+`)`, unused, done)
	return err
}
