package handover

import (
	"database/sql"

	"cohort/app/policy"
	"cohort/db"
)

// ref stores an id that may be missing.
func ref(id int64) sql.NullInt64 { return sql.NullInt64{Int64: id, Valid: id != 0} }

func insertReceipt(tx *db.Tx, r Receipt) (id int64, err error) {
	err = tx.QueryRow(`
INSERT INTO handovers (at, by_id, from_id, to_id, enrollments_to, query, reason, customers, due, enrollments, classes)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
		db.Millis(tx.Now), ref(r.By.ID), r.From.ID, ref(r.To.ID), ref(r.Consultant.ID), r.Query, r.Reason,
		r.Customers, r.Due, r.Enrollments, r.Classes).Scan(&id)
	if err != nil {
		return 0, err
	}
	for _, i := range r.Items {
		had := 0
		if i.Had {
			had = 1
		}
		_, err := tx.Exec(`INSERT INTO handover_items (handover_id, resource, record_id, version, had) VALUES ($1, $2, $3, $4, $5)`,
			id, i.Resource, i.ID, i.Version, had)
		if err != nil {
			return 0, err
		}
	}
	return id, nil
}

func receiptOf(tx *db.Tx, id int64) (r Receipt, err error) {
	var at, undone int64
	err = tx.QueryRow(`
SELECT h.id, h.at, coalesce(b.id, 0), coalesce(b.login, ''), coalesce(b.name, ''), f.id, f.login, f.name,
       coalesce(t.id, 0), coalesce(t.login, ''), coalesce(t.name, ''), coalesce(c.id, 0), coalesce(c.login, ''), coalesce(c.name, ''),
       h.query, h.reason, h.customers, h.due, h.enrollments, h.classes, h.undone_at, coalesce(u.id, 0), coalesce(u.login, ''), coalesce(u.name, '')
FROM handovers h JOIN accounts f ON f.id = h.from_id LEFT JOIN accounts b ON b.id = h.by_id LEFT JOIN accounts t ON t.id = h.to_id
LEFT JOIN accounts c ON c.id = h.enrollments_to LEFT JOIN accounts u ON u.id = h.undone_by
WHERE h.id = $1`, id).Scan(&r.ID, &at, &r.By.ID, &r.By.Login, &r.By.Name, &r.From.ID, &r.From.Login, &r.From.Name,
		&r.To.ID, &r.To.Login, &r.To.Name, &r.Consultant.ID, &r.Consultant.Login, &r.Consultant.Name,
		&r.Query, &r.Reason, &r.Customers, &r.Due, &r.Enrollments, &r.Classes, &undone, &r.UndoneBy.ID, &r.UndoneBy.Login, &r.UndoneBy.Name)
	if db.NoRows(err) {
		return r, policy.NotFound()
	}
	if err != nil {
		return r, err
	}
	r.At = db.Time(at)
	if undone != 0 {
		r.Undone = db.Time(undone)
	}
	r.Items, err = itemsOf(tx, id)
	return r, err
}

func itemsOf(tx *db.Tx, id int64) ([]Item, error) {
	rows, err := tx.Query(`SELECT resource, record_id, version, had = 1 FROM handover_items WHERE handover_id = $1 ORDER BY resource, record_id`, id)
	return db.Collect(rows, err, func(r *sql.Rows) (i Item, err error) {
		err = r.Scan(&i.Resource, &i.ID, &i.Version, &i.Had)
		return i, err
	})
}

func markUndone(tx *db.Tx, id, by int64) error {
	_, err := tx.Exec(`UPDATE handovers SET undone_at = $2, undone_by = $3 WHERE id = $1`, id, db.Millis(tx.Now), ref(by))
	return err
}
