package exchange

import (
	"database/sql"

	"cohort/app/fault"
	"cohort/db"
)

const batchColumns = `b.id, b.version, b.account_id, a.login, a.name, b.name, b.stored, b.size, b.resource, b.mode, b.match_by, b.format, b.encoding,
	b.delimiter, b.sheet, b.mapping, b.state, b.row_count, b.added, b.changed, b.same, b.refused, b.kept, b.report, b.report_size, b.created_at,
	b.updated_at, b.run_at`

const batchFrom = ` FROM import_batches AS b JOIN accounts AS a ON a.id = b.account_id `

func scanBatch(tx *db.Tx, r interface{ Scan(...any) error }) (b Batch, err error) {
	var created, updated, run int64
	var mapping string
	err = r.Scan(&b.ID, &b.Version, &b.Account, &b.Login, &b.Who, &b.Name, &b.stored, &b.Size, &b.Resource, &b.Mode, &b.Match, &b.Read.Format,
		&b.Read.Encoding, &b.Read.Delimiter, &b.Read.Sheet, &mapping, &b.State, &b.Rows, &b.Added, &b.Changed, &b.Same, &b.Refused, &b.Kept,
		&b.report, &b.ReportSize, &created, &updated, &run)
	if err != nil {
		return b, err
	}
	b.Created, b.Updated, b.Run = db.Moment(created), db.Moment(updated), db.Moment(run)
	return b, unsealed(tx, mapping, &b.Columns)
}

func batchOf(tx *db.Tx, id int64) (Batch, error) {
	return scanBatch(tx, tx.QueryRow("SELECT "+batchColumns+batchFrom+"WHERE b.id = $1", id))
}

// batchesOf lists an account's batches, or everybody's.
func batchesOf(tx *db.Tx, account int64, all bool) ([]Batch, error) {
	where := "WHERE b.account_id = $1"
	if all {
		where = "WHERE $1 = $1"
	}
	rows, err := tx.Query("SELECT "+batchColumns+batchFrom+where+" ORDER BY b.id DESC LIMIT 1000", account)
	return db.Collect(rows, err, func(r *sql.Rows) (Batch, error) { return scanBatch(tx, r) })
}

// waitingOf lists an account's files that were not run.
func waitingOf(tx *db.Tx, account int64) ([]Batch, error) {
	rows, err := tx.Query("SELECT "+batchColumns+batchFrom+"WHERE b.account_id = $1 AND b.state IN ('uploaded', 'checked')", account)
	return db.Collect(rows, err, func(r *sql.Rows) (Batch, error) { return scanBatch(tx, r) })
}

// unfinished lists what was broken off.
func unfinished(tx *db.Tx) ([]Batch, error) {
	rows, err := tx.Query("SELECT " + batchColumns + batchFrom + "WHERE b.state IN ('running', 'undoing') ORDER BY b.id DESC")
	return db.Collect(rows, err, func(r *sql.Rows) (Batch, error) { return scanBatch(tx, r) })
}

func insertBatch(tx *db.Tx, b Batch) (id int64, err error) {
	mapping, err := sealed(tx, b.Columns)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(`INSERT INTO import_batches (account_id, name, stored, size, resource, mode, match_by, format, encoding, delimiter, sheet, mapping,
		state, row_count, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15) RETURNING id`,
		b.Account, b.Name, b.stored, b.Size, b.Resource, b.Mode, b.Match, b.Read.Format, b.Read.Encoding, b.Read.Delimiter, b.Read.Sheet,
		mapping, string(b.State), b.Rows, db.Millis(tx.Now)).Scan(&id)
	return id, err
}

// updateBatch writes what may change of a batch, over the version that was read.
func updateBatch(tx *db.Tx, b *Batch) error {
	mapping, err := sealed(tx, b.Columns)
	if err != nil {
		return err
	}
	r, err := tx.Exec(`UPDATE import_batches SET version = version + 1, resource = $1, mode = $2, match_by = $3, format = $4, encoding = $5,
		delimiter = $6, sheet = $7, mapping = $8, state = $9, row_count = $10, added = $11, changed = $12, same = $13, refused = $14, kept = $15,
		report = $16, report_size = $17, updated_at = $18, run_at = $19 WHERE id = $20 AND version = $21`,
		b.Resource, b.Mode, b.Match, b.Read.Format, b.Read.Encoding, b.Read.Delimiter, b.Read.Sheet, mapping, string(b.State), b.Rows,
		b.Added, b.Changed, b.Same, b.Refused, b.Kept, b.report, b.ReportSize, db.Millis(tx.Now), db.Stamp(b.Run), b.ID, b.Version)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n != 1 {
		if err == nil {
			err = fault.New(fault.Stale, "fault.stale")
		}
		return err
	}
	b.Version++
	return nil
}

// unchanged says, as a fault, that somebody has written to the batch since it was
// read.
func unchanged(tx *db.Tx, b *Batch) error {
	var version int64
	err := tx.QueryRow(`SELECT version FROM import_batches WHERE id = $1`, b.ID).Scan(&version)
	if err == nil && version != b.Version {
		err = fault.New(fault.Stale, "fault.stale")
	}
	return err
}

func deleteBatch(tx *db.Tx, id int64) error {
	if err := deleteRows(tx, id); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM import_batches WHERE id = $1`, id)
	return err
}

func deleteRows(tx *db.Tx, batch int64) error {
	_, err := tx.Exec(`DELETE FROM import_rows WHERE batch_id = $1`, batch)
	return err
}
