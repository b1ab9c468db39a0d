package setting

import "cohort/db"

func all(tx *db.Tx) (map[string]string, error) {
	rows, err := tx.Query(`SELECT key, value FROM settings`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	out := map[string]string{}
	for rows.Next() {
		var key, value string
		if err := rows.Scan(&key, &value); err != nil {
			return nil, err
		}
		out[key] = value
	}
	return out, rows.Err()
}

func put(tx *db.Tx, name, value string) error {
	_, err := tx.Exec(`INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, name, value)
	return err
}

func remove(tx *db.Tx, name string) error {
	_, err := tx.Exec(`DELETE FROM settings WHERE key = $1`, name)
	return err
}
