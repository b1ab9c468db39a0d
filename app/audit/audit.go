// Package audit writes down who did what to which record, append-only and in the transaction of the act itself, so that
// neither exists without the other.
//
// Every entry carries the hash of the one before, so that a change or a removal in the middle is found by [Verify]. The
// hash cannot show that the newest entries were cut off; an [Anchor] keeps the last hash outside the database, and
// [Check] sees that too.
//
// The hash covers digests of what may be personal, not the text, so that [Erase] can take a person's values out of a
// whole chain: the erasure is an entry of its own and vouches for all entries that it emptied.
package audit

import (
	"encoding/json"
	"strconv"
	"strings"

	"cohort/app/policy"
	"cohort/db"
)

// Change is one field of a record, before and after. An added record has no Old, a deleted one no New.
type Change struct {
	Field string `json:"field"`
	Old   string `json:"old,omitempty"`
	New   string `json:"new,omitempty"`
}

// Concealed stands for both values of a field that must not be read in the audit trail.
const Concealed = "***"

// Write appends one entry for what by did to the record, within tx. Without changes it tells of the act alone: a read
// of an ID number, an export, a log-in. id 0 is an act on no single record.
//
// Secrets and ID numbers come as [Secret] and [Masked]; Write stores what it is given.
//
// The chain rests on writers coming one after the other, as [db.DB.Write] has them.
func Write(tx *db.Tx, by policy.Actor, action, resource string, id int64, changes ...Change) error {
	_, err := add(tx, by, action, resource, id, changes...)
	return err
}

// add is Write that gives the entry's number.
func add(tx *db.Tx, by policy.Actor, action, resource string, id int64, changes ...Change) (int64, error) {
	e := entry{
		at: db.Millis(tx.Now), account: by.Account, login: storable(by.Login), face: storable(string(by.Via)), addr: storable(by.Addr),
		action: storable(action), resource: storable(resource), record: id,
	}
	if changes = withNotes(tx, changes); len(changes) > 0 {
		text, err := json.Marshal(safe(changes))
		if err != nil {
			return 0, err
		}
		e.changes = string(text)
	}
	previous, err := lastHash(tx)
	if err != nil {
		return 0, err
	}
	e.seal()
	e.hash = e.sum(previous)
	return insert(tx, e)
}

// entry is one row as it is hashed and stored.
type entry struct {
	id       int64
	at       int64 // UTC milliseconds
	account  int64
	login    string
	face     string
	addr     string
	action   string
	resource string
	record   int64
	changes  string // JSON, "" for none
	hash     string

	salt, digest string // of changes; both "" where there are none
	whoSalt, who string // of login and addr; who is "" in entries of the old formula
	erasedBy     int64  // the entry of the erasure that emptied this one, 0 for none
}

func num(n int64) string { return strconv.FormatInt(n, 10) }

// storable keeps what every engine stores and gives back unchanged: valid UTF-8 without NUL.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
