package blob

import (
	"slices"
	"sync"
	"time"

	"cohort/app/fault"
)

// Refusal is an upload that was not taken. It is told to the client and kept
// for a while in memory, so that an open screen can say it too: file clients
// print words of their own.
type Refusal struct {
	Name string
	At   time.Time
	Why  *fault.Fault
}

// The bounds of what is kept.
const (
	refusalsEach = 5
	refusalsAll  = 500 // records
	refusalsFor  = time.Hour
)

// Refusals keeps the last refused uploads of each record. The zero value works.
type Refusals struct {
	mu   sync.Mutex
	list map[int64][]Refusal
}

// Add keeps one more; the oldest make room.
func (r *Refusals) Add(record int64, x Refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.list == nil {
		r.list = map[int64][]Refusal{}
	}
	for id, l := range r.list {
		if x.At.Sub(l[len(l)-1].At) > refusalsFor {
			delete(r.list, id)
		}
	}
	if _, known := r.list[record]; !known && len(r.list) >= refusalsAll {
		delete(r.list, r.oldest())
	}
	list := append(slices.Clone(r.list[record]), x)
	r.list[record] = list[max(0, len(list)-refusalsEach):]
}

func (r *Refusals) oldest() (oldest int64) {
	var at time.Time
	for id, l := range r.list {
		if last := l[len(l)-1].At; oldest == 0 || last.Before(at) {
			oldest, at = id, last
		}
	}
	return oldest
}

// Forget drops the refusals of a file that came well afterwards.
func (r *Refusals) Forget(record int64, name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := slices.DeleteFunc(slices.Clone(r.list[record]), func(x Refusal) bool { return x.Name == name })
	if len(list) == 0 {
		delete(r.list, record)
		return
	}
	r.list[record] = list
}

// Of gives the refusals of a record, the newest first.
func (r *Refusals) Of(record int64, now time.Time) (out []Refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, x := range r.list[record] {
		if now.Sub(x.At) <= refusalsFor {
			out = append(out, x)
		}
	}
	slices.Reverse(out)
	return out
}
