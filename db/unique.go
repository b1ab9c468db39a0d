package db

// UniqueKeys lists the columns that no two rows of a table have the same, one list for each unique key but the row's
// id. Keys that leave some rows out ("where it is not empty") are among them; keys over expressions are not.
func (tx *Tx) UniqueKeys(table string) ([][]string, error) {
	all, err := tx.db.engine.uniqueKeys(tx, table)
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
