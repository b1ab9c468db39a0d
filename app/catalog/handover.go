package catalog

import (
	"database/sql"

	"cohort/app/audit"
	"cohort/app/policy"
	"cohort/db"
)

// Moved is a class that changes its lecturer, with the version it has now. Had
// says that the receiver taught it before, too.
type Moved struct {
	ID, Version int64
	Had         bool
}

// Taught lists the classes of a lecturer that are not over; another's is whom
// they may go to, 0 for nobody.
func (s *Service) Taught(tx *db.Tx, _ policy.Actor, account, another int64) ([]Moved, error) {
	rows, err := tx.Query(`SELECT classes.id, classes.version,
       EXISTS (SELECT 1 FROM class_lecturers x WHERE x.class_id = classes.id AND x.account_id = $2)
FROM classes JOIN class_lecturers l ON l.class_id = classes.id
WHERE l.account_id = $1 AND (classes.ends_on = '' OR classes.ends_on >= $3) ORDER BY classes.id`, account, another, s.today(tx))
	return db.Collect(rows, err, func(r *sql.Rows) (m Moved, err error) {
		err = r.Scan(&m.ID, &m.Version, &m.Had)
		return m, err
	})
}

// HandOver gives classes from one lecturer to another, 0 for nobody, within the
// transaction of the hand-over, which has asked for the right. One that is not
// at its version, or not the old lecturer's any more, stays: touched lists
// those.
func (s *Service) HandOver(tx *db.Tx, by policy.Actor, act string, list []Moved, from, to int64) (touched []int64, err error) {
	old, err := loginOf(tx, from)
	if err != nil {
		return nil, err
	}
	next, err := loginOf(tx, to)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		done, err := s.handClass(tx, m, from, to)
		if err != nil {
			return nil, err
		}
		if !done {
			touched = append(touched, m.ID)
			continue
		}
		if err := audit.Write(tx, by, act, "classes", m.ID, audit.Change{Field: "lecturers", Old: old, New: next}); err != nil {
			return nil, err
		}
	}
	s.engine.Publish(tx, "classes", 0, "changed") // one event, however many
	return touched, nil
}

// HandBack is the way back of HandOver: a receiver who taught the class before
// goes on teaching it.
func (s *Service) HandBack(tx *db.Tx, by policy.Actor, act string, list []Moved, from, to int64) (touched []int64, err error) {
	if touched, err = s.HandOver(tx, by, act, list, from, to); err != nil {
		return nil, err
	}
	for _, m := range list {
		if m.Had {
			if _, err := insertLecturer(tx, m.ID, from); err != nil {
				return nil, err
			}
		}
	}
	return touched, nil
}

func (s *Service) handClass(tx *db.Tx, m Moved, from, to int64) (bool, error) {
	done, err := changed(tx.Exec(`UPDATE classes SET version = version + 1, updated_at = $3 WHERE id = $1 AND version = $2`,
		m.ID, m.Version, db.Millis(tx.Now)))
	if err != nil || !done {
		return false, err
	}
	if from != 0 {
		if done, err = deleteLecturer(tx, m.ID, from); err != nil || !done {
			return false, err
		}
	}
	if to != 0 {
		_, err = insertLecturer(tx, m.ID, to)
	}
	return true, err
}

// loginOf is an account's log-in name, "" for none.
func loginOf(tx *db.Tx, account int64) (login string, err error) {
	if account == 0 {
		return "", nil
	}
	err = tx.QueryRow(`SELECT login FROM accounts WHERE id = $1`, account).Scan(&login)
	return login, err
}
