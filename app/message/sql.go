package message

import (
	"cmp"
	"crypto/rand"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"cohort/app/outbox"
	"cohort/app/policy"
	"cohort/db"
)

func address(id int64) string { return "messages/" + strconv.FormatInt(id, 10) }

func insert(tx *db.Tx, dedup string, m Message) (id int64, queued bool, err error) {
	now := db.Millis(tx.Now)
	var account any
	if m.Account != 0 {
		account = m.Account
	}
	err = tx.QueryRow(`INSERT INTO messages (dedup, channel, account_id, target, kind, body, message_key, state, next_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', $8, $9)
		ON CONFLICT (dedup) DO NOTHING RETURNING id`,
		dedup, string(m.Channel), account, m.Target, m.Kind, m.Body, m.Key, now, now).Scan(&id)
	if !db.NoRows(err) {
		return id, err == nil, err
	}
	err = tx.QueryRow(`SELECT id FROM messages WHERE dedup = $1`, dedup).Scan(&id)
	return id, false, err
}

const columns = `id, channel, COALESCE(account_id, 0), target, kind, body, message_key, state, tries, next_at, last_error, created_at, sent_at`

func scan(r interface{ Scan(...any) error }) (m Message, err error) {
	var next, created, sent int64
	err = r.Scan(&m.ID, &m.Channel, &m.Account, &m.Target, &m.Kind, &m.Body, &m.Key, &m.State, &m.Tries, &next, &m.LastError, &created, &sent)
	m.NextAt, m.CreatedAt = db.Time(next), db.Time(created)
	if sent > 0 {
		m.SentAt = db.Time(sent)
	}
	return m, err
}

func get(tx *db.Tx, id int64) (Message, error) {
	m, err := scan(tx.QueryRow(`SELECT `+columns+` FROM messages WHERE id = $1`, id))
	if db.NoRows(err) {
		return m, policy.NotFound()
	}
	return m, err
}

func waiting(tx *db.Tx, c Channel) (n int, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM (SELECT 1 FROM messages WHERE state = 'queued' AND channel IN (` + in(store{sharing(c)}) + `) LIMIT 10000) AS q`).Scan(&n)
	return n, err
}

// sharing lists the channels that go by the same endpoint.
func sharing(c Channel) []Channel {
	if c == Hook {
		return []Channel{Hook}
	}
	return []Channel{QQ, Group}
}

// requeue makes a message due now. Whose state is queued keeps its tries.
func requeue(tx *db.Tx, m Message) (Message, error) {
	switch m.State {
	case outbox.Dead:
		m.Tries = 0
	case outbox.Sent:
		m.Tries, m.Key = 0, strings.ToLower(rand.Text())
	}
	_, err := tx.Exec(`UPDATE messages SET state = 'queued', tries = $1, message_key = $2, next_at = $3, sent_at = 0, last_error = ''
		WHERE id = $4`, m.Tries, m.Key, db.Millis(tx.Now), m.ID)
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

// store is the table of messages, those of some channels, for a worker.
type store struct{ channels []Channel }

// in lists the channels as constants of SQL: they are ours.
func in(s store) string {
	list := make([]string, len(s.channels))
	for i, c := range s.channels {
		list[i] = "'" + string(c) + "'"
	}
	return strings.Join(list, ", ")
}

// Due tells whether any message waits for the worker now.
func (s store) Due(tx *db.Tx) (some bool, err error) {
	var one int
	err = tx.QueryRow(`SELECT 1 FROM messages WHERE state = 'queued' AND next_at <= $1 AND leased_until <= $1 AND channel IN (`+in(s)+`) LIMIT 1`,
		db.Millis(tx.Now)).Scan(&one)
	if db.NoRows(err) {
		return false, nil
	}
	return err == nil, err
}

// Claim leases up to n messages that are due, the longest waiting first.
func (s store) Claim(tx *db.Tx, n int, until time.Time) ([]Message, error) {
	rows, err := tx.Query(`UPDATE messages SET leased_until = $1
		WHERE id IN (SELECT id FROM messages WHERE state = 'queued' AND next_at <= $2 AND leased_until <= $2 AND channel IN (`+in(s)+`)
			ORDER BY next_at, id LIMIT $3) AND state = 'queued' AND leased_until <= $2
		RETURNING `+columns, db.Millis(until), db.Millis(tx.Now), n)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Message, error) { return scan(r) })
	slices.SortFunc(list, func(a, b Message) int { // RETURNING has no order
		return cmp.Or(a.NextAt.Compare(b.NextAt), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

// Release gives messages back untried.
func (store) Release(tx *db.Tx, list []Message) error {
	for _, m := range list {
		if _, err := tx.Exec(`UPDATE messages SET leased_until = 0 WHERE id = $1 AND state = 'queued'`, m.ID); err != nil {
			return err
		}
	}
	return nil
}

// MarkSent holds for the message as it was sent, not for one that was queued anew meanwhile.
func (store) MarkSent(tx *db.Tx, m Message) error {
	_, err := tx.Exec(`UPDATE messages SET state = 'sent', tries = tries + 1, sent_at = $1, leased_until = 0, last_error = ''
		WHERE id = $2 AND state = 'queued' AND message_key = $3`, db.Millis(tx.Now), m.ID, m.Key)
	return err
}

// MarkFailed notes a try that failed, likewise.
func (store) MarkFailed(tx *db.Tx, m Message, state outbox.State, o outbox.Outcome) error {
	_, err := tx.Exec(`UPDATE messages SET state = $1, tries = $2, last_error = $3, next_at = $4, leased_until = 0
		WHERE id = $5 AND state = 'queued' AND message_key = $6`, string(state), o.Tries, o.Why, db.Millis(o.Next), m.ID, m.Key)
	return err
}
