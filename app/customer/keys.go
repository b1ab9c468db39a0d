package customer

import (
	"context"
	"errors"
	"slices"
	"strings"

	"cohort/app/grams"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Keys are what a customer is found by besides his row.
type Keys struct {
	Sounds []string
	Parts  []Part
}

// KeysOf cuts a name and the contacts by kind.
func KeysOf(name string, contact func(kind string) string) Keys {
	k := Keys{Sounds: grams.Sounds(name)}
	for _, kind := range Kinds {
		k.Parts = append(k.Parts, partsOf(kind, contact(kind))...)
	}
	return k
}

// SoundsText is how the row keeps the sounds, so that it can be asked for one.
func (k Keys) SoundsText() string {
	if len(k.Sounds) == 0 {
		return ""
	}
	return " " + strings.Join(k.Sounds, " ")
}

// keysOf are the keys of a customer; of one who is not there, none.
func keysOf(c Customer) Keys { return KeysOf(c.Name, c.Contact) }

// keysWith are the keys of a customer with what is given changed.
func keysWith(c Customer, v resource.Values) Keys {
	name := c.Name
	if v.Has("name") {
		name = v.Str("name")
	}
	return KeysOf(name, func(kind string) string {
		if v.Has(kind) {
			return v.Str(kind)
		}
		return c.Contact(kind)
	})
}

// less are the keys of k that other lacks.
func (k Keys) less(other Keys) (out Keys) {
	for _, s := range k.Sounds {
		if !slices.Contains(other.Sounds, s) {
			out.Sounds = append(out.Sounds, s)
		}
	}
	for _, p := range k.Parts {
		if !slices.Contains(other.Parts, p) {
			out.Parts = append(out.Parts, p)
		}
	}
	return out
}

// setKeys writes what has changed of a customer's keys.
func setKeys(tx *db.Tx, id int64, was, now Keys) error {
	if err := deleteKeys(tx, id, was.less(now)); err != nil {
		return err
	}
	return insertKeys(tx, map[int64]Keys{id: now.less(was)})
}

// rekey takes the keys of a customer who goes to the trash away, and makes those
// of one who comes back.
func rekey(tx *db.Tx, id int64, gone bool) error {
	c, err := Get(tx, id)
	if err != nil {
		return err
	}
	if gone {
		return deleteKeys(tx, id, keysOf(c))
	}
	if err := setSounds(tx, id, keysOf(c).SoundsText()); err != nil { // the trash may be older than they are
		return err
	}
	return insertKeys(tx, map[int64]Keys{id: keysOf(c)})
}

// FillKeys makes the keys of those who were here before there were any, the
// newest first, in rounds between which everybody else writes, until all have
// theirs or ctx ends; the next start goes on where it ended.
func (s *Service) FillKeys(ctx context.Context, by policy.Actor) error {
	if err := by.NeedAny("change", "customers"); err != nil {
		return err
	}
	for more := true; more; {
		err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
			more, err = fillRound(tx, fillAtOnce)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// fillAtOnce is how many customers get their keys in one transaction. SQLite's
// time for a transaction grows with the square of the pages that it changes, and
// keys change pages everywhere.
const fillAtOnce = 200

func fillRound(tx *db.Tx, most int) (more bool, err error) {
	upto, err := unkeyed(tx)
	if err != nil || upto == 0 {
		return false, err
	}
	list, err := keyless(tx, upto, most)
	if err != nil || len(list) == 0 {
		return false, errors.Join(err, setUnkeyed(tx, 0))
	}
	all := make(map[int64]Keys, len(list))
	for _, c := range list {
		all[c.ID] = keysOf(c)
		if err := setSounds(tx, c.ID, all[c.ID].SoundsText()); err != nil {
			return false, err
		}
	}
	if err := insertKeys(tx, all); err != nil {
		return false, err
	}
	next := list[len(list)-1].ID - 1
	return next > 0, setUnkeyed(tx, next)
}
