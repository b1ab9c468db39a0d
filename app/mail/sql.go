package mail

import (
	"cmp"
	"database/sql"
	"slices"
	"time"

	"cohort/app/outbox"
	"cohort/app/policy"
	"cohort/db"
)

func insert(tx *db.Tx, m Message, sealed, messageID string) (id int64, queued bool, err error) {
	now := db.Millis(tx.Now)
	err = tx.QueryRow(`INSERT INTO mails (dedup, to_addr, template, lang, subject, body, message_id, state, next_at,
			resource, record_id, created_at, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', $8, $9, $10, $11, $12)
		ON CONFLICT (dedup) DO NOTHING RETURNING id`,
		m.Dedup, m.To, m.Template, string(m.Lang), m.Subject, m.Body, messageID, now, m.Resource, m.RecordID, now, sealed).Scan(&id)
	if !db.NoRows(err) {
		return id, err == nil, err
	}
	err = tx.QueryRow(`SELECT id FROM mails WHERE dedup = $1`, m.Dedup).Scan(&id)
	return id, false, err
}

const (
	columns = `id, to_addr, template, lang, subject, message_id, state, tries, next_at, last_error, resource, record_id, created_at, sent_at`
	getSQL  = `SELECT ` + columns + `, body, sealed FROM mails WHERE id = $1`
)

func scan(r interface{ Scan(...any) error }, more ...any) (m Mail, err error) {
	var next, created, sent int64
	err = r.Scan(append([]any{&m.ID, &m.To, &m.Template, &m.Lang, &m.Subject, &m.MessageID, &m.State, &m.Tries, &next,
		&m.LastError, &m.Resource, &m.RecordID, &created, &sent}, more...)...)
	m.NextAt, m.CreatedAt = db.Time(next), db.Time(created)
	if sent > 0 {
		m.SentAt = db.Time(sent)
	}
	return m, err
}

func get(tx *db.Tx, id int64) (Mail, error) {
	var body, sealed string
	m, err := scan(tx.QueryRow(getSQL, id), &body, &sealed)
	if db.NoRows(err) {
		return m, policy.NotFound()
	}
	m.Body, m.sealed = body, sealed
	return m, err
}

// page reads by key set, in the order of the index mails_created.
func page(tx *db.Tx, state string, before int64, limit int) ([]Mail, error) {
	var args db.Args
	text := `SELECT ` + columns + ` FROM mails WHERE 1 = 1`
	if state != "" {
		text += ` AND state = ` + args.Add(state)
	}
	if before > 0 {
		text += ` AND (created_at, id) < (SELECT created_at, id FROM mails WHERE id = ` + args.Add(before) + `)`
	}
	text += ` ORDER BY created_at DESC, id DESC LIMIT ` + args.Add(limit)
	rows, err := tx.Query(text, args...)
	return db.Collect(rows, err, func(r *sql.Rows) (Mail, error) { return scan(r) })
}

func waiting(tx *db.Tx) (n int, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM (SELECT 1 FROM mails WHERE state = 'queued' LIMIT 10000) AS q`).Scan(&n)
	return n, err
}

// requeue makes a mail due now. Whose state is queued keeps its tries.
func requeue(tx *db.Tx, m Mail) (Mail, error) {
	switch m.State {
	case Dead:
		m.Tries = 0
	case Sent:
		m.Tries, m.MessageID = 0, newMessageID()
	}
	_, err := tx.Exec(`UPDATE mails SET state = 'queued', tries = $1, message_id = $2, next_at = $3, sent_at = 0, last_error = ''
		WHERE id = $4`, m.Tries, m.MessageID, db.Millis(tx.Now), m.ID)
	if err != nil {
		return m, err
	}
	return get(tx, m.ID)
}

// admins lists the active accounts that hold the role admin.
func admins(tx *db.Tx) ([]int64, error) {
	rows, err := tx.Query(`SELECT a.id FROM accounts a JOIN account_roles ar ON ar.account_id = a.id
		JOIN roles r ON r.id = ar.role_id WHERE r.name = 'admin' AND a.active = 1 ORDER BY a.id`)
	return db.ColumnOf[int64](rows, err)
}

// store is the table of mails, for the worker.
type store struct{ cfg Config }

// Due tells whether any mail waits for the worker now.
func (store) Due(tx *db.Tx) (some bool, err error) {
	var one int
	err = tx.QueryRow(`SELECT 1 FROM mails WHERE state = 'queued' AND next_at <= $1 AND leased_until <= $1 LIMIT 1`,
		db.Millis(tx.Now)).Scan(&one)
	if db.NoRows(err) {
		return false, nil
	}
	return err == nil, err
}

// Claim leases up to n mails that are due, the longest waiting first, and gives those that were never tried the domain
// of their Message-ID.
func (s store) Claim(tx *db.Tx, n int, until time.Time) ([]Mail, error) {
	rows, err := tx.Query(`UPDATE mails SET leased_until = $1, message_id = replace(message_id, $2, $3)
		WHERE id IN (SELECT id FROM mails WHERE state = 'queued' AND next_at <= $4 AND leased_until <= $4
			ORDER BY next_at, id LIMIT $5)
		RETURNING `+columns+`, body, sealed`, db.Millis(until), "@"+unsentDomain+">", "@"+s.cfg.domain()+">", db.Millis(tx.Now), n)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (m Mail, err error) {
		var body, sealed string
		m, err = scan(r, &body, &sealed)
		m.Body, m.sealed = body, sealed
		return m, err
	})
	slices.SortFunc(list, func(a, b Mail) int { // RETURNING has no order
		return cmp.Or(a.NextAt.Compare(b.NextAt), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

// Release gives mails back untried.
func (store) Release(tx *db.Tx, list []Mail) error {
	for _, m := range list {
		if _, err := tx.Exec(`UPDATE mails SET leased_until = 0 WHERE id = $1 AND state = 'queued'`, m.ID); err != nil {
			return err
		}
	}
	return nil
}

// MarkSent holds for the mail as it was sent, not for one that was queued anew meanwhile.
func (store) MarkSent(tx *db.Tx, m Mail) error {
	_, err := tx.Exec(`UPDATE mails SET state = 'sent', tries = tries + 1, sent_at = $1, leased_until = 0, last_error = '',
			sealed = CASE WHEN sealed = '' THEN '' ELSE '-' END
		WHERE id = $2 AND state = 'queued' AND message_id = $3`, db.Millis(tx.Now), m.ID, m.MessageID)
	return err
}

// MarkFailed notes a try that failed, likewise.
func (store) MarkFailed(tx *db.Tx, m Mail, state State, o outbox.Outcome) error {
	_, err := tx.Exec(`UPDATE mails SET state = $1, tries = $2, last_error = $3, next_at = $4, leased_until = 0
		WHERE id = $5 AND state = 'queued' AND message_id = $6`, string(state), o.Tries, o.Why, db.Millis(o.Next), m.ID, m.MessageID)
	return err
}

// stale tells whether any mail from before an instant still holds a secret that nobody will send.
func stale(tx *db.Tx, before time.Time) (some bool, err error) {
	var one int
	err = tx.QueryRow(`SELECT 1 FROM mails WHERE sealed > '-' AND created_at < $1 AND state <> 'queued' LIMIT 1`, db.Millis(before)).Scan(&one)
	if db.NoRows(err) {
		return false, nil
	}
	return err == nil, err
}

func wipeStale(tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(`UPDATE mails SET sealed = '-' WHERE sealed > '-' AND created_at < $1 AND state <> 'queued'`, db.Millis(before))
	return err
}
