package org

import (
	"database/sql"
	"time"

	"cohort/app/fault"
	"cohort/app/session"
	"cohort/db"
)

// beat says that a process lives. known is false where the others do not know it.
func beat(tx *db.Tx, mark, name string) (known bool, err error) {
	known, err = one(tx.Exec(`UPDATE processes SET name = $2, beat_at = $3 WHERE mark = $1`, mark, name, db.Millis(tx.Now)))
	if err != nil || known {
		return known, err
	}
	_, err = tx.Exec(`INSERT INTO processes (mark, name, started_at, beat_at) VALUES ($1, $2, $3, $3)`, mark, name, db.Millis(tx.Now))
	return false, err
}

// leave takes a process off, with all that it had open.
func leave(tx *db.Tx, mark string) error {
	_, err := tx.Exec(`DELETE FROM processes WHERE mark = $1`, mark)
	return err
}

// bury takes off the processes that have not been heard of since.
func bury(tx *db.Tx, since time.Time) error {
	_, err := tx.Exec(`DELETE FROM processes WHERE beat_at < $1`, db.Millis(since))
	return err
}

// tellSessionsOf writes what a process has open, and takes off what it no longer has.
func tellSessionsOf(tx *db.Tx, mark string, fresh []session.Open, over []string) error {
	for _, o := range fresh {
		_, err := tx.Exec(`
INSERT INTO open_sessions (process, session, account, enrollment, login, address, method, kind, terminal, since_at, key_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (process, session) DO UPDATE SET key_at = excluded.key_at`,
			mark, o.ID, o.Account, o.Enrollment, o.Login, o.Addr, o.Method, o.Kind, o.Term, db.Millis(o.Since), db.Stamp(o.LastKey))
		if err != nil {
			return err
		}
	}
	for _, id := range over {
		if _, err := tx.Exec(`DELETE FROM open_sessions WHERE process = $1 AND session = $2`, mark, id); err != nil {
			return err
		}
	}
	return nil
}

// openElsewhere lists what the other processes that live have open.
func openElsewhere(tx *db.Tx, mark string, since time.Time) ([]session.Open, error) {
	rows, err := tx.Query(`
SELECT s.session, s.account, s.enrollment, s.login, s.address, s.method, s.kind, s.terminal, s.since_at, s.key_at, p.name
FROM open_sessions s JOIN processes p ON p.mark = s.process WHERE p.mark <> $1 AND p.beat_at >= $2 AND s.end_by = '' ORDER BY s.since_at, s.session`,
		mark, db.Millis(since))
	return db.Collect(rows, err, func(r *sql.Rows) (o session.Open, err error) {
		var at, key int64
		err = r.Scan(&o.ID, &o.Account, &o.Enrollment, &o.Login, &o.Addr, &o.Method, &o.Kind, &o.Term, &at, &key, &o.Process)
		o.Since, o.LastKey = db.Time(at), db.Moment(key)
		return o, err
	})
}

// others counts the other processes that live.
func others(tx *db.Tx, mark string, since time.Time) (n int, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM processes WHERE mark <> $1 AND beat_at >= $2`, mark, db.Millis(since)).Scan(&n)
	return n, err
}

// wish is that a session of this process end.
type wish struct {
	session, by string
	own         bool
}

func (w wish) why() *fault.Fault { return endWords(w.own, w.by) }

// wishEnd asks for the end of a session of another process.
func wishEnd(tx *db.Tx, id, by string, own bool) error {
	_, err := tx.Exec(`UPDATE open_sessions SET end_by = $2, end_own = $3 WHERE session = $1`, id, by, own)
	return err
}

func wishes(tx *db.Tx, mark string) ([]wish, error) {
	rows, err := tx.Query(`SELECT session, end_by, end_own FROM open_sessions WHERE process = $1 AND end_by <> ''`, mark)
	return db.Collect(rows, err, func(r *sql.Rows) (w wish, err error) {
		err = r.Scan(&w.session, &w.by, &w.own)
		return w, err
	})
}

// addFailures adds what a process has counted, all with the next turn. What is older than forget counts no more.
func addFailures(tx *db.Tx, list []session.Failure, forget time.Duration) error {
	var turn int64
	if err := tx.QueryRow(`SELECT coalesce(max(turn), 0) + 1 FROM failures`).Scan(&turn); err != nil {
		return err
	}
	for _, f := range list {
		_, err := tx.Exec(`
INSERT INTO failures (sort, who, login, address, failures, last_at, turn) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (sort, who) DO UPDATE SET login = excluded.login, address = excluded.address, turn = excluded.turn,
  failures = CASE WHEN $8 = 1 OR failures.last_at < $9 THEN excluded.failures ELSE failures.failures + excluded.failures END,
  last_at = CASE WHEN failures.last_at > excluded.last_at THEN failures.last_at ELSE excluded.last_at END`,
			f.Sort, f.Who, f.Login, f.Addr, f.Failures, db.Millis(f.Last), turn, f.Clear, db.Millis(f.Last.Add(-forget)))
		if err != nil {
			return err
		}
	}
	return nil
}

// failuresSince lists what was counted after a turn, and gives the turn up to which it goes. Writes are one after the
// other, so that no lower turn comes later.
func failuresSince(tx *db.Tx, turn int64) (list []session.Failure, upTo int64, err error) {
	rows, err := tx.Query(`SELECT sort, who, login, address, failures, last_at, turn FROM failures WHERE turn > $1`, turn)
	upTo = turn
	list, err = db.Collect(rows, err, func(r *sql.Rows) (f session.Failure, err error) {
		var last, t int64
		err = r.Scan(&f.Sort, &f.Who, &f.Login, &f.Addr, &f.Failures, &last, &t)
		f.Last = db.Time(last)
		upTo = max(upTo, t)
		return f, err
	})
	return list, upTo, err
}

// sweepFailures removes what counts no more, and where there are too many, those with the fewest failures. The newest turn
// stays: turns only grow.
func sweepFailures(tx *db.Tx, since time.Time, most int) error {
	const newest = ` AND turn < (SELECT max(turn) FROM failures)`
	if _, err := tx.Exec(`DELETE FROM failures WHERE last_at < $1`+newest, db.Millis(since)); err != nil {
		return err
	}
	var n int
	if err := tx.QueryRow(`SELECT count(*) FROM failures`).Scan(&n); err != nil || n <= most {
		return err
	}
	_, err := tx.Exec(`DELETE FROM failures WHERE failures < 2` + newest)
	return err
}
