package enrollment

import (
	"context"
	"slices"
	"sync"
	"time"

	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Refusal is an upload that was not taken. It is told to the client and kept
// for a while in memory, so that the open form can say it too: file clients
// print words of their own.
type Refusal struct {
	Name string
	At   time.Time
	Why  *fault.Fault
}

// The bounds of what is kept.
const (
	refusalsEach = 5
	refusalsAll  = 500 // enrollments
	refusalsFor  = time.Hour
)

// refusals keeps the last refused uploads of each enrollment. The zero value
// works.
type refusals struct {
	mu   sync.Mutex
	list map[int64][]Refusal
}

func (r *refusals) add(enrollment int64, x Refusal) {
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
	if _, known := r.list[enrollment]; !known && len(r.list) >= refusalsAll {
		delete(r.list, r.oldest())
	}
	list := append(slices.Clone(r.list[enrollment]), x)
	r.list[enrollment] = list[max(0, len(list)-refusalsEach):]
}

func (r *refusals) oldest() (oldest int64) {
	var at time.Time
	for id, l := range r.list {
		if last := l[len(l)-1].At; oldest == 0 || last.Before(at) {
			oldest, at = id, last
		}
	}
	return oldest
}

// forget drops the refusals of a file that came well afterwards.
func (r *refusals) forget(enrollment int64, name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := slices.DeleteFunc(slices.Clone(r.list[enrollment]), func(x Refusal) bool { return x.Name == name })
	if len(list) == 0 {
		delete(r.list, enrollment)
		return
	}
	r.list[enrollment] = list
}

func (r *refusals) of(enrollment int64, now time.Time) (out []Refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, x := range r.list[enrollment] {
		if now.Sub(x.At) <= refusalsFor {
			out = append(out, x)
		}
	}
	slices.Reverse(out)
	return out
}

// refuse remembers why an upload was not taken and tells the open form. It
// gives the error back.
func (s *Service) refuse(by policy.Actor, name string, err error) error {
	why, ok := fault.As(err)
	if !ok || by.Enrollment == 0 {
		return err
	}
	s.refused.add(by.Enrollment, Refusal{Name: shorten(clean.Line(name)), At: s.DB.Now(), Why: why})
	s.tell(by.Enrollment, "refused")
	return err
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}

// Refusals gives the applicant's uploads that were not taken lately, the newest
// first.
func (s *Service) Refusals(ctx context.Context, by policy.Actor) ([]Refusal, error) {
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		_, err := mine(tx, by)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.refused.of(by.Enrollment, s.DB.Now()), nil
}
