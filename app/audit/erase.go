package audit

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"

	"cohort/app/policy"
	"cohort/db"
)

// The act of an erasure, and what its entry says: how many entries it emptied, and the hash of what it left of them.
const (
	actErase     = "erase"
	erasedCount  = "erased_entries"
	erasedDigest = "erased_sha256"
)

// Erasure is what is to be taken out of the trail about one person.
type Erasure struct {
	About     []int64 // entries whose values go
	Own       []int64 // entries of the person's own acts: who did it and from where goes as well
	Pseudonym string  // "erased-…", stands for the log-in name
}

// Erase empties entries of a person for good, and writes that it was done onto the trail: the entry of the erasure
// carries the hash of what it left of the others, so that no further one can be emptied in its name. Entries that
// were erased before, and those of erasures, stay as they are. It gives how many were emptied.
func Erase(tx *db.Tx, by policy.Actor, resource string, id int64, x Erasure) (n int, err error) {
	list, err := toEmpty(tx, x)
	if err != nil {
		return 0, err
	}
	var said []Change
	if len(list) > 0 {
		said = []Change{{Field: erasedCount, New: strconv.Itoa(len(list))}, {Field: erasedDigest, New: leftOf(list)}}
	}
	erasure, err := add(tx, by, actErase, resource, id, said...)
	if err != nil {
		return 0, err
	}
	for _, e := range list {
		e.erasedBy = erasure
		if err := empty(tx, e); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// toEmpty reads the entries of an erasure in the order of the trail, as they will be after it.
func toEmpty(tx *db.Tx, x Erasure) (out []entry, err error) {
	own := map[int64]bool{}
	for _, id := range x.Own {
		own[id] = true
	}
	ids := slices.Concat(x.About, x.Own)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		found, err := entryOf(tx, id)
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			if e.erasedBy != 0 || e.action == actErase || e.changes == "" && !own[id] {
				continue
			}
			e.changes, e.salt = "", ""
			if own[id] {
				e.login, e.addr, e.whoSalt = x.Pseudonym, "", ""
			}
			out = append(out, e)
		}
	}
	return out, nil
}

// leftOf is the hash of what an erasure left of its entries, given in the order of the trail.
func leftOf(list []entry) string {
	var parts []string
	for _, e := range list {
		parts = append(parts, e.left()...)
	}
	return hex.EncodeToString(sumOf(parts...))
}

// vouches says whether an erasure emptied just those entries that name it, and left them as they are now.
func (e entry) vouches(tx *db.Tx) (bool, error) {
	list, err := erasedBy(tx, e.id)
	if err != nil {
		return false, err
	}
	said, left := "", ""
	var changes []Change
	if e.changes != "" {
		if err := json.Unmarshal([]byte(e.changes), &changes); err != nil {
			return false, nil //nolint:nilerr // what cannot be read vouches for nothing
		}
	}
	for _, c := range changes {
		if c.Field == erasedDigest {
			said = c.New
		}
	}
	if len(list) > 0 {
		left = leftOf(list)
	}
	return said == left, nil
}
