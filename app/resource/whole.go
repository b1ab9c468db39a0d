package resource

import (
	"bytes"
	"encoding/json"

	"cohort/db"
)

// What nouns need of the rows behind records when they move them whole, as the
// trash does.

// WholeRow is a row as it is stored, by column.
type WholeRow = map[string]any

// WholeRows reads the rows of a table whose column has a number.
func WholeRows(tx *db.Tx, table, column string, id int64) ([]WholeRow, error) {
	return wholeRows(tx, Owned{table, column}, id)
}

// PutRow writes a whole row. A column that the table no longer has is left out.
func PutRow(tx *db.Tx, table string, row WholeRow) error { return putRow(tx, table, row) }

// Spend remembers that a number was given, so that it is not given again.
func Spend(tx *db.Tx, table string, id int64) error { return spend(tx, table, id) }

// Plain is a value of a row that was kept as JSON, as columns take it.
func Plain(v any) any { return plainValue(v) }

// ReadRows reads what was kept as JSON, numbers whole.
func ReadRows(text string, to any) error {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	return d.Decode(to)
}
