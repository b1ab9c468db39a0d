// Package audit writes down who did what to which record, append-only and in the transaction of the act itself, so that
// neither exists without the other.
//
// Every entry carries the hash of the one before, so that a change or a removal in the middle is found by [Verify]. The
// hash cannot show that the newest entries were cut off; an [Anchor] keeps the last hash outside the database, and
// [Check] sees that too.
package audit

import (
	"crypto/sha256"
	"encoding/hex"
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
	e := entry{
		at: db.Millis(tx.Now), account: by.Account, login: clean(by.Login), face: clean(string(by.Via)), addr: clean(by.Addr),
		action: clean(action), resource: clean(resource), record: id,
	}
	if changes = withNotes(tx, changes); len(changes) > 0 {
		text, err := json.Marshal(changes)
		if err != nil {
			return err
		}
		e.changes = string(text)
	}
	previous, err := lastHash(tx)
	if err != nil {
		return err
	}
	return insert(tx, e, e.sum(previous))
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
}

// sum is the entry's hash in hex: SHA-256 of the hash before ("" for the first entry) followed by the entry's canonical
// text. Both are made of parts written as "length:bytes," with the length in bytes and decimal digits, so that no two
// different entries have the same text. The parts, in order:
//
//	previous hash, at, account_id, login, face, addr, action, resource, record_id, changes
//
// Numbers are decimal; changes is the stored JSON as it is.
func (e entry) sum(previous string) string {
	h := sha256.New()
	for _, part := range []string{
		previous, num(e.at), num(e.account), e.login, e.face, e.addr, e.action, e.resource, num(e.record), e.changes,
	} {
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part + ","))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func num(n int64) string { return strconv.FormatInt(n, 10) }

// clean keeps what every engine stores and gives back unchanged: valid UTF-8 without NUL.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
