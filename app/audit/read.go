package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"cohort/db"
)

// Entry is one line of a record's history.
type Entry struct {
	ID       int64
	At       time.Time // UTC
	Account  int64     // 0 for the system and for applicants
	Login    string
	Face     string // screen, command, files, worker or server
	Addr     string
	Action   string
	Resource string
	Record   int64
	Changes  []Change
	Erased   int64 // the entry of the erasure that took the values away, 0 for none
}

// maxEntries bounds one answer of [Entries].
const maxEntries = 1000

// Entries gives the history of one record, the newest first, at most limit of it (1 to 1,000; else 1,000). It asks
// nobody's rights: who may see the record's history is the caller's to know.
// With actions, only entries of those count and come.
func Entries(ctx context.Context, d *db.DB, resource string, id int64, limit int, actions ...string) (list []Entry, err error) {
	return entries(ctx, d, resource, id, limit, false, actions)
}

// EntriesExcept is Entries without those of some actions.
func EntriesExcept(ctx context.Context, d *db.DB, resource string, id int64, limit int, actions ...string) (list []Entry, err error) {
	return entries(ctx, d, resource, id, limit, true, actions)
}

func entries(ctx context.Context, d *db.DB, resource string, id int64, limit int, except bool, actions []string) (list []Entry, err error) {
	if limit <= 0 || limit > maxEntries {
		limit = maxEntries
	}
	err = d.Read(ctx, func(tx *db.Tx) error {
		list, err = read(entriesOf(tx, resource, id, limit, except, actions))
		return err
	})
	return list, err
}

func read(rows []entry, err error) (list []Entry, _ error) {
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		e, err := r.entry()
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// One gives one entry by its number; ok is false where there is none.
func One(tx *db.Tx, id int64) (e Entry, ok bool, err error) {
	list, err := read(entryOf(tx, id))
	if err != nil || len(list) == 0 {
		return e, false, err
	}
	return list[0], true, nil
}

// Since gives what happened to a record after an entry, in the order of time.
func Since(tx *db.Tx, resource string, record, id int64) ([]Entry, error) {
	return read(entriesSince(tx, resource, record, id, maxEntries))
}

// By gives what an account has changed since a moment, the newest first.
func By(tx *db.Tx, account int64, since time.Time, limit int) ([]Entry, error) {
	return read(entriesBy(tx, account, db.Millis(since), limit))
}

func (e entry) entry() (Entry, error) {
	out := Entry{
		ID: e.id, At: db.Time(e.at), Account: e.account, Login: e.login, Face: e.face, Addr: e.addr,
		Action: e.action, Resource: e.resource, Record: e.record, Erased: e.erasedBy,
	}
	if e.changes == "" {
		return out, nil
	}
	if err := json.Unmarshal([]byte(e.changes), &out.Changes); err != nil {
		return out, fmt.Errorf("audit: entry %d: %w", e.id, err)
	}
	return out, nil
}

// verifyBatch is how many entries Verify reads in one snapshot, so that it never holds the WAL for long.
const verifyBatch = 2000

// Verify reckons every entry's hash again, from the first. It returns how many were right and the id of the first one
// that is not, 0 when all are; entries after that one are not looked at. [Check] also finds what was cut off.
func Verify(ctx context.Context, d *db.DB) (checked int, brokenAt int64, err error) {
	r, err := Check(ctx, d, nil, nil)
	return r.Checked, r.BrokenAt, err
}
