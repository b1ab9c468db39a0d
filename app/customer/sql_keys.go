package customer

import (
	"cmp"
	"database/sql"
	"slices"
	"strings"

	"cohort/db"
)

// insertKeys puts down the keys of customers, in the order in which the tables
// keep them and many with one statement.
func insertKeys(tx *db.Tx, all map[int64]Keys) error {
	var sounds, parts [][]any
	for id, k := range all {
		for _, s := range k.Sounds {
			sounds = append(sounds, []any{s, id})
		}
		for _, p := range k.Parts {
			parts = append(parts, []any{p.Kind, p.Text, p.Ahead, id})
		}
	}
	if err := insertSorted(tx, "name_sounds (sound, customer_id)", sounds); err != nil {
		return err
	}
	return insertSorted(tx, "contact_parts (kind, part, ahead, customer_id)", parts)
}

// most is how many arguments a statement has at most.
const most = 200

func insertSorted(tx *db.Tx, into string, rows [][]any) error {
	slices.SortFunc(rows, func(a, b []any) int { return slices.CompareFunc(a, b, compareKey) })
	for len(rows) > 0 {
		n := min(most/len(rows[0]), len(rows))
		var args db.Args
		lines := make([]string, n)
		for i, r := range rows[:n] {
			marks := make([]string, len(r))
			for j, v := range r {
				marks[j] = args.Add(v)
			}
			lines[i] = "(" + strings.Join(marks, ", ") + ")"
		}
		if _, err := tx.Exec("INSERT INTO "+into+" VALUES "+strings.Join(lines, ", ")+" ON CONFLICT DO NOTHING", args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func compareKey(a, b any) int {
	if s, ok := a.(string); ok {
		return strings.Compare(s, b.(string))
	}
	return cmp.Compare(a.(int64), b.(int64))
}

func deleteKeys(tx *db.Tx, id int64, k Keys) error {
	for _, s := range k.Sounds {
		if _, err := tx.Exec(`DELETE FROM name_sounds WHERE sound = $1 AND customer_id = $2`, s, id); err != nil {
			return err
		}
	}
	for _, p := range k.Parts {
		if _, err := tx.Exec(`DELETE FROM contact_parts WHERE kind = $1 AND part = $2 AND ahead = $3 AND customer_id = $4`, p.Kind, p.Text, p.Ahead, id); err != nil {
			return err
		}
	}
	return nil
}

// unkeyed is the highest number that still waits for its keys, 0 for none.
func unkeyed(tx *db.Tx) (upto int64, err error) {
	err = tx.QueryRow(`SELECT COALESCE(max(upto), 0) FROM unkeyed`).Scan(&upto)
	return upto, err
}

func setUnkeyed(tx *db.Tx, upto int64) error {
	_, err := tx.Exec(`UPDATE unkeyed SET upto = $1`, upto)
	return err
}

// keyless reads what keys are made of, the newest first.
func keyless(tx *db.Tx, upto int64, most int) ([]Customer, error) {
	rows, err := tx.Query(`SELECT id, name, phone, qq, wechat, email FROM customers WHERE id <= $1 ORDER BY id DESC LIMIT $2`, upto, most)
	return db.Collect(rows, err, func(r *sql.Rows) (c Customer, err error) {
		err = r.Scan(&c.ID, &c.Name, &c.Phone, &c.QQ, &c.WeChat, &c.Email)
		return c, err
	})
}

// setSounds is no change of the customer: his version stays.
func setSounds(tx *db.Tx, id int64, sounds string) error {
	if sounds == "" {
		return nil
	}
	_, err := tx.Exec(`UPDATE customers SET sounds = $2 WHERE id = $1`, id, sounds)
	return err
}
