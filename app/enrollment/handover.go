package enrollment

import (
	"database/sql"

	"cohort/app/audit"
	"cohort/app/policy"
	"cohort/db"
)

// Moved is an enrollment that changes hands, with the version it has now.
type Moved struct{ ID, Version, Customer int64 }

// Consulted lists the enrollments of a consultant that are neither approved nor
// cancelled, in a stable order: those that still need somebody.
func (s *Service) Consulted(tx *db.Tx, _ policy.Actor, account int64) ([]Moved, error) {
	rows, err := tx.Query(`SELECT id, version, customer_id FROM enrollments
WHERE consultant_id = $1 AND state IN ('invited', 'submitted', 'returned', 'expired') ORDER BY id`, account)
	return db.Collect(rows, err, func(r *sql.Rows) (m Moved, err error) {
		err = r.Scan(&m.ID, &m.Version, &m.Customer)
		return m, err
	})
}

// HandOver gives enrollments from one consultant to another within the
// transaction of the hand-over, which has asked for the right. One that is not
// at its version, or not the old consultant's any more, stays: touched lists
// those.
func (s *Service) HandOver(tx *db.Tx, by policy.Actor, act string, list []Moved, from, to int64) (touched []int64, err error) {
	old, next := "", ""
	if old, err = loginOf(tx, from); err == nil {
		next, err = loginOf(tx, to)
	}
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		done, err := handEnrollment(tx, m, from, to)
		if err != nil {
			return nil, err
		}
		if !done {
			touched = append(touched, m.ID)
			continue
		}
		if err := audit.Write(tx, by, act, "enrollments", m.ID, audit.Change{Field: "consultant", Old: old, New: next}); err != nil {
			return nil, err
		}
	}
	s.changed(tx, 0, "changed") // one event, however many
	return touched, nil
}

func handEnrollment(tx *db.Tx, m Moved, from, to int64) (bool, error) {
	r, err := tx.Exec(`UPDATE enrollments SET consultant_id = $3, version = version + 1, updated_at = $4
WHERE id = $1 AND version = $2 AND consultant_id = $5 AND state IN ('invited', 'submitted', 'returned', 'expired')`,
		m.ID, m.Version, to, db.Millis(tx.Now), from)
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n == 1, err
}
