package customer

import (
	"context"
	"strings"

	"cohort/app/policy"
	"cohort/db"
)

// Pair are two customers who may be one: the same name, and contacts that are
// alike.
type Pair struct {
	Keep, Lose Customer // the older one stays
	Kind       string   // the kind of the contact that is alike
}

const (
	lookedAt  = 2000 // customers whose namesakes are looked at for one answer
	namesakes = 20   // of each
)

// Duplicates looks for customers whom by may merge and who may be one, the
// newest first: among so many customers before a number (0: the newest), at most
// limit pairs. next goes on from there, 0 at the end.
func (s *Service) Duplicates(ctx context.Context, by policy.Actor, before int64, limit int) (list []Pair, next int64, err error) {
	if err := by.NeedAny("merge", "customers"); err != nil {
		return nil, 0, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		some, err := mergeable(tx, s, by, "", before, lookedAt)
		if err != nil {
			return err
		}
		for _, c := range some {
			older, err := mergeable(tx, s, by, c.Name, c.ID, namesakes)
			if err != nil {
				return err
			}
			for _, o := range older {
				if kind := alike(o, c); kind != "" {
					list = append(list, Pair{Keep: o, Lose: c, Kind: kind})
				}
			}
			if next = c.ID; len(list) >= limit {
				return nil
			}
		}
		if len(some) < lookedAt {
			next = 0
		}
		return nil
	})
	return list, next, err
}

// alike names the kind of the contact by which two are alike, "" where they are
// not: a contact that differs by a slip of the finger, or stands under another
// kind.
func alike(a, b Customer) string {
	for _, kind := range Kinds {
		if oneSlip(local(kind, a.Contact(kind)), local(kind, b.Contact(kind))) {
			return kind
		}
	}
	for _, kind := range Kinds {
		for _, other := range Kinds {
			if x, y := local(kind, a.Contact(kind)), local(other, b.Contact(other)); kind != other && x != "" && x == y {
				return other
			}
		}
	}
	return ""
}

// local is what of a contact is compared: of an address its name.
func local(kind, s string) string {
	if kind == Email {
		s, _, _ = strings.Cut(s, "@")
	}
	return s
}

// oneSlip says whether two texts are the same but for one character more, less
// or another, or two neighbours that changed places.
func oneSlip(a, b string) bool {
	if len(a) < minPart || len(b) < minPart {
		return false
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	at := 0
	for at < len(a) && a[at] == b[at] {
		at++
	}
	switch x, y := a[at:], b[at:]; {
	case len(a)+1 == len(b):
		return x == y[1:]
	case len(a) != len(b):
		return false
	case x == "" || x[1:] == y[1:]:
		return true
	default:
		return len(x) > 1 && x[0] == y[1] && x[1] == y[0] && x[2:] == y[2:]
	}
}
