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
}

// maxEntries bounds one answer of [Entries].
const maxEntries = 1000

// Entries gives the history of one record, the newest first, at most limit of it (1 to 1,000; else 1,000). It asks
// nobody's rights: who may see the record's history is the caller's to know.
// With actions, only entries of those count and come.
func Entries(ctx context.Context, d *db.DB, resource string, id int64, limit int, actions ...string) (list []Entry, err error) {
	if limit <= 0 || limit > maxEntries {
		limit = maxEntries
	}
	err = d.Read(ctx, func(tx *db.Tx) error {
		rows, err := entriesOf(tx, resource, id, limit, actions)
		if err != nil {
			return err
		}
		for _, r := range rows {
			e, err := r.entry()
			if err != nil {
				return err
			}
			list = append(list, e)
		}
		return nil
	})
	return list, err
}

func (e entry) entry() (Entry, error) {
	out := Entry{
		ID: e.id, At: db.Time(e.at), Account: e.account, Login: e.login, Face: e.face, Addr: e.addr,
		Action: e.action, Resource: e.resource, Record: e.record,
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
// that is not, 0 when all are; entries after that one are not looked at.
func Verify(ctx context.Context, d *db.DB) (checked int, brokenAt int64, err error) {
	var after int64
	previous := ""
	for {
		var batch []entry
		err := d.Read(ctx, func(tx *db.Tx) (err error) {
			batch, err = entriesAfter(tx, after, verifyBatch)
			return err
		})
		if err != nil || len(batch) == 0 {
			return checked, 0, err
		}
		for _, e := range batch {
			if e.sum(previous) != e.hash {
				return checked, e.id, nil
			}
			previous, after = e.hash, e.id
			checked++
		}
	}
}
