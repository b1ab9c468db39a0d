package audit

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"cohort/app/policy"
	"cohort/db"
)

// Refusals bounds what refused acts write into the trail: the first one of a
// person from an address at once, then one entry that counts what came after it
// within a while. Whoever tries all doors a thousand times a second writes two
// lines in ten minutes. The zero value works.
type Refusals struct {
	mu sync.Mutex
	by map[refuser]*refused
}

// refuser is who is counted together.
type refuser struct {
	account, enrollment int64
	addr                string
}

type refused struct {
	by    policy.Actor
	since time.Time
	n     int // since the entry that was written
	what  []string
}

const (
	refusalWindow = 10 * time.Minute
	maxRefusers   = 1024 // further ones share one
	maxWhat       = 8
	maxWhatLength = 80
)

// Note counts a refused act, in words such as "change customers 42", and gives
// what is to be written now: nil most of the time.
func (r *Refusals) Note(by policy.Actor, what string, now time.Time) (write func(tx *db.Tx) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	what = short(what)
	over := r.expired(now)
	k := refuser{by.Account, by.Enrollment, by.Addr}
	if r.by[k] == nil && len(r.by) >= maxRefusers {
		k = refuser{addr: "*"}
	}
	if x := r.by[k]; x != nil {
		x.count(what)
		return writeAll(over, nil)
	}
	if r.by == nil {
		r.by = map[refuser]*refused{}
	}
	by.Rights = nil
	r.by[k] = &refused{by: by, since: now}
	return writeAll(over, func(tx *db.Tx) error {
		return Write(tx, by, "refused", "", 0, Change{Field: "what", New: what})
	})
}

// Drain gives what is to be written of those whose while has passed by now.
func (r *Refusals) Drain(now time.Time) (write func(tx *db.Tx) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return writeAll(r.expired(now), nil)
}

// expired takes out those whose while has passed.
func (r *Refusals) expired(now time.Time) (over []refused) {
	for k, x := range r.by {
		if now.Sub(x.since) < refusalWindow {
			continue
		}
		delete(r.by, k)
		if x.n > 0 {
			over = append(over, *x)
		}
	}
	return over
}

func (x *refused) count(what string) {
	x.n++
	for _, w := range x.what {
		if w == what {
			return
		}
	}
	if len(x.what) < maxWhat {
		x.what = append(x.what, what)
	}
}

func writeAll(over []refused, first func(tx *db.Tx) error) func(tx *db.Tx) error {
	if len(over) == 0 {
		return first
	}
	return func(tx *db.Tx) error {
		for _, x := range over {
			err := Write(tx, x.by, "refused", "", 0, Change{Field: "tries", New: strconv.Itoa(x.n)}, Change{Field: "what", New: strings.Join(x.what, ", ")})
			if err != nil {
				return err
			}
		}
		if first == nil {
			return nil
		}
		return first(tx)
	}
}

func short(s string) string {
	if r := []rune(s); len(r) > maxWhatLength {
		return string(r[:maxWhatLength])
	}
	return s
}
