package exchange

import (
	"database/sql"
	"encoding/json"
	"strings"

	"cohort/db"
)

// touchedRecords gives the records of a batch.
const touchedRecords = `SELECT record_id FROM import_rows WHERE batch_id = $1 AND outcome IN ('add', 'change')`

const rowColumns = `line, outcome, record_id, version, title, changes, why, undone`

// insertRows writes what became of rows, many with one statement.
func insertRows(tx *db.Tx, batch int64, list []Row) error {
	const most = 50
	for len(list) > 0 {
		some := list[:min(most, len(list))]
		list = list[len(some):]
		var args db.Args
		var values []string
		for _, r := range some {
			changes, why, err := r.texts(tx)
			if err != nil {
				return err
			}
			marks := make([]string, 0, 8)
			for _, v := range []any{batch, r.Line, r.Outcome, r.Record, r.version, r.Title, changes, why} {
				marks = append(marks, args.Add(v))
			}
			values = append(values, "("+strings.Join(marks, ", ")+")")
		}
		_, err := tx.Exec(`INSERT INTO import_rows (batch_id, line, outcome, record_id, version, title, changes, why) VALUES `+strings.Join(values, ", "), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// texts gives what is kept as sealed JSON, "" for nothing: what is in a file, and what was there before, may be an ID
// number.
func (r Row) texts(tx *db.Tx) (changes, why string, err error) {
	if len(r.Changes) > 0 {
		if changes, err = sealed(tx, r.Changes); err != nil {
			return "", "", err
		}
	}
	if len(r.Why) > 0 {
		why, err = sealed(tx, r.Why)
	}
	return changes, why, err
}

// sealed is a value as sealed JSON.
func sealed(tx *db.Tx, v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return tx.Seal(string(b))
}

// unsealed reads a value that sealed has written; "" leaves it as it is.
func unsealed(tx *db.Tx, text string, v any) error {
	text, err := tx.Unseal(text)
	if err != nil || text == "" {
		return err
	}
	return json.Unmarshal([]byte(text), v)
}

// scanRow reads a row in a transaction.
func scanRow(tx *db.Tx) func(*sql.Rows) (Row, error) {
	return func(r *sql.Rows) (row Row, err error) {
		var changes, why string
		if err := r.Scan(&row.Line, &row.Outcome, &row.Record, &row.version, &row.Title, &changes, &why, &row.Undone); err != nil {
			return row, err
		}
		if err := unsealed(tx, changes, &row.Changes); err != nil {
			return row, err
		}
		return row, unsealed(tx, why, &row.Why)
	}
}

// rowsBehind reads a batch's rows behind a line; outcome "" is any.
func rowsBehind(tx *db.Tx, batch int64, outcome string, line, limit int) ([]Row, error) {
	args := db.Args{batch, line}
	only := ""
	if outcome != "" {
		only = " AND outcome = " + args.Add(outcome)
	}
	rows, err := tx.Query(`SELECT `+rowColumns+` FROM import_rows WHERE batch_id = $1 AND line > $2`+only+` ORDER BY line LIMIT `+args.Add(limit), args...)
	return db.Collect(rows, err, scanRow(tx))
}

// rowsBefore reads a batch's rows before a line, the nearest first.
func rowsBefore(tx *db.Tx, batch int64, outcome string, line, limit int) ([]Row, error) {
	args := db.Args{batch, line}
	only := ""
	if outcome != "" {
		only = " AND outcome = " + args.Add(outcome)
	}
	rows, err := tx.Query(`SELECT `+rowColumns+` FROM import_rows WHERE batch_id = $1 AND line < $2`+only+` ORDER BY line DESC LIMIT `+args.Add(limit), args...)
	return db.Collect(rows, err, scanRow(tx))
}

// toUndo reads the rows that an undo has still to look at, the last first.
func toUndo(tx *db.Tx, batch int64, before, limit int) ([]Row, error) {
	rows, err := tx.Query(`SELECT `+rowColumns+` FROM import_rows WHERE batch_id = $1 AND line < $2 AND outcome IN ('add', 'change') AND undone = 0
		ORDER BY line DESC LIMIT $3`, batch, before, limit)
	return db.Collect(rows, err, scanRow(tx))
}

func markUndone(tx *db.Tx, batch int64, r Row) error {
	_, why, err := r.texts(tx)
	if err != nil {
		return err
	}
	undone := 0
	if r.Undone {
		undone = 1
	}
	_, err = tx.Exec(`UPDATE import_rows SET undone = $1, why = $2 WHERE batch_id = $3 AND line = $4`, undone, why, batch, r.Line)
	return err
}
