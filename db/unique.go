package db

import (
	"database/sql"
	"strings"
)

// UniqueKeys lists the columns that no two rows of a table have the same, one list for each unique key but the row's
// id. Keys that leave some rows out ("where it is not empty") are among them; keys over expressions are not.
func (tx *Tx) UniqueKeys(table string) ([][]string, error) {
	rows, err := tx.Query(`SELECT (SELECT group_concat(COALESCE(name, ''), ',') FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno))
		FROM pragma_index_list($1) AS l WHERE l."unique" = 1 ORDER BY l.name`, table)
	all, err := Collect(rows, err, func(r *sql.Rows) (list []string, err error) {
		var names string
		err = r.Scan(&names)
		return strings.Split(names, ","), err
	})
	out := all[:0]
	for _, key := range all {
		plain := true
		for _, column := range key {
			plain = plain && column != ""
		}
		if plain {
			out = append(out, key)
		}
	}
	return out, err
}
