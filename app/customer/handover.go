package customer

import (
	"database/sql"

	"cohort/app/audit"
	"cohort/app/policy"
	"cohort/db"
)

// Moved is a customer that changes hands, with the version it has now, and
// whether a next follow-up is noted.
type Moved struct {
	ID, Version int64
	Due         bool
}

// Owned lists the customers of an account, in a stable order.
func (s *Service) Owned(tx *db.Tx, _ policy.Actor, account int64) ([]Moved, error) {
	rows, err := tx.Query(`SELECT id, version, next_follow_up_on <> '' FROM customers WHERE owner_id = $1 ORDER BY id`, account)
	return db.Collect(rows, err, func(r *sql.Rows) (m Moved, err error) {
		err = r.Scan(&m.ID, &m.Version, &m.Due)
		return m, err
	})
}

// Handing says what a hand-over is called on the audit trail and in the ledger.
type Handing struct{ Act, Reason, Note string }

// HandOver gives customers from one owner to another, 0 for nobody, within the
// transaction of the hand-over, which has asked for the right. One that is not
// at its version or not the old owner's any more stays: touched lists those.
func (s *Service) HandOver(tx *db.Tx, by policy.Actor, as Handing, list []Moved, from, to int64) (touched []int64, err error) {
	old, err := loginOf(tx, from)
	if err != nil {
		return nil, err
	}
	next, err := loginOf(tx, to)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		done, err := handCustomer(tx, m, from, to)
		if err != nil {
			return nil, err
		}
		if !done {
			touched = append(touched, m.ID)
			continue
		}
		if err := recordOwner(tx, by, m.ID, from, to, as.Reason, as.Note); err != nil {
			return nil, err
		}
		err = audit.Write(tx, by, as.Act, "customers", m.ID,
			s.changes(map[string]string{"owner": old}, map[string]string{"owner": next}, m.Version+1)...)
		if err != nil {
			return nil, err
		}
	}
	s.publish(tx, "customers", 0, "assigned") // one event, however many
	return touched, nil
}

func handCustomer(tx *db.Tx, m Moved, from, to int64) (bool, error) {
	r, err := tx.Exec(`UPDATE customers SET owner_id = $3, version = version + 1, updated_at = $4
WHERE id = $1 AND version = $2 AND coalesce(owner_id, 0) = $5`, m.ID, m.Version, nullID(to), db.Millis(tx.Now), from)
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n == 1, err
}
