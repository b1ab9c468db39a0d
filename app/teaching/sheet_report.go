package teaching

import (
	"context"
	"sync"
	"time"

	"cohort/app/policy"
	"cohort/db"
)

// reports keeps what became of the last sheet of each person and lesson for a
// while in memory, to be fetched as REPORT.txt. The zero value works.
type reports struct {
	mu   sync.Mutex
	last map[reportKey]kept
}

type reportKey struct{ account, lesson int64 }

type kept struct {
	report Report
	at     time.Time
}

// maxReports bounds what is kept; the oldest makes room.
const maxReports = 200

func (r *reports) keep(account int64, rep Report, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last == nil {
		r.last = map[reportKey]kept{}
	}
	if len(r.last) >= maxReports {
		var oldest reportKey
		for k, x := range r.last {
			if o, ok := r.last[oldest]; !ok || x.at.Before(o.at) {
				oldest = k
			}
		}
		delete(r.last, oldest)
	}
	r.last[reportKey{account, rep.Lesson.ID}] = kept{rep, at}
}

// LastReport gives what became of the last sheet that the actor sent for a
// lesson that he may still view; ok is false where there is none.
func (s *Service) LastReport(ctx context.Context, by policy.Actor, lesson int64) (rep Report, at time.Time, ok bool, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error { return s.need(tx, by, "view", "lessons", lesson) })
	if err != nil {
		return rep, at, false, err
	}
	s.reports.mu.Lock()
	defer s.reports.mu.Unlock()
	x, ok := s.reports.last[reportKey{by.Account, lesson}]
	return x.report, x.at, ok, nil
}

// Good says that nothing in a sheet was refused.
func (r Report) Good() bool { return r.Count(RowApplied)+r.Count(RowUnchanged) == len(r.Rows) }
